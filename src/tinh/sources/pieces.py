"""A large text delivery, read piece by piece as the whole would have been read."""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from tinh.packs.api import Dataset, LearnedLayout
from tinh.sources import limits
from tinh.sources.delimited import Head, body_at, fast, last_line_cut, opened, patient
from tinh.sources.documents import Record, names_of, ndjson_records, table
from tinh.sources.errors import HeaderOnly, OldLettersTooLarge, RecordTooLarge
from tinh.sources.paged import Paged, ahead
from tinh.sources.plainness import spare
from tinh.sources.plaintext import Plain, plain, unpacked
from tinh.sources.quotes import cut, plain_quotes, single
from tinh.sources.read import in_unicode, is_page, looks_foreign, ndjson_or_json, remarks
from tinh.sources.shaping import Shape, Sifting, numbered, parted, shaped
from tinh.sources.table import Table

_RECORD = 5  # pieces that one record may fill
_UNPIVOTED = 8  # as many times smaller are the pieces of a wide table
_TAIL = 65_536


class NewNames(Exception):
    """A record far down brought a name that no earlier one has: what was read so far is read anew."""


class Indivisible(Exception):
    """Letters of an old font turned up: what they mean, only the whole delivery tells.

    A text of them that is too large to be read whole is refused as OldLettersTooLarge.
    """


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a delivery: its number from 0 and its cells, numbered as in the whole."""

    number: int
    table: Table


Reader = Callable[[Collection[int] | None], Iterator[Piece]]


@dataclass(frozen=True)
class Pieces:
    """The pieces of one delivery; `read` gives all of them, or certain ones again.

    `whole` is what is said of the delivery at large: format, encoding, columns missing and
    unknown. `said` are the remarks a reader adds once it knows how many records are ragged.
    """

    whole: Callable[[], Table]
    read: Reader
    said: Callable[[int], tuple[str, ...]]
    filename: str
    size: int

    def notes(self, ragged: int) -> tuple[str, ...]:
        return remarks(replace(self.whole(), notes=self.said(ragged)), self.filename).notes


def pieces(
    path: Path, dataset: Dataset, filename: str, folder: Path, layouts: Sequence[LearnedLayout] = ()
) -> Pieces | None:
    """`path` in pieces of about `limits.PIECE` bytes when it is delimited text or NDJSON, packed with
    gzip or not, that is larger than `limits.STREAM_FROM`; None when it is to be read whole. `folder`
    takes what has to be unpacked or recoded."""
    if not path.is_file() or path.stat().st_size > limits.TEXT_BYTES:
        return None
    size = limits.PIECE
    inside = unpacked(path, folder, limits.STREAM_FROM, filename)
    if inside is None or looks_foreign(inside, filename):
        return None
    text = plain(inside, folder, filename, dataset.layout.encoding)
    if text.encoding == "western":
        _refuse_large(inside.stat().st_size, filename)
        return None
    with Paged(text.path, text.skip) as data:
        start = data[:_TAIL]
        if is_page(start):
            return None
        kind = ndjson_or_json(start, filename)
        if kind == "json":
            return None
        if kind == "ndjson":
            reader = _Records(text.path, text.skip, dataset, filename, text.encoding, size)
            return Pieces(reader.whole, reader.read, reader.said, filename, len(data))
        head, shape = opened(data, dataset, filename, layouts)
        start_at = body_at(data, head.lines)
    if shape.plan.unpivots:  # every cell becomes a record
        size = max(1, size // _UNPIVOTED)
    with Paged(text.path, text.skip + start_at) as body:
        quoted = 0 if text.unquoted and single(head.separator) else plain_quotes(body, head.separator)
        rows = _Rows(text, start_at, head, shape, filename, size, quoted is not None, bool(quoted))
        return Pieces(rows.whole, rows.read, rows.said, filename, len(body))


@dataclass(frozen=True, slots=True)
class _Mark:
    """Where a piece begins: its bytes in the body, its first line, and what its sifting starts from."""

    bytes: tuple[int, int]
    first: int
    sifting: Sifting


class _Rows:
    """Delimited text. `even`: its quotes are regular; `quoted`: there are some."""

    def __init__(
        self,
        text: Plain,
        start: int,
        head: Head,
        shape: Shape,
        filename: str,
        size: int,
        even: bool,
        quoted: bool,
    ) -> None:
        self._path, self._skip, self._encoding = text.path, text.skip + start, text.encoding
        self._head, self._shape = head, shape
        self._filename, self._size = filename, size
        self._even, self._quoted = even, quoted
        self._marks: list[_Mark] = []
        self._ends: list[tuple[int, int]] = []  # the bytes of each piece, where they are known
        self._plain: set[int] = set()  # pieces whose bytes say that their cells need no mending
        self._narrow = True  # whether no record has had more fields than the header
        self._sifting = Sifting(shape)

    def whole(self) -> Table:
        empty = pl.DataFrame(schema=[f"c{i}" for i in range(self._shape.width + 1)]).cast(pl.String)
        table, _ = shaped(numbered(empty, self._shape, 1).rows, (), self._shape)
        return replace(table, encoding=self._encoding)

    def said(self, ragged: int) -> tuple[str, ...]:
        return self._shape.notes(ragged, self._sifting.counts())

    def read(self, wanted: Collection[int] | None = None) -> Iterator[Piece]:
        """All pieces; once they were all read, certain ones."""
        if wanted is None:
            yield from self._all()
            return
        with Paged(self._path, self._skip) as body:
            frames = self._regular(body, sorted(wanted)) if self._even else self._patient()
            for number, frame in frames:
                if number not in wanted:
                    continue
                mark = self._marks[number]
                lines = numbered(frame, self._shape, mark.first)
                told = self._sifting
                sifting = replace(mark.sifting, notes=told.notes, stump=told.stump, left={})
                yield self._piece(number, sifting.table(lines, number in self._plain), len(body))

    def _all(self) -> Iterator[Piece]:
        self._marks, self._ends, self._sifting = [], [], Sifting(self._shape)
        self._plain.clear()
        sifting = self._sifting
        with Paged(self._path, self._skip) as body:
            found = self._regular(body, None) if self._even else self._patient()
            frames = (frame for _, frame in ahead(found))
            for number, lines in enumerate(parted(frames, sifting, lambda: self._stump(body))):
                at = self._ends[number] if self._even else (0, 0)
                self._marks.append(_Mark(at, lines.first, replace(sifting)))
                yield self._piece(number, sifting.table(lines, number in self._plain), len(body))
        if not sifting.before:
            raise HeaderOnly(filename=self._filename)

    def _piece(self, number: int, table: Table, size: int) -> Piece:
        return Piece(number, _unicode(replace(table, encoding=self._encoding), self._filename, size))

    def _stump(self, body: Paged) -> bool:
        return last_line_cut(body[max(0, len(body) - _TAIL) :], self._head)

    def _regular(self, body: Paged, wanted: Sequence[int] | None) -> Iterator[tuple[int, pl.DataFrame]]:
        for number, start, text in self._texts(body, wanted):
            frame = fast(text, self._head, None, self._narrow)
            if frame is not None and self._narrow:
                self._narrow = not frame.to_series(-1).count()
            if frame is None:
                moved = replace(self._head, lines=self._head.lines + body.count(b"\n", start))
                frame = pl.concat(patient(io.BytesIO(text), moved, self._filename))
            elif len(text) <= limits.FIELD_BYTES and spare(text, self._head.separator):
                self._plain.add(number)
            yield number, frame

    def _texts(self, body: Paged, wanted: Sequence[int] | None) -> Iterator[tuple[int, int, bytes]]:
        if wanted is not None:
            for number in wanted:
                start, stop = self._marks[number].bytes
                yield number, start, body[start:stop]
            return
        parts = _parts(body, self._size, self._quoted, self._filename, self._head.lines)
        for number, (start, text) in enumerate(parts):
            self._ends.append((start, start + len(text)))
            yield number, start, text

    def _patient(self) -> Iterator[tuple[int, pl.DataFrame]]:
        with self._path.open("rb") as stream:
            stream.seek(self._skip)
            yield from enumerate(patient(stream, self._head, self._filename, 1 << 30, self._size))


class _Records:
    """NDJSON. Its columns are known once every record has been seen; those of the first piece are
    taken for all until another name turns up."""

    def __init__(
        self, path: Path, skip: int, dataset: Dataset, filename: str, encoding: str, size: int
    ) -> None:
        self._path, self._skip = path, skip
        self._dataset, self._filename, self._encoding = dataset, filename, encoding
        self._size = max(1, size // 2)  # parsed records take more room than cells of text
        self._names: list[str] | None = None

    def whole(self) -> Table:
        return table([], self._dataset, self._filename, "ndjson", self._encoding, self._names or [])

    def said(self, ragged: int) -> tuple[str, ...]:
        return (f"ragged:{ragged}",) if ragged else ()

    def read(self, wanted: Collection[int] | None = None) -> Iterator[Piece]:
        first = 1
        for number, records in enumerate(self._records()):
            found = names_of(records)
            if self._names is None:
                self._names = found
            elif not set(found) <= set(self._names):
                self._names = list(dict.fromkeys(n for part in self._records() for n in names_of(part)))
                raise NewNames
            if wanted is None or number in wanted:
                cells = table(
                    records, self._dataset, self._filename, "ndjson", self._encoding, self._names, first
                )
                yield Piece(number, _unicode(cells, self._filename, self._path.stat().st_size))
            first += len(records)
        if first == 1:
            raise HeaderOnly(filename=self._filename)

    def _records(self) -> Iterator[list[Record]]:
        lines = 0
        with Paged(self._path, self._skip) as text:
            for start, part in _parts(text, self._size, False, self._filename, 0):
                last = start + len(part) >= len(text)
                yield ndjson_records(part, self._filename, lines, last)
                lines += part.count(b"\n")


def _unicode(table: Table, filename: str, size: int) -> Table:
    mended = in_unicode(table, filename)
    if len(mended.cleaning) > len(table.cleaning) or len(mended.notes) > len(table.notes):
        _refuse_large(size, filename)
        raise Indivisible
    return mended


def _refuse_large(size: int, filename: str) -> None:
    if size > limits.OLD_LETTERS:
        limit = limits.size_text(limits.OLD_LETTERS)
        raise OldLettersTooLarge(filename=filename, size=limits.size_text(size), limit=limit)


def _parts(data: Paged, size: int, quoted: bool, filename: str, lines: int) -> Iterator[tuple[int, bytes]]:
    """Stretches of about `size` bytes that end where a record does, each with its place."""
    at, room = 0, size
    while at < len(data):
        block = data[at : at + room]
        end = len(block)
        if at + end < len(data):
            end = cut(block, quoted, data[at + end : at + end + 1])
        if not end:
            if room >= max(_RECORD * size, limits.FIELD_BYTES):
                line = 1 + lines + data.count(b"\n", at)
                raise RecordTooLarge(filename=filename, line=line, limit=limits.size_text(room))
            room *= 2
            continue
        yield at, block[:end]
        at, room = at + end, size
