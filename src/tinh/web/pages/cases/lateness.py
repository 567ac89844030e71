"""How a case stands against its clock, in words to act on: band, time left and the date, always together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from tinh.cases.api import WorkingClock, clock
from tinh.web import formats
from tinh.web.words import Say

TONES = {"on_time": "good", "soon": "watch", "late": "bad", "very_late": "bad grave"}


class Clocked(Protocol):
    """What of a case its clock reads."""

    @property
    def since(self) -> datetime: ...
    @property
    def accept_by(self) -> datetime | None: ...
    @property
    def finish_by(self) -> datetime | None: ...
    @property
    def accepted_at(self) -> datetime | None: ...
    @property
    def closed_at(self) -> datetime | None: ...
    @property
    def paused_at(self) -> datetime | None: ...
    @property
    def paused_for(self) -> float: ...
    @property
    def extended(self) -> bool: ...
    @property
    def answered_at(self) -> datetime | None: ...
    @property
    def publish_by(self) -> datetime | None: ...
    @property
    def soon_at(self) -> datetime | None: ...
    @property
    def grave_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Lateness:
    """`band` in a word, `said` with the time left and the date; `tone` is its colour and shape."""

    tone: str
    band: str
    said: str
    key: str = ""


def lateness(case: Clocked, now: datetime, working: WorkingClock, say: Say, language: str) -> Lateness:
    zone = working.zone
    times = clock.Times(
        case.since, case.accept_by, case.finish_by, case.accepted_at, case.closed_at, case.paused_at,
        case.paused_for, case.extended, case.answered_at, case.publish_by,
    )  # fmt: skip
    if times.owed is None:
        done = say("cases.ended_at", at=at(case.closed_at, now, zone, language)) if case.closed_at else ""
        return Lateness("none", say("cases.no_limit"), done)
    marked = None
    if case.closed_at is None and case.soon_at and case.grave_at and times.due_at:
        marked = clock.Marks(case.soon_at, times.due_at, case.grave_at).band(times.seen_at(now))
    band = marked or clock.band(times, now, working) or "on_time"
    due = at(times.owed, now, zone, language)
    word = say(f"cases.band_{band}")
    if case.closed_at is not None:
        ended = at(case.closed_at, now, zone, language)
        key = "cases.kept" if band == "on_time" else "cases.missed"
        return Lateness(TONES[band], say(key), say("cases.ended_due", at=ended, due=due), band)
    seconds = clock.left(times, now, working) or 0.0
    amount = worked(abs(seconds), working.day_seconds, say, language)
    if case.paused_at is not None:
        return Lateness(
            "none", say("cases.paused"),
            say("cases.paused_left", at=at(case.paused_at, now, zone, language), left=amount), band,
        )  # fmt: skip
    late = "cases.late_by" if abs(seconds) >= 60 else "cases.just_late"  # after work no minute is added
    key = late if band in ("late", "very_late") else "cases.left"
    return Lateness(TONES[band], word, say(key, left=amount, due=due), band)


def worked(seconds: float, day: float, say: Say, language: str) -> str:
    """A length of working time in the largest unit that says it, cut, never rounded up."""
    minutes = int(seconds // 60)
    for size, unit in ((int(day // 60) or 1440, "days"), (60, "hours"), (1, "minutes")):
        if minutes >= size:
            count = minutes // size
            key = f"cases.one_{unit}" if count == 1 else f"cases.some_{unit}"
            return say(key, count=formats.number(count, 0, language)) if count != 1 else say(key)
    return say("cases.some_seconds")


def at(moment: datetime | None, now: datetime, zone: ZoneInfo, language: str) -> str:
    """A moment as short as it can be told: `16:30 24.11`, with its year when that is another."""
    if moment is None:
        return "–"
    local = moment.astimezone(zone)
    if language == "en":
        day = formats.day(local, language)
        return f"{local:%H:%M} {day if local.year != now.astimezone(zone).year else day.rsplit(' ', 1)[0]}"
    same = local.year == now.astimezone(zone).year
    return f"{local:%H:%M} {local:%d.%m}" if same else f"{local:%H:%M} {local:%d.%m.%Y}"
