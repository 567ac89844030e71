"""A file as sheets of text cells, before any contract says what they mean."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl

from tinh.sources import encodings, letters, limits
from tinh.sources.errors import EmptyFile, NoSuchFile, TooLarge, TooWide

MOST_ROWS = 200_000  # a look needs no more; the whole file is judged by the gate
_LEAST_ROWS, _MOST_CELLS = 500, 10_000_000
_TOP, _BESIDE = 200, 64  # rows that tell how wide a text is, and columns more that a row below them may have
_SEPARATORS = (",", ";", "\t", "|", ":", "^", "~", "§", "¦")
_SNIFF = 1 << 18


@dataclass(frozen=True, slots=True)
class TextGrid:
    """One sheet: `cells` are columns c0… of text, null where empty; `first` the number a spreadsheet
    shows beside the first row. `named`: the format itself names the columns, in the first row."""

    name: str
    cells: pl.DataFrame
    first: int = 1
    format: str = "csv"
    encoding: str = ""
    delimiter: str = ""
    named: bool = False
    numbers: Mapping[int, pl.Series] = field(default_factory=dict)
    merged: tuple[tuple[int, int, int, int], ...] = ()  # top, left, bottom, right, from 0 in `cells`
    tells_merges: bool = False
    whole: bool = True
    left: int = 0  # how many columns stand empty before the first
    fonts: tuple[str, ...] = ()  # what had to be made Unicode, as the reader's notes say it

    def rows(self, most: int) -> list[list[str]]:
        return [[cell or "" for cell in row] for row in self.cells.head(most).rows()]


def grids(path: Path, filename: str) -> tuple[TextGrid, ...]:
    """Every sheet of a file that holds any cell; the refusals of `read` where it holds none."""
    from tinh.sources.read import form_of, refuse_not_text  # the same doors as a delivery goes through

    if not path.is_file():
        raise NoSuchFile(filename=filename or str(path))
    size = path.stat().st_size
    if not size:
        raise EmptyFile(filename=filename)
    if size > limits.TEXT_BYTES:
        raise TooLarge(
            filename=filename,
            size=limits.size_text(size),
            limit=limits.size_text(limits.TEXT_BYTES),
            format="CSV",
        )
    form = form_of(path, filename)
    if form == "xlsx":
        from tinh.sources.sheetgrids import sheets

        found = sheets(path, filename, MOST_ROWS)
    elif form in ("parquet", "arrow"):
        from tinh.sources.columnar import peek

        found = (_records(peek(path, filename, form, MOST_ROWS), form, ""),)
    else:
        if form == "gzip":
            with path.open("rb") as stream:
                data = limits.gunzip(stream, size, filename)
        else:
            data = path.read_bytes() if size <= 64 * limits.MB else _head(path)
        refuse_not_text(data, filename)
        found = _texts(data, filename)
    kept = tuple(g for g in found if g.cells.height and g.cells.width)
    if not kept:
        raise EmptyFile(filename=filename)
    return tuple(_in_unicode(g, filename) for g in kept)


def _in_unicode(grid: TextGrid, filename: str) -> TextGrid:
    """The cells as a delivery's would be read: old fonts and garbled text made Unicode."""
    mended = letters.mend(grid.cells, filename)
    return replace(grid, cells=mended.frame, fonts=mended.notes) if mended.notes else grid


def _head(path: Path) -> bytes:
    """The first lines of a large text, whole."""
    with path.open("rb") as stream:
        data = stream.read(64 * limits.MB)
    return data[: data.rfind(b"\n") + 1] or data


def _texts(data: bytes, filename: str) -> tuple[TextGrid, ...]:
    """A text as one sheet; each table of a page, and each sheet of Excel 2003 XML, as one of its own."""
    from tinh.sources.read import is_page, page_book, page_charset

    encoding, skip = encodings.detect(data, filename, page_charset(data))
    data = encodings.to_utf8(data, encoding, skip, filename) if encoding != "utf-8" else data[skip:]
    start = data[:65_536].lstrip()
    if is_page(start):
        from tinh.sources.sheetgrids import seen

        book = page_book(data, start[:200].lower(), filename)
        pages = seen([book.read(entry) for entry in book.sheets], MOST_ROWS)
        return tuple(replace(page, encoding=encoding) for page in pages)
    return (_text(data, start, encoding, filename),)


def _text(data: bytes, start: bytes, encoding: str, filename: str) -> TextGrid:
    if start[:1] in (b"{", b"["):
        from tinh.sources.documents import records

        return _records(_frame(records(data, filename)[:MOST_ROWS]), "json", encoding)
    encodings.refuse_nul(data, filename)
    text = data.decode("utf-8", "replace")
    told = ""
    first = 1
    if text[:4].lower() == "sep=" and len(text) > 4:
        told, text, first = text[4], text.partition("\n")[2], 2
    if "\r" in text and "\n" not in text:
        text = text.replace("\r", "\n")
    separator = told or _separator(text[:_SNIFF])
    csv.field_size_limit(limits.FIELD_BYTES)
    rows = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            rows.append(row)
            if len(rows) > MOST_ROWS:
                break
    except csv.Error:
        pass
    width = _width(rows, filename, first)
    most = min(MOST_ROWS, max(_LEAST_ROWS, _MOST_CELLS // max(1, width)))
    whole = len(rows) <= most
    return TextGrid("", _grid(rows[:most], width), first, "csv", encoding, separator, whole=whole)


def _width(rows: list[list[str]], filename: str, first: int) -> int:
    """How many columns are looked at: those of the first rows, and few beside them further down."""
    widths = [len(row) for row in rows[:_TOP]]
    widest = max(widths, default=0)
    if widest > limits.COLUMNS:
        raise TooWide(filename=filename, line=first + widths.index(widest), limit=limits.COLUMNS)
    return min(max(map(len, rows), default=0), widest + _BESIDE)


def _separator(text: str) -> str:
    """The sign that cuts most lines into equally many, several, fields."""
    best, score = ",", (0.0, 0.0)
    for separator in _SEPARATORS:
        try:
            widths = [
                len(r)
                for r, _ in zip(
                    csv.reader(io.StringIO(text, newline=""), delimiter=separator), range(60), strict=False
                )
                if r
            ]
        except csv.Error:
            continue
        wide = [w for w in widths if w > 1]
        if not wide:
            continue
        usual = max(set(wide), key=wide.count)
        alike = wide.count(usual) / len(widths)
        if (alike, float(usual)) > score:
            best, score = separator, (alike, float(usual))
    return best


def _grid(rows: list[list[str]], width: int) -> pl.DataFrame:
    columns = [
        pl.Series(f"c{i}", [row[i] if i < len(row) and row[i] != "" else None for row in rows], pl.String)
        for i in range(width)
    ]
    return pl.DataFrame(columns)


def _frame(records: list[Mapping[str, Any]]) -> pl.DataFrame:
    names = list(dict.fromkeys(key for record in records for key in record))
    return pl.DataFrame(
        {n: [_said(r.get(n)) for r in records] for n in names}, schema=dict.fromkeys(names, pl.String)
    )


def _said(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, (int, float)) else json.dumps(value, ensure_ascii=False)


def _records(frame: pl.DataFrame, form: str, encoding: str) -> TextGrid:
    """A table whose columns have names: the names become the first row."""
    texts = []
    numbers: dict[int, pl.Series] = {}
    for at, name in enumerate(frame.columns):
        column = frame[name]
        numeric = column.dtype.is_numeric()
        try:
            text = column.cast(pl.String)
        except pl.exceptions.PolarsError:
            text = pl.Series(name, [None if v is None else str(v) for v in column.to_list()], pl.String)
        texts.append(pl.concat([pl.Series(f"c{at}", [name], pl.String), text.alias(f"c{at}")]))
        if numeric:
            numbers[at] = pl.concat([pl.Series([False]), column.is_not_null()])
    return TextGrid("", pl.DataFrame(texts), 0, form, encoding, named=True, numbers=numbers)
