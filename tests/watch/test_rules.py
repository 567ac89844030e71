"""Thresholds, waiting, hysteresis and silence, on any series."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinh.kit.errors import Text
from tinh.kit.periods import shift
from tinh.packs.models import AlertRule
from tinh.watch.api import BadDuration, evaluate, history


@dataclass(frozen=True)
class P:
    period: str
    value: float | None


def rule(**more: Any) -> AlertRule:
    return AlertRule(id="r", pack="p", name=Text("r", "r"), indicator="i", file=Path("x"), **more)


def series(*values: float | None) -> list[P]:
    return [P(shift("2025-01-01", n), v) for n, v in enumerate(values)]


NOW = datetime(2025, 1, 10, tzinfo=UTC)
values = st.lists(st.none() | st.integers(0, 100).map(float), max_size=40)
rules = st.builds(
    lambda above, gap, pending: rule(above=float(above), clear_at=float(above - gap), pending=pending),
    st.integers(20, 80), st.integers(0, 15), st.integers(1, 4),
)  # fmt: skip


def statuses(r: AlertRule, points: list[P]) -> list[str]:
    return [s.status for s in history(r, points)]


def test_it_fires_above_and_not_at_the_threshold() -> None:
    assert statuses(rule(above=10), series(10, 10.1, 10)) == ["ok", "firing", "ok"]
    assert statuses(rule(below=10), series(10, 9.9, 10)) == ["ok", "firing", "ok"]


def test_it_waits_for_periods_in_a_row() -> None:
    state = evaluate(rule(above=10, pending=3), series(11, 5, 11, 12, 13), NOW)
    assert (state.status, state.since, state.periods, state.value) == ("firing", "2025-01-03", 3, 13)
    assert statuses(rule(above=10, pending=3), series(11, 12, 5)) == ["pending", "pending", "ok"]


def test_a_period_without_a_value_neither_counts_nor_clears() -> None:
    assert statuses(rule(above=10, pending=2), series(11, None, 12, None)) == [
        "pending",
        "pending",
        "firing",
        "firing",
    ]


def test_it_clears_only_at_or_beyond_clear_at() -> None:
    assert statuses(rule(above=10, clear_at=8), series(11, 9, 8.1, 8, 9)) == [
        "firing",
        "firing",
        "firing",
        "ok",
        "ok",
    ]
    assert statuses(rule(below=10, clear_at=12), series(9, 11, 12)) == ["firing", "firing", "ok"]


def test_a_corridor_fires_on_both_sides() -> None:
    assert statuses(rule(above=10, below=5), series(11, 7, 4)) == ["firing", "ok", "firing"]


def test_silence_is_told_from_the_end_of_the_newest_known_period() -> None:
    silent = rule(above=10, silent_after="P2D")
    points = series(1, 2, None)
    assert evaluate(silent, points, datetime(2025, 1, 4, 16, 59, tzinfo=UTC)).status == "ok"
    late = evaluate(silent, points, datetime(2025, 1, 4, 17, 1, tzinfo=UTC))
    assert (late.status, late.since, late.value) == ("silent", "2025-01-02", 2)


def test_silence_does_not_clear_an_alarm() -> None:
    state = evaluate(rule(above=10, silent_after="PT6H"), series(11), NOW)
    assert (state.status, state.silent) == ("firing", True)


def test_a_series_that_never_spoke_is_silent_only_if_the_rule_asks() -> None:
    assert evaluate(rule(above=1, silent_after="P1D"), [], NOW).status == "silent"
    assert evaluate(rule(above=1), [], NOW).status == "ok"


def test_a_duration_that_is_none_is_refused() -> None:
    with pytest.raises(BadDuration):
        evaluate(rule(above=1, silent_after="2 days"), series(1), NOW)


@given(rules, values)
def test_a_prefix_has_the_same_history(r: AlertRule, seen: list[float | None]) -> None:
    points = series(*seen)
    whole = list(history(r, points))
    for n in range(len(points) + 1):
        assert list(history(r, points[:n])) == whole[:n]
        if n:
            assert evaluate(r, points[:n], NOW) == whole[n - 1]


@given(rules, values)
def test_it_never_flaps_inside_the_band(r: AlertRule, seen: list[float | None]) -> None:
    assert r.above is not None and r.clear_at is not None
    before = "ok"
    for point, state in zip(series(*seen), history(r, series(*seen)), strict=True):
        in_band = point.value is None or r.clear_at < point.value <= r.above
        if in_band:
            assert (state.status == "firing") == (before == "firing")
        before = state.status


@given(rules, values)
def test_it_fires_exactly_when_enough_in_a_row_have_failed(r: AlertRule, seen: list[float | None]) -> None:
    assert r.above is not None
    run = 0
    before = "ok"
    for point, state in zip(series(*seen), history(r, series(*seen)), strict=True):
        if point.value is not None:
            run = run + 1 if point.value > r.above else 0
        if state.status == "firing" and before != "firing":
            assert run == r.pending
        if run >= r.pending:
            assert state.status == "firing"
        before = state.status
