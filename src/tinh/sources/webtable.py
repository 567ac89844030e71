"""Tables of web pages and of Excel 2003 XML, as Vietnamese systems export them under the name .xls.

Only rows and cells are taken; scripts, styles and links are never looked at.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any
from xml.parsers import expat

import polars as pl

from tinh.sources import limits
from tinh.sources.archive import guard
from tinh.sources.errors import TooLarge, Unparsable, WebArchive
from tinh.sources.marks import kept
from tinh.sources.openxml import Entry
from tinh.sources.sheet import FAULT, NUMBER, PERCENT, TEXT, TRUTH, Cells, Merge, Sheet

_LARGEST = 128 * limits.MB
_QUIET = frozenset({"script", "style", "head", "title", "noscript"})
_MARKS = frozenset({"sup", "sub", "s", "del", "strike"})
_VOID = frozenset(
    {"br", "img", "input", "hr", "wbr", "col", "area", "embed", "source", "track", "link", "meta"}
)
_STRUCTURE = frozenset({"table", "tr", "td", "th", "thead", "tbody", "tfoot"})
_BLOCKS = frozenset({"p", "div", "br", "h1", "h2", "h3", "h4", "h5", "h6", "center", "li"})
_DEEPEST = 16  # tables inside each other
_TITLES, _LINE = 12, 300  # lines above a table, characters of one
_OWN = (
    "_pieces", "_cells", "_merges", "_taken", "_shut", "_dropped", "_marks", "_hidden", "_group",
    "_hidden_rows", "_raised", "_col", "_span", "_row", "_told",
)  # fmt: skip
_NONE = re.compile(r"display\s*:\s*none", re.IGNORECASE)


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
        self._quiet = self._ignored = 0
        self._outer: list[dict[str, Any]] = []  # tables that hold the one at hand, as they stood
        self._lines: list[str] = [""]  # what stands above the next table
        self._begin([])

    def _begin(self, titles: list[str]) -> None:
        """A new table, what stands above it in rows of its own."""
        self._pieces: list[str] | None = None
        self._cells = Cells(self._filename, self._size)
        self._merges: list[Merge] = []
        self._taken: dict[int, int] = {}  # column → the last row that a cell above takes
        self._shut: list[str] = []  # open elements of what is not shown, of one name
        self._dropped, self._marks = False, 0
        self._hidden = self._group = False
        self._hidden_rows: list[int] = []
        self._raised = self._col = 0
        self._span = (1, 1)
        self._row = len(titles)
        self._told: list[str] = []  # the rows of a small table, for the one after it
        for row, text in enumerate(titles, 1):
            self._cells.add(row, 0, TEXT, text)

    def _open(self) -> None:
        """A table, perhaps inside a cell of another: layouts of pages are made so."""
        if self._ignored or self._hidden or self._row in self._hidden_rows or len(self._outer) >= _DEEPEST:
            self._ignored += 1
            return
        above = [*self._lines, *self._told, "".join(self._pieces or [])]
        titles = [text for line in above if (text := " ".join(line.split())[:_LINE])]
        self._outer.append({name: vars(self)[name] for name in _OWN})
        self._begin(titles[-_TITLES:])

    def _close(self) -> None:
        if self._ignored:
            self._ignored -= 1
        elif self._outer:
            self._finish()
            if len(self.tables) < 1_000:
                self.tables.append(self._sheet(f"Bảng {len(self.tables) + 1}"))
            told = self._told if len(self._told) <= _TITLES else []
            vars(self).update(self._outer.pop())
            if not self._outer:
                self._lines = [*self._lines, *told, ""][-_TITLES - 1 :]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._shut:
            if tag == self._shut[-1]:
                self._shut.append(tag)
            self._ignored += tag == "table"
            if tag not in _STRUCTURE or self._ignored:
                return
        if tag in _QUIET:
            self._quiet += tag != "head"
        elif tag == "table":
            self._open()
        elif not self._outer and not self._ignored:
            if tag in _BLOCKS:
                self._lines.append("")
        elif self._ignored:
            return
        elif tag == "tr":
            self._finish()
            self._row += 1
            self._col = 0
            if self._group or _unseen(attrs):
                self._hidden_rows.append(self._row)
        elif tag in ("thead", "tbody", "tfoot"):
            self._finish()
            self._group = _unseen(attrs)
        elif tag in ("td", "th"):
            self._finish()
            self._row = max(self._row, 1)
            while self._taken.get(self._col, 0) >= self._row:
                self._col += 1
            told = dict(attrs)
            self._span = (_times(told.get("rowspan")), _times(told.get("colspan")))
            self._pieces = []
            self._hidden = _unseen(attrs)
        elif self._pieces is not None and tag not in _VOID and (tag in _MARKS or _unseen(attrs)):
            self._shut.append(tag)
            self._raised = len(self._pieces)
        elif tag in ("br", "p", "div") and self._pieces:
            self._pieces.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if self._shut and tag not in _STRUCTURE:
            if tag == self._shut[-1]:
                self._shut.pop()
                if not self._shut:
                    self._unmark(tag)
            return
        if tag in _QUIET:
            self._quiet = max(0, self._quiet - (tag != "head"))
        elif tag == "table":
            self._close()
        elif tag in ("td", "th", "tr") and self._outer and not self._ignored:
            self._finish()
        elif tag in _BLOCKS and not self._outer:
            self._lines.append("")

    def handle_data(self, data: str) -> None:
        if self._quiet or self._ignored:
            return
        if self._pieces is not None:
            self._pieces.append(data)
        elif not self._outer and len(self._lines[-1]) < _LINE:
            self._lines[-1] += data[:_LINE]

    def _unmark(self, tag: str) -> None:
        """At the end of letters that are raised, lowered, struck or not shown."""
        assert self._pieces is not None
        before, run = "".join(self._pieces[: self._raised]), "".join(self._pieces[self._raised :])
        if tag not in ("sup", "sub") or not kept(before, run, tag == "sup"):
            self._dropped = self._dropped or bool(run.strip())
            del self._pieces[self._raised :]

    def _sheet(self, name: str) -> Sheet:
        hidden = pl.Series(self._hidden_rows, dtype=pl.UInt32)
        cells, merges = self._cells.frame(), tuple(self._merges)
        return Sheet(name, cells, merges, hidden_rows=hidden, form="html", marks=self._marks)

    def _finish(self) -> None:
        if self._pieces is None:
            return
        if self._shut:
            self._unmark(self._shut[0])
            self._shut.clear()
        if self._hidden:  # it takes no place in what people see
            self._pieces, self._hidden, self._dropped = None, False, False
            return
        self._marks += self._dropped
        self._dropped = False
        text = " ".join("".join(self._pieces).split())
        down, across = self._span
        if text and len(self._told) <= _TITLES:
            self._told.append(text)
        if text:
            self._cells.add(self._row, min(self._col, 16_383), TEXT, text)
        if down > 1 or across > 1:
            whole = Merge(self._row, self._col, self._row + down - 1, self._col + across - 1)
            self._merges.append(self._cells.merged(whole))
            if down > 1:
                self._taken.update(dict.fromkeys(range(whole.left, whole.right + 1), whole.bottom))
        self._col += across
        self._pieces = None


def _unseen(attrs: list[tuple[str, str | None]]) -> bool:
    """`hidden`, `display: none`."""
    told = dict(attrs)
    return "hidden" in told or bool(_NONE.search(told.get("style") or ""))


def _times(told: str | None) -> int:
    return max(1, min(int(told), 2_000)) if told and told.isdecimal() and len(told) < 6 else 1


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
        self._runs: list[int] = []
        self._marks = 0
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
            if across or down:
                merge = Merge(self._row, self._col - 1, self._row + down, self._col - 1 + across)
                self._merges.append(self._cells.merged(merge))
            self._across = across
        elif tag == "Data":
            self._kind = attrs.get("Type", "String")
            self._collecting = True
            self._pieces.clear()
        elif tag in ("Sup", "Sub", "S") and self._collecting:
            self._runs.append(len(self._pieces))
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
        elif tag in ("Sup", "Sub", "S") and self._runs:
            begun = self._runs.pop()
            before, run = "".join(self._pieces[:begun]), "".join(self._pieces[begun:])
            if tag == "S" or not kept(before, run, tag == "Sup"):
                del self._pieces[begun:]
                self._marks += 1
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
                    marks=self._marks,
                )
            )


def _index(attrs: dict[str, str], otherwise: int) -> int:
    return _number(attrs.get("Index")) or otherwise


def _number(told: str | None) -> int:
    return int(told) if told and told.isdecimal() and len(told) < 8 else 0


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
