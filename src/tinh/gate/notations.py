"""Numbers written in another way than the contract declares, where that is what a delivery fails by."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from tinh.gate.errors import GateError, OtherNotation, TooManyFail
from tinh.packs.api import Column, Dataset
from tinh.sources.api import Table

_LOOK = 2_000
_SPACED = r"^[-+−]?\d{1,3}(?:[ \x{a0}\x{202f}]\d{3})+(?:[.,]\d+)?$"
_BRACKETED = r"^\(\s*\d[\d., ]*\)$"


@dataclass(frozen=True, slots=True)
class Notation:
    """A column most of whose unread cells are written one other way, and one of them."""

    column: Column
    seen: str


def told(refused: GateError, table: Table, dataset: Dataset, right: int, height: int) -> GateError:
    """The refusal with its own cure where it comes of how numbers are written."""
    found = other(table, dataset) if type(refused) is TooManyFail else None
    if found is None:
        return refused
    decimal = next((s.decimal for s in found.column.cleaning if s.do == "number"), ".")
    group = next((s.group for s in found.column.cleaning if s.do == "number"), "")
    whole = f"1{group}234"
    return OtherNotation(
        right=right,
        received=height,
        percent=f"{dataset.refuse_below * 100:g}",
        column=found.column.label.vi or found.column.headers[-1],
        seen=found.seen[:40],
        wanted=whole if found.column.logical == "integer" else f"{whole}{decimal}5",
    )


def other(table: Table, dataset: Dataset) -> Notation | None:
    """The first column whose figures fail by how they are written: cells no type takes, as sent."""
    for column in dataset.columns:
        if column.logical not in ("number", "integer") or column.name not in table.frame.columns:
            continue
        cells = table.frame[column.name]
        if cells.dtype != pl.String:
            continue
        raw = (table.frame if table.raw is None else table.raw)[column.name].cast(pl.String)
        told = cells.is_not_null() & (cells.str.strip_chars() != "")
        unread = cells.cast(pl.Float64, strict=False).is_null() & told
        bad = raw.filter(unread).head(_LOOK).str.strip_chars()
        if unread.sum() * 2 < told.sum() or not len(bad):
            continue
        hits = bad.filter(bad.str.contains(f"{_form(column)}|{_SPACED}|{_BRACKETED}"))
        if len(hits) * 2 > len(bad):
            return Notation(column, str(hits[0]))
    return None


def _form(column: Column) -> str:
    """Figures with the marks of thousands and fractions the other way round."""
    decimal = next((s.decimal for s in column.cleaning if s.do == "number"), ".")
    group, point = (",", r"\.") if decimal == "," else (r"\.", ",")
    return rf"^[-+−]?(?:\d{{1,3}}(?:{group}\d{{3}})+(?:{point}\d+)?|\d+{point}\d+)$"
