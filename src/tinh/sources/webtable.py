"""Tables of web pages and of Excel 2003 XML, as Vietnamese systems export them under the name .xls.

Only rows and cells are taken; scripts, styles and links are never looked at.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from xml.parsers import expat

import polars as pl

from tinh.sources import limits
from tinh.sources.archive import guard
from tinh.sources.errors import TooLarge, Unparsable, WebArchive
from tinh.sources.openxml import Entry
from tinh.sources.sheet import FAULT, MERGES, NUMBER, PERCENT, TEXT, TRUTH, Cells, Merge, Sheet

_LARGEST = 128 * limits.MB
_QUIET = frozenset({"script", "style", "head", "title", "noscript"})


class WebPage:
    """Each table of a page, as a sheet; the one that fits is chosen as among sheets."""

    form = "html"

    def __init__(self, text: bytes, filename: str) -> None:
        _small(text, filename)
        reader = _Page(filename, len(text))
        reader.feed(text.decode("utf-8", "replace"))
        reader.close()
        self._read = [s for s in reader.tables if s.cells.height]
        if not self._read:
            raise WebArchive(filename=filename)
        self.sheets = [Entry(s.name, str(i), False) for i, s in enumerate(self._read)]

    def read(self, entry: Entry, rows: int | None = None) -> Sheet:
        del rows
        return self._read[int(entry.part)]


class _Page(HTMLParser):
    def __init__(self, filename: str, size: int) -> None:
        super().__init__(convert_charrefs=True)
        self._filename, self._size = filename, size
        self.tables: list[Sheet] = []
        self._depth = self._quiet = 0
        self._pieces: list[str] | None = None
        self._cells = Cells(filename, size)
        self._merges: list[Merge] = []
        self._taken: set[tuple[int, int]] = set()
        self._row = self._col = 0
        self._span = (1, 1)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _QUIET:
            self._quiet += tag != "head"
        elif tag == "table":
            self._depth += 1
            if self._depth == 1:
                self._cells = Cells(self._filename, self._size)
                self._merges, self._taken, self._row = [], set(), 0
        elif self._depth != 1:
            return
        elif tag == "tr":
            self._finish()
            self._row += 1
            self._col = 0
        elif tag in ("td", "th"):
            self._finish()
            self._row = max(self._row, 1)
            while (self._row, self._col) in self._taken:
                self._taken.discard((self._row, self._col))
                self._col += 1
            told = dict(attrs)
            self._span = (_times(told.get("rowspan")), _times(told.get("colspan")))
            self._pieces = []
        elif tag in ("br", "p", "div") and self._pieces:
            self._pieces.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _QUIET:
            self._quiet = max(0, self._quiet - (tag != "head"))
        elif tag == "table" and self._depth:
            if self._depth == 1:
                self._finish()
                name = f"Bảng {len(self.tables) + 1}"
                if len(self.tables) < 1_000:
                    self.tables.append(Sheet(name, self._cells.frame(), tuple(self._merges), form="html"))
            self._depth -= 1
        elif tag in ("td", "th", "tr") and self._depth == 1:
            self._finish()

    def handle_data(self, data: str) -> None:
        if self._pieces is not None and not self._quiet:
            self._pieces.append(data)

    def _finish(self) -> None:
        if self._pieces is None:
            return
        text = " ".join("".join(self._pieces).split())
        down, across = self._span
        if text:
            self._cells.add(self._row, min(self._col, 16_383), TEXT, text)
        if (down > 1 or across > 1) and len(self._merges) < MERGES:
            self._merges.append(Merge(self._row, self._col, self._row + down - 1, self._col + across - 1))
            if down > 1 and len(self._taken) < 1_000_000:
                self._taken |= {
                    (r, c)
                    for r in range(self._row + 1, self._row + down)
                    for c in range(self._col, self._col + across)
                }
        self._col += across
        self._pieces = None


def _times(told: str | None) -> int:
    return max(1, min(int(told), 2_000)) if told and told.isdigit() and len(told) < 6 else 1


class OldXml:
    """A workbook of Excel 2003 XML (SpreadsheetML)."""

    form = "xml"

    def __init__(self, text: bytes, filename: str) -> None:
        _small(text, filename)
        reader = _OldXmlReader(filename, len(text))
        parser = expat.ParserCreate(encoding="utf-8")
        guard(parser, filename)
        parser.buffer_text = True
        parser.StartElementHandler = reader.start
        parser.EndElementHandler = reader.end
        parser.CharacterDataHandler = reader.text
        try:
            parser.Parse(text, True)
        except expat.ExpatError as error:
            raise Unparsable(filename=filename, format="Excel XML", reason=str(error)) from error
        self._read = reader.sheets
        if not self._read:
            raise WebArchive(filename=filename)
        self.sheets = [Entry(s.name, str(i), s.hidden) for i, s in enumerate(self._read)]

    def read(self, entry: Entry, rows: int | None = None) -> Sheet:
        del rows
        return self._read[int(entry.part)]


_KINDS = {"Number": NUMBER, "Error": FAULT, "Boolean": TRUTH}


class _OldXmlReader:
    def __init__(self, filename: str, size: int) -> None:
        self._filename, self._size = filename, size
        self.sheets: list[Sheet] = []
        self._percents: set[str] = set()
        self._style = self._kind = ""
        self._of_cell = ""
        self._across = 0
        self._collecting = False
        self._pieces: list[str] = []
        self._open({})

    def _open(self, attrs: dict[str, str]) -> None:
        self._name, self._hidden = attrs.get("Name", ""), False
        self._cells = Cells(self._filename, self._size)
        self._row, self._col, self._column = 0, -1, 0
        self._merges: list[Merge] = []
        self._hidden_rows: list[int] = []
        self._hidden_columns: set[int] = set()

    def start(self, tag: str, raw: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        attrs = {k.rpartition(":")[2]: v for k, v in raw.items()}
        if tag == "Style":
            self._style = attrs.get("ID", "")
        elif tag == "NumberFormat":
            told = attrs.get("Format", "")
            if "%" in told or told == "Percent":
                self._percents.add(self._style)
        elif tag == "Worksheet":
            self._open(attrs)
        elif tag == "Column":
            self._column = _index(attrs, self._column + 1)
            times = 1 + _number(attrs.get("Span"))
            if attrs.get("Hidden") == "1":
                self._hidden_columns.update(range(self._column - 1, min(self._column - 1 + times, 16_384)))
            self._column += times - 1
        elif tag == "Row":
            self._row = _index(attrs, self._row + 1)
            self._col = 0
            if attrs.get("Hidden") == "1":
                self._hidden_rows.append(self._row)
        elif tag == "Cell":
            self._col = _index(attrs, self._col + 1)
            self._of_cell = attrs.get("StyleID", "")
            across, down = _number(attrs.get("MergeAcross")), _number(attrs.get("MergeDown"))
            if (across or down) and len(self._merges) < MERGES:
                self._merges.append(Merge(self._row, self._col - 1, self._row + down, self._col - 1 + across))
            self._across = across
        elif tag == "Data":
            self._kind = attrs.get("Type", "String")
            self._collecting = True
            self._pieces.clear()
        elif tag == "Visible":
            self._collecting = True
            self._pieces.clear()

    def text(self, data: str) -> None:
        if self._collecting:
            self._pieces.append(data)

    def end(self, tag: str) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "Data":
            text = "".join(self._pieces)
            kind = _KINDS.get(self._kind, TEXT)
            if kind == NUMBER and self._of_cell in self._percents:
                kind = PERCENT
            if self._kind == "DateTime":
                text = re.sub(r"\.0+$", "", text).removesuffix("T00:00:00").replace("T", " ")
            if kind == TRUTH:
                text = "true" if text == "1" else "false"
            if text and self._row <= 1_048_576 and self._col <= 16_384:
                self._cells.add(self._row, self._col - 1, kind, text)
            self._collecting = False
        elif tag == "Cell":
            self._col += self._across
        elif tag == "Visible":
            self._hidden = "".join(self._pieces).strip() != "SheetVisible"
            self._collecting = False
        elif tag == "Worksheet" and len(self.sheets) < 1_000:
            rows = self._hidden_rows
            self.sheets.append(
                Sheet(
                    self._name,
                    self._cells.frame(),
                    tuple(self._merges),
                    self._hidden,
                    pl.Series(rows, dtype=pl.UInt32),
                    frozenset(self._hidden_columns),
                    form="xml",
                )
            )


def _index(attrs: dict[str, str], otherwise: int) -> int:
    return _number(attrs.get("Index")) or otherwise


def _number(told: str | None) -> int:
    return int(told) if told and told.isdigit() and len(told) < 8 else 0


def _small(text: bytes, filename: str) -> None:
    if len(text) > _LARGEST:
        raise TooLarge(
            filename=filename,
            size=limits.size_text(len(text)),
            limit=limits.size_text(_LARGEST),
            format="HTML",
        )


def charset(head: bytes) -> str:
    """The encoding a page names in its head."""
    found = re.search(rb"charset\s*=\s*[\"']?([A-Za-z0-9_-]{2,20})", head[:4096])
    return found.group(1).decode().lower() if found else ""
