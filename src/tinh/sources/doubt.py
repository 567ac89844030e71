"""Figures that could be two numbers: settled by their column, else held.

`1.234` is a thousand here and a fraction there. The declared form decides, unless other cells of the
column show the other notation beyond doubt: then nobody knows, and a held row costs less than a
wrong number. Cells that came as numbers say nothing about notation and are never touched.
"""

from __future__ import annotations

import polars as pl

from tinh.packs.api import CleaningStep, Logical
from tinh.sources import figures

_MARK = " ?"  # what follows a figure that must not be taken for a number
_EITHER = r"^[-+−]?[1-9]\d{0,2}[.,]\d{3}$"
_ENGLISH = r"^[-+−]?[1-9]\d{0,2},\d{3}$"
_PERIOD = r"^\d{4}\.\d$"
_FIRST_OR_TENTH = r"^\d{4}\.1$"


def settled(
    cells: pl.Series, step: CleaningStep, logical: Logical, numbers: pl.Series | None
) -> tuple[CleaningStep, pl.Series | None]:
    """The step as this column is to be read, and which of its cells are not to be read at all."""
    if logical not in ("number", "integer"):
        return step, None
    value = pl.col(cells.name)
    frame = cells.to_frame()
    if numbers is not None:
        frame = frame.with_columns(pl.when(~numbers).then(value))
    frame = frame.with_columns(figures.unsigned(value))
    decimal = step.decimal or "."
    auto = step.auto or step.do == "percent"
    tests: list[pl.Expr] = []
    if decimal != "." and not auto and frame.select(value.str.contains(".", literal=True).any()).item():
        same = figures.explained(value, decimal, step.group) == value
        tests.append(value.str.contains(r"^[-+]?\d*\.\d*(?:[eE][-+]?\d+)?$") & same)
    if frame.select(value.str.contains(_EITHER).any()).item():
        comma, point = (bool(frame.select(figures.shows(value, m).any()).item()) for m in (",", "."))
        other = point if decimal == "," else comma
        if auto and comma != point:
            step = step.model_copy(update={"decimal": "," if comma else ".", "group": "." if comma else ","})
        elif (auto and comma and point) or (not auto and other):
            tests.append(value.str.contains(_EITHER))
        if logical == "integer" and step.decimal == ",":
            tests.append(value.str.contains(_ENGLISH))
    if not tests:
        return step, None
    held = frame.select(pl.any_horizontal(tests).fill_null(False)).to_series()
    return step, held if held.any() else None


def two_ways(
    cells: pl.Series, weights: pl.Series, step: CleaningStep, logical: Logical, numbers: pl.Series | None
) -> tuple[str, int] | None:
    """How figures such as `82.903` are read where every figure of the column with a mark in it could be
    two numbers, and how many: as thousands, or as fractions. The contract alone decides there."""
    if logical != "number" or step.do != "number":
        return None
    value = pl.col(cells.name)
    marks = value.str.contains(r"\d[.,]\d").fill_null(False)
    either = value.str.contains(_EITHER).fill_null(False)
    if numbers is not None:
        marks, either = marks & ~numbers, either & ~numbers
    frame = cells.to_frame().select(marks.alias("marks"), either.alias("either"))
    if not frame["either"].any() or not frame["marks"].equals(frame["either"]):
        return None
    sign = cells.filter(frame["either"]).str.extract(r"([.,])", 1).unique()
    if len(sign) > 1 or sign[0] not in (step.decimal or ".", step.group):
        return None
    thousands = sign[0] == step.group
    return ("read_thousands" if thousands else "read_fractions"), int(weights.filter(frame["either"]).sum())


def period(cells: pl.Series, raw: pl.Series, numbers: pl.Series | None, format: str = "") -> pl.Series:
    """2026.10 typed as a number is 2026.1: whether January or October, the number does not tell. Nor does
    a CSV, which a spreadsheet may have written from that number."""
    if raw.dtype.is_float():
        numbers = raw.is_not_null()
    text = cells.cast(pl.String)
    unsure: pl.Series | None = None
    if numbers is not None and numbers.any():
        unsure = numbers & text.str.contains(_PERIOD).fill_null(False)
    elif format == "csv" and text.str.ends_with(".1").any():
        unsure = text.str.contains(_FIRST_OR_TENTH).fill_null(False)
    return cells if unsure is None or not unsure.any() else marked(text, unsure)


def marked(cells: pl.Series, held: pl.Series) -> pl.Series:
    """The cells with a mark behind those held, which no type takes."""
    text = pl.when(held).then(pl.lit(cells) + _MARK).otherwise(pl.lit(cells))
    return pl.select(text).to_series().alias(cells.name)
