"""Where a post may hold: a scope held against the agencies, units and packs of the province."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tinh.jobs.agencies import agencies, change_agency
from tinh.jobs.house import gazetteer, house

if TYPE_CHECKING:
    from tinh.people.api import Actor, Duties, Scope, User

_NEEDS_AGENCY = ("data_officer", "commune_officer", "service")


def scope(role: str, agency: str = "", place: str = "", sector: str = "") -> Scope:
    """A checked scope, predecessors replaced by their successors; ScopeUnknown says what does not fit."""
    from tinh.people.api import Role, Scope, ScopeUnknown

    found, known = house().catalogue, agencies()
    if role not in Role.values:
        raise ScopeUnknown(reason_vi=f"không có vai trò “{role}”", reason_en=f"there is no role “{role}”")
    if agency and agency not in known:
        raise ScopeUnknown(
            reason_vi=f"không có cơ quan “{agency}”", reason_en=f"there is no agency “{agency}”"
        )
    agency = known.resolve(agency) if agency else ""
    if not agency and role in _NEEDS_AGENCY:
        raise ScopeUnknown(reason_vi="vai trò này cần một cơ quan", reason_en="this role needs an agency")
    if role == "commune_officer" and not place:
        place = known[agency].place
        if not place:
            raise ScopeUnknown(
                reason_vi="cán bộ xã cần một địa bàn", reason_en="a commune officer needs a place"
            )
    if place and not gazetteer().versions(place):
        raise ScopeUnknown(reason_vi=f"không có địa bàn {place}", reason_en=f"there is no unit {place}")
    if sector and sector not in found.packs:
        raise ScopeUnknown(
            reason_vi=f"không có lĩnh vực “{sector}”", reason_en=f"there is no sector “{sector}”"
        )
    return Scope(role, agency, place, sector)


def headships(username: str) -> tuple[str, ...]:
    """The agencies that name somebody as their head."""
    return tuple(id for id, one in agencies().items() if one.head and one.head == username)


def leave(user: User, actor: Actor, heir: User | None, reason: str) -> Duties:
    """Somebody leaves; their headships go to the heir with the rest."""
    from tinh.people.api import leave as close

    heads = headships(user.username)
    left = close(user, actor, heir=heir, reason=reason, headships=heads)
    for id in heads:
        change_agency(id, {"head": heir.username if heir else ""}, actor.name)
    return left


def begin_of(day: date) -> datetime:
    """The first moment of a day here."""
    return datetime.combine(day, time(), ZoneInfo(house().catalogue.timezone))


def end_of(day: date) -> datetime:
    """The first moment after a day here."""
    return begin_of(day + timedelta(days=1))
