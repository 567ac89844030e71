"""How well forecasts would have done: the last steps of every series held back, forecast and judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tinh.insight.forecasting.errors import SeriesError, TooShort
from tinh.insight.forecasting.forecasts import forecast_kept
from tinh.insight.forecasting.measures import coverage, mase, msis, smape
from tinh.insight.forecasting.nature import Nature
from tinh.insight.forecasting.series import LEAST, Series, taken_apart
from tinh.insight.forecasting.singles import Single, naive_two, singles
from tinh.insight.forecasting.workers import each

Array = NDArray[np.float64]
LEVELS = (80, 95)


@dataclass(frozen=True, slots=True)
class Backtest:
    """What a backtest found.

    `table`: one row a step (`all` first) and method: `step, method, series, smape, mase, owa, msis-80,
    coverage-80, msis-95, coverage-95` (coverage 0–1; NaN where a method gives no interval). `each`: one row a
    series and method, the same measures without OWA. `refused`: series → error.
    """

    table: pl.DataFrame
    each: pl.DataFrame
    refused: dict[str, SeriesError]


def backtest(
    series: pl.DataFrame,
    horizon: int,
    *,
    season: int | None = None,
    nature: Mapping[str, Nature] | None = None,
    arima: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Backtest:
    """Judge our method beside Theta, ETS, CES, seasonal naive (and ARIMA if asked) on the
    last `horizon` steps.

    OWA is relative to Naive 2 on the same series, as in M4. A series needs `horizon` + 3 values.
    Raises NotSeries and BadHorizon.
    """
    kept, refused = taken_apart(series, season, nature or {})
    cut = []
    for one in kept:
        if len(one.y) < horizon + LEAST or float(np.ptp(one.y[:-horizon])) == 0:
            refused[one.id] = TooShort(series=one.id, count=len(one.y), least=horizon + LEAST)
        else:
            cut.append(one)
    told = progress or _silent
    results = forecast_kept(
        [one.until(len(one.y) - horizon) for one in cut], horizon, LEVELS,
        progress=lambda done, of: told(done, 2 * of),
    )  # fmt: skip
    ours = [Single(r.mean, tuple(r.bands)) for r in results]
    jobs = [(one.y[:-horizon], one.season, horizon, LEVELS, arima) for one in cut]
    others = each(_peers, jobs, lambda done, of: told(of + done, 2 * of), sum(len(one.y) for one in cut))
    rows = []
    for one, mine, peers in zip(cut, ours, others, strict=True):
        for method, found in {"Tỉnh": mine, **peers}.items():
            rows.append({"unique_id": one.id, "step": one.step.grain, "method": method,
                         **_measured(one, found, horizon)})  # fmt: skip
    table = pl.DataFrame(rows, schema={"unique_id": pl.String, "step": pl.String, "method": pl.String,
                                       **dict.fromkeys(_names(), pl.Float64)})  # fmt: skip
    shown = table.filter(pl.col("method") != "Naive 2")
    return Backtest(_summed(table), shown, refused)


def _silent(done: int, of: int) -> None:
    del done, of


def _peers(jobs: Sequence[tuple[Array, int, int, tuple[int, ...], bool]]) -> list[dict[str, Single]]:
    return [
        singles(y, season, horizon, levels, arima) | {"Naive 2": naive_two(y, season, horizon)}
        for y, season, horizon, levels, arima in jobs
    ]


def _names() -> list[str]:
    return ["smape", "mase", *(f"{kind}-{level:g}" for level in LEVELS for kind in ("msis", "coverage"))]


def _measured(one: Series, found: Single, horizon: int) -> dict[str, float]:
    past, actual = one.y[:-horizon], one.y[-horizon:]
    out = {"smape": smape(actual, found.mean), "mase": mase(actual, found.mean, past, one.season)}
    for level, (low, high) in zip(LEVELS, found.bands, strict=False):
        out[f"msis-{level:g}"] = msis(actual, low, high, level, past, one.season)
        out[f"coverage-{level:g}"] = coverage(actual, low, high)
    return out


def _summed(table: pl.DataFrame) -> pl.DataFrame:
    """Means over series by step and method, with OWA against Naive 2."""
    whole = table.with_columns(step=pl.lit("all"))
    both = pl.concat([whole, table]) if table["step"].n_unique() > 1 else whole
    means = both.group_by("step", "method", maintain_order=True).agg(
        pl.len().alias("series"), *(pl.col(n).fill_nan(None).mean().alias(n) for n in _names())
    )
    base = means.filter(pl.col("method") == "Naive 2")
    base = base.select("step", pl.col("smape").alias("_s"), pl.col("mase").alias("_m"))
    owa = 0.5 * (pl.col("smape") / pl.col("_s") + pl.col("mase") / pl.col("_m"))
    joined = means.join(base, on="step", maintain_order="left").with_columns(owa=owa)
    columns = ["step", "method", "series", "smape", "mase", "owa", *_names()[2:]]
    return joined.filter(pl.col("method") != "Naive 2").select(columns)
