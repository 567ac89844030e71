"""When feeds are due, in the province's calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinh.kit.calendar import WorkingCalendar
from tinh.packs.api import Schedule
from tinh.sources.feeds.schedule import Timetable

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
DAYS = WorkingCalendar()


def table(**fields: object) -> Timetable:
    return Timetable(Schedule(**fields), DAYS, "Asia/Ho_Chi_Minh")  # type: ignore[arg-type]


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("schedule", "last", "expected"),
    [
        ({"every": "PT15M"}, "2026-03-10T09:00", "2026-03-10T09:15"),
        ({"every": "PT1H", "hours": ("07:00", "18:00")}, "2026-03-10T17:30", "2026-03-11T07:00"),
        ({"every": "P1D", "days": "working"}, "2026-03-13T08:00", "2026-03-16T00:00"),  # Friday → Monday
        ({"at": ("06:30",)}, "2026-03-10T06:30", "2026-03-11T06:30"),
        ({"at": ("06:30", "14:00")}, "2026-03-10T06:31", "2026-03-10T14:00"),
        ({"at": ("06:30",), "days": "working"}, "2026-02-13T07:00", "2026-02-23T06:30"),  # over Tết
        ({"at": ("06:30",), "weekdays": (1, 4)}, "2026-03-10T00:00", "2026-03-12T06:30"),
        ({"at": ("06:30",), "month_days": (5,)}, "2026-03-10T00:00", "2026-04-05T06:30"),
        ({"at": ("06:30",), "month_days": (5,), "days": "working"}, "2026-03-10T00:00", "2026-04-06T06:30"),
        ({"at": ("06:30",), "month_days": (-1,)}, "2026-02-01T00:00", "2026-02-28T06:30"),
        ({"at": ("06:30",), "begins": date(2026, 5, 1)}, "2026-03-10T00:00", "2026-05-01T06:30"),
    ],
)
def test_the_next_time_follows_the_schedule_and_the_calendar(schedule, last, expected) -> None:
    assert table(**schedule).after(local(last), local(last)) == local(expected)


def test_a_schedule_that_is_over_is_never_due() -> None:
    over = table(at=("06:30",), ends=date(2026, 3, 9))
    assert over.after(local("2026-03-09T07:00"), local("2026-03-10T00:00")) is None
    assert table(every="PT1H", ends=date(2026, 3, 9)).after(None, local("2026-03-10T00:00")) is None


def test_a_time_that_was_missed_is_due_at_once_and_a_new_feed_too() -> None:
    daily, now = table(at=("06:30",)), local("2026-03-10T09:00")
    missed = daily.after(local("2026-03-07T06:30"), now)
    assert missed is not None and missed <= now
    assert daily.after(None, now) == now
    monthly = table(at=("06:30",), month_days=(12,))
    assert monthly.after(None, now) == local("2026-03-12T06:30")


@settings(deadline=None)
@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 1)),
    st.sampled_from(["all", "working"]),
    st.sets(st.integers(1, 7), max_size=4),
    st.sets(st.sampled_from([1, 2, 5, 15, 28, -1]), max_size=3),
    st.booleans(),
)
def test_the_next_time_is_later_and_on_a_day_that_fits(moment, days, weekdays, month_days, often) -> None:
    last = moment.replace(tzinfo=UTC)
    way = {"every": "PT45M"} if often else {"at": ("06:30", "18:00")}
    found = table(**way, days=days, weekdays=tuple(weekdays), month_days=tuple(month_days))
    following = found.after(last, last)
    if following is None:
        return
    assert following > last
    assert found.fits(following.astimezone(ZONE).date())
    before = following - timedelta(minutes=1)
    assert found.after(last, last) == following and (
        before <= last or found.after(before, before) == following or often
    )
