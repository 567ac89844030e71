"""Values as JSON text: exact, whatever the database's type; `_at` names the table and the key."""

from __future__ import annotations

import base64
import datetime as dt
import json
import math
import unicodedata
from collections.abc import Callable, Sequence
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any
from uuid import UUID

from tinh.sources.connector_errors import NotInEncoding
from tinh.sources.sql.session import Field, Row, is_number

_EXACT = 15  # digits every reader of JSON keeps
Spell = Callable[[Any], str]


def spelling(field: Field, encoding: str = "") -> Spell:
    """How the values of a column are written."""
    if field.form == "number":
        return _number
    if field.form == "bool":
        return lambda v: "null" if v is None else ("true" if v in (True, "t", "true", 1) else "false")
    if field.form == "bytes":
        return lambda v: "null" if v is None else encode_basestring(_bytes(v))
    if field.form == "moment":
        return lambda v: "null" if v is None else encode_basestring(_moment(str(v)))
    if field.form == "text":
        return _decoding(field.name, encoding) if encoding else _text
    return lambda v: _any(v, field.name, encoding)


def _text(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, str):
        return encode_basestring(value) if value.isprintable() else _plain(value)
    return _any(value, "", "")


def _plain(value: str) -> str:
    """A text with signs that are no text: kept as escapes."""
    try:
        value.encode()
        return encode_basestring(value)
    except UnicodeEncodeError:
        return json.dumps(value)


def _number(value: Any) -> str:
    if value is None:
        return "null"
    text = value if isinstance(value, str) else _number_text(value)
    if len(text) <= _EXACT and is_number(text):
        return text
    digits = sum(c.isdigit() for c in text)
    whole = text.lstrip("-").isdecimal()
    if is_number(text) and (whole or digits <= _EXACT):
        return text
    return encode_basestring(text)  # NaN, 00042, or more digits than a reader of JSON would keep


def _number_text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("ascii", "replace")
    return format(value, "f") if isinstance(value, Decimal) and value.is_finite() else repr(value)


def _bytes(value: Any) -> str:
    if isinstance(value, str):  # PostgreSQL: \x…
        return base64.b64encode(bytes.fromhex(value[2:])).decode() if value.startswith("\\x") else value
    return base64.b64encode(bytes(value)).decode()


def _moment(text: str) -> str:
    """A moment in UTC, spelt as ISO 8601 wants it."""
    if text.endswith("+00"):
        text += ":00"
    elif not text.endswith("+00:00") and text[:1].isdecimal():
        text += "+00:00"
    return text.replace(" ", "T", 1)


def _decoding(column: str, encoding: str) -> Spell:
    def spell(value: Any) -> str:
        if value is None:
            return "null"
        raw = value if isinstance(value, bytes) else str(value).encode("latin-1", "replace")
        try:
            return encode_basestring(unicodedata.normalize("NFC", raw.decode(encoding)))
        except UnicodeDecodeError as error:
            raise NotInEncoding(column=column, encoding=encoding) from error

    return spell


def _any(value: Any, column: str, encoding: str) -> str:
    """By the value's own type, where the database does not tell the column's."""
    if value is None:
        return "null"
    if isinstance(value, str):
        return _decoding(column, encoding)(value) if encoding else _text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and not math.isfinite(value):
        return "null" if math.isnan(value) else encode_basestring(repr(value))
    if isinstance(value, int | float | Decimal):
        return _number(value)
    if isinstance(value, dt.datetime):
        shown = value.astimezone(dt.UTC) if value.tzinfo else value
        return encode_basestring(shown.isoformat())
    if isinstance(value, dt.date | dt.time | UUID):
        return encode_basestring(str(value))
    if isinstance(value, bytes | bytearray | memoryview):
        return encode_basestring(_bytes(bytes(value)))
    if isinstance(value, dt.timedelta):
        return encode_basestring(str(value))
    return _plain(json.dumps(value, ensure_ascii=False, default=str))


class Lines:
    """Rows of one answer as lines. `shown` are the columns of the delivery: (name, position)."""

    def __init__(
        self,
        fields: Sequence[Field],
        shown: Sequence[tuple[str, int]],
        table: str,
        key: Sequence[int],
        encoding: str,
        places: bool = True,
    ) -> None:
        self._spells = [spelling(f, encoding) for f in fields]
        self._shown = [(encode_basestring(name) + ":", at, self._spells[at]) for name, at in shown]
        self._table, self._key, self._places = table, tuple(key), places

    def line(self, row: Row) -> str:
        parts = [head + spell(row[at]) for head, at, spell in self._shown]
        if self._places:
            parts.insert(0, '"_at":' + encode_basestring(self.place(row)))
        return "{" + ",".join(parts) + "}\n"

    def place(self, row: Row) -> str:
        """`motcua.ho_so/42`"""
        return f"{self._table}/{self.key(row)}" if self._key else self._table

    def key(self, row: Row) -> str:
        return ",".join(self.value(row, at) for at in self._key)

    def value(self, row: Row, at: int) -> str:
        """One value as text; empty for NULL."""
        spelt = self._spells[at](row[at])
        if spelt.startswith('"'):
            return str(json.loads(spelt))
        return "" if spelt == "null" else spelt
