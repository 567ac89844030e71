"""How columns are stored: the few types Delta knows, the same on every machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import polars as pl

from tinh.lake.errors import TypeChanged
from tinh.packs.api import Dataset

UTC = pl.Datetime("us", "UTC")

SYSTEM: dict[str, pl.DataType] = {
    "_receipt": pl.String(),
    "_row": pl.Int64(),
    "_place": pl.String(),
    "_period": pl.String(),
    "_key": pl.String(),
    "_flags": pl.List(pl.String()),
    "_received_at": UTC,
    "_simulated": pl.Boolean(),
    "_at": pl.String(),
}

HELD: dict[str, pl.DataType] = {
    "_receipt": pl.String(),
    "_row": pl.Int64(),
    "_rules": pl.List(pl.String()),
    "_values": pl.String(),
    "_received_at": UTC,
    "_at": pl.String(),
}

_LOGICAL: dict[str, pl.DataType] = {
    "string": pl.String(),
    "date": pl.Date(),
    "timestamp": UTC,
    "time": pl.String(),
    "number": pl.Float64(),
    "integer": pl.Int64(),
    "boolean": pl.Boolean(),
    "object": pl.String(),
    "array": pl.String(),
    "map": pl.String(),
    "vector": pl.String(),
}

_LOSSLESS = {(pl.Int64(), pl.Float64()), (pl.Date(), UTC), (pl.Date(), pl.Datetime("us"))}


def declared(dataset: Dataset) -> dict[str, pl.DataType]:
    """The stored type of each column of a contract, when no row has come yet."""
    return {c.name: _LOGICAL[c.logical] for c in dataset.columns}


def stored(dtype: pl.DataType) -> pl.DataType:
    """The type a column of `dtype` is stored in."""
    if isinstance(dtype, pl.Datetime):
        return UTC if dtype.time_zone else pl.Datetime("us")
    if isinstance(dtype, pl.Decimal | pl.Date | pl.Boolean | pl.Binary):
        return dtype
    if dtype.is_integer():
        return pl.Int64()
    if dtype.is_float():
        return pl.Float64()
    if isinstance(dtype, pl.List) and isinstance(dtype.inner, pl.String | pl.Int64 | pl.Float64):
        return dtype
    if isinstance(dtype, pl.Duration):
        return pl.Int64()
    return pl.String()


def settle(frame: pl.DataFrame, fallback: Mapping[str, pl.DataType], named: bool = False) -> pl.DataFrame:
    """`frame` with every column in a type that can be stored; nested values become JSON. With `named`
    texts that came as Enum stay so: whoever writes them writes texts."""
    return frame.with_columns(
        _settle(frame.get_column(name), fallback.get(name, pl.String())).alias(name)
        for name, kind in frame.schema.items()
        if kind != stored(kind) and not (named and isinstance(kind, pl.Enum))
    )


def _settle(column: pl.Series, fallback: pl.DataType) -> pl.Series:
    if column.dtype == pl.Null:
        return pl.Series(column.name, [None] * len(column), dtype=fallback)
    want = stored(column.dtype)
    if column.dtype == want:
        return column
    if isinstance(column.dtype, pl.Datetime) and column.dtype.time_zone:
        return column.dt.convert_time_zone("UTC").cast(want)
    if isinstance(column.dtype, pl.Duration):
        return column.dt.total_microseconds()
    if isinstance(column.dtype, pl.List) and column.dtype.inner == pl.Null:
        return column.cast(pl.List(pl.String))
    if column.dtype.is_nested() or column.dtype == pl.Object:
        return pl.Series(column.name, [_spell(v) for v in column.to_list()], dtype=pl.String)
    if isinstance(column.dtype, pl.Time):
        return column.dt.to_string("%H:%M:%S%.f")
    return column.cast(want)


def _spell(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, default=str)


def fit(frame: pl.DataFrame, have: Mapping[str, pl.DataType], dataset: str) -> pl.DataFrame:
    """`frame` in the types the table already has; a change that would lose values is refused."""
    casts: list[pl.Expr | pl.Series] = []
    for name, dtype in frame.schema.items():
        want = have.get(name)
        if want is None or want == dtype or (want == pl.String and isinstance(dtype, pl.Enum)):
            continue
        if frame.get_column(name).null_count() == len(frame) or (dtype, want) in _LOSSLESS:
            casts.append(pl.col(name).cast(want))
        elif isinstance(want, pl.String):
            casts.append(_settle(frame.get_column(name).cast(pl.String), want).alias(name))
        elif want == pl.Datetime("us") and isinstance(dtype, pl.Datetime):
            casts.append(pl.col(name).dt.convert_time_zone("UTC").dt.replace_time_zone(None))
        elif want == UTC and isinstance(dtype, pl.Datetime):
            casts.append(pl.col(name).dt.replace_time_zone("UTC"))
        else:
            raise TypeChanged(dataset=dataset, column=name, stored=spelt(want), given=spelt(dtype))
    return frame.with_columns(casts) if casts else frame


def empty(schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    return pl.DataFrame(schema=dict(schema))


_SQL: dict[type[pl.DataType], str] = {
    pl.String: "VARCHAR",
    pl.Int64: "BIGINT",
    pl.Float64: "DOUBLE",
    pl.Boolean: "BOOLEAN",
    pl.Date: "DATE",
    pl.Binary: "BLOB",
}


def spelt(dtype: pl.DataType) -> str:
    """The SQL name of a stored type."""
    if isinstance(dtype, pl.Datetime):
        return "TIMESTAMP WITH TIME ZONE" if dtype.time_zone else "TIMESTAMP"
    if isinstance(dtype, pl.List):
        inner = dtype.inner
        return f"{_SQL[type(inner)] if isinstance(inner, pl.Int64 | pl.Float64) else 'VARCHAR'}[]"
    if isinstance(dtype, pl.Decimal):
        return f"DECIMAL({dtype.precision},{dtype.scale})"
    return _SQL.get(type(dtype), "VARCHAR")


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL string."""
    return "'" + text.replace("'", "''") + "'"
