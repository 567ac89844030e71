"""Group-time effects drawn together: simple, by group, by event time, by calendar time.

Callaway & Sant'Anna (2021), section 3.1 and table 1; the estimated weights add to the influence functions
(their eq. 3.13 and the appendix). Bands: multiplier bootstrap of their algorithm 1 with Mammen's weights,
gathered by cluster; standard errors of the bootstrap from the interquartile range, as in `did`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import stats

from tinh.insight.pilots.grouptime import GroupTimes
from tinh.insight.pilots.panel import Floats

Kind = Literal["simple", "group", "dynamic", "calendar"]
KINDS: tuple[Kind, ...] = ("simple", "group", "dynamic", "calendar")


@dataclass(frozen=True)
class Aggregate:
    """`overall` with its error, and one row a group, event time or period (`keys`: what the rows are)."""

    kind: Kind
    overall: float
    se: float
    keys: tuple[int, ...] = ()
    values: tuple[float, ...] = ()
    errors: tuple[float, ...] = ()
    critical: float = float("nan")  # of the simultaneous band over the rows
    influence: Floats | None = None

    def p(self) -> float:
        return float(2 * stats.norm.sf(abs(self.overall) / self.se)) if self.se > 0 else float("nan")


def aggregate(found: GroupTimes, kind: Kind, level: float, draws: int, seed: int) -> Aggregate:
    """One of the four; event times are differences on the panel's clock."""
    clock = found.panel.clock
    after = [k for k, c in enumerate(found.cells) if c.after]
    if not after:
        return Aggregate(kind, float("nan"), float("nan"))
    if kind == "simple":
        value, influence = _weighted(found, after)
        return Aggregate(kind, value, float(found.errors(influence[:, None])[0]), influence=influence)
    rows: dict[int, tuple[float, Floats]] = {}
    if kind == "group":
        for g in found.shares:
            at = [k for k in after if found.cells[k].group == g]
            if at:
                rows[g] = (float(np.mean([found.cells[k].value for k in at])),
                           found.influence[:, at].mean(axis=1))  # fmt: skip
        value, influence = _over_groups(found, rows)
    elif kind == "dynamic":
        for e in sorted({int(clock[c.time] - clock[c.group]) for c in found.cells}):
            at = [k for k, c in enumerate(found.cells) if int(clock[c.time] - clock[c.group]) == e]
            rows[e] = _weighted(found, at)
        value, influence = _mean([rows[e] for e in rows if e >= 0])
    else:
        for t in sorted({found.cells[k].time for k in after}):
            rows[t] = _weighted(found, [k for k in after if found.cells[k].time == t])
        value, influence = _mean(list(rows.values()))
    matrix = np.column_stack([inf for _, inf in rows.values()])
    errors = found.errors(matrix)
    return Aggregate(
        kind, value, float(found.errors(influence[:, None])[0]), tuple(rows),
        tuple(v for v, _ in rows.values()), tuple(float(s) for s in errors),
        _critical(found, matrix, level, draws, seed), influence,
    )  # fmt: skip


def _weighted(found: GroupTimes, at: list[int]) -> tuple[float, Floats]:
    """Cells weighted by the shares of their groups, with the influence of the shares."""
    shares = np.array([found.shares[found.cells[k].group] for k in at])
    values = np.array([found.cells[k].value for k in at])
    total = shares.sum()
    weights = shares / total
    members = np.column_stack([(found.panel.start == found.cells[k].group) for k in at]).astype(float)
    off = members - shares
    of_weights = off / total - off.sum(axis=1)[:, None] * (shares / total**2)
    return float(weights @ values), found.influence[:, at] @ weights + of_weights @ values


def _over_groups(found: GroupTimes, rows: dict[int, tuple[float, Floats]]) -> tuple[float, Floats]:
    shares = np.array([found.shares[g] for g in rows])
    values = np.array([v for v, _ in rows.values()])
    total = shares.sum()
    members = np.column_stack([(found.panel.start == g) for g in rows]).astype(float)
    off = members - shares
    of_weights = off / total - off.sum(axis=1)[:, None] * (shares / total**2)
    inside = np.column_stack([inf for _, inf in rows.values()]) @ (shares / total)
    return float(values @ shares / total), inside + of_weights @ values


def _mean(rows: list[tuple[float, Floats]]) -> tuple[float, Floats]:
    return float(np.mean([v for v, _ in rows])), np.mean([inf for _, inf in rows], axis=0)


def _critical(found: GroupTimes, matrix: Floats, level: float, draws: int, seed: int) -> float:
    """The multiplier of the simultaneous band over the columns of `matrix`."""
    if not draws:
        return float(stats.norm.ppf(0.5 + level / 200))
    sums = np.zeros((found.panel.clusters, matrix.shape[1]))
    np.add.at(sums, found.panel.cluster, matrix)
    rng = np.random.default_rng(seed)
    golden = np.sqrt(5)
    low, high, chance = (1 - golden) / 2, (1 + golden) / 2, (1 + golden) / (2 * golden)
    weights = np.where(rng.random((draws, len(sums))) < chance, low, high)
    drawn = weights @ sums / found.n
    spread = (np.quantile(drawn, 0.75, axis=0) - np.quantile(drawn, 0.25, axis=0)) / 1.3489795003921634
    sound = spread > 1e-12 * max(float(spread.max()), 1e-300)
    if not sound.any():
        return float("nan")
    largest = np.abs(drawn[:, sound] / spread[sound]).max(axis=1)
    return float(max(np.quantile(largest, level / 100), stats.norm.ppf(0.5 + level / 200)))
