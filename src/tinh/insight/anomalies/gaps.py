"""Missing pulses: moments of a regular series at which nothing came, inside it and up to where others have
come."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tinh.insight.anomalies.grid import Series

_SHOWN = 100  # missing moments listed of one gap
_RARE = 0.05  # of steps: longer pauses seen more often than this are a habit


@dataclass(frozen=True, slots=True)
class Gap:
    """`count` cells from `cell` on hold no point, though `score` says they would."""

    cell: int
    count: int
    score: float


def gaps(series: Series, until: int | None) -> list[Gap]:
    """The gaps of a series; `until` is the last moment (of its clock) that should be there, if known."""
    if not series.regular or len(series.cell) < 12:
        return []
    steps = np.diff(series.cell)
    out = []
    pauses = steps[steps > 1]
    often = {int(k) for k in np.unique(pauses) if np.sum(pauses >= k) > max(2, _RARE * len(steps))}
    miss = (len(pauses) + 1) / (len(steps) + 2)
    for at in np.flatnonzero(steps > 1):
        count = int(steps[at]) - 1
        if int(steps[at]) in often:
            continue
        out.append(Gap(int(series.cell[at]) + 1, count, _score(miss, count)))
    if until is not None:
        behind = (until - series.at(int(series.cell[-1]))) // series.step
        longest = int(max(often, default=1))
        if behind > longest - 1 and behind >= 1:
            out.append(Gap(int(series.cell[-1]) + 1, int(behind), _score(miss, int(behind))))
    return out


def _score(miss: float, count: int) -> float:
    return float(min(40.0, -np.log10(miss) * min(count, 12) + 2))
