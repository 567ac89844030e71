"""One case as a row of a list, and the names people know its parts by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tinh.cases import api as cases
from tinh.jobs import api as jobs
from tinh.people import api as people
from tinh.web.pages.cases.lateness import Lateness, at, lateness
from tinh.web.pages.naming import today_name
from tinh.web.words import Say, words

STATE_TONES = {
    "new": "none", "accepted": "none", "waiting": "watch", "assigned": "none", "working": "none",
    "answered": "watch", "published": "good", "refused": "none", "closed": "good", "merged": "none",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    code: str
    subject: str
    late: Lateness
    state: str
    tone: str
    category: str
    place: str
    agency: str
    person: str
    severity: str
    urgent: bool
    source: str
    opened: str
    supporters: int
    simulated: bool
    version: int


@dataclass(frozen=True, slots=True)
class Teller:
    """Names cases for one reader at one moment; one is made a page."""

    language: str
    now: datetime
    clock: cases.WorkingClock
    people: Mapping[int, str]

    @property
    def say(self) -> Say:
        return words(self.language)

    def line(self, case: Any) -> Line:
        say = self.say
        return Line(
            code=case.code, subject=case.subject, late=self.late(case), state=say(f"casestate.{case.state}"),
            tone=STATE_TONES.get(case.state, "none"), category=category_name(case.category, self.language),
            place=self.place(case.place), agency=agency_name(case.agency, self.language),
            person=self.people.get(case.person_id or 0, ""), severity=say(f"caseseverity.{case.severity}"),
            urgent=case.severity == "urgent", source=say(f"casesource.{case.source.replace('-', '_')}"),
            opened=self.at(case.opened_at), supporters=case.supporters, simulated=case.simulated,
            version=case.version,
        )  # fmt: skip

    def late(self, case: Any) -> Lateness:
        return lateness(case, self.now, self.clock, self.say, self.language)

    def at(self, moment: datetime | None) -> str:
        return at(moment, self.now, self.clock.zone, self.language)

    def place(self, code: str) -> str:
        return today_name(code, self.now.astimezone(self.clock.zone).date()) if code else ""


def teller(language: str, found: Iterable[Any] = ()) -> Teller:
    """Of some cases: whoever they are given to is looked up once."""
    accounts = {case.person_id for case in found if case.person_id}
    return Teller(language, jobs.now(), cases.clock_of(jobs.catalogue()), names_of(accounts))


def names_of(accounts: Iterable[int]) -> dict[int, str]:
    """What people are called, by the number of their account."""
    wanted = set(accounts)
    if not wanted:
        return {}
    with people.through("grant"):
        rows = people.User.objects.filter(pk__in=wanted).values_list("pk", "full_name", "username")
        return {pk: full or name for pk, full, name in rows}


def agency_name(id: str, language: str, short: bool = True) -> str:
    """The agency's short name, or its id when the province does not know it."""
    found = jobs.agencies().get(id)
    if found is None:
        return id
    return (found.short if short and found.short.vi else found.name).in_(language)


def category_name(id: str, language: str) -> str:
    found = jobs.catalogue().report_categories.get(id)
    return found.name.in_(language) if found else id
