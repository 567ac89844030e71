"""Any other database SQLAlchemy has a driver for. Its transaction is asked to be read only where the
engine knows how, and is always rolled back; what may be sent is one SELECT."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from tinh.packs.api import SqlWay
from tinh.sources.connector_errors import DriverMissing, QueryFailed, SignInRefused
from tinh.sources.feeds.errors import NotConnected
from tinh.sources.feeds.job import Job
from tinh.sources.feeds.network import Deadline
from tinh.sources.sql.session import BATCH, Field, Row, Rows

_READ_ONLY = {"oracle": "SET TRANSACTION READ ONLY"}


def open_other(job: Job, way: SqlWay, deadline: Deadline) -> Other:
    try:
        url = sa.make_url(way.url)
    except ArgumentError as error:
        raise QueryFailed(reason=str(error)[:200]) from error
    if way.user:
        url = url.set(username=way.user)
    if way.password:
        url = url.set(password=job.secrets.get(way.password))
    if url.host:
        job.addresses(url.host, url.port or 0, way.allow_private, deadline)
    try:
        engine = sa.create_engine(url, poolclass=NullPool, hide_parameters=True)
        connection = engine.connect().execution_options(stream_results=True, max_row_buffer=BATCH)
    except (NoSuchModuleError, ImportError) as error:
        raise DriverMissing(engine=url.drivername, reason=str(error)[:120]) from error
    except (InterfaceError, DBAPIError) as error:
        said = " ".join(str(getattr(error, "orig", error)).split())[:300]
        if any(word in said.lower() for word in ("login", "password", "denied", "credential", "ora-01017")):
            raise SignInRefused(host=url.host or "", user=url.username or "", reason=said) from error
        raise NotConnected(host=url.host or way.url, reason=said) from error
    except SQLAlchemyError as error:
        raise QueryFailed(reason=" ".join(str(error).split())[:300]) from error
    return Other(engine, connection, way, deadline)


class Other:
    mark = "?\x00"

    def __init__(self, engine: sa.Engine, connection: sa.Connection, way: SqlWay, deadline: Deadline) -> None:
        self._engine, self._connection, self._way, self._deadline = engine, connection, way, deadline
        with self.said():
            if engine.dialect.name in _READ_ONLY:
                connection.exec_driver_sql(_READ_ONLY[engine.dialect.name])

    def quoted(self, name: str) -> str:
        return str(self._engine.dialect.identifier_preparer.quote_identifier(name))

    def rows(self, statement: str, values: Sequence[Any] = (), most: int = BATCH) -> Rows:
        parts = statement.replace(":", "\\:").split(self.mark)
        text = "".join(p + (f":tinh_{i}" if i < len(parts) - 1 else "") for i, p in enumerate(parts))
        with self.said():
            found = self._connection.execute(sa.text(text), {f"tinh_{i}": v for i, v in enumerate(values)})
            fields = tuple(Field(name, "any") for name in found.keys())  # noqa: SIM118  a result's own method
        return Rows(fields, self._batches(found, most))

    def _batches(self, found: Any, most: int) -> Iterator[Sequence[Row]]:
        while True:
            self._deadline.left(None, self._way.url)
            with self.said():
                got = found.fetchmany(most)
            if not got:
                return
            yield got

    def tables(self) -> list[tuple[str, str]]:
        with self.said():
            known = sa.inspect(self._engine)
            tables = [(name, "table") for name in known.get_table_names()]
            return tables + [(name, "view") for name in known.get_view_names()]

    def keys(self, table: str) -> tuple[str, ...]:
        schema, _, name = table.rpartition(".")
        with self.said():
            found = sa.inspect(self._engine).get_pk_constraint(name, schema=schema or None)
        return tuple(found.get("constrained_columns") or ())

    def close(self) -> None:
        with suppress(SQLAlchemyError):
            self._connection.rollback()
            self._connection.close()
        self._engine.dispose()

    @contextmanager
    def said(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            raise QueryFailed(reason=" ".join(str(getattr(error, "orig", error)).split())[:300]) from error
