"""From the places of rows to the provinces of today, on the day each row speaks of."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from tinh.insight.ground import REMEMBERED, Ground
from tinh.kit.periods import end, start

FACT: dict[str, type[pl.DataType] | pl.DataType] = {
    "place": pl.String,
    "period": pl.String,
    "province": pl.String,
    "level": pl.String,
    "above": pl.List(pl.String),
}


def facts(ground: Ground, cells: pl.DataFrame, also_today: bool = False) -> pl.DataFrame:
    """For each (place, period) of `cells`: level, containing units, and today's province.

    A period asks on its last day, and on its first where the last knows no such place (a year
    that a reform cuts). A register's place is known by the day it was judged, so it may also be
    asked on the present day. A place the gazetteer does not know on any of them has nulls.
    """
    pairs = cells.select("place", "period").unique().sort("period", "place")
    if pairs.is_empty():
        return pl.DataFrame(schema=FACT)
    if pairs.height > REMEMBERED:
        return _looked_up(ground, pairs, also_today)
    key = ("facts", also_today, tuple(pairs.iter_rows()))
    if key not in ground.cache:
        ground.cache[key] = _looked_up(ground, pairs, also_today)
    out: pl.DataFrame = ground.cache[key]
    return out


def _looked_up(ground: Ground, pairs: pl.DataFrame, also_today: bool) -> pl.DataFrame:
    periods = pairs["period"].unique().to_list()
    days = pl.DataFrame(
        {
            "period": periods,
            "late": [(end(p) - timedelta(seconds=1)).date() for p in periods],
            "early": [start(p).date() for p in periods],
        }
    )
    extra = [ground.local_now.date()] if also_today else []
    edges = _edges(ground, pairs["place"].unique().to_list(), [*days["late"], *days["early"], *extra])
    era = {day: _era(edges, day) for day in {*days["late"].to_list(), *days["early"].to_list(), *extra}}
    days = days.with_columns(
        late=pl.Series([era[d] for d in days["late"]]), early=pl.Series([era[d] for d in days["early"]])
    )
    asked = pairs.join(days, on="period")
    rows = []
    for place, late, early in asked.select("place", "late", "early").unique().iter_rows():
        found = None
        for day in (late, early, *(era[d] for d in extra)):
            found = _look(ground, place, day)
            if found is not None:
                break
        province, level, above = found or (None, None, [])
        rows.append((place, late, early, province, level, above))
    looked = pl.DataFrame(
        rows,
        schema={
            "place": pl.String,
            "late": pl.Date,
            "early": pl.Date,
            **{k: FACT[k] for k in list(FACT)[2:]},
        },
        orient="row",
    )
    return asked.join(looked, on=["place", "late", "early"]).select(list(FACT))


def _look(ground: Ground, place: str, day: date) -> tuple[str | None, str, list[str]] | None:
    key = ("unit", place, day)
    if key not in ground.cache:
        unit = ground.places.find(place, day)
        ground.cache[key] = unit and (
            ground.places.rollup(place, day),
            str(unit.level),
            [u.code for u in ground.places.path(unit) if u.code != unit.code],
        )
    out: tuple[str | None, str, list[str]] | None = ground.cache[key]
    return out


def _edges(ground: Ground, places: list[str], days: list[date]) -> list[date]:
    """Days on which any of the places began or ended: between two of them nothing changes."""
    probes = {min(days), max(days)}
    edges: set[date] = set()
    while probes:
        new: set[date] = set()
        for day in probes:
            for place in places:
                unit = ground.places.find(place, day)
                if unit is not None:
                    new |= {d for d in (unit.valid_from, unit.valid_to) if d is not None}
        new -= edges
        edges |= new
        probes = {d for d in new if min(days) <= d <= max(days)}
        probes |= {d - timedelta(days=1) for d in new if min(days) < d <= max(days)}
    return sorted(edges) or [min(days)]


def _era(edges: list[date], day: date) -> date:
    """A day that stands for every day between the same two edges."""
    return max((e for e in edges if e <= day), default=edges[0] - timedelta(days=1))


def not_inside_another(cells: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Leaves out places that lie in another place with a value in the same period.

    A province's own figure already counts its communes: adding both would count twice.
    """
    if known["level"].n_unique() < 2:
        return cells
    standing = cells.filter(pl.col("num").is_not_null() & pl.col("den").is_not_null())
    containers = standing.select(pl.col("place").alias("above"), "period")
    inside = (
        known.join(standing.select("place", "period"), on=["place", "period"])
        .select("place", "period", "above")
        .explode("above")
        .join(containers, on=["above", "period"], how="semi")
    )
    return cells.join(inside, on=["place", "period"], how="anti")


def communes(ground: Ground, province: str, period: str) -> frozenset[str]:
    """The communes of a province of today on the last day of a period."""
    day = (end(period) - timedelta(seconds=1)).date()
    key = ("communes", province, day)
    if key not in ground.cache:
        ground.cache[key] = frozenset(u.code for u in ground.places.communes(province, day))
    out: frozenset[str] = ground.cache[key]
    return out
