"""At most so many alarms a day: of all that was found on a day the most surprising are raised."""

from __future__ import annotations

import polars as pl


def within(table: pl.DataFrame, a_day: int) -> pl.DataFrame:
    """`detect.FOUND` with at most `a_day` events of each day raised, over all series, by surprise; points of
    an event stay together on the day it begins. An integer `ds` is its own day. What is left out keeps its
    score and kind."""
    first = pl.col("ds").str.slice(0, 10).first().over("event")
    events = (
        table.filter(pl.col("is_anomaly"))
        .with_columns(_day=first)
        .group_by("event", maintain_order=True)
        .agg(pl.first("_day"), pl.max("score"))
        .sort("_day", "score", "event", descending=[False, True, False])
        .with_columns(_rank=pl.int_range(pl.len()).over("_day"))
        .filter(pl.col("_rank") < a_day)
    )
    kept = pl.col("event").is_in(events.get_column("event").to_list())
    return table.with_columns(is_anomaly=pl.col("is_anomaly") & kept)
