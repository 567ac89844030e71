"""Indicator values and where each of them comes from."""

# the router hands every view its request, used or not
from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import polars as pl
from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.params.functions import Query

from tinh.insight.api import trace as trace_of
from tinh.jobs import api as jobs
from tinh.kit import periods
from tinh.packs.api import Indicator
from tinh.people import api as people
from tinh.places.api import gazetteer
from tinh.rest import shapes
from tinh.rest.entry import actor
from tinh.rest.fresh import conditional
from tinh.rest.moments import moment, period
from tinh.rest.paging import limit_of, link, pack, page, unpack
from tinh.rest.render import answer, format_of, table
from tinh.rest.routes.house import indicator_of, shown

router = Router(tags=["values"])
First = Annotated[str, Query(alias="from")]
Last = Annotated[str, Query(alias="to")]


@router.get("/indicators/{id}/values", response=shapes.Values, summary="Values of an indicator")
@conditional
def values(
    request: HttpRequest,
    id: str,
    place: str = "",
    first: First = "",
    last: Last = "",
    as_of: str = "",
    limit: int = 500,
    cursor: str = "",
) -> HttpResponse:
    """JSON by pages; CSV, Parquet or Arrow (`format=csv`, or Accept) whole. `place` may hold several
    codes, comma separated. `as_of` shows the values as they stood at a moment or at the end of a day."""
    return _values(request, id, place, first, last, as_of, limit, cursor)


@router.get("/indicators/{id}/values.{form}", summary="Values of an indicator as a file")
@conditional
def values_file(
    request: HttpRequest,
    id: str,
    form: str,
    place: str = "",
    first: First = "",
    last: Last = "",
    as_of: str = "",
) -> HttpResponse:
    return _values(request, id, place, first, last, as_of, 1, "", form)


@router.get("/indicators/{id}/trace", response=shapes.Trace, summary="A value down to the bytes as received")
@conditional
def trace(request: HttpRequest, id: str, place: str, period: str, as_of: str = "") -> HttpResponse:
    one = indicator_of(id)
    found = trace_of(
        jobs.catalogue(), jobs.corridor().lake, gazetteer(), one.id, place, _period(period),
        as_of=moment("as_of", as_of),
    )  # fmt: skip
    body = shown(found)
    body["receipts"] = [_theirs(actor(request), each) for each in body["receipts"]]
    return answer(body)


def _theirs(who: people.Actor, each: dict[str, Any]) -> dict[str, Any]:
    """A receipt behind a value; of one the caller may not read, only whose rows and how many."""
    if people.may(who, "read receipts", jobs.catalogue().datasets.get(each["dataset"])):
        return each
    kept = {name: each.get(name) for name in ("dataset", "rows_total", "simulated")}
    return {**kept, "receipt": None, "rows": [], "withheld": True}


def _period(text: str) -> str:
    return period("period", text) or text


def _values(
    request: HttpRequest,
    id: str,
    place: str,
    first: str,
    last: str,
    as_of: str,
    limit: int,
    cursor: str,
    form: str = "",
) -> HttpResponse:
    one = indicator_of(id)
    form = format_of(request, ("json", "csv", "parquet", "arrow"), form)
    places = [part.strip() for part in place.split(",") if part.strip()] or None
    frame = jobs.corridor().lake.values(
        indicator=one.id, places=places, first=period("from", first), last=period("to", last),
        as_of=moment("as_of", as_of),
    )  # fmt: skip
    frame = frame.filter(pl.col("version") == one.version).sort("period", "place")
    if form != "json":
        return table(_wide(one, frame), form, one.id)
    size = limit_of(limit)
    if cursor:
        seen_period, seen_place = unpack(cursor, str, str)
        frame = frame.filter(
            (pl.col("period") > seen_period)
            | ((pl.col("period") == seen_period) & (pl.col("place") > seen_place))
        )
    rows = frame.head(size).to_dicts()
    following = pack(rows[-1]["period"], rows[-1]["place"]) if len(frame) > size else None
    return answer(page([_value(one, row) for row in rows], following), headers=link(request, following))


def _value(one: Indicator, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "indicator": row["indicator"], "version": row["version"],
        "place": row["place"], "place_name": name_of(row["place"], row["period"]),
        "period": row["period"], "value": row["value"],
        "coverage": {"num": row["cov_num"], "den": row["cov_den"]},
        "simulated": bool(row["simulated"]), "unit": one.unit.vi, "units": one.unit.as_dict(),
        "computed_at": row["computed_at"],
    }  # fmt: skip


def name_of(place: str, of_period: str) -> str | None:
    """The name a place had at the end of a period."""
    end = periods.end(of_period).date()
    unit = gazetteer().find(place, min(end, date.today())) or gazetteer().find(place, end)
    return unit.name if unit else None


def _wide(one: Indicator, frame: pl.DataFrame) -> pl.DataFrame:
    names = [name_of(r["place"], r["period"]) for r in frame.select("place", "period").iter_rows(named=True)]
    return frame.select(
        "indicator", "version", "place", pl.Series("place_name", names, dtype=pl.String), "period", "value",
        pl.lit(one.unit.vi).alias("unit"), pl.col("cov_num").alias("coverage_num"),
        pl.col("cov_den").alias("coverage_den"), "simulated", "computed_at",
    )  # fmt: skip
