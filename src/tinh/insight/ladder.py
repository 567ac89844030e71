"""Climbing in time: hour → day → month → quarter → year, place by place.

Cells are frames of `place, period, num, den, simulated`; a cell stands when both `num` and
`den` are there (`den` is 1 for a plain value). Each step counts how many finer periods stand
(`have`) of those the coarser one is made of (`owed`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import polars as pl

from tinh.kit.periods import GRAINS, Grain

# For (place, period) cells and a finer grain: `owed` periods, the `share` of the whole that is, and
# whether the place had `ended` before the period did.
Owed = Callable[[pl.DataFrame, Grain], pl.DataFrame]

STANDS = pl.col("num").is_not_null() & pl.col("den").is_not_null()


def rungs(every: Grain, through: Sequence[Grain], period: Grain) -> tuple[Grain, ...]:
    """The grains from the data's own to the indicator's, finest first."""
    first, last = GRAINS.index(every), GRAINS.index(period)
    between = {GRAINS.index(g) for g in through if first < GRAINS.index(g) < last}
    return tuple(GRAINS[i] for i in sorted({first, *between, last}))


def upward(grain: Grain, column: str = "period") -> pl.Expr:
    """The period of `grain` that holds each period of a finer (or the same) grain."""
    period = pl.col(column)
    if grain == "day":
        return period.str.slice(0, 10)
    if grain == "month":
        return period.str.slice(0, 7)
    if grain == "year":
        return period.str.slice(0, 4)
    if grain == "quarter":
        quarter = (period.str.slice(5, 2).cast(pl.Int8, strict=False) + 2) // 3
        spelt = period.str.slice(0, 4) + "-Q" + quarter.cast(pl.String)
        return pl.when(period.str.contains("Q", literal=True)).then(period).otherwise(spelt)
    return period


def climb(
    cells: pl.DataFrame,
    grains: Sequence[Grain],
    over_time: str,
    min_coverage: Mapping[str, float],
    paired: bool,
    owed: Owed,
) -> pl.DataFrame:
    """Cells of the last grain, with `have` and `owed` of the last step (null without a step)."""
    cells = cells.with_columns(
        have=pl.lit(None, pl.Int64), owed=pl.lit(None, pl.Int64), share=pl.lit(1.0), ended=pl.lit(False)
    )
    for fine, coarse in pairwise(grains):
        cells = step(cells, fine, coarse, over_time, min_coverage.get(coarse, 0.0), paired, owed)
    return cells


def step(
    cells: pl.DataFrame, fine: Grain, coarse: Grain, over_time: str, needed: float, paired: bool, owed: Owed
) -> pl.DataFrame:
    """One rung up. A period with less than `needed` of its parts keeps its row without a value."""
    # Sums of doubles depend on their order: the same cells must give the same value, however they arrived.
    named = cells.sort("place", "period").with_columns(upward(coarse).alias("over"))
    grouped = (
        named.lazy()
        .group_by("place", "over")
        .agg(
            *_combined(over_time, paired),
            pl.col("simulated").any(),
            STANDS.sum().cast(pl.Int64).alias("have"),
        )
        .collect()
        .rename({"over": "period"})
    )
    due = owed(grouped.select("place", "period"), fine)
    enough = (pl.col("have") > 0) & (pl.col("have") >= needed * pl.col("owed") - 1e-9)
    return grouped.join(due, on=["place", "period"], how="left").with_columns(
        pl.when(enough).then("num").alias("num"), pl.when(enough).then("den").alias("den")
    )


def _combined(over_time: str, paired: bool) -> list[pl.Expr]:
    if over_time in ("min", "max") and paired:
        share = pl.col("num") / pl.col("den")
        at = share.filter(STANDS & share.is_finite())
        at = at.arg_min() if over_time == "min" else at.arg_max()
        kept = STANDS & share.is_finite()
        return [pl.col(c).filter(kept).get(at, null_on_oob=True).alias(c) for c in ("num", "den")]
    if over_time == "last":
        return [
            pl.col(c).filter(STANDS).sort_by(pl.col("period").filter(STANDS)).last() for c in ("num", "den")
        ]
    out = []
    for column in ("num", "den"):
        standing = pl.col(column).filter(STANDS)
        how = "mean" if column == "den" and not paired else over_time
        value = {
            "sum": standing.sum(),
            "mean": standing.mean(),
            "min": standing.min(),
            "max": standing.max(),
        }[how]
        out.append(pl.when(STANDS.any()).then(value).alias(column))
    return out
