"""Periods that stand in two or three places: a month in a column, its year in another or beside the table."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from tinh.gate.mapping import beside
from tinh.gate.profile.writing import COUNTED, says
from tinh.kit.periods import GRAINS, Grain

_SAMPLE = 500


@dataclass(frozen=True, slots=True)
class Part:
    """A way of writing a part of a period under a header that says which part it is."""

    grain: Grain
    words: tuple[str, ...]
    cells: str  # every cell is this
    pattern: str  # what is taken of it
    template: str


_PARTS = (
    Part(
        "day",
        ("ngày", "day"),
        r"^(?i:ngày\s*)?(?:[1-9]|0[1-9]|[12]\d|3[01])$",
        r"(?P<d>\d{1,2})",
        "{nam}-{thang:02}-{d:02}",
    ),
    Part(
        "month",
        ("tháng", "month"),
        r"^(?i:tháng\s*|thang\s*|t\.?\s*)?(?:[1-9]|0[1-9]|1[0-2])$",
        r"(?P<m>\d{1,2})",
        "{nam}-{m:02}",
    ),
    Part(
        "quarter",
        ("quý", "quarter"),
        r"^(?i:quý\s*|quy\s*|q\.?\s*)?[1-4]$",
        r"(?P<q>[1-4])",
        "{nam}-Q{q}",
    ),
    Part(
        "quarter",
        ("quý", "quarter"),
        r"^(?i:quý\s*|quy\s*|q\.?\s*)?(?:IV|I{1,3})$",
        r"(?P<q>IV|I{1,3})",
        "Quý {q}/{nam}",
    ),
)
_OTHERS = {
    "nam": (("năm", "year"), r"^(?i:năm\s*)?(?:19|20)\d{2}$", r"(\d{4})"),
    "thang": (_PARTS[1].words, _PARTS[1].cells, r"(\d{1,2})"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """`fixed`: entries of a layout that make the period; `used`: the positions they are made of."""

    fixed: tuple[Mapping[str, Any], ...]
    used: tuple[int, ...]
    grain: Grain


def find(
    every: Grain,
    column: str,
    headers: Sequence[str],
    cells: Sequence[pl.Series],
    titles: Sequence[str] = (),
    sheet: str = "",
    filename: str = "",
) -> Found | None:
    """How the periods of a table are made of its columns and what stands beside it; None when no column
    is a part of a period, or its year stands nowhere."""
    for part in _PARTS:
        if GRAINS.index(part.grain) > GRAINS.index(every):
            continue
        at = _column(part.words, part.cells, headers, cells)
        if at is None:
            continue
        wanted = ("nam", "thang") if part.grain == "day" else ("nam",)
        others = [lacking(name, headers, cells, titles, sheet, filename) for name in wanted]
        told = [other for other in others if other is not None]
        if len(told) < len(wanted):
            continue
        made = {"column": column, "from": "column", "header": headers[at], "pattern": part.pattern,
                "template": part.template}  # fmt: skip
        used = [p for _, p in told if p is not None]
        return Found((*(entry for entry, _ in told), made), (*used, at), part.grain)
    return None


def lacking(
    name: str,
    headers: Sequence[str],
    cells: Sequence[pl.Series],
    titles: Sequence[str] = (),
    sheet: str = "",
    filename: str = "",
) -> tuple[dict[str, Any], int | None] | None:
    """The entry for the year (`nam`) or the month (`thang`) that a period written without it needs: of a
    column, told by its position, or of what stands beside the table."""
    words, form, pattern = _OTHERS[name]
    at = _column(words, form, headers, cells)
    if at is not None:
        return {"column": name, "from": "column", "header": headers[at], "pattern": pattern}, at
    entry = beside.helper(name, titles, sheet, filename)
    return None if entry is None else (entry, None)


def _column(
    words: Sequence[str], form: str, headers: Sequence[str], cells: Sequence[pl.Series]
) -> int | None:
    """The one column whose header says a word and whose cells all have a form."""
    found = []
    for at, (header, series) in enumerate(zip(headers, cells, strict=False)):
        last = re.sub(r"[(\[].*", "", header.split(" / ")[-1])
        if not says(last, *words) or says(last, *COUNTED) or len(last.split()) > 2:
            continue
        said = series.drop_nulls().head(_SAMPLE).str.normalize("NFC").str.strip_chars()
        said = said.filter(said != "")
        if len(said) and said.str.contains(form).sum() > 0.9 * len(said):  # totals, notes stand among them
            found.append(at)
    return found[0] if len(found) == 1 else None
