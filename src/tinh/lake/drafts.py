"""The rows of one large delivery, laid down piece by piece before anybody may see them.

Files are written in a folder of their own inside the lake and get their names in the tables when
the receipt is committed: held rows in one commit, then accepted rows in one commit, like those of any
other delivery. What a process that is gone left behind is swept away.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from deltalake.transaction import AddAction

from tinh.kit.ids import fresh
from tinh.lake.columns import HELD, SYSTEM, declared, fit, settle, stored
from tinh.lake.laying import in_order, stamped
from tinh.lake.parts import beside, flushed
from tinh.lake.rows import Rows
from tinh.lake.tables import Snapshot, Table
from tinh.packs.api import Dataset
from tinh.sources.api import Receipt

FOLDER = ".drafts"
_ALIVE = "alive"


class Draft:
    """Accepted and held rows of a receipt, by the number of the piece they are from. Pieces may come from
    several threads at once, each piece from one."""

    def __init__(self, root: Path, rows: Rows, dataset: Dataset, receipt: Receipt) -> None:
        self.folder = root / FOLDER / f"{receipt.id}-{fresh()}"
        self.folder.mkdir(parents=True)
        self._alive = (self.folder / _ALIVE).open("ab")
        fcntl.flock(self._alive, fcntl.LOCK_EX)
        self._rows = rows
        self._dataset = dataset
        self._receipt = receipt
        self._data = _Files(self.folder / "data", rows.data(dataset.id))
        self._held = _Files(self.folder / "held", rows.held(dataset.id))
        self._types = {**SYSTEM, **declared(dataset)}
        self.span: tuple[str, str] | None = None  # the periods of stream rows that were known

    def put(self, number: int, accepted: pl.DataFrame, held: pl.DataFrame) -> None:
        """The rows of a piece, in place of those it had before. A change of a column's type that would
        lose values is refused here."""
        let_in = None
        if len(accepted):
            rows = stamped(self._receipt, accepted, named=True)
            let_in = self._sorted(settle(rows, self._types, named=True))
        self._data.put(number, let_in, self._dataset.id)
        kept = None
        if len(held):
            kept = settle(stamped(self._receipt, held).drop("_simulated"), HELD)
        self._held.put(number, kept, self._dataset.id)

    def clear(self) -> None:
        self._data.clear()
        self._held.clear()

    def commit(self) -> int:
        """Make the rows part of the lake unless they are already; how many stream rows another
        receipt had brought before."""
        self._held.commit(self._rows, self._receipt, HELD, _as_it_is)
        stream = self._dataset.kind == "stream" and bool(self._dataset.key)
        return self._data.commit(self._rows, self._receipt, self._types, self._new if stream else _as_it_is)

    def discard(self) -> None:
        """Forget the folder. Files that were committed have a name in their table as well."""
        self._alive.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _sorted(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows of a piece in the order of their periods or places, as they mostly come. Sorting by key
        as well takes twice the time; upkeep does it when it gathers the files."""
        for column in ("_period", "_place", "_key"):
            if rows.get_column(column).null_count() < len(rows):
                if rows.get_column(column).is_sorted():
                    return rows
                return in_order(rows, ("_key",) if column == "_key" else ("_period", "_place"))
        return rows

    def _new(self, now: Snapshot, file: _File) -> tuple[_File | None, int]:
        """The file without rows whose key is stored."""
        if not self._rows.keyed(self._dataset.id, now):
            return file, 0
        asked = pl.read_parquet(file.path, columns=["_key", "_period"])
        seen = self._rows.seen_in(self._dataset.id, now, asked)
        known = int(seen.sum())
        if not known:
            return file, 0
        periods = asked.get_column("_period").filter(seen).drop_nulls().to_list()
        told = (*periods, *(self.span or ()))
        self.span = (min(told), max(told)) if told else None
        left = pl.read_parquet(file.path).filter(~seen)
        return (_written(file.path.parent, left) if len(left) else None), known


def sweep(root: Path) -> int:
    """Remove the drafts of processes that are gone; says how many."""
    gone = 0
    for folder in (root / FOLDER).glob("*"):
        try:
            with (folder / _ALIVE).open("rb") as alive:
                fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
                gone += 1
        except OSError:  # at work, or gone meanwhile
            continue
    return gone


@dataclass(frozen=True, slots=True)
class _File:
    """A file that is written and not yet in a log."""

    path: Path
    action: AddAction
    rows: int


_Sift = Callable[[Snapshot, _File], tuple[_File | None, int]]


def _written(folder: Path, rows: pl.DataFrame) -> _File:
    action = beside(folder, rows)
    return _File(folder / action.path, action, len(rows))


def _as_it_is(now: Snapshot, file: _File) -> tuple[_File | None, int]:
    del now
    return file, 0


class _Files:
    """The files of one table by piece."""

    def __init__(self, folder: Path, table: Table) -> None:
        self._folder = folder
        self._table = table
        self._files: dict[int, _File] = {}
        self._linked: list[Path] = []
        self._schema: dict[str, pl.DataType] = {}

    def put(self, number: int, rows: pl.DataFrame | None, dataset: str) -> None:
        before = self._files.pop(number, None)
        if before is not None:
            before.path.unlink(missing_ok=True)
        if rows is None:
            return
        now = self._table.snapshot()
        have = now.schema if now else {}
        rows = fit(rows, have, dataset)
        rows = rows.with_columns(pl.lit(None, t).alias(n) for n, t in have.items() if n not in rows.columns)
        self._schema |= {n: stored(t) for n, t in rows.schema.items()}
        self._files[number] = _written(self._folder, rows)

    def clear(self) -> None:
        for number in list(self._files):
            self.put(number, None, "")

    def commit(self, rows: Rows, receipt: Receipt, types: Mapping[str, pl.DataType], sift: _Sift) -> int:
        """Add every file in one commit, as far as `sift` lets it; what it counted."""
        known = 0

        def prepare(now: Snapshot) -> list[AddAction] | None:
            nonlocal known
            for path in self._linked:  # another writer took the turn: nothing refers to them
                path.unlink(missing_ok=True)
            self._linked, known = [], 0
            have = rows.count(now, receipt) if self._files else 0
            if have:  # a crash came after this commit: what is not there was known then
                known = sum(file.rows for file in self._files.values()) - have
            if have or not self._files:
                return None
            actions = []
            kept_files: list[Path] = []
            for _, file in sorted(self._files.items()):
                kept, count = sift(now, file)
                known += count
                if kept is not None:
                    actions.append(kept.action)
                    kept_files.append(kept.path)
                    self._linked.append(self._table.path / kept.action.path)
                    self._linked[-1].hardlink_to(kept.path)
            flushed(kept_files)
            return actions

        self._table.append(prepare, {**types, **self._schema}, note={"receipts": [receipt.id]})
        return known
