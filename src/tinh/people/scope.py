"""How far a post reaches: agency × place × sector, and what counts as one's own of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Scope:
    """One live post of somebody: a role and where it holds. Empty narrows nothing, and owns nothing."""

    role: str
    agency: str = ""
    place: str = ""
    sector: str = ""
    post: int | None = None  # of people.Post; None for the main post
    acting_for: str = ""


class Ground(Protocol):
    """What rights stand on: the province's agencies and its units."""

    def same_agency(self, agency: str) -> frozenset[str]:
        """Every id that means this agency: itself, its successor and all merged into it."""

    def inside(self, place: str, unit: str, on: date | None = None) -> bool:
        """Whether `unit` (of `on`, else of any day) lies wholly in today's `place`."""


class Bare:
    """No directory and no gazetteer: everything is only itself."""

    def same_agency(self, agency: str) -> frozenset[str]:
        return frozenset({agency})

    def inside(self, place: str, unit: str, on: date | None = None) -> bool:  # noqa: ARG002
        return place == unit


_ground: Ground = Bare()


def stand_on(ground: Ground) -> None:
    """Hand this process the agencies and units it asks about."""
    global _ground
    _ground = ground


def ground() -> Ground:
    return _ground


def own_agencies(agency: str) -> frozenset[str]:
    """Every id of the agency of a post; none for a post without one."""
    return _ground.same_agency(agency) if agency else frozenset()
