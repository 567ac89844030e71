"""Communes side by side: the same indicators, one scale a row, the difference in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from tinh.flow.api import Corridor
from tinh.insight.api import Point
from tinh.jobs import api as jobs
from tinh.packs.api import Indicator
from tinh.web import formats
from tinh.web.drawing.lines import Spark, spark
from tinh.web.pages.places import figures_frame, today_of
from tinh.web.pages.room import by_commune
from tinh.web.pages.values import SHOWN, cover, series_of
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import Say, words

MOST = 6


@dataclass(frozen=True, slots=True)
class Cell:
    name: str
    value: str
    trace: str
    cover: str
    line: Spark | None
    best: bool


@dataclass(frozen=True, slots=True)
class Row:
    id: str
    name: str
    unit: str
    period: str
    cells: tuple[Cell, ...]
    said: str
    simulated: bool


@signed_in
def compare(request: HttpRequest) -> HttpResponse:
    language = language_of(request)
    say = words(language)
    corridor = jobs.corridor()
    today = today_of(corridor)
    units = {u.code: u for u in corridor.gazetteer.lowest(corridor.catalogue.place, today)}
    asked = list(dict.fromkeys(c for c in request.GET.getlist("xa") if c in units))
    chosen = asked[:MOST]
    offered = by_commune(corridor)
    wanted = [i for i in offered if i.id in request.GET.getlist("chi-so")] or list(offered)
    frame = figures_frame(corridor, chosen, today, lowest=True) if chosen else None
    rows = []
    if frame is not None and len(chosen) > 1:
        names = [units[c].name for c in chosen]
        for indicator in wanted:
            series = [series_of(indicator, frame, c) for c in chosen]
            row = _row(corridor, indicator, chosen, names, series, say, language)
            if row:
                rows.append(row)
    listed = sorted(units.values(), key=lambda u: (u.slug, u.code))
    return page(
        request, "compare.html", "places", say("compare.title"),
        slots=[*chosen, *[""] * (MOST - len(chosen))],
        options=[(u.code, u.name) for u in listed],
        chosen=[(c, units[c].name) for c in chosen],
        indicators=[(i.id, i.name.in_(language), i in wanted) for i in offered],
        picked=len(wanted) < len(offered),
        rows=rows,
        too_many=say("compare.too_many", most=MOST) if len(asked) > MOST else "",
        count=len(chosen),
    )  # fmt: skip


def _row(
    corridor: Corridor, indicator: Indicator, codes: Sequence[str], names: Sequence[str],
    series: Sequence[Sequence[Point]], say: Say, language: str,
) -> Row | None:  # fmt: skip
    """The newest period that most of the communes share; nothing when none has a value."""
    known = [{p.period: p for p in points if p.value is not None} for points in series]
    counts: dict[str, int] = {}
    for held in known:
        for period in held:
            counts[period] = counts.get(period, 0) + 1
    if not counts:
        return None
    most = max(counts.values())
    period = max(p for p, n in counts.items() if n == most)
    at = [held.get(period) for held in known]
    values = [p.value for p in at if p is not None and p.value is not None]
    best = (min if indicator.direction == "down" else max)(values)
    shown = [[p for p in points if p.period <= period][-SHOWN[indicator.period] :] for points in series]
    drawn = [p.value for points in shown for p in points if p.value is not None]
    within = (min(drawn), max(drawn))
    unit = indicator.unit.in_(language)
    cells = []
    for code, name, point, points in zip(codes, names, at, shown, strict=True):
        line = spark([p.value for p in points], None, [bool(p.units) for p in points], within)
        if point is None or point.value is None:
            cells.append(Cell(name, "–", "", say("room.no_value"), line, False))
            continue
        theo = f"?theo={point.units}" if point.units else ""
        cells.append(
            Cell(
                name,
                formats.number(point.value, indicator.decimals, language),
                f"/nguon/{indicator.id}/{code}/{period}{theo}",
                cover(point, indicator, corridor.catalogue.place, language), line,
                indicator.direction != "none" and point.value == best and len(set(values)) > 1,
            )
        )  # fmt: skip
    return Row(
        indicator.id, indicator.name.in_(language), unit, formats.period(period, language), tuple(cells),
        _said(indicator, names, at, unit, say, language), any(p is not None and p.simulated for p in at),
    )  # fmt: skip


def _said(
    indicator: Indicator, names: Sequence[str], at: Sequence[Point | None], unit: str, say: Say, language: str
) -> str:
    """Who is highest, who lowest, and how far apart they are."""
    known = [(p.value, n) for p, n in zip(at, names, strict=True) if p is not None and p.value is not None]
    if len(known) < 2:
        return say("compare.alone")
    high, low = max(known, key=lambda k: k[0]), min(known, key=lambda k: k[0])

    def write(value: float) -> str:
        return formats.with_unit(value, indicator.decimals, unit, language)

    if round(high[0] - low[0], indicator.decimals) == 0:
        return say("compare.equal", value=write(high[0]))
    gap = formats.number(high[0] - low[0], indicator.decimals, language)
    behind = say("compare.points") if unit == "%" else unit
    gap += f"{formats.THIN}{behind}" if behind else ""
    return say(
        "compare.said", high=high[1], high_value=write(high[0]), low=low[1], low_value=write(low[0]), gap=gap
    )
