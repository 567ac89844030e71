"""Times as ISO 8601 writes them: moments, durations and repeating intervals, by the calendar.

Durations: `P1Y2M10DT2H30M`, `PT0.5H`, `P2W`, years and months by the calendar (31 January and one month
is the last day of February). Repeats: `R3/PT1H`, `R/PT1H`, `R3/2026-01-01T08:00/P1M`,
`R3/P1D/2026-12-31T17:00`. Source: ISO 8601-1:2019 §5.5.2 and §5.6.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
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
        number = done + 1
        if not done:
            number = self._reached(armed)
        if self.times is not None and number > self.times:
            return None
        try:
            there = self._there(number, armed)
        except OverflowError:
            return None  # past the year 9999
        if self.last is not None and there > self.last:
            return None
        return there, number

    def _there(self, number: int, armed: datetime) -> datetime:
        """The occurrence of that number: from `first` on, back from `last`, or from the arming on."""
        if self.first is not None:
            return self.every.after(self.first, number - 1)
        if self.last is None:
            return self.every.after(armed, number)
        if self.times is not None:
            return self.every.after(self.last, number - self.times)
        return self.every.after(self.last, number - 1 - self._before(armed))

    def _before(self, armed: datetime) -> int:
        """Of a cycle up to `last`: how many intervals lie between the arming and it."""
        if self.last is None or armed >= self.last:
            return 0
        return _least(lambda n: self.every.after(self.last, -n) <= armed, self.every, self.last - armed) - 1  # type: ignore[arg-type]  # asked above

    def _reached(self, armed: datetime) -> int:
        """The number of the first occurrence that is not past when it is armed."""
        begin = self.first or (self.last if self.times is not None else None)
        if begin is None:
            return 1
        most = self.times if self.times is not None else None
        if self._there(1, armed) >= armed:
            return 1
        found = (
            _least(lambda n: self._there(n + 1, armed) >= armed, self.every, armed - self._there(1, armed))
            + 1
        )
        return found if most is None else min(found, most + 1)


def _least(holds: Callable[[int], bool], every: Duration, span: timedelta) -> int:
    """The smallest count of intervals for which it holds, at most two years of days past `span`."""
    length = (every.months * 28 + every.days) * 86400 + every.seconds
    low, high = 0, int((span.total_seconds() + 63_244_800) // length) + 2
    while low < high:
        middle = (low + high) // 2
        try:
            there = holds(middle)
        except OverflowError:
            there = True
        low, high = (low, middle) if there else (middle + 1, high)
    return low


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
