"""What changed for a unit: before, since, and where it is now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse

from tinh.jobs import api as jobs
from tinh.places.api import Event, Heir, Unit, changes
from tinh.web import formats
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import Say, words


@dataclass(frozen=True, slots=True)
class Piece:
    """A unit on the other side of a change, and the share that went over in words."""

    code: str
    name: str
    link: str
    share: str
    guessed: bool
    source: str


@dataclass(frozen=True, slots=True)
class Step:
    day: str
    said: str
    basis: str
    into: tuple[Piece, ...]


def span_words(unit: Unit, say: Say, language: str) -> str:
    """`từ 1.7.2025`, `đến hết 30.6.2025`, or both."""
    begun, ended = unit.valid_from, unit.valid_to
    last = formats.day(ended - timedelta(days=1), language) if ended else ""
    if begun and ended:
        return say("places.between", first=formats.day(begun, language), last=last)
    if begun:
        return say("places.since", first=formats.day(begun, language))
    return say("places.until", last=last)


def pieces(heirs: Iterable[Heir], say: Say, language: str) -> tuple[Piece, ...]:
    out = []
    for heir in heirs:
        if heir.share is None:
            share = say("places.unknown_share")
        elif heir.share > 1 - 1e-9:
            share = say("places.entire")
        else:
            share = f"{formats.number(100 * heir.share, 1, language)}{formats.THIN}%"
        unit = heir.unit
        on = unit.valid_to - timedelta(days=1) if unit.valid_to else None
        measure = say(f"place_measure.{heir.by}") if heir.by else ""
        source = heir.source and f"{measure}: {heir.source}"
        out.append(
            Piece(
                unit.code, unit.name, f"/dia-ban/{unit.code}" + (f"?ngay={on.isoformat()}" if on else ""),
                share, heir.estimated > 0, source,
            )
        )  # fmt: skip
    return tuple(out)


def _step(event: Event, say: Say, language: str) -> Step:
    return Step(
        formats.day(event.day, language),
        say(f"place_change.{event.how}", unit=event.unit.name, count=len(event.into)),
        event.basis,
        pieces(event.into, say, language),
    )


@signed_in
def history(request: HttpRequest, code: str) -> HttpResponse:
    from tinh.web.pages.places import today_of, unit_of

    language = language_of(request)
    say = words(language)
    corridor = jobs.corridor()
    unit, on = unit_of(request, corridor, code)
    today: date = today_of(corridor)
    found = changes(corridor.gazetteer, unit.code, on, today)
    others = [u for u in corridor.gazetteer.versions(code) if u != unit]
    return page(
        request, "history.html", "places", say("places.history_of", name=unit.name),
        unit=unit, on=on.isoformat(), on_words=formats.day(on, language),
        span=span_words(unit, say, language),
        origins=pieces(found.origins, say, language),
        origin_day=_origin_day(found.before, unit, language),
        before=[_step(e, say, language) for e in found.before],
        after=[_step(e, say, language) for e in found.after],
        now=pieces(found.now, say, language),
        others=[
            (u.name, span_words(u, say, language),
             f"/dia-ban/{code}/lich-su?ngay={(u.valid_from or u.valid_to - timedelta(days=1)).isoformat()}")
            for u in others if u.valid_from or u.valid_to
        ],
    )  # fmt: skip


def _origin_day(before: tuple[Event, ...], unit: Unit, language: str) -> str:
    first = before[0].unit.valid_from if before else unit.valid_from
    return formats.day(first, language) if first else ""
