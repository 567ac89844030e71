"""Values straight from datasets: direct, ratio of sums, weighted, and ratios over two datasets."""

from __future__ import annotations

import polars as pl

from tinh.insight import leaf
from tinh.insight.errors import NoTime, TooFine
from tinh.insight.finish import plain, ratio_of
from tinh.insight.ground import Ground
from tinh.insight.ladder import climb
from tinh.insight.levels import raise_to_levels
from tinh.insight.lifetimes import owing
from tinh.insight.meeting import moments, newest_by
from tinh.insight.scope import ALL, Scope, ladder_of, leaf_spans
from tinh.kit.periods import GRAINS, Grain, grain_of, start
from tinh.packs.api import Dataset, Formula, Indicator, Term


def from_terms(ground: Ground, indicator: Indicator, scope: Scope) -> pl.DataFrame:
    """`place, period, value, num, den, cov_num, cov_den, simulated` of a formula over datasets."""
    formula = indicator.formula
    if mixed(formula):
        return _over_two(ground, indicator)
    dataset = ground.dataset(formula.terms[0].dataset)
    paired = formula.kind in ("ratio", "weighted")
    cells = place_cells(ground, indicator, dataset, formula, scope)
    levels = raise_to_levels(ground, indicator, dataset, cells, indicator.over_places, paired)
    return ratio_of(levels, formula.scale) if paired else plain(levels, formula.scale)


def mixed(formula: Formula) -> bool:
    return formula.kind == "ratio" and len({t.dataset for t in formula.terms}) > 1


def place_cells(
    ground: Ground, indicator: Indicator, dataset: Dataset, formula: Formula, scope: Scope
) -> pl.DataFrame:
    """Cells per place at the indicator's period: `num, den, simulated, have, owed`."""
    num, den = leaf.measures(formula, dataset)
    if dataset.kind == "register":
        cells = leaf.register_cells(ground, dataset, num, den, indicator.period, scope)
        return climb(pairs(cells), (), indicator.over_time, {}, den is not None, owing(ground))
    check_time(indicator, dataset)
    ladder = ladder_of(indicator, dataset)
    # The province needs every place in it, so a list of places narrows only `own` values.
    places = None if "province" in indicator.places else scope.places
    cells = leaf.cells(ground, dataset, num, den, leaf_spans(scope, ladder[0]), places)
    coverage = indicator.min_coverage
    return climb(pairs(cells), ladder, indicator.over_time, coverage, den is not None, owing(ground))


def pairs(cells: pl.DataFrame) -> pl.DataFrame:
    """A numerator without its denominator says nothing, nor the other way round."""
    both = pl.col("num").is_not_null() & pl.col("den").is_not_null()
    return cells.with_columns(pl.when(both).then("num").alias("num"), pl.when(both).then("den").alias("den"))


def check_time(indicator: Indicator, dataset: Dataset) -> None:
    if dataset.period is None:
        raise NoTime(indicator=indicator.id, dataset=dataset.id)
    if GRAINS.index(dataset.period.every) > GRAINS.index(indicator.period):
        raise TooFine(
            indicator=indicator.id,
            dataset=dataset.id,
            period=indicator.period,
            every=dataset.period.every,
        )


def _over_two(ground: Ground, indicator: Indicator) -> pl.DataFrame:
    grid = meeting(ground, indicator)
    share = [pl.col(f"{p}_cov_num") / pl.col(f"{p}_cov_den") for p in "nd"]
    weaker = share[1].fill_null(0) < share[0].fill_null(0)
    frame = grid.with_columns(
        num=pl.col("n_num"),
        den=pl.col("d_num"),
        cov_num=pl.when(weaker).then("d_cov_num").otherwise("n_cov_num").fill_null(0),
        cov_den=pl.when(weaker).then("d_cov_den").otherwise("n_cov_den").fill_null(1),
        simulated=pl.col("n_simulated").fill_null(False) | pl.col("d_simulated").fill_null(False),
    )
    return ratio_of(frame, indicator.formula.scale)


def meeting(ground: Ground, indicator: Indicator) -> pl.DataFrame:
    """Σ of one dataset beside Σ of another, with the period each is of (`n_period`, `d_period`).

    A register changes on any day, and a coarser report stands until the next: such terms are
    met by the newest value at or before the period. Two reports of one grain meet exactly.
    """
    terms = indicator.formula.terms
    sides = [_side(ground, alone(ground, indicator, term), ground.dataset(term.dataset)) for term in terms]
    registers = any(ground.dataset(t.dataset).kind == "register" for t in terms)
    grid = _grid(indicator, sides)
    for prefix, side, term in zip(("n", "d"), sides, terms, strict=True):
        carried = registers or coarser(ground.dataset(term.dataset), indicator.period)
        named = side.rename({c: f"{prefix}_{c}" for c in side.columns if c != "place"})
        if carried:
            grid = newest_by(grid, named.drop_nulls(f"{prefix}_num"), f"{prefix}_period")
        else:
            named = named.with_columns(period=pl.col(f"{prefix}_period"))
            grid = grid.join(named, on=["place", "period"], how="left")
    return grid


def alone(ground: Ground, indicator: Indicator, term: Term) -> Indicator:
    """One term of a ratio over two datasets as a sum of its own, at its own grain if that is coarser."""
    dataset = ground.dataset(term.dataset)
    changes = {"formula": Formula(kind="direct", terms=(term,)), "over_places": "sum"}
    if coarser(dataset, indicator.period):
        assert dataset.period is not None
        changes |= {"period": dataset.period.every, "through": ()}
    return indicator.model_copy(update=changes)


def _side(ground: Ground, term: Indicator, dataset: Dataset) -> pl.DataFrame:
    cells = place_cells(ground, term, dataset, term.formula, ALL)
    return raise_to_levels(ground, term, dataset, cells, "sum", False).drop("den").sort("place", "period")


def coarser(dataset: Dataset, grain: Grain) -> bool:
    return (
        dataset.kind != "register"
        and dataset.period is not None
        and GRAINS.index(dataset.period.every) > GRAINS.index(grain)
    )


def _grid(indicator: Indicator, sides: list[pl.DataFrame]) -> pl.DataFrame:
    """Places both terms speak of, at the indicator's periods since both began."""
    if any(s.is_empty() for s in sides):
        return pl.DataFrame(schema={"place": pl.String, "period": pl.String})
    fine = [s.select("place", "period") for s in sides if grain_of(s["period"][0]) == indicator.period]
    if not fine:
        return pl.DataFrame(schema={"place": pl.String, "period": pl.String})
    begun = max(start(str(s["period"].min())) for s in sides)
    grid = pl.concat(fine).unique()
    for side in sides:
        grid = grid.join(side.select("place").unique(), on="place", how="semi")
    return moments(grid, "period", "end", last=True).filter(pl.col("end") >= begun).drop("end")
