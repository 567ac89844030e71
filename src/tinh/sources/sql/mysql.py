"""MariaDB and MySQL, read only, one snapshot, values as the server writes them."""

from __future__ import annotations

import socket as sockets
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import pymysql
from pymysql.constants import FIELD_TYPE
from pymysql.converters import encoders
from pymysql.cursors import SSCursor

from tinh.packs.api import SqlWay
from tinh.sources.connector_errors import NoTls, QueryFailed, QueryTooSlow, SignInRefused
from tinh.sources.feeds.errors import NotConnected, NotSecure
from tinh.sources.feeds.job import Job
from tinh.sources.feeds.network import Deadline
from tinh.sources.sql.session import BATCH, Field, Form, Row, Rows, escaped

_NUMBERS = (
    FIELD_TYPE.DECIMAL, FIELD_TYPE.NEWDECIMAL, FIELD_TYPE.TINY, FIELD_TYPE.SHORT, FIELD_TYPE.LONG,
    FIELD_TYPE.FLOAT, FIELD_TYPE.DOUBLE, FIELD_TYPE.LONGLONG, FIELD_TYPE.INT24, FIELD_TYPE.YEAR,
)  # fmt: skip
_FORMS: dict[int, Form] = {
    **dict.fromkeys(_NUMBERS, "number"), FIELD_TYPE.TIMESTAMP: "moment", FIELD_TYPE.JSON: "json",
    FIELD_TYPE.BIT: "bytes",
}  # fmt: skip
_NAMES = {value: name.lower() for name, value in vars(FIELD_TYPE).items() if name.isupper()}
_REFUSED = {1044, 1045, 1049, 1129, 1130, 1142, 1143, 1698, 1820, 1862, 2059, 4151}
_SLOW = {1969, 3024, 1205}
_SSL_MISSING = ("SSL", "doesn't support")


def open_mysql(
    job: Job, way: SqlWay, password: str, addresses: list[str], socket: str, deadline: Deadline
) -> MySql:
    context, must = _tls(job, way)
    facts: dict[str, Any] = {
        "user": way.user, "password": password, "database": way.database, "port": way.port,
        "host": way.host or "localhost", "charset": "utf8mb4", "autocommit": True, "local_infile": False,
        "connect_timeout": max(1, int(way.connect)), "read_timeout": max(1, int(way.statement)),
        "write_timeout": 60, "conv": dict(encoders), "cursorclass": SSCursor, "program_name": "tinh",
        "read_default_file": None, "defer_connect": True,
    }  # fmt: skip
    if socket:
        facts |= {"unix_socket": socket}
        context = None
    plans = [(address, context) for address in addresses or [""]]
    if context is not None and not must:
        plans += [(address, None) for address in addresses or [""]]
    last: Exception = NotConnected(host=way.host, reason="∅")
    for address, encrypted in plans:
        if isinstance(last, NotConnected | NoTls):
            try:
                return MySql(_connected(facts, encrypted, address, way, deadline), way, deadline)
            except (OSError, pymysql.err.Error) as error:
                last = _not_connected(way, error)
    raise last


def _connected(
    facts: dict[str, Any], context: ssl.SSLContext | None, address: str, way: SqlWay, deadline: Deadline
) -> Any:
    more = {"ssl": context} if context is not None else {"ssl_disabled": True}
    connection = pymysql.connect(**facts, **more)
    if not address:
        connection.connect()
        return connection
    # To the very address that was checked; its name still stands for the certificate.
    wire = sockets.create_connection((address, way.port), timeout=deadline.left(way.connect, way.host))
    wire.setsockopt(sockets.IPPROTO_TCP, sockets.TCP_NODELAY, 1)
    wire.settimeout(None)
    try:
        connection.connect(wire)
    except BaseException:
        wire.close()
        raise
    return connection


def _tls(job: Job, way: SqlWay) -> tuple[ssl.SSLContext | None, bool]:
    """(how it is encrypted, whether it must be)."""
    mode = way.tls.mode
    if mode == "off":
        return None, False
    lenient = mode == "auto" and way.allow_private and not way.tls.authority
    context = ssl.create_default_context(cadata=way.tls.authority or None)
    if mode == "require" or lenient:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if way.tls.certificate:
        paper = job.spool.paper("crt", way.tls.certificate)
        context.load_cert_chain(paper, job.spool.paper("key", job.secrets.get(way.tls.key)))
    return context, not lenient


class MySql:
    mark = "%s\x00"

    def __init__(self, connection: Any, way: SqlWay, deadline: Deadline) -> None:
        self._connection, self._way, self._deadline = connection, way, deadline
        with self.said():
            maria = "mariadb" in str(connection.get_server_info()).lower()
            wait = max(1, int(way.total))
            limit = f"max_statement_time = {wait}" if maria else f"max_execution_time = {wait * 1000}"
            for setting in (
                "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
                "SET SESSION TRANSACTION READ ONLY",
                f"SET SESSION {limit}", "SET SESSION lock_wait_timeout = 5", "SET time_zone = '+00:00'",
                "SET SESSION net_write_timeout = 600",
                "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
            ):  # fmt: skip
                self._quick(setting)
            if way.encoding:
                self._quick("SET character_set_results = NULL")
                connection.encoding = "latin-1"  # the bytes themselves; cells decodes them as declared

    def _quick(self, statement: str) -> None:
        with self._connection.cursor(pymysql.cursors.Cursor) as cursor:
            cursor.execute(statement)

    def quoted(self, name: str) -> str:
        return "`" + name.replace("`", "``") + "`"

    def rows(self, statement: str, values: Sequence[Any] = (), most: int = BATCH) -> Rows:
        with self.said():
            cursor = self._connection.cursor()
            cursor.execute(escaped(statement, values), list(values) or None)
            result = cursor._result
            fields = tuple(_field(one) for one in (result.fields if result is not None else ()) or ())
        return Rows(fields, self._batches(cursor, most))

    def _batches(self, cursor: Any, most: int) -> Iterator[Sequence[Row]]:
        try:
            while True:
                self._deadline.left(None, self._way.host)
                with self.said():
                    got = cursor.fetchmany(most)
                if not got:
                    return
                yield got
        finally:
            if cursor._result is not None and getattr(cursor._result, "unbuffered_active", False):
                # Rows that nobody wants any more are not waited for.
                self._connection._force_close()
            else:
                with suppress(pymysql.err.Error):
                    cursor.close()

    def tables(self) -> list[tuple[str, str]]:
        found = self.rows(
            "SELECT table_schema, table_name, table_type FROM information_schema.tables "
            "WHERE table_schema NOT IN ('information_schema','mysql','performance_schema','sys') "
            "ORDER BY table_schema <> DATABASE(), table_schema, table_name"
        )
        own = self._way.database.lower()
        return [
            (name if schema.lower() == own else f"{schema}.{name}", "view" if "VIEW" in kind else "table")
            for batch in found.batches
            for schema, name, kind in batch
        ]

    def keys(self, table: str) -> tuple[str, ...]:
        schema, _, name = table.rpartition(".")
        found = self.rows(
            "SELECT column_name FROM information_schema.key_column_usage WHERE constraint_name = 'PRIMARY' "
            f"AND table_schema = {self.mark} AND table_name = {self.mark} ORDER BY ordinal_position",
            [schema or self._way.database, name],
        )
        return tuple(row[0] for batch in found.batches for row in batch)

    def close(self) -> None:
        with suppress(pymysql.err.Error, OSError):
            if self._connection.open:
                self._connection._force_close()

    @contextmanager
    def said(self) -> Iterator[None]:
        """The server's own faults as ours."""
        try:
            yield
        except pymysql.err.Error as error:
            number = error.args[0] if error.args else 0
            if number in _SLOW:
                raise QueryTooSlow(seconds=f"{self._way.total:g}") from error
            if number in (2006, 2013, 2055, 0):
                raise NotConnected(host=self._way.host, reason=_short(error)) from error
            raise QueryFailed(reason=_short(error)) from error
        except (OSError, UnicodeError) as error:
            raise NotConnected(host=self._way.host, reason=_short(error)) from error


def _field(one: Any) -> Field:
    form: Form = _FORMS.get(one.type_code, "text")
    blob = one.type_code in (249, 250, 251, 252, 253, 254) and one.charsetnr == 63
    return Field(one.name, "bytes" if blob else form, _NAMES.get(one.type_code, ""))


def _not_connected(way: SqlWay, error: Exception) -> Exception:
    number = error.args[0] if error.args else 0
    text, host = _short(error), way.host or way.socket
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return NotSecure(host=host, reason=_short(cause))
        cause = cause.__cause__ or cause.__context__
    if number == 2026 or ("SSL" in text and "support" in text):
        return NoTls(host=host)
    if number in _REFUSED:
        return SignInRefused(host=host, user=way.user, reason=text)
    return NotConnected(host=host, reason=text)


def _short(error: BaseException) -> str:
    said = error.args[1] if len(error.args) > 1 else str(error)
    return " ".join(str(said).split())[:300] or type(error).__name__
