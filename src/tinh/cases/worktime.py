"""Working time: seconds of work between moments, and the moment after so much work.

Pure. A `WorkingClock` is a calendar (which days), hours (when on a day) and a time zone. Moments go in
with their offset and come out in UTC; lengths are seconds of working time. Each year is laid out once as
running sums of its days, so that a question costs two bisections however long the span.

Rules (sources: Decision 766/QĐ-TTg for limits in days; Civil Code 2015, articles 147–148 for where a count
starts and ends; Hà Nội's 1207/QĐ-UBND for limits in working hours):
hours    run from the moment itself and stand still outside working hours.
days     the day of the event is not counted; due at the end of working hours of the n-th working day after.
0        due at once: at the moment itself, or when work next begins; 0 days: at the end of that day.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from tinh.cases.clock_errors import BadLimit, NoOffset, TooFar
from tinh.kit.calendar import OFFICE, Hours, Override, WorkingCalendar

FIRST, LAST = 1976, 2199  # Vietnam has one zone and no summer time since 1975; holidays are known on demand
_TICK = 1_000_000  # microseconds of a second


@dataclass(frozen=True, slots=True)
class Limit:
    """A length of working time promised: `hours` or `days`, exactly one, from 0 up."""

    hours: float | None = None
    days: int | None = None

    def __post_init__(self) -> None:
        given = [n for n in (self.hours, self.days) if n is not None]
        if len(given) != 1 or not 0 <= given[0] < 1_000_000:
            raise BadLimit(limit=f"hours={self.hours}, days={self.days}")


@dataclass(frozen=True, slots=True)
class _Year:
    """One year: ticks of working time and worked days before each of its days, with one entry beyond."""

    first: int  # ordinal of 1 January
    ticks: tuple[int, ...]
    days: tuple[int, ...]


class WorkingClock:
    """Working time of a calendar, its hours and a time zone. Immutable; share one for all questions."""

    def __init__(
        self,
        calendar: WorkingCalendar | None = None,
        hours: Hours = OFFICE,
        timezone: str = "Asia/Ho_Chi_Minh",
    ) -> None:
        self._calendar = calendar or WorkingCalendar()
        self._hours = hours
        self.zone = ZoneInfo(timezone)
        self._years: dict[int, _Year] = {}

    @property
    def day_seconds(self) -> float:
        """Working seconds of a usual day, for saying lengths in days."""
        return self._hours.minutes() * 60.0

    # ── questions ───────────────────────────────────────────────────────────────────

    def working_between(self, a: datetime, b: datetime) -> float:
        """Seconds of working time from `a` to `b`; negative when `b` comes first."""
        return self._ticks_between(self._local(a), self._local(b)) / _TICK

    def is_open(self, moment: datetime) -> bool:
        """Whether `moment` lies in working hours."""
        return self._open(self._local(moment))

    def next_open(self, moment: datetime) -> datetime:
        """`moment` itself in working hours, else when work next begins."""
        here = self._local(moment)
        return moment.astimezone(UTC) if self._open(here) else self._utc(self._at(here, 0, late=True))

    def day_end(self, day: date) -> datetime:
        """When work ends on `day`, or on the next working day."""
        day = self._nth(day, 0)
        return self._utc(_midnight(day) + timedelta(minutes=self._spans(day)[-1][1]))

    # ── counting on ─────────────────────────────────────────────────────────────────

    def add_working(
        self, moment: datetime, seconds: float = 0.0, *, hours: float = 0.0, days: int | None = None
    ) -> datetime:
        """The moment after so much working time, or the end of work of the `days`-th working day after.

        Of all moments with the same working time behind them the earliest (going back: the latest), so
        that a limit that ends with the morning is due at 11:30 and not at 13:30. Nothing added is the
        moment itself. Raises TooFar beyond the years the calendar knows.
        """
        here = self._local(moment)
        if days is not None:
            return self.day_end(self._nth(here.date(), days))
        ticks = round((seconds + hours * 3600) * _TICK)
        return self._utc(self._at(here, ticks, late=ticks < 0)) if ticks else moment.astimezone(UTC)

    def due(self, moment: datetime, limit: Limit) -> datetime:
        """When `limit` falls due that starts at `moment`."""
        if limit.hours is not None:
            return self.add_working(moment, hours=limit.hours) if limit.hours else self.next_open(moment)
        if limit.days:
            return self.add_working(moment, days=limit.days)
        here = self._local(moment)
        today = self.day_end(here.date())
        return today if self._utc(here) <= today else self.add_working(moment, days=1)

    # ── insides: naive local moments, ticks of working time ─────────────────────────

    def _local(self, moment: datetime) -> datetime:
        if moment.tzinfo is None:
            raise NoOffset(moment=moment.isoformat())
        return moment.astimezone(self.zone).replace(tzinfo=None)

    def _utc(self, local: datetime) -> datetime:
        return local.replace(tzinfo=self.zone).astimezone(UTC)

    def _spans(self, day: date) -> tuple[tuple[int, int], ...]:
        return self._hours.on(day) if self._calendar.is_working(day) else ()

    def _open(self, here: datetime) -> bool:
        minute = here.hour * 60 + here.minute
        return any(a <= minute < b for a, b in self._spans(here.date()))

    def _year(self, year: int) -> _Year:
        found = self._years.get(year)
        if found is None:
            if not FIRST <= year <= LAST:
                raise TooFar(year=year, first=FIRST, last=LAST)
            ticks, days = [0], [0]
            day, end = date(year, 1, 1), date(year, 12, 31)
            for ordinal in range(day.toordinal(), end.toordinal() + 1):
                spans = self._spans(date.fromordinal(ordinal))
                ticks.append(ticks[-1] + sum(b - a for a, b in spans) * 60 * _TICK)
                days.append(days[-1] + bool(spans))
            found = self._years[year] = _Year(day.toordinal(), tuple(ticks), tuple(days))
        return found

    def _into(self, here: datetime) -> int:
        """Ticks worked in the year of `here` before it."""
        year = self._year(here.year)
        out = year.ticks[here.toordinal() - year.first]
        past = ((here.hour * 60 + here.minute) * 60 + here.second) * _TICK + here.microsecond
        for a, b in self._spans(here.date()):
            out += min(max(past - a * 60 * _TICK, 0), (b - a) * 60 * _TICK)
        return out

    def _ticks_between(self, a: datetime, b: datetime) -> int:
        if b < a:
            return -self._ticks_between(b, a)
        whole = sum(self._year(year).ticks[-1] for year in range(a.year, b.year))
        return whole + self._into(b) - self._into(a)

    def _at(self, here: datetime, ticks: int, late: bool) -> datetime:
        """The earliest (or latest) moment with `ticks` more working time behind it than `here`."""
        number, target = here.year, self._into(here) + ticks
        while True:
            year = self._year(number)
            if target < 0 or (target == 0 and not late):
                number -= 1
                target += self._year(number).ticks[-1]
            elif target > year.ticks[-1] or (target == year.ticks[-1] and late):
                target -= year.ticks[-1]
                number += 1
            else:
                break
        index = (bisect_right if late else bisect_left)(year.ticks, target) - 1
        left, day = target - year.ticks[index], date.fromordinal(year.first + index)
        for a, b in self._spans(day):
            length = (b - a) * 60 * _TICK
            if left < length or (left == length and not late):
                return _midnight(day) + timedelta(minutes=a, microseconds=left)
            left -= length
        raise AssertionError("a day's ticks lie in its spans")

    def _nth(self, day: date, n: int) -> date:
        """The n-th working day after `day`; 0: `day` itself or the next one worked."""
        number = day.year
        year = self._year(number)
        index = day.toordinal() - year.first
        before, by = year.days[index], year.days[index + 1]  # days worked before `day`; with it
        if n == 0 and by > before:
            return day
        target = by + max(n, 1) if n >= 0 else before + 1 + n
        while target > year.days[-1]:
            target -= year.days[-1]
            number += 1
            year = self._year(number)
        while target <= 0:
            number -= 1
            year = self._year(number)
            target += year.days[-1]
        return date.fromordinal(year.first + bisect_left(year.days, target) - 1)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)


class Declares(Protocol):
    """What of a compiled province makes its clock."""

    @property
    def calendar(self) -> Sequence[Override]: ...
    @property
    def hours(self) -> Hours: ...
    @property
    def timezone(self) -> str: ...
    @property
    def digest(self) -> str: ...


_kept: dict[str, WorkingClock] = {}


def clock_of(catalogue: Declares) -> WorkingClock:
    """The clock of a province; the same one for the same declarations, its years laid out once."""
    found = _kept.get(catalogue.digest)
    if found is None:
        if len(_kept) > 8:
            _kept.clear()
        calendar = WorkingCalendar(extra=catalogue.calendar)
        found = _kept[catalogue.digest] = WorkingClock(calendar, catalogue.hours, catalogue.timezone)
    return found
