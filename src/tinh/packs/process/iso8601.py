"""Times as ISO 8601 writes them: moments, durations and repeating intervals, by the calendar.

Durations: `P1Y2M10DT2H30M`, `PT0.5H`, `P2W`, years and months by the calendar (31 January and one month
is the last day of February). Repeats: `R3/PT1H`, `R/PT1H`, `R3/2026-01-01T08:00/P1M`,
`R3/P1D/2026-12-31T17:00`. Source: ISO 8601-1:2019 §5.5.2 and §5.6.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Self

_DURATION = re.compile(
    r"P(?:(?P<weeks>\d+(?:[.,]\d+)?)W|"
    r"(?:(?P<years>\d+(?:[.,]\d+)?)Y)?(?:(?P<months>\d+(?:[.,]\d+)?)M)?(?:(?P<days>\d+(?:[.,]\d+)?)D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d+(?:[.,]\d+)?)H)?(?:(?P<minutes>\d+(?:[.,]\d+)?)M)?"
    r"(?:(?P<seconds>\d+(?:[.,]\d+)?)S)?)?)"
)
_PARTS = ("years", "months", "weeks", "days", "hours", "minutes", "seconds")
FARTHEST_YEARS = 200


class NotATime(ValueError):
    """The text is no ISO 8601 time of the wanted kind; `str(error)` is the text."""


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time; only the smallest part given may be broken."""

    months: int = 0
    days: float = 0
    seconds: float = 0

    @classmethod
    def parse(cls, text: str) -> Self:
        found = _DURATION.fullmatch(text.strip())
        if found is None or not any(found.group(p) is not None for p in _PARTS):
            raise NotATime(text)
        given = [p for p in _PARTS if found.group(p) is not None]
        part = {p: float((found.group(p) or "0").replace(",", ".")) for p in _PARTS}
        if any(part[p] % 1 for p in given[:-1]) or part["years"] * 12 % 1 or part["months"] % 1:
            raise NotATime(text)
        whole = cls(
            months=int(part["years"] * 12 + part["months"]),
            days=part["weeks"] * 7 + part["days"],
            seconds=part["hours"] * 3600 + part["minutes"] * 60 + part["seconds"],
        )
        if whole.months / 12 + whole.days / 365 + whole.seconds / 31_536_000 > FARTHEST_YEARS:
            raise NotATime(text)
        return whole

    @property
    def nothing(self) -> bool:
        return not (self.months or self.days or self.seconds)

    def after(self, moment: datetime, times: int = 1) -> datetime:
        """`moment` and this long, `times` times; a day past a month's end becomes its last day.

        OverflowError past the year 9999."""
        whole = moment.year * 12 + moment.month - 1 + self.months * times
        year, month = divmod(whole, 12)
        if not 1 <= year <= 9999:
            raise OverflowError(str(year))
        there = moment.replace(
            year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1])
        )
        return there + timedelta(days=self.days * times, seconds=self.seconds * times)


@dataclass(frozen=True, slots=True)
class Cycle:
    """A repeating interval: `times` occurrences (None without end), from `first` or up to `last`."""

    times: int | None
    every: Duration
    first: datetime | None = None
    last: datetime | None = None

    @classmethod
    def parse(cls, text: str, zone: tzinfo) -> Self:
        head, *rest = text.strip().split("/")
        count = re.fullmatch(r"R(\d{0,6}|-1)", head)
        if count is None or not 1 <= len(rest) <= 2:
            raise NotATime(text)
        times = None if count.group(1) in ("", "-1") else int(count.group(1))
        try:
            if len(rest) == 1:
                out = cls(times, Duration.parse(rest[0]))
            elif rest[0].startswith("P"):
                out = cls(times, Duration.parse(rest[0]), last=moment(rest[1], zone))
            elif rest[1].startswith("P"):
                out = cls(times, Duration.parse(rest[1]), first=moment(rest[0], zone))
            else:
                start, end = moment(rest[0], zone), moment(rest[1], zone)
                out = cls(times, Duration(seconds=(end - start).total_seconds()), first=start)
        except NotATime as error:
            raise NotATime(text) from error
        if times == 0 or out.every.nothing or out.every.seconds < 0:
            raise NotATime(text)
        return out

    def next(self, armed: datetime, done: int) -> tuple[datetime, int] | None:
        """The next occurrence and its number (from 1), `done` being the last one; None when it is over.

        Counted from `first`, or else one interval after `armed`. Occurrences whose time had passed
        when the cycle was armed count as done, so that a late start does not fire them all at once."""
        number = done
        while True:
            number += 1
            if self.times is not None and number > self.times:
                return None
            there = (
                self.every.after(self.first, number - 1) if self.first else self.every.after(armed, number)
            )
            if self.last is not None and there > self.last:
                return None
            if done or there >= armed or number - done > 100_000:
                return there, number
            if self.times is None and self.first is not None and self.every.months == 0:
                length = self.every.days * 86400 + self.every.seconds
                number = max(number, int((armed - self.first).total_seconds() // length))


def moment(text: str, zone: tzinfo) -> datetime:
    """A moment; without an offset it is local time in `zone`, a bare day is its first instant."""
    text = text.strip()
    if not re.match(r"\d{4}-?(\d\d|W\d\d)", text):
        raise NotATime(text)
    try:
        there = datetime.fromisoformat(text)
    except ValueError as error:
        raise NotATime(text) from error
    return there if there.tzinfo else there.replace(tzinfo=zone)
