"""A CSV file of an analyst as columns of text: nothing guessed, nothing dropped."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

from tinh.kit.errors import Text

if TYPE_CHECKING:
    import polars as pl


_COMMA = r"^\s*[-+]?(?:\d+|\d{1,3}(?:\.\d{3})+),\d+\s*$"
_GROUPED = r"^\s*[-+]?\d{1,3}(?:\.\d{3})+(?:,\d+)?\s*$"
_THOUSANDS = r"^\s*[-+]?\d{1,3}(?:,\d{3})+\s*$"
_PLAIN = r"^\s*[-+]?\d+\s*$"


class Unreadable(Exception):
    """Why a file is no table, in words; each caller says it in an error of its own."""

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(en)
        self.says = Text(vi, en)


def decimals(cells: pl.Series) -> pl.Series:
    """`12,5` as `12.5` and `1.234,5` as `1234.5`, where most cells are such numbers: so writes an office
    whose files are separated by semicolons or tabs. A column in which every comma may as well part
    thousands (`1,234`) stays as it is."""
    comma = cells.str.contains(_COMMA).fill_null(False)
    grouped = cells.str.contains(_GROUPED).fill_null(False)
    sure = comma & (grouped | ~cells.str.contains(_THOUSANDS).fill_null(False))
    filled = int((cells.str.strip_chars().fill_null("") != "").sum())
    numbers = int((comma | grouped | cells.str.contains(_PLAIN).fill_null(False)).sum())
    if not sure.any() or numbers * 2 <= filled:
        return cells
    whole = cells.zip_with(~grouped, cells.str.replace_all(".", "", literal=True))
    return whole.zip_with(~comma, whole.str.replace(",", ".", literal=True))


def sheet(path: Path) -> pl.DataFrame:
    """Columns of text in the order of the file; empty cells are null.

    UTF-8 (with or without a mark), the separator is the comma, semicolon or tab of the first line, quotes as
    RFC 4180; where it is not the comma, numbers may have decimal commas. Blank lines are passed over. Raises
    Unreadable: another encoding, no rows, a column without a name or with that of another, a row with more
    or fewer cells than the first.
    """
    import polars as pl

    try:
        raw = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise Unreadable(f"không mở được ({reason})", f"it cannot be opened ({reason})") from None
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable("tệp ở mã UTF-16, không phải UTF-8", "it is UTF-16, not UTF-8")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("tệp không ở mã UTF-8", "it is not UTF-8") from None
    head = text.lstrip("\r\n").split("\n", 1)[0]
    mark = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    rows: list[list[str]] = []
    try:
        for row in reader:
            if not row or not any(cell.strip() for cell in row):
                continue
            if rows and len(row) != len(rows[0]):
                raise Unreadable(
                    f"dòng {reader.line_num} có {len(row)} ô, dòng đầu có {len(rows[0])} cột",
                    f"line {reader.line_num} has {len(row)} cells, the first line has {len(rows[0])} columns",
                )
            rows.append(row)
    except csv.Error as error:
        raise Unreadable(f"dòng {reader.line_num}: {error}", f"line {reader.line_num}: {error}") from None
    if not rows:
        raise Unreadable("tệp trống", "it is empty")
    names = [name.strip() for name in rows[0]]
    for at, name in enumerate(names):
        if not name and at:  # R leaves the name of the first column empty
            raise Unreadable(f"cột thứ {at + 1} không có tên", f"column {at + 1} has no name")
        if name in names[:at]:
            raise Unreadable(f"hai cột cùng tên “{name}”", f"two columns are named “{name}”")
    columns = zip(*rows[1:], strict=True) if len(rows) > 1 else ([] for _ in names)
    frame = pl.DataFrame(
        {n: [cell or None for cell in cells] for n, cells in zip(names, columns, strict=True)},
        schema=dict.fromkeys(names, pl.String),
    )
    return frame if mark == "," else frame.with_columns(map(decimals, frame.iter_columns()))
