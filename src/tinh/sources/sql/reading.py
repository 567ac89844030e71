"""What is asked of a database: a table or a SELECT, whole or from where the last pull ended."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from tinh.kit import periods
from tinh.packs.api import SqlWay, bare, refused_statement
from tinh.sources.connector_errors import CursorUnusable, NoSuchColumn, NoSuchTable, NotReadOnly, QueryFailed
from tinh.sources.feeds.job import names
from tinh.sources.sql.session import Field, Session, is_number, quoted_table

ALIAS = "tinh_t"


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a pull ended: the cursor's value and the key of the last row, as text."""

    value: str
    key: tuple[str, ...] = ()
    numeric: tuple[bool, ...] = ()  # of the value, then of each part of the key

    @staticmethod
    def of(text: str) -> Mark | None:
        if not text:
            return None
        try:
            found = json.loads(text)
            return Mark(found["value"], tuple(found["key"]), tuple(found["numeric"]))
        except (ValueError, KeyError, TypeError):
            return None

    def text(self) -> str:
        kept = {"value": self.value, "key": list(self.key), "numeric": list(self.numeric)}
        return json.dumps(kept, ensure_ascii=False, sort_keys=True)

    def bound(self) -> list[Any]:
        """The value and the key as the database compares them."""
        words = (self.value, *self.key)
        flags = (*self.numeric, *[False] * len(words))
        return [_number(w) if flag else w for w, flag in zip(words, flags, strict=False)]


def _number(text: str) -> Any:
    try:
        return int(text) if text.lstrip("-").isdecimal() else Decimal(text)
    except InvalidOperation:
        return text


def behind(value: str, overlap: str, numeric: bool) -> str:
    """`overlap` before a cursor's value."""
    if not overlap:
        return value
    if numeric and is_number(overlap):
        return str(Decimal(value) - Decimal(overlap))
    if overlap.startswith("P"):
        text = value.replace(" ", "T", 1)
        day = len(text) == 10
        try:
            moment = datetime.fromisoformat(text)
            length = (periods.after(datetime(2001, 1, 1, tzinfo=None), overlap) or moment) - datetime(
                2001, 1, 1
            )
            back = moment - (length if not day else max(length, timedelta(days=1)))
        except (ValueError, OverflowError):
            return value
        return str(date.fromordinal(back.toordinal())) if day else back.isoformat(sep=" ")
    return value


class Question:
    """One declared table or SELECT over one session."""

    def __init__(self, way: SqlWay, session: Session) -> None:
        self._way, self._session = way, session
        if way.query:
            why = refused_statement(way.query, way.engine)
            if why is not None:
                raise NotReadOnly(why_vi=why.vi, why_en=why.en)
            self._source = f"({bare(way.query)})"
            self.table = "query"
        else:
            self._source = quoted_table(session, way.table)
            self.table = way.table
        self.fields: tuple[Field, ...] = ()
        self._places: dict[str, int] = {}

    def describe(self) -> tuple[Field, ...]:
        """The columns there are; NoSuchTable or NoSuchColumn when what is declared is not."""
        self.seen()
        found = self._session.rows(f"SELECT * FROM {self._source} {ALIAS} WHERE 1 = 0")
        for _ in found.batches:
            pass
        there = {field.name: field for field in found.fields}
        way = self._way
        cursor = (way.cursor.column, *way.cursor.key) if way.cursor else ()
        wanted = [*(way.columns or there), *cursor, *way.key]
        for name in wanted:
            if name not in there:
                raise NoSuchColumn(column=name, known=names(list(there)))
        self.fields = tuple(there[name] for name in dict.fromkeys(wanted))
        self._places = {field.name: at for at, field in enumerate(self.fields)}
        if len({f.name for f in found.fields}) < len(found.fields):
            raise QueryFailed(reason="two columns have the same name")
        return self.fields

    def seen(self) -> None:
        if self._way.table:
            known = [name for name, _ in self._session.tables()]
            low = {name.lower() for name in known}
            own = {f"{self._way.database}.{name}".lower() for name in known}
            own |= {f"public.{name}".lower() for name in known}
            if self._way.table.lower() not in low | own:
                raise NoSuchTable(table=self._way.table, known=names(known))

    @property
    def shown(self) -> list[tuple[str, int]]:
        """Columns of the delivery, by their names there."""
        columns = self._way.columns or {f.name: f.name for f in self.fields if not self._hidden(f.name)}
        return [(to, self._places[name]) for name, to in columns.items()]

    def _hidden(self, name: str) -> bool:
        return bool(self._way.columns) and name not in self._way.columns

    def places(self, columns: Sequence[str]) -> list[int]:
        return [self._places[name] for name in columns]

    def whole(self, most: int = 0) -> tuple[str, list[Any]]:
        """Everything, in the order of the key where there is one."""
        order = ", ".join(self._own(name) for name in self._way.key)
        return self._select() + (f" ORDER BY {order}" if order else "") + self._limit(most), []

    def after(self, mark: Mark | None, most: int) -> tuple[str, list[Any]]:
        """What lies behind `mark` (with its overlap), in the order of the cursor and the key."""
        cursor = self._way.cursor
        assert cursor is not None
        column, keys = self._own(cursor.column), [self._own(name) for name in cursor.key]
        order = ", ".join(dict.fromkeys([column, *keys]))
        where, values = f"{column} IS NOT NULL", []
        if mark is not None:
            bound = mark.bound()
            if cursor.overlap or len(mark.key) != len(keys):
                numeric = bool(mark.numeric and mark.numeric[0])
                low = behind(mark.value, cursor.overlap, numeric)
                where, values = f"{column} >= {self._session.mark}", [_number(low) if numeric else low]
            else:
                where, values = self._beyond([column, *keys], bound)
        text = f"{self._select()} WHERE {where} ORDER BY {order}"
        return text + ("" if cursor.overlap else self._limit(most)), values

    def _beyond(self, columns: Sequence[str], bound: Sequence[Any]) -> tuple[str, list[Any]]:
        """(a, b, c) > (x, y, z), spelt so that every engine uses its index on the first."""
        mark = self._session.mark
        inner, values = f"{columns[-1]} > {mark}", [bound[-1]]
        for column, value in zip(reversed(columns[:-1]), reversed(bound[:-1]), strict=True):
            inner = f"({column} > {mark} OR ({column} = {mark} AND {inner}))"
            values = [value, value, *values]
        return f"{columns[0]} >= {mark} AND {inner}", [bound[0], *values]

    def empty_cursors(self) -> int:
        """Rows whose cursor is NULL: they are never fetched."""
        cursor = self._way.cursor
        assert cursor is not None
        found = self._session.rows(
            f"SELECT count(*) FROM {self._source} {ALIAS} WHERE {self._own(cursor.column)} IS NULL"
        )
        return int(next((row[0] for batch in found.batches for row in batch), 0))

    def fit(self) -> None:
        """Whether the cursor's column can be one."""
        cursor = self._way.cursor
        if cursor is not None:
            field = self.fields[self._places[cursor.column]]
            if field.form in ("bool", "bytes", "json"):
                raise CursorUnusable(
                    column=cursor.column, why_vi=f"kiểu {field.type} không tăng dần",
                    why_en=f"{field.type} does not grow",
                )  # fmt: skip

    def _select(self) -> str:
        columns = ", ".join(self._own(field.name) for field in self.fields)
        return f"SELECT {columns} FROM {self._source} {ALIAS}"

    def _own(self, name: str) -> str:
        return f"{ALIAS}.{self._session.quoted(name)}"

    def _limit(self, most: int) -> str:
        return f" LIMIT {int(most)}" if most and self._way.engine != "other" else ""
