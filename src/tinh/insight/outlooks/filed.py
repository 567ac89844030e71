"""Outlooks of series in a table, without a province: the code behind `tinh outlook SERIES.csv`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np
import polars as pl

from tinh.insight.errors import InsightError
from tinh.insight.forecasting.nature import Nature
from tinh.insight.forecasting.series import Series, taken_apart
from tinh.insight.outlooks.errors import BadDay, DayPassed, TooFar
from tinh.insight.outlooks.likelihoods import Way, likelihood, word
from tinh.kit.periods import end, grain_of

_LIKE = 1.5  # how much further than the nearest the furthest of one run may be
_MOST = 1500  # steps ahead; beyond, paths are long to draw and say nothing


@dataclass(frozen=True)
class Filed:
    """`table`: a row a series; `refused`: series id → error."""

    table: pl.DataFrame
    refused: dict[str, InsightError]


COLUMNS: dict[str, pl.DataType] = {
    "unique_id": pl.String(), "last": pl.String(), "value": pl.Float64(), "target": pl.Float64(),
    "by": pl.String(), "due": pl.String(), "probability": pl.Float64(), "ever": pl.Float64(),
    "expected": pl.String(), "needed": pl.Float64(), "seen": pl.Float64(), "verdict": pl.String(),
    "median": pl.Float64(), "lo-80": pl.Float64(), "hi-80": pl.Float64(), "lo-95": pl.Float64(),
    "hi-95": pl.Float64(),
}  # fmt: skip


def of_series(
    table: pl.DataFrame, target: float, by: str, way: Way, limits: tuple[float, float, float, float], *,
    season: int | None = None, nature: Nature | None = None, paths: int = 2000, seed: int = 0,
    decimals: int | None = None, progress: Callable[[int, int], None] | None = None,
) -> Filed:  # fmt: skip
    """How likely each series of `table` (`unique_id, ds, y`) is at or beyond `target` at the last step that
    is over by `by` (a period, a day, or an integer where `ds` counts).

    Raises NotSeries where a column is missing; a series that cannot be judged stands in `refused`.
    """
    from tinh.insight.forecasting.forecasts import forecast

    natures = _natures(table, nature)
    kept, wrong = taken_apart(table, season, natures)
    refused: dict[str, InsightError] = dict(wrong)
    dues: dict[str, int] = {}
    for one in kept:
        try:
            dues[one.id] = _due(one, by)
        except InsightError as error:
            refused[one.id] = error
    rows = []
    # Series that end on different days are as many steps away from the same day: one run for like distances,
    # whose series are studied side by side and calibrate each other.
    for near, furthest in _runs(dues.values()):
        mine = [one for one in kept if near <= dues.get(one.id, 0) <= furthest]
        ids = [one.id for one in mine]
        ahead = furthest + max(1, furthest // 2)
        found = forecast(
            table.filter(pl.col("unique_id").cast(pl.String).fill_null("").is_in(ids)), ahead,
            season=season, nature=natures, paths=paths, seed=seed, progress=progress,
        )  # fmt: skip
        for one in mine:
            if wanting := found.refused.get(one.id) or found.noted.get(one.id):
                refused[one.id] = wanting
                continue
            steps = dues[one.id]
            said = likelihood(found.paths[one.id], one.y, target, way, steps, decimals)
            last = len(one.y) - 1
            rows.append(
                {
                    "unique_id": one.id,
                    "last": one.step.text(last),
                    "value": float(one.y[-1]),
                    "target": target,
                    "by": by,
                    "due": one.step.text(last + steps),
                    "probability": said.probability,
                    "ever": said.ever,
                    "expected": None if said.expected is None else one.step.text(last + said.expected),
                    "needed": said.needed,
                    "seen": said.seen if np.isfinite(said.seen) else None,
                    "verdict": word(said.probability, limits, steps > len(one.y)),
                    "median": said.middle,
                    "lo-80": said.low80,
                    "hi-80": said.high80,
                    "lo-95": said.low95,
                    "hi-95": said.high95,
                }
            )
    order = {one.id: at for at, one in enumerate(kept)}
    rows.sort(key=lambda row: order[str(row["unique_id"])])
    return Filed(pl.DataFrame(rows, schema=COLUMNS), refused)


def _runs(dues: Iterable[int]) -> list[tuple[int, int]]:
    """Distances put together, each with its nearest and furthest: none half as far again as its nearest."""
    out: list[tuple[int, int]] = []
    for steps in sorted(set(dues)):
        if out and steps <= out[-1][0] * _LIKE:
            out[-1] = (out[-1][0], steps)
        else:
            out.append((steps, steps))
    return out


def _natures(table: pl.DataFrame, nature: Nature | None) -> Mapping[str, Nature]:
    if nature is None or "unique_id" not in table.columns:
        return {}
    return {"" if i is None else str(i): nature for i in table.get_column("unique_id").unique().to_list()}


def _due(one: Series, by: str) -> int:
    """The number of steps from the last value to the last moment not after `by`."""
    last = len(one.y) - 1
    if one.step.unit == "integer":
        try:
            steps = (int(by) - (one.step.origin + last * one.step.size)) // one.step.size
        except ValueError:
            raise BadDay(found=by, series=one.id, example=one.step.text(last)) from None
    else:
        until = _until(one, by)
        steps = 0
        while steps <= _MOST and one.step.moment(last + steps + 1) < until:
            steps += 1
    if steps < 1:
        raise DayPassed(by=by, last=one.step.text(last), series=one.id)
    if steps > _MOST:
        raise TooFar(by=by, steps=f">{_MOST}", series=one.id, most=_MOST)
    return int(steps)


def _until(one: Series, by: str) -> datetime:
    """The first moment after `by`."""
    try:
        grain_of(by)
    except ValueError:
        pass
    else:
        try:
            return end(by)
        except (ValueError, OverflowError):
            raise BadDay(found=by, series=one.id, example=one.step.text(len(one.y) - 1)) from None
    try:
        return datetime.combine(date.fromisoformat(by[:10]), time()) + timedelta(days=1)
    except (ValueError, OverflowError):
        raise BadDay(found=by, series=one.id, example=one.step.text(len(one.y) - 1)) from None
