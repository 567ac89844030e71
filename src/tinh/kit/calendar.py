"""Working days of Vietnam: weekends, holidays with Tết, days in lieu, what a province adds; and its hours."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate
from typing import Protocol

import holidays

from tinh.kit.errors import Text

_ONE = timedelta(days=1)
_FARTHEST = 40_000  # days a count may walk: a century and some


@dataclass(frozen=True, slots=True)
class CountryDays:
    """One year of a country: its holidays by name, and weekend days worked in exchange."""

    holidays: Mapping[date, Text]
    worked: frozenset[date]


class Country(Protocol):
    def __call__(self, year: int) -> CountryDays: ...


@dataclass(frozen=True, slots=True)
class Season:
    """Other hours from one day of the year to another, both included; may run over the new year."""

    first: tuple[int, int]  # (month, day)
    last: tuple[int, int]
    spans: tuple[tuple[int, int], ...]

    def holds(self, day: date) -> bool:
        at = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= at <= self.last
        return at >= self.first or at <= self.last


@dataclass(frozen=True, slots=True)
class Hours:
    """When a worked day is worked: spans `[from, to)` in minutes after local midnight, rising, apart.

    The usual spans, and seasons whose hours differ; the first season that holds a day decides.
    """

    spans: tuple[tuple[int, int], ...] = ((450, 690), (810, 1020))
    seasons: tuple[Season, ...] = ()

    def on(self, day: date) -> tuple[tuple[int, int], ...]:
        """The spans of `day`, should it be worked."""
        for season in self.seasons:
            if season.holds(day):
                return season.spans
        return self.spans

    def minutes(self) -> int:
        """Working minutes of a usual day."""
        return sum(b - a for a, b in self.spans)


OFFICE = Hours()  # 07:30–11:30 and 13:30–17:00


class Override(Protocol):
    """A day a province declares itself (packs.models.CalendarDay)."""

    @property
    def day(self) -> date: ...
    @property
    def works(self) -> bool: ...
    @property
    def name(self) -> Text: ...


@lru_cache(maxsize=64)
def vietnam(year: int) -> CountryDays:
    """The public holidays of Vietnam in `year`, Tết and days in lieu among them."""
    vi = holidays.country_holidays("VN", years=year, language="vi")
    en = holidays.country_holidays("VN", years=year, language="en_US")
    return CountryDays(
        {day: Text(vi[day], en.get(day) or vi[day]) for day in sorted(vi) if day.year == year},
        frozenset(day for day in vi.weekend_workdays if day.year == year),
    )


class WorkingCalendar:
    """Which days are worked. `extra` overrides the country's days, the last word on a day winning."""

    def __init__(self, country_days: Country = vietnam, extra: Iterable[Override] = ()) -> None:
        self._country = country_days
        self._extra = {entry.day: entry for entry in extra}
        self._years: dict[int, tuple[int, ...]] = {}

    def is_working(self, day: date) -> bool:
        override = self._extra.get(day)
        if override is not None:
            return override.works
        country = self._country(day.year)
        if day in country.worked:
            return True
        return day.weekday() < 5 and day not in country.holidays

    def holiday_name(self, day: date) -> Text | None:
        """Why a day is free; None for a working day and for a plain weekend."""
        override = self._extra.get(day)
        if override is not None:
            return None if override.works else override.name
        return self._country(day.year).holidays.get(day)

    def add_working_days(self, day: date, n: int) -> date:
        """The n-th working day after `day` (before it when n is negative).

        With n = 0: `day` itself, or the next working day when it is not worked.
        """
        if n == 0:
            step, left = _ONE, 0
            while not self.is_working(day):
                day += step
            return day
        step, left = (_ONE, n) if n > 0 else (-_ONE, -n)
        for _ in range(_FARTHEST):
            day += step
            if self.is_working(day):
                left -= 1
                if not left:
                    return day
        raise ValueError(f"no working day {n} away")

    def working_days_between(self, a: date, b: date) -> int:
        """Working days after `a` up to and including `b`; negative when `b` comes first."""
        if b < a:
            return -self.working_days_between(b, a)
        years = range(a.year, b.year)
        return sum(self._counted(year)[-1] for year in years) + self._worked_by(b) - self._worked_by(a)

    def _worked_by(self, day: date) -> int:
        """Working days of its year up to and including `day`."""
        return self._counted(day.year)[day.timetuple().tm_yday]

    def _counted(self, year: int) -> tuple[int, ...]:
        """Working days of a year before its first day, by the end of its first, and so on to its last."""
        found = self._years.get(year)
        if found is None:
            first = date(year, 1, 1)
            length = 366 if isleap(year) else 365
            works = (self.is_working(first + _ONE * i) for i in range(length))
            found = self._years[year] = tuple(accumulate(works, initial=0))
        return found
