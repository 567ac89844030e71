"""A promise in working time falls due when people expect it, and is called what it is.

24 November 2026, a Tuesday, is a day off: Vietnam's Culture Day, kept from that year.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinh.cases import clock as cases
from tinh.cases.clock import Limit, Limits, Times, WorkingClock
from tinh.cases.clock_errors import BadLimit, ExtendedBefore, NoOffset, NotLater, TooFar
from tinh.kit.calendar import Hours, Season, WorkingCalendar
from tinh.kit.errors import Text

HOME = ZoneInfo("Asia/Ho_Chi_Minh")
SUMMER = Hours(seasons=(Season((4, 16), (10, 15), ((420, 690), (810, 990))),))
ROUND_THE_CLOCK = Hours(spans=((0, 1440),))


@dataclass(frozen=True)
class Day:
    day: date
    works: bool
    name: Text


OURS = WorkingCalendar(
    extra=[
        Day(date(2026, 12, 31), False, Text("Nghỉ bù", "Day in lieu")),
        Day(date(2026, 12, 26), True, Text("Làm bù", "Worked instead")),
    ]
)
CLOCK = WorkingClock(OURS)
CLOCKS = {
    "office": CLOCK,
    "summer": WorkingClock(OURS, SUMMER),
    "always": WorkingClock(OURS, ROUND_THE_CLOCK),
    "uneven": WorkingClock(OURS, Hours(spans=((0, 61), (300, 301), (1380, 1440)))),
}


def at(text: str) -> datetime:
    """Local time of the province, such as 17/11/2026 08:00."""
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=HOME)


def local(moment: datetime) -> str:
    return moment.astimezone(HOME).strftime("%d/%m/%Y %H:%M")


def minutes_worked(hours: Hours, a: datetime, b: datetime) -> int:
    """The slow count: every minute between two whole minutes looked at by itself."""
    here, end = a.astimezone(HOME).replace(tzinfo=None), b.astimezone(HOME).replace(tzinfo=None)
    out, minute, day = 0, here.hour * 60 + here.minute, here.date()
    spans = hours.on(day) if OURS.is_working(day) else ()
    for _ in range(int((end - here).total_seconds()) // 60):
        if minute == 1440:
            minute, day = 0, day + timedelta(days=1)
            spans = hours.on(day) if OURS.is_working(day) else ()
        for x, y in spans:
            if x <= minute < y:
                out += 1
        minute += 1
    return out


moments = st.integers(0, 30 * 1440).map(lambda m: at("05/12/2026 00:00") + timedelta(minutes=m))
tet = st.integers(0, 24 * 1440).map(lambda m: at("07/02/2026 00:00") + timedelta(minutes=m))
april = st.integers(0, 20 * 1440).map(lambda m: at("10/04/2025 00:00") + timedelta(minutes=m))


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(sorted(CLOCKS)),
    st.one_of(*(st.tuples(s, s).map(sorted) for s in (moments, tet, april))),
)
def test_working_time_between_two_moments_is_what_counting_every_minute_gives(
    name: str, pair: list[datetime]
) -> None:
    a, b = pair
    clock = CLOCKS[name]
    slow = minutes_worked(clock._hours, a, b) * 60
    assert clock.working_between(a, b) == slow
    assert clock.working_between(b, a) == -slow


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(sorted(CLOCKS)), st.one_of(moments, tet, april), st.floats(-4e6, 4e6))
def test_going_on_by_working_time_and_measuring_gives_it_back(
    name: str, moment: datetime, seconds: float
) -> None:
    clock = CLOCKS[name]
    there = clock.add_working(moment, seconds)
    assert clock.working_between(moment, there) == pytest.approx(seconds, abs=1e-5)
    if seconds > 1:  # the earliest such moment: a little before it less was worked
        assert clock.working_between(moment, there - timedelta(milliseconds=1)) < seconds
    if seconds < -1:  # the latest
        assert clock.working_between(moment, there + timedelta(milliseconds=1)) > seconds


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(sorted(CLOCKS)), st.one_of(moments, tet, april), st.integers(-60, 60))
def test_working_days_are_those_of_the_calendar_and_end_with_the_work_of_the_day(
    name: str, moment: datetime, n: int
) -> None:
    clock = CLOCKS[name]
    there = clock.add_working(moment, days=n).astimezone(HOME)
    day = OURS.add_working_days(moment.astimezone(HOME).date(), n)
    end = clock._hours.on(day)[-1][1]
    midnight = datetime(day.year, day.month, day.day, tzinfo=HOME)
    assert there == midnight + timedelta(minutes=end)


def test_eight_working_hours_run_over_a_night_and_a_weekend() -> None:
    assert local(CLOCK.add_working(at("17/11/2026 08:00"), hours=8)) == "18/11/2026 08:30"
    assert local(CLOCK.add_working(at("20/11/2026 15:00"), hours=4)) == "23/11/2026 09:30"
    assert local(CLOCK.add_working(at("17/11/2026 07:30"), hours=4)) == "17/11/2026 11:30"


def test_what_comes_outside_working_hours_starts_when_work_begins() -> None:
    for received in ("21/11/2026 10:00", "22/11/2026 23:59", "23/11/2026 05:00", "20/11/2026 17:00"):
        assert local(CLOCK.add_working(at(received), hours=1)) == "23/11/2026 08:30"
    assert local(CLOCK.add_working(at("17/11/2026 12:15"), hours=1)) == "17/11/2026 14:30"


def test_days_are_counted_from_the_day_after_and_end_at_the_end_of_work() -> None:
    assert local(CLOCK.add_working(at("17/11/2026 00:05"), days=2)) == "19/11/2026 17:00"
    assert local(CLOCK.add_working(at("17/11/2026 23:55"), days=2)) == "19/11/2026 17:00"
    assert local(CLOCK.add_working(at("21/11/2026 09:00"), days=1)) == "23/11/2026 17:00"


def test_limits_step_over_tet_and_count_a_saturday_worked_in_lieu() -> None:
    # Friday 13 February 2026, then the weekend, Tết until Friday 20, a weekend.
    assert local(CLOCK.add_working(at("13/02/2026 16:00"), hours=2)) == "23/02/2026 08:30"
    assert local(CLOCK.add_working(at("13/02/2026 16:00"), days=2)) == "24/02/2026 17:00"
    # Saturday 26 April 2025 was worked for Friday 2 May.
    assert local(CLOCK.add_working(at("25/04/2025 16:00"), hours=2)) == "26/04/2025 08:30"
    assert local(CLOCK.add_working(at("30/04/2025 09:00"), days=1)) == "05/05/2025 17:00"
    # What the province itself declares: Saturday 26 December 2026 worked for Thursday 31.
    assert local(CLOCK.add_working(at("25/12/2026 09:00"), days=1)) == "26/12/2026 17:00"
    assert local(CLOCK.add_working(at("30/12/2026 16:00"), hours=2)) == "04/01/2027 08:30"


def test_a_season_has_its_own_hours() -> None:
    summer = CLOCKS["summer"]
    assert local(summer.add_working(at("15/04/2026 16:30"), hours=1)) == "16/04/2026 07:30"
    assert local(summer.add_working(at("14/07/2026 09:00"), days=1)) == "15/07/2026 16:30"
    over_new_year = Season((11, 1), (2, 28), ((480, 720),))
    assert over_new_year.holds(date(2026, 1, 5)) and over_new_year.holds(date(2026, 11, 1))
    assert not over_new_year.holds(date(2026, 3, 1))


def test_the_provinces_clock_does_not_jump_with_foreign_summer_time_nor_with_the_writers_zone() -> None:
    paris = ZoneInfo("Europe/Paris")  # changes on 25 October 2026
    a, b = datetime(2026, 10, 24, 3, tzinfo=paris), datetime(2026, 10, 26, 3, tzinfo=paris)
    assert CLOCK.working_between(a, b) == CLOCK.working_between(a.astimezone(UTC), b.astimezone(UTC))
    assert CLOCK.working_between(at("17/11/2026 00:00"), at("18/11/2026 00:00")) == 7.5 * 3600
    assert CLOCK.add_working(a, hours=8).utcoffset() == timedelta(0)


def test_a_moment_without_its_offset_is_refused() -> None:
    with pytest.raises(NoOffset, match="CAS100"):
        CLOCK.working_between(datetime(2026, 11, 24), at("17/11/2026 09:00"))


def test_a_count_that_leaves_the_calendar_is_refused_and_does_not_hang() -> None:
    with pytest.raises(TooFar):
        CLOCK.add_working(at("17/11/2026 09:00"), days=99_999)
    with pytest.raises(TooFar):
        CLOCK.add_working(at("17/11/2026 09:00"), seconds=-1e11)


@pytest.mark.parametrize("said", [{}, {"hours": 1, "days": 1}, {"hours": -1}, {"days": float("nan")}])
def test_a_limit_is_in_hours_or_in_days(said: dict[str, float]) -> None:
    with pytest.raises(BadLimit):
        Limit(**said)  # type: ignore[arg-type]  # what a declaration might say


def test_a_limit_of_nothing_is_due_at_once() -> None:
    assert local(CLOCK.due(at("17/11/2026 09:10"), Limit(hours=0))) == "17/11/2026 09:10"
    assert local(CLOCK.due(at("21/11/2026 09:10"), Limit(hours=0))) == "23/11/2026 07:30"
    assert local(CLOCK.due(at("17/11/2026 09:10"), Limit(days=0))) == "17/11/2026 17:00"
    assert local(CLOCK.due(at("17/11/2026 17:10"), Limit(days=0))) == "18/11/2026 17:00"
    assert local(CLOCK.due(at("21/11/2026 09:10"), Limit(days=0))) == "23/11/2026 17:00"


def test_a_limit_of_nothing_is_late_at_once_and_very_late_after_two_more_hours() -> None:
    times = cases.opened(CLOCK, Limits(accept_hours=0, finish_days=1), at("17/11/2026 09:00"))
    assert [
        cases.band(times, at(f"17/11/2026 {clock}"), CLOCK) for clock in ("09:00", "09:01", "11:00", "11:01")
    ] == ["soon", "late", "late", "very_late"]


PLAIN = Limits()


def test_the_national_limits_are_the_default_and_urgent_ones_are_shorter() -> None:
    plain = cases.opened(CLOCK, PLAIN, at("17/11/2026 08:00"))
    urgent = cases.opened(CLOCK, PLAIN, at("17/11/2026 08:00"), "urgent")
    assert plain.accept_by and plain.finish_by and urgent.accept_by
    assert local(plain.accept_by) == "18/11/2026 08:30" and local(urgent.accept_by) == "17/11/2026 14:00"
    assert local(plain.finish_by) == "10/12/2026 17:00"
    assert PLAIN.refuse == Limit(days=2) and PLAIN.supplement == Limit(days=5)
    assert PLAIN.publish == Limit(days=2)
    assert Limits(urgent_finish_hours=24).finish("urgent") == Limit(hours=24)
    assert Limits(complex_finish_days=30).finish("complex") == Limit(days=30)
    assert Limits(complex_finish_days=30).finish("urgent") == Limit(days=15)
    assert Limits.from_json({**PLAIN.as_json(), "later": 1}) == PLAIN


def test_accepting_early_brings_the_finish_nearer_and_accepting_late_gives_no_more_time() -> None:
    times = cases.opened(CLOCK, PLAIN, at("17/11/2026 08:00"))
    early = cases.accepted(times, CLOCK, PLAIN, at("17/11/2026 09:00"))
    late = cases.accepted(times, CLOCK, PLAIN, at("20/11/2026 09:00"))
    assert early.finish_by and local(early.finish_by) == "09/12/2026 17:00"
    assert late.finish_by == times.finish_by
    assert times.due_at == times.accept_by and early.due_at == early.finish_by
    assert cases.accepted(early, CLOCK, PLAIN, at("18/11/2026 09:00")) == early


@settings(max_examples=60, deadline=None)
@given(moments, st.lists(st.integers(0, 6 * 1440), min_size=2, max_size=8))
def test_what_is_left_stands_still_through_pauses_over_nights_and_weekends(
    start: datetime, steps: list[int]
) -> None:
    """Whatever the pauses: time left after = limit − working time in which the clock ran, by slow count."""
    times = cases.accepted(cases.opened(CLOCK, PLAIN, start), CLOCK, PLAIN, start)
    assert times.finish_by
    limit = minutes_worked(Hours(), start, times.finish_by) * 60
    here, ran = start, 0
    for i, step in enumerate(steps):
        there = here + timedelta(minutes=step)
        if i % 2:
            times = cases.resumed(cases.paused(times, here), CLOCK, there)
        else:
            ran += minutes_worked(Hours(), here, there) * 60
        here = there
    assert cases.left(times, here, CLOCK) == pytest.approx(limit - ran, abs=1e-5)


def test_a_pause_over_a_night_moves_the_deadline_by_working_time_only() -> None:
    times = cases.opened(CLOCK, Limits(accept_hours=None, finish_days=2), at("17/11/2026 09:00"))
    stood = cases.paused(times, at("17/11/2026 16:00"))
    assert cases.paused(stood, at("17/11/2026 18:00")) == stood
    went = cases.resumed(stood, CLOCK, at("18/11/2026 09:00"))
    assert went.paused_for == 2.5 * 3600 and went.paused_at is None
    assert went.finish_by and local(went.finish_by) == "20/11/2026 10:00"
    assert cases.resumed(went, CLOCK, at("19/11/2026 09:00")) == went
    by_night = cases.resumed(cases.paused(times, at("17/11/2026 17:00")), CLOCK, at("18/11/2026 07:30"))
    assert by_night.finish_by == times.finish_by


def test_the_band_stands_while_the_clock_does() -> None:
    times = cases.opened(CLOCK, Limits(accept_hours=None, finish_days=2), at("17/11/2026 09:00"))
    stood = cases.paused(times, at("17/11/2026 16:00"))
    assert cases.band(stood, at("24/12/2026 16:00"), CLOCK) == "on_time"
    assert cases.left(stood, at("24/12/2026 16:00"), CLOCK) == 16 * 3600


def test_more_time_is_given_once_and_only_later() -> None:
    times = cases.opened(CLOCK, PLAIN, at("17/11/2026 09:00"))
    assert times.finish_by
    with pytest.raises(NotLater):
        cases.extended(times, times.finish_by)
    more = cases.extended(times, at("30/12/2026 17:00"))
    assert more.extended and more.finish_by == at("30/12/2026 17:00")
    with pytest.raises(ExtendedBefore):
        cases.extended(more, at("15/01/2027 17:00"))
    assert times.extended is False


def test_a_case_is_on_time_then_soon_then_late_then_very_late_at_three_times_the_limit() -> None:
    start = at("16/11/2026 07:30")
    times = cases.accepted(
        cases.opened(CLOCK, Limits(accept_hours=None, finish_days=4), start), CLOCK, PLAIN, start
    )  # due Friday 17:00: five whole days of working time
    assert times.finish_by and local(times.finish_by) == "20/11/2026 17:00"
    said = {
        "16/11/2026 08:00": "on_time",
        "20/11/2026 07:29": "on_time",
        "20/11/2026 07:30": "soon",
        "20/11/2026 17:00": "soon",
        "20/11/2026 17:01": "late",
        "07/12/2026 17:00": "late",
        "08/12/2026 07:31": "very_late",
    }
    assert {text: cases.band(times, at(text), CLOCK) for text in said} == said


def test_short_limits_are_soon_in_their_last_quarter() -> None:
    times = cases.opened(CLOCK, PLAIN, at("17/11/2026 07:30"), "urgent")  # due 11:30
    assert cases.band(times, at("17/11/2026 10:29"), CLOCK) == "on_time"
    assert cases.band(times, at("17/11/2026 10:30"), CLOCK) == "soon"


def test_a_closed_case_is_on_time_or_late_for_good() -> None:
    times = cases.opened(CLOCK, Limits(accept_hours=None, finish_days=1), at("17/11/2026 09:00"))
    kept = replace(times, closed_at=at("18/11/2026 16:59"))
    late = replace(times, closed_at=at("19/11/2026 08:00"))
    assert cases.band(kept, at("01/12/2027 09:00"), CLOCK) == "on_time" and kept.due_at is None
    assert cases.band(late, at("01/12/2027 09:00"), CLOCK) == "late"
    assert cases.band(Times(at("17/11/2026 09:00")), at("17/11/2026 09:00"), CLOCK) is None


@settings(max_examples=60, deadline=None)
@given(moments, st.integers(0, 40), st.one_of(moments, tet))
def test_bands_follow_from_the_working_time_used(start: datetime, days: int, now: datetime) -> None:
    times = cases.opened(CLOCK, Limits(accept_hours=None, finish_days=days), start)
    assert times.finish_by
    limit = CLOCK.working_between(start, times.finish_by)
    used = CLOCK.working_between(start, now)
    found = cases.band(times, now, CLOCK)
    assert (found in ("late", "very_late")) == (now > times.finish_by)
    if limit >= 3600:  # from the moment at which three times the limit are used up, even in the night after
        assert (found == "very_late") <= (used >= 3 * limit)
        assert (found == "very_late") >= (used > 3 * limit)


def test_the_bands_of_a_thousand_rows_are_told_in_a_blink() -> None:
    now = at("17/11/2026 10:00")
    rows = [cases.opened(CLOCK, PLAIN, now - timedelta(hours=i)) for i in range(1000)]
    before = time.process_time()
    for times in rows:
        cases.band(times, now, CLOCK)
    assert time.process_time() - before < 0.5  # seen: 0.03 s


def test_one_province_has_one_clock_until_its_declarations_change() -> None:
    @dataclass(frozen=True)
    class Declares:
        digest: str
        calendar: tuple[Day, ...] = ()
        hours: Hours = SUMMER
        timezone: str = "Asia/Ho_Chi_Minh"

    one = cases.clock_of(Declares("test-clock-a"))
    assert cases.clock_of(Declares("test-clock-a")) is one
    assert cases.clock_of(Declares("test-clock-b")) is not one
    assert one.day_seconds == 7.5 * 3600
