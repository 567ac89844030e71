"""Django's PostgreSQL, which tells each connection who stands behind it before it is asked anything."""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base
from psycopg import RawCursor

from tinh.people.context import Door, nothing, standing, told_of

_TELL = "select count(set_config('tinh.' || key, value, false)) from jsonb_each_text($1::jsonb)"


class Kept(RawCursor[Any]):
    """Values go apart from the statement (`$1`, `$2` …), whose plan the connection keeps."""

    def execute(self, query: Any, params: Any = None, *, prepare: bool | None = True, **more: Any) -> Any:
        return super().execute(query, params, prepare=prepare, **more)


class DatabaseWrapper(base.DatabaseWrapper):
    _told: str = ""

    def kept(self) -> Any:
        """A cursor for statements asked all day: PostgreSQL reads and plans each once a connection."""
        self._say_who()
        return self._prepare_cursor(Kept(self.connection))  # type: ignore[attr-defined]  # not in the stubs

    def connect(self) -> None:
        self._told = ""
        super().connect()

    def _cursor(self, name: str | None = None) -> Any:
        self._say_who()
        return super()._cursor(name)  # type: ignore[misc]  # the stubs leave these three out

    def _say_who(self) -> None:
        self.ensure_connection()
        told = standing().told
        if told != self._told and self.connection is not None:
            with self.wrap_database_errors:
                Kept(self.connection).execute(_TELL, [told])
            self._told = told

    def _rollback(self) -> Any:
        self._told = ""  # what was told within the transaction is taken back with it
        return super()._rollback()  # type: ignore[misc]

    def _savepoint_rollback(self, sid: str) -> Any:
        super()._savepoint_rollback(sid)  # type: ignore[misc]
        self._told = ""


def forget_who(connection: Any) -> None:
    """What the pool does to a connection that comes back."""
    Kept(connection).execute(_TELL, [nothing()])
    if not connection.autocommit:
        connection.commit()


def tell(connection: Any, door: Door) -> Any:
    """A connection of one's own, besides Django's, that goes through a named door for as long as it lives."""
    Kept(connection).execute(_TELL, [told_of(door)])
    if not connection.autocommit:
        connection.commit()
    return connection
