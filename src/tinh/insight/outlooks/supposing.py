"""What if: the same paths, moved by what is supposed. Nothing here says how to bring it about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tinh.insight.outlooks.hierarchies import weights_of
from tinh.insight.outlooks.histories import History, due_period, histories, steps
from tinh.insight.outlooks.likelihoods import Word, word
from tinh.insight.outlooks.natures import MOST, nature_of
from tinh.insight.outlooks.targets import limits
from tinh.kit.periods import shift
from tinh.packs.api import Catalogue, Indicator, Target

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Supposed:
    """What would come of it: the likelihood now and then, the middle of the paths at the due, and (of a pace)
    the period in which the line arrives. `places` are those lifted, worst first, to `level`."""

    before: float
    after: float
    verdict: Word
    middle_before: float
    middle: float
    arrives: str | None = None
    pace: float | None = None
    places: tuple[str, ...] = ()
    level: float | None = None


def communes_lifted(
    indicator: Indicator,
    catalogue: Catalogue,
    frame: pl.DataFrame,
    kept: pl.DataFrame,
    target: Target,
    count: int,
) -> Supposed | None:
    """If the `count` places that will be furthest behind reached the median of all places by the due. Counted
    path by path; None where the indicator does not add up over places or has no forecast of them."""
    rows = {r["place"]: r for r in kept.filter(pl.col("version") == indicator.version).iter_rows(named=True)}
    lines = {h.place: h for h in histories(frame, indicator, None) if h.place in rows}
    lines = {p: h for p, h in ((p, h.until(rows[p]["origin"])) for p, h in lines.items()) if h is not None}
    whole, top = lines.get(catalogue.place), rows.get(catalogue.place)
    due = due_period(target.by, indicator.period)
    if whole is None or top is None or due not in (top["dues"] or []) or not top["reconciled"]:
        return None
    tied = weights_of(indicator, frame, whole, {p: h for p, h in lines.items() if p != catalogue.place})
    if tied is None:
        return None
    places, weights = tied
    ends = {p: ends_of(rows[p], due) for p in (catalogue.place, *places)}
    now = ends[catalogue.place]
    if now is None or any(ends[p] is None for p in places):
        return None
    every = np.stack([e for p in places if (e := ends[p]) is not None])
    down = indicator.direction == "down"
    level = np.median(every, axis=0)  # of each path
    behind = np.median(every, axis=1)
    order = np.argsort(-behind if down else behind, kind="stable")[: max(0, min(count, len(places)))]
    gained = np.zeros_like(now)
    for at in order:
        lifted = np.minimum(every[at], level) if down else np.maximum(every[at], level)
        gained += weights[at] * (lifted - every[at])
    far = steps(whole.origin, due) > whole.known
    after = share_reaching(indicator, now + gained, target.value)
    return Supposed(
        share_reaching(indicator, now, target.value), after, word(after, limits(catalogue.verdicts), far),
        float(np.median(now)), float(np.median(now + gained)),
        places=tuple(places[at] for at in order), level=float(np.median(level)),
    )  # fmt: skip


def pace_held(
    indicator: Indicator,
    catalogue: Catalogue,
    frame: pl.DataFrame,
    kept: pl.DataFrame,
    target: Target,
    over: int,
) -> Supposed | None:
    """If each period to come brought as much as each of the last `over` did: the paths' spread around that
    line. None without a forecast or where the value `over` periods ago is a gap."""
    rows = {r["place"]: r for r in kept.filter(pl.col("version") == indicator.version).iter_rows(named=True)}
    top = rows.get(catalogue.place)
    due = due_period(target.by, indicator.period)
    now = ends_of(top, due) if top else None
    whole = next(
        (h for h in histories(frame, indicator, None) if h.place == catalogue.place), None
    )  # fmt: skip
    whole = whole.until(top["origin"]) if whole is not None and top else None
    if (
        now is None
        or whole is None
        or not 0 < over < len(whole.values)
        or not np.isfinite(whole.values[-1 - over])
    ):
        return None
    pace = (whole.last - float(whole.values[-1 - over])) / over
    ahead = steps(whole.origin, due)
    nature = nature_of(indicator, catalogue, whole.values.tolist())
    then = np.clip(
        now - float(np.median(now)) + whole.last + pace * ahead,
        -np.inf if nature.lower is None else nature.lower, np.inf if nature.upper is None else nature.upper,
    )  # fmt: skip
    after = share_reaching(indicator, then, target.value)
    return Supposed(
        share_reaching(indicator, now, target.value), after,
        word(after, limits(catalogue.verdicts), ahead > whole.known),
        float(np.median(now)), float(np.median(then)), _arrival(indicator, whole, target, pace), pace,
    )  # fmt: skip


def _arrival(indicator: Indicator, whole: History, target: Target, pace: float) -> str | None:
    gap = target.value - whole.last
    if (gap <= 0) != (indicator.direction == "down") or gap == 0:
        return whole.origin
    if pace == 0 or (gap > 0) != (pace > 0):
        return None
    away = int(np.ceil(gap / pace - 1e-9))
    return shift(whole.origin, away) if away <= 10 * MOST[indicator.period] else None


def ends_of(row: Mapping[str, Any], due: str) -> Array | None:
    """The paths of a stored forecast at one of its dues; None where it has none."""
    if not row["ends"] or due not in (row["dues"] or []):
        return None
    every = np.array(row["ends"], dtype=np.float64).reshape(len(row["dues"]), -1)
    return np.asarray(every[row["dues"].index(due)])


def share_reaching(indicator: Indicator, ends: Array, target: float) -> float:
    """The share of paths that show a value at or beyond the target."""
    slack = 0.5 * 10.0**-indicator.decimals * (1 - 1e-9)
    met = ends <= target + slack if indicator.direction == "down" else ends >= target - slack
    return float(met.mean())
