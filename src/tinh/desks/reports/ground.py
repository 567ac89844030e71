"""What the desk stands on, handed in at start: what the province declares, its places, its clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tinh.cases.api import Limits, WorkingClock, clock_of
from tinh.desks.reports.errors import NoSuchCategory
from tinh.desks.reports.suggesting import Suggester

if TYPE_CHECKING:
    from tinh.packs.api import Catalogue, ReportCategory
    from tinh.places.api import Gazetteer, Outlines


@dataclass(frozen=True, slots=True)
class Ground:
    """`official`: the file of official boundaries of a day, None where there is none."""

    catalogue: Callable[[], Catalogue]
    gazetteer: Callable[[], Gazetteer]
    now: Callable[[], datetime]
    official: Callable[[date], Path | None] = lambda _day: None


_ground: Ground | None = None


def stand_on(ground: Ground) -> None:
    """Hand this process what the desk stands on."""
    global _ground
    _ground = ground


def ground() -> Ground:
    if _ground is None:
        raise RuntimeError("the desk of reports was handed no ground")
    return _ground


def working() -> WorkingClock:
    return clock_of(ground().catalogue())


def zone() -> ZoneInfo:
    """The time zone months and days are told in."""
    return working().zone


def category(id: str) -> ReportCategory:
    """The declared category. Raises NoSuchCategory."""
    found = ground().catalogue().report_categories.get(id)
    if found is None:
        raise NoSuchCategory(category=id[:60])
    return found


def limits_of(one: ReportCategory) -> Limits:
    """The limits of a category as the engine counts them; the severity is resolved in them already."""
    said = one.limits
    return Limits(
        accept_hours=said.accept_hours, finish_hours=said.finish_hours, finish_days=said.finish_days,
        refuse_days=said.refuse_days, supplement_days=said.supplement_days, publish_days=said.publish_days,
        urgent_accept_hours=None,
    )  # fmt: skip


def intake(one: ReportCategory) -> str:
    """The agency whose desk takes reports of this category in: the owner of its pack."""
    return ground().catalogue().packs[one.pack].owner


def owner(one: ReportCategory, place: str) -> str:
    """The agency that handles it: the one declared, or that of the commune; one the province has not, the
    intake's."""
    catalogue = ground().catalogue()
    if one.owner != "commune":
        return one.owner if one.owner in catalogue.agencies else intake(one)
    found = next((a.id for a in catalogue.agencies.values() if a.place == place and a.kind == "commune"), "")
    return found or intake(one)


def suggester() -> Suggester:
    catalogue = ground().catalogue()
    return _suggester(catalogue.digest)


@lru_cache(maxsize=2)
def _suggester(_digest: str) -> Suggester:
    return Suggester(ground().catalogue().report_categories)


def outlines(day: date) -> Outlines:
    """The areas of the province's communes that day."""
    found = ground()
    catalogue, official = found.catalogue(), found.official(day)
    stamp = official.stat().st_mtime if official is not None else 0.0
    return _outlines(catalogue.digest, catalogue.place, day, official, stamp)


@lru_cache(maxsize=4)
def _outlines(_digest: str, place: str, day: date, official: Path | None, _stamp: float) -> Outlines:
    from tinh.places.api import boundaries

    return boundaries(place, day, official, ground().gazetteer())
