"""Flat-lining: a run of equal values where the series else moves, as a stuck sensor or a copied report makes.

A run of L still steps in a series whose steps are otherwise still with probability q has probability q^L; the
probability is read from the other runs of the series, so that counts that rest at zero are not accused.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tinh.insight.anomalies.rolling import Flags, Floats

_LEAST = 4  # points of a run
_STILL = 0.01  # of the usual step


@dataclass(frozen=True, slots=True)
class Run:
    row: int
    first: int
    last: int  # included
    value: float
    score: float


def runs(y: Floats, known: Flags, threshold: Floats) -> list[Run]:
    """Runs of each row that its own stillness does not explain."""
    s = len(y)
    steps = np.abs(np.diff(y, axis=1))
    both = known[:, 1:] & known[:, :-1]
    moving = np.where(both & (steps > 0), steps, np.nan)
    with np.errstate(all="ignore"):
        usual = np.where(np.isnan(moving).all(axis=1), 0, _nanmedian(moving))[:, None]
    still = both & (steps <= _STILL * usual)
    out = []
    edge = np.zeros((s, 1), dtype=np.int8)
    turns = np.diff(np.concatenate([edge, still.astype(np.int8), edge], axis=1), axis=1)
    counts = both.sum(axis=1)
    longest = _longest(still)
    for row in np.flatnonzero(longest >= _LEAST - 1):
        firsts, afters = np.flatnonzero(turns[row] == 1), np.flatnonzero(turns[row] == -1)
        lengths = afters - firsts  # in steps
        order = np.argsort(lengths)[::-1]
        total, taken = int(lengths.sum()), 0
        for place in order:
            length = int(lengths[place])
            if length < _LEAST - 1:
                break
            if length > 0.5 * counts[row]:  # what mostly stands still does not usually move
                continue
            first, last = int(firsts[place]), int(afters[place])
            value = float(np.median(y[row, first : last + 1]))
            if _usual_value(y[row], known[row], first, last, value, float(usual[row, 0])):
                taken += length
                continue
            rest = [int(k) for k in lengths if k < length or k != length]
            others = max(rest, default=1)
            q = (total - length - taken + 1) / (counts[row] - length - taken + 2)
            score = -length * np.log10(min(q, 0.98)) - np.log10(max(1, counts[row]))
            score += np.log10(max(1, counts[row]))  # as for points: the threshold knows the length
            if score <= threshold[row, 0] or length < 1.5 * others + 1:
                break
            out.append(Run(int(row), first, last, value, float(min(score, 40.0))))
            taken += length
    return out


def _nanmedian(x: Floats) -> Floats:
    ordered = np.sort(x, axis=1)
    count = np.maximum((~np.isnan(x)).sum(axis=1), 1)
    return np.asarray(ordered[np.arange(len(x)), count // 2 - (count % 2 == 0)])


def _longest(still: Flags) -> np.ndarray:
    """The longest run of true cells of each row."""
    run = np.zeros(len(still), dtype=np.int64)
    best = np.zeros(len(still), dtype=np.int64)
    for column in still.T:
        run = (run + 1) * column
        np.maximum(best, run, out=best)
    return best


def _usual_value(y: Floats, known: Flags, first: int, last: int, value: float, usual: float) -> bool:
    """Whether the series often rests at just this value outside the run, as counts do at zero."""
    outside = known.copy()
    outside[first : last + 1] = False
    if not outside.any():
        return True
    share = float(np.mean(np.abs(y[outside] - value) <= _STILL * usual))
    return share > 0.15
