"""One batch of series judged: scores, kinds and the band expected, cell by cell.

Seasons and holidays are taken away, then each point is compared with running medians of three widths
(Hampel's identifier at several scales; Hampel 1974, Pearson 2002), so that a lone spike, a bad week and a
bad quarter are each seen at the width that shows them; wandering series make wide medians unsurprising by
themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tinh.insight.anomalies import counts, festive, seasons, transforms
from tinh.insight.anomalies.grid import Batch
from tinh.insight.anomalies.rolling import Flags, Floats, before, beside, centred, quantiles, spread
from tinh.insight.anomalies.shifts import Shift, bends, shifts
from tinh.insight.anomalies.stillness import Run, runs
from tinh.insight.anomalies.tails import reach, scales, surprise

NEAR = 3  # points on each side that the narrowest median sees
EXPECTED_FALSE = 0.02  # alarms a series of clean data raises, about
_WIDER = 1.2  # decades more surprise that a wide median must show
_BESIDE = 24  # points on each side that tell the size of a step
_HALF = 0.5  # of the threshold: a neighbour of an anomaly on the same side belongs to it


@dataclass(slots=True)
class Judged:
    """Arrays are (series, time); `threshold` is (series, 1)."""

    score: Floats
    flagged: Flags
    sign: np.ndarray
    expected: Floats
    low: Floats
    high: Floats
    threshold: Floats
    runs: list[Run]
    shifts: list[Shift]
    muted: Flags  # holidays that no other year explains


def judge(batch: Batch, periods: tuple[int, ...], country: str, alarm: float = EXPECTED_FALSE) -> Judged:
    y, known = batch.y, batch.known
    n = y.shape[1]
    count = np.maximum(known.sum(axis=1, keepdims=True), 2)
    threshold = np.log10(count / alarm)
    power = transforms.powers(y, known)
    x = transforms.apply(y, power)
    season = seasons.remove(x, known, periods)
    festal, alone = _festal(batch, x - season, known, country)
    clean = x - season - festal
    floor = _floor(x, known)
    top = max((m for m in periods if n >= 6 * m and m <= 366), default=1)
    widths = [w for w in (12, 48, 200) if n >= 3 * w]
    noise = np.maximum(np.maximum(spread(clean - beside(clean, NEAR), known), floor), 1e-300)
    sparse = counts.intermittent(y, known)
    moved = [m for m in shifts(clean, noise, threshold, batch.lead) if not sparse[m.row]]
    steps = _steps(clean, moved)
    again = np.unique([m.row for m in moved]).astype(int)
    if len(again):  # once more, with the steps out of the way of seasons and medians
        season[again] = seasons.remove((x - steps - festal)[again], known[again], periods)
        clean = x - season - festal
        moved = _among(shifts(clean[again], noise[again], threshold[again], batch.lead[again]), again)
        steps = _steps(clean, moved)
        clean = x - season - festal - steps
    best = np.full_like(y, -1.0)
    tail: Floats | None = None
    level_at, low_at, high_at = (np.zeros_like(y) for _ in range(3))
    sign = np.zeros(y.shape, dtype=np.int8)
    base = beside(clean, NEAR)
    calm = centred(clean, 3)  # wide medians look for more than one point: lone ones are the narrow median's
    parts: list[tuple[Floats, int]] = [(base, NEAR)] + [(centred(clean, 2 * w + 1), w) for w in widths]
    for level, half in parts:
        rest = (clean if half == NEAR else calm) - level
        down, up = scales(rest, known, top, floor)
        rim = _rim(clean, rest, known, half, floor)
        z = rest / np.where(rest > 0, up, down) / rim
        found, heavy = surprise(z, known, tail)
        handicap = np.log10(len(parts)) + (0.0 if half == NEAR else _WIDER)
        out = reach(z, known, threshold + handicap, tail) * rim
        tail = heavy
        found = found - handicap
        better = found > best
        best = np.where(better, found, best)
        sign = np.where(better, np.sign(rest), sign).astype(np.int8)
        # The band shown is the second width's; where a point is raised, that of the width which raised it.
        shown = better & (found > _HALF * threshold) | (best <= _HALF * threshold) & (
            half in (NEAR, *widths[:1])
        )
        level_at = np.where(shown, level, level_at)
        low_at, high_at = np.where(shown, out * down, low_at), np.where(shown, out * up, high_at)
    score = np.maximum(best, 0.0)
    middle = level_at + season + festal + steps
    expected = transforms.undo(middle, power)
    low, high = transforms.undo(middle - low_at, power), transforms.undo(middle + high_at, power)
    if sparse.any():
        few, mean, upper = counts.surprise(y[sparse], known[sparse], top)
        score[sparse], expected[sparse], low[sparse], high[sparse] = few, mean, 0.0, upper
        sign[sparse] = np.sign(y[sparse] - mean)
    score[alone] = np.minimum(score[alone], 0.5)
    bent = [m for m in bends(clean, noise, threshold, batch.lead) if not sparse[m.row]]
    still = runs(y, known, threshold)
    flagged = _joined(score, sign, known, threshold)
    return Judged(score, flagged, sign, expected, low, high, threshold, still, moved + bent, alone)


def _among(found: list[Shift], rows: np.ndarray) -> list[Shift]:
    """Shifts of some rows, by their places among all."""
    return [replace(move, row=int(rows[move.row])) for move in found]


def _steps(clean: Floats, moved: list[Shift]) -> Floats:
    """What the shifts found add to each cell."""
    out = np.zeros_like(clean)
    by_row: dict[int, list[int]] = {}
    for move in moved:
        by_row.setdefault(move.row, []).append(move.at)
    n = clean.shape[1]
    for row, cells in by_row.items():
        edges = [0, *sorted(set(cells)), n]
        for k in range(1, len(edges) - 1):
            at = edges[k]
            before = clean[row, max(edges[k - 1], at - _BESIDE) : at]
            after = clean[row, at : min(edges[k + 1], at + _BESIDE)]
            if len(before) and len(after):
                out[row, at:] += np.median(after) - np.median(before)
    return out


def _floor(x: Floats, known: Flags) -> Floats:
    """The least spread believed: half the finest step between values, a thousandth of the level."""
    steps = np.abs(np.diff(x, axis=1))
    moving = (steps > 0) & known[:, 1:] & known[:, :-1]
    (fine,) = quantiles(steps, moving, [0.05])
    (level,) = quantiles(np.abs(x), known, [0.5])
    return np.maximum(np.maximum(0.3 * fine, 1e-4 * level), 1e-12)


def _rim(clean: Floats, rest: Floats, known: Flags, half: int, floor: Floats) -> Floats:
    """How much less the first and last points are known than those with neighbours on both sides."""
    n = clean.shape[1]
    out = np.ones((1, n))
    both = np.maximum(spread(rest, known), floor)
    one = spread(clean - before(clean, half), known)
    ratio = np.clip(one / both, 1.0, 3.0)
    far = np.minimum(np.arange(n), np.arange(n)[::-1])
    lack = np.clip(1 - far / half, 0, 1)[None, :]
    return np.asarray(out + (ratio - 1) * lack)


def _joined(score: Floats, sign: np.ndarray, known: Flags, threshold: Floats) -> Flags:
    """Points beyond the threshold with the neighbours on the same side that are half as surprising."""
    flagged = known & (score > threshold)
    maybe = known & (score > np.maximum(_HALF * threshold, 1.5))
    if not flagged.any():
        return flagged
    for _ in range(64):
        grown = flagged.copy()
        grown[:, 1:] |= flagged[:, :-1] & maybe[:, 1:] & (sign[:, 1:] == sign[:, :-1])
        grown[:, :-1] |= flagged[:, 1:] & maybe[:, :-1] & (sign[:, :-1] == sign[:, 1:])
        if np.array_equal(grown, flagged):
            break
        flagged = grown
    return flagged


def _festal(batch: Batch, x: Floats, known: Flags, country: str) -> tuple[Floats, Flags]:
    one = batch.members[0]
    n = x.shape[1]
    nothing = np.zeros_like(x), np.zeros(x.shape, dtype=bool)
    if not country or one.clock == "number":
        return nothing
    effect, alone = nothing
    starts = np.array(
        [m.at(0) - int(lead) * m.step for m, lead in zip(batch.members, batch.lead, strict=True)]
    )
    for start in np.unique(starts):
        rows = np.flatnonzero(starts == start)
        moments = int(start) + np.arange(n) * one.step
        if one.clock == "months" and one.step == 1 and n >= 24:
            noise = spread(x[rows] - centred(x[rows], 13), known[rows])
            effect[rows] = festive.of_months(x[rows], known[rows], moments.tolist(), country, noise)
        elif one.clock == "seconds" and one.step <= 86400:
            effect[rows], alone[rows] = festive.of_days(x[rows], known[rows], moments, one.step, country)
    return effect, alone
