"""Workbooks of Excel (.xlsx, .xlsm): read as a stream, with what is hidden, merged and formatted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

import polars as pl

from tinh.sources import limits
from tinh.sources.archive import Archive, Stop
from tinh.sources.errors import BinaryWorkbook, HeaderOnly, Inflates, NotATable, TooManySheets, WordFile
from tinh.sources.marks import Run
from tinh.sources.sheet import (
    DATE,
    FAULT,
    NUMBER,
    PERCENT,
    TEXT,
    TRUTH,
    UNCOMPUTED,
    Cells,
    Merge,
    Sheet,
    ordinal,
)

_SHEETS = 1_000
_DATES = frozenset([*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)])
_PERCENTS = frozenset([9, 10])
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_RANGE = re.compile(r"^\$?([A-Z]{1,3})\$?(\d{1,7})(?::\$?([A-Z]{1,3})\$?(\d{1,7}))?$")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True)
class Entry:
    """One sheet of a workbook, not read yet."""

    name: str
    part: str
    hidden: bool


class Workbook:
    """The sheets of one workbook; the archive stays the caller's."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self.main = _main(archive)
        self.epoch_1904 = False
        self.sheets = self._list()
        self._kinds: list[int] | None = None
        self._shared: pl.Series | None = None
        self._marked: frozenset[int] = frozenset()

    def _list(self) -> list[Entry]:
        links = _links(self._archive, self.main)
        found: list[Entry] = []

        def start(name: str, attrs: dict[str, str]) -> None:
            name = name.rpartition(":")[2]
            if name == "workbookPr":
                self.epoch_1904 = attrs.get("date1904", "0") in ("1", "true", "on")
            elif name == "sheet":
                target = next((v for k, v in attrs.items() if k.rpartition(":")[2] == "id" and ":" in k), "")
                part = links.get(target, "")
                if self._archive.has(part):
                    hidden = attrs.get("state", "visible") != "visible"
                    found.append(Entry(attrs.get("name", ""), part, hidden))
                if len(found) > _SHEETS:
                    raise TooManySheets(filename=self._archive.filename, limit=_SHEETS)

        self._archive.parse(self.main, start, lambda _: None)
        if not found:
            raise HeaderOnly(filename=self._archive.filename)
        return found

    def read(self, entry: Entry, rows: int | None = None) -> Sheet:
        """A sheet whole, or (for a look at its header) its first `rows` rows."""
        if self._kinds is None:
            self._kinds = _styles(self._archive, self._sibling("styles.xml"))
        if self._shared is None:
            self._shared, self._marked = _strings(self._archive, self._sibling("sharedStrings.xml"))
        reader = _SheetReader(
            self._kinds,
            Cells(self._archive.filename, self._archive.size, self._shared, self.epoch_1904),
            rows,
            self._marked,
        )
        self._archive.parse(entry.part, reader.start, reader.end, None, reader.ready)
        return Sheet(
            entry.name,
            reader.cells.frame(),
            tuple(reader.merges),
            entry.hidden,
            pl.Series(reader.hidden_rows, dtype=pl.UInt32),
            frozenset(reader.hidden_columns),
            epoch_1904=self.epoch_1904,
            marks=reader.marks,
        )

    def _sibling(self, name: str) -> str:
        by_link = {
            PurePosixPath(target).name.lower(): target for target in _links(self._archive, self.main).values()
        }
        return by_link.get(name.lower(), str(PurePosixPath(self.main).parent / name))


def _main(archive: Archive) -> str:
    if archive.has("_rels/.rels"):
        for target in _links(archive, "").values():
            if target.lower().endswith("workbook.xml") and archive.has(target):
                return target
    if archive.has("xl/workbook.xml"):
        return "xl/workbook.xml"
    if archive.has("xl/workbook.bin"):
        raise BinaryWorkbook(filename=archive.filename)
    if any(n.startswith("word/") for n in archive.names):
        raise WordFile(filename=archive.filename)
    raise NotATable(filename=archive.filename, kind_vi="tệp nén zip", kind_en="a zip archive")


def _links(archive: Archive, part: str) -> dict[str, str]:
    """Relationship id → part name, of one part (of the package itself for an empty name)."""
    home = PurePosixPath(part).parent
    name = str(home / "_rels" / f"{PurePosixPath(part).name}.rels") if part else "_rels/.rels"
    out: dict[str, str] = {}

    def start(tag: str, attrs: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "Relationship" and attrs.get("TargetMode") != "External":
            target = attrs.get("Target", "")
            whole = target.lstrip("/") if target.startswith("/") else str(home / target)
            steps: list[str] = []
            for step in whole.split("/"):
                if step == "..":
                    steps = steps[:-1]
                elif step not in ("", "."):
                    steps.append(step)
            out[attrs.get("Id", "")] = "/".join(steps)

    if archive.has(name):
        archive.parse(name, start, lambda _: None)
    return out


def _styles(archive: Archive, part: str) -> list[int]:
    """What a number of each cell format is: a number, a percentage, a day."""
    codes: dict[int, str] = {}
    kinds: list[int] = []
    inside = False

    def start(tag: str, attrs: dict[str, str]) -> None:
        nonlocal inside
        tag = tag.rpartition(":")[2]
        if tag == "numFmt" and attrs.get("numFmtId", "").isdecimal():
            codes[int(attrs["numFmtId"][:18])] = attrs.get("formatCode", "")
        elif tag == "cellXfs":
            inside = True
        elif tag == "xf" and inside:
            told = attrs.get("numFmtId", "0")
            number = int(told[:18]) if told.isdecimal() else 0
            kinds.append(kind_of(number, codes.get(number, "")))

    def end(tag: str) -> None:
        nonlocal inside
        if tag.rpartition(":")[2] == "cellXfs":
            inside = False

    if archive.has(part):
        archive.parse(part, start, end)
    return kinds


def kind_of(number: int, code: str) -> int:
    """What a number format makes of a number."""
    if not code:
        return DATE if number in _DATES else PERCENT if number in _PERCENTS else NUMBER
    bare = _QUOTED.sub("", code.split(";", 1)[0]).lower()
    if "%" in bare:
        return PERCENT
    bare = bare.replace("general", "").replace("am/pm", "h").replace("a/p", "h")
    return DATE if re.search(r"[dmyhs]", bare) else NUMBER


def _strings(archive: Archive, part: str) -> tuple[pl.Series, frozenset[int]]:
    """The shared strings, without the reading aids of East Asian scripts and without marks; and which
    of them had marks."""
    run, begun, marked, number = Run(), 0, set[int](), 0
    blocks: list[pl.Series] = []
    texts: list[str] = []
    pieces: list[str] = []
    quiet = 0
    collecting = False
    budget = limits.text_within(archive.size)

    def pack() -> None:
        nonlocal budget
        block = pl.Series(texts, dtype=pl.String)
        budget -= int(block.str.len_bytes().sum() or 0)
        if budget < 0:
            limit = limits.size_text(limits.text_within(archive.size))
            raise Inflates(filename=archive.filename, size=limits.size_text(archive.size), limit=limit)
        blocks.append(block)
        texts.clear()

    def start(tag: str, attrs: dict[str, str]) -> None:
        nonlocal quiet, collecting, run, begun
        tag = tag if ":" not in tag else tag.rpartition(":")[2]
        if tag == "t":
            collecting = not quiet
            begun = len(pieces)
        elif tag == "r":
            run = Run()
        elif tag in ("vertAlign", "strike", "dstrike"):
            run.says(tag, attrs)
        elif tag == "rPh":
            quiet += 1

    def end(tag: str) -> None:
        nonlocal quiet, collecting, run, number
        tag = tag if ":" not in tag else tag.rpartition(":")[2]
        if tag == "t":
            collecting = False
            if run and not run.keeps("".join(pieces[:begun]), "".join(pieces[begun:])):
                del pieces[begun:]
                marked.add(number)
        elif tag == "r":
            run = Run()
        elif tag == "si":
            number += 1
            texts.append(unescaped("".join(pieces)))
            pieces.clear()
            if len(texts) >= 100_000:
                pack()
        elif tag == "rPh":
            quiet -= 1

    def text(data: str) -> None:
        if collecting:
            pieces.append(data)

    if archive.has(part):
        archive.parse(part, start, end, text)
    pack()
    return pl.concat(blocks), frozenset(marked)


def unescaped(text: str) -> str:
    """`_x000D_` as the character it stands for; characters no text holds are left out."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(
        lambda m: c if (c := chr(int(m.group(1), 16))).isprintable() or c in "\n\r\t" else "", text
    )


class _SheetReader:
    """Handlers for one sheet's XML."""

    def __init__(self, kinds: list[int], cells: Cells, rows: int | None, marked: frozenset[int]) -> None:
        self.cells, self.merges = cells, list[Merge]()
        self.hidden_rows, self.hidden_columns = list[int](), set[int]()
        self._kinds, self._rows = kinds, rows
        self._row, self._col, self._seen = 0, -1, 0
        self._type, self._style = "n", -1
        self._formula = self._valued = self._rich = False
        self._pieces: list[str] = []
        self._said: list[str] = []
        self._columns: dict[str, int] = {}
        self._parser: object = None
        self._marked, self._run, self._begun, self._dropped, self.marks = marked, Run(), 0, False, 0

    def ready(self, parser: object) -> None:
        self._parser = parser

    def start(self, tag: str, attrs: dict[str, str]) -> None:
        if ":" in tag:
            tag = tag.rpartition(":")[2]
        if tag == "c":
            place = attrs.get("r")
            if place:
                name = place.rstrip("0123456789")
                col = self._columns.get(name)
                if col is None:
                    col = self._columns[name] = ordinal(name) if name.isascii() and name.isalpha() else 70_000
                self._col = col
            else:
                self._col += 1
            self._type = attrs.get("t", "n")
            style = attrs.get("s")
            self._style = int(style) if style else -1
            self._formula = self._valued = False
        elif tag == "v" or (tag == "t" and not self._rich):
            self._valued = True
            self._begun = len(self._pieces)
            self._parser.CharacterDataHandler = self._pieces.append  # type: ignore[attr-defined]  # expat's
        elif tag == "f":
            self._formula = True
            self._parser.CharacterDataHandler = self._said.append  # type: ignore[attr-defined]  # expat's
        elif tag == "row":
            told = attrs.get("r", "")
            self._row = int(told[:18]) if told.isdecimal() else self._row + 1
            self._col = -1
            if self._row > 1_048_576:
                raise Stop
            if attrs.get("hidden") in ("1", "true"):
                self.hidden_rows.append(self._row)
            self._seen += 1
            if self._rows is not None and self._seen > self._rows:
                raise Stop
        elif tag == "rPh":
            self._rich = True
        elif tag == "r":
            self._run = Run()
        elif tag in ("vertAlign", "strike", "dstrike"):
            self._run.says(tag, attrs)
        elif tag == "col":
            self._column(attrs)
        elif tag == "mergeCell":
            merge = range_of(attrs.get("ref", ""))
            if merge is not None:
                self.merges.append(self.cells.merged(merge))

    def end(self, tag: str) -> None:
        if ":" in tag:
            tag = tag.rpartition(":")[2]
        if tag in ("v", "t", "f"):
            self._parser.CharacterDataHandler = None  # type: ignore[attr-defined]  # expat's
            if tag == "t" and self._run:
                pieces, begun = self._pieces, self._begun
                if not self._run.keeps("".join(pieces[:begun]), "".join(pieces[begun:])):
                    del pieces[begun:]
                    self._dropped = True
        elif tag == "r":
            self._run = Run()
        elif tag == "rPh":
            self._rich = False
        elif tag == "c":
            if self._valued or self._formula:
                self._cell()
            if self._formula:
                self._said.clear()

    def _cell(self) -> None:
        pieces = self._pieces
        text = pieces[0] if len(pieces) == 1 else "".join(pieces)
        pieces.clear()
        kind = self._type
        if self._dropped:
            self.marks, self._dropped = self.marks + 1, False
        if self._col >= 16_384:
            return
        if not text:
            if self._formula and kind not in ("str", "s", "inlineStr"):
                self.cells.add(self._row, self._col, UNCOMPUTED, "=" + "".join(self._said)[:200])
        elif kind == "s":
            index = int(text[:9]) if text.isdecimal() else -1
            self.marks += index in self._marked
            self.cells.add(self._row, self._col, TEXT, None, index)
        elif kind == "n":
            style = self._style
            read_as = self._kinds[style] if 0 <= style < len(self._kinds) else NUMBER
            self.cells.add(self._row, self._col, read_as, text)
        elif kind == "e":
            self.cells.add(self._row, self._col, FAULT, text)
        elif kind == "b":
            self.cells.add(self._row, self._col, TRUTH, "true" if text == "1" else "false")
        elif kind == "d":
            self.cells.add(self._row, self._col, TEXT, text.removesuffix("T00:00:00").replace("T", " "))
        else:
            self.cells.add(self._row, self._col, TEXT, unescaped(text))

    def _column(self, attrs: dict[str, str]) -> None:
        low, high = attrs.get("min", ""), attrs.get("max", "")
        if attrs.get("hidden") in ("1", "true") and low.isdecimal() and high.isdecimal():
            self.hidden_columns.update(range(int(low[:9]) - 1, min(int(high[:9]), 16_384)))


def range_of(ref: str) -> Merge | None:
    """`B2:D3` as a range; None when it is none, or one cell."""
    found = _RANGE.match(ref)
    if found is None or not found.group(3):
        return None
    left, top, right, bottom = found.groups()
    merge = Merge(int(top), ordinal(left), int(bottom), ordinal(right))
    ordered = merge.bottom >= merge.top and merge.right >= merge.left
    return merge if ordered and merge[:2] != merge[2:] else None
