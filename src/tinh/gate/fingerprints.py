"""Which values stand more than once in a delivery that is too large to look at as one.

Each row leaves two hashes of its value, of 64 and of 32 bits, and one of its other cells, in files
in the order of the rows. Equal values have equal hashes, so that the first hashes alone, put in order
stretch by stretch of their range, tell whether anything stands twice; the others are read only for
rows that do. That two different values of a delivery share 96 bits does not happen.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

import numpy as np
import polars as pl

_AT_ONCE = 1 << 23  # hashes put in order in memory
_BLOCK = 1 << 20  # hashes read at a time
_YIELD = 1 << 18  # values that stand twice, told at a time
_KINDS = {"h": np.uint64, "g": np.uint32, "content": np.uint64}
_SEEDS = (0, 0x5EED)


class Fingerprints:
    """The hashes of one key, row by row, in `folder`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._files: dict[str, BinaryIO] = {kind: (folder / kind).open("w+b") for kind in _KINDS}
        self._rows = 0

    def add(self, key: pl.Series | pl.DataFrame, content: pl.DataFrame | None) -> None:
        """Take in the next rows of the delivery; a key that is null, or null in part, is no key."""
        frame = key.to_frame() if isinstance(key, pl.Series) else key
        h, g = (_hashes(frame, seed).to_numpy() for seed in _SEEDS)
        lacking = [column for column in frame.iter_columns() if column.null_count()]
        if lacking:  # a row without a key is like no other: its number stands for it
            none = pl.DataFrame(lacking).select(pl.any_horizontal(pl.all().is_null()))
            numbers = np.arange(self._rows, self._rows + frame.height, dtype=np.uint64)
            h, g = (np.where(none.to_series().to_numpy(), numbers, hashes) for hashes in (h, g))
        h.tofile(self._files["h"])
        g.astype(np.uint32).tofile(self._files["g"])
        if content is not None:
            content.hash_rows(seed=0).to_numpy().tofile(self._files["content"])
        self._rows += frame.height

    def repeated(self, without: np.ndarray | None = None) -> Iterator[pl.DataFrame]:
        """Rows that share their value: `at` (from 0), `value` (one number a value within a frame) and
        `content`; `without` are rows, in order, that do not take part."""
        for file in self._files.values():
            file.flush()
        stretches = max(1, -(-self._rows // _AT_ONCE))
        edges = [(1 << 64) * n // stretches for n in range(stretches + 1)]
        for low, high in pairwise(edges):
            twice = _twice(self._within(low, high - 1))
            for first in range(0, len(twice), _YIELD):
                rows = self._rows_of(twice.slice(first, _YIELD), without)
                double = rows.filter(pl.len().over("h", "g") > 1)
                if double.height:
                    yield double.with_columns(pl.struct("h", "g").rank("dense").alias("value"))

    def close(self) -> None:
        for file in self._files.values():
            file.close()

    def _within(self, low: int, high: int) -> pl.Series:
        """The first hashes from `low` to `high`."""
        whole = low == 0 and high == (1 << 64) - 1
        parts = [
            pl.Series("h", h if whole else h[(h >= np.uint64(low)) & (h <= np.uint64(high))])
            for _, h in self._blocks()
        ]
        return pl.concat(parts) if parts else pl.Series("h", [], pl.UInt64)

    def _rows_of(self, values: pl.Series, without: np.ndarray | None) -> pl.DataFrame:
        """The rows whose first hash is one of `values`, in order of the delivery."""
        found = []
        for first, block in self._blocks():
            near = pl.Series((block >= values[0]) & (block <= values[-1])).arg_true()
            mine = pl.Series(block).gather(near).is_in(values.implode())
            found.append(near.filter(mine).cast(pl.UInt64) + first)
        at = pl.concat(found).alias("at")
        if without is not None and len(without):
            nearest = np.minimum(np.searchsorted(without, at.to_numpy()), len(without) - 1)
            at = at.filter(pl.Series(without[nearest] != at.to_numpy()))
        return pl.DataFrame([at, *(self._read(kind, at) for kind in _KINDS)])

    def _blocks(self) -> Iterator[tuple[int, np.ndarray]]:
        for first in range(0, self._rows, _BLOCK):
            count = min(_BLOCK, self._rows - first)
            yield first, np.fromfile(self._files["h"].name, np.uint64, count, offset=8 * first)

    def _read(self, kind: str, at: pl.Series) -> pl.Series:
        """The hashes of a kind of some rows."""
        if not len(at) or not self._files[kind].tell():
            return pl.Series(kind, [0], pl.UInt64).new_from_index(0, len(at))
        hashes = np.memmap(self._files[kind].name, _KINDS[kind], "r")
        return pl.Series(kind, hashes[at.to_numpy()]).cast(pl.UInt64)


def _twice(hashes: pl.Series) -> pl.Series:
    """The values that stand more than once, in order."""
    ordered = hashes.sort()
    same = ordered.head(len(ordered) - 1) == ordered.tail(len(ordered) - 1)
    return ordered.head(len(ordered) - 1).filter(same).unique().sort() if same.any() else ordered.clear()


def _hashes(frame: pl.DataFrame, seed: int) -> pl.Series:
    return frame.to_series().hash(seed) if frame.width == 1 else frame.hash_rows(seed)


def together(parts: list[np.ndarray]) -> np.ndarray:
    """Row numbers of all stretches, in order."""
    return np.sort(np.concatenate(parts)) if parts else np.empty(0, np.uint64)
