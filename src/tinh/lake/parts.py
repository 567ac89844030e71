"""A parquet file of a table, and what the log must say of it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
from deltalake.transaction import AddAction

from tinh.kit.ids import fresh
from tinh.lake.packing import pack

ROW_GROUP = 65_536
_AT_ONCE = 8
_LONGEST = 64  # characters of text whose bounds are stated exactly


def written(root: Path, rows: pl.DataFrame, partition: Mapping[str, str], data_change: bool) -> AddAction:
    """Write a file of `rows` on all cores and make it durable; nothing reads it before the action is
    committed."""
    path = _path(root, partition)
    rows.write_parquet(path, compression="zstd", compression_level=1, row_group_size=ROW_GROUP)
    _flush(path)
    return _action(root, path, rows, partition, data_change)


def beside(root: Path, rows: pl.DataFrame) -> AddAction:
    """Write one of several files of new rows, some of them Enum, on one core; whoever commits it makes
    it durable before that (`flushed`)."""
    path = _path(root, {})
    pack(path, rows, ROW_GROUP)
    return _action(root, path, rows, {}, data_change=True)


def _path(root: Path, partition: Mapping[str, str]) -> Path:
    folder = "/".join(f"{k}={v}" for k, v in partition.items())
    path = root / folder / f"part-{fresh(20)}.zstd.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _action(
    root: Path, path: Path, rows: pl.DataFrame, partition: Mapping[str, str], data_change: bool
) -> AddAction:
    return AddAction(
        path=os.path.relpath(path, root),
        size=path.stat().st_size,
        partition_values=dict(partition),
        modification_time=int(time.time() * 1000),
        data_change=data_change,
        stats=json.dumps(_statistics(rows)),
    )


def flushed(files: Iterable[Path]) -> None:
    """Make files durable, several at once: a disk takes them together in the time of a few."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(_flush, files))


def _flush(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _statistics(rows: pl.DataFrame) -> dict[str, Any]:
    low: dict[str, Any] = {}
    high: dict[str, Any] = {}
    nulls: dict[str, int] = {}
    for column in rows.iter_columns():
        nulls[column.name] = column.null_count()
        first, last = _bounds(column)
        if first is not None and last is not None:
            low[column.name], high[column.name] = first, last
    return {"numRecords": len(rows), "minValues": low, "maxValues": high, "nullCount": nulls}


def _bounds(column: pl.Series) -> tuple[Any, Any]:
    if isinstance(column.dtype, pl.Enum):  # whose order is not that of the texts
        column = column.unique().cast(pl.String)
    if not (column.dtype.is_temporal() or column.dtype.is_integer() or column.dtype == pl.String):
        return None, None
    first, last = column.min(), column.max()
    if isinstance(first, str) and (len(first) > _LONGEST or len(str(last)) > _LONGEST):
        return None, None
    return _spelt(first), _spelt(last)


def _spelt(value: Any) -> Any:
    if isinstance(value, datetime):
        zoned = value.tzinfo is not None
        text = (
            (value.astimezone(UTC) if zoned else value)
            .replace(tzinfo=None)
            .isoformat(timespec="milliseconds")
        )
        return text + ("Z" if zoned else "")
    return value.isoformat() if isinstance(value, date) else value
