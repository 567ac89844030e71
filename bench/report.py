"""A measured row: what was done, how long, and the peer it stands beside in the same run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Row:
    """`ratio` is ours against the peer, oriented so that the promise reads `ratio <relation> promised`."""

    what: str
    ours: float
    unit: str
    peer: str = ""
    theirs: float | None = None
    ratio: float | None = None
    promised: str = ""
    kept: bool | None = None
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def seconds(work: Callable[[], Any], repeat: int = 3) -> float:
    """The best of `repeat` runs: the machine's noise only ever adds."""
    return min(_once(work) for _ in range(repeat))


def _once(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def p95(durations: list[float]) -> float:
    return statistics.quantiles(durations, n=20)[-1]


def peak() -> float:
    """Megabytes this process had in memory at most. `ru_maxrss` of a child begins where its parent was."""
    told = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in told.splitlines() if line.startswith("VmHWM:"))
