"""Django's PostgreSQL, which tells each connection who stands behind it before it is asked anything."""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base

from tinh.people.context import Door, nothing, standing, told_of

_TELL = "select set_config('tinh.' || key, value, false) from jsonb_each_text(%s::jsonb)"


class DatabaseWrapper(base.DatabaseWrapper):
    _told: str = ""

    def connect(self) -> None:
        self._told = ""
        super().connect()

    def _cursor(self, name: str | None = None) -> Any:
        self.ensure_connection()
        told = standing().told
        if told != self._told and self.connection is not None:
            with self.wrap_database_errors:
                self.connection.execute(_TELL, [told], prepare=True)
            self._told = told
        return super()._cursor(name)  # type: ignore[misc]  # the stubs leave these three out

    def _rollback(self) -> Any:
        self._told = ""  # what was told within the transaction is taken back with it
        return super()._rollback()  # type: ignore[misc]

    def _savepoint_rollback(self, sid: str) -> Any:
        super()._savepoint_rollback(sid)  # type: ignore[misc]
        self._told = ""


def forget_who(connection: Any) -> None:
    """What the pool does to a connection that comes back."""
    connection.execute(_TELL, [nothing()])
    if not connection.autocommit:
        connection.commit()


def tell(connection: Any, door: Door) -> Any:
    """A connection of one's own, besides Django's, that goes through a named door for as long as it lives."""
    connection.execute(_TELL, [told_of(door)])
    if not connection.autocommit:
        connection.commit()
    return connection
