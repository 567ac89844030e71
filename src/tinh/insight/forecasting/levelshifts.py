"""Shifts of level in the past: found, measured, and taken out of what lies before them.

A step far beyond the usual ones that is not taken back is a shift of level (LS of Chen & Liu 1993, JASA 88,
here by robust steps instead of their iterated ARIMA fits). What lies before it is moved to the level after
it, so that methods learn season and restlessness from the whole past and the level from what holds now;
only where smoothing so freed missed less since the shift, so not where the level walks anyway.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
_CLEAR = 7.0  # usual steps, by the median absolute deviation
_MOST = 2
_PACES = (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1.0)
_PAYS = 0.95


def levelled(y: Array, season: int) -> Array:
    """`y` (n,) with what lies before a clear shift moved to the level after it; `y` itself where none is.

    Shifts are factors where all values are positive, else sums. At most two are taken out.
    """
    after = max(4, season // 2)
    if len(y) < max(12, 2 * season + after) or float(np.ptp(y)) == 0:
        return y
    times = float(np.min(y)) > 0
    work = np.log(y) if times else y
    steps = np.diff(work)
    if season > 1:
        phase = np.arange(len(steps)) % season
        steps = steps - np.array([float(np.median(steps[phase == p])) for p in range(season)])[phase]
    else:
        steps = steps - float(np.median(steps))
    usual = 1.4826 * float(np.median(np.abs(steps)))
    if usual <= 1e-9 * max(float(np.mean(np.abs(work))), 1e-300):
        return y
    shifts = [
        at for at in np.flatnonzero(np.abs(steps) > _CLEAR * usual) if _stays(steps, int(at), after, usual)
    ]
    if not 0 < len(shifts) <= _MOST:  # many such steps are how this series moves
        return y
    moved = work.copy()
    for at in shifts:
        moved[: at + 1] += steps[at]
    plain, freed = (np.concatenate(([0.0], np.cumsum(s))) for s in (steps, _without(steps, shifts)))
    if not _pays(plain, freed, int(shifts[-1]) + 1):
        return y
    return np.asarray(np.exp(moved)) if times else moved


def _without(steps: Array, shifts: list[np.signedinteger]) -> Array:
    out = steps.copy()
    out[shifts] = 0.0
    return out


def _pays(plain: Array, freed: Array, since: int) -> bool:
    """Whether exponential smoothing, its pace chosen on the whole past, missed less once freed of it."""
    seen = []
    for line in (plain, freed):
        misses = []
        for pace in _PACES:
            level, miss = float(line[0]), np.empty(len(line))
            for at, value in enumerate(line):
                miss[at] = value - level
                level += pace * miss[at]
            misses.append(miss)
        best = min(misses, key=lambda miss: float(miss @ miss))
        seen.append(float(np.mean(np.abs(best[since + 1 :]))))
    return seen[1] < _PAYS * seen[0]


def _stays(steps: Array, at: int, after: int, usual: float) -> bool:
    """Whether the level after a step is another than before, not one that was taken back."""
    if at < after - 1 or at + after >= len(steps):
        return False
    line = np.concatenate(([0.0], np.cumsum(steps)))
    gap = float(np.median(line[at + 1 : at + 1 + after]) - np.median(line[at + 1 - after : at + 1]))
    share = gap / float(steps[at])
    return 0.6 <= share <= 1.6 and abs(gap) > 0.6 * _CLEAR * usual
