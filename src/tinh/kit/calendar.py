"""Working days of Vietnam: weekends, holidays with Tết, days in lieu, and what a province adds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
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
        return sum(self.is_working(a + _ONE * i) for i in range(1, (b - a).days + 1))
