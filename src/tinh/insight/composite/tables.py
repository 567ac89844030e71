"""What is known of the units, a row each, before anything is computed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl

from tinh.insight.composite.errors import BadTable, NoSuchColumn, NotANumber, NoUnits, RepeatedUnit
from tinh.insight.composite.moments import Array
from tinh.insight.sheetfile import Unreadable, sheet
from tinh.packs.api import Index

MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "-", "..", "…"})


@dataclass(frozen=True, slots=True)
class Table:
    """Cells as text by column, in the order of `units`; `first` is the row number of the first unit."""

    units: tuple[str, ...]
    names: tuple[str, ...]
    cells: Mapping[str, tuple[str | None, ...]]
    first: int = 2

    def texts(self, column: str, element: str) -> tuple[str | None, ...]:
        """Trimmed cells, None where missing; NoSuchColumn."""
        if column not in self.cells:
            raise NoSuchColumn(column=column, element=element, known=", ".join(self.cells))
        return tuple(
            None if c is None or c.strip().lower() in MISSING else c.strip() for c in self.cells[column]
        )

    def numbers(self, column: str, element: str) -> Array:
        """(units,) with NaN where missing; NotANumber with its row."""
        out = np.full(len(self.units), np.nan)
        for row, text in enumerate(self.texts(column, element)):
            if text is None:
                continue
            try:
                out[row] = float(text)
            except ValueError:
                raise NotANumber(row=row + self.first, column=column, text=text) from None
            if not math.isfinite(out[row]):
                raise NotANumber(row=row + self.first, column=column, text=text)
        return out

    def with_cell(self, column: str, unit: int, text: str | None) -> Table:
        """The same table with one cell changed; a column that was not there is added."""
        old = self.cells.get(column, (None,) * len(self.units))
        return replace(self, cells={**self.cells, column: (*old[:unit], text, *old[unit + 1 :])})

    def rows(self, keep: Sequence[int]) -> Table:
        return replace(
            self, units=tuple(self.units[i] for i in keep), names=tuple(self.names[i] for i in keep),
            cells={c: tuple(v[i] for i in keep) for c, v in self.cells.items()},
        )  # fmt: skip


def table(rows: pl.DataFrame, index: Index, first: int = 2) -> Table:
    """A wide frame (a row a unit, a column a component) as a Table; RepeatedUnit, NoUnits, NoSuchColumn."""
    if rows.height == 0 or rows.width == 0:
        raise NoUnits()
    unit = index.columns.unit or rows.columns[0]
    if unit not in rows.columns:
        raise NoSuchColumn(column=unit, element="columns.unit", known=", ".join(rows.columns))
    text = rows.select(pl.all().cast(pl.String))
    units = [u or "" for u in text[unit].to_list()]
    seen: dict[str, int] = {}
    for row, one in enumerate(units):
        if one in seen:
            raise RepeatedUnit(unit=one, first=seen[one] + first, row=row + first)
        seen[one] = row
    name = index.columns.name
    names = [n or u for n, u in zip(_column(text, name, units), units, strict=True)]
    cells = {c: tuple(text[c].to_list()) for c in text.columns}
    return Table(tuple(units), tuple(names), cells, first)


def read(path: Path, index: Index) -> Table:
    """A CSV file (comma, semicolon or tab) as a Table; BadTable, and what `table` raises."""
    return table(sheet_of(path), index)


def sheet_of(path: Path) -> pl.DataFrame:
    """A CSV file as columns of text; BadTable."""
    try:
        return sheet(path)
    except Unreadable as error:
        raise BadTable(file=path.name, reason_vi=error.says.vi, reason_en=error.says.en) from None


def _column(text: pl.DataFrame, name: str, otherwise: Iterable[str]) -> Iterable[str | None]:
    if not name:
        return otherwise
    if name not in text.columns:
        raise NoSuchColumn(column=name, element="columns.name", known=", ".join(text.columns))
    return text[name].to_list()
