"""Values computed from other indicators at the same place."""

from __future__ import annotations

import re
from collections.abc import Callable

import polars as pl

from tinh.insight.finish import finite
from tinh.insight.ground import Ground
from tinh.insight.ladder import upward
from tinh.insight.meeting import newest_by
from tinh.insight.scope import Scope
from tinh.kit import expr
from tinh.kit.periods import GRAINS
from tinh.packs.api import Indicator

Evaluate = Callable[[Ground, Indicator, Scope], pl.DataFrame]


def variable(id: str) -> str:
    """How an indicator's id is written in an expression."""
    return re.sub(r"\W", "_", id)


def needed(indicator: Indicator, inner: Indicator, scope: Scope) -> Scope:
    """The part of an input that a scope of the derived indicator needs."""
    return scope if inner.period == indicator.period else Scope(scope.places, None)


def from_indicators(ground: Ground, indicator: Indicator, scope: Scope, evaluate: Evaluate) -> pl.DataFrame:
    """The expression over inputs of the same place and period.

    An input of another grain gives its newest value at or before the period. The coverage is
    that of the input with the least of it; the value is simulated if any input is.
    """
    inputs = [ground.catalogue.indicators[id] for id in indicator.formula.indicators]
    frames = [evaluate(ground, i, needed(indicator, i, scope)) for i in inputs]
    same = [f for i, f in zip(inputs, frames, strict=True) if i.period == indicator.period]
    base = pl.concat([f.select("place", "period") for f in same] or [_periods(indicator, inputs, frames)])
    grid = base.unique()
    for at, (inner, frame) in enumerate(zip(inputs, frames, strict=True)):
        named = frame.select(
            "place",
            pl.col("period").alias(f"p{at}"),
            pl.col("value").alias(f"v{at}"),
            pl.col("cov_num").alias(f"n{at}"),
            pl.col("cov_den").alias(f"d{at}"),
            pl.col("simulated").alias(f"s{at}"),
        )
        if inner.period == indicator.period:
            grid = grid.join(named.rename({f"p{at}": "period"}), on=["place", "period"], how="left")
        else:
            grid = newest_by(grid, named.drop_nulls(f"v{at}"), f"p{at}")
    return _valued(indicator, grid, len(inputs))


def _valued(indicator: Indicator, grid: pl.DataFrame, count: int) -> pl.DataFrame:
    names = [variable(id) for id in indicator.formula.indicators]
    sql = expr.parse(indicator.formula.expression).sql()
    operands = grid.select(pl.col(f"v{at}").alias(n) for at, n in enumerate(names))
    value = operands.select(pl.sql_expr(sql).cast(pl.Float64, strict=False).alias("value"))["value"]
    least_num, least_den = pl.col("n0"), pl.col("d0")
    for at in range(1, count):
        share = pl.col(f"n{at}").fill_null(0) * least_den.fill_null(1)
        weaker = share < least_num.fill_null(0) * pl.col(f"d{at}").fill_null(1)
        least_num = pl.when(weaker).then(f"n{at}").otherwise(least_num)
        least_den = pl.when(weaker).then(f"d{at}").otherwise(least_den)
    none = pl.lit(None, pl.Float64)
    return grid.with_columns(
        value=value,
        num=none,
        den=none,
        cov_num=least_num.fill_null(0),
        cov_den=least_den.fill_null(1),
        simulated=pl.any_horizontal(pl.col(f"s{at}").fill_null(False) for at in range(count)),
    ).with_columns(value=finite(pl.col("value")))


def _periods(indicator: Indicator, inputs: list[Indicator], frames: list[pl.DataFrame]) -> pl.DataFrame:
    """When no input has the indicator's own grain: the periods its finer inputs end in."""
    finer = [
        f.select("place", upward(indicator.period).alias("period"))
        for i, f in zip(inputs, frames, strict=True)
        if GRAINS.index(i.period) < GRAINS.index(indicator.period)
    ]
    return pl.concat(finer) if finer else pl.DataFrame(schema={"place": pl.String, "period": pl.String})
