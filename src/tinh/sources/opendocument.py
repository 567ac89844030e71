"""Spreadsheets of LibreOffice (.ods): one XML document, in which a single cell may stand for millions."""

from __future__ import annotations

import polars as pl

from tinh.sources.archive import Archive
from tinh.sources.errors import HeaderOnly, Inflates, NotATable, PasswordProtected, TooManySheets, WordFile
from tinh.sources.limits import SHEET_CELLS, size_text
from tinh.sources.marks import kept
from tinh.sources.openxml import Entry
from tinh.sources.sheet import FAULT, NUMBER, PERCENT, TEXT, TRUTH, UNCOMPUTED, Cells, Merge, Sheet

_SHEETS = 1_000
_REPEATED, _PER_BYTE = 500_000, 50  # cells of a sheet: so many, and so many more for each byte
_FAULTS = ("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "Err:", "#ERR")


class OpenDocument:
    """The sheets of one document, all read at once: they stand in one part."""

    form = "ods"

    def __init__(self, archive: Archive) -> None:
        kind = archive.read("mimetype", 200).decode("ascii", "replace") if archive.has("mimetype") else ""
        if "opendocument.text" in kind:
            raise WordFile(filename=archive.filename)
        if not archive.has("content.xml") or "opendocument.spreadsheet" not in kind:
            raise NotATable(filename=archive.filename, kind_vi="tệp nén zip", kind_en="a zip archive")
        if archive.has("META-INF/manifest.xml") and b"encryption-data" in archive.read(
            "META-INF/manifest.xml"
        ):
            raise PasswordProtected(filename=archive.filename)
        reader = _Reader(archive)
        archive.parse("content.xml", reader.start, reader.end, reader.text)
        self._read = reader.sheets
        self.sheets = [Entry(s.name, str(i), s.hidden) for i, s in enumerate(self._read)]
        if not self.sheets:
            raise HeaderOnly(filename=archive.filename)

    def read(self, entry: Entry, rows: int | None = None) -> Sheet:
        del rows
        return self._read[int(entry.part)]


class _Reader:
    """Handlers for content.xml."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self.sheets: list[Sheet] = []
        self._hidden_styles: set[str] = set()
        self._marking: dict[str, str] = {}  # style of letters → raised, lowered, struck
        self._spans: list[tuple[str, int]] = []
        self._dropped, self._marks = False, 0
        self._style = ""
        self._depth = 0  # tables inside cells
        self._cell: dict[str, str] | None = None
        self._covered = False
        self._quiet = 0
        self._pieces: list[str] = []
        self._row = self._column = self._col = self._count = 0
        self._repeat, self._hides = 1, False
        self._filled: list[tuple[int, int, str]] = []
        self._merges: list[Merge] = []
        self._hidden_rows: list[int] = []
        self._hidden_columns: set[int] = set()

    def start(self, tag: str, attrs: dict[str, str]) -> None:
        if tag == "table:table":
            self._depth += 1
            if self._depth == 1:
                self._open(attrs)
        elif tag == "style:style":
            self._style = attrs.get("style:name", "")
        elif tag == "style:table-properties":
            if attrs.get("table:display") == "false":
                self._hidden_styles.add(self._style)
        elif tag == "style:text-properties":
            place = attrs.get("style:text-position", "").split(" ")[0]
            if attrs.get("style:text-line-through-style", "none") != "none":
                self._marking[self._style] = "struck"
            elif place not in ("", "0%"):
                self._marking[self._style] = "lowered" if place.startswith(("sub", "-")) else "raised"
        elif self._depth != 1:
            return
        elif tag == "text:span":
            self._spans.append((self._marking.get(attrs.get("text:style-name", ""), ""), len(self._pieces)))
        elif tag == "table:table-column":
            times = _times(attrs, "table:number-columns-repeated")
            if attrs.get("table:visibility") in ("collapse", "filter"):
                self._hidden_columns.update(range(self._column, min(self._column + times, 16_384)))
            self._column += times
        elif tag == "table:table-row":
            self._row += 1
            self._col = 0
            self._repeat = _times(attrs, "table:number-rows-repeated")
            self._hides = attrs.get("table:visibility") in ("collapse", "filter")
            self._filled = []
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            self._cell, self._covered = attrs, tag == "table:covered-table-cell"
            self._pieces.clear()
        elif tag in ("office:annotation", "draw:frame", "text:ruby-text"):
            self._quiet += 1
        elif tag == "text:p" and self._pieces:
            self._pieces.append("\n")
        elif tag == "text:s" and self._cell is not None:
            self._pieces.append(" " * min(_times(attrs, "text:c"), 1_000))
        elif tag in ("text:tab", "text:line-break") and self._cell is not None:
            self._pieces.append(" ")

    def text(self, data: str) -> None:
        if self._cell is not None and not self._quiet and self._depth == 1:
            self._pieces.append(data)

    def end(self, tag: str) -> None:
        if tag == "table:table":
            self._depth -= 1
            if self._depth == 0:
                self._close()
        elif self._depth != 1:
            return
        elif tag in ("office:annotation", "draw:frame", "text:ruby-text"):
            self._quiet -= 1
        elif tag == "text:span" and self._spans:
            way, begun = self._spans.pop()
            before, said = "".join(self._pieces[:begun]), "".join(self._pieces[begun:])
            if way == "struck" or (way and not kept(before, said, way == "raised")):
                del self._pieces[begun:]
                self._dropped = True
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            self._marks += self._dropped
            self._dropped = False
            self._take()
            self._cell = None
        elif tag == "table:table-row":
            self._finish_row()

    def _open(self, attrs: dict[str, str]) -> None:
        if len(self.sheets) >= _SHEETS:
            raise TooManySheets(filename=self._archive.filename, limit=_SHEETS)
        self._name = attrs.get("table:name", "")
        self._marks = 0
        self._hidden = attrs.get("table:style-name", "") in self._hidden_styles
        self._cells = Cells(self._archive.filename, self._archive.size)
        self._row = self._column = self._col = self._count = 0
        self._merges, self._hidden_rows, self._hidden_columns = [], [], set()

    def _take(self) -> None:
        assert self._cell is not None
        attrs = self._cell
        times = _times(attrs, "table:number-columns-repeated")
        kind, text = self._value(attrs)
        if text and not self._covered:
            self._filled += [(c, kind, text) for c in range(self._col, min(self._col + times, 16_384))]
        across = _times(attrs, "table:number-columns-spanned")
        down = _times(attrs, "table:number-rows-spanned")
        if across > 1 or down > 1:
            right = min(self._col + across, 16_384) - 1
            self._merges.append(self._cells.merged(Merge(self._row, self._col, self._row + down - 1, right)))
        self._col += times

    def _value(self, attrs: dict[str, str]) -> tuple[int, str]:
        shown = "".join(self._pieces).strip("\n")
        kind = attrs.get("office:value-type", attrs.get("calcext:value-type", ""))
        if shown.startswith(_FAULTS):
            return FAULT, shown
        if kind in ("float", "currency"):
            return NUMBER, attrs.get("office:value", shown)
        if kind == "percentage":
            return PERCENT, attrs.get("office:value", shown)
        if kind == "date":
            return TEXT, attrs.get("office:date-value", shown).removesuffix("T00:00:00").replace("T", " ")
        if kind == "time":
            return TEXT, _clock(attrs.get("office:time-value", ""), shown)
        if kind == "boolean":
            return TRUTH, attrs.get("office:boolean-value", shown)
        if not shown and not kind and attrs.get("table:formula"):
            return UNCOMPUTED, "=" + attrs["table:formula"].rpartition("=")[2][:200]
        return TEXT, shown or attrs.get("office:string-value", "")

    def _finish_row(self) -> None:
        repeat = self._repeat
        limit = min(SHEET_CELLS, _REPEATED + _PER_BYTE * self._archive.size)
        self._count += repeat * len(self._filled)
        if self._filled and self._count > limit:
            raise Inflates(
                filename=self._archive.filename,
                size=size_text(self._archive.size),
                limit=f"{limit} ô / cells",
            )
        for row in range(self._row, self._row + (repeat if self._filled else 0)):
            if self._hides:
                self._hidden_rows.append(row)
            for col, kind, text in self._filled:
                self._cells.add(row, col, kind, text)
        self._row += repeat - 1

    def _close(self) -> None:
        self.sheets.append(
            Sheet(
                self._name,
                self._cells.frame(),
                tuple(self._merges),
                self._hidden,
                pl.Series(self._hidden_rows, dtype=pl.UInt32),
                frozenset(self._hidden_columns),
                form="ods",
                marks=self._marks,
            )
        )


def _times(attrs: dict[str, str], name: str) -> int:
    told = attrs.get(name, "1")
    return max(1, min(int(told), 1_048_576)) if told.isdecimal() and len(told) < 10 else 1


def _clock(told: str, shown: str) -> str:
    """PT08H30M00S → 08:30:00."""
    if not told.startswith("PT") or "H" not in told:
        return shown
    hours, _, rest = told[2:].partition("H")
    minutes, _, seconds = rest.partition("M")
    return f"{hours.zfill(2)}:{minutes.zfill(2)}:{seconds.rstrip('S').partition('.')[0].zfill(2)}"
