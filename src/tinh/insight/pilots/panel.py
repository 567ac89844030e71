"""A long table and a pilot's declaration → a panel: units × periods, with who starts when.

Nothing is filled in. What is missing stays missing (NaN); what is left out is said in `notes`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tinh.insight.forecasting.spellings import ordered
from tinh.insight.pilots.errors import (
    BadTable,
    ComesAndGoes,
    NoBefore,
    NobodyToCompare,
    NobodyTreated,
    NotANumber,
    Twice,
    UnknownUnit,
)
from tinh.insight.sheetfile import Unreadable, sheet
from tinh.kit.errors import Text
from tinh.packs.api import Pilot

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
_LARGEST, _SMALLEST = 1e100, 1e-100  # squares of what lies beyond are no numbers
NEVER = 1 << 30


@dataclass(frozen=True)
class Panel:
    """`y` (units × periods) is NaN where nothing is known; `start` is the index of a unit's first treated
    period, NEVER when there is none; `clock` places the periods on a number line for event time."""

    units: tuple[str, ...]
    times: tuple[str, ...]
    clock: Ints
    y: Floats
    start: Ints
    cluster: Ints
    x: dict[str, Floats] = field(default_factory=dict)
    notes: tuple[Text, ...] = ()

    @property
    def treated(self) -> Flags:
        return self.start < NEVER

    @property
    def on(self) -> Floats:
        """Units × periods: 1 while the pilot runs."""
        return (np.arange(len(self.times))[None, :] >= self.start[:, None]).astype(float)

    @property
    def cohorts(self) -> list[int]:
        """Indices of periods in which some unit starts."""
        return sorted({int(s) for s in self.start[self.treated]})

    @property
    def treated_clusters(self) -> int:
        return len(np.unique(self.cluster[self.treated]))

    @property
    def clusters(self) -> int:
        return len(np.unique(self.cluster))

    def keep(self, units: Flags, notes: Sequence[Text] = ()) -> Panel:
        """The same without some units."""
        return replace(
            self, units=tuple(u for u, k in zip(self.units, units, strict=True) if k), y=self.y[units],
            start=self.start[units], cluster=_codes(self.cluster[units]),
            x={name: value[units] for name, value in self.x.items()}, notes=(*self.notes, *notes),
        )  # fmt: skip

    def span(self, periods: Flags) -> Panel:
        """The same on some periods; who starts in none of them never does."""
        where = np.flatnonzero(periods)
        start = np.searchsorted(where, self.start)
        planned = self.start >= len(self.times)  # not begun when the table ends, or never
        start = np.where((start < len(where)) | (planned & (self.start < NEVER)), start, NEVER)
        return replace(
            self, times=tuple(self.times[i] for i in where), clock=self.clock[where], y=self.y[:, where],
            start=start.astype(np.int64), x={name: value[:, where] for name, value in self.x.items()},
        )  # fmt: skip


def read_table(source: Path) -> pl.DataFrame:
    """A CSV file as text columns; BadTable when it cannot be read."""
    try:
        return sheet(Path(source))
    except Unreadable as error:
        raise BadTable(reason_vi=error.says.vi, reason_en=error.says.en) from None


def panel_of(pilot: Pilot, table: pl.DataFrame, extra: Sequence[str] = (), planned: bool = False) -> Panel:
    """The panel a declaration makes of a table (`extra`: further columns of numbers, for predictors;
    `planned`: a start after the last period counts, as the pilot has not begun).

    Raises the errors of `tinh.insight.pilots.errors`: columns, numbers, repeated rows, unknown units.
    """
    columns = pilot.data
    wanted = list(dict.fromkeys((*pilot.covariates, *extra)))
    named = [columns.unit, columns.time, columns.outcome, *wanted]
    named += [c for c in (columns.start, columns.status, columns.cluster) if c]
    for name in named:
        if name not in table.columns:
            there = ", ".join(table.columns)
            raise BadTable(
                reason_vi=f"không có cột “{name}”; các cột hiện có: {there}",
                reason_en=f"there is no column “{name}”; the columns are {there}",
            )
    table = table.with_columns(pl.col(columns.unit, columns.time).cast(pl.String).str.strip_chars())
    given = len(table)
    table = table.filter(pl.col(columns.unit).fill_null("") != "", pl.col(columns.time).fill_null("") != "")
    if table.is_empty():
        raise BadTable(reason_vi="không có dòng nào", reason_en="it has no rows")
    table = _sorting(table, columns.time)
    times, clock = _times(table[columns.time].unique().to_list(), columns.time)
    units = sorted(table[columns.unit].unique().to_list())
    at = {u: i for i, u in enumerate(units)}
    when = {t: i for i, t in enumerate(times)}
    rows = np.array([at[u] for u in table[columns.unit].to_list()], dtype=np.int64)
    cols = np.array([when[t] for t in table[columns.time].to_list()], dtype=np.int64)
    _once(rows, cols, units, times)
    labels = (table[columns.unit].to_list(), table[columns.time].to_list())

    def grid(name: str) -> Floats:
        out = np.full((len(units), len(times)), np.nan)
        out[rows, cols] = _numbers(table[name], name, *labels)
        return out

    y = grid(columns.outcome)
    start = _starts(pilot, table, units, times, clock, rows, cols)
    if not planned:
        start = np.where(start < len(times), start, NEVER).astype(np.int64)
    cluster = _clusters(table, columns.cluster, units, rows) if columns.cluster else np.arange(len(units))
    panel = Panel(tuple(units), tuple(times), clock, y, start, _codes(cluster), {n: grid(n) for n in wanted})
    if lost := given - len(table):
        panel = replace(panel, notes=(Text(
            f"{lost} dòng không có đơn vị hoặc kỳ, đã bỏ.",
            f"{lost} rows without a unit or a period are left out."),))  # fmt: skip
    return settle(pilot, panel)


def settle(pilot: Pilot, panel: Panel) -> Panel:
    """Span, candidates and what is left out applied; a panel that can be compared, or an error."""
    named = (*pilot.candidates, *pilot.leave_out, *pilot.units)
    unknown = [name for name in dict.fromkeys(named) if name not in panel.units]
    if unknown and not pilot.indicator:
        raise UnknownUnit(unit=unknown[0])
    first = _index(pilot.begins, panel, 0)
    last = _index(pilot.ends, panel, len(panel.times), after=True)
    if first >= last:
        raise BadTable(
            reason_vi=f"không có kỳ nào từ {pilot.begins} đến {pilot.ends}",
            reason_en=f"it has no period from {pilot.begins} to {pilot.ends}",
        )
    panel = panel.span((np.arange(len(panel.times)) >= first) & (np.arange(len(panel.times)) < last))
    notes: list[Text] = []
    if unknown:  # places that are declared, and of which no value has come
        notes.append(_listed("chưa có số liệu, đã bỏ", "has no data yet and is left out", unknown))
    names = np.array(panel.units)
    keep = ~np.isin(names, [str(u) for u in pilot.leave_out])
    if pilot.candidates:
        keep &= panel.treated | np.isin(names, [str(u) for u in pilot.candidates])
    empty = keep & np.isnan(panel.y).all(axis=1)
    if empty.any():
        notes.append(
            _listed("không có số liệu nào, đã bỏ", "has no data at all and is left out", names[empty])
        )
        keep &= ~empty
    early = keep & (panel.start <= 0)
    if early.any():
        notes.append(
            _listed("thí điểm đã chạy từ kỳ đầu, không có kỳ trước để so, đã bỏ",
                    "is treated from the first period, with nothing before, and is left out", names[early])
        )  # fmt: skip
        if not (keep & panel.treated & ~early).any():
            raise NoBefore(start=panel.times[0])
        keep &= ~early
    known, on = ~np.isnan(panel.y), panel.on > 0
    for unknown_, vi, en in (
        (~(known & on).any(axis=1), "không có số liệu nào từ khi thí điểm bắt đầu, đã bỏ",
         "has no outcome since its pilot began and is left out"),
        (~(known & ~on).any(axis=1), "không có số liệu nào trước khi thí điểm bắt đầu, đã bỏ",
         "has no outcome before its pilot began and is left out"),
    ):  # fmt: skip
        blind = keep & (panel.start < len(panel.times)) & unknown_
        if blind.any():
            notes.append(_listed(vi, en, names[blind]))
            keep &= ~blind
    panel = panel.keep(keep)
    if not panel.treated.any():
        raise NobodyTreated(first=panel.times[0], last=panel.times[-1])
    if panel.treated.all() and len(panel.cohorts) < 2:
        raise NobodyToCompare()
    if np.nanmax(panel.y) - np.nanmin(panel.y) < _SMALLEST:
        raise BadTable(
            reason_vi=f"kết quả lúc nào và ở đâu cũng bằng {np.nanmax(panel.y):g}",
            reason_en=f"the outcome is {np.nanmax(panel.y):g} everywhere and always",
        )
    holes = int(np.isnan(panel.y).sum())
    if holes:
        notes.append(
            Text(f"Thiếu {holes}/{panel.y.size} ô (đơn vị × kỳ); không điền thay số nào.",
                 f"{holes} of {panel.y.size} cells (unit × period) are missing; none is filled in.")
        )  # fmt: skip
    return replace(panel, notes=(*panel.notes, *notes))


def _index(moment: int | str | None, panel: Panel, default: int, after: bool = False) -> int:
    return default if moment is None else place(moment, panel.times, panel.clock, after)


def place(moment: int | str, times: Sequence[str], clock: Ints, after: bool = False) -> int:
    """The index of the first period at or after `moment` (`after`: the first one past it)."""
    side: Literal["left", "right"] = "right" if after else "left"
    if all(t.lstrip("-").isdecimal() for t in times):
        try:
            value = float(moment)
        except ValueError:
            raise BadTable(
                reason_vi=f"kỳ “{moment}” không phải là số như cột kỳ của bảng",
                reason_en=f"the period “{moment}” is no number, as the table's periods are",
            ) from None
        return int(np.searchsorted(clock.astype(float), value, side=side))
    said = str(moment).strip()
    said = (ordered([said]) or {}).get(said, said)
    if ("Q" in said) != ("Q" in times[0]) and not (said.isdigit() and len(said) == 4):
        raise BadTable(
            reason_vi=f"kỳ “{moment}” không viết như cột kỳ của bảng (“{times[0]}”)",
            reason_en=f"the period “{moment}” is not written as the table's periods are (“{times[0]}”)",
        )
    return int(np.searchsorted(np.array(times), said, side=side))


def _sorting(table: pl.DataFrame, column: str) -> pl.DataFrame:
    """The table with periods in a spelling that sorts: `03/2026` and `202603` as `2026-03`."""
    found = table[column].unique().to_list()
    said = ordered(found)
    if said is None:
        raise BadTable(
            reason_vi=f"cột kỳ “{column}” viết tháng trước ngày (“{found[0]}”); viết 2026-03-31",
            reason_en=f"the period column “{column}” has months before days (“{found[0]}”); write 2026-03-31",
        )
    return table.with_columns(pl.col(column).replace(said))


def _times(found: list[str], column: str) -> tuple[list[str], Ints]:
    plain = {t: t[:-2] if t.endswith(".0") else t for t in found}
    if all(t.lstrip("-").isdecimal() for t in plain.values()):
        order = sorted(found, key=lambda t: int(plain[t]))
        return order, np.array([int(plain[t]) for t in order], dtype=np.int64)
    if len({len(t) for t in found}) > 1:
        raise BadTable(
            reason_vi=f"cột kỳ “{column}” lẫn nhiều cách viết ({', '.join(sorted(found)[:3])}…)",
            reason_en=f"the period column “{column}” mixes spellings ({', '.join(sorted(found)[:3])}…)",
        )
    return sorted(found), np.arange(len(found), dtype=np.int64)


def _once(rows: Ints, cols: Ints, units: list[str], times: list[str]) -> None:
    flat = rows * len(times) + cols
    values, counts = np.unique(flat, return_counts=True)
    if (counts > 1).any():
        worst = int(values[counts.argmax()])
        raise Twice(unit=units[worst // len(times)], time=times[worst % len(times)], rows=int(counts.max()))


def _numbers(column: pl.Series, name: str, units: list[str], times: list[str]) -> Floats:
    if column.dtype.is_numeric():
        return column.cast(pl.Float64).fill_null(float("nan")).to_numpy().astype(float)
    text = column.cast(pl.String).str.strip_chars()
    text = text.replace(dict.fromkeys(("", "NA", "NaN", "nan", "NULL", "null", ".")))
    parsed = text.cast(pl.Float64, strict=False)
    wild = (parsed.abs() > _LARGEST).fill_null(value=False)
    bad = (text.is_not_null() & (parsed.is_null() | wild)).arg_true()
    if len(bad):
        i = int(bad[0])
        raise NotANumber(column=name, cell=text[i], unit=units[i], time=times[i])
    return parsed.fill_null(float("nan")).to_numpy().astype(float)


def _starts(
    pilot: Pilot, table: pl.DataFrame, units: list[str], times: list[str], clock: Ints, rows: Ints, cols: Ints
) -> Ints:
    start = np.full(len(units), NEVER, dtype=np.int64)
    if pilot.data.status:
        status = _numbers(table[pilot.data.status], pilot.data.status, *_labels(pilot, table))
        return _since(status, pilot.data.status, units, times, rows, cols)
    if pilot.data.start:
        said: dict[int, str] = {}
        for row, cell in zip(rows, table[pilot.data.start].cast(pl.String).to_list(), strict=True):
            word = (cell or "").strip()
            word = word[:-2] if word.endswith(".0") else word
            word = "" if word in ("0", "NA", "NaN", "nan", "inf", "Inf", "never", ".") else word
            if said.setdefault(int(row), word) != word:
                raise ComesAndGoes(column=pilot.data.start, unit=units[int(row)])
        for i, word in said.items():
            start[i] = place(word, times, clock) if word else NEVER
        return start
    at = {u: i for i, u in enumerate(units)}
    for entry in pilot.treated:
        begin = place(entry.start, times, clock)
        for unit in entry.units:
            if unit in at:
                start[at[unit]] = begin
            elif not pilot.indicator:
                raise UnknownUnit(unit=unit)
    return start


def _since(status: Floats, column: str, units: list[str], times: list[str], rows: Ints, cols: Ints) -> Ints:
    """By unit, the first period whose status is 1. An empty cell is settled by those around it or refused."""
    odd = np.isfinite(status) & (status != 0) & (status != 1)
    if odd.any():
        i = int(odd.argmax())
        raise BadTable(
            reason_vi=f"cột “{column}” chỉ nhận 0 và 1, đơn vị {units[rows[i]]} có {status[i]:g}",
            reason_en=f"column “{column}” takes 0 and 1 only, unit {units[rows[i]]} has {status[i]:g}",
        )
    on, off, empty = status == 1, status == 0, np.isnan(status)
    first = np.full(len(units), NEVER, dtype=np.int64)
    last = np.full(len(units), -1, dtype=np.int64)
    np.minimum.at(first, rows[on], cols[on])
    np.maximum.at(last, rows[off], cols[off])
    back = off & (cols > first[rows])
    if back.any():
        raise ComesAndGoes(column=column, unit=units[int(rows[back][0])])
    open_ = empty & (cols > last[rows]) & (cols < first[rows])
    if open_.any():
        i = int(open_.argmax())
        raise BadTable(
            reason_vi=f"cột “{column}” để trống ở đơn vị {units[rows[i]]}, kỳ {times[cols[i]]}, nên không rõ"
            " thí điểm ở đó đã bắt đầu chưa; điền 0 hoặc 1",
            reason_en=f"column “{column}” is empty for unit {units[rows[i]]}, period {times[cols[i]]}, so"
            " it stays open whether the pilot had begun there; write 0 or 1",
        )
    return first


def _labels(pilot: Pilot, table: pl.DataFrame) -> tuple[list[str], list[str]]:
    return table[pilot.data.unit].to_list(), table[pilot.data.time].to_list()


def _clusters(table: pl.DataFrame, column: str, units: list[str], rows: Ints) -> Ints:
    names: dict[int, str] = {}
    for row, cell in zip(rows, table[column].cast(pl.String).to_list(), strict=True):
        if cell is not None and names.setdefault(int(row), cell) != cell:
            raise ComesAndGoes(column=column, unit=units[int(row)])
    order = {name: i for i, name in enumerate(sorted(set(names.values())))}
    return np.array([order.get(names.get(i, ""), len(order)) for i in range(len(units))], dtype=np.int64)


def _codes(cluster: Ints) -> Ints:
    return np.unique(cluster, return_inverse=True)[1].astype(np.int64)


def _listed(vi: str, en: str, names: Any) -> Text:
    shown = ", ".join(str(n) for n in names[:5]) + ("…" if len(names) > 5 else "")
    return Text(f"{shown}: {vi} ({len(names)}).", f"{shown}: {en} ({len(names)}).")
