"""When a feed is due next, in the province's calendar and time zone."""

from __future__ import annotations

import calendar as gregorian
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tinh.kit import periods
from tinh.kit.calendar import WorkingCalendar
from tinh.packs.api import Schedule

_ONE = timedelta(days=1)
_FARTHEST = 800  # days looked ahead


class Timetable:
    """One schedule over one calendar."""

    def __init__(self, schedule: Schedule, days: WorkingCalendar, timezone: str) -> None:
        self._schedule, self._days, self._zone = schedule, days, ZoneInfo(timezone)

    def after(self, last: datetime | None, now: datetime) -> datetime | None:
        """The first moment to pull after the try at `last`: `now` when there has been none, or one
        was missed; None when the schedule is over."""
        if last is None:
            waits = self._schedule.at and not self.fits(now.astimezone(self._zone).date())
            return self._slot(now) if waits else self._opened(now)
        if self._schedule.every:
            following = periods.after(last, self._schedule.every)
            return self._opened(following) if following is not None else None
        return self._slot(last)

    def _opened(self, moment: datetime) -> datetime | None:
        """`moment`, or the first later one at which the schedule is open."""
        local = moment.astimezone(self._zone)
        hours = self._schedule.hours
        for ahead in range(_FARTHEST):
            day = local.date() + _ONE * ahead
            if self._over(day):
                return None
            if not self.fits(day):
                continue
            opens, closes = (_time(hours[0]), _time(hours[1])) if hours else (time.min, time.max)
            if ahead:
                return self._at(day, opens)
            if local.time() <= closes:
                return moment if local.time() >= opens else self._at(day, opens)
        return None

    def _slot(self, last: datetime) -> datetime | None:
        """The first time of day of `at` after `last`."""
        start = last.astimezone(self._zone).date()
        for ahead in range(_FARTHEST):
            day = start + _ONE * ahead
            if self._over(day):
                return None
            if self.fits(day):
                for text in self._schedule.at:
                    moment = self._at(day, _time(text))
                    if moment > last:
                        return moment
        return None

    def fits(self, day: date) -> bool:
        """Whether the schedule runs on this day."""
        entry = self._schedule
        if entry.begins is not None and day < entry.begins:
            return False
        if self._over(day) or (entry.weekdays and day.isoweekday() not in entry.weekdays):
            return False
        working = entry.days == "working"
        if not entry.month_days:
            return not working or self._days.is_working(day)
        if not working:
            return _named(day, entry.month_days)
        return self._days.is_working(day) and any(
            _named(day - _ONE * back, entry.month_days)
            for back in range(20)
            if all(not self._days.is_working(day - _ONE * b) for b in range(1, back + 1))
        )

    def _over(self, day: date) -> bool:
        return self._schedule.ends is not None and day > self._schedule.ends

    def _at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self._zone).astimezone(UTC)


def _named(day: date, month_days: tuple[int, ...]) -> bool:
    length = gregorian.monthrange(day.year, day.month)[1]
    return any(day.day == (n if n > 0 else length + 1 + n) for n in month_days)


def _time(text: str) -> time:
    return time.fromisoformat(text)
