"""Workbooks of Excel 97 to 2003 (.xls): records of cells, with what is hidden, merged and formatted."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from tinh.sources.compound import Damaged
from tinh.sources.errors import HeaderOnly, PasswordProtected, TooManySheets
from tinh.sources.openxml import Entry, kind_of
from tinh.sources.sheet import FAULT, NUMBER, TEXT, TRUTH, Cells, Merge, Sheet

_BOF, _EOF, _CONTINUE, _SST, _FORMULA, _STRING = 0x809, 0x0A, 0x3C, 0xFC, 0x06, 0x207
_FAULTS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}


@dataclass
class _Globals:
    epoch_1904: bool
    kinds: list[int]
    strings: list[str]
    sheets: list[tuple[Entry, int]]


class Workbook97:
    """The sheets of one workbook; raises Damaged for older ones, which have other records."""

    form = "xls"

    def __init__(self, stream: bytes, filename: str) -> None:
        self._stream, self._filename = stream, filename
        try:
            self._globals = _globals(stream, filename)
        except (struct.error, IndexError) as error:
            raise Damaged from error
        self.sheets = [entry for entry, _ in self._globals.sheets]
        if not self.sheets:
            raise HeaderOnly(filename=filename)

    def read(self, entry: Entry, rows: int | None = None) -> Sheet:
        del rows
        at = next(offset for e, offset in self._globals.sheets if e is entry)
        try:
            return self._sheet(entry, at)
        except (struct.error, IndexError) as error:
            raise Damaged from error

    def _sheet(self, entry: Entry, at: int) -> Sheet:
        told = self._globals
        cells = Cells(self._filename, len(self._stream), epoch_1904=told.epoch_1904)
        merges: list[Merge] = []
        hidden_rows: list[int] = []
        hidden_columns: set[int] = set()
        waiting: tuple[int, int] | None = None  # a formula whose text follows

        def number(row: int, col: int, style: int, value: float) -> None:
            kind = told.kinds[style] if style < len(told.kinds) else NUMBER
            text = repr(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
            cells.add(row + 1, col, kind, text)

        depth = 0
        for code, data in _records(self._stream, at):
            if code == _BOF:
                depth += 1
            elif code == _EOF:
                depth -= 1
                if depth <= 0:
                    break
            elif depth != 1:
                continue
            elif code == 0xFD:
                row, col, _, index = struct.unpack_from("<HHHI", data)
                if index < len(told.strings) and told.strings[index]:
                    cells.add(row + 1, col, TEXT, told.strings[index])
            elif code == 0x203:
                row, col, style, value = struct.unpack_from("<HHHd", data)
                if value == value and abs(value) != float("inf"):
                    number(row, col, style, value)
            elif code == 0x27E:
                row, col, style, packed = struct.unpack_from("<HHHI", data)
                number(row, col, style, _rk(packed))
            elif code == 0xBD:
                row, col = struct.unpack_from("<HH", data)
                for i in range((len(data) - 6) // 6):
                    style, packed = struct.unpack_from("<HI", data, 4 + 6 * i)
                    number(row, col + i, style, _rk(packed))
            elif code == _FORMULA:
                row, col, style = struct.unpack_from("<HHH", data)
                if data[12:14] != b"\xff\xff":
                    value = struct.unpack_from("<d", data, 6)[0]
                    if value == value:
                        number(row, col, style, value)
                elif data[6] == 0:
                    waiting = row, col
                elif data[6] == 1:
                    cells.add(row + 1, col, TRUTH, "true" if data[8] else "false")
                elif data[6] == 2:
                    cells.add(row + 1, col, FAULT, _FAULTS.get(data[8], "#ERR"))
            elif code == _STRING and waiting is not None:
                text = _text(data, 2, struct.unpack_from("<H", data)[0])
                if text:
                    cells.add(waiting[0] + 1, waiting[1], TEXT, text)
                waiting = None
            elif code == 0x205:
                row, col, _, value, fault = struct.unpack_from("<HHHBB", data)
                if fault:
                    cells.add(row + 1, col, FAULT, _FAULTS.get(value, "#ERR"))
                else:
                    cells.add(row + 1, col, TRUTH, "true" if value else "false")
            elif code == 0x204:
                row, col = struct.unpack_from("<HH", data)
                text = _text(data, 8, struct.unpack_from("<H", data, 6)[0])
                if text:
                    cells.add(row + 1, col, TEXT, text)
            elif code == 0x208:
                row, flags = struct.unpack_from("<H", data)[0], struct.unpack_from("<H", data, 12)[0]
                if flags & 0x20:
                    hidden_rows.append(row + 1)
            elif code == 0x7D:
                first, last = struct.unpack_from("<HH", data)
                if struct.unpack_from("<H", data, 8)[0] & 1:
                    hidden_columns.update(range(first, min(last, 255) + 1))
            elif code == 0xE5:
                for i in range(struct.unpack_from("<H", data)[0]):
                    top, bottom, left, right = struct.unpack_from("<4H", data, 2 + 8 * i)
                    merges.append(cells.merged(Merge(top + 1, left, bottom + 1, right)))
        return Sheet(
            entry.name,
            cells.frame(),
            tuple(merges),
            entry.hidden,
            pl.Series(hidden_rows, dtype=pl.UInt32),
            frozenset(hidden_columns),
            epoch_1904=told.epoch_1904,
            form="xls",
        )


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    while at + 4 <= len(stream):
        code, length = struct.unpack_from("<HH", stream, at)
        yield code, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _globals(stream: bytes, filename: str) -> _Globals:
    out = _Globals(False, [], [], [])
    codes: dict[int, str] = {}
    styles: list[int] = []
    shared: list[bytes] = []
    before = 0
    for i, (code, data) in enumerate(_records(stream, 0)):
        if i == 0 and (code != _BOF or struct.unpack_from("<H", data)[0] != 0x600):
            raise Damaged
        if code == _EOF:
            break
        if code == 0x2F:
            raise PasswordProtected(filename=filename)
        if code == 0x22:
            out.epoch_1904 = data[:1] == b"\x01"
        elif code == 0x41E:
            number, length = struct.unpack_from("<HH", data)
            codes[number] = _text(data, 4, length)
        elif code == 0xE0:
            styles.append(struct.unpack_from("<H", data, 2)[0])
        elif code == 0x85 and data[5] == 0:
            name = _text(data, 7, data[6])
            part = str(len(out.sheets))
            out.sheets.append((Entry(name, part, bool(data[4] & 3)), struct.unpack_from("<I", data)[0]))
            if len(out.sheets) > 1_000:
                raise TooManySheets(filename=filename, limit=1_000)
        elif code == _SST or (code == _CONTINUE and before == _SST):
            shared.append(data)
            code = _SST
        before = code
    out.kinds = [kind_of(style, codes.get(style, "")) for style in styles]
    out.strings = _shared(shared)
    return out


def _text(data: bytes, at: int, length: int) -> str:
    """A text whose flags stand at `at`: one or two bytes a letter."""
    if data[at] & 1:
        return data[at + 1 : at + 1 + 2 * length].decode("utf-16-le", "replace")
    return data[at + 1 : at + 1 + length].decode("latin-1")


def _rk(packed: int) -> float:
    if packed & 2:
        value = float((packed >> 2) - (1 << 30 if packed & 0x80000000 else 0))
    else:
        value = struct.unpack("<d", struct.pack("<Q", (packed & 0xFFFFFFFC) << 32))[0]
    return value / 100 if packed & 1 else value


def _shared(blocks: list[bytes]) -> list[str]:
    """The shared strings; one that runs over the end of its record goes on in the next, which
    begins with new flags where letters go on."""
    if not blocks:
        return []
    block, at = 0, 8
    count = struct.unpack_from("<I", blocks[0], 4)[0]
    out: list[str] = []

    def take(size: int) -> bytes:
        nonlocal block, at
        got = b""
        while len(got) < size:
            if at >= len(blocks[block]):
                block, at = block + 1, 0
            piece = blocks[block][at : at + size - len(got)]
            at += len(piece)
            got += piece
        return got

    while len(out) < count:
        if at >= len(blocks[block]) and block + 1 >= len(blocks):
            break
        length, flags = struct.unpack("<HB", take(3))
        runs = struct.unpack("<H", take(2))[0] if flags & 8 else 0
        extra = struct.unpack("<I", take(4))[0] if flags & 4 else 0
        pieces: list[str] = []
        left = length
        while left:
            if at >= len(blocks[block]):
                block, at = block + 1, 1
                flags = (flags & ~1) | (blocks[block][0] & 1)
            wide = flags & 1
            size = min(left, (len(blocks[block]) - at) // (1 + wide))
            if size == 0:
                raise Damaged
            data = blocks[block][at : at + size * (1 + wide)]
            pieces.append(data.decode("utf-16-le" if wide else "latin-1", "replace"))
            at += len(data)
            left -= size
        if runs or extra:
            take(4 * runs + extra)
        out.append("".join(pieces))
    return out
