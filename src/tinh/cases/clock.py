"""The clock of a case: what is promised, when it falls due, pauses, one extension, and its band.

Pure, over `WorkingClock`. `Limits` is what a category promises; `Times` is the clock of one case as its
row keeps it, and every change returns a new one.

publish  once answered, publishing is owed: its limit runs from the answer, with marks of its own. Once
         published nothing is; sent back to be worked on, finishing is owed again.
start    finishing is promised from the end of the time for accepting; accepted sooner, it is counted from
         the acceptance (never later than promised: a late acceptance gives nobody more time).
pauses   move what is still owed by the working time they lasted, so that what is left stays the same.
extend   once; the engine asks for the reason and the apology.
bands    soon: at most a working day and a quarter of the limit are left (the yellow of the national portal:
         under 24 hours); late: the moment has passed; very late: three times the limit since opening, pauses
         apart, is used up (of a limit shorter than an hour: three hours).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Any, Literal

from tinh.cases.clock_errors import ExtendedBefore, NotLater
from tinh.cases.worktime import Limit as Limit
from tinh.cases.worktime import WorkingClock as WorkingClock
from tinh.cases.worktime import clock_of as clock_of

Band = Literal["on_time", "soon", "late", "very_late"]
BANDS: tuple[Band, ...] = ("very_late", "late", "soon", "on_time")
"""Gravest first."""

_GRAVE = 3  # times the limit
_SHORTEST = 3600.0  # working seconds; of a shorter limit no triple is taken


@dataclass(frozen=True, slots=True)
class Limits:
    """What a category promises, in working time; hours win over days, None promises nothing.

    `urgent_…` and `complex_…` replace the plain ones for cases of that severity.
    """

    accept_hours: float | None = 8
    accept_days: int | None = None
    finish_hours: float | None = None
    finish_days: int | None = 15
    refuse_days: int | None = 2
    supplement_days: int | None = 5
    publish_days: int | None = 2
    urgent_accept_hours: float | None = 4
    urgent_finish_hours: float | None = None
    urgent_finish_days: int | None = None
    complex_finish_days: int | None = None

    def accept(self, severity: str = "normal") -> Limit | None:
        """Until a case is accepted or refused."""
        if severity == "urgent" and self.urgent_accept_hours is not None:
            return Limit(hours=self.urgent_accept_hours)
        return _limit(self.accept_hours, self.accept_days)

    def finish(self, severity: str = "normal") -> Limit | None:
        """Until a case is answered."""
        own = None
        if severity == "urgent":
            own = _limit(self.urgent_finish_hours, self.urgent_finish_days)
        elif severity == "complex":
            own = _limit(None, self.complex_finish_days)
        return own or _limit(self.finish_hours, self.finish_days)

    @property
    def refuse(self) -> Limit | None:
        return _limit(None, self.refuse_days)

    @property
    def supplement(self) -> Limit | None:
        return _limit(None, self.supplement_days)

    @property
    def publish(self) -> Limit | None:
        return _limit(None, self.publish_days)

    def as_json(self) -> dict[str, float | int | None]:
        return asdict(self)

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Limits:
        """What `as_json` wrote; keys of later versions are passed over."""
        known = {f.name for f in fields(cls)}
        return cls(**{key: value for key, value in said.items() if key in known})


def _limit(hours: float | None, days: int | None) -> Limit | None:
    if hours is not None:
        return Limit(hours=hours)
    return Limit(days=days) if days is not None else None


@dataclass(frozen=True, slots=True)
class Times:
    """The clock of one case. `opened_at` is where the present promise starts (a reopening starts anew)."""

    opened_at: datetime
    accept_by: datetime | None = None
    finish_by: datetime | None = None
    accepted_at: datetime | None = None
    closed_at: datetime | None = None
    paused_at: datetime | None = None
    paused_for: float = 0.0  # working seconds of the pauses that are over
    extended: bool = False
    answered_at: datetime | None = None
    publish_by: datetime | None = None  # while the answer waits for it

    @property
    def due_at(self) -> datetime | None:
        """The next moment owed: accepting, then finishing, then publishing; None when nothing is."""
        if self.closed_at is not None:
            return None
        if self.answered_at is not None:
            return self.publish_by
        return self.accept_by if self.accepted_at is None and self.accept_by else self.finish_by

    @property
    def owed(self) -> datetime | None:
        """`due_at`, and of a closed case the moment it should have been finished by."""
        return self.finish_by if self.closed_at is not None else self.due_at

    def seen_at(self, now: datetime) -> datetime:
        """The moment the clock shows at `now`: it stands while paused and once closed, then at the answer."""
        ended = min((t for t in (self.closed_at, self.answered_at) if t), default=None)
        return min(t for t in (now, self.paused_at, ended if self.closed_at else None) if t is not None)

    @property
    def promised_at(self) -> tuple[datetime, float]:
        """Where the promise of `due_at` starts, and the working seconds pauses have moved it by."""
        if self.closed_at is None and self.answered_at is not None:
            return self.answered_at, 0.0
        return self.opened_at, self.paused_for


@dataclass(frozen=True, slots=True)
class Marks:
    """Where a promise changes its band; plain moments, so that lists and queries only compare."""

    soon_at: datetime
    due_at: datetime
    grave_at: datetime

    def band(self, now: datetime) -> Band:
        if now > self.due_at:
            return "very_late" if now > self.grave_at else "late"
        return "soon" if now >= self.soon_at else "on_time"


def opened(clock: WorkingClock, limits: Limits, at: datetime, severity: str = "normal") -> Times:
    """The clock of a case opened (or reopened) at `at`."""
    accept, finish = limits.accept(severity), limits.finish(severity)
    accept_by = clock.due(at, accept) if accept else None
    finish_by = clock.due(accept_by or at, finish) if finish else None
    return Times(at, accept_by, finish_by)


def accepted(
    times: Times, clock: WorkingClock, limits: Limits, at: datetime, severity: str = "normal"
) -> Times:
    """Accepted at `at`; the first acceptance counts."""
    if times.accepted_at is not None:
        return times
    finish = limits.finish(severity)
    if finish is None or times.finish_by is None:
        return replace(times, accepted_at=at)
    return replace(times, accepted_at=at, finish_by=min(times.finish_by, clock.due(at, finish)))


def answered(times: Times, clock: WorkingClock, limits: Limits, at: datetime) -> Times:
    """Answered at `at`: from now on publishing is owed."""
    publish = limits.publish
    return replace(times, answered_at=at, publish_by=clock.due(at, publish) if publish else None)


def published(times: Times) -> Times:
    """Published: nothing is owed any more."""
    return replace(times, publish_by=None)


def unanswered(times: Times) -> Times:
    """Sent back to be worked on: finishing is owed again."""
    return replace(times, answered_at=None, publish_by=None)


def paused(times: Times, at: datetime) -> Times:
    """The clock stands from `at`; a clock that stands goes on standing."""
    return times if times.paused_at is not None else replace(times, paused_at=at)


def resumed(times: Times, clock: WorkingClock, at: datetime) -> Times:
    """The clock goes again; what is still owed moves by the working time it stood."""
    if times.paused_at is None:
        return times
    stood = max(clock.working_between(times.paused_at, at), 0.0)

    def moved(moment: datetime | None) -> datetime | None:
        return clock.add_working(moment, stood) if moment is not None else None

    if times.answered_at is not None:
        return replace(times, publish_by=moved(times.publish_by), paused_at=None)
    return replace(
        times,
        accept_by=times.accept_by if times.accepted_at is not None else moved(times.accept_by),
        finish_by=moved(times.finish_by),
        paused_at=None,
        paused_for=times.paused_for + stood,
    )


def extended(times: Times, until: datetime) -> Times:
    """More time for finishing, once. Raises ExtendedBefore and NotLater."""
    due = times.finish_by
    if times.extended:
        raise ExtendedBefore(due=due.isoformat() if due else "–")
    if due is None or until <= due:
        raise NotLater(until=until.isoformat(), due=due.isoformat() if due else "–")
    return replace(times, finish_by=until, extended=True)


def marks(clock: WorkingClock, start: datetime, due: datetime, paused_for: float = 0.0) -> Marks:
    """The marks of a promise made at `start` and due at `due`, which pauses moved by `paused_for`."""
    limit = max(clock.working_between(start, due) - paused_for, 0.0)
    early = min(clock.day_seconds, limit / 4)
    grave = (_GRAVE - 1) * max(limit, _SHORTEST)
    return Marks(clock.add_working(due, -early), due, clock.add_working(due, grave))


def band(times: Times, now: datetime, clock: WorkingClock) -> Band | None:
    """What the case is called at `now`; None where nothing is promised. A closed case is on time or late."""
    due = times.owed
    if due is None:
        return None
    found = marks(clock, times.promised_at[0], due, times.promised_at[1]).band(times.seen_at(now))
    return "on_time" if found == "soon" and times.closed_at is not None else found


def left(times: Times, now: datetime, clock: WorkingClock) -> float | None:
    """Working seconds until what is owed is due, negative once it is late; None where nothing is."""
    due = times.owed
    return None if due is None else clock.working_between(times.seen_at(now), due)
