"""Long tables of series → regular grids, many series in one array; what cannot be read is named.

`ds` is an integer, a period (2026-03, 2026-Q1, 2026) or a date or moment. The step of a series is the one
most of its points keep; points that lie between steps are moved to the nearest.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tinh.insight.anomalies.errors import Constant, Duplicated, NotNumeric, NoWhen, SeriesError, TooShort
from tinh.insight.anomalies.rolling import Flags, Floats
from tinh.insight.errors import InsightError
from tinh.insight.forecasting.errors import SeriesError as Unforeseen
from tinh.insight.forecasting.spellings import told
from tinh.insight.forecasting.steps import read as followed

LEAST = 8  # points below which nothing can be called unusual
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
_QUARTER = re.compile(r"(\d{4})-?Q([1-4])")
_YEAR = re.compile(r"\d{4}")
_HOUR = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{2})")
_ZONE = r"(Z|[+-]\d{2}:?\d{2})$"
_LARGEST = 1e150  # its square can still be told
_USUAL = r"^\d{4}-\d\d(-\d\d|$)|^[+-]?\d{1,5}$"  # moments that need no second look
_LONGEST = 3.0  # cells of a grid per point; sparser series are taken point after point


@dataclass(slots=True)
class Series:
    """One series on its grid: `cell[i]` is where point i of the table stands, `step` seconds or months or
    one."""

    id: str
    rows: NDArray[np.int64]  # row numbers in the table given
    cell: NDArray[np.int64]
    y: Floats
    clock: str  # number, seconds, months
    first: int  # of the grid, in units of the clock
    step: int
    regular: bool

    @property
    def length(self) -> int:
        return int(self.cell[-1]) + 1

    def at(self, cell: int) -> int:
        """A cell's moment in units of its clock."""
        return self.first + cell * self.step


@dataclass(slots=True)
class Batch:
    """Series of about one length: `y` (series, time) filled, `known` where a number stood."""

    members: list[Series]
    y: Floats
    known: Flags
    lead: NDArray[np.int64]  # cells before the series begins
    times: NDArray[np.int64] | None = None  # of a lone calendar
    seasons: tuple[int, ...] = ()


@dataclass(slots=True)
class Read:
    series: list[Series] = field(default_factory=list)
    refused: dict[str, InsightError] = field(default_factory=dict)


def read(table: pl.DataFrame) -> Read:
    """The series of a table `unique_id, ds, y`; a bad one goes into `refused` and stops no other."""
    out = Read()
    ids = table.get_column("unique_id").cast(pl.String).fill_null("")
    values, bad = _numbers(table.get_column("y"))
    at_all, clocks = _moments(ids, _respelt(ids, table.get_column("ds")))
    torn = _two_zones(ids, table.get_column("ds"))
    order = pl.DataFrame({"id": ids, "at": at_all}).with_row_index("row")
    order = order.with_columns(_head=pl.col("row").min().over("id")).sort(
        "_head", "at", "row", nulls_last=True
    )
    rows = order.get_column("row").to_numpy().astype(np.int64)
    at = order.get_column("at").fill_null(np.iinfo(np.int64).min).to_numpy()
    heads = order.get_column("_head").to_numpy()
    edges = np.flatnonzero(np.r_[True, heads[1:] != heads[:-1], True])
    for a, b in pairwise(edges.tolist()):
        mine, when = rows[a:b], at[a:b]
        id = ids[int(mine[0])]
        try:
            out.series.append(_series(id, mine, when, values[mine], bad, clocks[int(mine[0])], table, torn))
        except (SeriesError, Unforeseen) as error:
            out.refused[id] = error
    return out


def _series(
    id: str,
    rows: NDArray[np.int64],
    at: NDArray[np.int64],
    y: Floats,
    bad: Mapping[int, str],
    clock: str,
    table: pl.DataFrame,
    torn: Collection[str],
) -> Series:
    ds = table.get_column("ds")
    for row in rows.tolist() if bad else ():
        if row in bad:
            raise NotNumeric(series=id, value=bad[row], when=ds[row])
    if at[0] == np.iinfo(np.int64).min or np.any(at == np.iinfo(np.int64).min):
        row = int(rows[np.flatnonzero(at == np.iinfo(np.int64).min)[0]])
        raise NoWhen(series=id, value=ds[row])
    if id in torn:
        followed(id, ds[np.sort(rows).tolist()].str.strip_chars().to_list())  # refuses in its own words
    steps = np.diff(at)
    if np.any(steps == 0):
        raise Duplicated(series=id, when=ds[int(rows[int(np.flatnonzero(steps == 0)[0]) + 1])])
    count = int(np.isfinite(y).sum())
    if count < LEAST:
        raise TooShort(series=id, count=count, least=LEAST)
    if np.all(y[np.isfinite(y)] == y[np.isfinite(y)][0]):
        raise Constant(series=id, value=float(y[np.isfinite(y)][0]))
    found, counts = np.unique(steps, return_counts=True)
    step = int(found[np.argmax(counts)])
    cell = np.rint((at - at[0]) / step).astype(np.int64)
    sparse = cell[-1] + 1 > _LONGEST * len(at) + 10 or len(np.unique(cell)) < len(cell)
    regular = not sparse and bool(counts.max() >= 0.9 * len(steps))
    if sparse:
        cell = np.arange(len(at), dtype=np.int64)
    return Series(id, rows, cell, y, clock, int(at[0]), step, regular)


def _two_zones(ids: pl.Series, ds: pl.Series) -> set[str]:
    """Series whose moments change their time zone, as where clocks go forward: forecasts say whether an even
    step leads from one of them to the next, so that both read a file alike."""
    if ds.dtype != pl.String:
        return set()
    zones = ds.str.strip_chars().str.slice(10).str.extract(_ZONE).fill_null("")
    rows = pl.DataFrame({"id": ids, "zone": zones})
    return set(rows.filter(pl.col("zone") != pl.col("zone").first().over("id"))["id"])


def _numbers(column: pl.Series) -> tuple[Floats, dict[int, str]]:
    """Values, with the rows whose text is no number."""
    if column.dtype.is_numeric():
        out = column.cast(pl.Float64).fill_null(float("nan")).to_numpy().copy()
        return out, {int(i): f"{out[i]}" for i in np.flatnonzero(np.abs(out) > _LARGEST)}
    text = column.cast(pl.String).str.strip_chars()
    blank = text.is_null() | text.str.to_lowercase().is_in(["", "na", "nan", "null", "n/a"])
    value = text.cast(pl.Float64, strict=False)
    wrong = ((value.is_null() & ~blank) | (value.abs() > _LARGEST).fill_null(False)).to_numpy()
    out = value.fill_null(float("nan")).to_numpy().copy()
    return out, {int(i): text[int(i)] for i in np.flatnonzero(wrong)}


def _respelt(ids: pl.Series, column: pl.Series) -> pl.Series:
    """Moments of series that write them as spreadsheets do, in the spellings that are read here."""
    if column.dtype != pl.String:
        return column
    rows = pl.DataFrame({"id": ids, "ds": column.str.strip_chars()}).with_row_index("row")
    odd = rows.filter(~pl.col("ds").str.contains(_USUAL).fill_null(value=True))["id"].unique()
    texts = rows["ds"].to_list()
    mine = rows.filter(pl.col("id").is_in(odd.implode()) & pl.col("ds").is_not_null())
    for part in mine.partition_by("id"):
        found = told(part["ds"].to_list())
        for row, text in zip(part["row"], found[0] if found else (), strict=False):
            texts[row] = text
    return pl.Series(column.name, texts, dtype=pl.String)


def _moments(ids: pl.Series, column: pl.Series) -> tuple[pl.Series, Sequence[str]]:
    """Each `ds` on the clock of its series, and that clock: series that count and series of dates may stand
    in one table; what most cells of a series are decides."""
    if column.dtype != pl.String:
        at, clock = moments(column)
        return at, [clock] * len(at)
    rows = pl.DataFrame({"id": ids, "ds": column.str.strip_chars()})
    whole = pl.col("ds").str.contains(r"^-?\d+$").fill_null(value=False)
    counted = rows.select((whole.mean() > 0.5).over("id")).to_series()
    if counted.all() or not counted.any():
        at, clock = moments(column)
        return at, [clock] * len(at)
    numbers, clock = moments(rows["ds"].set(~counted, None))
    dates, other = moments(rows["ds"].set(counted, None))
    return numbers.zip_with(counted, dates), [clock if one else other for one in counted]


def moments(column: pl.Series) -> tuple[pl.Series, str]:
    """Each `ds` as a whole number of its clock: number, seconds since 1970 or months since year 0."""
    if column.dtype.is_integer():
        return column.cast(pl.Int64), "number"
    if column.dtype.is_temporal():
        return column.cast(pl.Datetime("us")).dt.epoch("s"), "seconds"
    if column.dtype.is_float():
        return column.cast(pl.Int64), "number"
    text = column.cast(pl.String).str.strip_chars()
    distinct = text.unique().drop_nulls()
    whole = [t for t in distinct if re.fullmatch(r"-?\d+", t)]
    if 2 * len(whole) > distinct.len():
        years = all(len(t) == 4 and "1800" <= t <= "2200" for t in whole)
        number = text.cast(pl.Int64, strict=False)
        return (number * 12, "months") if years else (number, "number")
    parsed = {t: _moment(t) for t in distinct}
    clocks = {found[1] for found in parsed.values() if found}
    clock = "seconds" if "seconds" in clocks or not clocks else "months"
    table = {t: _in(found, clock) for t, found in parsed.items() if found}
    known = pl.DataFrame(
        {"t": list(table), "at": list(table.values())}, schema={"t": pl.String, "at": pl.Int64}
    )
    joined = pl.DataFrame({"t": text}).join(known, on="t", how="left", maintain_order="left")
    return joined.get_column("at"), clock


def _moment(text: str) -> tuple[int, str] | None:
    if found := _QUARTER.fullmatch(text):
        return int(found[1]) * 12 + 3 * int(found[2]) - 3, "months"
    if (found := _MONTH.fullmatch(text)) and 1 <= int(found[2]) <= 12:
        return int(found[1]) * 12 + int(found[2]) - 1, "months"
    if _YEAR.fullmatch(text):
        return int(text) * 12, "months"
    if found := _HOUR.fullmatch(text):
        text = f"{found[1]}T{found[2]}:00"
    try:
        moment = datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:
        return None
    if moment.tzinfo is not None:  # the offset written is the wall clock people live by
        moment = moment.replace(tzinfo=None)
    return int(moment.replace(tzinfo=UTC).timestamp()), "seconds"


def on_clock(at: int | None, clock: str, wanted: str) -> int | None:
    """A moment of one clock on another; None when it cannot be told."""
    if at is None or clock == wanted:
        return at
    if "number" in (clock, wanted):
        return None
    if wanted == "seconds":
        return _in((at, clock), wanted)
    moment = datetime.fromtimestamp(at, UTC)
    return moment.year * 12 + moment.month - 1


def _in(found: tuple[int, str], clock: str) -> int:
    value, own = found
    if own == clock or clock == "number":
        return value
    return int(datetime(value // 12, value % 12 + 1, 1, tzinfo=UTC).timestamp())


def monthly(series: Series) -> Series:
    """A series of first days of months, quarters or years, on the clock of months."""
    if series.clock != "seconds" or not 27 * 86400 <= series.step <= 367 * 86400:
        return series
    moments = [datetime.fromtimestamp(s, UTC) for s in _points(series)]
    if any((m.hour, m.minute) != (0, 0) for m in moments):
        return series
    firsts = all(m.day == 1 for m in moments)
    lasts = all(datetime.fromtimestamp(m.timestamp() + 86400, UTC).day == 1 for m in moments)
    if not (firsts or lasts):
        return series
    months = np.array([m.year * 12 + m.month - 1 for m in moments])
    steps = np.diff(months)
    found, counts = np.unique(steps, return_counts=True)
    step = int(found[np.argmax(counts)])
    if step not in (1, 3, 12):
        return series
    cell = np.rint((months - months[0]) / step).astype(np.int64)
    if len(np.unique(cell)) < len(cell) or cell[-1] + 1 > _LONGEST * len(cell) + 10:
        return series
    regular = bool(counts.max() >= 0.9 * len(steps))
    return Series(series.id, series.rows, cell, series.y, "months", int(months[0]), step, regular)


def _points(series: Series) -> Sequence[int]:
    return [series.first + int(c) * series.step for c in series.cell]


def batches(series: Sequence[Series]) -> list[Batch]:
    """Series of like lengths side by side, ends aligned; what lacks is filled by a line."""
    groups: dict[tuple[int, str, int], list[Series]] = {}
    for one in series:
        groups.setdefault((_bucket(one.length), one.clock, one.step), []).append(one)
    out = []
    for (width, _, _), members in groups.items():
        step = max(1, 4_000_000 // width)
        for at in range(0, len(members), step):
            out.append(_batch(members[at : at + step], width))
    return out


def _bucket(length: int) -> int:
    """Lengths that share an array: 3 % apart."""
    grain = max(1, length // 32)
    return -(-length // grain) * grain


def _batch(members: list[Series], width: int) -> Batch:
    width = max(m.length for m in members)
    y = np.full((len(members), width), np.nan)
    lead = np.zeros(len(members), dtype=np.int64)
    for i, one in enumerate(members):
        lead[i] = width - one.length
        y[i, lead[i] + one.cell] = one.y
    known = np.isfinite(y)
    for i in np.flatnonzero(~known.all(axis=1)).tolist():
        there = np.flatnonzero(known[i])
        y[i] = np.interp(np.arange(width), there, y[i, there])
        if lead[i]:  # mirrored, so that the running medians see something likely
            back = y[i, lead[i] : lead[i] * 2][::-1]
            y[i, lead[i] - len(back) : lead[i]] = back
    return Batch(members, y, known, lead)
