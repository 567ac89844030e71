"""A connection that only reads: rows stream out of it as text, in the types the server names.

Values stay as the server writes them (decimals whole, dates that no calendar has, the bytes of a
text), so that what is kept is what was there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Form = Literal["number", "text", "bool", "bytes", "moment", "json", "any"]
BATCH = 2000
Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Field:
    """A column as the server names it; `moment` is a time with an offset, in UTC."""

    name: str
    form: Form
    type: str = ""


@dataclass(frozen=True, slots=True)
class Rows:
    fields: tuple[Field, ...]
    batches: Iterator[Sequence[Row]]


class Session(Protocol):
    """One read-only transaction: everything asked in it sees the same moment."""

    mark: str  # stands for a value

    def quoted(self, name: str) -> str: ...

    def rows(self, statement: str, values: Sequence[Any] = (), most: int = BATCH) -> Rows: ...

    def tables(self) -> list[tuple[str, str]]:
        """(name, table or view) of all that may be read."""

    def keys(self, table: str) -> tuple[str, ...]:
        """Columns of a table's primary key."""

    def close(self) -> None: ...


def quoted_table(session: Session, table: str) -> str:
    return ".".join(session.quoted(part) for part in table.split("."))


def escaped(statement: str, values: Sequence[Any]) -> str:
    """Percent signs doubled where a driver would read them."""
    return statement.replace("%", "%%").replace("%%s\x00", "%s") if values else statement


_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?")


def is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None
