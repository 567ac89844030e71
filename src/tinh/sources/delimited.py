"""Delimited text: find the separator and the header, then read the body as columns of text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from tinh.packs.api import Dataset, LearnedLayout
from tinh.sources import headers, letters, limits
from tinh.sources.encodings import refuse_nul
from tinh.sources.errors import CellTooLarge, HeaderOnly, OpenQuote, TooLarge, TooWide, Unparsable
from tinh.sources.heading import Header, find_header
from tinh.sources.laying import Place, plan, roles_of, settled
from tinh.sources.learnt import fitting, under
from tinh.sources.sift import sift
from tinh.sources.table import AT, ROW, Table

_SEPARATORS = (",", ";", "\t", "|", ":", "^", "~", "\x1f", "\x01", "§", "¦")
_HEAD = 1 << 19
_OVERFLOW = "\x00overflow"
_CHUNK = 50_000


@dataclass(frozen=True, slots=True)
class _Head:
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
    if _only_carriage_returns(data):
        data, path = bytes(data).replace(b"\r", b"\n"), None
    head = _find_head(data, dataset, filename, layouts)
    dataset = under(dataset, head.learned)
    header = head.header
    place = Place("", filename, header.titles, head.cells)
    found = plan(header, dataset, place)
    body = _body(data, head.lines)
    frame = _fast(body, head, path) if _plain_quotes(body, head.separator) else None
    if frame is None:
        frame = _patient(body, head, filename)
    width = len(head.names)
    first = head.record + 1
    numbered = frame.with_row_index(ROW, first).with_columns(pl.col(ROW).cast(pl.UInt32))
    blank = _blank_rows(frame)
    spill = numbered.filter(pl.nth(width + 1).is_not_null() & (pl.nth(width + 1) != ""))[ROW].to_list()
    cut = _last_line_cut(body, head) and frame.height > 0
    if blank is not None:
        numbered = numbered.filter(~blank)
    kept, counts = sift(numbered, roles_of(found, dataset))
    records, counts["empty-cells"] = settled(kept, found, dataset, "")
    if not records.height:
        raise HeaderOnly(filename=filename)
    ragged = tuple(dict.fromkeys([*spill, *([first + frame.height - 1] if cut else [])]))
    if counts.total() and ragged:
        left = set(kept[ROW].to_list())
        ragged = tuple(row for row in ragged if row in left)
    if AT in records.columns:
        ragged = tuple(_renumbered(records, ragged)) if ragged else ()
        records = records.with_columns(pl.Series(ROW, range(1, records.height + 1), pl.UInt32))
    notes = [f"layout:{head.learned.name}"] if head.learned else []
    notes += [f"header-rows:{header.rows}"] if header.rows > 1 else []
    notes += [f"numbering:{n}" for n in [int(header.numbering)] if n]
    notes += [f"ragged:{len(ragged)}"] if ragged else []
    order = [c.name for c in dataset.columns if c.name in records.columns]
    return Table(
        records.select(ROW, *([AT] if AT in records.columns else []), *order),
        encoding=encoding,
        delimiter=head.separator,
        missing=found.got.missing,
        unknown=found.got.unknown,
        format="csv",
        ragged=ragged,
        notes=(*notes, *(f"{kind}:{n}" for kind, n in counts.items() if n)),
    )


def _renumbered(records: pl.DataFrame, ragged: tuple[int, ...]) -> list[int]:
    """The running numbers of records that stand in ragged lines."""
    return (records[ROW].is_in(list(ragged)).arg_true() + 1).to_list()


def _blank_rows(frame: pl.DataFrame) -> pl.Series | None:
    """Rows without a single cell; only those whose first cell is empty are looked at."""
    first = frame.to_series(0)
    hollow = (first.str.strip_chars().str.len_bytes().fill_null(0) == 0).arg_true()
    if not len(hollow):
        return None
    empty = pl.all_horizontal(pl.all().is_null() | (pl.all().str.strip_chars() == ""))
    blank = frame[hollow].select(empty.alias("b"))["b"]
    rows = hollow.filter(blank)
    if not len(rows):
        return None
    return pl.Series("blank", [False]).new_from_index(0, frame.height).scatter(rows, True)


def _only_carriage_returns(data: bytes | memoryview) -> bool:
    head = bytes(data[:_HEAD])
    return b"\r" in head and b"\n" not in head


def _find_head(
    data: bytes | memoryview, dataset: Dataset, filename: str, layouts: Sequence[LearnedLayout]
) -> _Head:
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
    if dataset.layout.unpivot is not None or dataset.layout.columns:
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
) -> _Head:
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
    return _Head(separator, names, record, rows[record - 1][1] + skipped, header, cells, learned)


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


def _body(data: bytes | memoryview, lines: int) -> memoryview:
    at, view = 0, memoryview(data)
    head = bytes(view[:_HEAD])
    for _ in range(lines):
        found = head.find(b"\n", at)
        if found < 0:
            return view[len(view) :]
        at = found + 1
    return view[at:]


def _plain_quotes(body: memoryview, separator: str) -> bool:
    """Every quote stands at the edge of a field or doubled, and they pair up: the fast
    reader then sees the same fields as a patient one."""
    if len(separator.encode()) != 1:
        return False
    if not _holds(body, b'"'):
        return True
    import numpy as np

    cells = np.frombuffer(body, np.uint8)
    edge = np.zeros(256, bool)
    edge[[10, 13, 34, ord(separator)]] = True
    total = 0
    for start in range(0, len(cells), 1 << 26):
        block = cells[start : start + (1 << 26)]
        at = np.flatnonzero(block == 34) + start
        if not len(at):
            continue
        total += len(at)
        before = np.where(at == 0, 10, cells[np.maximum(at - 1, 0)])
        after = np.where(at == len(cells) - 1, 10, cells[np.minimum(at + 1, len(cells) - 1)])
        if not (edge[before] | edge[after]).all():
            return False
    return total % 2 == 0


def _holds(body: memoryview, sign: bytes) -> bool:
    return any(sign in bytes(body[at : at + (1 << 24)]) for at in range(0, len(body), 1 << 24))


def _fast(body: memoryview, head: _Head, path: Path | None) -> pl.DataFrame | None:
    """Polars' parallel reader; None when it finds the text malformed."""
    schema = dict.fromkeys([f"c{i}" for i in range(len(head.names))] + [_OVERFLOW], pl.String)
    if not len(body):
        return pl.DataFrame(schema=schema)
    try:
        return pl.read_csv(
            path or body.tobytes(),
            has_header=False,
            skip_lines=head.lines if path else 0,
            glob=False,
            schema=schema,
            separator=head.separator,
            quote_char='"',
            truncate_ragged_lines=True,
            extra_columns="ignore",
            missing_columns="insert",
        )
    except pl.exceptions.NoDataError:
        return pl.DataFrame(schema=schema)
    except pl.exceptions.PolarsError:
        return None


def _patient(body: memoryview, head: _Head, filename: str) -> pl.DataFrame:
    """The standard library's reader: a quote is special only where a field begins."""
    csv.field_size_limit(limits.FIELD_BYTES)
    width = len(head.names)
    lines = _Lines(body, filename, head.lines)
    reader = csv.reader(lines, delimiter=head.separator)
    names = [f"c{i}" for i in range(width)] + [_OVERFLOW]
    frames: list[pl.DataFrame] = []
    rows: list[list[str | None]] = []

    def flush() -> None:
        frames.append(pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row"))
        rows.clear()

    try:
        for row in reader:
            lines.mark()
            spill = "".join(row[width:])
            rows.append(
                [*(c if c else None for c in row[:width]), *[None] * (width - len(row)), spill or None]
            )
            if len(rows) >= _CHUNK:
                flush()
    except csv.Error as error:
        if "field larger" in str(error):
            raise OpenQuote(filename=filename, line=head.lines + lines.begun) from error
        raise Unparsable(filename=filename, format="CSV", reason=str(error)) from error
    if lines.unclosed(head.separator):
        raise OpenQuote(filename=filename, line=head.lines + lines.begun)
    flush()
    return pl.concat(frames)


class _Lines:
    """Lines of text that remember the record being read, to tell whether it ever ended."""

    def __init__(self, body: memoryview, filename: str, above: int) -> None:
        self._filename, self._above = filename, above
        self._stream = io.TextIOWrapper(io.BytesIO(body), "utf-8", newline="")
        self._record: list[str] = []
        self._fresh = True
        self._count = 0
        self.begun = 1

    def __iter__(self) -> Iterator[str]:
        while line := self._stream.readline(limits.FIELD_BYTES):
            self._count += 1
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


def _last_line_cut(body: memoryview, head: _Head) -> bool:
    """Without a line end, a last record with too few fields was cut in the middle."""
    if not len(body) or body[-1] in (10, 13):
        return False
    tail = bytes(body[-65_536:])
    last = tail[tail.rfind(b"\n") + 1 :]
    if b'"' in last or not last.strip():
        return False
    return last.count(head.separator.encode()) + 1 < len(head.names)
