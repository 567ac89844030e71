"""Work side by side: Polars leaves Python's lock while it computes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import polars as pl

T = TypeVar("T")
R = TypeVar("R")
_WORKERS = 4
_PARALLEL_FROM = 200_000


def side_by_side(task: Callable[[T], R], over: Iterable[T], height: int) -> list[R]:
    """`task` for each, in threads when the delivery is large."""
    if height < _PARALLEL_FROM:
        return [task(one) for one in over]
    with ThreadPoolExecutor(_WORKERS) as pool:
        return list(pool.map(task, over))


def by_slices(task: Callable[[pl.Series], pl.Series], cells: pl.Series) -> pl.Series:
    """A task that treats each value alone, run on slices of a long column at once."""
    if len(cells) < _PARALLEL_FROM:
        return task(cells)
    size = -(-len(cells) // _WORKERS)
    parts = [cells.slice(at, size) for at in range(0, len(cells), size)]
    return pl.concat(side_by_side(task, parts, len(cells)))


def codes_of(text: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Each value as a small number (null stays null), and the distinct values by number."""
    distinct = text.unique().drop_nulls()
    if not len(distinct):
        return pl.Series("codes", [None], pl.UInt32).new_from_index(0, len(text)), distinct
    return text.cast(pl.Enum(distinct)).to_physical().cast(pl.UInt32), distinct
