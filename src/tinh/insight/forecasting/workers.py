"""Series studied side by side: here when they are few, in processes when they are many."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from tinh.insight.cores import cores

Job = TypeVar("Job")
Answer = TypeVar("Answer")
_WORTH = 6_000  # values; below, starting processes costs more than it saves
_CHUNK = 8


def each(
    work: Callable[[Sequence[Job]], list[Answer]],
    jobs: Sequence[Job],
    told: Callable[[int, int], None],
    effort: int,
) -> list[Answer]:
    """`work` over `jobs`, chunk by chunk and in order; `told(done, of)` after each chunk.

    `work` is a module's own function. Processes are used when `effort` (values to look at) is worth them.
    """
    free = cores()
    chunks = [jobs[start : start + _CHUNK] for start in range(0, len(jobs), _CHUNK)]
    found: list[Answer] = []
    if effort < _WORTH or free == 1 or len(chunks) == 1 or multiprocessing.current_process().daemon:
        for chunk in chunks:
            found += work(chunk)
            told(len(found), len(jobs))
        return found
    with _pool(min(free, len(chunks))) as pool:
        for part in pool.map(work, chunks):
            found += part
            told(len(found), len(jobs))
    return found


@contextmanager
def beside() -> Iterator[Callable[..., Iterable[Any]]]:
    """A `map` for a task of a cluster: here where the task is a process of its own, as Apache Spark's are;
    in processes beside it, shared by all tasks of the moment, where tasks are threads of one interpreter, as
    Sail's are."""
    begun_as = getattr(sys.modules["__main__"], "__spec__", None)
    if begun_as is not None and begun_as.name.startswith("pyspark."):
        yield map
        return
    global _shared, _sharing
    with _taking:
        _shared = _shared or _pool(cores())
        _sharing += 1
        pool = _shared
    try:
        yield pool.map
    finally:
        with _taking:
            _sharing -= 1
            last = _sharing == 0
            if last:
                _shared = None
        if last:
            pool.shutdown()


_taking = threading.Lock()
_shared: ProcessPoolExecutor | None = None
_sharing = 0


def _pool(processes: int) -> ProcessPoolExecutor:
    context = multiprocessing.get_context("forkserver" if os.name == "posix" else "spawn")
    context.set_forkserver_preload(["statsforecast.models", "statsforecast.mstl", __name__])
    return ProcessPoolExecutor(processes, mp_context=context, initializer=_single)


def _single() -> None:
    """One thread a process: the processes are the parallelism."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ[name] = "1"
