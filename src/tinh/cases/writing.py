"""Rows of a case read and written the short way: one statement, one way to the database and back.

A report on a busy day is a case, an event, what of it is personal, its words, its party, where its process
stands and what it waits for. Written one after another these were seven statements and most of the time a
report took; they are one, with a `with` arm for each row. Fields are prepared by the models, as `save` does.
What every step reads is asked in plain words, for putting a query together took longer than answering it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any, TypeVar

from django.db import connection, models

_MADE = "made"
Row = TypeVar("Row", bound=models.Model)


@lru_cache(maxsize=512)
def _numbered(sql: str) -> str:
    """With `$1`, `$2` … for the places `%s`."""
    first, *rest = sql.split("%s")
    return first + "".join(f"${n}{part}" for n, part in enumerate(rest, 1))


@cache
def _fields(model: type[models.Model], without: tuple[str, ...]) -> tuple[models.Field[Any, Any], ...]:
    own = model._meta
    return tuple(f for f in own.concrete_fields if f.column not in without and f.column != "id")


@cache
def _shape(model: type[models.Model], without: tuple[str, ...]) -> tuple[str, str]:
    """The columns of a row, and a place for the value of each."""
    fields = _fields(model, without)
    return ", ".join(f'"{f.column}"' for f in fields), ", ".join(["%s"] * len(fields))


_PLAIN = {str, int, float, bool, type(None)}


@cache
def _ways(model: type[models.Model], without: tuple[str, ...]) -> tuple[tuple[str, bool, Any], ...]:
    """Of each column the name, whether plain values go as they are, and how others are prepared."""
    return tuple(
        (f.attname, isinstance(f, _AS_THEY_ARE), f.get_db_prep_save) for f in _fields(model, without)
    )


_AS_THEY_ARE = (
    models.CharField, models.TextField, models.IntegerField, models.FloatField, models.BooleanField,
)  # fmt: skip


def _values(row: models.Model, without: tuple[str, ...]) -> list[Any]:
    said = row.__dict__
    return [
        said[name] if plain and type(said[name]) in _PLAIN else prepare(said[name], connection)
        for name, plain, prepare in _ways(type(row), without)
    ]


def read(model: type[Row], rest: str, values: Sequence[Any]) -> list[Row]:
    """Rows of a table; `rest` is what follows its name, `where` first."""
    fields = model._meta.concrete_fields
    names, told = [f.attname for f in fields], [getattr(f, "from_db_value", None) for f in fields]
    columns = ", ".join(f'"{f.column}"' for f in fields)
    with connection.cursor() as cursor:
        cursor.execute(f"select {columns} from {model._meta.db_table} {rest}", values)
        found = cursor.fetchall()
    return [
        model.from_db(connection.alias, names, [
            value if of is None else of(value, None, connection) for of, value in zip(told, row, strict=True)
        ])
        for row in found
    ]  # fmt: skip


def plain(row: models.Model) -> dict[str, Any]:
    """The columns of a row as they are now, to tell by what changes."""
    return {f.attname: getattr(row, f.attname) for f in _fields(type(row), ())}


class Together:
    """One statement, arm by arm. `first` begins it with a new row whose number the others take as `case_id`;
    where such a row is there already none is written. Without it they take the number of a case there is."""

    def __init__(self, case: int | None = None) -> None:
        self.case = case
        self.arms: list[str] = []
        self.told: list[Any] = []

    def first(self, row: models.Model) -> None:
        columns, places = _shape(type(row), ())
        made = f"insert into {row._meta.db_table} ({columns}) values ({places}) on conflict do nothing"
        self._arm(f"{_MADE} as ({made} returning id)", _values(row, ()))

    def of_case(self, row: models.Model) -> None:
        """A row of the case."""
        columns, places = _shape(type(row), ("case_id",))
        self.row(row._meta.db_table, columns, places, _values(row, ("case_id",)))

    def change(self, row: models.Model, before: dict[str, Any]) -> None:
        """Columns of the case's own row that are not what they were."""
        changed = [f for f in _fields(type(row), ()) if getattr(row, f.attname) != before[f.attname]]
        if changed:
            places = ", ".join(f'"{f.column}" = %s' for f in changed)
            values = [f.get_db_prep_save(getattr(row, f.attname), connection) for f in changed]
            self.also(f"update {row._meta.db_table} set {places} where id = %s", [*values, row.pk])

    def row(
        self, table: str, columns: str, places: str, values: Sequence[Any], *, name: str = "", after: str = ""
    ) -> None:
        """The same of a table and its columns. `name`: what a later arm calls it by; its number is returned.
        `after`: what else stands behind, such as `on conflict …`."""
        number, source, own = ("id", f" from {_MADE}", []) if self.case is None else ("%s", "", [self.case])
        returning = " returning id, case_id" if name else ""
        self._arm(
            f"{name or f'arm_{len(self.arms)}'} as (insert into {table} (case_id, {columns}) "
            f"select {number}, {places}{source} {after}{returning})",
            [*own, *values],
        )

    def _arm(self, sql: str, values: Sequence[Any]) -> None:
        self.arms.append(sql)
        self.told += values

    def also(self, sql: str, values: Sequence[Any]) -> None:
        """Another arm, as it is."""
        self._arm(f"arm_{len(self.arms)} as ({sql})", values)

    def once(self, sql: str, values: Sequence[Any]) -> None:
        """An update that ends in its conditions; it does nothing where no case was made."""
        self.also(f"{sql} and exists (select from {_MADE})", values)

    def write(self) -> int | None:
        """Write it all; the number of the case, None where nothing was written."""
        if not self.arms:
            return self.case
        end = f"select id from {_MADE}" if self.case is None else "select 1"
        with connection.kept() as cursor:  # type: ignore[attr-defined]  # tinh.people.postgres
            cursor.execute(_numbered(f"with {', '.join(self.arms)} {end}"), self.told)
            found = cursor.fetchone()
        if self.case is not None:
            return self.case
        return int(found[0]) if found is not None else None
