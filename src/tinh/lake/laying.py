"""How rows are laid down: the folder of a dataset, what the lake adds to each row, and their order."""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

from tinh.lake.columns import UTC
from tinh.sources.api import Receipt

_PLAIN = re.compile(r"[a-z0-9_-][A-Za-z0-9._-]*")


def folder(dataset: str) -> str:
    """A folder name for any dataset id; plain ids keep their own."""
    if _PLAIN.fullmatch(dataset):
        return dataset
    return "+" + "".join(
        c if c.isascii() and (c.isalnum() or c in "._-") else f"+{ord(c):x}+" for c in dataset
    )


def stamped(receipt: Receipt, frame: pl.DataFrame, named: bool = False) -> pl.DataFrame:
    """Rows with what the lake adds to each: whose receipt (with `named` as an Enum of one), when it came,
    whether it is simulated."""
    return frame.with_columns(
        pl.lit(receipt.id, dtype=pl.Enum([receipt.id]) if named else pl.String()).alias("_receipt"),
        pl.lit(receipt.received_at).cast(UTC).alias("_received_at"),
        pl.lit(receipt.simulated).alias("_simulated"),
    )


def in_order(rows: pl.DataFrame, by: Sequence[str] = ("_period", "_place", "_key")) -> pl.DataFrame:
    """Rows as a file keeps them, so that a question of one period or place reads little of it."""
    order = [c for c in by if c in rows.columns and filled(rows, c)]
    return rows.sort(order, maintain_order=True) if order else rows


def filled(rows: pl.DataFrame, column: str) -> bool:
    return rows.get_column(column).null_count() < len(rows)
