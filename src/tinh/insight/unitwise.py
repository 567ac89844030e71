"""Stored values on the units of one day: reported on them or restated to them, never joined in silence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

import polars as pl

from tinh.insight.ground import Places, Rows
from tinh.insight.unitsystems import Systems
from tinh.packs.api import Catalogue


def systems_at(catalogue: Catalogue, places: Places, now: datetime) -> Systems:
    """The systems of units the province has had until `now`."""
    return Systems(places, catalogue.place, now.astimezone(ZoneInfo(catalogue.timezone)).date())


def values_on(
    lake: Rows,
    catalogue: Catalogue,
    gazetteer: Places,
    day: date,
    now: datetime,
    indicator: str | Sequence[str] | None = None,
    places: Sequence[str] | None = None,
    first: str | None = None,
    last: str | None = None,
    as_of: datetime | None = None,
) -> pl.DataFrame:
    """The values at the units that stood on `day`, in the columns of `Lake.values`.

    `units` is empty where the value was reported on these units, and names their system where it
    was restated. Values of provinces stand as they are; values of districts are left out.
    """
    systems = systems_at(catalogue, gazetteer, now)
    reported = lake.values(indicator, places, first, last, as_of)
    if not systems.several:
        return reported
    target = systems.of_day(day)
    moved = lake.values(indicator, places, first, last, as_of, units=systems.named(target))
    placed = systems.placed(reported)
    own = placed.filter(pl.col("_system") == target).drop("_system")
    whole = reported.filter(
        (pl.col("place").str.len_chars() == 2) & ~pl.col("place").is_in(list(systems.everybody))
    )
    cell = ["indicator", "version", "place", "period"]
    out = pl.concat([own.join(moved, on=cell, how="anti"), whole, moved], how="diagonal_relaxed")
    return out.sort("indicator", "version", "period", "place")
