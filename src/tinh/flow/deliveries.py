"""The calendar of deliveries of one dataset: window by window, who came when and who is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Literal

import polars as pl

from tinh.flow.calendar import Ground, Windows, reckon, window_of
from tinh.kit.errors import Text
from tinh.kit.periods import Grain
from tinh.packs.api import Dataset

State = Literal["on time", "late", "missing", "waiting"]
LAST, AHEAD, MOST = 12, 3, 120
_WORST: tuple[State, ...] = ("missing", "late", "on time")


@dataclass(frozen=True, slots=True)
class Delivery:
    """One place's delivery for one window. `waiting`: not there and not due yet. `days` and
    `working_days`: by how much it came late, or is overdue."""

    place: str
    window: str
    state: State
    due_at: datetime
    received_at: datetime | None
    receipt: str
    days: int
    working_days: int

    def as_dict(self) -> dict[str, Any]:
        came = self.received_at.isoformat() if self.received_at else None
        return {
            **asdict(self), "due_at": self.due_at.isoformat(), "received_at": came,
            "receipt": self.receipt or None,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """One window of the calendar. `state` is the worst of its deliveries; `waiting` until it is due."""

    window: str
    due_at: datetime
    state: State
    owed: int
    on_time: int
    late: int
    missing: int
    deliveries: tuple[Delivery, ...]
    extended_to: datetime | None = None  # the deadline granted, whatever it counts for

    @property
    def came(self) -> int:
        return self.on_time + self.late

    def at(self, place: str) -> Span:
        """The window of one place alone."""
        mine = [one for one in self.deliveries if one.place == place]
        narrowed = _span(self.window, self.due_at, mine, self.state != "waiting")
        return replace(narrowed, extended_to=self.extended_to)

    def as_dict(self) -> dict[str, Any]:
        return {
            "window": self.window, "due_at": self.due_at.isoformat(), "state": self.state,
            "owed": self.owed, "on_time": self.on_time, "late": self.late, "missing": self.missing,
            "extended_to": self.extended_to.isoformat() if self.extended_to else None,
            "deliveries": [one.as_dict() for one in self.deliveries],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Deliveries:
    """The last windows of a dataset that were due and the next ones, oldest first; none where nothing
    is owed yet. `places`: whether each place owes for itself."""

    dataset: str
    name: Text
    owner: str
    grain: Grain | None
    places: bool
    spans: tuple[Span, ...]

    def as_dict(self) -> dict[str, Any]:
        return {
            "dataset": self.dataset, "name": self.name.as_dict(), "owner": self.owner,
            "window": self.grain, "windows": [span.as_dict() for span in self.spans],
        }  # fmt: skip


def deliveries(
    dataset: Dataset,
    presence: pl.DataFrame,
    receipts: Mapping[tuple[str, str], str],
    now: datetime,
    ground: Ground,
    last: int = LAST,
    ahead: int = AHEAD,
    remembered: dict[str, Windows] | None = None,
    extended: Mapping[str, datetime] | None = None,
) -> Deliveries:
    """The `last` windows that were due by `now` and the `ahead` next ones. `receipts`: the receipt that
    first brought a place and window."""
    reckoned = reckon(dataset, presence, now, ground, remembered, max(1, ahead))
    spans: list[Span] = []
    if reckoned is not None:
        passed = reckoned.windows.until(now).tail(last)
        shown = pl.concat([passed, reckoned.windows.coming(now, ahead)]) if ahead else passed
        by_window = reckoned.owed.sort("place").partition_by("window", as_dict=True)
        for name, due in shown.select("window", "due").iter_rows():
            rows = by_window.get((name,))
            made = _deliveries(rows, receipts, now, ground) if rows is not None else []
            granted = (extended or {}).get(name)
            spans.append(replace(_span(name, due, made, due <= now), extended_to=granted))
    placed = any(one.place for span in spans for one in span.deliveries)
    return Deliveries(dataset.id, dataset.name, dataset.owner, window_of(dataset), placed, tuple(spans))


def _deliveries(
    rows: pl.DataFrame, receipts: Mapping[tuple[str, str], str], now: datetime, ground: Ground
) -> list[Delivery]:
    made = []
    for row in rows.iter_rows(named=True):
        due, came = row["due"], row["first_received"]
        state: State
        if came is None:
            state = "missing" if due <= now else "waiting"
        else:
            state = "on time" if came <= due else "late"
        off = ground.overdue(due, came or now) if state in ("late", "missing") else (0, 0)
        receipt = receipts.get((row["place"], row["window"]), "")
        made.append(Delivery(row["place"], row["window"], state, due, came, receipt, *off))
    return made


def _span(name: str, due: datetime, made: list[Delivery], passed: bool) -> Span:
    count = {state: sum(one.state == state for one in made) for state in _WORST}
    state: State = "waiting"
    if passed:
        state = next((s for s in _WORST if count[s]), "waiting")
    elif made and count["on time"] == len(made):
        state = "on time"
    return Span(name, due, state, len(made), count["on time"], count["late"], count["missing"], tuple(made))
