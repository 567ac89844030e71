"""The key of each row, repeated keys, and keys the lake already has."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from tinh.gate.cells import Cells
from tinh.gate.rules import Mask, repeated
from tinh.gate.threads import by_slices
from tinh.gate.whereabouts import Whereabouts

SEPARATOR = "\x1f"


@dataclass(frozen=True)
class Keys:
    """`lacking`: a part of the key is empty. `conflict`: the key stands twice with different
    content. `copies`: exact repeats after the first; `copied`: the row they repeat."""

    key: pl.Series
    lacking: Mask = None
    conflict: Mask = None
    copies: Mask = None
    copied: Mask = None


def find(cells: Cells, where: Whereabouts) -> Keys:
    """Keys use the resolved place and, in reports, the period: two spellings are one key."""
    names = cells.dataset.key
    if not names:
        return Keys(cells.nothing(pl.String()).alias("_key"))
    parts = [_part(name, cells, where) for name in names]
    key = parts[0] if len(parts) == 1 else pl.select(pl.concat_str(parts, separator=SEPARATOR)).to_series()
    key = key.alias("_key")
    lacking = _lacking(cells)
    if cells.across is not None:
        return Keys(key, lacking, cells.across.conflict, cells.across.copies, cells.across.copied)
    double = repeated(key)
    if double is None:
        return Keys(key, lacking)
    double = double & key.is_not_null()
    if not double.any():
        return Keys(key, lacking)
    others = [c.name for c in cells.dataset.columns if c.name not in names]
    at = double.arg_true()
    group = pl.DataFrame([key.gather(at), pl.Series("at", at, pl.UInt32)])
    if others:
        content = cells.typed.select(pl.col(others).gather(at))
        group = group.with_columns(content.hash_rows(seed=0).alias("content"))
    else:
        group = group.with_columns(pl.lit(0).alias("content"))
    judged = group.with_columns(
        (pl.col("content").n_unique().over("_key") > 1).alias("differs"),
        (pl.col("at") == pl.col("at").min().over("_key")).alias("first"),
    )

    def spread(mask: pl.Expr) -> Mask:
        rows = judged.filter(mask)["at"]
        return cells.false().scatter(rows, True) if len(rows) else None

    return Keys(
        key,
        lacking,
        conflict=spread(pl.col("differs")),
        copies=spread(~pl.col("differs") & ~pl.col("first")),
        copied=spread(~pl.col("differs") & pl.col("first")),
    )


def _lacking(cells: Cells) -> Mask:
    """Empty key cells, unless the column is required and says so itself."""
    mask: Mask = None
    for name in cells.dataset.key:
        if cells.dataset.column(name).required:
            continue
        if name in cells.missing:
            return cells.true()
        if cells.raw[name].null_count():
            empty = cells.raw[name].is_null()
            mask = empty if mask is None else mask | empty
    return mask


def _part(name: str, cells: Cells, where: Whereabouts) -> pl.Series:
    dataset = cells.dataset
    if dataset.place and name == dataset.place.column:
        return where.place
    if dataset.period and name == dataset.period.column and dataset.kind == "report":
        return where.period
    column = cells.typed[name]
    if column.dtype == pl.String:
        return column
    if isinstance(column.dtype, pl.Datetime):
        return by_slices(lambda part: part.dt.strftime("%Y-%m-%dT%H:%M:%S%.fZ"), column)
    return by_slices(lambda part: part.cast(pl.String), column)
