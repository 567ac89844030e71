"""Indicator values and where each of them comes from."""

# the router hands every view its request, used or not
from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import polars as pl
from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.params.functions import Query

from tinh.flow.api import Definition, Freshness, computed_by, definition, freshness
from tinh.insight.api import systems_at, values_on
from tinh.insight.api import trace as trace_of
from tinh.jobs import api as jobs
from tinh.kit import periods
from tinh.packs.api import Indicator
from tinh.people import api as people
from tinh.rest import shapes
from tinh.rest.entry import actor
from tinh.rest.errors import BadParameter, BadUnits, NothingThere
from tinh.rest.fresh import conditional, conditional_this_minute
from tinh.rest.moments import day, moment, period
from tinh.rest.paging import limit_of, link, pack, page, unpack
from tinh.rest.render import answer, format_of, table
from tinh.rest.routes.house import indicator_of, shown

router = Router(tags=["values"])
First = Annotated[str, Query(alias="from")]
Last = Annotated[str, Query(alias="to")]


@router.get("/indicators/{id}/values", response=shapes.Values, summary="Values of an indicator")
@conditional_this_minute
def values(
    request: HttpRequest,
    id: str,
    place: str = "",
    first: First = "",
    last: Last = "",
    as_of: str = "",
    version: int = 0,
    units: str = "",
    limit: int = 500,
    cursor: str = "",
) -> HttpResponse:
    """JSON by pages; CSV, Parquet or Arrow (`format=csv`, or Accept) whole. `place` may hold several
    codes, comma separated. `as_of` shows the values as they stood at a moment or at the end of a day, by
    the definition of that day. `version` chooses one of the declared versions; the newest otherwise.
    `units`: `then` (as reported), `today`, or a day: values on the units that stood on it, each with the
    part of it that rests on an estimate (`estimated`) and `on_units` where it was restated.
    The newest value of a place says how it stands to what its sources owe: `age` in seconds by which it
    is behind (0: nothing is overdue), `late_since`, and when the next delivery is `due`."""
    return _values(request, id, place, first, last, as_of, units, limit, cursor, version=version)


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
    version: int = 0,
    units: str = "",
) -> HttpResponse:
    return _values(request, id, place, first, last, as_of, units, 1, "", form, version)


@router.get("/indicators/{id}/trace", response=shapes.Trace, summary="A value down to the bytes as received")
@conditional
def trace(
    request: HttpRequest, id: str, place: str, period: str, as_of: str = "", units: str = "", version: int = 0
) -> HttpResponse:
    """`units` (`today` or a day) opens the value restated to the units of that day. With `as_of`, by the
    definition of that day; `applied` is the applied version it is read from."""
    on, at = _units(units), moment("as_of", as_of)
    systems = systems_at(jobs.catalogue(), jobs.gazetteer(), jobs.now())
    named = systems.named(systems.of_day(on)) if on and systems.several else ""
    defined = definition_of(id, version, at)
    found = trace_of(
        defined.catalogue, jobs.corridor().lake, jobs.gazetteer(), id, place, _period(period),
        as_of=at, units=named,
    )  # fmt: skip
    body = {**shown(found), "applied": defined.applied or jobs.in_force() or None}
    return answer(_veiled(actor(request), body))


def _veiled(who: people.Actor, body: dict[str, Any]) -> dict[str, Any]:
    """A trace and those it rests on, with the receipts the caller may read."""
    return {
        **body,
        "receipts": [_theirs(who, each) for each in body["receipts"]],
        "from": [_veiled(who, inner) for inner in body.get("from", ())],
    }


def _theirs(who: people.Actor, each: dict[str, Any]) -> dict[str, Any]:
    """A receipt behind a value; of one the caller may not read, only whose rows and how many."""
    if people.may(who, "read receipts", jobs.catalogue().datasets.get(each["dataset"])):
        return each
    kept = {name: each.get(name) for name in ("dataset", "rows_total", "simulated")}
    return {**kept, "receipt": None, "rows": [], "withheld": True}


def _units(text: str) -> date | None:
    """The day whose units are asked for; None: as reported."""
    if text in ("", "then"):
        return None
    try:
        return day("units", "" if text == "today" else text)
    except BadParameter:
        raise BadUnits(value=text) from None


def _period(text: str) -> str:
    return period("period", text) or text


def _values(
    request: HttpRequest,
    id: str,
    place: str,
    first: str,
    last: str,
    as_of: str,
    units: str,
    limit: int,
    cursor: str,
    form: str = "",
    version: int = 0,
) -> HttpResponse:
    at = moment("as_of", as_of)
    one = definition_of(id, version, at).indicator
    form = format_of(request, ("json", "csv", "parquet", "arrow"), form)
    places = [part.strip() for part in place.split(",") if part.strip()] or None
    on, lake = _units(units), jobs.corridor().lake
    span = (places, period("from", first), period("to", last), at)
    if on is None:
        frame = lake.values(one.id, *span)
    else:
        frame = values_on(lake, jobs.catalogue(), jobs.gazetteer(), on, jobs.now(), one.id, *span)
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
    newest = (
        {}
        if last
        else dict(frame.drop_nulls("value").group_by("place").agg(pl.col("period").max()).iter_rows())
    )
    corridor = jobs.corridor()
    now, status = jobs.now(), None if as_of else corridor.status()
    stand = {
        code: freshness(corridor.catalogue, status, one, code) if status else Freshness()
        for code in frame.head(size).get_column("place").unique()
    }
    rows = [
        {**row, **_stands(stand[row["place"]] if newest.get(row["place"]) == row["period"] else None, now)}
        for row in frame.head(size).to_dicts()
    ]
    following = pack(rows[-1]["period"], rows[-1]["place"]) if len(frame) > size else None
    by = computed_by(jobs.applied(), [row["computed_at"] for row in rows])
    items = [{**_value(one, row), "applied": number} for row, number in zip(rows, by, strict=True)]
    return answer(page(items, following), headers=link(request, following))


def definition_of(id: str, version: int, as_of: datetime | None) -> Definition:
    """The indicator as it is meant now, or was on the day of `as_of`."""
    found = definition(jobs.applied(), jobs.catalogue(), id, version or None, as_of)
    if found is None:
        indicator_of(id)
        raise NothingThere(
            what_vi=f"phiên bản chỉ tiêu {id}", what_en=f"version of {id}", id=version,
            list=f"/api/v1/indicators/{id}",
        )  # fmt: skip
    return found


def _stands(found: Freshness | None, now: datetime) -> dict[str, Any]:
    """How the newest value of a place stands to what its sources owe; nothing of older ones."""
    return {
        "age": found.age(now) if found else None,
        "late_since": found.late_since if found else None,
        "due": found.due if found else None,
    }


def _value(one: Indicator, row: dict[str, Any]) -> dict[str, Any]:
    named = row["units"] or row["period"]
    return {
        "indicator": row["indicator"], "version": row["version"],
        "place": row["place"], "place_name": name_of(row["place"], named),
        "period": row["period"], "value": row["value"],
        "coverage": {"num": row["cov_num"], "den": row["cov_den"]},
        "simulated": bool(row["simulated"]), "unit": one.unit.vi, "units": one.unit.as_dict(),
        "on_units": row["units"], "estimated": row["estimated"], "computed_at": row["computed_at"],
        "age": row["age"], "late_since": row["late_since"], "due": row["due"],
    }  # fmt: skip


def name_of(place: str, of_period: str) -> str | None:
    """The name a place had at the end of a period."""
    end = periods.end(of_period).date()
    book = jobs.gazetteer()
    unit = book.find(place, min(end, date.today())) or book.find(place, end)
    return unit.name if unit else None


def _wide(one: Indicator, frame: pl.DataFrame) -> pl.DataFrame:
    known = frame.select("place", pl.when(pl.col("units") != "").then("units").otherwise("period"))
    names = [name_of(place, when) for place, when in known.iter_rows()]
    return frame.select(
        "indicator", "version", "place", pl.Series("place_name", names, dtype=pl.String), "period", "value",
        pl.lit(one.unit.vi).alias("unit"), pl.col("cov_num").alias("coverage_num"),
        pl.col("cov_den").alias("coverage_den"), "simulated", pl.col("units").alias("on_units"), "estimated",
        "computed_at",
    )  # fmt: skip
