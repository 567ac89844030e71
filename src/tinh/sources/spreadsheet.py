"""Workbooks: the sheets that fit, under the contract's layout or one learned, as one table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import polars as pl

from tinh.packs.api import Dataset, LearnedLayout
from tinh.sources import headers, letters, limits
from tinh.sources.archive import opened
from tinh.sources.errors import (
    DuplicateHeader,
    FixedNotFound,
    HeaderOnly,
    MissingColumns,
    NoHeader,
    NoSheetFits,
    NoSuchSheet,
    NothingToUnpivot,
    SourceError,
    Uncomputed,
    WrongFile,
)
from tinh.sources.heading import LOOK, Grid, Header, find_header
from tinh.sources.laying import Place, Plan, amounts, masks, plan, roles_of, settled, spread
from tinh.sources.learnt import fitting, under
from tinh.sources.legacy import Legacy
from tinh.sources.opendocument import OpenDocument
from tinh.sources.openxml import Entry, Workbook
from tinh.sources.patterns import matching
from tinh.sources.sheet import Sheet
from tinh.sources.sift import sift
from tinh.sources.table import AT, ROW, Table

_WHOLE = 16 * limits.MB  # a workbook up to this size is read whole to choose its sheets
_UNFIT = (DuplicateHeader, FixedNotFound, HeaderOnly, MissingColumns, NoHeader, NothingToUnpivot, WrongFile)


class Book(Protocol):
    """What a kind of workbook offers."""

    @property
    def sheets(self) -> Sequence[Entry]: ...

    def read(self, entry: Entry, rows: int | None = None) -> Sheet: ...


def read_excel(path: Path, dataset: Dataset, filename: str, layouts: Sequence[LearnedLayout] = ()) -> Table:
    """Sheets are tried for the header that fits best, unless a layout names one or takes all."""
    with path.open("rb") as stream:
        zipped = stream.read(4) == b"PK\x03\x04"
    if not zipped:
        return read_book(Legacy(path, filename), dataset, filename, layouts, path.stat().st_size)
    with opened(path, filename) as archive:
        book: Book = OpenDocument(archive) if archive.has("content.xml") else Workbook(archive)
        return read_book(book, dataset, filename, layouts, archive.size)


def sheets_of(path: Path, filename: str) -> list[Sheet]:
    """Every sheet of a workbook, for a look: whole up to 16 MB, else its first rows."""
    with path.open("rb") as stream:
        zipped = stream.read(4) == b"PK\x03\x04"
    size = path.stat().st_size
    rows = None if size <= _WHOLE else LOOK * 4
    if not zipped:
        legacy = Legacy(path, filename)
        return [legacy.read(e, rows) for e in legacy.sheets]
    with opened(path, filename) as archive:
        book: Book = OpenDocument(archive) if archive.has("content.xml") else Workbook(archive)
        return [book.read(e, rows) for e in book.sheets]


@dataclass
class _Laid:
    """One sheet, laid out: its records with masks beside, and what was left out."""

    name: str
    frame: pl.DataFrame
    plan: Plan
    counts: Counter[str]
    epoch_1904: bool


def read_book(
    book: Book, dataset: Dataset, filename: str, layouts: Sequence[LearnedLayout], size: int
) -> Table:
    heads: dict[str, Sheet] = {}

    def look(entry: Entry) -> Sheet:
        if entry.part not in heads:
            small = size <= _WHOLE or len(book.sheets) == 1
            heads[entry.part] = book.read(entry, None if small else LOOK * 4)
        return heads[entry.part]

    def whole(entry: Entry) -> Sheet:
        small = size <= _WHOLE or len(book.sheets) == 1
        if small and entry.part in heads:
            return heads.pop(entry.part)
        return book.read(entry)

    tops = ((s, _top(s, dataset)) for e in book.sheets if not e.hidden for s in [look(e)])
    learned = fitting(layouts, dataset, filename, tops)
    dataset = under(dataset, learned)
    layout = dataset.layout
    entries = _entries(book, dataset, filename)
    notes: list[str] = [f"layout:{learned.name}"] if learned else []
    if layout.sheets == "all":
        laid, skipped = _all(entries, dataset, filename, whole)
        notes += [f"sheet:{one.name}" for one in laid] + [f"sheet-skipped:{name}" for name in skipped]
    else:
        chosen, others = _best(entries, dataset, look)
        laid = [_lay(whole(chosen), dataset, filename)]
        notes += [f"sheet:{chosen.name}"] + [f"sheet-unread:{name}" for name in others]
    heads.clear()
    counts: Counter[str] = Counter()
    counts["hidden-sheets"] = sum(e.hidden and all(e is not x for x in entries) for e in book.sheets)
    for one in laid:
        counts += one.counts
    return _table(laid, dataset, book, notes, counts)


def _top(sheet: Sheet, dataset: Dataset, rows: int = LOOK) -> Grid:
    """The first rows of a sheet, old fonts made Unicode."""
    top = sheet.top(rows)
    read = letters.mend_rows([list(cells.values()) for _, cells in top], headers.knower(dataset))
    return [
        (row, dict(zip(cells, texts, strict=True))) for (row, cells), texts in zip(top, read, strict=True)
    ]


def _entries(book: Book, dataset: Dataset, filename: str) -> list[Entry]:
    """The sheets that may be read, by the layout's word."""
    layout = dataset.layout
    names = [e.name for e in book.sheets]
    if layout.sheet:
        alike = [e for e in book.sheets if e.name == layout.sheet] or [
            e for e in book.sheets if headers.bare(e.name) == headers.bare(layout.sheet)
        ]
        if not alike:
            raise NoSuchSheet(filename=filename, sheet=layout.sheet, found=", ".join(names))
        return alike[:1]
    seen = [e for e in book.sheets if not e.hidden or layout.hidden == "read"] or list(book.sheets)
    if layout.sheets == "all" and layout.sheet_names:
        fits = matching(layout.sheet_names, [e.name for e in seen])
        seen = [e for e, fit in zip(seen, fits, strict=True) if fit]
        if not seen:
            raise NoSheetFits(filename=filename, pattern=layout.sheet_names, found=", ".join(names[:30]))
    return seen


def _best(entries: list[Entry], dataset: Dataset, look: Callable[[Entry], Sheet]) -> tuple[Entry, list[str]]:
    """The sheet whose header fits best, and the names of others that fit as well."""
    if len(entries) == 1:
        return entries[0], []
    scored: list[tuple[int, Entry]] = []
    for entry in entries:
        sheet = look(entry)
        header = _header(sheet, dataset)
        scored.append((-1 if header is None else header.score, entry))
    top = max(score for score, _ in scored)
    chosen = next(entry for score, entry in scored if score == top)
    return chosen, [e.name for score, e in scored if e is not chosen and score == top and top > 0]


def _all(
    entries: list[Entry], dataset: Dataset, filename: str, whole: Callable[[Entry], Sheet]
) -> tuple[list[_Laid], list[str]]:
    """Every sheet whose header fits. Where the layout names them, one that does not fit is refused."""
    laid: list[_Laid] = []
    skipped: list[str] = []
    first: SourceError | None = None
    for entry in entries:
        try:
            laid.append(_lay(whole(entry), dataset, filename))
        except _UNFIT as error:
            if dataset.layout.sheet_names and not isinstance(error, HeaderOnly):
                raise
            first = first or error
            skipped.append(entry.name)
    if not laid and first is not None:
        raise first
    return laid, skipped


def _header(sheet: Sheet, dataset: Dataset) -> Header | None:
    without = sheet.hidden_columns if dataset.layout.hidden == "skip" else frozenset[int]()
    look = max(LOOK, dataset.layout.header_at + 4)
    top = _top(sheet, dataset, look)
    if dataset.layout.hidden == "skip" and len(sheet.hidden_rows):
        hidden = set(sheet.hidden_rows.head(100_000).to_list())
        top = [(row, cells) for row, cells in top if row not in hidden]
    return find_header(top, dataset, dataset.layout, sheet.merges, without)


def _lay(sheet: Sheet, dataset: Dataset, filename: str) -> _Laid:
    header = _header(sheet, dataset)
    if header is None:
        raise HeaderOnly(filename=filename)
    hidden: list[str] = []
    skip = dataset.layout.hidden == "skip"
    unseen = sheet.hidden_columns & set(sheet.cells["col"].unique().to_list()) if skip else frozenset[int]()
    top = _top(sheet, dataset)
    if unseen:
        above = [cells for row, cells in top if header.first <= row <= header.last]
        hidden = [t for cells in above for c, t in cells.items() if c in unseen]
    place = Place(
        sheet.name, filename, header.titles, {(row, c): t for row, cells in top for c, t in cells.items()}
    )
    found = plan(header, dataset, place, hidden)
    frame, counts, faults = spread(sheet, header, dataset.layout, amounts(found, dataset))
    counts["marks"] = sheet.marks
    counts["hidden-columns"] = len(unseen)
    counts["numbering"] = int(header.numbering)
    roles = roles_of(found, dataset, sheet.merges, filename)
    frame, left = sift(frame, roles)
    counts += left
    if not frame.height:
        raise HeaderOnly(filename=filename)
    if counts["uncomputed"] and _unsolved(frame, faults) == frame.height:
        raise Uncomputed(filename=filename, cells=counts["uncomputed"], first=str(faults[0])[:80])
    prefix = f"{sheet.name}!"
    records, dropped = settled(frame, found, dataset, prefix)
    counts["empty-cells"] = dropped
    if not records.height:
        raise HeaderOnly(filename=filename)
    if dataset.layout.sheets == "all" and AT not in records.columns:
        records = records.with_columns((pl.lit(prefix) + pl.col(ROW).cast(pl.String)).alias(AT))
    return _Laid(sheet.name, records, found, counts, sheet.epoch_1904)


def _unsolved(frame: pl.DataFrame, faults: pl.Series) -> int:
    """Rows with a formula that has no result."""
    if not faults.str.starts_with("=").any():
        return 0
    marked = [n for n in frame.columns if n.startswith("\x00e:")]
    if not marked:
        return 0
    tests = [pl.col(n) & pl.col(n.removeprefix("\x00e:")).str.starts_with("=") for n in marked]
    return int(frame.select(pl.any_horizontal(tests).fill_null(False).sum()).item())


def _table(laid: list[_Laid], dataset: Dataset, book: Book, notes: list[str], counts: Counter[str]) -> Table:
    frame = pl.concat([one.frame for one in laid], how="diagonal_relaxed") if len(laid) > 1 else laid[0].frame
    if AT in frame.columns and len(laid) == 1 and not laid[0].plan.unpivots:
        frame = frame.drop(AT)
    if AT in frame.columns:
        frame = frame.with_columns(pl.Series(ROW, range(1, frame.height + 1), pl.UInt32))
    frame, numbers, faulty = masks(frame)
    names = [c.name for c in dataset.columns if c.name in frame.columns]
    missing = [n for n in laid[0].plan.got.missing if all(n in one.plan.got.missing for one in laid)]
    unknown = dict.fromkeys(n for one in laid for n in one.plan.got.unknown)
    rows = max(one.plan.header.rows for one in laid)
    if rows > 1:
        notes.append(f"header-rows:{rows}")
    notes += [f"{kind}:{n}" for kind, n in counts.items() if n]
    return Table(
        frame.select(ROW, *([AT] if AT in frame.columns else []), *names),
        missing=tuple(missing),
        unknown=tuple(unknown),
        format=getattr(book, "form", "xlsx"),
        notes=tuple(notes),
        numbers=numbers,
        epoch_1904=any(one.epoch_1904 for one in laid),
        faulty=faulty,
    )
