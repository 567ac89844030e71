"""Medians of many windows at once: a few comparisons of whole arrays, or one filter along all rows.

Narrow windows go through the part of Batcher's odd–even merge sort (Batcher 1968, AFIPS 32) that their
middle depends on, each comparison one pass over all series; wide ones through a rank filter over the rows
laid end to end, whose cost does not grow with the width.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_NARROW = 16  # columns from which a filter is the quicker way


def sliding(x: Floats, width: int) -> Floats:
    """The median of x[:, t : t + width] for each t that has such a window: (series, time - width + 1)."""
    count = x.shape[1] - width + 1
    if width <= _NARROW:
        return middle([x[:, k : k + count] for k in range(width)])
    from scipy.ndimage import rank_filter  # a quarter of a second that only judging needs

    half, row = width // 2, np.ascontiguousarray(x).ravel()
    # the windows that reach from one series into the next are cut away
    high = rank_filter(row, half, size=width, mode="nearest").reshape(x.shape)[:, half : half + count]
    if width % 2:
        return np.asarray(high)
    low = rank_filter(row, half - 1, size=width, mode="nearest").reshape(x.shape)[:, half : half + count]
    return np.asarray((low + high) / 2)


def middle(columns: Sequence[Floats]) -> Floats:
    """The median over arrays of one shape, cell by cell."""
    held: list[Floats] = list(columns)
    for a, b, low, high in _network(len(held)):
        held[a], held[b] = (
            np.minimum(held[a], held[b]) if low else held[a],
            np.maximum(held[a], held[b]) if high else held[b],
        )
    half = len(held) // 2
    return np.array(held[half]) if len(held) % 2 else np.asarray((held[half - 1] + held[half]) / 2)


@lru_cache(_NARROW + 1)
def _network(count: int) -> tuple[tuple[int, int, bool, bool], ...]:
    """The comparisons the middle depends on, and which of their two results are used again."""
    wanted = {count // 2} if count % 2 else {count // 2 - 1, count // 2}
    out = []
    for a, b in reversed(list(_batcher(count))):
        if a in wanted or b in wanted:
            out.append((a, b, a in wanted, b in wanted))
            wanted |= {a, b}
    return tuple(reversed(out))


def _batcher(count: int) -> Iterator[tuple[int, int]]:
    p = 1
    while p < count:
        k = p
        while k >= 1:
            for j in range(k % p, count - k, 2 * k):
                for i in range(j, min(j + k, count - k)):
                    if i // (2 * p) == (i + k) // (2 * p):
                        yield i, i + k
            k //= 2
        p *= 2
