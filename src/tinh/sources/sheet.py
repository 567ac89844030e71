"""One sheet as its cells stand: sparse, so that a far corner costs nothing."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import polars as pl

from tinh.sources import limits
from tinh.sources.errors import Inflates
from tinh.sources.figures import shown_percent

TEXT, NUMBER, PERCENT, DATE, TRUTH, FAULT, UNCOMPUTED = range(7)
SCHEMA = {"row": pl.UInt32, "col": pl.UInt16, "kind": pl.UInt8, "text": pl.String}
MERGES = 200_000
MERGED = 4_000_000  # cells that merged ranges may cover together
_DAY = 86_400


class Merge(NamedTuple):
    """A merged range: rows from 1, columns from 0, both ends inside."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Sheet:
    """`cells`: row (from 1), col (from 0), kind, text; only cells that hold something, in reading
    order. `tells_merges`: whether the format says which cells are merged."""

    name: str
    cells: pl.DataFrame
    merges: tuple[Merge, ...] = ()
    hidden: bool = False
    hidden_rows: pl.Series = field(default_factory=lambda: pl.Series([], dtype=pl.UInt32))
    hidden_columns: frozenset[int] = frozenset()
    tells_merges: bool = True
    epoch_1904: bool = False
    form: str = "xlsx"
    marks: int = 0  # cells with raised, lowered or struck letters that were left out

    def top(self, rows: int) -> list[tuple[int, dict[int, str]]]:
        """The first rows that hold anything: (row number, column → text)."""
        out: list[tuple[int, dict[int, str]]] = []
        for row, col, text in self.cells.select("row", "col", "text").head(rows * 2_000).iter_rows():
            if not out or out[-1][0] != row:
                if len(out) == rows:
                    break
                out.append((row, {}))
            if text is not None:
                out[-1][1][col] = text
        return out


class Cells:
    """Collects cells one by one and packs them away in blocks."""

    def __init__(self, filename: str, size: int, shared: pl.Series | None = None, epoch_1904: bool = False):
        self._filename, self._size = filename, size
        self._shared, self._epoch = shared, epoch_1904
        self._frames: list[pl.DataFrame] = []
        self._budget = limits.text_within(size)
        self.count = self._merges = self._covered = 0
        self.deepest = self.widest = 0
        self._clear()

    def _clear(self) -> None:
        self.rows, self.cols, self.kinds = array("I"), array("H"), array("B")
        self.texts: list[str | None] = []
        self.indexes = array("q")

    def add(self, row: int, col: int, kind: int, text: str | None, index: int = -1) -> None:
        self.rows.append(row)
        self.cols.append(col)
        self.kinds.append(kind)
        self.texts.append(text)
        self.indexes.append(index)
        if len(self.texts) >= 200_000:
            self.pack()

    def pack(self) -> None:
        if not self.texts:
            return
        self.count += len(self.texts)
        frame = pl.DataFrame(
            {
                "row": pl.Series(self.rows, dtype=pl.UInt32),
                "col": pl.Series(self.cols, dtype=pl.UInt16),
                "kind": pl.Series(self.kinds, dtype=pl.UInt8),
                "text": pl.Series(self.texts, dtype=pl.String),
            }
        )
        if self._shared is not None:
            index = pl.Series(self.indexes, dtype=pl.Int64)
            at = pl.select(pl.when((index >= 0) & (index < len(self._shared))).then(index)).to_series()
            frame = frame.with_columns(
                text=pl.coalesce(pl.col("text"), self._shared.gather(at.cast(pl.UInt32)))
            )
        frame = _readable(frame, self._epoch)
        self._budget -= int(frame["text"].str.len_bytes().sum() or 0)
        self.deepest = max(self.deepest, int(frame["row"].max() or 0))  # type: ignore[arg-type]  # numbers
        self.widest = max(self.widest, int(frame["col"].max() or 0) + 1)  # type: ignore[arg-type]  # numbers
        if self.count > limits.SHEET_CELLS or self.deepest * self.widest > limits.SHEET_FIELD:
            raise Inflates(
                filename=self._filename,
                size=limits.size_text(self._size),
                limit=f"{limits.SHEET_CELLS} ô / cells",
            )
        if self._budget < 0:
            raise Inflates(
                filename=self._filename,
                size=limits.size_text(self._size),
                limit=limits.size_text(limits.text_within(self._size)),
            )
        self._frames.append(frame)
        self._clear()

    def merged(self, merge: Merge) -> Merge:
        """A merged range, as long as there are no more of them than any table has."""
        self._merges += 1
        self._covered += (merge.bottom - merge.top + 1) * (merge.right - merge.left + 1)
        if self._merges > MERGES or self._covered > MERGED:
            raise Inflates(
                filename=self._filename,
                size=limits.size_text(self._size),
                limit=f"{MERGES} vùng gộp, {MERGED} ô gộp / merged cells",
            )
        return merge

    def frame(self) -> pl.DataFrame:
        self.pack()
        if not self._frames:
            return pl.DataFrame(schema=SCHEMA)
        frame = pl.concat(self._frames)
        ordered = frame["row"].is_sorted()
        return frame if ordered else frame.sort("row", "col", maintain_order=True)


def _readable(frame: pl.DataFrame, epoch_1904: bool) -> pl.DataFrame:
    """Numbers in their shortest form, percentages with their sign, day numbers as days."""
    kinds = set(frame["kind"].unique())
    text = pl.col("text")
    if kinds & {NUMBER, DATE, PERCENT}:
        loose = (pl.col("kind") == NUMBER) & text.str.contains(r"[.eE]")
        number = text.cast(pl.Float64, strict=False)
        whole = (number == number.floor()) & (number.abs() < 9e15)
        integer = number.cast(pl.Int64, strict=False).cast(pl.String)
        short = pl.when(whole).then(integer).otherwise(number.cast(pl.String))
        frame = frame.with_columns(text=pl.when(loose & number.is_not_null()).then(short).otherwise(text))
    if PERCENT in kinds:
        shown = pl.when(pl.col("kind") == PERCENT).then(shown_percent(text)).otherwise(text)
        frame = frame.with_columns(text=shown)
    if DATE in kinds:
        frame = frame.with_columns(
            text=pl.when(pl.col("kind") == DATE).then(_day(text, epoch_1904)).otherwise(text)
        )
    return frame.filter(text.is_not_null() & ((text != "") | (pl.col("kind") >= FAULT)))


def _day(text: pl.Expr, epoch_1904: bool) -> pl.Expr:
    """A day number as its day; with a time where it has one, a time alone below one day."""
    serial = text.cast(pl.Float64, strict=False)
    if epoch_1904:
        start = pl.datetime(1904, 1, 1)
        days = serial
    else:  # 1900 was given a 29 February
        start = pl.datetime(1899, 12, 30)
        days = pl.when((serial >= 1) & (serial < 60)).then(serial + 1).otherwise(serial)
    usable = serial.is_not_null() & (serial >= 0) & (serial < 2_958_466)
    seconds = (pl.when(usable).then(days) * _DAY).round().cast(pl.Int64)
    at = start.cast(pl.Datetime("us")) + pl.duration(seconds=seconds, time_unit="us")
    only_time = (serial < 1) & (serial > 0) & (not epoch_1904)
    shown = (
        pl.when(only_time)
        .then(at.dt.strftime("%H:%M:%S"))
        .when(seconds % _DAY == 0)
        .then(at.dt.strftime("%Y-%m-%d"))
        .otherwise(at.dt.strftime("%Y-%m-%d %H:%M:%S"))
    )
    return pl.when(usable).then(shown).otherwise(text)


def letters(col: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    out = ""
    col += 1
    while col:
        col, rest = divmod(col - 1, 26)
        out = chr(65 + rest) + out
    return out


def ordinal(name: str) -> int:
    """A → 0, Z → 25, AA → 26."""
    number = 0
    for letter in name.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def of_rows(name: str, rows: Iterable[Sequence[str | None]], **more: object) -> Sheet:
    """A sheet from rows of texts, numbered from 1."""
    cells = Cells(name, 1 << 30)
    for number, row in enumerate(rows, 1):
        for col, text in enumerate(row):
            if text:
                cells.add(number, col, TEXT, text)
    return Sheet(name, cells.frame(), **more)  # type: ignore[arg-type]  # fields of the sheet
