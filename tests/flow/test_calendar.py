from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from flow_province import report  # type: ignore[import-not-found]
from hypothesis import given, settings
from hypothesis import strategies as st

from tinh.flow.calendar import Ended, Ground, hold
from tinh.flow.deliveries import Deliveries, deliveries
from tinh.kit.calendar import WorkingCalendar
from tinh.kit.errors import Text
from tinh.packs.api import due_at
from tinh.packs.models import CalendarDay, Dataset, Expectation


def presence(*rows: tuple[str | None, str, datetime, int]) -> pl.DataFrame:
    schema = {
        "place": pl.String,
        "window": pl.String,
        "first_received": pl.Datetime("us", "UTC"),
        "periods": pl.Int64,
    }
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def expecting(**fields: object) -> Dataset:
    return report().model_copy(update={"expect": Expectation(**fields)})


def ground(*communes: str, ended: Ended = lambda _place: None, extra: Iterable[CalendarDay] = ()) -> Ground:
    return Ground("Asia/Ho_Chi_Minh", lambda _: communes, ended, WorkingCalendar(extra=extra))


NOW = datetime(2026, 3, 10, tzinfo=UTC)
EARLY = datetime(2026, 2, 1, tzinfo=UTC)


def test_calendar_owes_every_commune_every_month() -> None:
    dataset = expecting(places="communes", start="2026-01")
    kept = hold(dataset, presence(("a", "2026-01", EARLY, 1)), NOW, ground("a", "b"))
    assert (kept.present, kept.owed, kept.on_time, kept.due) == (1, 4, 1, 4)
    assert [x.place for x in kept.late] == ["a", "b"]
    assert kept.next_window == "2026-03"


def test_old_data_is_history_and_not_a_debt_when_no_start_is_declared() -> None:
    """Years of old rows sent at once, or by a place that joins late, owe nothing of the past."""
    dataset = expecting(places="given")
    nothing = hold(dataset, presence(), NOW, ground())
    assert (nothing.owed, nothing.due, nothing.next_due) == (0, 0, None)
    old = [("a", f"{year}-{month:02}", EARLY, 1) for year in range(2019, 2026) for month in range(1, 13)]
    kept = hold(dataset, presence(*old, ("b", "2026-02", EARLY, 1)), NOW, ground())
    assert (kept.present, kept.owed, kept.on_time, kept.due) == (1, 2, 1, 2)
    joined = datetime(2026, 5, 20, tzinfo=UTC)
    late = [("c", f"2026-{month:02}", joined, 1) for month in (2, 3, 4, 5)]
    kept = hold(dataset, presence(*old, *late), datetime(2026, 6, 10, tzinfo=UTC), ground())
    assert (kept.present, kept.owed, kept.on_time) == (1, 5, 1)  # a owes February to May, c only May


def test_a_declared_start_owes_from_then_on_whoever_came_later() -> None:
    dataset = expecting(places="communes", start="2026-01")
    joined = datetime(2026, 3, 1, tzinfo=UTC)
    kept = hold(dataset, presence(("a", "2025-06", EARLY, 1), ("a", "2026-01", joined, 1)), NOW, ground("a"))
    assert (kept.present, kept.owed, kept.on_time, kept.due) == (1, 2, 0, 2)


def test_calendar_relieves_a_merged_unit_only_when_another_place_delivers() -> None:
    dataset = expecting(places="given", start="2025-12")
    old = ("old", "2025-12", EARLY, 1)
    gone = {"old": date(2026, 1, 1)}.get
    alone = hold(dataset, presence(old), NOW, ground(ended=gone))
    assert [x.place for x in alone.late] == ["old"]
    new = ("new", "2026-02", EARLY, 1)
    both = hold(dataset, presence(old, new), NOW, ground(ended=gone))
    assert both.late == ()
    assert (both.present, both.owed) == (2, 2)


# ── working days ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("month", "due"),
    [
        ("2026-01", datetime(2026, 2, 7)),  # 2 to 6 February, before Tết
        ("2026-10", datetime(2026, 11, 7)),  # 31 October is a Saturday; 2 to 6 November
        ("2027-01", datetime(2027, 2, 11)),  # 1 to 3 February, then Tết from the 5th to the 9th
    ],
)
def test_working_days_skip_the_weekend_and_tet(month: str, due: datetime) -> None:
    calendar = WorkingCalendar()
    found = due_at(Expectation(working_days=5), month, calendar)
    assert found is not None
    last = (found - timedelta(seconds=1)).date()
    assert calendar.is_working(last)
    assert (
        calendar.working_days_between(
            (datetime.fromisoformat(month + "-01") + timedelta(32)).date().replace(day=1) - timedelta(1), last
        )
        == 5
    )
    if month != "2027-01":
        assert found == due


def test_a_report_due_in_tet_waits_until_people_are_back() -> None:
    """Tết 2026 is free from 16 to 20 February (with the weekend, 14 to 22); a ten-day report of half
    February that is due on the second working day is due on the 24th."""
    calendar = WorkingCalendar()
    found = due_at(Expectation(working_days=2, window="day"), "2026-02-13", calendar)
    assert found == datetime(2026, 2, 25)
    assert due_at(Expectation(due="P2D", window="day"), "2026-02-13", calendar) == datetime(2026, 2, 16)


def test_the_provinces_own_days_move_the_due_day() -> None:
    free = CalendarDay(day=date(2026, 11, 4), works=False, name=Text("bão", "storm"))
    worked = CalendarDay(day=date(2026, 11, 1), works=True, name=Text("làm bù", "in lieu"))
    expect = Expectation(working_days=3, at="17:00")
    assert due_at(expect, "2026-10", WorkingCalendar()) == datetime(2026, 11, 4, 17)
    assert due_at(expect, "2026-10", WorkingCalendar(extra=[free])) == datetime(2026, 11, 5, 17)
    assert due_at(expect, "2026-10", WorkingCalendar(extra=[free, worked])) == datetime(2026, 11, 3, 17)


def test_an_hour_belongs_to_the_last_day_on_time() -> None:
    assert due_at(Expectation(due="P5D"), "2026-10", WorkingCalendar()) == datetime(2026, 11, 6)
    assert due_at(Expectation(due="P5D", at="17:00"), "2026-10", WorkingCalendar()) == datetime(
        2026, 11, 5, 17
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 30), st.dates(date(2026, 1, 1), date(2027, 12, 31)))
def test_a_later_day_or_one_more_working_day_is_never_due_earlier(days: int, day: date) -> None:
    calendar = WorkingCalendar()
    first = due_at(Expectation(working_days=days), day.isoformat(), calendar)
    more = due_at(Expectation(working_days=days + 1), day.isoformat(), calendar)
    after = due_at(Expectation(working_days=days), (day + timedelta(1)).isoformat(), calendar)
    assert first and more and after
    assert first < more
    assert first <= after
    assert first > datetime.combine(day, datetime.min.time())


def test_lateness_counts_working_days_beside_days() -> None:
    dataset = expecting(places="communes", start="2026-01", working_days=5)
    now = datetime(2026, 2, 23, 3, tzinfo=UTC)  # the Monday after Tết; January was due on 6 February
    kept = hold(dataset, presence(), now, ground("a"))
    (late,) = kept.late
    assert (late.days, late.working_days) == (
        16,
        WorkingCalendar().working_days_between(date(2026, 2, 6), date(2026, 2, 23)),
    )
    assert late.working_days < 8


# ── the calendar of deliveries ──────────────────────────────────────────────────────


def calendar_of(now: datetime, *rows: tuple[str | None, str, datetime, int], **expect: object) -> Deliveries:
    receipts = {(place or "", window): f"r-{place}-{window}" for place, window, _, _ in rows}
    return deliveries(expecting(**expect), presence(*rows), receipts, now, ground("a", "b"))


def test_the_calendar_says_who_came_on_time_late_or_not_and_what_is_still_to_come() -> None:
    on, after = datetime(2026, 2, 4, tzinfo=UTC), datetime(2026, 2, 9, tzinfo=UTC)
    shown = calendar_of(
        NOW, ("a", "2026-01", on, 1), ("b", "2026-01", after, 1), ("a", "2026-02", NOW, 1),
        ("b", "2026-03", NOW, 1), places="communes", start="2026-01",
    )  # fmt: skip
    assert [s.window for s in shown.spans] == ["2026-01", "2026-02", "2026-03", "2026-04", "2026-05"]
    assert [s.state for s in shown.spans] == ["late", "missing", "waiting", "waiting", "waiting"]
    assert [(s.owed, s.on_time, s.late, s.missing) for s in shown.spans[:3]] == [
        (2, 1, 1, 0), (2, 0, 1, 1), (2, 1, 0, 0),
    ]  # fmt: skip
    assert [d.state for d in shown.spans[2].deliveries] == ["waiting", "on time"]
    late = shown.spans[0].deliveries[1]
    assert (late.receipt, late.days, late.working_days) == ("r-b-2026-01", 3, 2)
    assert shown.spans[1].deliveries[1].days == 4


def test_the_calendar_shows_twelve_windows_past_and_three_to_come() -> None:
    shown = calendar_of(NOW, places="communes", start="2020-01")
    assert [shown.spans[0].window, shown.spans[11].window, shown.spans[14].window] == [
        "2025-03",
        "2026-02",
        "2026-05",
    ]
    assert len(shown.spans) == 15


def test_a_calendar_of_which_nothing_is_known_is_empty() -> None:
    assert calendar_of(NOW, places="given").spans == ()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 12), st.integers(0, 400)), max_size=20),
    st.integers(0, 500),
)
def test_the_score_is_the_calendar_added_up(came: list[tuple[str, int, int]], day: int) -> None:
    """sống of a dataset and the strip on its page can never disagree."""
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(day)
    rows = {
        (p, f"2026-{m:02}"): datetime(2026, 1, 1, tzinfo=UTC) + timedelta(min(d, day)) for p, m, d in came
    }
    present = presence(*((p, w, at, 1) for (p, w), at in rows.items()))
    dataset = expecting(places="communes", start="2026-01")
    kept = hold(dataset, present, now, ground("a", "b"))
    shown = deliveries(dataset, present, {}, now, ground("a", "b"), last=120, ahead=0)
    assert sum(s.on_time for s in shown.spans) == kept.on_time
    assert sum(s.owed for s in shown.spans) == kept.due
    assert sum(s.missing for s in shown.spans[-1:]) == len(kept.late)


# ── silence ─────────────────────────────────────────────────────────────────────────


def test_a_source_stops_only_when_nobody_delivers_beyond_the_grace() -> None:
    dataset = expecting(places="communes", start="2026-01", grace="P3D")
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    one = ("a", "2026-01", EARLY, 1)
    due = datetime(2026, 3, 6, tzinfo=zone)
    before = hold(dataset, presence(one), due - timedelta(hours=1), ground("a", "b"))
    assert before.silence is None
    within = hold(dataset, presence(one), due + timedelta(days=2), ground("a", "b")).silence
    assert within is not None
    assert (within.window, within.since, within.stopped) == ("2026-02", due, False)
    beyond = hold(dataset, presence(one), due + timedelta(days=3, hours=1), ground("a", "b")).silence
    assert beyond is not None and beyond.stopped
    months = hold(dataset, presence(one), due + timedelta(days=70), ground("a", "b")).silence
    assert months is not None and months.since == due, "since the first that did not come"
    part = hold(dataset, presence(one, ("b", "2026-02", NOW, 1)), due + timedelta(days=9), ground("a", "b"))
    assert part.silence is None and len(part.late) == 1
    never = hold(dataset, presence(), due + timedelta(days=9), ground("a", "b")).silence
    assert never is not None and not never.stopped, "what never came has not stopped"
