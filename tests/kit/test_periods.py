"""Periods sort, climb and count as strings."""

from __future__ import annotations

from datetime import datetime

import pytest

from tinh.kit import periods


@pytest.mark.parametrize(
    ("period", "grain", "count"),
    [("2025-04", "hour", 720), ("2025-04", "day", 30), ("2024-02", "day", 29), ("2025", "quarter", 4),
     ("2025-Q2", "month", 3), ("2025-04-01", "hour", 24), ("2025", "month", 12), ("2025", "year", 1)],
)  # fmt: skip
def test_a_period_counts_its_finer_periods(period: str, grain: periods.Grain, count: int) -> None:
    assert periods.count_within(period, grain) == count
    assert len(periods.within(period, grain)) == count


def test_periods_shift_over_the_year() -> None:
    assert periods.shift("2025-12", 1) == "2026-01"
    assert periods.shift("2025-Q1", -1) == "2024-Q4"
    assert periods.shift("2025-12-31T23", 1) == "2026-01-01T00"
    assert periods.up("2025-05-17T08", "quarter") == "2025-Q2"
    assert periods.end("2025-02") == datetime(2025, 3, 1)


@pytest.mark.parametrize("word", ["2025-4", "2025-Q5", "", "25", "2025-04-01 07"])
def test_what_is_not_a_period_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match="not a period"):
        periods.grain_of(word)


@pytest.mark.parametrize(
    ("duration", "moved"),
    [
        ("P5D", datetime(2025, 2, 5)), ("P1M", datetime(2025, 2, 28)), ("P1Y", datetime(2026, 1, 31)),
        ("pt1.5s", datetime(2025, 1, 31, 0, 0, 1, 500_000)), ("P1M2DT3H", datetime(2025, 3, 2, 3)),
        ("P11M", datetime(2025, 12, 31)), ("P", None), ("PT", None), ("5 days", None), ("P9999Y", None),
    ],
)  # fmt: skip
def test_a_duration_moves_a_moment_by_the_calendar(duration: str, moved: datetime | None) -> None:
    assert periods.after(datetime(2025, 1, 31), duration) == moved
