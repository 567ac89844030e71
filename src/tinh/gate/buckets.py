"""Which values stand more than once in a delivery that is too large to look at as one.

Each row leaves two hashes of its value in one of several files, chosen by the first hash, so that
equal values meet in one file. A file at a time is then small enough to be compared in memory. Two
hashes of 64 bits stand for the value: that two different values share both does not happen.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import polars as pl

_SEEDS = (0, 0x5EED)
_FIELDS = ("at", "h", "g", "content")  # of a row, each 64 bits


class Buckets:
    """Hashes of one key, kept in `count` files (a power of two) of `folder`."""

    def __init__(self, folder: Path, count: int) -> None:
        folder.mkdir()
        self._count = count
        self._shift = 64 - (count.bit_length() - 1)
        self._files: list[BinaryIO] = [(folder / f"{n}").open("w+b") for n in range(count)]

    def add(self, first: int, key: pl.Series | pl.DataFrame, content: pl.DataFrame | None) -> None:
        """Take in rows `first`… of the delivery; a key that is null, or null in part, is no key."""
        frame = key.to_frame() if isinstance(key, pl.Series) else key
        h, g = (_hashes(frame, seed) for seed in _SEEDS)
        rows = np.zeros((frame.height, len(_FIELDS)), np.uint64)
        rows[:, 0] = np.arange(first, first + frame.height)
        rows[:, 1], rows[:, 2] = h.to_numpy(), g.to_numpy()
        if content is not None:
            rows[:, 3] = content.hash_rows(seed=0).to_numpy()
        if any(column.null_count() for column in frame.iter_columns()):
            filled = frame.select(pl.all_horizontal(pl.all().is_not_null()).alias("f"))["f"]
            rows = rows[filled.to_numpy()]
        if self._count == 1:
            rows.tofile(self._files[0])
            return
        place = (rows[:, 1] >> np.uint64(self._shift)).astype(np.uint16)
        rows = rows[np.argsort(place, kind="stable")]
        ends = np.cumsum(np.bincount(place, minlength=self._count))
        for file, part in zip(self._files, np.split(rows, ends[:-1]), strict=True):
            part.tofile(file)

    def repeated(self, without: np.ndarray | None = None) -> Iterator[pl.DataFrame]:
        """Rows that share their value, bucket by bucket: `at`, `value` (one number a value) and
        `content`; `without` are rows, in order, that do not take part."""
        for file in self._files:
            file.flush()
            file.seek(0)
            rows = np.fromfile(file, np.uint64).reshape(-1, len(_FIELDS))
            if without is not None and len(without):
                near = np.minimum(np.searchsorted(without, rows[:, 0]), len(without) - 1)
                rows = rows[without[near] != rows[:, 0]]
            alike = pl.Series(np.ascontiguousarray(rows[:, 1])).is_duplicated()
            if not alike.any():
                continue
            rows = rows[alike.to_numpy()]
            frame = pl.DataFrame({n: np.ascontiguousarray(rows[:, i]) for i, n in enumerate(_FIELDS)})
            double = frame.filter(pl.len().over("h", "g") > 1)
            if double.height:
                yield double.with_columns(pl.struct("h", "g").rank("dense").alias("value"))

    def close(self) -> None:
        for file in self._files:
            file.close()


def _hashes(frame: pl.DataFrame, seed: int) -> pl.Series:
    return frame.to_series().hash(seed) if frame.width == 1 else frame.hash_rows(seed)


def together(parts: list[np.ndarray]) -> np.ndarray:
    """Row numbers of all buckets, in order."""
    return np.sort(np.concatenate(parts)) if parts else np.empty(0, np.uint64)
