"""Values from a pack's own SELECT."""

from __future__ import annotations

import re

import polars as pl

from tinh.insight.errors import BadSql
from tinh.insight.finish import plain, ratio_of
from tinh.insight.ground import Ground
from tinh.insight.ladder import climb, rungs
from tinh.insight.leaf import name, text
from tinh.insight.levels import raise_to_levels
from tinh.insight.lifetimes import owing
from tinh.insight.scope import Scope, leaf_spans
from tinh.kit.periods import GRAINS, Grain, grain_of
from tinh.packs.api import Formula, Indicator

_NOISE = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'", re.DOTALL)
_REACHES = re.compile(
    r"\b(over|qualify|join|union|intersect|except|limit|having|with|now|today|current_date"
    r"|current_timestamp|get_current_timestamp|lateral|pivot|exists)\b",
    re.IGNORECASE,
)


def by_period(formula: Formula) -> bool:
    """Whether a file's value of a period plainly depends on the rows of that period alone.

    Only then can news recompute single periods: one reading of one dataset, grouped by
    `_period` if grouped at all, saying itself what is simulated, with nothing that looks across
    rows of other periods. Anything else is computed whole.
    """
    sql = _NOISE.sub(" ", formula.sql)
    if len(formula.datasets) != 1 or _REACHES.search(sql) or not re.search(r"\bsimulated\b", sql):
        return False
    grouped = re.findall(r"\bgroup\s+by\b(.*?)(?=\)\s*(?:as\b|$|\w)|\border\b|$)", sql, re.I | re.S)
    return (
        len(re.findall(r"\bfrom\b", sql, re.I)) == len(re.findall(r"\bselect\b", sql, re.I))
        and sql.lower().count(f'"{formula.datasets[0]}"'.lower()) == 1
        and "_period" in sql
        and all("_period" in g for g in grouped)
        and "distinct on" not in sql.lower()
    )


def _narrowed(sql: str, indicator: Indicator, scope: Scope) -> str:
    """The file's SELECT over the scope's periods, in whichever grain the file spells them."""
    if scope.periods is None or not by_period(indicator.formula):
        return sql
    exact = ", ".join(text(p) for p in sorted(scope.periods)) or "NULL"
    # Months and days sort inside the month or year that begins their spelling; quarters do not.
    spans = leaf_spans(scope, "month" if indicator.period == "quarter" else indicator.period) or []
    runs = " OR ".join(f"period BETWEEN {text(a)} AND {text(b + '~')}" for a, b in spans)
    return f"SELECT * FROM ({sql}\n) WHERE period IN ({exact})" + (f" OR {runs}" if runs else "")


def from_sql(ground: Ground, indicator: Indicator, scope: Scope) -> pl.DataFrame:
    """The file's rows, climbed and rolled up like any others.

    With `num` and `den` the values combine as ratios of sums; with `value` alone as declared.
    Where the file does not say which rows are simulated, all are as soon as one row read is.
    """
    formula = indicator.formula
    frame = _answer(ground, indicator, scope)
    paired = _paired(frame)
    cells = _cells(ground, indicator, frame, paired)
    grains = _grains(indicator, cells)
    cells = climb(cells, grains, indicator.over_time, indicator.min_coverage, paired, owing(ground))
    cells = _own_coverage(frame, cells, len(grains) == 1)
    dataset = ground.dataset(formula.datasets[0])
    levels = raise_to_levels(ground, indicator, dataset, cells, indicator.over_places, paired)
    return ratio_of(levels, formula.scale) if paired else plain(levels, formula.scale)


def sql_cells(ground: Ground, indicator: Indicator, scope: Scope) -> pl.DataFrame:
    """What the file itself answers, before any climbing."""
    frame = _answer(ground, indicator, scope)
    return _cells(ground, indicator, frame, _paired(frame))


def _paired(frame: pl.DataFrame) -> bool:
    return {"num", "den"} <= set(frame.columns)


def _answer(ground: Ground, indicator: Indicator, scope: Scope) -> pl.DataFrame:
    formula = indicator.formula
    try:
        sql = _narrowed(formula.sql.strip().rstrip(";"), indicator, scope)
        frame = ground.query(sql, *formula.datasets)
    except Exception as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise BadSql(indicator=indicator.id, reason=reason) from error
    absent = [c for c in ("place", "period") if c not in frame.columns]
    if "value" not in frame.columns and not _paired(frame):
        absent.append("value")
    if absent:
        raise BadSql(indicator=indicator.id, reason=f"thiếu cột / missing columns: {', '.join(absent)}")
    return frame


def _cells(ground: Ground, indicator: Indicator, frame: pl.DataFrame, paired: bool) -> pl.DataFrame:
    simulated = (
        pl.col("simulated") if "simulated" in frame.columns else pl.lit(_any_simulated(ground, indicator))
    )
    num, den = (pl.col("num"), pl.col("den")) if paired else (pl.col("value"), pl.lit(1.0))
    try:
        cells = frame.select(
            pl.coalesce(pl.col("place").cast(pl.String), pl.lit(ground.catalogue.place)).alias("place"),
            pl.col("period").cast(pl.String),
            num.cast(pl.Float64).alias("num"),
            den.cast(pl.Float64).alias("den"),
            simulated.cast(pl.Boolean).fill_null(False).alias("simulated"),
        ).drop_nulls("period")
    except pl.exceptions.PolarsError as error:
        raise BadSql(indicator=indicator.id, reason=str(error).splitlines()[0]) from error
    twice = cells.select("place", "period").is_duplicated()
    if twice.any():
        place, period = cells.filter(twice).select("place", "period").row(0)
        raise BadSql(
            indicator=indicator.id, reason=f"{place} · {period}: nhiều hơn một dòng / more than one row"
        )
    return cells


def _any_simulated(ground: Ground, indicator: Indicator) -> bool:
    return any(
        bool(ground.query(f"SELECT coalesce(bool_or(_simulated), FALSE) AS s FROM {name(d)}", d)["s"].item())
        for d in indicator.formula.datasets
    )


def _grains(indicator: Indicator, cells: pl.DataFrame) -> tuple[Grain, ...]:
    try:
        found = {grain_of(p) for p in cells["period"].unique()}
    except ValueError as error:
        raise BadSql(indicator=indicator.id, reason=str(error)) from error
    if len(found) > 1:
        raise BadSql(
            indicator=indicator.id, reason=f"nhiều loại kỳ / mixed grains: {', '.join(sorted(found))}"
        )
    every = found.pop() if found else indicator.period
    if GRAINS.index(every) > GRAINS.index(indicator.period):
        raise BadSql(indicator=indicator.id, reason=f"{every} > {indicator.period}")
    return rungs(every, indicator.through, indicator.period)


def _own_coverage(frame: pl.DataFrame, cells: pl.DataFrame, no_step: bool) -> pl.DataFrame:
    if not no_step or not {"cov_num", "cov_den"} <= set(frame.columns):
        return cells
    given = frame.select(
        pl.col("place").cast(pl.String),
        pl.col("period").cast(pl.String),
        pl.col("cov_num").cast(pl.Int64).alias("_have"),
        pl.col("cov_den").cast(pl.Int64).alias("_owed"),
    )
    return (
        cells.join(given, on=["place", "period"], how="left")
        .with_columns(have=pl.coalesce("_have", "have"), owed=pl.coalesce("_owed", "owed"))
        .drop("_have", "_owed")
    )
