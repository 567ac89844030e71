"""What the cells of a column hold, told from the cells alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from tinh.packs.api import CleaningStep
from tinh.sources import figures

Kind = Literal["empty", "integer", "number", "percent", "date", "serial", "code", "text"]

_DATE = r"^\d{1,2}[/.-]\d{1,2}[/.-]\d{4}(?:\s|$)|^\d{4}-\d{1,2}-\d{1,2}(?:[T\s]|$)"
_COMMA = r"^[-+]?(?:\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}|\d+,(?:\d{1,2}|\d{4,}))%?$"
_POINT = r"^[-+]?(?:\d{1,3}(?:,\d{3})+\.\d+|\d{1,3}(?:,\d{3}){2,}|\d+\.(?:\d{1,2}|\d{4,}))%?$"


@dataclass(frozen=True, slots=True)
class ColumnKind:
    """`share` of the filled cells are of this kind; `decimal` is the mark their writing shows
    beyond doubt ("," or "."; "" when none does, "both" when cells disagree)."""

    kind: Kind
    share: float
    filled: int
    decimal: str = ""


def column_kinds(cells: pl.Series) -> ColumnKind:
    """The narrowest kind that at least nine cells in ten are of; text otherwise.

    `code` is digits of one width with leading zeros somewhere, such as a commune's; `serial` whole
    numbers that may be day numbers of a spreadsheet (1954 to 2064), which only the header can tell.
    """
    text = cells.cast(pl.String).str.strip_chars()
    text = text.filter(text.is_not_null() & (text != ""))
    if not len(text):
        return ColumnKind("empty", 0.0, 0)
    comma, point = text.str.contains(_COMMA).any(), text.str.contains(_POINT).any()
    decimal = "both" if comma and point else "," if comma else "." if point else ""
    loose = CleaningStep(do="number", auto=True, decimal=",", group=".")
    bare = text.str.replace(r"\s*[%％]$", "")
    plain = pl.select(figures.number(pl.lit(bare), loose)).to_series()
    numeric = plain.cast(pl.Float64, strict=False).is_not_null()
    whole = numeric & plain.str.contains(r"^[-+]?\d+(?:\.0+)?$")
    signed = numeric & text.str.contains(r"[%％]$")
    digits = text.str.contains(r"^\d{2,12}$")
    coded = digits & (text.str.len_bytes() == text.str.len_bytes().mode().max())
    value = plain.cast(pl.Float64, strict=False)
    serial = whole & (value >= 20_000) & (value < 60_000) & text.str.contains(r"^\d{5}$")
    tests: list[tuple[Kind, pl.Series]] = [
        ("percent", signed),
        ("date", text.str.contains(_DATE)),
        ("code", coded if (digits & text.str.starts_with("0")).any() else digits & False),
        ("serial", serial),
        ("integer", whole),
        ("number", numeric),
    ]
    for kind, mask in tests:
        share = float(mask.mean() or 0.0)  # type: ignore[arg-type]  # of truth values
        if share >= 0.9:
            return ColumnKind(kind, share, len(text), decimal)
    return ColumnKind("text", 1.0, len(text))
