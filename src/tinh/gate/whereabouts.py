"""Which place and which period each row speaks of, and whether either can be right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import polars as pl

from tinh.gate import moments
from tinh.gate.cells import Cells
from tinh.gate.rules import Mask
from tinh.gate.threads import codes_of, distinct_pairs, named
from tinh.kit import periods

_MANY = 20_000  # rows from which texts that repeat are numbered
_LOOK = 4096  # first rows that tell whether they do
_FEW = 4  # rows to a text from which they do
CLOCK_SKEW = timedelta(minutes=10)  # a sensor's clock may run ahead of ours


@dataclass(frozen=True)
class Whereabouts:
    """`places` and `periods` are texts, or Enum where few stand in many rows; so is `said`, the column that
    speaks of the place."""

    places: pl.Series
    periods: pl.Series
    bad_place: Mask
    bad_period: Mask
    bad_name: Mask = None
    said: pl.Series | None = None

    @cached_property
    def place(self) -> pl.Series:
        return self.places.cast(pl.String)

    @cached_property
    def period(self) -> pl.Series:
        return self.periods.cast(pl.String)


def find(cells: Cells) -> Whereabouts:
    """Resolve periods first: a place is asked for on the day its row speaks of."""
    period, bad_period = _periods(cells)
    said = _said(cells)
    place, bad_place = _places(cells, said, period)
    bad_name = _misnamed(cells, place, period)
    return Whereabouts(place.alias("_place"), period.alias("_period"), bad_place, bad_period, bad_name, said)


def _said(cells: Cells) -> pl.Series | None:
    """The column of the place as text, as Enum where few texts stand in many rows."""
    binding = cells.dataset.place
    if binding is None or binding.column in cells.missing:
        return None
    text = cells.typed[binding.column].cast(pl.String)
    few = cells.height >= _MANY and text.head(_LOOK).n_unique() * _FEW < _LOOK
    return named(text) if few else text


def days_of(cells: Cells) -> list[date]:
    """The day on which each row's place must stand."""
    today = local_now(cells).date()
    period, _ = _periods(cells)
    return [day_of(p, today) for p in period.to_list()]


def local_now(cells: Cells) -> datetime:
    return cells.known.now.astimezone(ZoneInfo(cells.known.timezone)).replace(tzinfo=None)


def _periods(cells: Cells) -> tuple[pl.Series, Mask]:
    binding = cells.dataset.period
    if binding is None or binding.column in cells.missing:
        return cells.nothing(pl.String()), None
    typed = cells.typed[binding.column]
    period = moments.of_column(typed, binding.every, cells.known.timezone)
    bad = (
        cells.false() if period.null_count() == typed.null_count() else typed.is_not_null() & period.is_null()
    )
    latest = local_now(cells) + CLOCK_SKEW
    if isinstance(typed.dtype, pl.Datetime):
        limit, last = cells.known.now + CLOCK_SKEW, typed.max()
        if isinstance(last, datetime) and last > limit:
            bad = bad | (typed > limit).fill_null(False)
    else:
        bad = bad | (period.cast(pl.String) > periods.of(latest, binding.every)).fill_null(False)
    return period, bad if bad.any() else None


def _places(cells: Cells, text: pl.Series | None, period: pl.Series) -> tuple[pl.Series, Mask]:
    binding = cells.dataset.place
    if binding is None:
        return cells.nothing(pl.String()), None
    if text is None:
        return cells.nothing(pl.String()), cells.true()
    if cells.known.gazetteer is None:
        return text, None
    code = _of_few(cells, text, period)
    if code is None:
        asked = _asked(cells, text, period)
        if asked is None:
            return cells.nothing(pl.String()), None
        found = pl.Series(_answers(asked.texts, asked.days, cells), dtype=pl.String)
        code = (named(found) if len(found) * _FEW < cells.height else found).gather(asked.at)
    if code.null_count() == text.null_count():  # a row without a text asks nothing and gets no answer
        return code, None
    return code, text.is_not_null() & code.is_null()


def _answers(texts: list[str], days: list[date], cells: Cells) -> list[str | None]:
    binding = cells.dataset.place
    assert binding is not None
    return (_by_name if binding.by == "name" else _by_code)(texts, days, cells)


def _of_few(cells: Cells, text: pl.Series, period: pl.Series) -> pl.Series | None:
    """The places of few texts that mean the same on every day spoken of, told by the text of each row alone.
    None where days must be looked at row by row."""
    if not isinstance(text.dtype, pl.Enum) or (period.null_count() and period.null_count() < len(period)):
        return None
    texts, names = codes_of(text)
    today = local_now(cells).date()
    days = list(dict.fromkeys(day_of(p, today) for p in codes_of(period)[1].to_list())) or [today]
    if not 0 < len(names) * len(days) * _FEW < cells.height:
        return None
    found = _answers(names.to_list() * len(days), [day for day in days for _ in range(len(names))], cells)
    first = found[: len(names)]
    if any(found[at : at + len(names)] != first for at in range(len(names), len(found), len(names))):
        return None
    return named(pl.Series(first, dtype=pl.String)).gather(texts)


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
    days = pl.Series([today, *(day_of(p, today) for p in periods_seen.to_list())])
    order = days.unique()
    day = days.replace_strict(order, pl.arange(0, len(order), eager=True), return_dtype=pl.UInt32)
    if not len(names):
        return None
    # Number 0 is a row without a text, which asks nothing.
    said, when, at = distinct_pairs(
        (texts + 1).fill_null(0), len(names) + 1, day.gather((spans + 1).fill_null(0)), len(order)
    )
    silent = int((said == 0).sum())  # pairs are in order: these come first
    if silent:
        at = pl.select(pl.when(at >= silent).then(at - silent)).to_series()
    asked = pl.DataFrame([said.alias("text"), when.alias("day")]).slice(silent)
    return _Asked(names.gather(asked["text"] - 1).to_list(), order.gather(asked["day"]).to_list(), at)


def _misnamed(cells: Cells, place: pl.Series, period: pl.Series) -> Mask:
    """Rows whose name, wherever it stands, cannot denote the unit of their code on their day."""
    binding, gazetteer = cells.dataset.place, cells.known.gazetteer
    if binding is None or not binding.name_column or gazetteer is None or not cells.has(binding.name_column):
        return None
    name = cells.typed[binding.name_column].cast(pl.String)
    joined = pl.select(
        pl.concat_str([place.cast(pl.String), name], separator="\x1f")
    ).to_series()  # null where either is
    asked = _asked(cells, joined, period)
    if asked is None:
        return None
    pairs = [text.split("\x1f", 1) for text in asked.texts]
    able = gazetteer.denotes_many([n for _, n in pairs], [c for c, _ in pairs], asked.days)
    bad = ~pl.Series(able, dtype=pl.Boolean).gather(asked.at)
    bad = bad.fill_null(False)
    return bad if bad.any() else None


def day_of(period: str | None, today: date) -> date:
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
