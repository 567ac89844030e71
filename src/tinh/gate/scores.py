"""đúng, đủ, sạch, sống: each as a numerator and a denominator."""

from __future__ import annotations

from datetime import UTC, date
from zoneinfo import ZoneInfo

import polars as pl

from tinh.gate.cells import Cells
from tinh.gate.verdict import Score
from tinh.gate.whereabouts import Whereabouts
from tinh.kit import periods
from tinh.packs.api import due_at

MOST_KEYS = 20_000_000  # beyond this an expectation is a mistake in the contract


def sufficient(cells: Cells, where: Whereabouts) -> Score:
    """Keys received of keys expected; without an expectation, owed fields that are filled."""
    owed = _owed(cells, where)
    if owed is None:
        return _fields(cells)
    places, spans = owed
    got = pl.DataFrame([where.place, where.period]).unique()
    if places is not None:
        got = got.filter(pl.col("_place").is_in(list(places)))
    by_place = got.select("_place").unique()
    got = by_place if spans is None else got.filter(pl.col("_period").is_in(spans))
    den = max(1, len(places) if places is not None else 1) * (len(spans) if spans is not None else 1)
    return Score(min(got.height, den), den)


def _owed(cells: Cells, where: Whereabouts) -> tuple[frozenset[str] | None, list[str] | None] | None:
    """Places and periods this receipt ought to hold; None when the contract expects nothing."""
    dataset, expect = cells.dataset, cells.dataset.expect
    every = dataset.period.every if dataset.period else None
    if (expect.window is None and expect.places == "given") or (every is None and expect.places == "given"):
        return None
    seen = sorted(where.period.unique().drop_nulls().to_list()) if every else []
    if every and not seen:
        return None
    spans = _spans(cells, seen) if every else None
    if spans is not None and not spans:
        return None
    places = _places(cells, where, spans)
    if places is not None and len(places) * len(spans or [""]) > MOST_KEYS:
        cells.note("expectation-too-large")
        return None
    return places, spans


def _spans(cells: Cells, seen: list[str]) -> list[str]:
    """A file answers for the whole of each window it touches, a push for the span it covers;
    neither owes what has not begun or what precedes the first period ever owed."""
    expect, binding = cells.dataset.expect, cells.dataset.period
    assert binding is not None
    every, window = binding.every, expect.window
    if window is None:
        spans = seen
    elif cells.receipt.channel == "push" or periods.GRAINS.index(window) < periods.GRAINS.index(every):
        spans = periods.between(seen[0], seen[-1]) if _count(seen[0], seen[-1]) < MOST_KEYS else seen
    else:
        windows = sorted({periods.up(p, window) for p in seen})
        spans = [p for w in windows for p in periods.within(w, every)]
    zone = ZoneInfo(cells.known.timezone)
    latest = periods.of(cells.receipt.received_at.astimezone(zone), every)
    spans = [p for p in spans if p <= latest]
    if expect.start:
        try:
            first = periods.of(periods.start(expect.start), every)
            spans = [p for p in spans if p >= first]
        except ValueError:
            cells.note("expectation-start")
    return spans


def _count(first: str, last: str) -> int:
    return int((periods.start(last) - periods.start(first)).total_seconds() // 3600)


def _places(cells: Cells, where: Whereabouts, spans: list[str] | None) -> frozenset[str] | None:
    """None when rows have no place."""
    expect, known = cells.dataset.expect, cells.known
    if cells.dataset.place is None:
        return None
    given = frozenset(where.place.unique().drop_nulls().to_list())
    if expect.places == "communes" and known.gazetteer and known.province:
        day = periods.start(spans[-1]).date() if spans else _today(cells)
        return frozenset(_code(u) for u in known.gazetteer.communes(known.province, day))
    if expect.places == "known":
        return frozenset(known.known_places()) | given
    if expect.places == "province" and known.province:
        return frozenset({known.province})
    return given


def _code(unit: object) -> str:
    return unit if isinstance(unit, str) else str(unit.code)  # type: ignore[attr-defined]  # a places Unit


def _today(cells: Cells) -> date:
    return cells.known.now.astimezone(ZoneInfo(cells.known.timezone)).date()


def _fields(cells: Cells) -> Score:
    owed = [c.name for c in cells.dataset.columns if c.required or c.sufficient] or list(cells.dataset.key)
    filled = sum(cells.height - cells.raw[n].null_count() for n in owed if n not in cells.missing)
    return Score(filled, len(owed) * cells.height)


def alive(cells: Cells, where: Whereabouts) -> Score:
    """Periods of this receipt that came within `due` of their end. A file that answers for a
    window is due after the window's end."""
    binding, expect = cells.dataset.period, cells.dataset.expect
    if binding is None:
        return Score(0, 0)
    spans = where.period.unique().drop_nulls().to_list()
    if expect.window and cells.receipt.channel != "push":
        wider = periods.GRAINS.index(expect.window) > periods.GRAINS.index(binding.every)
        spans = list({periods.up(p, expect.window) for p in spans}) if wider else spans
    zone = ZoneInfo(cells.known.timezone)
    received = cells.receipt.received_at
    received = received if received.tzinfo else received.replace(tzinfo=UTC)
    on_time = 0
    for span in spans:
        due = due_at(expect, span, cells.known.calendar)
        if due is None:
            cells.note("due-unreadable")
            return Score(0, 0)
        on_time += received <= due.replace(tzinfo=zone)
    return Score(on_time, len(spans))
