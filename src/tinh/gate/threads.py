"""Work side by side: Polars leaves Python's lock while it computes."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import numpy as np
import polars as pl

T = TypeVar("T")
R = TypeVar("R")
_own = threading.local()
_WORKERS = 4
_PARALLEL_FROM = 50_000
_LOOK = 4096  # first rows that tell whether values come in runs
_DENSE = 1 << 22  # pairs that may be looked up in a table
_FEW = 8  # rows to a distinct value from which each value is treated once


def side_by_side(task: Callable[[T], R], over: Iterable[T], height: int) -> list[R]:
    """`task` for each, in threads when the delivery is large and its pieces are not in threads already."""
    if height < _PARALLEL_FROM or _among_several():
        return [task(one) for one in over]
    with ThreadPoolExecutor(_WORKERS) as pool:
        return list(pool.map(task, over))


def _among_several() -> bool:
    return getattr(_own, "among_several", False)


def by_slices(task: Callable[[pl.Series], pl.Series], cells: pl.Series) -> pl.Series:
    """A task that treats each value alone, run on slices of a long column at once."""
    if len(cells) < _PARALLEL_FROM or _among_several():
        return task(cells)
    size = -(-len(cells) // _WORKERS)
    parts = [cells.slice(at, size) for at in range(0, len(cells), size)]
    return pl.concat(side_by_side(task, parts, len(cells)))


def once_a_value(task: Callable[[pl.Series], pl.Series], cells: pl.Series, spelt: bool = False) -> pl.Series:
    """A task that treats each value alone, run once per distinct value where values repeat much, as
    moments do that many stations share. Texts that are `spelt` so are given as Enum (`named`)."""
    once = (lambda part: named(task(part))) if spelt else task
    if (runs := _runs(cells)) is not None:
        return once(runs[0]).gather(runs[1]).alias(cells.name)
    if len(cells) < _PARALLEL_FROM or cells.head(_LOOK).n_unique() > 1024:
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
    return once(distinct).gather(at).alias(cells.name)


def named(texts: pl.Series) -> pl.Series:
    """Texts as Enum, in the order of the texts: a small number a row, from which all that is asked of each
    text is told."""
    if texts.dtype != pl.String:
        return texts
    return texts.cast(pl.Enum(texts.unique().drop_nulls().sort()))


def codes_of(text: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Each value as a small number (null stays null), and the distinct values by number."""
    if isinstance(text.dtype, pl.Enum):
        return text.to_physical().cast(pl.UInt32), text.dtype.categories
    if (runs := _runs(text)) is not None:
        codes, distinct = _codes(runs[0])
        return codes.gather(runs[1]), distinct
    return _codes(text)


def _runs(cells: pl.Series) -> tuple[pl.Series, pl.Series] | None:
    """Where equal values mostly stand together, as rows do that come in the order of time: one value a
    run, and the run of each row."""
    if len(cells) < _PARALLEL_FROM or len(cells.head(_LOOK).rle()) * _FEW > _LOOK:
        return None
    runs = cells.rle().struct.unnest()
    if runs.height * _FEW > len(cells):
        return None
    at = np.repeat(np.arange(runs.height, dtype=np.uint32), runs["len"].to_numpy())
    return runs["value"], pl.Series(at)


def _codes(text: pl.Series) -> tuple[pl.Series, pl.Series]:
    distinct = text.unique().drop_nulls()
    if not len(distinct):
        return pl.Series("codes", [None], pl.UInt32).new_from_index(0, len(text)), distinct
    return text.cast(pl.Enum(distinct)).to_physical().cast(pl.UInt32), distinct


def distinct_pairs(
    ones: pl.Series, width: int, others: pl.Series, depth: int
) -> tuple[pl.Series, pl.Series, pl.Series]:
    """The pairs of two columns of numbers below `width` and `depth`, nulls among neither: the first and
    the second of each distinct pair, in order, and which pair stands in each row."""
    pair = ones.to_numpy().astype(np.int64) * depth + others.to_numpy()
    if width * depth <= _DENSE:
        seen = np.zeros(width * depth, bool)
        seen[pair] = True
        distinct = np.flatnonzero(seen)
        at = (np.cumsum(seen, dtype=np.uint32) - np.uint32(1))[pair]
    else:
        sorted_pairs = pl.Series(pair).unique().sort()
        distinct = sorted_pairs.to_numpy()
        at = sorted_pairs.search_sorted(pl.Series(pair)).to_numpy()
    first, second = np.divmod(distinct, depth)
    return pl.Series(first), pl.Series(second), pl.Series(at)


def several(task: Callable[[T], R], items: Iterable[T], workers: int) -> Generator[R]:
    """What `task` makes of each item, in their order; no more than `workers` are in work or waiting."""

    def marked(item: T) -> R:
        _own.among_several = True
        return task(item)

    with ThreadPoolExecutor(workers) as pool:
        coming: deque[Future[R]] = deque()
        for item in items:
            coming.append(pool.submit(marked, item))
            del item
            if len(coming) >= workers:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()


def pairs_of(one: pl.Series, other: pl.Series) -> pl.DataFrame:
    """Each pair of values that stand together, once; nulls are values. Numbers are told apart faster
    than text."""
    if one.null_count() == len(one) and other.null_count() == len(other):
        return pl.DataFrame([s.head(1).cast(pl.String) for s in (one, other)])
    ones, first = codes_of(one)
    others, second = codes_of(other)
    left, right, _ = distinct_pairs(
        (ones + 1).fill_null(0), len(first) + 1, (others + 1).fill_null(0), len(second) + 1
    )
    none = pl.Series([None], dtype=pl.String)
    return pl.DataFrame(
        [
            pl.concat([none, first.cast(pl.String)]).gather(left).alias(one.name),
            pl.concat([none, second.cast(pl.String)]).gather(right).alias(other.name),
        ]
    )
