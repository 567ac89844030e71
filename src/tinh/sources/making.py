"""Columns made row by row of other columns of the file, and of what stands beside the table.

A year in one column and a month in another, or a month in a column under the title `Năm 2025`: neither
is a period alone.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from tinh.packs.api import FixedColumn, Layout
from tinh.sources import headers
from tinh.sources.errors import MissingColumns
from tinh.sources.patterns import HOLE

_MARK = "\x01"


@dataclass(frozen=True, slots=True)
class Made:
    """What is made of the cells at `position` of a file."""

    entry: FixedColumn
    position: int


def made_of(layout: Layout, names: Sequence[str], filename: str) -> tuple[Made, ...]:
    """The columns a layout makes, with the positions of those they are made of. A header that is not in
    the file is refused."""
    out: list[Made] = []
    for entry in layout.fixed:
        if entry.source != "column":
            continue
        asked = headers.bare(entry.header)
        hits = [p for p, name in enumerate(names) if name.strip() and headers.bare(name) == asked]
        if not hits:
            shown = ", ".join(n.strip()[:40] for n in names[:20] if n.strip()) or "∅"
            raise MissingColumns(filename=filename, missing=f"“{entry.header}”", found=shown)
        out.append(Made(entry, next((p for p in hits if names[p] == entry.header), hits[0])))
    return tuple(out)


def expressions(made: Sequence[Made], fixed: Mapping[str, str]) -> dict[str, pl.Expr]:
    """Each made column over a frame whose columns are `c<position>`. Where a cell does not have the form,
    or a part of it lacks, the column has the cell as it is, so that the gate shows what stood there."""
    known: dict[str, pl.Expr] = {name: pl.lit(value, pl.String) for name, value in fixed.items()}
    out: dict[str, pl.Expr] = {}
    for one in made:
        cell = pl.col(f"c{one.position}").str.normalize("NFC").str.strip_chars()
        found = _taken(cell, one.entry, known)
        if one.entry.mapping:
            found = found.replace(dict(one.entry.mapping))
        known[one.entry.column] = found
        out[one.entry.column] = pl.coalesce(found, cell).alias(one.entry.column)
    return out


def _taken(cell: pl.Expr, entry: FixedColumn, known: Mapping[str, pl.Expr]) -> pl.Expr:
    pattern = unicodedata.normalize("NFC", entry.pattern)
    if not entry.template:
        return cell.str.extract(pattern, 1) if pattern else cell
    groups = pl.Series([""]).str.extract_groups(pattern).struct.fields if pattern else []
    here = {name: cell.str.extract_groups(pattern).struct.field(name) for name in groups}
    pieces: list[pl.Expr] = []
    at = 0
    for hole in HOLE.finditer(entry.template):
        pieces.append(pl.lit(entry.template[at : hole.start()]))
        piece = here.get(hole[1], known.get(hole[1], pl.lit("")))
        pieces.append(piece.str.zfill(int(hole[2])) if hole[2] else piece)
        at = hole.end()
    pieces.append(pl.lit(entry.template[at:]))
    return pl.concat_str(pieces)


def holes(layout: Layout) -> dict[str, str]:
    """For each made column a mark that stands for its value in the name of an unpivoted column, which is
    known before any row is."""
    return {e.column: f"{_MARK}{e.column}{_MARK}" for e in layout.fixed if e.source == "column"}


def spelt(name: str, made: Mapping[str, pl.Expr]) -> pl.Expr:
    """The name of an unpivoted column with the values of each row in place of their marks."""
    texts = name.split(_MARK)
    return pl.concat_str([made[t] if at % 2 else pl.lit(t, pl.String) for at, t in enumerate(texts)])
