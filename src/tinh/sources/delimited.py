"""Delimited text: find the separator and the header, then read the body as columns of text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import polars as pl

from tinh.packs.api import Dataset, LearnedLayout
from tinh.sources import headers, letters, limits, quotes
from tinh.sources.encodings import refuse_nul
from tinh.sources.errors import CellTooLarge, HeaderOnly, OpenQuote, TooLarge, TooWide, Unparsable
from tinh.sources.heading import Header, find_header
from tinh.sources.laying import Place, plan
from tinh.sources.learnt import fitting, under
from tinh.sources.quotes import plain_quotes
from tinh.sources.shaping import Shape, Sifting, parted
from tinh.sources.table import Table

_SEPARATORS = (",", ";", "\t", "|", ":", "^", "~", "\x1f", "\x01", "§", "¦")
_HEAD = 1 << 19
_OVERFLOW = "\x00overflow"
_CHUNK = 50_000
_TAIL = 65_536


@dataclass(frozen=True, slots=True)
class Head:
    separator: str
    names: list[str]
    record: int  # 1-based record number of the header's last row
    lines: int  # physical lines up to and including the header
    header: Header
    cells: Mapping[tuple[int, int], str]
    learned: LearnedLayout | None = None


def read_delimited(
    data: bytes | memoryview,
    dataset: Dataset,
    filename: str,
    encoding: str,
    path: Path | None = None,
    layouts: Sequence[LearnedLayout] = (),
) -> Table:
    """`data` is UTF-8 without a mark; `path` a file that holds exactly that text, if there is
    one, to spare a copy. Cells become text; nothing is interpreted."""
    refuse_nul(data, filename)
    if only_carriage_returns(data):
        data, path = bytes(data).replace(b"\r", b"\n"), None
    head, shape = opened(data, dataset, filename, layouts)
    body = memoryview(data)[body_at(data, head.lines) :]
    frame = fast(body, head, path) if plain_quotes(body, head.separator) is not None else None
    if frame is None:
        frame = pl.concat(patient(io.BytesIO(body), head, filename))
    sifting = Sifting(shape)
    [lines] = parted([frame], sifting, lambda: last_line_cut(bytes(body[-_TAIL:]), head))
    table = sifting.table(lines)
    if not table.frame.height:
        raise HeaderOnly(filename=filename)
    return replace(table, encoding=encoding, notes=shape.notes(len(table.ragged), sifting.counts()))


def opened(
    data: quotes.Bytes, dataset: Dataset, filename: str, layouts: Sequence[LearnedLayout]
) -> tuple[Head, Shape]:
    """The header of a text and the contract's columns in it; raises when it cannot be this dataset's."""
    head = _find_head(data, dataset, filename, layouts)
    dataset = under(dataset, head.learned)
    found = plan(head.header, dataset, Place("", filename, head.header.titles, head.cells))
    learned = head.learned.name if head.learned else ""
    return head, Shape(dataset, found, head.separator, len(head.names), head.record + 1, learned, filename)


def only_carriage_returns(data: quotes.Bytes) -> bool:
    head = bytes(data[:_HEAD])
    return b"\r" in head and b"\n" not in head


def _find_head(data: quotes.Bytes, dataset: Dataset, filename: str, layouts: Sequence[LearnedLayout]) -> Head:
    sample = bytes(data[:_HEAD])
    text = sample.decode("utf-8", "ignore")
    told, skipped = "", 0
    if text[:4].lower() == "sep=" and len(text) > 4:
        told, skipped = text[4], 1
        text = text.split("\n", 1)[1] if "\n" in text else ""
    if len(data) > _HEAD and text.count("\n") == 0:
        raise TooLarge(filename=filename, size="> 512 KB", limit="512 KB", format="CSV (một dòng / one line)")
    best: tuple[tuple[int, int, int], str, list[tuple[list[str], int]]] | None = None
    declared = dataset.layout.delimiter
    candidates = dict.fromkeys(s for s in (declared, told, *_SEPARATORS) if len(s) == 1)
    whole, knows = False, headers.knower(dataset)
    for rank, separator in enumerate(candidates):
        if separator not in text:  # all that never stand read the text alike: the first will do
            if whole:
                continue
            whole = True
        rows = _first_rows(text, separator)
        if not rows:
            continue
        read = letters.mend_rows([r for r, _ in rows], knows)
        at, fit = _fit(read, dataset)
        width = len(rows[at][0])
        like = sum(len(r) == width for r, _ in rows[at + 1 :]) if width > 1 else 0
        score = (fit, like, -rank)
        if best is None or score > best[0]:
            best = (score, separator, [(r, line) for r, (_, line) in zip(read, rows, strict=True)])
    if best is None:
        raise Unparsable(filename=filename, format="CSV", reason="∅")
    return _head_of(best[1], best[2], skipped, dataset, filename, layouts)


def _fit(rows: list[list[str]], dataset: Dataset) -> tuple[int, int]:
    """Where the header seems to stand and how well it fits, for the choice of a separator."""
    at, fit = headers.find(rows, dataset)
    layout = dataset.layout
    if layout.unpivot is not None or layout.columns or any(e.header for e in layout.fixed):
        header = find_header(_grid(rows), dataset)
        if header is not None and header.score > fit:
            return header.last - 1, header.score
    return at, fit


def _grid(rows: list[list[str]]) -> list[tuple[int, dict[int, str]]]:
    filled = ((n, {c: t for c, t in enumerate(row) if t.strip()}) for n, row in enumerate(rows, 1))
    return [(n, cells) for n, cells in filled if cells]


def _head_of(
    separator: str,
    rows: list[tuple[list[str], int]],
    skipped: int,
    dataset: Dataset,
    filename: str,
    layouts: Sequence[LearnedLayout],
) -> Head:
    texts = [r for r, _ in rows]
    grid = _grid(texts)
    learned = fitting(layouts, dataset, filename, [(None, grid)])
    asked = under(dataset, learned)
    header = find_header(grid, asked)
    if header is None:
        raise Unparsable(filename=filename, format="CSV", reason="∅")
    if header.columns[-1] >= limits.COLUMNS:
        raise TooWide(filename=filename, line=rows[header.last - 1][1] + skipped, limit=limits.COLUMNS)
    names = [""] * (header.columns[-1] + 1)
    for position, name in zip(header.columns, header.names, strict=True):
        names[position] = name
    record = header.body - 1
    cells = {(row, col): text for row, filled in grid for col, text in filled.items()}
    return Head(separator, names, record, rows[record - 1][1] + skipped, header, cells, learned)


def _first_rows(text: str, separator: str) -> list[tuple[list[str], int]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows: list[tuple[list[str], int]] = []
    try:
        for row in reader:
            rows.append((row, reader.line_num))
            if len(rows) > headers.LOOK + 20:
                break
    except csv.Error:
        pass
    return rows


def body_at(data: quotes.Bytes, lines: int) -> int:
    """Where the body begins: after the physical lines up to and including the header."""
    head, at = bytes(data[:_HEAD]), 0
    for _ in range(lines):
        found = head.find(b"\n", at)
        if found < 0:
            return len(data)
        at = found + 1
    return at


def fast(body: bytes | memoryview, head: Head, path: Path | None, even: bool = False) -> pl.DataFrame | None:
    """Polars' parallel reader; None when it finds the text malformed. `even`: every record is thought to
    have no more fields than the header has, which is read in less time where it is true."""
    names = [f"c{i}" for i in range(len(head.names))]
    if even and len(body):
        try:
            frame = _parsed(body, head, path, names, False)
        except pl.exceptions.PolarsError:
            return fast(body, head, path)
        return frame.with_columns(pl.lit(None, pl.String).alias(_OVERFLOW))
    names.append(_OVERFLOW)
    if not len(body):
        return pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    try:
        return _parsed(body, head, path, names, True)
    except pl.exceptions.NoDataError:
        return pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    except pl.exceptions.PolarsError:
        return None


def _parsed(
    body: bytes | memoryview, head: Head, path: Path | None, names: list[str], ragged: bool
) -> pl.DataFrame:
    return pl.read_csv(
        path or bytes(body),
        has_header=False,
        skip_lines=head.lines if path else 0,
        glob=False,
        schema=dict.fromkeys(names, pl.String),
        separator=head.separator,
        quote_char='"',
        truncate_ragged_lines=ragged,
        extra_columns="ignore" if ragged else "raise",
        missing_columns="insert",
    )


def patient(
    stream: BinaryIO, head: Head, filename: str, rows_at_once: int = _CHUNK, size: int = 1 << 62
) -> Iterator[pl.DataFrame]:
    """The standard library's reader: a quote is special only where a field begins. Frames of at
    most `rows_at_once` records, or of about `size` characters of text."""
    csv.field_size_limit(limits.FIELD_BYTES)
    width = len(head.names)
    lines = _Lines(stream, filename, head.lines)
    reader = csv.reader(lines, delimiter=head.separator)
    names = [f"c{i}" for i in range(width)] + [_OVERFLOW]
    rows: list[list[str | None]] = []

    def made() -> pl.DataFrame:
        frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
        rows.clear()
        lines.size = 0
        return frame

    try:
        for row in reader:
            lines.mark()
            spill = "".join(row[width:])
            rows.append(
                [*(c if c else None for c in row[:width]), *[None] * (width - len(row)), spill or None]
            )
            if len(rows) >= rows_at_once or lines.size >= size:
                yield made()
    except csv.Error as error:
        if "field larger" in str(error):
            raise OpenQuote(filename=filename, line=head.lines + lines.begun) from error
        raise Unparsable(filename=filename, format="CSV", reason=str(error)) from error
    if lines.unclosed(head.separator):
        raise OpenQuote(filename=filename, line=head.lines + lines.begun)
    yield made()


class _Lines:
    """Lines of text that remember the record being read, to tell whether it ever ended."""

    def __init__(self, stream: BinaryIO, filename: str, above: int) -> None:
        self._filename, self._above = filename, above
        self._stream = io.TextIOWrapper(stream, "utf-8", newline="")
        self._record: list[str] = []
        self._fresh = True
        self._count = 0
        self.begun = 1
        self.size = 0  # characters since somebody last set it to nothing

    def __iter__(self) -> Iterator[str]:
        while line := self._stream.readline(limits.FIELD_BYTES):
            self._count += 1
            self.size += len(line)
            if len(line) == limits.FIELD_BYTES:
                raise CellTooLarge(
                    filename=self._filename,
                    line=self._above + self._count,
                    limit=limits.size_text(limits.FIELD_BYTES),
                )
            if self._fresh:
                self._record, self._fresh, self.begun = [], False, self._count
            self._record.append(line)
            yield line

    def mark(self) -> None:
        self._fresh = True

    def unclosed(self, separator: str) -> bool:
        try:
            list(csv.reader(self._record, delimiter=separator, strict=True))
        except csv.Error as error:
            return "unexpected end" in str(error)
        return False


def last_line_cut(tail: bytes, head: Head) -> bool:
    """Without a line end, a last record with too few fields was cut in the middle."""
    if not tail or tail[-1] in (10, 13):
        return False
    last = tail[tail.rfind(b"\n") + 1 :]
    if b'"' in last or not last.strip():
        return False
    return last.count(head.separator.encode()) + 1 < len(head.names)
