"""Results as frames, for files and pages."""

from __future__ import annotations

import polars as pl

from tinh.insight.composite.building import Built
from tinh.insight.composite.errors import ReservedId
from tinh.insight.composite.uncertainty import Spread


def index_frame(built: Built) -> pl.DataFrame:
    """A row a unit in the order given: unit, (name,) rank, then every element, the root first, nodes before
    the components below them; components as they enter the aggregation (normalised, or in points)."""
    columns: dict[str, list[str] | list[float | None]] = {"unit": list(built.units)}
    if built.index.columns.name:
        columns["name"] = list(built.table.names)
    columns["rank"] = _plain(built.ranks[:, -1].tolist())
    place = {e.id: n for n, e in enumerate(built.tree.elements)}
    for element in built.index.tree.everything():
        if element.id in place and element.id in columns:
            raise ReservedId(element=element.id)
        if element.id in place:
            columns[element.id] = _plain(built.values[:, place[element.id]].tolist())
    return pl.DataFrame(columns).with_columns(pl.col("rank").cast(pl.Int64))


def rank_frame(built: Built, spread: Spread) -> pl.DataFrame:
    """A row a unit: rank_mean, rank_median, rank_q5, rank_q95, score_q5, score_q95."""
    return pl.DataFrame(spread.table(built.units)).drop("rank")


def _plain(values: list[float]) -> list[float | None]:
    return [None if v != v else v for v in values]
