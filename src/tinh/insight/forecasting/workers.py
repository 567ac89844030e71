"""Series studied side by side: here when they are few, in processes when they are many, or on a cluster."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor

from tinh.insight.forecasting.series import Series
from tinh.insight.forecasting.study import Study, study

_FEW = 40
_CHUNK = 8


def studied(
    kept: Sequence[Series], horizon: int, progress: Callable[[int, int], None] | None, engine: str | None
) -> list[Study]:
    """The study of every series, in order. `engine` is a Spark Connect address, or None for this machine."""
    told = progress or (lambda done, of: None)
    effort = sum(min(len(one.y), 800) * (3 if one.seasons else 1) for one in kept)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if effort < 150 * _FEW or cores == 1 or multiprocessing.current_process().daemon:
        out = []
        for number, one in enumerate(kept):
            out.append(study(one.y, one.seasons, horizon))
            told(number + 1, len(kept))
        return out
    chunks = [kept[start : start + _CHUNK] for start in range(0, len(kept), _CHUNK)]
    context = multiprocessing.get_context("forkserver" if os.name == "posix" else "spawn")
    found: list[Study] = []
    with ProcessPoolExecutor(min(cores, len(chunks)), mp_context=context, initializer=_single) as pool:
        for part in pool.map(_chunk, [[(one.y, one.seasons, horizon) for one in chunk] for chunk in chunks]):
            found += part
            told(len(found), len(kept))
    return found


def _single() -> None:
    """One thread a process: the processes are the parallelism."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ[name] = "1"


def _chunk(jobs: list[tuple[object, tuple[int, ...], int]]) -> list[Study]:
    return [study(y, seasons, horizon) for y, seasons, horizon in jobs]  # type: ignore[arg-type]  a pickled array
