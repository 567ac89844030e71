"""A rule folded over a series, one period at a time. Pure: the same prefix gives the same states."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from tinh.kit.periods import after, end
from tinh.packs.api import AlertRule
from tinh.watch.errors import BadDuration

Status = Literal["ok", "pending", "firing", "silent"]


class Valued(Protocol):
    """A period and its value; None where nothing is known."""

    @property
    def period(self) -> str: ...
    @property
    def value(self) -> float | None: ...


@dataclass(frozen=True, slots=True)
class State:
    """Where a rule stands after a series.

    `since`: the period the present status began with (the first failing one when pending or
    firing; the newest known one when silent). `value` and `period`: the newest known.
    `periods`: how many known periods in a row have failed. `silent`: nothing new for longer than
    allowed; an alarm stays `firing` when its data fall silent, since silence clears nothing.
    """

    status: Status
    since: str | None = None
    value: float | None = None
    periods: int = 0
    period: str | None = None
    silent: bool = False


def evaluate(
    rule: AlertRule, series: Sequence[Valued], now: datetime, timezone: str = "Asia/Ho_Chi_Minh"
) -> State:
    """The state of a rule at `now` after a series in the order of its periods."""
    state = State("ok")
    for state in history(rule, series):  # noqa: B007  the last one is wanted
        pass
    return _hushed(rule, state, now.astimezone(ZoneInfo(timezone)).replace(tzinfo=None))


def history(rule: AlertRule, series: Sequence[Valued]) -> Iterator[State]:
    """The state after each period. A period without a value leaves the state as it was."""
    state = State("ok")
    for point in series:
        if point.value is not None:
            state = _next(rule, state, point.period, point.value)
        yield state


def fails(rule: AlertRule, value: float) -> bool:
    return (rule.above is not None and value > rule.above) or (rule.below is not None and value < rule.below)


def clears(rule: AlertRule, value: float) -> bool:
    """Whether a firing rule may rest: back at or beyond `clear_at`, or just not failing."""
    if fails(rule, value):
        return False
    if rule.clear_at is None:
        return True
    if rule.above is not None and rule.below is None:
        return value <= rule.clear_at
    if rule.below is not None and rule.above is None:
        return value >= rule.clear_at
    return True  # a corridor has no single clearing side


def _next(rule: AlertRule, state: State, period: str, value: float) -> State:
    known = replace(state, value=value, period=period)
    failing = fails(rule, value)
    count = state.periods + 1 if failing else 0
    if state.status == "firing":
        if clears(rule, value):
            return replace(known, status="ok", since=period, periods=0)
        return replace(known, periods=count)
    if not failing:
        return replace(known, status="ok", periods=0, since=period if state.status != "ok" else state.since)
    since = state.since if state.status == "pending" else period
    status: Status = "firing" if count >= max(1, rule.pending) else "pending"
    return replace(known, status=status, since=since, periods=count)


def _hushed(rule: AlertRule, state: State, local_now: datetime) -> State:
    if not rule.silent_after:
        return state
    if state.period is None:
        return replace(state, status="silent", silent=True)
    due = after(end(state.period), rule.silent_after)
    if due is None:
        raise BadDuration(duration=rule.silent_after, rule=rule.id)
    if local_now <= due:
        return state
    if state.status == "firing":
        return replace(state, silent=True)
    return replace(state, status="silent", since=state.period, silent=True)
