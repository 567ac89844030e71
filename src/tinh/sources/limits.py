"""How much a delivery may weigh, and how large it may become when opened."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import BinaryIO

from tinh.sources.errors import CutShort, Inflates

MB = 1 << 20
JSON_BYTES = 256 * MB  # a JSON document is held whole, ten times its size
TEXT_BYTES = 8192 * MB
STREAM_FROM = 64 * MB  # of text: a delivery beyond this is taken in pieces
OLD_LETTERS = 160 * MB  # of text that is no Unicode: it is read whole, five times its size
PIECE = 12 * MB  # five are in work at a time, each about ten times its text
INFLATED_FLOOR = 128 * MB  # any archive may grow to this
INFLATED_CEILING = 4096 * MB
INFLATED_RATIO = 200  # beyond the floor, real tables do not shrink further
SHEET_CELLS = 20_000_000  # cells of a sheet that hold something
SHEET_FIELD = 4_000_000_000  # rows times columns: beyond it a cell stands far from any table
TEXT_IN_CELLS = 1024 * MB
RECORDS = 200_000_000
FIELD_BYTES = 16 * MB  # one cell
COLUMNS = 16_384  # of one table, as many as a spreadsheet has
JSON_DEPTH = 100


def size_text(size: int) -> str:
    if size < 1024:
        return f"{size} B"
    power = min(3, (size.bit_length() - 1) // 10)
    return f"{size / 1024**power:.1f} {('B', 'KB', 'MB', 'GB')[power]}"


def may_inflate_to(size: int) -> int:
    return max(INFLATED_FLOOR, min(INFLATED_CEILING, size * INFLATED_RATIO))


def text_within(size: int) -> int:
    """Bytes of text the cells of a workbook of this size may hold: repeats of one text count each."""
    return max(INFLATED_FLOOR, min(TEXT_IN_CELLS, size * 50))


def gunzip(stream: BinaryIO, size: int, filename: str) -> bytes:
    """The content of a gzip file (all its members), refused when it swells or is cut."""
    return b"".join(inflated(stream, size, filename))


def inflated(stream: BinaryIO, size: int, filename: str) -> Iterator[bytes]:
    """The same, block by block."""
    limit, total = may_inflate_to(size), 0
    try:
        for block in _inflate(stream, 31):
            total += len(block)
            if total > limit:
                raise Inflates(filename=filename, size=size_text(total), limit=size_text(limit))
            yield block
    except (zlib.error, EOFError) as error:
        raise CutShort(
            filename=filename,
            where_vi="dữ liệu nén gzip không trọn vẹn",
            where_en="its gzip data is incomplete or damaged",
        ) from error


def _inflate(stream: BinaryIO, wbits: int) -> Iterator[bytes]:
    rest = stream.read(MB)
    while rest:
        machine = zlib.decompressobj(wbits)
        while not machine.eof:
            if not rest:
                raise EOFError
            yield machine.decompress(rest, MB)
            rest = machine.unconsumed_tail or (b"" if machine.eof else stream.read(MB))
        rest = machine.unused_data.lstrip(b"\0") or stream.read(MB).lstrip(b"\0")
