"""The lines of a delimited text as records of the contract, whether the text is whole or a part."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import polars as pl

from tinh.packs.api import Dataset
from tinh.sources.laying import Plan, roles_of, settled
from tinh.sources.plainness import begins_between
from tinh.sources.sift import MOST, TAIL, TOP, Roles, footnotes, running, sifted
from tinh.sources.table import AT, ROW, Table


@dataclass(frozen=True)
class Shape:
    """How a text is laid out: `width` columns; the record below the header is number `first`; `learned`
    names the layout that is not the contract's own."""

    dataset: Dataset
    plan: Plan
    separator: str
    width: int
    first: int
    learned: str = ""
    filename: str = ""

    @cached_property
    def roles(self) -> Roles:
        return roles_of(self.plan, self.dataset, filename=self.filename)

    def notes(self, ragged: int, counts: Mapping[str, int]) -> tuple[str, ...]:
        """What is remarked of a text; `counts`: how many rows or cells of a kind were left out."""
        header = self.plan.header
        told = [f"layout:{self.learned}"] if self.learned else []
        told += [f"header-rows:{header.rows}"] if header.rows > 1 else []
        told += [f"numbering:{n}" for n in [int(header.numbering)] if n]
        told += [f"ragged:{ragged}"] if ragged else []
        return (*told, *(f"{kind}:{n}" for kind, n in counts.items() if n))


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines from number `first` to `next` that are not blank, and the numbers of those with more
    fields than the header has."""

    rows: pl.DataFrame
    ragged: tuple[int, ...]
    first: int
    next: int


def numbered(frame: pl.DataFrame, shape: Shape, first: int) -> Lines:
    """The lines of a body, or of a part of one."""
    rows = frame.with_row_index(ROW, first).with_columns(pl.col(ROW).cast(pl.UInt32))
    blank = _blank(frame)
    spill = frame.to_series(shape.width)
    ragged = rows[ROW].filter((spill != "").fill_null(False)).to_list() if spill.count() else []
    if blank is not None:
        rows = rows.filter(~blank)
    return Lines(rows, tuple(ragged), first, first + frame.height)


def shaped(kept: pl.DataFrame, ragged: Collection[int], shape: Shape, before: int = 0) -> tuple[Table, int]:
    """The contract's columns of lines that were kept, below `before` records of the same text; and how
    many empty cells made no record."""
    dataset = shape.dataset
    records, dropped = settled(kept, shape.plan, dataset, "")
    if ragged:
        left = set(kept[ROW].filter(kept[ROW].is_in(list(ragged))).to_list())
        ragged = [row for row in ragged if row in left]
    if AT in records.columns:
        if ragged:
            ragged = (records[ROW].is_in(list(ragged)).arg_true() + before + 1).to_list()
        running = range(before + 1, before + records.height + 1)
        records = records.with_columns(pl.Series(ROW, running, pl.UInt32))
    order = [c.name for c in dataset.columns if c.name in records.columns]
    table = Table(
        records.select(ROW, *([AT] if AT in records.columns else []), *order),
        delimiter=shape.separator,
        missing=shape.plan.got.missing,
        unknown=shape.plan.got.unknown,
        format="csv",
        ragged=tuple(ragged),
    )
    return table, dropped


@dataclass(slots=True)
class Sifting:
    """What the parts of a text must know of each other to be read as the whole would be: the column of
    running numbers, the footnotes, the record that stops in the middle, how many rows may still be
    looked at, how many records came before."""

    shape: Shape
    arabic: str | None = None
    notes: frozenset[int] = frozenset()
    stump: int = 0
    most: int = MOST
    before: int = 0
    left: dict[str, int] = field(default_factory=lambda: {"footnotes": 0})
    empty: int = 0

    def table(self, lines: Lines, plain: bool = False) -> Table:
        """The records of the next part; `plain`: as its bytes have shown (`Table.plain`)."""
        plain = plain and not (self.shape.plan.unpivots or self.shape.plan.fixed or self.shape.plan.made)
        kept, counts, looked = sifted(lines.rows, self.shape.roles, self.notes, self.arabic, self.most, plain)
        cut = [self.stump] if lines.first <= self.stump < lines.next else []
        ragged = tuple(dict.fromkeys((*lines.ragged, *cut)))
        table, dropped = shaped(kept, ragged, self.shape, self.before)
        self.most -= looked
        self.before += table.frame.height
        self.empty += dropped
        for kind, count in counts.items():
            self.left[kind] = self.left.get(kind, 0) + count
        return replace(table, plain=plain)

    def counts(self) -> dict[str, int]:
        """How many rows and cells were left out, by kind."""
        return {**self.left, "empty-cells": self.empty}


def parted(frames: Iterable[pl.DataFrame], sifting: Sifting, stump: Callable[[], bool]) -> Iterator[Lines]:
    """The lines of each part, given out once `sifting` knows what it takes: the last ones wait for the
    end of the text. `stump`: whether the last record stops in the middle."""
    shape, waiting, behind = sifting.shape, deque[Lines](), 0
    first, top = shape.first, 0
    known: list[pl.DataFrame] = []
    for frame in frames:
        lines = numbered(frame, shape, first)
        del frame
        first = lines.next
        waiting.append(lines)
        behind += lines.rows.height
        if top < TOP:
            known.append(lines.rows.head(TOP - top))
            top += known[-1].height
            sifting.arabic = running(pl.concat(known), shape.roles)
        while top >= TOP and behind - waiting[0].rows.height >= TAIL:
            behind -= waiting[0].rows.height
            yield waiting.popleft()
    if waiting:
        tail = pl.concat(lines.rows.tail(TAIL) for lines in waiting)
        sifting.notes = frozenset(footnotes(tail, shape.roles))
    sifting.stump = first - 1 if first > shape.first and stump() else 0
    while waiting:
        yield waiting.popleft()


def _blank(frame: pl.DataFrame) -> pl.Series | None:
    """Rows without a single cell; only those whose first cell is empty are looked at."""
    first = frame.to_series(0)
    if begins_between(first, "!", "\x7f"):
        return None
    hollow = (first.str.strip_chars().str.len_bytes().fill_null(0) == 0).arg_true()
    if not len(hollow):
        return None
    empty = pl.all_horizontal(pl.all().is_null() | (pl.all().str.strip_chars() == ""))
    blank = frame[hollow].select(empty.alias("b"))["b"]
    rows = hollow.filter(blank)
    if not len(rows):
        return None
    return pl.Series("blank", [False]).new_from_index(0, frame.height).scatter(rows, True)
