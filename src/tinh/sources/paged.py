"""A file read by slices, so that its size never shows in the memory of the process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import TypeVar

STEP = 1 << 20
T = TypeVar("T")


class Paged:
    """The bytes of a file from `skip` on; a slice of it is read when asked for and not kept.

    A memory map would do the same with less code, but the pages it has touched count as the
    process's own until the kernel needs them.
    """

    def __init__(self, path: Path, skip: int = 0) -> None:
        self.path = path
        self.skip = skip
        self._handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self._size = max(0, os.fstat(self._handle).st_size - skip)

    def __enter__(self) -> Paged:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        os.close(self._handle)

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, part: slice) -> bytes:
        start, stop, _ = part.indices(self._size)
        found = bytearray()
        while len(found) < stop - start:
            block = os.pread(self._handle, stop - start - len(found), self.skip + start + len(found))
            if not block:
                break
            if not found and len(block) == stop - start:
                return block
            found += block
        return bytes(found)

    def blocks(self, start: int = 0, size: int = STEP) -> Iterator[tuple[int, bytes]]:
        """Each block with the place it begins at."""
        for at in range(start, self._size, size):
            yield at, self[at : at + size]

    def count(self, sign: bytes, stop: int) -> int:
        """How often one byte stands before `stop`."""
        return sum(self[at : min(at + STEP, stop)].count(sign) for at in range(0, stop, STEP))


def ahead(items: Iterator[T]) -> Iterator[T]:
    """The same items, the next one made while the last one is in use."""
    with ThreadPoolExecutor(1) as pool:
        coming: Future[T | None] = pool.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = pool.submit(next, items, None)
            yield item
            item = None
