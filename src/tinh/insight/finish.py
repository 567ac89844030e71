"""The frame insight hands to the lake: one row per place and period."""

from __future__ import annotations

import polars as pl

from tinh.packs.api import Indicator

VALUES = {
    "indicator": pl.String,
    "version": pl.Int64,
    "place": pl.String,
    "period": pl.String,
    "grain": pl.String,
    "value": pl.Float64,
    "num": pl.Float64,
    "den": pl.Float64,
    "cov_num": pl.Int64,
    "cov_den": pl.Int64,
    "simulated": pl.Boolean,
}


def finite(value: pl.Expr) -> pl.Expr:
    return pl.when(value.is_finite()).then(value)


def ratio_of(frame: pl.DataFrame, scale: float) -> pl.DataFrame:
    """Adds `value` = scale × num / den; nothing where either is missing or den is 0."""
    return frame.with_columns(value=finite(scale * pl.col("num") / pl.col("den")))


def plain(frame: pl.DataFrame, scale: float) -> pl.DataFrame:
    """Adds `value` = scale × num and drops the pair, which means nothing for a plain value."""
    none = pl.lit(None, pl.Float64)
    return frame.with_columns(value=finite(scale * pl.col("num")), num=none, den=none)


def finished(indicator: Indicator, frame: pl.DataFrame) -> pl.DataFrame:
    """The value frame in its fixed columns and order."""
    return (
        frame.with_columns(
            indicator=pl.lit(indicator.id),
            version=pl.lit(indicator.version),
            grain=pl.lit(indicator.period),
        )
        .select(pl.col(c).cast(t) for c, t in VALUES.items())
        .sort("place", "period")
    )
