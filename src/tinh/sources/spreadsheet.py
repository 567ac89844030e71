"""Excel workbooks: the sheet that fits, its cells as text, formulas by their last value."""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path
from typing import Any

import fastexcel
import polars as pl

from tinh.packs.api import Dataset
from tinh.sources import headers, letters, limits
from tinh.sources.errors import (
    CutShort,
    HeaderOnly,
    Inflates,
    NoSuchSheet,
    NotATable,
    PasswordProtected,
    Unparsable,
)
from tinh.sources.table import ROW, Table
from tinh.sources.workbook import Sheet, ordinal

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="(\d{1,9})"')
_COLUMN = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,4})\d')
_MIDNIGHT = " 00:00:00"
_TIME_ONLY = r"^1899-12-3[01] (\d\d:\d\d:\d\d)"


def read_excel(path: Path, dataset: Dataset, filename: str) -> Table:
    """Sheets are tried for the header that fits best, unless the contract names one."""
    with path.open("rb") as stream:
        if stream.read(4) == b"PK\x03\x04":
            _examine(path, filename)
        elif _ENCRYPTED in path.read_bytes():
            raise PasswordProtected(filename=filename)
    try:
        book = fastexcel.read_excel(str(path))
        sheet, rows = _choose(book, dataset, filename)
        cells = _load(book, sheet, None)
    except fastexcel.FastExcelError as error:
        reason = str(error).split("\n", 1)[0][:200]
        if "password" in reason.lower():
            raise PasswordProtected(filename=filename) from error
        raise Unparsable(filename=filename, format="Excel", reason=reason) from error
    return _table(cells, rows, dataset, filename, sheet, Sheet(path, sheet))


def _load(book: Any, sheet: str, rows: int | None) -> pl.DataFrame:
    loaded = book.load_sheet_by_name(sheet, header_row=None, n_rows=rows, dtypes="string")
    frame = pl.DataFrame(loaded)
    return frame.rename(dict(zip(frame.columns, (f"c{i}" for i in range(frame.width)), strict=True)))


def _choose(book: Any, dataset: Dataset, filename: str) -> tuple[str, list[list[str]]]:
    names: list[str] = list(book.sheet_names)
    wanted = dataset.layout.sheet
    if wanted:
        alike = [n for n in names if n == wanted] or [
            n for n in names if headers.bare(n) == headers.bare(wanted)
        ]
        if not alike:
            raise NoSuchSheet(filename=filename, sheet=wanted, found=", ".join(names))
        names = alike[:1]
    best: tuple[int, str, list[list[str]]] | None = None
    knows = headers.knower(dataset)
    for name in names:
        head = _load(book, name, headers.LOOK)
        rows = letters.mend_rows([[cell or "" for cell in row] for row in head.rows()], knows)
        _, fit = headers.find(rows, dataset)
        if best is None or fit > best[0] or (not best[2] and rows):
            best = (fit, name, rows)
    if best is None or not best[2]:
        raise HeaderOnly(filename=filename)
    return best[1], best[2]


def _table(
    cells: pl.DataFrame, rows: list[list[str]], dataset: Dataset, filename: str, sheet: str, xml: Sheet
) -> Table:
    at, _ = headers.find(rows, dataset)
    names = rows[at]
    got = headers.match(names, dataset, filename)
    headers.require(names, got, dataset, filename)
    body = cells.with_row_index(ROW, xml.offset() + 1).slice(at + 1)
    kept = body.select(
        pl.col(ROW).cast(pl.UInt32),
        *(_plain(pl.col(f"c{position}")).alias(name) for name, position in got.columns.items()),
    )
    blank = pl.all_horizontal(pl.exclude(ROW).is_null() | (pl.exclude(ROW).str.strip_chars() == ""))
    kept = kept.filter(~blank)
    if not kept.height:
        raise HeaderOnly(filename=filename)
    return Table(
        kept,
        missing=got.missing,
        unknown=got.unknown,
        format="xlsx",
        notes=(f"sheet:{sheet}",),
        numbers=_numbers(kept, got, dataset, xml),
    )


def _numbers(kept: pl.DataFrame, got: headers.Match, dataset: Dataset, xml: Sheet) -> dict[str, pl.Series]:
    """Looked up only for columns whose text the contract reads as numbers of its own form."""
    read_as_number = {c.name for c in dataset.columns if any(s.do == "number" for s in c.cleaning)}
    wanted = {name: at for name, at in got.columns.items() if name in read_as_number}
    if not wanted:
        return {}
    left = xml.left()
    rows = xml.number_rows({at + left for at in wanted.values()})
    return {
        name: kept[ROW].is_in(pl.Series(sorted(rows[at + left]), dtype=pl.UInt32).implode())
        for name, at in wanted.items()
    }


def _plain(cell: pl.Expr) -> pl.Expr:
    """A date without a time reads as a date, a time without a date as a time."""
    return cell.str.strip_suffix(_MIDNIGHT).str.replace(_TIME_ONLY, "$1")


def _examine(path: Path, filename: str) -> None:
    """Open every part under a bound before any reader believes what the archive says."""
    size = path.stat().st_size
    limit = limits.may_inflate_to(size)
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if not any(p.filename.startswith("xl/") for p in parts):
                raise NotATable(filename=filename, kind_vi="tệp nén zip", kind_en="a zip archive")
            if any(p.flag_bits & 1 for p in parts):
                raise PasswordProtected(filename=filename)
            budget = limit
            for part in parts:
                budget -= _weigh(archive, part, budget, filename)
                if budget < 0 or len(parts) > 10_000:
                    raise Inflates(
                        filename=filename, size=limits.size_text(size), limit=limits.size_text(limit)
                    )
    except (zipfile.BadZipFile, EOFError, zlib.error, NotImplementedError, OSError) as error:
        raise CutShort(
            filename=filename,
            where_vi="phần nén của sổ Excel không trọn vẹn",
            where_en="the packed parts of the workbook are incomplete or damaged",
        ) from error


def _weigh(archive: zipfile.ZipFile, part: zipfile.ZipInfo, budget: int, filename: str) -> int:
    """Bytes inside one part; a sheet whose outermost cells span too wide a field is refused."""
    total, deepest, columns = 0, 0, {b"A"}
    is_sheet = part.filename.startswith("xl/worksheets/")
    rest = b""
    with archive.open(part) as stream:
        while block := stream.read(limits.MB):
            total += len(block)
            if total > budget:
                break
            if is_sheet:
                text = rest + block
                deepest = max(deepest, *map(int, _ROW.findall(text)), 0)
                columns.update(_COLUMN.findall(text))
                rest = text[-256:]
    widest = max(ordinal(name) for name in columns)
    if deepest * widest > limits.SHEET_CELLS:
        raise Inflates(
            filename=filename,
            size=limits.size_text(part.compress_size),
            limit=f"{limits.SHEET_CELLS} ô / cells",
        )
    return total
