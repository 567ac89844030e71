"""Which place and which period each row speaks of, and whether either can be right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from tinh.gate import moments
from tinh.gate.cells import Cells
from tinh.gate.rules import Mask
from tinh.gate.threads import codes_of
from tinh.kit import periods

CLOCK_SKEW = timedelta(minutes=10)  # a sensor's clock may run ahead of ours


@dataclass(frozen=True)
class Whereabouts:
    place: pl.Series
    period: pl.Series
    bad_place: Mask
    bad_period: Mask
    bad_name: Mask = None


def find(cells: Cells) -> Whereabouts:
    """Resolve periods first: a place is asked for on the day its row speaks of."""
    period, bad_period = _periods(cells)
    place, bad_place = _places(cells, period)
    bad_name = _misnamed(cells, place, period)
    return Whereabouts(place.alias("_place"), period.alias("_period"), bad_place, bad_period, bad_name)


def days_of(cells: Cells) -> list[date]:
    """The day on which each row's place must stand."""
    today = local_now(cells).date()
    period, _ = _periods(cells)
    return [_day_of(p, today) for p in period.to_list()]


def local_now(cells: Cells) -> datetime:
    return cells.known.now.astimezone(ZoneInfo(cells.known.timezone)).replace(tzinfo=None)


def _periods(cells: Cells) -> tuple[pl.Series, Mask]:
    binding = cells.dataset.period
    if binding is None or binding.column in cells.missing:
        return cells.nothing(pl.String()), None
    raw, typed = cells.raw[binding.column], cells.typed[binding.column]
    period = moments.of_column(typed, binding.every, cells.known.timezone)
    unread = raw.is_not_null() & typed.is_not_null() & period.is_null()
    latest = local_now(cells) + CLOCK_SKEW
    if isinstance(typed.dtype, pl.Datetime):
        ahead = typed > cells.known.now + CLOCK_SKEW
    else:
        ahead = period > periods.of(latest, binding.every)
    bad = unread | ahead.fill_null(False)
    return period, bad if bad.any() else None


def _places(cells: Cells, period: pl.Series) -> tuple[pl.Series, Mask]:
    binding = cells.dataset.place
    if binding is None:
        return cells.nothing(pl.String()), None
    if binding.column in cells.missing:
        return cells.nothing(pl.String()), cells.true()
    text = cells.typed[binding.column].cast(pl.String)
    if cells.known.gazetteer is None:
        return text, None
    asked = _asked(cells, text, period)
    if asked is None:
        return cells.nothing(pl.String()), None
    answer = _by_name if binding.by == "name" else _by_code
    code = pl.Series(answer(asked.texts, asked.days, cells), dtype=pl.String).gather(asked.at)
    bad = text.is_not_null() & code.is_null()
    return code, bad if bad.any() else None


@dataclass(frozen=True)
class _Asked:
    """The distinct questions of a column, each on its day, and which one each row asks."""

    texts: list[str]
    days: list[date]
    at: pl.Series


def _asked(cells: Cells, text: pl.Series, period: pl.Series) -> _Asked | None:
    texts, names = codes_of(text)
    spans, periods_seen = codes_of(period)
    today = local_now(cells).date()
    # Many hours speak of one day, and a place is asked for once a day; number 0 is a row without a period.
    days = pl.Series([today, *(_day_of(p, today) for p in periods_seen.to_list())])
    order = days.unique()
    day = days.replace_strict(order, pl.arange(0, len(order), eager=True), return_dtype=pl.UInt64)
    pair = texts.cast(pl.UInt64) * (1 << 32) + day.gather((spans + 1).fill_null(0))
    distinct = pair.unique().drop_nulls().sort()
    if not len(distinct):
        return None
    at = pl.select(pl.when(pair.is_not_null()).then(distinct.search_sorted(pair.fill_null(0)))).to_series()
    return _Asked(
        names.gather(distinct // (1 << 32)).to_list(), order.gather(distinct % (1 << 32)).to_list(), at
    )


def _misnamed(cells: Cells, place: pl.Series, period: pl.Series) -> Mask:
    """Rows whose name, wherever it stands, cannot denote the unit of their code on their day."""
    binding, gazetteer = cells.dataset.place, cells.known.gazetteer
    if binding is None or not binding.name_column or gazetteer is None or not cells.has(binding.name_column):
        return None
    name = cells.typed[binding.name_column].cast(pl.String)
    joined = pl.select(pl.concat_str([place, name], separator="\x1f")).to_series()  # null where either is
    asked = _asked(cells, joined, period)
    if asked is None:
        return None
    pairs = [text.split("\x1f", 1) for text in asked.texts]
    able = gazetteer.denotes_many([n for _, n in pairs], [c for c, _ in pairs], asked.days)
    bad = ~pl.Series(able, dtype=pl.Boolean).gather(asked.at)
    bad = bad.fill_null(False)
    return bad if bad.any() else None


def _day_of(period: str | None, today: date) -> date:
    """The day a place must stand on: the last of the period, but not beyond today."""
    if period is None:
        return today
    if len(period) >= 10:  # a day, or an hour of it
        return date.fromisoformat(period[:10])
    last = (periods.end(period) - timedelta(seconds=1)).date()
    return min(last, today) if periods.start(period).date() <= today else last


def _by_name(names: list[str], days: list[date], cells: Cells) -> list[str | None]:
    binding, gazetteer = cells.dataset.place, cells.known.gazetteer
    assert binding is not None and gazetteer is not None
    return gazetteer.resolve_many(names, days, cells.known.province or None, binding.levels)


def _by_code(codes: list[str], days: list[date], cells: Cells) -> list[str | None]:
    binding, gazetteer, province = cells.dataset.place, cells.known.gazetteer, cells.known.province
    assert binding is not None and gazetteer is not None
    territories: dict[date, frozenset[str]] = {}
    out: list[str | None] = []
    for code, day in zip(codes, days, strict=True):
        unit = gazetteer.find(code, day)
        good = unit is not None and unit.level in binding.levels
        if good and province:
            if day not in territories:
                territories[day] = gazetteer.territory(province, day)
            good = code in territories[day]
        out.append(code if good else None)
    return out
