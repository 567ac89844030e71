"""The directory of agencies of a serving process: reading it, changing it, and what a merger would move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tinh.jobs.adoption import reseat
from tinh.jobs.house import gazetteer, house, now

if TYPE_CHECKING:
    from tinh.packs.api import Agency, Directory
    from tinh.people.api import AgencyBook
    from tinh.places.api import Unit


def agencies() -> Directory:
    """Every agency of the province, declared or made here; aliases lead to their successors."""
    return book().all


def book() -> AgencyBook:
    from tinh.people.api import AgencyBook

    return AgencyBook(house().catalogue, house().home)


@dataclass(frozen=True, slots=True)
class Holdings:
    """What is an agency's: ids of datasets, sources, alerts and branches, and how many people and posts."""

    datasets: tuple[str, ...]
    feeds: tuple[str, ...]
    alerts: tuple[str, ...]
    branches: tuple[str, ...]
    people: int
    posts: int

    def as_dict(self) -> dict[str, Any]:
        return {
            "datasets": list(self.datasets), "feeds": list(self.feeds), "alerts": list(self.alerts),
            "branches": list(self.branches), "people": self.people, "posts": self.posts,
        }  # fmt: skip


def holdings(agency: str) -> Holdings:
    from tinh.people.api import staff_count

    found = house().catalogue
    people, posts = staff_count(agency)
    return Holdings(
        datasets=tuple(d.id for d in found.datasets.values() if d.owner == agency),
        feeds=tuple(
            f.id for f in found.feeds.values()
            if (f.sender or found.datasets[f.dataset].owner) == agency
        ),
        alerts=tuple(a.id for a in found.alerts.values() if agency in a.tell),
        branches=tuple(a.id for a in agencies().values() if a.parent == agency),
        people=people,
        posts=posts,
    )  # fmt: skip


def add_agency(fields: Mapping[str, Any], by: str) -> Agency:
    from tinh.people.api import note

    made = book().add(fields)
    note(by, "add agency", made.id, allowed=True)
    reseat()
    return made


def change_agency(id: str, fields: Mapping[str, Any], by: str) -> Agency:
    from tinh.people.api import note

    made = book().change(id, fields)
    note(by, "change agency", made.id, allowed=True)
    reseat()
    return made


def merge_agency(of: str, into: str, until: date, by: str) -> Agency:
    """`of` ends on `until`; its data, sources, people and posts are `into`'s."""
    from tinh.people.api import move_staff, note

    gone = book().one(of).id
    made = book().merge(of, into, until)
    move_staff(gone, made.id)
    note(by, "merge agency", f"{gone} → {made.id}", allowed=True)
    reseat()
    return made


def missing_communes() -> int:
    """How many communes of the province no agency answers for."""
    return len(book().communes(_communes()))


def add_communes(by: str) -> list[Agency]:
    """People's Committees for the communes that lack one, from the gazetteer."""
    from tinh.people.api import note

    made = book().add_communes(_communes())
    if made:
        note(by, "add agencies", f"{made[0].id} … {made[-1].id} ({len(made)})", allowed=True)
        reseat()
    return made


def _communes() -> list[Unit]:
    found = house().catalogue
    today = now().astimezone(ZoneInfo(found.timezone)).date()
    return sorted(gazetteer().communes(found.place, today), key=lambda unit: unit.code)
