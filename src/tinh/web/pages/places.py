"""Places: find one by any name or code, and one unit with all that is known of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import polars as pl
from django.http import Http404, HttpRequest, HttpResponse

from tinh.flow.api import Corridor, owing
from tinh.insight.api import Point, systems_at, values_on
from tinh.jobs import api as jobs
from tinh.kit.periods import end
from tinh.packs.api import Indicator
from tinh.places.api import REFORM, Changed, Hint, Unit, changes
from tinh.web import formats
from tinh.web.drawing.lines import Spark, spark
from tinh.web.drawing.map import Drawn, outline
from tinh.web.pages.foreseen_places import of_place
from tinh.web.pages.reforms import pieces, span_words
from tinh.web.pages.room import by_commune, drawn_map
from tinh.web.pages.values import SHOWN, cover, current, series_of
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import Say, words

MOST_FOUND = 40
_GROUPS = (("ward", ("phường",)), ("commune", ("xã", "thị trấn")), ("other", ("đặc khu", "huyện")))


@dataclass(frozen=True, slots=True)
class Found:
    """One answer to a search: the unit, when it stood, and where it is now if it has ended."""

    code: str
    name: str
    path: str
    span: str
    link: str
    note: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One indicator at a unit."""

    id: str
    name: str
    link: str
    trace: str
    value: str
    period: str
    age: str
    cover: str
    rank: str
    simulated: bool
    line: Spark | None


@dataclass(frozen=True, slots=True)
class Owes:
    id: str
    name: str
    agency: str
    parts: str
    newest: str
    late: str
    tone: str
    simulated: bool


def today_of(corridor: Corridor) -> date:
    return corridor.clock.now().astimezone(ZoneInfo(corridor.catalogue.timezone)).date()


@signed_in
def listing(request: HttpRequest) -> HttpResponse:
    language = language_of(request)
    say = words(language)
    corridor = jobs.corridor()
    book, today, home = corridor.gazetteer, today_of(corridor), corridor.catalogue.place
    wanted = request.GET.get("tim", "").strip()[:200]
    found, hints = _search(corridor, wanted, today, say, language) if wanted else ((), ())
    communes = sorted(book.lowest(home, today), key=lambda u: (u.slug, u.code))
    eve = REFORM - timedelta(days=1)
    former = [
        (_link(d, eve, say, language), [_link(c, eve, say, language) for c in book.children(d.code, eve)])
        for d in sorted(
            (u for u in book.units if u.level == "district" and u.province == home), key=lambda u: u.code
        )
    ]
    drawn = drawn_map(corridor, today)
    return page(
        request, "places.html", "places", say("places.title"),
        wanted=wanted, found=found, hints=hints,
        about=say(
            "places.about", count=formats.number(len(communes), 0, language),
            wards=formats.number(sum(u.kind == "phường" for u in communes), 0, language),
            day=formats.day(today, language),
        ),
        groups=[
            (say(f"place_group.{key}"), [(u.code, u.name, u.short) for u in communes if u.kind in kinds])
            for key, kinds in _GROUPS
            if any(u.kind in kinds for u in communes)
        ],
        former=former,
        areas=[(u.code, u.name, drawn.paths[u.code]) for u in communes if u.code in drawn.paths],
        viewbox=drawn.viewbox, approximate=drawn.approximate,
    )  # fmt: skip


def _search(
    corridor: Corridor, wanted: str, today: date, say: Say, language: str
) -> tuple[tuple[Found, ...], tuple[tuple[str, str], ...]]:
    """Units the words denote today, then before the reform; of several, those of the province first."""
    book, home = corridor.gazetteer, corridor.catalogue.place
    eve = REFORM - timedelta(days=1)
    seen: dict[tuple[str, date], Unit] = {}
    hints: tuple[Hint, ...] = ()
    for day in (today, eve):
        answer = book.resolve(wanted, day)
        inside = [u for u in answer.units if u.province == home]
        for unit in inside or answer.units[:MOST_FOUND]:
            seen.setdefault((unit.code, unit.valid_from or date.min), unit)
        if not answer.units and not hints:
            hints = answer.hints
    units = sorted(seen.values(), key=lambda u: (u.province != home, u.valid_to is not None, u.code))
    found = tuple(_link(u, u.valid_from or eve, say, language) for u in units[:MOST_FOUND])
    near = [h for h in hints if h.unit.province == home] or list(hints)
    return found, () if found else tuple((h.unit.code, h.says.in_(language)) for h in near[:8])


def _link(unit: Unit, on: date, say: Say, language: str) -> Found:
    above = [u.name for u in jobs.gazetteer().path(unit) if u.code != unit.code]
    ended = unit.valid_to is not None
    return Found(
        unit.code, unit.name, ", ".join(reversed(above)), span_words(unit, say, language),
        f"/dia-ban/{unit.code}" + (f"?ngay={on.isoformat()}" if ended else ""),
        say("places.ended") if ended else "",
    )  # fmt: skip


def unit_of(request: HttpRequest, corridor: Corridor, code: str) -> tuple[Unit, date]:
    """The unit of `?ngay=`, else today's, else the last that bore the code, and a day on which it stood."""
    book, today = corridor.gazetteer, today_of(corridor)
    asked = request.GET.get("ngay", "")
    try:
        on = date.fromisoformat(asked) if asked else today
    except ValueError:
        on = today
    unit = book.find(code, on)
    if unit is None and not asked:
        known = [u for u in book.versions(code) if u.valid_from is None or u.valid_from <= today]
        unit = known[-1] if known else None
        on = unit.valid_to - timedelta(days=1) if unit and unit.valid_to else today
    if unit is None:
        raise Http404
    return unit, on


@signed_in
def one(request: HttpRequest, code: str) -> HttpResponse:
    language = language_of(request)
    say = words(language)
    corridor = jobs.corridor()
    unit, on = unit_of(request, corridor, code)
    book, today = corridor.gazetteer, today_of(corridor)
    changed = changes(book, unit.code, on, today)
    lowest = {u.code for u in book.lowest(unit.province, on)}
    here = unit.province == corridor.catalogue.place
    drawn, marked = _drawn(corridor, unit, on, here)
    ended = unit.valid_to is not None and unit.valid_to <= today
    return page(
        request, "place.html", "places", unit.name,
        unit=unit,
        on=on.isoformat(),
        path=[(u.code, u.name) for u in book.path(unit, on) if u.code != unit.code],
        kind=say(f"place_level.{unit.level}"),
        span=span_words(unit, say, language),
        ended=ended,
        now=pieces(changed.now, say, language) if ended else (),
        origins=pieces(changed.origins, say, language),
        origin_day=formats.day(changed.unit.valid_from, language) if changed.unit.valid_from else "",
        children=_children(corridor, unit, on) if unit.code not in lowest else (),
        figures=_figures(corridor, unit, on, unit.code in lowest, language) if here else (),
        ahead=of_place(corridor, unit.code, language) if here and not ended else (),
        health=_health(corridor, unit, language) if here and not ended else (),
        here=here,
        comparable=here and unit.code in lowest and not ended,
        areas=[(c, _name(corridor, c, on), p, c in marked) for c, p in drawn.paths.items()] if drawn else (),
        viewbox=drawn.viewbox if drawn else "",
        approximate=drawn.approximate if drawn else False,
        history=_history_link(changed, on),
    )  # fmt: skip


def _history_link(changed: Changed, on: date) -> str:
    return f"/dia-ban/{changed.unit.code}/lich-su?ngay={on.isoformat()}"


def _name(corridor: Corridor, code: str, on: date) -> str:
    unit = corridor.gazetteer.find(code, on)
    return unit.name if unit else code


def _children(corridor: Corridor, unit: Unit, on: date) -> Sequence[tuple[str, str, bool]]:
    found = corridor.gazetteer.children(unit.code, on)
    return [(u.code, u.name, u.valid_to is not None) for u in sorted(found, key=lambda u: u.slug)]


def _drawn(corridor: Corridor, unit: Unit, on: date, here: bool) -> tuple[Drawn | None, frozenset[str]]:
    """The province of that day with the unit in it."""
    if not here or unit.level == "province":
        return None, frozenset()
    if unit.valid_to is None:
        drawn = drawn_map(corridor, today_of(corridor))
    else:
        drawn = outline(corridor.catalogue.place, on, None, 0.0, corridor.gazetteer)
    marked = {unit.code} | {u.code for u in corridor.gazetteer.children(unit.code, on)}
    return drawn, frozenset(marked)


def figures_frame(corridor: Corridor, places: Sequence[str] | None, on: date, lowest: bool) -> pl.DataFrame:
    """Stored values of all indicators at places of a day, the restated with the reported."""
    ids = list(corridor.catalogue.indicators)
    if not lowest:
        return corridor.lake.values(ids, places)
    now = corridor.clock.now()
    return values_on(corridor.lake, corridor.catalogue, corridor.gazetteer, on, now, ids, places)


def _figures(corridor: Corridor, unit: Unit, on: date, lowest: bool, language: str) -> tuple[Figure, ...]:
    catalogue, now = corridor.catalogue, corridor.clock.now()
    frame = figures_frame(corridor, [unit.code], on, lowest)
    local = now.astimezone(ZoneInfo(catalogue.timezone)).replace(tzinfo=None)
    made: list[tuple[Indicator, list[Point], Point]] = []
    for indicator in catalogue.indicators.values():
        points = series_of(indicator, frame, unit.code)
        own = [p for p in points if not p.units]
        at = current(own, now, catalogue.timezone) or current(points, now, catalogue.timezone)
        if at is not None and at.value is not None:
            made.append((indicator, points, at))
    ranks = _ranks(corridor, [(i, at) for i, _, at in made], on) if lowest else {}
    out = []
    for indicator, points, at in made:
        until = [p for p in points if p.period <= at.period][-SHOWN[indicator.period] :]
        assert at.value is not None
        theo = f"?theo={at.units}" if at.units else ""
        days = (local - end(at.period)).total_seconds()
        out.append(
            Figure(
                indicator.id, indicator.name.in_(language),
                f"/chi-so/{indicator.id}/?noi={unit.code}" + ("&theo=hien-nay" if lowest else ""),
                f"/nguon/{indicator.id}/{unit.code}/{at.period}{theo}",
                formats.with_unit(at.value, indicator.decimals, indicator.unit.in_(language), language),
                formats.period(at.period, language),
                formats.age(days, language) if days >= 0 else words(language)("tile.running"),
                cover(at, indicator, catalogue.place, language),
                ranks.get(indicator.id, ""),
                at.simulated,
                spark([p.value for p in until], None, [bool(p.units) for p in until]),
            )
        )  # fmt: skip
    return tuple(out)


def _ranks(corridor: Corridor, made: Sequence[tuple[Indicator, Point]], on: date) -> dict[str, str]:
    """`12/92`: where the unit stands among its like, by the indicator's own direction."""
    if not made:
        return {}
    systems = systems_at(corridor.catalogue, corridor.gazetteer, corridor.clock.now())
    among = systems.standing(systems.of_day(on)) if systems.several else systems.everybody
    periods = [at.period for _, at in made]
    frame = corridor.lake.values([i.id for i, _ in made], None, min(periods)[:4], max(periods))
    out = {}
    for indicator, at in made:
        if at.units or indicator not in by_commune(corridor):
            continue
        known = frame.filter(
            (pl.col("indicator") == indicator.id)
            & (pl.col("version") == indicator.version)
            & (pl.col("period") == at.period)
            & pl.col("value").is_not_null()
            & (pl.col("place").is_in(list(among)) if among else pl.col("place").str.len_chars() == 5)
        )["value"]
        better = known < at.value if indicator.direction == "down" else known > at.value
        out[indicator.id] = f"{int(better.sum()) + 1}/{len(known)}"
    return out


def _health(corridor: Corridor, unit: Unit, language: str) -> tuple[Owes, ...]:
    say = words(language)
    out = []
    for each in owing(corridor, unit.code):
        agency = corridor.catalogue.agencies.get(each.owner)
        whole = each.owed and each.delivered == each.owed
        late = (
            say("places.late", days=each.days)
            if each.days
            else say("places.whole" if whole else "places.part")
        )
        tone = "bad" if each.days else "good" if whole else "watch"
        if not each.owed:
            late, tone = say("places.free"), "none"
        out.append(
            Owes(
                each.dataset, each.name.in_(language), agency.name.in_(language) if agency else each.owner,
                f"{formats.number(each.delivered, 0, language)}"
                + (f"/{formats.number(each.owed, 0, language)}" if each.owed else ""),
                formats.period(each.newest, language) if each.newest else "–", late, tone, each.simulated,
            )
        )  # fmt: skip
    return tuple(out)
