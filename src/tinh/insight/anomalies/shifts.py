"""Where the level moves for good, and where a trend bends: medians of two windows, side by side.

The difference of the medians after and before each point, over windows of several widths, is judged against
its own spread along the series; wandering series are thereby hard to surprise. Student's t stands for the few
independent windows a series holds. Cf. the divergence of medians in James, Kejariwal and Matteson (2014),
"Leveraging cloud data to mitigate user experience from 'breaking bad'".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tinh.insight.anomalies.networks import sliding
from tinh.insight.anomalies.rolling import MAD, Floats, centred
from tinh.insight.anomalies.tails import INNER, surprise

WIDTHS = (5, 8, 12, 24, 48, 96)
_MANY = 50  # windows that a series must hold for their own tail to be told
_STEP = 3  # points on each side of a sudden move
_SUDDEN = 1.5  # decades of surprise it must show by itself
_STRONG = 3.0  # spreads of single points a shift must measure


@dataclass(frozen=True, slots=True)
class Shift:
    """From cell `at` on the level is `size` higher; `score` as for points."""

    row: int
    at: int
    size: float
    score: float
    kind: str  # shift, trend
    width: int  # points on each side that were compared


def shifts(x: Floats, noise: Floats, threshold: Floats, lead: np.ndarray) -> list[Shift]:
    """The shifts of each row of `x`, which has no season any more; `noise` and `threshold` (series, 1)."""
    s, n = x.shape
    best = np.zeros((s, n))
    size = np.zeros((s, n))
    width = np.zeros((s, n), dtype=np.int64)
    for h in WIDTHS:
        if (n < 6 * h and h > WIDTHS[0]) or n < 4 * h:
            break
        medians = _windows(x, noise, h)
        d = medians[:, h:] - medians[:, :-h]  # at t = h … n - h
        score = _judged(d, noise * 1.25 * np.sqrt(2 / h), n / h) - np.log10(len(WIDTHS))
        score = np.where(np.abs(d - np.median(d, axis=1, keepdims=True)) >= _STRONG * noise, score, 0.0)
        middle = slice(h, n - h + 1)
        better = score > best[:, middle]
        best[:, middle] = np.where(better, score, best[:, middle])
        size[:, middle] = np.where(better, d, size[:, middle])
        width[:, middle] = np.where(better, h, width[:, middle])
    best = np.where(_abrupt(x, noise), best, 0.0)
    return _peaks(x, best, size, width, threshold, lead, "shift")


def _abrupt(x: Floats, noise: Floats) -> np.ndarray:
    """Where the level moves within a few points by more than it usually does: a slow rise is no shift."""
    s, n = x.shape
    out = np.zeros((s, n), dtype=bool)
    medians = sliding(x, _STEP)
    d = medians[:, _STEP:] - medians[:, :-_STEP]
    out[:, _STEP : n - _STEP + 1] = _judged(d, noise * 0.5, n / _STEP) >= _SUDDEN
    reach = np.zeros_like(out)
    for k in range(-_STEP, _STEP + 1):
        reach[:, max(0, k) : n + min(0, k)] |= out[:, max(0, -k) : n - max(0, k)]
    return reach


def bends(x: Floats, noise: Floats, threshold: Floats, lead: np.ndarray) -> list[Shift]:
    """Where the slope changes: four medians in a row, the second difference of their rises."""
    s, n = x.shape
    best = np.zeros((s, n))
    size = np.zeros((s, n))
    width = np.zeros((s, n), dtype=np.int64)
    for h in (6, 12, 24, 48):
        if n < 8 * h:
            break
        medians = _windows(x, noise, h)
        last = medians.shape[1] - 1
        t = np.arange(2 * h, n - 2 * h + 1)
        m1, m2, m3 = medians[:, t - 2 * h], medians[:, t - h], medians[:, t]
        m4 = medians[:, np.minimum(t + h, last)]
        d = (m4 - m3) - (m2 - m1)
        score = _judged(d, noise * 1.25 * 2 / np.sqrt(h), n / (2 * h)) - np.log10(4)
        straight = np.abs(m3 - m2 - ((m4 - m3) + (m2 - m1)) / 2) < 0.5 * np.abs(d)
        score = np.where(straight & (np.abs(d) >= _STRONG * noise), score, 0.0)
        better = score > best[:, t]
        best[:, t] = np.where(better, score, best[:, t])
        size[:, t] = np.where(better, d / h, size[:, t])
        width[:, t] = np.where(better, h, width[:, t])
    return _peaks(x, best, size, width, threshold + 2, lead, "trend")


def _judged(d: Floats, least: Floats, windows: float) -> Floats:
    """−log10 of the two-sided tail of each difference against the spread of all."""
    from scipy.special import stdtr  # half a second that only judging needs

    middle = np.median(d, axis=1, keepdims=True)
    away = np.abs(d - middle)
    middle_most, most = np.quantile(away, [0.5, 0.8], axis=1, keepdims=True)
    width = np.maximum(np.maximum(MAD * middle_most, most / 1.2816), least)
    freedom = max(3.0, windows)
    z = away / np.maximum(width, 1e-300)
    out = np.zeros_like(z)
    far = z > 2.5
    out[far] = -np.log10(np.maximum(2 * stdtr(freedom, -z[far]), 1e-40))
    if windows < _MANY:
        return np.asarray(out)
    # so many windows tell their own tail: weather turns, and a turn of it is no shift of level
    own, _ = surprise(z, np.ones(z.shape, dtype=bool), None, INNER)
    return np.asarray(np.minimum(out, own))


def _windows(x: Floats, noise: Floats, width: int) -> Floats:
    """The level of x[t : t + width]: a median, or where that is long a mean after cutting what stands out."""
    if width < 12:
        return sliding(x, width)
    around = centred(x, 9)
    cut = np.clip(x, around - 2 * noise, around + 2 * noise)
    total = np.concatenate([np.zeros((len(x), 1)), np.cumsum(cut, axis=1)], axis=1)
    return np.asarray((total[:, width:] - total[:, :-width]) / width)


def _peaks(
    x: Floats,
    score: Floats,
    size: Floats,
    width: np.ndarray,
    threshold: Floats,
    lead: np.ndarray,
    kind: str,
) -> list[Shift]:
    """The highest points of stretches beyond the threshold, apart from each other."""
    out = []
    n = x.shape[1]
    for row in np.flatnonzero((score > threshold).any(axis=1)):
        mine = score[row].copy()
        mine[: lead[row] + WIDTHS[0]] = 0
        gap = max(WIDTHS[0], n // 50)
        for _ in range(max(4, n // 40)):
            at = int(np.argmax(mine))
            if mine[at] <= threshold[row, 0]:
                break
            sign = np.sign(size[row, at])
            exact = _exact(x[row], at, sign, gap) if kind == "shift" else at
            out.append(
                Shift(int(row), exact, float(size[row, at]), float(mine[at]), kind, int(width[row, at]))
            )
            # what belongs to the same step goes with it
            a, b = at, at
            while a > 0 and mine[a - 1] > 0.3 * mine[at] and np.sign(size[row, a - 1]) == sign:
                a -= 1
            while b < n - 1 and mine[b + 1] > 0.3 * mine[at] and np.sign(size[row, b + 1]) == sign:
                b += 1
            mine[max(0, min(a, at - gap)) : max(b, at + gap) + 1] = 0
    return [m for m in out if not any(_echo(m, other) for other in out)]


def _echo(move: Shift, of: Shift) -> bool:
    """Whether a shift is but what a stronger one close by does to the medians about it."""
    near = abs(move.at - of.at) <= 2 * max(move.width, of.width, 12)
    return move.row == of.row and near and move.score < 0.5 * of.score


def _exact(x: Floats, at: int, sign: float, reach: int) -> int:
    """The cell near `at` before and after which the means of a few points differ most."""
    reach = max(5, min(reach, 12))
    first, last = max(3, at - reach), min(len(x) - 3, at + reach)
    if last <= first:
        return at
    best, where = -np.inf, at
    for t in range(first, last + 1):
        before, after = x[max(0, t - reach) : t], x[t : t + reach]
        rise = sign * (np.median(after) - np.median(before)) + 0.5 * sign * (x[t] - x[t - 1])
        if rise > best:
            best, where = rise, t
    return where
