"""A parquet file written by one core in the least time, for when other cores have work of their own.

Columns that came as a few named values (Enum) go out as a dictionary of them without a look at each row;
whole numbers and moments as differences in as few bits as they need, which leaves nothing to
compress; everything else plainly, compressed. Any reader sees the types of the table: no Enum,
and nothing that is Polars' own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

_LOOK = 4096  # first rows that tell whether a text repeats
_SOUGHT = ("_period", "_place", "_key")  # texts whose bounds in each row group spare reading it


def pack(path: Path, rows: pl.DataFrame, row_group: int) -> None:
    """Write `rows` to `path`, which must not exist or may be replaced."""
    import pyarrow.parquet as parquet  # type: ignore[import-untyped]  # it has no stubs

    named = [name for name, kind in rows.schema.items() if isinstance(kind, pl.Enum)]
    differences, dictionaries, bounded, compressed = [], [], [], {}
    for name, kind in rows.schema.items():
        leaf = f"{name}.list.element" if isinstance(kind, pl.List) else name
        small = kind.is_integer() or kind.is_temporal()
        compressed[leaf] = "none" if small else "zstd"
        if small:
            differences.append(name)
        elif isinstance(kind, pl.Enum | pl.List) or _repeats(rows.get_column(name)):
            dictionaries.append(leaf)
        if small or name in _SOUGHT:
            bounded.append(name)
    texts = rows.with_columns(pl.lit(None, pl.Int32).alias(name) for name in named)
    whole = texts.to_arrow(compat_level=pl.CompatLevel.newest())
    tables = (
        _table(whole, rows, named, first, row_group) for first in range(0, max(1, len(rows)), row_group)
    )
    begun = next(tables)
    with parquet.ParquetWriter(
        path,
        begun.schema,
        use_dictionary=dictionaries,
        column_encoding=dict.fromkeys(differences, "DELTA_BINARY_PACKED"),
        compression=compressed,
        write_statistics=bounded,
        store_schema=False,
    ) as file:
        for table in (begun, *tables):
            file.write_table(table, row_group)


def _table(whole: Any, rows: pl.DataFrame, named: list[str], first: int, count: int) -> Any:
    """A row group for the writer. Of an Enum whose bounds are stated it gets no more names than lie
    between the least and the greatest that stand in these rows: bounds are taken from all its names."""
    import pyarrow as pa

    table = whole.slice(first, count)
    for name in named:
        column = rows.get_column(name).slice(first, count)
        assert isinstance(column.dtype, pl.Enum)
        codes, names = column.to_physical().cast(pl.Int32), column.dtype.categories
        low, high = codes.min(), codes.max()
        if name in _SOUGHT and isinstance(low, int) and isinstance(high, int):
            codes, names = codes - low, names.slice(low, high - low + 1)
        told = names.to_arrow(compat_level=pl.CompatLevel.oldest())
        coded = pa.DictionaryArray.from_arrays(codes.to_arrow(), told)
        table = table.set_column(table.schema.get_field_index(name), name, coded)
    return table


def _repeats(cells: pl.Series) -> bool:
    return cells.dtype == pl.String and cells.head(_LOOK).n_unique() * 4 < min(_LOOK, len(cells))
