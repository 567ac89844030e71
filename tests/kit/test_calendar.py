"""Deadlines count the days Vietnam works."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from tinh.kit.calendar import WorkingCalendar
from tinh.kit.errors import Text


@dataclass(frozen=True)
class Day:
    day: date
    works: bool
    name: Text


VIETNAM = WorkingCalendar()


def test_tet_and_the_national_day_are_free_and_named() -> None:
    tet = VIETNAM.holiday_name(date(2026, 2, 17))
    assert tet is not None and "Tết" in tet.vi and "Lunar" in tet.en
    assert not VIETNAM.is_working(date(2026, 2, 17))
    assert not VIETNAM.is_working(date(2025, 9, 2))
    assert VIETNAM.holiday_name(date(2025, 9, 6)) is None  # a plain Saturday


def test_a_day_in_lieu_is_free_and_the_saturday_exchanged_for_it_is_worked() -> None:
    assert not VIETNAM.is_working(date(2026, 4, 27))  # the Kings' day fell on a Sunday
    assert not VIETNAM.is_working(date(2025, 5, 2))
    assert VIETNAM.is_working(date(2025, 4, 26))


def test_working_days_step_over_tet() -> None:
    # Friday 13 February 2026, then the weekend and Tết until Friday 20, then a weekend.
    assert VIETNAM.add_working_days(date(2026, 2, 13), 1) == date(2026, 2, 23)
    assert VIETNAM.add_working_days(date(2026, 2, 23), -1) == date(2026, 2, 13)
    assert VIETNAM.add_working_days(date(2026, 2, 17), 0) == date(2026, 2, 23)
    assert VIETNAM.working_days_between(date(2026, 2, 13), date(2026, 2, 24)) == 2
    assert VIETNAM.working_days_between(date(2026, 2, 24), date(2026, 2, 13)) == -2


def test_a_province_adds_and_removes_days() -> None:
    mine = WorkingCalendar(
        extra=[
            Day(date(2026, 12, 31), False, Text("Nghỉ bù", "Day in lieu")),
            Day(date(2026, 12, 26), True, Text("Làm bù", "Worked instead")),
        ]
    )
    assert not mine.is_working(date(2026, 12, 31))
    assert mine.holiday_name(date(2026, 12, 31)) == Text("Nghỉ bù", "Day in lieu")
    assert mine.is_working(date(2026, 12, 26))
    assert mine.holiday_name(date(2026, 12, 26)) is None


@pytest.mark.parametrize(
    "begin", [date(2023, 12, 31), date(2024, 2, 28), date(2024, 12, 26), date(2026, 1, 1)]
)
@pytest.mark.parametrize("days", [0, 1, 3, 366, 800])
def test_days_are_counted_as_one_walks_them(begin: date, days: int) -> None:
    """Over ends of years, leap days and a province's own days."""
    mine = WorkingCalendar(
        extra=[
            Day(date(2024, 2, 29), False, Text("Nghỉ", "Off")),
            Day(date(2024, 12, 29), True, Text("Bù", "In")),
        ]
    )
    walked = sum(mine.is_working(begin + timedelta(n)) for n in range(1, days + 1))
    assert mine.working_days_between(begin, begin + timedelta(days)) == walked
    assert mine.working_days_between(begin + timedelta(days), begin) == -walked
