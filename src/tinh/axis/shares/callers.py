"""Who calls: the agency behind a client, and what of a share is theirs."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from tinh.axis.models import Member
from tinh.axis.names import named
from tinh.axis.registry import SUBSYSTEM
from tinh.axis.shares.errors import NotOffered, PlaceUnknown
from tinh.axis.shares.fields import Field, fields_of
from tinh.axis.shares.ground import Desk, desk
from tinh.kit.errors import Text
from tinh.packs.api import Agency, Caller, Share

_KEPT = 30.0  # seconds an agency behind a client is remembered
_known: dict[str, tuple[float, str]] = {}


@dataclass(frozen=True, slots=True)
class Seen:
    """What one caller sees of a share: its columns, and the places it is held to (None: all)."""

    client: str
    agency: str
    fields: Mapping[str, Field]
    places: tuple[str, ...] | None


def agency_of(client: str) -> str:
    """The id of the agency whose system calls, or of its successor; empty for a member from outside."""
    now = time.monotonic()
    found = _known.get(client)
    if found is None or now - found[0] > _KEPT:
        instance, klass, code = named(client, SUBSYSTEM).parts[:3]
        row = Member.objects.filter(instance=instance, klass=klass, code=code).values_list("agency").first()
        if len(_known) > 10_000:
            _known.clear()
        found = _known[client] = (now, row[0] if row else "")
    successor = desk().agencies().get(found[1])
    return successor.id if successor else found[1]


def entries(share: Share, agency: str, subsystem: str, agencies: Mapping[str, Agency]) -> list[Caller]:
    """The entries of a share that mean this caller."""
    today = desk().corridor().clock.now().date()
    found = agencies.get(agency)
    kind = found.kind if found else "other"
    return [
        entry
        for entry in share.members
        if (entry.agency == agency if entry.agency else entry.group in ("all", kind))
        and entry.subsystem in ("", subsystem)
        and (entry.until is None or today <= entry.until)
    ]


def seen(share: Share, client: str) -> Seen:
    """What `client` sees. One who is not named but was given a right on the axis sees what all see."""
    return seen_by(share, agency_of(client), client.rsplit("/", 1)[-1], client, desk())


def seen_by(share: Share, agency: str, subsystem: str, client: str, at: Desk) -> Seen:
    offered(share, at)
    agencies = at.agencies()
    mine = entries(share, agency, subsystem, agencies)
    every = fields_of(share, at.catalogue)
    open_ = {name for name, field in every.items() if not field.personal}
    wanted: set[str] = set() if mine else set(open_)
    for entry in mine:
        wanted |= (set(entry.columns) & open_) if entry.columns else open_
        if entry.personal is not None:
            wanted |= set(entry.personal.columns)
    return Seen(client, agency, {n: f for n, f in every.items() if n in wanted}, _places(share, agency, at))


def offered(share: Share, at: Desk) -> None:
    """Raise unless the share is offered today."""
    today = at.corridor().clock.now().date()
    if share.live(today):
        return
    early = share.begins is not None and today < share.begins
    when = Text("chưa mở", "is not open yet") if early else Text("đã hết hạn", "has ended")
    owner = at.agencies().get(share.owner)
    said = owner.name if owner else Text(share.owner, share.owner)
    raise NotOffered(id=share.id, when_vi=when.vi, when_en=when.en, owner_vi=said.vi, owner_en=said.en)


def _places(share: Share, agency: str, at: Desk) -> tuple[str, ...] | None:
    reach = share.reach
    held: list[set[str]] = []
    if reach.places:
        held.append({code for place in reach.places for code in below(at, place)})
    if reach.place == "own":
        found = at.agencies().get(agency)
        if found is None or not found.place:
            raise PlaceUnknown(agency=agency or "—")
        held.append(set(below(at, found.place)))
    return tuple(sorted(set.intersection(*held))) if held else None


def below(at: Desk, place: str) -> tuple[str, ...]:
    """A place and every unit that has ever lain in it, by whatever code it was reported."""
    units = at.corridor().gazetteer.units
    found = {place}
    for _ in range(2):  # a province's districts, and their communes
        found |= {unit.code for unit in units if unit.parent in found}
    found |= {unit.code for unit in units if unit.province == place}
    return tuple(sorted(found))
