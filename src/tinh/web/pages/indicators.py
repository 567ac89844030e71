"""Indicators: the list, and one opened up by time, by place and by definition."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import polars as pl
from django.http import Http404, HttpRequest, HttpResponse

from tinh.flow.api import Corridor, Freshness, definition, freshness, sources_of
from tinh.insight.api import Point, formula_text, systems_at, values_on
from tinh.jobs import api as jobs
from tinh.packs.api import Indicator
from tinh.web import formats
from tinh.web.drawing.lines import Chart, chart
from tinh.web.drawing.spans import span
from tinh.web.pages import sides
from tinh.web.pages.foresight import foresight
from tinh.web.pages.moments import as_of_of
from tinh.web.pages.naming import place_name
from tinh.web.pages.room import MapView, map_view
from tinh.web.pages.values import SHOWN, Tile, cover, current, outage_words, series_of, stored, tile
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

RANKED = 15


@dataclass(frozen=True, slots=True)
class Sector:
    name: str
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class Ranked:
    place: str
    name: str
    value: str
    width: float
    at: int
    link: str


@dataclass(frozen=True, slots=True)
class Row:
    period: str
    label: str
    value: str
    cover: str
    simulated: bool
    link: str


@signed_in
def listing(request: HttpRequest) -> HttpResponse:
    language = language_of(request)
    corridor = jobs.corridor()
    wanted = request.GET.get("tim", "").strip()
    catalogue = corridor.catalogue
    frame = stored(corridor, tuple(catalogue.indicators), catalogue.place)
    alerts, status = corridor.alerts(), corridor.status()
    sectors = []
    for pack in catalogue.packs.values():
        mine = [
            i for i in catalogue.indicators.values() if i.pack == pack.id and _matches(i, wanted, language)
        ]
        made = tuple(
            tile(
                i, series_of(i, frame, catalogue.place), corridor, language, alerts, None,
                freshness(catalogue, status, i),
            )
            for i in mine
        )  # fmt: skip
        if made:
            sectors.append(Sector(pack.name.in_(language), made))
    return page(
        request, "indicators.html", "indicators", words(language)("indicators.title"),
        sectors=sectors, wanted=wanted,
    )  # fmt: skip


def _matches(indicator: Indicator, wanted: str, language: str) -> bool:
    """Every word typed stands in the name, the id or the definition, with or without diacritics."""
    text = f"{indicator.name.vi} {indicator.name.en} {indicator.id} {indicator.definition.in_(language)}"
    plain, typed = _plain(text), _plain(wanted)
    return all(word in plain for word in typed.split())


def _plain(text: str) -> str:
    spread = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(c for c in spread if not unicodedata.combining(c))


@signed_in
def one(request: HttpRequest, id: str) -> HttpResponse:
    language = language_of(request)
    say = words(language)
    corridor = jobs.corridor()
    catalogue = corridor.catalogue
    now = corridor.clock.now()
    as_of = as_of_of(request, catalogue.timezone, now)
    defined = definition(jobs.applied(), catalogue, id, sides.asked(request), as_of)
    if defined is None:
        raise Http404
    indicator = defined.indicator
    alerts = tuple(a for a in corridor.alerts() if sides.about(catalogue, a, indicator)) if not as_of else ()
    place = request.GET.get("noi", "") or catalogue.place
    all_versions = corridor.lake.values(id, None, None, None, as_of)
    every = all_versions.filter(pl.col("version") == indicator.version)
    today_book = systems_at(catalogue, corridor.gazetteer, now)
    movable = today_book.several and place in today_book.everybody
    moved = movable and indicator.over_reforms != "none" and request.GET.get("theo", "") == "hien-nay"
    points = series_of(
        indicator, _on_today(corridor, indicator, every, place, as_of) if moved else every, place
    )
    at = current(points, as_of or now, catalogue.timezone)
    period = at.period if at else ""
    stands = None if as_of else freshness(catalogue, corridor.status(), indicator, place)
    unit, home = indicator.unit.in_(language), catalogue.name.in_(language)
    today = now.astimezone(ZoneInfo(catalogue.timezone)).date().isoformat()
    places = sorted(set(every.get_column("place").to_list()) - {catalogue.place}) if every.height else []

    place_title = home if place == catalogue.place else place_name(place, period or today)

    def write(value: float) -> str:
        return formats.with_unit(value, indicator.decimals, unit, language)

    side = sides.of(defined, all_versions, place, request, language)
    shown = {"phien-ban": str(indicator.version)} if side.older else {}
    past = {"as-of": request.GET["as-of"]} if as_of else {}
    trail = f"?{urlencode({**shown, **past})}" if shown or past else ""
    part = span(points, request.GET.get("den", ""), 4 * SHOWN[indicator.period])
    asked = {"noi": place, **shown, **past}
    if moved:
        asked["theo"] = "hien-nay"
    links = {p.period: _trace_link(id, place, p, trail) for p in points}
    return page(
        request, "indicator.html", "indicators", indicator.name.in_(language),
        indicator=indicator,
        name=indicator.name.in_(language),
        definition=indicator.definition.in_(language),
        unit=unit,
        sector=catalogue.packs[indicator.pack].name.in_(language),
        headline=tile(indicator, points, corridor, language, alerts, as_of, stands) if points else None,
        outage=outage_words(stands, catalogue.timezone, language),
        source=stands.outage.dataset if stands and stands.outage else "",
        stays=movable and indicator.over_reforms == "none",
        trace_link=links.get(period, ""),
        period=formats.period_words(period, language) if period else "",
        place=place,
        place_title=place_title,
        places=[(catalogue.place, home), *((p, place_name(p, today)) for p in places)],
        chart=_chart(indicator, part.points, language, beside={} if moved else side.values),
        side=side,
        moved=moved,
        switch={
            key: "?" + urlencode({**{k: v for k, v in asked.items() if k != "theo"}, **more})
            for key, more in (("then", {}), ("today", {"theo": "hien-nay"}))
        } if movable and indicator.over_reforms != "none" else {},
        narrow=_chart(indicator, part.points, language, 400, 250, {} if moved else side.values),
        earlier=urlencode({**asked, "den": part.earlier}) if part.earlier else "",
        later=urlencode({**asked, "den": part.later}) if part.later else "",
        chart_label=say("indicator.chart_label", name=indicator.name.in_(language), place=place_title),
        rows=_rows(indicator, part.points, links, catalogue.place, language),
        fan_label=say("outlook.fan_label", name=indicator.name.in_(language), place=place_title),
        ahead=None if side.older or moved else foresight(corridor, indicator, place, points, request, as_of),
        ranking=_ranking(every, indicator, language, catalogue.place),
        map=None if side.older else _map(corridor, indicator, language, request, stands),
        formula=formula_text(defined.catalogue, indicator).in_(language),
        direction=say(f"direction.{indicator.direction}"),
        targets=[
            (write(t.value), formats.day(t.by, language), t.source)
            for t in indicator.targets
        ],
        benchmarks=[
            (b.name.in_(language), write(b.value), b.source)
            for b in indicator.benchmarks
        ],
        datasets=[(d, catalogue.datasets[d].name.in_(language)) for d in sources_of(catalogue, id)],
        as_of=request.GET["as-of"] if as_of else "",
        as_of_words=formats.day(as_of, language) if as_of else "",
    )  # fmt: skip


def _on_today(
    corridor: Corridor, indicator: Indicator, every: pl.DataFrame, place: str, as_of: datetime | None
) -> pl.DataFrame:
    """The series of a place on today's units, or on its own where it has ended."""
    now, book = corridor.clock.now(), corridor.gazetteer
    today = now.astimezone(ZoneInfo(corridor.catalogue.timezone)).date()
    known = [u for u in book.versions(place) if u.valid_from is None or u.valid_from <= today]
    last = known[-1].valid_to if known else None
    on = last - timedelta(days=1) if last and last <= today else today
    frame = values_on(
        corridor.lake, corridor.catalogue, book, on, now, indicator.id, [place], None, None, as_of
    )
    return frame.filter(pl.col("version") == indicator.version).select(every.columns)


def _trace_link(id: str, place: str, point: Point, trail: str) -> str:
    theo = f"{'&' if trail else '?'}theo={point.units}" if point.units else ""
    return f"/nguon/{id}/{place}/{point.period}{trail}{theo}"


def _chart(
    indicator: Indicator,
    points: Sequence[Point],
    language: str,
    width: int = 920,
    height: int = 320,
    beside: Mapping[str, float] | None = None,
) -> Chart | None:
    shown = list(points)[-(4 if width > 600 else 2) * SHOWN[indicator.period] :]
    unit = indicator.unit.in_(language)
    say = words(language)

    def text(point: Point) -> str:
        if point.value is None:
            return say("room.no_value")
        value = formats.with_unit(point.value, indicator.decimals, unit, language)
        if not point.units:
            return value
        return f"{value} · " + say("restated.cover", share=formats.number(100 * point.estimated, 0, language))

    guides = [
        (t.value, say("indicator.target_by", by=str(t.by.year))) for t in indicator.targets
    ] + [(b.value, b.name.in_(language)) for b in indicator.benchmarks]  # fmt: skip
    return chart(
        [formats.period(p.period, language) for p in shown],
        [p.value for p in shown],
        guides,
        lambda v: formats.number(v, 0 if v == int(v) else max(1, indicator.decimals), language),
        [text(p) for p in shown],
        width,
        height,
        [bool(p.units) for p in shown],
        say("restated.word"),
        [beside.get(p.period) for p in shown] if beside else (),
    )


def _rows(
    indicator: Indicator, points: Sequence[Point], links: dict[str, str], province: str, language: str
) -> tuple[Row, ...]:
    return tuple(
        Row(
            p.period,
            formats.period(p.period, language),
            "–" if p.value is None else formats.number(p.value, indicator.decimals, language),
            cover(p, indicator, province, language),
            p.simulated,
            links[p.period] if p.den else "",
        )
        for p in reversed(points)
    )


def _ranking(
    every: pl.DataFrame, indicator: Indicator, language: str, province: str
) -> tuple[str, tuple[Ranked, ...]]:
    """Places of the newest period that has some, best first."""
    known = every.filter((pl.col("place") != province) & pl.col("value").is_not_null())
    if known.is_empty():
        return "", ()
    last = str(known.get_column("period").max())
    here = known.filter(pl.col("period") == last).sort(
        "value", "place", descending=[indicator.direction != "down", False]
    )
    top = max(abs(v) for v in here.get_column("value").to_list()) or 1.0
    unit = indicator.unit.in_(language)
    return formats.period_words(last, language), tuple(
        Ranked(
            place, place_name(place, last), formats.with_unit(value, indicator.decimals, unit, language),
            round(100 * abs(value) / top, 1), at, f"/nguon/{indicator.id}/{place}/{last}",
        )
        for at, (place, value) in enumerate(here.select("place", "value").iter_rows(), 1)
    )  # fmt: skip


def _map(
    corridor: Corridor, indicator: Indicator, language: str, request: HttpRequest, stands: Freshness | None
) -> MapView | None:
    as_of = as_of_of(request, corridor.catalogue.timezone, corridor.clock.now())
    stopped = (stands.outage,) if stands and stands.outage else ()
    view = map_view(corridor, indicator.id, request.GET.get("ky", ""), language, as_of, stopped)
    return view if view and view.indicator == indicator.id and view.period else None
