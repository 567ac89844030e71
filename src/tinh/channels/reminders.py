"""Who would be told what at a moment. Pure: the same question has the same answer.

A matter is something owed, held or stopped; a person sits at desks, each of which concerns some
matters; a matter reaches stages at a desk as days go by. A digest goes to a person when a matter
has reached a stage they were not told of, and then holds all that concerns them: at most one a
day, on working days, between the hours the province names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from tinh.kit.calendar import WorkingCalendar
from tinh.kit.errors import Text
from tinh.packs.api import Reminding

What = Literal["owed", "stopped", "held", "vacant"]
Duty = Literal["officer", "head", "operator", "administrator"]
Rhythm = Literal["daily", "weekly", "none"]
State = Literal["overdue", "stopped", "soon", "held", "vacant"]
RHYTHMS: tuple[Rhythm, ...] = ("daily", "weekly", "none")
_ORDER: dict[State, int] = {"stopped": 0, "overdue": 1, "soon": 2, "held": 3, "vacant": 4}
_TICK = timedelta(microseconds=1)
_NAMELESS = Text("", "")
_AHEAD = 60  # days in which the next working day is looked for


@dataclass(frozen=True, slots=True)
class Matter:
    """`owed`: a window of a dataset lacks `missing` of `owed` deliveries, those of `places` `among` all.
    `stopped`: nothing comes any more since `window`, and `hangs` indicators stand still. `held`: rows wait
    to be mended. `vacant`: an agency has nobody to tell. `lead`: working days before the deadline from
    which it is told."""

    what: What
    agency: str
    dataset: str = ""
    name: Text = _NAMELESS
    sector: str = ""
    window: str = ""
    due: datetime | None = None
    lead: int = 0
    owed: int = 0
    missing: int = 0
    places: tuple[str, ...] = ()
    among: tuple[str, ...] = ()
    held: int = 0
    hangs: int = 0
    extended: bool = False

    @property
    def key(self) -> str:
        return "/".join(part for part in (self.what, self.dataset or self.agency, self.window) if part)


@dataclass(frozen=True, slots=True)
class Desk:
    """Why somebody is told. `agencies`: whose matters, under every name; None: everybody's. `places`: of
    what places owe, only these; None: all."""

    duty: Duty
    agencies: frozenset[str] | None = None
    sector: str = ""
    places: frozenset[str] | None = None

    def sees(self, matter: Matter) -> Matter | None:
        """The matter as far as it is this desk's."""
        if self.agencies is not None and matter.agency not in self.agencies:
            return None
        if self.sector and matter.sector != self.sector:
            return None
        if self.places is None or not matter.places:
            return matter
        mine = tuple(p for p in matter.places if p in self.places)
        owing = tuple(p for p in matter.among if p in self.places)
        return replace(matter, places=mine, among=owing, missing=len(mine), owed=len(owing)) if mine else None


@dataclass(frozen=True, slots=True)
class Person:
    address: str
    name: str
    desks: tuple[Desk, ...]
    language: Literal["vi", "en"] = "vi"
    rhythm: Rhythm = "daily"
    account: int | None = None

    @property
    def key(self) -> str:
        return self.address.strip().lower()


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a digest. `stage` is what the person is told by it, `working_days` how overdue it is."""

    matter: Matter
    duty: Duty
    state: State
    stage: str
    working_days: int
    fresh: bool = True

    def as_dict(self) -> dict[str, Any]:
        one = self.matter
        return {
            "state": self.state, "duty": self.duty, "stage": self.stage, "dataset": one.dataset or None,
            "agency": one.agency, "window": one.window or None,
            "due": one.due.isoformat() if one.due else None, "working_days": self.working_days,
            "missing": one.missing, "owed": one.owed, "held": one.held, "hangs": one.hangs,
            "extended": one.extended, "fresh": self.fresh,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Digest:
    """One letter to one person; `day` is the working day it is for."""

    person: Person
    day: date
    items: tuple[Item, ...]

    @property
    def agencies(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(item.matter.agency for item in self.items))

    def as_dict(self) -> dict[str, Any]:
        return {
            "to": self.person.address, "name": self.person.name, "day": self.day.isoformat(),
            "items": [item.as_dict() for item in self.items],
        }  # fmt: skip


@dataclass(frozen=True)
class Told:
    """What a person heard already: stages by matter, and the days of their letters."""

    stages: Set[tuple[str, str, str]] = frozenset()  # person, matter, stage
    last: Mapping[str, date] = field(default_factory=dict)  # person → the day of their newest letter


@dataclass(frozen=True)
class Clockwork:
    """When letters go out: the province's rules, its working days and its clock."""

    rules: Reminding
    working: WorkingCalendar
    timezone: str

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def open(self, moment: datetime) -> bool:
        local = moment.astimezone(self.zone)
        at, until = time.fromisoformat(self.rules.at), time.fromisoformat(self.rules.until)
        return self.working.is_working(local.date()) and at <= local.time() < until

    def next_open(self, moment: datetime) -> datetime:
        """The moment itself where letters go out then, else the next morning on which they do."""
        if self.open(moment):
            return moment
        local = moment.astimezone(self.zone)
        at = time.fromisoformat(self.rules.at)
        first = 0 if local.time() < at else 1
        for ahead in range(first, first + _AHEAD):
            day = local.date() + timedelta(days=ahead)
            if self.working.is_working(day):
                return datetime.combine(day, at, self.zone)
        return moment

    def evening(self, moment: datetime) -> datetime:
        """The hour of that day after which nothing goes out."""
        until = time.fromisoformat(self.rules.until)
        return datetime.combine(self.day(moment), until, self.zone)

    def day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def last_day(self, due: datetime) -> date:
        """The last day on which a delivery due then is on time."""
        return (due.astimezone(self.zone) - _TICK).date()

    def late(self, due: datetime, today: date) -> int:
        """Working days by which it is overdue on a day."""
        return max(0, self.working.working_days_between(self.last_day(due), today))


def plan(
    matters: Iterable[Matter], people: Iterable[Person], told: Told, moment: datetime, by: Clockwork
) -> tuple[Digest, ...]:
    """The letters of a moment; none outside the hours, none twice, none without anything new."""
    if not by.open(moment):
        return ()
    listed, today = tuple(matters), by.day(moment)
    out = []
    for person in joined(people):
        last = told.last.get(person.key)
        if last is not None and last >= today:
            continue
        items = [
            replace(item, fresh=(person.key, item.matter.key, item.stage) not in told.stages)
            for item in items_of(person, listed, today, by)
        ]
        if any(item.fresh and _wanted(person, item, last, today) for item in items):
            kept = [item for item in items if person.rhythm != "none" or _always(item)]
            out.append(Digest(person, today, tuple(kept)))
    return tuple(out)


def items_of(person: Person, matters: Iterable[Matter], today: date, by: Clockwork) -> tuple[Item, ...]:
    """All that concerns a person on a day, the worst first, each matter once."""
    found: dict[str, Item] = {}
    for matter in matters:
        for desk in person.desks:
            mine = desk.sees(matter)
            item = _item(mine, desk.duty, today, by) if mine is not None else None
            if item is None:
                continue
            before = found.get(matter.key)
            if before is None or _weight(item) > _weight(before):
                found[matter.key] = item
    return tuple(
        sorted(
            found.values(),
            key=lambda i: (
                _ORDER[i.state], -i.working_days, i.matter.due.timestamp() if i.matter.due else 0.0,
                i.matter.agency, i.matter.key,
            ),
        )
    )  # fmt: skip


def joined(people: Iterable[Person]) -> list[Person]:
    """One person an address, with every desk of theirs, in the order of addresses."""
    found: dict[str, Person] = {}
    for one in people:
        before = found.get(one.key)
        if before is None:
            found[one.key] = one
        else:
            desks = tuple(dict.fromkeys((*before.desks, *one.desks)))
            known = before if before.account is not None else one
            found[one.key] = replace(known, desks=desks)
    return [found[key] for key in sorted(found)]


def _item(matter: Matter, duty: Duty, today: date, by: Clockwork) -> Item | None:
    match matter.what:
        case "vacant":
            stage = f"vacant-{_week(today)}"
            return Item(matter, duty, "vacant", stage, 0) if duty == "administrator" else None
        case "held":
            return Item(matter, duty, "held", f"held-{_week(today)}", 0) if duty == "officer" else None
    if duty == "administrator" or matter.due is None:
        return None
    state: State = "stopped" if matter.what == "stopped" else "overdue"
    if today <= by.last_day(matter.due):
        first = by.working.add_working_days(by.last_day(matter.due), -matter.lead) if matter.lead else None
        if duty == "officer" and matter.what == "owed" and first is not None and today >= first:
            return Item(matter, duty, "soon", "soon", 0)
        return None
    late = by.late(matter.due, today)
    if duty == "officer":
        return Item(matter, duty, state, f"{state}-{late // by.rules.again}", late)
    if duty == "head":
        return Item(matter, duty, state, "head", late) if late >= by.rules.escalate else None
    known = state == "stopped" or late >= by.rules.operators
    return Item(matter, duty, state, "operators", late) if known else None


def _weight(item: Item) -> int:
    """At which of several desks a matter is told: an escalation weighs more."""
    return {"officer": 2, "head": 3, "operator": 1, "administrator": 0}[item.duty]


def _always(item: Item) -> bool:
    """What is told to whoever wants no letters too: an escalation."""
    return item.duty in ("head", "operator")


def _wanted(person: Person, item: Item, last: date | None, today: date) -> bool:
    if person.rhythm == "daily" or _always(item):
        return True
    return person.rhythm == "weekly" and (last is None or _week(last) != _week(today))


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-{week:02d}"
