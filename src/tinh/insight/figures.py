"""One figure per place and period of a dataset, at the grain where two datasets meet."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from tinh.insight.errors import NoTime
from tinh.insight.ground import Ground
from tinh.insight.leaf import conditions, measure, name, place_of, register_cells
from tinh.insight.scope import Scope
from tinh.kit.periods import GRAINS, Grain, up, within
from tinh.packs.api import Dataset, Term

FIGURE: dict[str, pl.DataType] = {
    "place": pl.String(),
    "period": pl.String(),
    "value": pl.Float64(),
    "receipts": pl.List(pl.String()),
    "simulated": pl.Boolean(),
}
_KEPT = 50  # receipts remembered of one figure


def meeting_grain(own: Dataset, their: Dataset) -> Grain:
    """The coarser grain of two datasets; a register has none and takes the other's."""
    grains = [d.period.every for d in (own, their) if d.kind != "register" and d.period is not None]
    if not grains:
        raise NoTime(indicator=own.id, dataset=their.id)
    return max(grains, key=GRAINS.index)


def figures(
    ground: Ground,
    dataset: Dataset,
    column: str,
    how: str,
    grain: Grain,
    periods: Collection[str] | None = None,
) -> pl.DataFrame:
    """FIGURE at the dataset's own grain; a register is counted at the end of each of `periods`."""
    measured = measure(Term.model_validate({"dataset": dataset.id, "column": column, "how": how}), dataset)
    if dataset.kind == "register":
        if not periods:
            return pl.DataFrame(schema=FIGURE)
        cells = register_cells(ground, dataset, measured, None, grain, Scope(None, frozenset(periods)))
        sql = (
            f"SELECT {place_of(ground, dataset)} AS place, {_receipts('_receipt')} AS receipts "
            f"FROM {name(dataset.id)} GROUP BY 1"
        )
        behind = ground.query(sql, dataset.id)
        found = cells.rename({"num": "value"}).join(behind, on="place", how="left")
    else:
        sql = (
            f"SELECT {place_of(ground, dataset)} AS place, _period AS period, CAST({measured.sql} AS DOUBLE) "
            f"AS value, {_receipts('_receipt')} AS receipts, coalesce(bool_or(_simulated), FALSE)"
            f" AS simulated FROM {name(dataset.id)}"
            f" WHERE {conditions(ground, dataset, None, None)} GROUP BY 1, 2"
        )
        found = ground.query(sql, dataset.id)
    return found.select(pl.col(n).cast(t) for n, t in FIGURE.items()).sort("place", "period")


def _receipts(column: str) -> str:
    """The newest receipts of a group."""
    return f"list_distinct(list({column} ORDER BY _received_at DESC)[1:{_KEPT}])"


def met(
    ground: Ground, dataset: Dataset, column: str, how: str, grain: Grain, over_time: str, together: bool
) -> pl.DataFrame:
    """FIGURE at `grain`. `last` takes a place's newest finer period, or (`together`) the newest of any
    place, so that communes are added at one moment; sum and mean need every finer period."""
    assert dataset.period is not None
    found = figures(ground, dataset, column, how, grain).drop_nulls("value")
    fine = dataset.period.every
    if fine == grain or found.is_empty():
        return found
    periods = found["period"].unique().to_list()
    wider = {p: up(p, grain) for p in periods}
    found = found.with_columns(_wide=pl.col("period").replace_strict(wider, return_dtype=pl.String))
    if over_time == "last":
        over = ["_wide"] if together else ["_wide", "place"]
        found = found.filter(pl.col("period") == pl.col("period").max().over(over))
        return found.with_columns(period=pl.col("_wide")).drop("_wide")
    value = pl.col("value").sum() if over_time == "sum" else pl.col("value").mean()
    owed = {w: len(within(w, fine)) for w in set(wider.values())}
    grouped = found.sort("place", "period").group_by("place", "_wide", maintain_order=True)
    made = grouped.agg(
        value,
        pl.col("receipts").explode().unique(maintain_order=True),
        pl.col("simulated").any(),
        have=pl.len(),
    )
    made = made.filter(pl.col("have") == pl.col("_wide").replace_strict(owed, return_dtype=pl.Int64))
    return made.rename({"_wide": "period"}).select(list(FIGURE))
