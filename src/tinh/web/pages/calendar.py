"""The calendar of deliveries: window by window, who came on time, late, not at all, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode

from tinh.flow.api import Corridor, Deliveries, Delivery, Span
from tinh.jobs import api as jobs
from tinh.kit.periods import grain_of, start
from tinh.packs.api import Dataset
from tinh.people import api as people
from tinh.web import formats
from tinh.web.pages.data import agency_name
from tinh.web.pages.naming import place_name
from tinh.web.sheets import sheet
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

TONES = {"on time": "good", "late": "late", "missing": "bad", "waiting": "none"}
_KEYS = {
    "on time": "calendar.on_time", "late": "calendar.late", "missing": "calendar.missing",
    "waiting": "calendar.waiting",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mark:
    """One delivery, or one window of a dataset. `ahead`: not due yet."""

    tone: str
    label: str
    says: str
    link: str
    count: str = ""
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class PlaceLine:
    name: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One dataset of the calendar."""

    id: str
    name: str
    agency: str
    tone: str
    last: str
    next: str
    marks: tuple[Mark, ...]
    places: tuple[PlaceLine, ...]
    narrow: tuple[tuple[str, bool], ...]
    missing: str
    none: str
    extended: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters as the reader wrote them; what cannot be read is left out."""

    dataset: str
    agency: str
    place: str

    def query(self) -> str:
        said = {"bo-du-lieu": self.dataset, "co-quan": self.agency, "noi": self.place}
        return urlencode({name: value for name, value in said.items() if value})


@signed_in
def overview(request: HttpRequest) -> HttpResponse:
    language = language_of(request)
    say = words(language)
    corridor = jobs.corridor()
    mine, asked, listed = _asked(request, corridor)
    today = corridor.clock.now().astimezone(ZoneInfo(corridor.catalogue.timezone)).date()
    sheets = [_sheet(corridor, one, language) for one in listed]
    return page(
        request, "calendar.html", "data", say("calendar.title"),
        sheets=sheets,
        asked=asked,
        query=asked.query(),
        datasets=[(d.id, d.name.in_(language)) for d in mine],
        agencies=[(a, agency_name(corridor, a, language)) for a in sorted({d.owner for d in mine})],
        places=_places(corridor, today) if any(one.places for one in listed) or asked.place else [],
        keys=[(TONES[state], say(key)) for state, key in _KEYS.items()],
        own=people.among(people.actor_of(request), "read receipts", corridor.catalogue.datasets) is not None,
    )  # fmt: skip


@signed_in
def export(request: HttpRequest) -> HttpResponse:
    """The same windows as a table of deliveries, for a spreadsheet."""
    language = language_of(request)
    say = words(language)
    corridor = jobs.corridor()
    _, _, listed = _asked(request, corridor)
    columns = [
        "dataset", "name", "agency", "place", "place_name", "window", "due_at", "state", "state_words",
        "received_at", "receipt", "days", "working_days",
    ]  # fmt: skip
    lines: list[list[object]] = []
    zone = ZoneInfo(corridor.catalogue.timezone)
    for each in listed:
        for span in each.spans:
            for one in span.deliveries:
                came = one.received_at.astimezone(zone).isoformat() if one.received_at else ""
                lines.append([
                    each.dataset, each.name.in_(language), agency_name(corridor, each.owner, language),
                    one.place, place_name(one.place, span.window) if one.place else "", span.window,
                    one.due_at.astimezone(zone).isoformat(), one.state, say(_KEYS[one.state]), came,
                    one.receipt, one.days, one.working_days,
                ])  # fmt: skip
    return sheet(columns, lines, "lich-gui.csv")


def _asked(request: HttpRequest, corridor: Corridor) -> tuple[list[Dataset], Asked, list[Deliveries]]:
    """The datasets the reader may see, what was asked for, and the calendars that answer it."""
    catalogue, now = corridor.catalogue, corridor.clock.now()
    seen = people.among(people.actor_of(request), "read receipts", catalogue.datasets)
    mine = [d for d in catalogue.datasets.values() if seen is None or d.id in seen]
    dataset, agency = request.GET.get("bo-du-lieu", ""), request.GET.get("co-quan", "")
    place = request.GET.get("noi", "")
    asked = Asked(
        dataset if dataset in {d.id for d in mine} else "",
        agency if agency in {d.owner for d in mine} else "",
        place if corridor.gazetteer.versions(place) else "",
    )
    wanted = [d for d in mine if asked.dataset in ("", d.id) and asked.agency in ("", d.owner)]
    listed = [corridor.board.deliveries(d.id, now) for d in wanted]
    if asked.place:
        listed = [_at(each, asked.place) for each in listed if _owes(each, asked.place)]
    return mine, asked, listed


def _owes(each: Deliveries, place: str) -> bool:
    return any(one.place == place for span in each.spans for one in span.deliveries)


def _at(each: Deliveries, place: str) -> Deliveries:
    """The calendar of one place alone."""
    return replace(each, spans=tuple(span.at(place) for span in each.spans))


def _places(corridor: Corridor, today: date) -> list[tuple[str, str]]:
    units = corridor.gazetteer.communes(corridor.catalogue.place, today)
    return sorted(((unit.code, unit.name) for unit in units), key=lambda pair: pair[1])


def _sheet(corridor: Corridor, each: Deliveries, language: str) -> Sheet:
    say = words(language)
    zone = corridor.catalogue.timezone
    now = corridor.clock.now()
    passed = [span for span in each.spans if span.due_at <= now]
    ahead = [span for span in each.spans if span.due_at > now]
    newest = passed[-1] if passed else None
    communes = corridor.catalogue.datasets[each.dataset].expect.places == "communes"
    noun = say("calendar.communes" if communes else "calendar.places")
    missing = [
        place_name(one.place, one.window) for one in (newest.deliveries if newest else ())
        if one.state == "missing" and one.place
    ]  # fmt: skip
    return Sheet(
        id=each.dataset,
        name=each.name.in_(language),
        agency=agency_name(corridor, each.owner, language),
        tone=TONES[newest.state] if newest else "none",
        last=f"{_title(newest.window, language)}: {_said(newest, noun, language, zone)}" if newest else "",
        next=say("calendar.next", window=_lower(formats.period_words(ahead[0].window, language), language),
                 due=formats.due(ahead[0].due_at, language, zone)) if ahead else "",
        marks=tuple(_mark(span, noun, language, zone, span.due_at > now) for span in each.spans),
        places=_lines(each, language, zone) if _many(each) else (),
        narrow=tuple((_narrow(span.window), span.due_at > now) for span in each.spans),
        missing=", ".join(missing[:8]) + (" …" if len(missing) > 8 else "")
        if newest and 0 < len(missing) < newest.owed
        else "",
        none=say("calendar.none_owed" if each.grain else "calendar.no_period"),
        extended=tuple(
            say("extend.on_calendar", window=_title(span.window, language),
                due=formats.due(span.extended_to, language, zone))
            for span in each.spans if span.extended_to
        ),
    )  # fmt: skip


def _many(each: Deliveries) -> bool:
    return len({one.place for span in each.spans for one in span.deliveries}) > 1


def _said(span: Span, noun: str, language: str, zone: str) -> str:
    """A window in words: 89/92 xã đúng hạn, 2 muộn, 1 thiếu."""
    say = words(language)
    if len(span.deliveries) == 1:
        return _told(span.deliveries[0], language, zone)
    if not span.deliveries:
        return say("calendar.nothing")
    if span.state == "waiting":
        due = formats.due(span.due_at, language, zone)
        return say("calendar.coming", came=span.came, owed=span.owed, places=noun, due=due)
    parts = [say("calendar.of", num=span.on_time, owed=span.owed, places=noun)]
    if span.late:
        parts.append(say("calendar.some_late", count=span.late))
    if span.missing:
        gone = max(
            (one for one in span.deliveries if one.state == "missing"), key=lambda one: one.working_days
        )
        by = formats.overdue(gone.days, gone.working_days, language)
        parts.append(say("calendar.some_missing", count=span.missing, by=by))
    return ", ".join(parts)


def _told(one: Delivery, language: str, zone: str) -> str:
    """A delivery in words: muộn 2 ngày làm việc."""
    say = words(language)
    by = formats.overdue(one.days, one.working_days, language)
    if one.state == "waiting":
        return say("calendar.due_at", due=formats.due(one.due_at, language, zone))
    if one.state == "missing":
        return say("calendar.overdue", by=by)
    came = formats.minute(one.received_at, language, zone) if one.received_at else ""
    return say("calendar.came_late", by=by, at=came) if one.state == "late" else say("calendar.came", at=came)


def _mark(span: Span, noun: str, language: str, zone: str, ahead: bool) -> Mark:
    said = f"{_title(span.window, language)}: {_said(span, noun, language, zone)}"
    alone = len(span.deliveries) == 1
    count = f"{span.came}/{span.owed}" if not alone and span.deliveries and (span.came or not ahead) else ""
    link = f"/du-lieu/nhan/{span.deliveries[0].receipt}" if alone and span.deliveries[0].receipt else ""
    return Mark(TONES[span.state], _short(span.window, language), said, link, count, ahead)


def _lines(each: Deliveries, language: str, zone: str) -> tuple[PlaceLine, ...]:
    """A line a place, those that owe most first."""
    by_place: dict[str, dict[str, Delivery]] = {}
    for span in each.spans:
        for one in span.deliveries:
            by_place.setdefault(one.place, {})[span.window] = one
    made = []
    for place, owed in by_place.items():
        newest = max(owed)
        marks = tuple(
            _small(owed[span.window], language, zone) if span.window in owed
            else Mark("blank", "", f"{_title(span.window, language)}: –", "")
            for span in each.spans
        )  # fmt: skip
        count = [sum(one.state == state for one in owed.values()) for state in ("missing", "late")]
        name = place_name(place, newest) if place else "–"
        made.append(([-n for n in count], name, PlaceLine(name, marks)))
    return tuple(line for _, _, line in sorted(made, key=lambda m: (m[0], m[1])))


def _small(one: Delivery, language: str, zone: str) -> Mark:
    link = f"/du-lieu/nhan/{one.receipt}" if one.receipt else ""
    said = f"{_title(one.window, language)}: {_told(one, language, zone)}"
    return Mark(TONES[one.state], "", said, link, ahead=one.state == "waiting")


def _title(window: str, language: str) -> str:
    text = formats.period_words(window, language)
    return text[:1].upper() + text[1:]


def _lower(text: str, language: str) -> str:
    return text if language == "en" else text[:1].lower() + text[1:]


def _short(window: str, language: str) -> str:
    """A window over its mark: 10.2026, 21.11, 09:00."""
    grain = grain_of(window)
    if grain == "hour":
        return f"{start(window):%H:%M}"
    if grain == "day":
        return f"{start(window):%d.%m}" if language != "en" else f"{start(window):%d %b}"
    return formats.period(window, language)


def _narrow(window: str) -> str:
    """The same in two letters, over a column of marks."""
    at = start(window)
    forms = {"hour": f"{at:%H}", "day": f"{at:%d}", "month": f"{at:%m}", "year": f"{at:%y}"}
    return forms.get(grain_of(window), "Q" + window[-1])
