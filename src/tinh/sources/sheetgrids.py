"""Every sheet of a workbook as rows and columns of text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from tinh.sources.grids import TextGrid
from tinh.sources.sheet import NUMBER, Sheet
from tinh.sources.spreadsheet import sheets_of

MOST_COLUMNS = 2_000


def sheets(path: Path, filename: str, most: int) -> tuple[TextGrid, ...]:
    """The sheets people see; hidden ones only when there are no others."""
    return seen(sheets_of(path, filename), most)


def seen(found: Sequence[Sheet], most: int) -> tuple[TextGrid, ...]:
    """Of the sheets of a workbook or a page, those that people see."""
    shown = [sheet for sheet in found if not sheet.hidden] or found
    return tuple(_grid(sheet, most) for sheet in shown)


def _grid(sheet: Sheet, most: int) -> TextGrid:
    cells = sheet.cells.filter(pl.col("text").is_not_null() & (pl.col("text") != ""))
    if len(sheet.hidden_rows):
        cells = cells.filter(~pl.col("row").is_in(sheet.hidden_rows.implode()))
    columns = [c for c in sorted(cells["col"].unique().to_list()) if c not in sheet.hidden_columns]
    if not columns:
        return TextGrid(sheet.name, pl.DataFrame(), 1, sheet.form)
    left, right = columns[0], min(columns[-1], columns[0] + MOST_COLUMNS)
    first = int(cells["row"][0])
    last = int(cells["row"][-1])
    height = min(last - first + 1, most)
    inside = cells.filter(pl.col("row") < first + height)
    series, numbers = [], {}
    for at, column in enumerate(range(left, right + 1)):
        mine = inside.filter(pl.col("col") == column)
        blank = pl.Series(f"c{at}", [None], pl.String).new_from_index(0, height)
        if column in sheet.hidden_columns or not mine.height:
            series.append(blank)
            continue
        rows = mine["row"] - first
        series.append(blank.scatter(rows, mine["text"]))
        counted = rows.filter(mine["kind"] == NUMBER)
        if len(counted):
            numbers[at] = pl.Series([False]).new_from_index(0, height).scatter(counted, True)
    merged = tuple((m.top - first, m.left - left, m.bottom - first, m.right - left) for m in sheet.merges)
    return TextGrid(
        sheet.name, pl.DataFrame(series), first, sheet.form, numbers=numbers, merged=merged,
        tells_merges=sheet.tells_merges, left=left, whole=last - first + 1 <= most,
    )  # fmt: skip
