"""One Delta table of the lake: what files stand in it now, and how rows are added.

A process keeps the parsed log of each table and looks only for the next version's file
before it reads, which is one `stat`. Writers take a turn: each commit names the turn it
follows, and of two writers with the same turn the log lets one through.
"""

from __future__ import annotations

import json
import os
import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import polars as pl
from deltalake import CommitProperties, DeltaTable, Transaction, WriterProperties, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError
from deltalake.transaction import AddAction, RemoveAction

from tinh.lake.columns import stored
from tinh.lake.errors import Contended, NotWritten
from tinh.lake.parts import written

STATED_TO = timedelta(milliseconds=1)
_ATTEMPTS = 100
_UPKEEP = "upkeep"
_RELIST = 60.0  # seconds after which the log is listed even if the next version is not there
_OLDER = 8  # earlier versions kept parsed, for those who page through them
_LARGE = 100_000  # rows from which a commit's files are written on all cores
_PART = 8_000_000  # rows of one file
_WRITER = WriterProperties(compression="ZSTD", compression_level=1, max_row_group_size=131_072)
_CONFIGURATION = {
    "delta.checkpointInterval": "50",
    "delta.logRetentionDuration": "interval 7 days",
    "delta.deletedFileRetentionDuration": "interval 1 days",
    "delta.dataSkippingNumIndexedCols": "-1",
}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A table at one version. `files` has path, size_bytes, num_records and min/max columns."""

    version: int
    files: pl.DataFrame
    schema: Mapping[str, pl.DataType]

    def paths(self, where: pl.Expr | None = None) -> list[str]:
        """The files that may hold rows for `where`, a condition over the file statistics."""
        files = self.files if where is None else self.files.filter(where.fill_null(True))
        return files.get_column("path").to_list()

    def span(self, column: str, first: Any, last: Any) -> pl.Expr:
        """The condition that a file may hold a value of `column` between `first` and `last`."""
        low, high = f"min.{column}", f"max.{column}"
        if low not in self.files.columns:
            return pl.lit(True)
        top = pl.col(high)
        if isinstance(self.files.schema[high], pl.Datetime):
            top = top + STATED_TO  # the log cuts moments down to the millisecond
        return (pl.col(low) <= bound(last)) & (top >= bound(first))


Prepare = Callable[[Snapshot], pl.DataFrame | Sequence[AddAction] | None]


class Table:
    """A Delta table in a folder. Safe between threads and between processes."""

    def __init__(self, path: Path, partition: Sequence[str] = ()) -> None:
        self.path = path
        self.partition = list(partition)
        self._log = path / "_delta_log"
        self._reading = threading.Lock()
        self._writing = threading.Lock()
        self._reader: DeltaTable | None = None
        self._writer: DeltaTable | None = None
        self._snapshot: Snapshot | None = None
        self._listed = 0.0
        self._older: dict[int, Snapshot] = {}

    def version(self) -> int:
        """Grows with every commit; 0 while the table does not exist."""
        snapshot = self.snapshot()
        return 0 if snapshot is None else snapshot.version + 1

    def snapshot(self) -> Snapshot | None:
        """The newest version, or None while the table does not exist."""
        with self._reading:
            known = self._snapshot
            if known is not None and not self._moved(known.version):
                return known
            if self._reader is None:
                self._reader = _open(self.path)
                if self._reader is None:
                    return None
            else:
                self._reader.update_incremental()
            self._listed = time.monotonic()
            if known is None or self._reader.version() != known.version:
                self._snapshot = _snapshot(self.path, self._reader)
            return self._snapshot

    def at(self, version: int) -> Snapshot | None:
        """An earlier version, while its files are there; None where it cannot be opened any more."""
        now = self.snapshot()
        if now is not None and now.version == version:
            return now
        with self._reading:
            if version not in self._older:
                try:
                    delta = DeltaTable(str(self.path), version=version)
                except (DeltaError, OSError):
                    return None
                while len(self._older) >= _OLDER:
                    self._older.pop(next(iter(self._older)))
                self._older[version] = _snapshot(self.path, delta)
            return self._older[version]

    def read(self, delta: DeltaTable) -> Snapshot:
        """The snapshot an open Delta table stands at."""
        return _snapshot(self.path, delta)

    def append(
        self,
        prepare: Prepare,
        schema: Mapping[str, pl.DataType],
        turn: str = "tinh",
        note: dict[str, Any] | None = None,
    ) -> bool:
        """Add the rows, or the files with them, that `prepare` gives for the present snapshot, in one
        commit.

        `prepare` is asked again with a fresh snapshot whenever another writer took the turn
        first; None or no rows means that nothing is left to write, and False is returned.
        """
        with self._writing:
            for attempt in range(_ATTEMPTS):
                writer = self._open_writer(schema)
                frame = prepare(_snapshot(self.path, writer))
                if frame is None or not len(frame):
                    return False
                last = writer.transaction_version(turn) or 0
                mine = CommitProperties(custom_metadata=note, app_transactions=[Transaction(turn, last + 1)])
                try:
                    if not isinstance(frame, pl.DataFrame):
                        self._add_files(writer, frame, schema, mine)
                    elif len(frame) >= _LARGE and not self.partition and _alike(frame, writer):
                        self._add_large(writer, frame, mine)
                    else:
                        write_deltalake(
                            writer,
                            frame.to_arrow(compat_level=pl.CompatLevel.oldest()),
                            mode="append",
                            schema_mode="merge",
                            writer_properties=_WRITER,
                            commit_properties=mine,
                        )
                except CommitFailedError:
                    self._writer = None
                    _pause(attempt)
                    continue
                except (DeltaError, OSError) as error:
                    self._writer = None
                    raise NotWritten(table=self.path.name, reason=_first_line(error)) from error
                settle_on_disk(self.path, writer.version())
                return True
        raise Contended(table=self.path.name, attempts=_ATTEMPTS)

    def _add_large(self, writer: DeltaTable, frame: pl.DataFrame, mine: CommitProperties) -> None:
        """The same commit with files written by Polars, which uses all cores."""
        actions: list[AddAction | RemoveAction] = [
            written(self.path, part, {}, data_change=True) for part in frame.iter_slices(_PART)
        ]
        try:
            writer.create_write_transaction(actions, "append", writer.schema(), commit_properties=mine)
        except DeltaError:
            for action in actions:
                (self.path / action.path).unlink(missing_ok=True)
            raise

    def _add_files(
        self,
        writer: DeltaTable,
        files: Sequence[AddAction],
        schema: Mapping[str, pl.DataType],
        mine: CommitProperties,
    ) -> None:
        """The same commit with files that lie in the folder; the table grows by new columns before."""
        have = pl.Schema(writer.schema().to_arrow())
        if any(name not in have for name in schema):
            shape = pl.DataFrame(schema={name: stored(t) for name, t in schema.items()})
            rows = shape.to_arrow(compat_level=pl.CompatLevel.oldest())
            write_deltalake(writer, rows, mode="append", schema_mode="merge", writer_properties=_WRITER)
        writer.create_write_transaction(list(files), "append", writer.schema(), commit_properties=mine)

    def alter(self, act: Callable[[DeltaTable, CommitProperties], Any], insist: bool = False) -> Any:
        """Run an operation that rewrites files, in a turn of its own.

        The log lets two rewrites of the same files both through and doubles their rows (seen
        with delta-rs 1.6), so rewrites take turns like writers do. Losing means None: the next
        upkeep finds the work again, unless the caller insists.
        """
        for attempt in range(_ATTEMPTS if insist else 1):
            table = _open(self.path)
            if table is None:
                return None
            turn = Transaction(_UPKEEP, (table.transaction_version(_UPKEEP) or 0) + 1)
            try:
                return act(table, CommitProperties(app_transactions=[turn]))
            except CommitFailedError:
                _pause(attempt)
        if insist:
            raise Contended(table=self.path.name, attempts=_ATTEMPTS)
        return None

    def _open_writer(self, schema: Mapping[str, pl.DataType]) -> DeltaTable:
        if self._writer is not None:
            self._writer.update_incremental()
            return self._writer
        table = _open(self.path)
        if table is None:
            self.path.mkdir(parents=True, exist_ok=True)
            shape = pl.DataFrame(schema={name: stored(t) for name, t in schema.items()})
            try:
                DeltaTable.create(
                    str(self.path),
                    shape.to_arrow(compat_level=pl.CompatLevel.oldest()).schema,
                    mode="ignore",
                    partition_by=self.partition or None,
                    configuration=_CONFIGURATION,
                )
            except DeltaError:
                if _open(self.path) is None:
                    raise
            table = _open(self.path)
            assert table is not None
        self._writer = table
        return table

    def _moved(self, version: int) -> bool:
        if (self._log / f"{version + 1:020d}.json").exists():
            return True
        return time.monotonic() - self._listed > _RELIST


class Standing(Table):
    """A table that stays at one version for whoever reads it."""

    def __init__(self, table: Table, version: int) -> None:
        super().__init__(table.path, table.partition)
        self._table, self._at = table, version

    def snapshot(self) -> Snapshot | None:
        return self._table.at(self._at) if self._at >= 0 else None


def _pause(attempt: int) -> None:
    time.sleep(random.uniform(0, min(0.2, 0.005 * 2 ** min(attempt, 6))))


def bound(value: Any) -> pl.Expr:
    """A literal to compare file statistics with; moments in the zone the statistics are in."""
    if isinstance(value, datetime):
        return pl.lit(value.astimezone(UTC).replace(tzinfo=None)).dt.replace_time_zone("UTC")
    return pl.lit(value)


def _alike(frame: pl.DataFrame, table: DeltaTable) -> bool:
    """Whether the rows have exactly the table's columns and types, so that the schema need not grow."""
    return dict(frame.schema) == dict(pl.Schema(table.schema().to_arrow()))


def _open(path: Path) -> DeltaTable | None:
    if not (path / "_delta_log").is_dir():
        return None
    try:
        return DeltaTable(str(path))
    except TableNotFoundError:
        return None


def _snapshot(path: Path, table: DeltaTable) -> Snapshot:
    actions = pl.DataFrame(table.get_add_actions(flatten=True))
    files = actions.with_columns(
        pl.col("path").map_elements(lambda p: str(path / unquote(p)), return_dtype=pl.String)
    )
    return Snapshot(table.version(), files, dict(pl.Schema(table.schema().to_arrow())))


def settle_on_disk(path: Path, version: int) -> None:
    """Force a commit and the files it added to the disk before anyone is told it stands."""
    log = path / "_delta_log" / f"{version:020d}.json"
    try:
        text = log.read_bytes()
    except FileNotFoundError:
        return
    for line in text.splitlines():
        added = json.loads(line).get("add")
        if added:
            _sync(path / unquote(added["path"]))
    _sync(log)
    _sync(log.parent)
    _sync(path)


def _sync(path: Path) -> None:
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
