"""PostgreSQL, read only, one snapshot, values as the server writes them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from psycopg import errors as pg
from psycopg.types.string import TextLoader

from tinh.packs.api import SqlWay
from tinh.sources.connector_errors import NoTls, QueryFailed, QueryTooSlow, SignInRefused
from tinh.sources.feeds.errors import NotConnected, NotSecure
from tinh.sources.feeds.job import Job
from tinh.sources.feeds.network import Deadline
from tinh.sources.sql.session import BATCH, Field, Form, Row, Rows, escaped

_NUMBERS = {20, 21, 23, 26, 700, 701, 1700}
_FORMS: dict[int, Form] = {
    **dict.fromkeys(_NUMBERS, "number"), 16: "bool", 17: "bytes", 1184: "moment", 114: "json", 3802: "json",
}  # fmt: skip


def open_postgresql(
    job: Job, way: SqlWay, password: str, addresses: list[str], socket: str, deadline: Deadline
) -> PostgreSql:
    facts: dict[str, Any] = {
        "dbname": way.database, "user": way.user, "password": password or None, "port": way.port,
        "connect_timeout": max(2, int(way.connect)), "application_name": "tinh",
        "client_encoding": "SQL_ASCII" if way.encoding else "UTF8", "autocommit": True,
        "target_session_attrs": "any", "passfile": "/dev/null", "gssencmode": "disable",
        "keepalives_idle": 30,
    }  # fmt: skip
    if socket:
        facts |= {"host": socket}
    else:
        facts |= {"host": ",".join([way.host] * len(addresses)), "hostaddr": ",".join(addresses)}
        facts |= _tls(job, way)
    deadline.left(None, way.host)
    try:
        connection = psycopg.connect(**facts)
    except psycopg.OperationalError as error:
        raise _not_connected(way, error) from error
    session = PostgreSql(connection, way, deadline)
    with session.said():
        session.begin()
    return session


def _tls(job: Job, way: SqlWay) -> dict[str, Any]:
    mode = way.tls.mode
    if mode == "auto":
        mode_given = "prefer" if way.allow_private and not way.tls.authority else "verify-full"
    else:
        mode_given = {"verify": "verify-full", "require": "require", "off": "disable"}[mode]
    facts: dict[str, Any] = {"sslmode": mode_given}
    if mode_given == "verify-full":
        facts["sslrootcert"] = _kept(job, "ca", way.tls.authority) if way.tls.authority else "system"
    else:
        facts["sslrootcert"] = "/nonexistent"  # a root of the account that runs us means nothing here
    facts |= {"sslcert": "/nonexistent", "sslkey": "/nonexistent"}
    if way.tls.certificate:
        facts["sslcert"] = _kept(job, "crt", way.tls.certificate)
        facts["sslkey"] = _kept(job, "key", job.secrets.get(way.tls.key))
    return facts


def _kept(job: Job, what: str, text: str) -> str:
    """The driver takes certificates from files only; these go when the spool is cleared."""
    return str(job.spool.paper(what, text))


class PostgreSql:
    mark = "%s\x00"

    def __init__(self, connection: psycopg.Connection[Any], way: SqlWay, deadline: Deadline) -> None:
        self._connection, self._way, self._deadline = connection, way, deadline
        self._cursors: list[Any] = []

    def begin(self) -> None:
        with self.said():
            for kind in psycopg.adapters.types:
                for oid in (kind.oid, kind.array_oid):
                    if oid:
                        self._connection.adapters.register_loader(oid, TextLoader)
            wait = int(self._way.statement * 1000)
            for setting in (
                "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY, ISOLATION LEVEL REPEATABLE READ",
                f"SET statement_timeout = {wait}", "SET lock_timeout = 5000", "SET TimeZone = 'UTC'",
                f"SET idle_in_transaction_session_timeout = {int(self._way.total * 1000) + 60_000}",
                "SET DateStyle = 'ISO, YMD'", "SET IntervalStyle = 'iso_8601'", "SET bytea_output = 'hex'",
                "SET extra_float_digits = 1", "SET standard_conforming_strings = on",
                "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            ):  # fmt: skip
                self._connection.execute(setting.encode())

    def quoted(self, name: str) -> str:
        return '"' + name.replace('"', '""') + '"'

    def rows(self, statement: str, values: Sequence[Any] = (), most: int = BATCH) -> Rows:
        with self.said():
            cursor = self._connection.cursor(name=f"tinh_{uuid.uuid4().hex[:12]}")
            self._cursors.append(cursor)
            cursor.itersize = most
            cursor.execute(escaped(statement, values).encode(), list(values) or None)
            fields = tuple(
                Field(d.name, _FORMS.get(d.type_code, "text"), d.type_display)
                for d in cursor.description or ()
            )
        return Rows(fields, self._batches(cursor, most))

    def _batches(self, cursor: Any, most: int) -> Iterator[Sequence[Row]]:
        while True:
            self._deadline.left(None, self._way.host)
            with self.said():
                got = cursor.fetchmany(most)
            if not got:
                with suppress(psycopg.Error):
                    cursor.close()
                return
            yield got

    def tables(self) -> list[tuple[str, str]]:
        found = self.rows(
            "SELECT n.nspname, c.relname, c.relkind::text FROM pg_catalog.pg_class c "
            "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
            "WHERE c.relkind IN ('r','p','v','m','f') "
            "AND n.nspname NOT IN ('pg_catalog','information_schema') "
            "AND n.nspname NOT LIKE 'pg_toast%' AND n.nspname NOT LIKE 'pg_temp%' "
            "AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') "
            "ORDER BY n.nspname <> 'public', n.nspname, c.relname"
        )
        out = []
        for batch in found.batches:
            for schema, name, kind in batch:
                shown = name if schema == "public" else f"{schema}.{name}"
                out.append((shown, "view" if kind in ("v", "m") else "table"))
        return out

    def keys(self, table: str) -> tuple[str, ...]:
        quoted = ".".join(self.quoted(part) for part in table.split("."))
        found = self.rows(
            "SELECT a.attname FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute a "
            "ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey) "
            f"WHERE i.indisprimary AND i.indrelid = to_regclass({self.mark}) "
            "ORDER BY array_position(i.indkey::int2[], a.attnum)",
            [quoted],
        )
        return tuple(row[0] for batch in found.batches for row in batch)

    def close(self) -> None:
        with suppress(psycopg.Error):
            self._connection.close()

    @contextmanager
    def said(self) -> Iterator[None]:
        """The server's own faults as ours."""
        try:
            yield
        except pg.QueryCanceled as error:
            raise QueryTooSlow(seconds=f"{self._way.statement:g}") from error
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            if self._connection.broken or self._connection.closed:
                raise NotConnected(host=self._way.host, reason=_short(error)) from error
            raise QueryFailed(reason=_short(error)) from error
        except (psycopg.Error, UnicodeDecodeError) as error:
            raise QueryFailed(reason=_short(error)) from error


def _not_connected(way: SqlWay, error: psycopg.OperationalError) -> Exception:
    text = " ".join(str(error).split())
    low = text.lower()
    host = way.host or way.socket
    if "server does not support ssl" in low:
        return NoTls(host=host)
    if any(word in low for word in ("certificate", "ssl error", "sslmode", "tls")):
        return NotSecure(host=host, reason=_short(error))
    if any(w in low for w in ("password", "authentication", "role ", "pg_hba", "permission", 'database "')):
        return SignInRefused(host=host, user=way.user, reason=_short(error))
    return NotConnected(host=host, reason=_short(error))


def _short(error: BaseException) -> str:
    lines = [line for line in str(error).splitlines() if line.strip()]
    return " ".join((lines or [type(error).__name__])[0].split())[:300]
