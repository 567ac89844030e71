"""Series studied side by side: here when they are few, in processes when they are many."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

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
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    chunks = [jobs[start : start + _CHUNK] for start in range(0, len(jobs), _CHUNK)]
    found: list[Answer] = []
    if effort < _WORTH or cores == 1 or len(chunks) == 1 or multiprocessing.current_process().daemon:
        for chunk in chunks:
            found += work(chunk)
            told(len(found), len(jobs))
        return found
    context = multiprocessing.get_context("forkserver" if os.name == "posix" else "spawn")
    context.set_forkserver_preload(["statsforecast.models", "statsforecast.mstl", __name__])
    with ProcessPoolExecutor(min(cores, len(chunks)), mp_context=context, initializer=_single) as pool:
        for part in pool.map(work, chunks):
            found += part
            told(len(found), len(jobs))
    return found


def _single() -> None:
    """One thread a process: the processes are the parallelism."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ[name] = "1"
