"""SQLite files, opened so that nothing can be written, attached or loaded."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tinh.packs.api import SqlWay
from tinh.sources.connector_errors import QueryFailed, QueryTooSlow, RemoteUnreadable
from tinh.sources.feeds.network import Deadline
from tinh.sources.sql.session import BATCH, Field, Row, Rows

_LET = {
    sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE,
    sqlite3.SQLITE_TRANSACTION,
}  # fmt: skip


def open_sqlite(path: Path, way: SqlWay, deadline: Deadline) -> Sqlite:
    if not path.is_file():
        raise RemoteUnreadable(path=way.file, reason="∅")
    try:
        connection = sqlite3.connect(
            f"file:{quote(str(path))}?mode=ro", uri=True, timeout=5, isolation_level=None,
            check_same_thread=False,
        )  # fmt: skip
    except sqlite3.Error as error:
        raise RemoteUnreadable(path=way.file, reason=str(error)) from error
    return Sqlite(connection, way, deadline)


class Sqlite:
    mark = "?"

    def __init__(self, connection: sqlite3.Connection, way: SqlWay, deadline: Deadline) -> None:
        self._connection, self._way, self._deadline = connection, way, deadline
        self._until = time.monotonic() + way.statement
        with self.said():
            connection.execute("PRAGMA query_only = 1")
            connection.execute("PRAGMA trusted_schema = 0")
            self._pragma = "none"
            connection.set_authorizer(self._may)
            connection.set_progress_handler(self._over, 10_000)
            connection.text_factory = self._text
            connection.execute("BEGIN")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()

    def _may(self, action: int, first: str | None, second: str | None, *_more: Any) -> int:
        if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in ("load_extension", "readfile"):
            return sqlite3.SQLITE_DENY
        if action == sqlite3.SQLITE_PRAGMA and (first or "") == self._pragma:
            return sqlite3.SQLITE_OK
        return sqlite3.SQLITE_OK if action in _LET else sqlite3.SQLITE_DENY

    def _over(self) -> int:
        return int(time.monotonic() > self._until)

    def _text(self, data: bytes) -> Any:
        if self._way.encoding:
            return data.decode("latin-1")
        try:
            return data.decode()
        except UnicodeDecodeError:
            return data

    def quoted(self, name: str) -> str:
        return '"' + name.replace('"', '""') + '"'

    def rows(self, statement: str, values: Sequence[Any] = (), most: int = BATCH) -> Rows:
        self._until = time.monotonic() + self._way.statement
        with self.said():
            cursor = self._connection.execute(statement, list(values))
            fields = tuple(Field(d[0], "any") for d in cursor.description or ())
        return Rows(fields, self._batches(cursor, most))

    def _batches(self, cursor: sqlite3.Cursor, most: int) -> Iterator[Sequence[Row]]:
        while True:
            self._deadline.left(None, self._way.file)
            self._until = time.monotonic() + self._way.statement
            with self.said():
                got = cursor.fetchmany(most)
            if not got:
                return
            yield got

    def tables(self) -> list[tuple[str, str]]:
        found = self.rows(
            "SELECT name, type FROM sqlite_master WHERE type IN ('table','view') "
            "AND name NOT LIKE 'sqlite_%' ORDER BY name"
        )
        return [(str(name), str(kind)) for batch in found.batches for name, kind in batch]

    def keys(self, table: str) -> tuple[str, ...]:
        self._pragma = "table_info"
        try:
            with self.said():
                found = self._connection.execute(f"PRAGMA table_info({self.quoted(table)})").fetchall()
        finally:
            self._pragma = "none"
        return tuple(str(row[1]) for row in sorted((r for r in found if r[5]), key=lambda r: r[5]))

    def close(self) -> None:
        with suppress(sqlite3.Error):
            self._connection.close()

    @contextmanager
    def said(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            if "interrupted" in str(error):
                raise QueryTooSlow(seconds=f"{self._way.statement:g}") from error
            raise QueryFailed(reason=str(error)[:300]) from error
        except sqlite3.Error as error:
            raise QueryFailed(reason=str(error)[:300]) from error
