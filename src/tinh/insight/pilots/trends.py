"""Did the treated move as the others did before the start?

The periods before are gathered into at most seven bins (fewer when clusters are few); the joint test asks
whether the gap between treated and others is the same in all of them, the drift test whether it has a
slope. With twenty treated clusters and forty in all: two-way fixed effects with CRV1, F(q, G-1).
Fewer: both statistics are ranked among deals of the same starts over the clusters. Holm's correction over
the two (Holm 1979). Several starts: the joint test is the Wald test of the group-time effects before the
start (Callaway & Sant'Anna 2021, remark 8); the drift is that of the periods before the first start.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tinh.insight.pilots.fixed import Within, fit, wald
from tinh.insight.pilots.panel import NEVER, Flags, Floats, Panel

FEW_TREATED = 6  # below, every answer rests on randomisation or placebos
MANY_TREATED, MANY = 20, 40  # cluster errors of several coefficients at once want as many


@dataclass(frozen=True)
class Bin:
    """A span of periods (indices) and the gap there, against the last span before the start."""

    first: int
    last: int
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Trends:
    """`drift`: change of the gap a period before the start; `p` after Holm; NaN when it cannot be tested."""

    periods: int
    joint: float
    joint_p: float
    restrictions: int
    drift: float
    drift_se: float
    drift_p: float
    way: str  # cluster, deal, group_time, none
    bins: tuple[Bin, ...] = ()

    @property
    def p(self) -> float:
        found = [v for v in (self.joint_p, self.drift_p) if np.isfinite(v)]
        return min(1.0, len(found) * min(found)) if found else float("nan")

    @property
    def testable(self) -> bool:
        return bool(np.isfinite(self.p))

    def fails(self, alpha: float) -> bool:
        return self.testable and self.p < alpha


def trends(
    panel: Panel, level: float, draws: int, seed: int, before: tuple[float, int, float] | None
) -> Trends:
    """`before`: statistic, restrictions and p of the group-time test, for pilots with several starts."""
    first = panel.cohorts[0]
    if first < 3:
        statistic, count, p = before or (float("nan"), 0, float("nan"))
        nan = float("nan")
        return Trends(first, statistic, p, count, nan, nan, nan, "group_time" if before else "none")
    early = panel.span(np.arange(len(panel.times)) < first)
    treated: Flags = panel.start < NEVER
    groups = panel.clusters
    number = min(first, 7, max(2, 1 + (groups - 1) // 5))
    edges = np.linspace(0, first, number + 1).round().astype(int)
    few = panel.treated_clusters < MANY_TREATED or groups < MANY
    found, joint, joint_p = _bins(early, treated, edges, level)
    drift, drift_se, drift_p = _drift(early, treated)
    way = "cluster"
    if few:
        way = "deal"
        joint, joint_p, drift_p = _dealt(early, treated, edges, draws, seed)
    if before is not None and np.isfinite(before[2]):
        return Trends(first, before[0], before[2], before[1], drift, drift_se, drift_p, "group_time", found)
    return Trends(first, joint, joint_p, number - 1, drift, drift_se, drift_p, way, found)


def _bins(early: Panel, treated: Flags, edges: Floats, level: float) -> tuple[tuple[Bin, ...], float, float]:
    within = Within(early)
    columns = []
    for low, high in pairwise(edges[:-1]):
        grid = np.zeros(early.y.shape)
        grid[np.ix_(np.flatnonzero(treated), np.arange(int(low), int(high)))] = 1
        columns.append(within.cells(grid))
    ready = fit(within, within.cells(early.y), np.column_stack(columns))
    statistic, _, p = wald(ready.beta, ready.cov, ready.df)
    out = []
    for i, (low, high) in enumerate(pairwise(edges[:-1])):
        reach = ready.interval(i, level)
        out.append(Bin(int(low), int(high) - 1, float(ready.beta[i]), *reach))
    out.append(Bin(int(edges[-2]), int(edges[-1]) - 1, 0.0, 0.0, 0.0))
    return tuple(out), statistic, p


def _drift(early: Panel, treated: Flags) -> tuple[float, float, float]:
    within = Within(early)
    grid = treated[:, None] * np.arange(len(early.times))[None, :].astype(float)
    ready = fit(within, within.cells(early.y), within.cells(grid)[:, None])
    return float(ready.beta[0]), float(ready.se[0]), ready.p()


def _dealt(early: Panel, treated: Flags, edges: Floats, draws: int, seed: int) -> tuple[float, float, float]:
    """The sum of squared gaps over bins, and the slope, among random deals of who is treated."""
    with np.errstate(invalid="ignore"):
        means = np.column_stack([_mean(early.y[:, int(a) : int(b)]) for a, b in pairwise(edges)])
    gaps = means[:, :-1] - means[:, -1:]
    clock = np.arange(early.y.shape[1], dtype=float)[None, :] + np.zeros_like(early.y)
    clock[np.isnan(early.y)] = np.nan
    centred = clock - _mean(clock)[:, None]
    slope = np.nansum(centred * early.y, axis=1) / np.maximum(np.nansum(centred**2, axis=1), 1e-300)
    sound = ~np.isnan(gaps).any(axis=1)
    gaps, slope, cluster, treated = gaps[sound], slope[sound], early.cluster[sound], treated[sound]
    if treated.all() or not treated.any():
        return float("nan"), float("nan"), float("nan")
    names, codes = np.unique(cluster, return_inverse=True)
    whole = all(len(set(treated[codes == c])) == 1 for c in range(len(names)))
    owner = codes if whole else np.arange(len(treated))
    dealt = np.zeros(owner.max() + 1, dtype=bool)
    dealt[owner] = treated
    rng = np.random.default_rng(seed)
    rows = np.array([dealt, *(rng.permutation(dealt) for _ in range(draws))])[:, owner].astype(float)
    one, other = rows / rows.sum(axis=1, keepdims=True), (1 - rows) / (1 - rows).sum(axis=1, keepdims=True)
    joint = (((one - other) @ gaps) ** 2).sum(axis=1)
    drift = np.abs((one - other) @ slope)
    ranks = [float((1 + (v[1:] >= v[0] * (1 - 1e-10)).sum()) / (1 + draws)) for v in (joint, drift)]
    return float(joint[0]), ranks[0], ranks[1]


def _mean(part: Floats) -> Floats:
    counts = (~np.isnan(part)).sum(axis=1)
    out: Floats = np.where(counts > 0, np.nansum(part, axis=1) / np.maximum(counts, 1), np.nan)
    return out
