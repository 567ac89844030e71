"""The rows behind a value: which places, which leaf cells, which rows of which receipts."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import polars as pl

from tinh.insight import leaf
from tinh.insight.ground import Ground
from tinh.insight.ladder import STANDS, step, upward
from tinh.insight.leaf import Measure, name, text
from tinh.insight.lifetimes import owing
from tinh.insight.scope import Scope, ladder_of, leaf_spans
from tinh.insight.terms import pairs
from tinh.insight.territory import facts, not_inside_another
from tinh.kit.periods import Grain
from tinh.packs.api import Dataset, Formula, Indicator

ROWS_LISTED = 10_000  # up to so many rows are all listed
ROWS_SHOWN = 1_000  # of more, the first so many


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one dataset gave to one value.

    `places`: the values per place that the roll-up combined; `parts`: for each place the finer
    periods of the last time step; `cells`: the leaf cells; `rows`: (receipt, row, at) of the rows
    listed, `counts` how many there are per receipt in all.
    """

    dataset: Dataset
    period: str
    places: pl.DataFrame
    parts: pl.DataFrame
    cells: pl.DataFrame
    rows: pl.DataFrame
    counts: pl.DataFrame

    @property
    def total(self) -> int:
        return int(self.counts["rows"].sum())


def evidence(
    ground: Ground, indicator: Indicator, dataset: Dataset, formula: Formula, place: str, period: str
) -> Evidence:
    """Everything of `dataset` that went into the value at `place` and `period`."""
    num, den = leaf.measures(formula, dataset)
    paired = den is not None
    if dataset.kind == "register":
        scope = Scope(None, frozenset({period}))
        stages = [pairs(leaf.register_cells(ground, dataset, num, den, indicator.period, scope))]
        grains: tuple[Grain, ...] = ()
    else:
        grains = ladder_of(indicator, dataset)
        spans = leaf_spans(Scope(None, frozenset({period})), grains[0])
        stages = [pairs(leaf.cells(ground, dataset, num, den, spans, None))]
        for fine, coarse in pairwise(grains):
            needed = indicator.min_coverage.get(coarse, 0.0)
            stages.append(step(stages[-1], fine, coarse, indicator.over_time, needed, paired, owing(ground)))
    members = _members(ground, indicator, dataset, stages[-1], place, paired)
    counted = [stages[-1].join(members, on="place", how="semi")]
    for finer, over in zip(reversed(stages[:-1]), reversed(grains[1:]), strict=True):
        above = counted[0].select("place", pl.col("period").alias("over"))
        inside = finer.with_columns(upward(over).alias("over")).filter(STANDS)
        counted.insert(0, inside.join(above, on=["place", "over"], how="semi").drop("over"))
    cells = counted[0] if len(counted) > 1 else counted[0].filter(STANDS)
    tallied = _tally(ground, dataset, num, den, cells, period)
    per_cell = tallied.group_by("place", "period").agg(pl.col("rows").sum())
    counts = tallied.group_by("receipt").agg(pl.col("rows").sum()).sort("receipt")
    return Evidence(
        dataset,
        period,
        counted[-1].sort("place"),
        (counted[-2] if len(counted) > 1 else counted[-1]).sort("place", "period"),
        cells.join(per_cell, on=["place", "period"], how="left").sort("place", "period"),
        _listed(ground, dataset, num, den, tallied, period),
        counts,
    )


def _members(
    ground: Ground, indicator: Indicator, dataset: Dataset, top: pl.DataFrame, place: str, paired: bool
) -> pl.DataFrame:
    """The places whose values were combined into the one at `place`."""
    if "province" in indicator.places and indicator.over_places != "none":
        known = facts(ground, top, also_today=dataset.kind == "register")
        inside = known.filter(pl.col("province") == place)
        if paired or indicator.over_places == "sum":
            kept = not_inside_another(top, known)
            inside = inside.join(kept, on=["place", "period"], how="semi")
        if not inside.is_empty():
            return inside.select("place").unique()
    return pl.DataFrame({"place": [place]})


def _used(num: Measure, den: Measure | None) -> str:
    return f"(({num.counts}) OR ({den.counts}))" if den else f"({num.counts})"


def _source(ground: Ground, dataset: Dataset, period: str) -> str:
    """The rows with their cell: for a register, those alive when the period looks."""
    at = leaf.place_of(ground, dataset)
    if dataset.kind != "register":
        return f"(SELECT *, {at} AS _spot, _period AS _span FROM {name(dataset.id)})"
    born, died = leaf.born(ground, dataset), leaf.died(ground, dataset)
    return (
        f"(SELECT * FROM (SELECT *, {at} AS _spot, {born} AS _born, {died} AS _died FROM {name(dataset.id)}),"
        f" (VALUES {leaf.edges(ground, [period])}) AS _edges(_span, _edge) WHERE {leaf.ALIVE})"
    )


def _bounds(dataset: Dataset, cells: pl.DataFrame) -> str:
    listed = ", ".join(text(p) for p in cells["place"].unique().sort()) or "NULL"
    where = f"_spot IN ({listed})"
    if dataset.kind != "register" and not cells.is_empty():
        first, last = cells["period"].min(), cells["period"].max()
        where += f" AND _span BETWEEN {text(str(first))} AND {text(str(last))}"
    return where


def _tally(
    ground: Ground, dataset: Dataset, num: Measure, den: Measure | None, cells: pl.DataFrame, period: str
) -> pl.DataFrame:
    sql = (
        f"SELECT _spot AS place, _span AS period, _receipt AS receipt, count(*) AS rows"
        f" FROM {_source(ground, dataset, period)}"
        f" WHERE {_used(num, den)} AND {_bounds(dataset, cells)} GROUP BY 1, 2, 3"
    )
    tally = ground.query(sql, dataset.id).join(cells, on=["place", "period"], how="semi")
    return tally.sort("place", "period", "receipt")


def _listed(
    ground: Ground, dataset: Dataset, num: Measure, den: Measure | None, tally: pl.DataFrame, period: str
) -> pl.DataFrame:
    total = int(tally["rows"].sum())
    limit = total if total <= ROWS_LISTED else ROWS_SHOWN
    begun = tally.with_columns(before=pl.col("rows").cum_sum() - pl.col("rows"))
    shown = begun.filter(pl.col("before") < limit)
    empty = pl.DataFrame(schema={"receipt": pl.String, "row": pl.Int64, "at": pl.String})
    if shown.is_empty():
        return empty
    sql = (
        f"SELECT _spot AS place, _span AS period, _receipt AS receipt, CAST(_row AS BIGINT) AS row, _at AS at"
        f" FROM {_source(ground, dataset, period)}"
        f" WHERE {_used(num, den)} AND {_bounds(dataset, shown)} ORDER BY 1, 2, 3, 4"
    )
    rows = ground.query(sql, dataset.id).join(shown, on=["place", "period", "receipt"], how="semi")
    return rows.sort("place", "period", "receipt", "row").head(limit).select("receipt", "row", "at")
