"""Work side by side: Polars leaves Python's lock while it computes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import polars as pl

T = TypeVar("T")
R = TypeVar("R")
_WORKERS = 4
_PARALLEL_FROM = 50_000
_FEW = 8  # rows to a distinct value from which each value is treated once


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


def once_a_value(task: Callable[[pl.Series], pl.Series], cells: pl.Series) -> pl.Series:
    """A task that treats each value alone, run once per distinct value where values repeat much, as
    moments do that many stations share."""
    if len(cells) < _PARALLEL_FROM or cells.head(4096).n_unique() > 1024:
        return by_slices(task, cells)
    distinct = cells.unique().drop_nulls()
    if not 0 < len(distinct) * _FEW < len(cells):
        return by_slices(task, cells)
    if cells.dtype == pl.String:
        at = cells.cast(pl.Enum(distinct)).to_physical()
    else:
        distinct = distinct.sort()
        found = distinct.search_sorted(cells.fill_null(distinct[0]))
        at = pl.select(pl.when(cells.is_not_null()).then(found)).to_series()
    return task(distinct).gather(at).alias(cells.name)


def codes_of(text: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Each value as a small number (null stays null), and the distinct values by number."""
    distinct = text.unique().drop_nulls()
    if not len(distinct):
        return pl.Series("codes", [None], pl.UInt32).new_from_index(0, len(text)), distinct
    return text.cast(pl.Enum(distinct)).to_physical().cast(pl.UInt32), distinct


def several(task: Callable[[T], R], items: Iterable[T], workers: int) -> Iterator[R]:
    """What `task` makes of each item, in their order; no more than `workers` are in work or waiting."""
    with ThreadPoolExecutor(workers) as pool:
        coming: deque[Future[R]] = deque()
        for item in items:
            coming.append(pool.submit(task, item))
            del item
            if len(coming) >= workers:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()


def pairs_of(one: pl.Series, other: pl.Series) -> pl.DataFrame:
    """Each pair of values that stand together, once; nulls are values. Numbers are told apart faster
    than text."""
    ones, first = codes_of(one)
    others, second = codes_of(other)
    pair = (ones.cast(pl.UInt64) + 1).fill_null(0) * (1 << 32) + (others.cast(pl.UInt64) + 1).fill_null(0)
    distinct = pair.unique()
    none = pl.Series([None], dtype=pl.String)
    return pl.DataFrame(
        [
            pl.concat([none, first.cast(pl.String)]).gather(distinct // (1 << 32)).alias(one.name),
            pl.concat([none, second.cast(pl.String)]).gather(distinct % (1 << 32)).alias(other.name),
        ]
    )
