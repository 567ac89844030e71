"""Parquet and Arrow: columns that already have types."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]  # ships no types
import pyarrow.ipc  # type: ignore[import-untyped]  # ships no types
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # ships no types

from tinh.packs.api import Dataset
from tinh.sources import headers, limits
from tinh.sources.errors import CutShort, HeaderOnly, Inflates, Unparsable
from tinh.sources.table import ROW, Table


def read_columnar(path: Path, dataset: Dataset, filename: str, form: str) -> Table:
    """Read the contract's columns only, once the footer says they are there and of sane size."""
    try:
        return _parquet(path, dataset, filename) if form == "parquet" else _arrow(path, dataset, filename)
    except (pa.ArrowException, OSError, pl.exceptions.PolarsError, OverflowError) as error:
        reason = str(error).split("\n", 1)[0][:200]
        if any(word in reason.lower() for word in ("magic", "footer", "end of", "expected to", "truncated")):
            raise CutShort(
                filename=filename, where_vi="thiếu phần cuối tệp", where_en="its end is missing"
            ) from error
        raise Unparsable(filename=filename, format=form.capitalize(), reason=reason) from error


def _parquet(path: Path, dataset: Dataset, filename: str) -> Table:
    with pq.ParquetFile(path) as file:
        meta = file.metadata
        names = file.schema_arrow.names
        got = headers.match(names, dataset, filename)
        headers.require(names, got, dataset, filename)
        size = path.stat().st_size
        inside = sum(meta.row_group(g).total_byte_size for g in range(meta.num_row_groups))
        _bound(inside, meta.num_rows, size, filename)
        table = file.read(columns=[names[at] for at in got.columns.values()])
    return _table(table, got, filename, "parquet")


def _arrow(path: Path, dataset: Dataset, filename: str) -> Table:
    with pa.memory_map(str(path)) as source:
        if source.read(6) == b"ARROW1":
            source.seek(0)
            batches: Any = pa.ipc.open_file(source)
            schema = batches.schema
            read = (batches.get_batch(i) for i in range(batches.num_record_batches))
        else:
            source.seek(0)
            batches = pa.ipc.open_stream(source)
            schema, read = batches.schema, iter(batches)
        got = headers.match(schema.names, dataset, filename)
        headers.require(schema.names, got, dataset, filename)
        kept, inside, rows = [], 0, 0
        for batch in read:
            picked = batch.select(list(got.columns.values()))
            inside += picked.nbytes
            rows += picked.num_rows
            _bound(inside, rows, path.stat().st_size, filename)
            kept.append(picked)
        fields = [schema.field(at) for at in got.columns.values()]
        return _table(pa.Table.from_batches(kept, pa.schema(fields)), got, filename, "arrow")


def _bound(inside: int, rows: int, size: int, filename: str) -> None:
    limit = limits.may_inflate_to(size)
    if inside > limit or rows > limits.RECORDS or rows > max(limit // 8, 1_000_000):
        raise Inflates(filename=filename, size=limits.size_text(size), limit=limits.size_text(limit))


def _table(table: pa.Table, got: headers.Match, filename: str, form: str) -> Table:
    if not table.num_rows:
        raise HeaderOnly(filename=filename)
    table = table.rename_columns(list(got.columns))
    frame = pl.DataFrame(table)
    texts = [
        pl.col(name).cast(pl.String)
        for name, kind in frame.schema.items()
        if isinstance(kind, (pl.Categorical, pl.Enum))
    ]
    frame = frame.with_columns(texts).with_row_index(ROW, 1).with_columns(pl.col(ROW).cast(pl.UInt32))
    return Table(frame, missing=got.missing, unknown=got.unknown, format=form)


def peek(path: Path, filename: str, form: str, most: int) -> pl.DataFrame:
    """The first rows of a typed file with all its columns, whatever they are called."""
    try:
        if form == "parquet":
            with pq.ParquetFile(path) as file:
                kept, rows = [], 0
                for batch in file.iter_batches(min(most, 65_536)):
                    kept.append(batch)
                    rows += batch.num_rows
                    if rows >= most:
                        break
                return pl.DataFrame(pa.Table.from_batches(kept, file.schema_arrow)).head(most)
        with pa.memory_map(str(path)) as source:
            whole = source.read(6) == b"ARROW1"
            source.seek(0)
            table = (pa.ipc.open_file(source) if whole else pa.ipc.open_stream(source)).read_all()
            return pl.DataFrame(table.slice(0, most))
    except (pa.ArrowException, OSError, pl.exceptions.PolarsError, OverflowError) as error:
        reason = str(error).split("\n", 1)[0][:200]
        raise Unparsable(filename=filename, format=form.capitalize(), reason=reason) from error
