"""đúng, đủ, sạch, sống: each as a numerator and a denominator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date
from zoneinfo import ZoneInfo

import polars as pl

from tinh.gate.cells import Cells
from tinh.gate.known import Known
from tinh.gate.threads import pairs_of
from tinh.gate.verdict import Score
from tinh.gate.whereabouts import Whereabouts
from tinh.kit import periods
from tinh.packs.api import Dataset, due_at
from tinh.sources.api import Receipt

MOST_KEYS = 20_000_000  # beyond this an expectation is a mistake in the contract


@dataclass
class Came:
    """What a delivery holds as far as scores ask: its places and periods, its filled fields."""

    dataset: Dataset
    receipt: Receipt
    known: Known
    pairs: pl.DataFrame  # each `_place` and `_period` that stand together, once
    filled: int  # of the fields owed
    height: int
    note: Callable[[str], None] = lambda _remark: None

    def places(self) -> frozenset[str]:
        return frozenset(self.pairs["_place"].unique().drop_nulls().to_list())

    def periods(self) -> list[str]:
        return sorted(self.pairs["_period"].unique().drop_nulls().to_list())


def came(cells: Cells, where: Whereabouts) -> Came:
    pairs = pairs_of(where.place, where.period)
    return Came(cells.dataset, cells.receipt, cells.known, pairs, filled(cells), cells.height, cells.note)


def filled(cells: Cells) -> int:
    """How many of the fields owed hold something."""
    owed = [name for name in _fields(cells.dataset) if name not in cells.missing]
    return sum(cells.height - cells.raw[name].null_count() for name in owed)


def sufficient(came: Came) -> Score:
    """Keys received of keys expected; without an expectation, owed fields that are filled."""
    owed = _owed(came)
    if owed is None:
        return Score(came.filled, len(_fields(came.dataset)) * came.height)
    places, spans = owed
    got = came.pairs
    if places is not None:
        got = got.filter(pl.col("_place").is_in(list(places)))
    by_place = got.select("_place").unique()
    got = by_place if spans is None else got.filter(pl.col("_period").is_in(spans))
    den = max(1, len(places) if places is not None else 1) * (len(spans) if spans is not None else 1)
    return Score(min(got.height, den), den)


def _owed(came: Came) -> tuple[frozenset[str] | None, list[str] | None] | None:
    """Places and periods this receipt ought to hold; None when the contract expects nothing."""
    dataset, expect = came.dataset, came.dataset.expect
    every = dataset.period.every if dataset.period else None
    if (expect.window is None and expect.places == "given") or (every is None and expect.places == "given"):
        return None
    seen = came.periods() if every else []
    if every and not seen:
        return None
    spans = _spans(came, seen) if every else None
    if spans is not None and not spans:
        return None
    places = _places(came, spans)
    if places is not None and len(places) * len(spans or [""]) > MOST_KEYS:
        came.note("expectation-too-large")
        return None
    return places, spans


def _spans(came: Came, seen: list[str]) -> list[str]:
    """A file answers for the whole of each window it touches, a push for the span it covers;
    neither owes what has not begun or what precedes the first period ever owed."""
    expect, binding = came.dataset.expect, came.dataset.period
    assert binding is not None
    every, window = binding.every, expect.window
    if window is None:
        spans = seen
    elif came.receipt.channel == "push" or periods.GRAINS.index(window) < periods.GRAINS.index(every):
        spans = periods.between(seen[0], seen[-1]) if _count(seen[0], seen[-1]) < MOST_KEYS else seen
    else:
        windows = sorted({periods.up(p, window) for p in seen})
        spans = [p for w in windows for p in periods.within(w, every)]
    zone = ZoneInfo(came.known.timezone)
    latest = periods.of(came.receipt.received_at.astimezone(zone), every)
    spans = [p for p in spans if p <= latest]
    if expect.start:
        try:
            first = periods.of(periods.start(expect.start), every)
            spans = [p for p in spans if p >= first]
        except ValueError:
            came.note("expectation-start")
    return spans


def _count(first: str, last: str) -> int:
    return int((periods.start(last) - periods.start(first)).total_seconds() // 3600)


def _places(came: Came, spans: list[str] | None) -> frozenset[str] | None:
    """None when rows have no place."""
    expect, known = came.dataset.expect, came.known
    if came.dataset.place is None:
        return None
    given = came.places()
    if expect.places == "communes" and known.gazetteer and known.province:
        day = periods.start(spans[-1]).date() if spans else _today(known)
        return frozenset(_code(u) for u in known.gazetteer.communes(known.province, day))
    if expect.places == "known":
        return frozenset(known.known_places()) | given
    if expect.places == "province" and known.province:
        return frozenset({known.province})
    return given


def _code(unit: object) -> str:
    return unit if isinstance(unit, str) else str(unit.code)  # type: ignore[attr-defined]  # a places Unit


def _today(known: Known) -> date:
    return known.now.astimezone(ZoneInfo(known.timezone)).date()


def _fields(dataset: Dataset) -> list[str]:
    return [c.name for c in dataset.columns if c.required or c.sufficient] or list(dataset.key)


def alive(came: Came) -> Score:
    """Periods of this receipt that came within `due` of their end. A file that answers for a
    window is due after the window's end."""
    binding, expect = came.dataset.period, came.dataset.expect
    if binding is None:
        return Score(0, 0)
    spans = came.periods()
    if expect.window and came.receipt.channel != "push":
        wider = periods.GRAINS.index(expect.window) > periods.GRAINS.index(binding.every)
        spans = list({periods.up(p, expect.window) for p in spans}) if wider else spans
    zone = ZoneInfo(came.known.timezone)
    received = came.receipt.received_at
    received = received if received.tzinfo else received.replace(tzinfo=UTC)
    on_time = 0
    for span in spans:
        due = due_at(expect, span, came.known.calendar)
        if due is None:
            came.note("due-unreadable")
            return Score(0, 0)
        on_time += received <= due.replace(tzinfo=zone)
    return Score(on_time, len(spans))
