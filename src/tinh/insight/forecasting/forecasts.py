"""Forecasts of many series at once: what each is expected to be, and within what.

Each series is studied by itself (`study`), then like series (same step, same season) are blended and
calibrated together. A series that cannot be forecast is refused by name; the others are not held up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tinh.insight.forecasting.blend import Bench, Blend, bench, blended
from tinh.insight.forecasting.calibration import Calibrated, at, calibrated, drawn
from tinh.insight.forecasting.centring import centred
from tinh.insight.forecasting.cluster import studied_on
from tinh.insight.forecasting.errors import BadHorizon, EndOfCalendar, SeriesError
from tinh.insight.forecasting.members import recent, sporadic
from tinh.insight.forecasting.nature import Nature
from tinh.insight.forecasting.newyear import Tet, effect
from tinh.insight.forecasting.series import Series, never_varies, taken_apart
from tinh.insight.forecasting.study import Study, studies_of
from tinh.insight.forecasting.workers import each

Array = NDArray[np.float64]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Forecasts:
    """What a run found.

    `table`: `unique_id, ds, mean, lo-80, hi-80, …` in the order asked. `paths`: series → (paths, horizon).
    `models`: one row a series and member: weight, and the past record of the combination (sMAPE, MASE,
    MSIS and coverage of each level; NaN where the past is too short to look from), how many holes were
    filled and whether Tết was seen. `refused`: series → error. `noted`: series that were forecast, though
    there was something to say of them (NeverVaries: one value, always, taken to go on).
    """

    table: pl.DataFrame
    models: pl.DataFrame
    refused: dict[str, SeriesError]
    paths: dict[str, Array] = field(default_factory=dict)
    noted: dict[str, SeriesError] = field(default_factory=dict)


def forecast(
    series: pl.DataFrame,
    horizon: int,
    *,
    season: int | None = None,
    levels: Sequence[float] = (80, 95),
    nature: Mapping[str, Nature] | None = None,
    paths: int = 0,
    seed: int = 0,
    progress: Progress | None = None,
    engine: str | None = None,
) -> Forecasts:
    """Forecast every series of `series` (`unique_id, ds, y`) `horizon` steps on.

    `season` is guessed from `ds` when None; `levels` are per cent; `nature` holds what is known of a series,
    by id; `paths` sample paths each, the same for the same `seed`. `progress(done, of)` is called as
    series are studied. `engine` is a Spark Connect address (`sc://host:port`) to study on; else processes.
    Raises NotSeries, BadHorizon and NoEngine; a series that cannot be forecast stands in `refused`.
    """
    _checked(horizon, season, levels)
    kept, refused = taken_apart(series, season, nature or {}, flat=True)
    beyond = {one.id: error for one in kept if (error := _beyond(one, horizon))}
    refused |= beyond
    kept = [one for one in kept if one.id not in beyond]
    results = forecast_kept(kept, horizon, levels, paths, seed, progress, engine)
    found = _gathered(results, levels, refused, paths)
    return replace(found, noted={one.id: never_varies(one.id, one.y) for one in kept if _still(one)})


def _beyond(one: Series, horizon: int) -> EndOfCalendar | None:
    """Why the calendar ends before the forecast does; None when it does not."""
    if one.step.unit == "integer" or (one.step.unit == "year" and one.step.spelling == "period"):
        return None
    try:
        one.step.moment(len(one.y) + horizon)
    except (ValueError, OverflowError):
        return EndOfCalendar(series=one.id, horizon=horizon, last=one.step.text(len(one.y) - 1))
    return None


def forecast_kept(
    kept: Sequence[Series],
    horizon: int,
    levels: Sequence[float],
    paths: int = 0,
    seed: int = 0,
    progress: Progress | None = None,
    engine: str | None = None,
) -> list[Result]:
    """`forecast` of series already taken apart, in their order."""
    whole, kept = kept, [one for one in kept if not _still(one)]
    sizes = [_size(one.y) for one in kept]
    kept = [_sized(one, 1 / size) for one, size in zip(kept, sizes, strict=True)]
    effects = [effect(one, horizon) for one in kept]
    kept = [one if tet is None else replace(one, y=tet.taken_out(one.y))
            for one, tet in zip(kept, effects, strict=True)]  # fmt: skip
    jobs = [(one.y, one.seasons, horizon) for one in kept]
    effort = sum(min(len(one.y), 800) * (3 if one.seasons else 1) for one in kept)
    studies = (
        studied_on(engine, jobs, progress or _silent)
        if engine
        else each(studies_of, jobs, progress or _silent, effort)
    )
    results: dict[str, Result] = {}
    groups: dict[tuple[str, tuple[int, ...], bool], list[int]] = {}
    for number, one in enumerate(kept):
        rare = sporadic(recent(one.y, one.seasons), one.seasons)
        groups.setdefault((one.step.grain, one.seasons, rare), []).append(number)
    for (_, _, rare), members in groups.items():
        results |= _group(
            [kept[n] for n in members], [studies[n] for n in members], levels, paths, seed, rare
        )
    for one, tet, size in zip(kept, effects, sizes, strict=True):
        found = results[one.id] if tet is None else _with(tet, results[one.id])
        results[one.id] = found if size == 1 else _larger(found, size)
    return [results.get(one.id) or _unmoved(one, horizon, levels, paths) for one in whole]


def _still(one: Series) -> bool:
    return float(np.ptp(one.y)) == 0


def _unmoved(one: Series, horizon: int, levels: Sequence[float], paths: int) -> Result:
    """One value, always: it goes on. After n such values the chance that it has moved within h steps is
    h / (n + h + 1) (Laplace's rule of succession); where that is more than a level leaves outside, the
    interval is a tenth of the value to either side, for want of any movement to measure."""
    value, n = float(one.y[-1]), len(one.y)
    lead = np.arange(1, horizon + 1)
    mean = np.full(horizon, value)
    bands = []
    for level in levels:
        room = np.where(lead / (n + lead + 1) > 1 - level / 100, 0.1 * abs(value), 0.0)
        low, high = _bound(one, mean - room, mean + room)
        bands.append((low, high))
    return Result(one, mean, bands, {"naive": 1.0}, {}, np.full((paths, horizon), value))


def _size(y: Array) -> float:
    """What a series is divided by so that squares stay within floating point: 1 but for extreme scales."""
    most = float(np.max(np.abs(y)))
    return 1.0 if 1e-60 < most < 1e60 else float(10.0 ** np.floor(np.log10(most)))


def _sized(one: Series, by: float) -> Series:
    if by == 1:
        return one
    lower, upper = (None if bound is None else bound * by for bound in (one.nature.lower, one.nature.upper))
    nature = replace(one.nature, lower=lower, upper=upper, whole=False)
    return replace(one, y=one.y * by, nature=nature)


def _larger(found: Result, size: float) -> Result:
    return replace(
        found, mean=found.mean * size, paths=found.paths * size,
        bands=[(low * size, high * size) for low, high in found.bands],
    )  # fmt: skip


def _with(tet: Tet, found: Result) -> Result:
    """A forecast with the effect of Tết put back."""
    return replace(
        found, tet=True, mean=tet.put_back(found.mean),
        bands=[(tet.put_back(low), tet.put_back(high)) for low, high in found.bands],
        paths=tet.put_back(found.paths) if found.paths.size else found.paths,
    )  # fmt: skip


def _silent(done: int, of: int) -> None:
    del done, of


def _checked(horizon: int, season: int | None, levels: Sequence[float]) -> None:
    if horizon < 1:
        raise BadHorizon(what="horizon", found=horizon)
    if season is not None and season < 1:
        raise BadHorizon(what="season", found=season)
    for level in levels:
        if not 0 < level < 100:
            raise BadHorizon(what="level", found=f"{level:g}")


@dataclass(frozen=True, slots=True)
class Result:
    """One series' forecast: mean (horizon,), a (low, high) for each level, weights, past record, paths."""

    series: Series
    mean: Array
    bands: list[tuple[Array, Array]]
    weights: dict[str, float]
    record: dict[str, float]
    paths: Array
    tet: bool = False


def _group(
    kept: Sequence[Series],
    studies: Sequence[Study],
    levels: Sequence[float],
    paths: int,
    seed: int,
    rare: bool,
) -> dict[str, Result]:
    pool = bench(studies)
    blend = blended(pool)
    if not rare:  # the median of counts that are mostly 0 is 0, not what is to be expected
        blend = centred(pool, blend)
    spread = calibrated(pool, blend, seasonal=bool(kept[0].seasons))
    out = {}
    for number, one in enumerate(kept):
        rows = np.flatnonzero(pool.owner == number)
        row = int(rows[0])
        mean, scale = blend.mean[row], spread.scale[row]
        edges = [_bound(one, *_band(mean, scale, spread, level)) for level in levels]
        bands = [(low, high) for low, high in edges]
        own = drawn(spread, mean, scale, paths, seed + number) if paths else np.empty((0, len(mean)))
        own = np.rint(own) if one.nature.whole else own
        out[one.id] = Result(
            one, _bound(one, mean)[0], bands,
            {n: float(w) for n, w in zip(pool.names, blend.weights[row], strict=True) if w > 0},
            _past_record(one, pool, blend, spread, rows[1:], levels), _bound(one, own)[0],
        )  # fmt: skip
    return out


def _band(mean: Array, scale: Array, spread: Calibrated, level: float) -> tuple[Array, Array]:
    tail = (1 - level / 100) / 2
    return mean + scale * at(spread.quantiles, tail), mean + scale * at(spread.quantiles, 1 - tail)


def _bound(one: Series, *values: Array) -> tuple[Array, ...]:
    """Values kept inside what the series' nature allows; paths and means alike.

    A series that was never negative is taken as one that cannot be, unless its nature says how low it goes.
    """
    nature, out = one.nature, []
    lower = nature.lower if nature.lower is not None else 0.0 if float(np.min(one.y)) >= 0 else None
    for value in values:
        kept = np.clip(value, lower, nature.upper) if (lower, nature.upper) != (None, None) else value
        if nature.cumulative and kept.size:
            kept = np.maximum.accumulate(np.maximum(kept, one.y[-1]), axis=-1)
        out.append(np.asarray(kept))
    return tuple(out)


def _past_record(
    one: Series,
    pool: Bench,
    blend: Blend,
    spread: Calibrated,
    rows: NDArray[np.int64],
    levels: Sequence[float],
) -> dict[str, float]:
    """How the combination did from this series' own past, with the intervals as they are now."""
    from tinh.insight.forecasting.measures import coverage, mase, msis, smape

    found: dict[str, list[float]] = {}
    for row in rows:
        there = np.isfinite(pool.actual[row])
        actual, mean, past = pool.actual[row][there], blend.mean[row][there], one.y[: int(pool.past[row])]
        found.setdefault("smape", []).append(smape(actual, mean))
        found.setdefault("mase", []).append(mase(actual, mean, past, one.season))
        for level in levels:
            low, high = (x[there] for x in _band(blend.mean[row], spread.scale[row], spread, level))
            found.setdefault(f"msis-{level:g}", []).append(msis(actual, low, high, level, past, one.season))
            found.setdefault(f"coverage-{level:g}", []).append(coverage(actual, low, high))
    return {name: float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")
            for name, values in found.items()}  # fmt: skip


def _gathered(
    results: Sequence[Result], levels: Sequence[float], refused: dict[str, SeriesError], paths: int
) -> Forecasts:
    columns: dict[str, list[str] | Array] = {"unique_id": [], "ds": []}
    ids, moments = [], []
    for one in results:
        n = len(one.series.y)
        ids += [one.series.id] * len(one.mean)
        moments += [one.series.step.text(n + lead) for lead in range(len(one.mean))]
    columns = {"unique_id": ids, "ds": moments, "mean": _joined([r.mean for r in results])}
    for number, level in enumerate(levels):
        columns[f"lo-{level:g}"] = _joined([r.bands[number][0] for r in results])
        columns[f"hi-{level:g}"] = _joined([r.bands[number][1] for r in results])
    schema = {name: pl.String if name in ("unique_id", "ds") else pl.Float64 for name in columns}
    kinds = ["smape", "mase", *(f"{kind}-{level:g}" for level in levels for kind in ("msis", "coverage"))]
    rows = [
        {
            "unique_id": r.series.id, "step": r.series.step.grain, "season": r.series.season,
            "values": len(r.series.y), "filled": r.series.filled, "tet": r.tet,
            "model": name, "weight": weight,
            **{kind: r.record.get(kind, float("nan")) for kind in kinds},
        }
        for r in results for name, weight in sorted(r.weights.items(), key=lambda pair: -pair[1])
    ]  # fmt: skip
    kinds_schema = {
        "unique_id": pl.String, "step": pl.String, "season": pl.Int64, "values": pl.Int64, "filled": pl.Int64,
        "tet": pl.Boolean, "model": pl.String, "weight": pl.Float64, **dict.fromkeys(kinds, pl.Float64),
    }  # fmt: skip
    return Forecasts(
        pl.DataFrame(columns, schema=schema),
        pl.DataFrame(rows, schema=kinds_schema),
        refused,
        {r.series.id: r.paths for r in results} if paths else {},
    )


def _joined(parts: Sequence[Array]) -> Array:
    return np.concatenate(parts) if parts else np.empty(0)
