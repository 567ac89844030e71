"""DuckDB in the process: one database a lake, one cursor a call, no way out of the lake's folder."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from tinh.lake.columns import literal, quoted, spelt
from tinh.lake.errors import QueryFailed, QueryTooLong

_MEMORY_SHARE = 0.4  # of the machine's memory
FRUGAL = "320MB"  # for questions asked while a large delivery is taken in
_VIEWS = 64  # that a cursor keeps before it is given up for a fresh one


class Engine:
    """Runs SQL over files of one folder. Safe between threads; a forked child gets its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._database: duckdb.DuckDBPyConnection | None = None
        self._process = 0
        self._own = threading.local()

    @contextmanager
    def frugal(self) -> Iterator[None]:
        """This thread's questions go to a database of their own with little memory, which goes on on
        disk; it is gone afterwards."""
        database = self._own.frugal = self._start(FRUGAL)
        self._own.asking = None
        try:
            yield
        finally:
            self._own.frugal = self._own.asking = None
            database.close()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        mine: duckdb.DuckDBPyConnection | None = getattr(self._own, "frugal", None)
        if mine is not None:
            return mine.cursor()
        with self._lock:
            if self._database is None or self._process != os.getpid():
                self._database = self._start()
                self._process = os.getpid()
            return self._database.cursor()

    def frame(self, sql: str, params: Any = None, views: Mapping[str, str] | None = None) -> pl.DataFrame:
        """The result of `sql`; `views` are named SELECTs it may read. For the lake's own SQL."""
        cursor = self.cursor()
        try:
            for name, select in (views or {}).items():
                cursor.execute(f"CREATE TEMP VIEW {quoted(name)} AS {select}")
            return result(cursor.sql(sql, params=params))
        finally:
            cursor.close()

    def ask(self, sql: str, params: Any, views: Mapping[str, str], seconds: float) -> pl.DataFrame:
        """The result of somebody else's `sql`, bounded in time."""
        cursor, shown = self._asking()
        stopped = threading.Event()

        def stop() -> None:
            stopped.set()
            cursor.interrupt()

        timer = threading.Timer(seconds, stop)
        timer.daemon = True
        try:
            for name, select in views.items():
                if shown.get(name) != select:
                    cursor.execute(f"CREATE OR REPLACE TEMP VIEW {quoted(name)} AS {select}")
                    shown[name] = select
            timer.start()
            return result(cursor.sql(sql, params=params))
        except duckdb.Error as error:
            self._own.asking = None
            if stopped.is_set():
                raise QueryTooLong(seconds=seconds) from error
            raise QueryFailed(reason=str(error).split("\n\nLINE")[0].strip()) from error
        finally:
            timer.cancel()
            if stopped.is_set():  # a late interrupt must not meet the next question
                self._own.asking = None

    def _asking(self) -> tuple[duckdb.DuckDBPyConnection, dict[str, str]]:
        """This thread's cursor for questions, and the views it has: indicators ask many in a row
        of the same rows. A view left over from another question is behind the guard."""
        kept = getattr(self._own, "asking", None)
        if kept is None or kept[0] != os.getpid() or len(kept[2]) > _VIEWS:
            kept = self._own.asking = (os.getpid(), self.cursor(), {})
        return kept[1], kept[2]

    def _start(self, memory: str = "") -> duckdb.DuckDBPyConnection:
        database = duckdb.connect(":memory:")
        memory = memory or os.environ.get("TINH_QUERY_MEMORY") or f"{_memory() // 2**20}MB"
        for setting, value in (
            ("memory_limit", memory),
            ("temp_directory", str(self._folder / ".spill")),
            ("TimeZone", "UTC"),
            ("autoinstall_known_extensions", False),
            ("python_enable_replacements", False),
            ("parquet_metadata_cache", True),
            ("allowed_directories", [str(self._folder)]),
            ("enable_external_access", False),
            ("lock_configuration", True),
        ):
            shown = repr(value) if isinstance(value, bool | list) else literal(str(value))
            if isinstance(value, list):
                shown = "[" + ",".join(literal(v) for v in value) + "]"
            database.execute(f"SET {setting} = {shown}")
        return database


def result(relation: duckdb.DuckDBPyRelation | None) -> pl.DataFrame:
    """The rows of a relation; timestamps in UTC."""
    frame: pl.DataFrame = pl.DataFrame() if relation is None else relation.pl()
    zoned = [n for n, t in frame.schema.items() if isinstance(t, pl.Datetime) and t.time_zone]
    return frame.with_columns(pl.col(zoned).dt.convert_time_zone("UTC")) if zoned else frame


def _memory() -> int:
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return int(pages * size * _MEMORY_SHARE)


def scan(files: Sequence[str], columns: Mapping[str, pl.DataType], have: Mapping[str, pl.DataType]) -> str:
    """A SELECT of `columns` from parquet `files`; columns the files do not `have` are null."""
    shown = []
    for name, dtype in columns.items():
        kept = have.get(name)
        if kept is None or not files:
            shown.append(f"CAST(NULL AS {spelt(dtype)}) AS {quoted(name)}")
        elif kept == dtype:
            shown.append(quoted(name))
        else:
            shown.append(f"CAST({quoted(name)} AS {spelt(dtype)}) AS {quoted(name)}")
    if not files:
        return f"SELECT {', '.join(shown)} WHERE false"
    listed = ", ".join(literal(f) for f in files)
    known = [f"CAST(NULL AS {spelt(have[n])}) AS {quoted(n)}" for n in columns if n in have]
    read = f"SELECT * FROM read_parquet([{listed}], union_by_name = true, hive_partitioning = false)"
    if known:
        # Older files may all lack a column that the table has gained since; the empty half names it.
        read = f"SELECT * FROM ({read} UNION ALL BY NAME SELECT {', '.join(known)} WHERE false)"
    return f"SELECT {', '.join(shown)} FROM ({read})"
