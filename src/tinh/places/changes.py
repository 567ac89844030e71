"""What changed for a unit: what it was made from, what became of it, where it is on a later day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

from tinh.places.model import Unit

if TYPE_CHECKING:
    from tinh.places.gazetteer import Gazetteer

How = Literal["renamed", "kind", "recoded", "merged", "divided", "moved"]


@dataclass(frozen=True, slots=True)
class Heir:
    """A unit on the other side of a change. `share` is the part of the older unit that went over,
    None where only a district or province was followed; `estimated` is the part of it that is a guess."""

    unit: Unit
    share: float | None
    estimated: float = 0.0
    by: str = ""
    source: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {
            **self.unit.as_dict(), "share": self.share, "estimated": self.estimated,
            "by": self.by, "source": self.source,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """One change of a unit: on `day`, `unit` became `into`."""

    day: date
    how: How
    unit: Unit
    into: tuple[Heir, ...]
    basis: str

    def as_dict(self) -> dict[str, Any]:
        return {
            "day": self.day.isoformat(), "how": self.how, "unit": self.unit.as_dict(),
            "into": [h.as_dict() for h in self.into], "basis": self.basis,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Changed:
    """A unit as it stood on a day, and everything before and after, up to `until`."""

    unit: Unit
    until: date
    origins: tuple[Heir, ...]
    before: tuple[Event, ...]
    after: tuple[Event, ...]
    now: tuple[Heir, ...]

    def as_dict(self) -> dict[str, Any]:
        return {
            "unit": self.unit.as_dict(), "until": self.until.isoformat(),
            "origins": [h.as_dict() for h in self.origins],
            "before": [e.as_dict() for e in self.before],
            "after": [e.as_dict() for e in self.after],
            "now": [h.as_dict() for h in self.now],
        }  # fmt: skip


def changes(book: Gazetteer, code: str, on: date, until: date) -> Changed:
    """The unit that bore `code` on `on`, followed both ways; UnknownUnit when none did."""
    unit = book.get(code, on)
    after: list[Event] = []
    now = _followed(book, unit, until, after)
    first, before = unit, []
    while first.valid_from is not None:
        eve = first.valid_from - timedelta(days=1)
        earlier = book.find(first.code, eve)
        if earlier is None or book.steps.walk_to(first.valid_from, first.code) is not None:
            break
        before.append(_event(book, earlier))
        first = earlier
    events = {(e.day, e.unit.code): e for e in after}
    ordered = tuple(sorted(events.values(), key=lambda e: (e.day, e.unit.code)))
    return Changed(unit, until, _origins(book, first), tuple(reversed(before)), ordered, now)


def _followed(book: Gazetteer, unit: Unit, until: date, events: list[Event]) -> tuple[Heir, ...]:
    if unit.valid_to is None or unit.valid_to > until:
        return (Heir(unit, 1.0),)
    event = _event(book, unit)
    events.append(event)
    met: dict[str, list[Any]] = {}
    for heir in event.into:
        for last in _followed(book, heir.unit, until, events):
            known = met.setdefault(last.unit.code, [last.unit, 0.0, 0.0, heir.by, heir.source])
            if known[1] is None or heir.share is None or last.share is None:
                known[1] = None
                continue
            share = heir.share * last.share
            known[1] += share
            known[2] += share - (heir.share - heir.estimated) * (last.share - last.estimated)
    return tuple(
        Heir(u, s, 0.0 if s is not None and s > 1 - 1e-9 else e, by, source)
        for _, (u, s, e, by, source) in sorted(met.items())
    )


def _event(book: Gazetteer, unit: Unit) -> Event:
    day = unit.valid_to
    assert day is not None
    eve = day - timedelta(days=1)
    parts = book.parts(unit.code, eve)
    if parts:
        into = tuple(
            Heir(book.get(p.newer, day), p.share, p.share if p.estimated else 0.0, p.by, p.source)
            for p in parts
        )
    else:
        into = tuple(Heir(link.unit, link.share) for link in book.successors(unit.code, eve))
    return Event(day, _how(book, unit, into, day), unit, into, into[0].unit.legal_basis if into else "")


def _how(book: Gazetteer, unit: Unit, into: tuple[Heir, ...], day: date) -> How:
    if book.steps.walk_of(day, unit.code) is None:
        return "renamed" if into and into[0].unit.short != unit.short else "kind"
    if len(into) > 1:
        return "divided" if unit.level == "commune" else "moved"
    if into and len(book.predecessors(into[0].unit.code, day)) > 1:
        return "merged"
    return "recoded" if into and into[0].unit.code != unit.code else "moved"


def _origins(book: Gazetteer, unit: Unit) -> tuple[Heir, ...]:
    if unit.valid_from is None:
        return ()
    eve = unit.valid_from - timedelta(days=1)
    out = []
    for link in book.predecessors(unit.code, unit.valid_from):
        part = next((p for p in book.parts(link.unit.code, eve) if p.newer == unit.code), None)
        out.append(
            Heir(link.unit, part.share, part.share if part.estimated else 0.0, part.by, part.source)
            if part
            else Heir(link.unit, link.share)
        )
    return tuple(out)
