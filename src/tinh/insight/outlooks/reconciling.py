"""Forecasts of parts and of their whole, made to add up.

Means: minimum trace with a shrunk covariance (MinT-shrink), Wickramasuriya, Athanasopoulos & Hyndman
(2019), JASA 114, in its zero-constrained form ỹ = ŷ − W C' (C W C')⁻¹ C ŷ (Di Fonzo & Girolimetto 2023,
IJF 39). W is scaled to each step by the width of the calibrated intervals; correlations are those of past
changes, shrunk towards 0 after Schäfer & Strimmer (2005), Statist. Appl. Genet. Mol. Biol. 4(1).

Paths: those of the whole stay as they are, so its calibration is kept, and the parts of each path are moved
by their share of the variance until they add up to it (level conditional coherence: Hollyman, Petropoulos &
Tipping 2021, EJOR 294), within their bounds; whole numbers by largest remainders.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tinh.insight.forecasting.nature import Nature

Array = NDArray[np.float64]


def means(
    whole: Array,
    parts: Array,
    weights: Array,
    whole_sd: Array,
    parts_sd: Array,
    changes: Array,
    nature: Nature,
) -> tuple[Array, Array]:
    """Coherent means: `whole` (steps,), `parts` (parts × steps), with whole = weights · parts at every step.

    `changes` (periods × (1 + parts)) are past changes of the whole and its parts, NaN where unknown.
    """
    ties = np.concatenate(([1.0], -weights))
    like = shrunk(changes)
    out_whole, out_parts = np.empty_like(whole), np.empty_like(parts)
    for step in range(len(whole)):
        sd = np.maximum(np.concatenate(([whole_sd[step]], parts_sd[:, step])), 1e-12)
        spread = like * np.outer(sd, sd)
        said = np.concatenate(([whole[step]], parts[:, step]))
        pull = spread @ ties
        tight = float(ties @ pull)
        moved = said - pull * (float(ties @ said) / tight) if tight > 0 else said
        total = _held(moved[0], weights, nature)
        out_parts[:, step] = spread_out(moved[1:], total, weights, sd[1:] ** 2, nature)
        out_whole[step] = float(weights @ out_parts[:, step])
    return out_whole, out_parts


def paths(whole: Array, parts: Array, weights: Array, nature: Nature) -> tuple[Array, Array]:
    """Paths of the parts (parts × paths) at one step, moved until they add up to those of the whole."""
    variance = np.maximum(parts.var(axis=1), 1e-12)
    out = np.empty_like(parts)
    total = np.array([_held(float(x), weights, nature) for x in whole])
    for path in range(len(whole)):
        out[:, path] = spread_out(parts[:, path], total[path], weights, variance, nature)
        if nature.whole and bool(np.all(weights == 1)):
            out[:, path] = rounded(out[:, path], round(total[path]))
    if nature.whole and bool(np.all(weights == 1)):
        return np.round(total), out
    return np.array(weights @ out), out


def _held(total: float, weights: Array, nature: Nature) -> float:
    low = -np.inf if nature.lower is None else nature.lower * float(weights.sum())
    high = np.inf if nature.upper is None else nature.upper * float(weights.sum())
    return float(min(max(total, low), high))


def spread_out(parts: Array, total: float, weights: Array, variance: Array, nature: Nature) -> Array:
    """`parts` moved by their share of the variance until weights · parts = total, none beyond its bounds."""
    low = -np.inf if nature.lower is None else nature.lower
    high = np.inf if nature.upper is None else nature.upper
    out = np.clip(parts, low, high)
    for _ in range(60):
        short = total - float(weights @ out)
        if abs(short) <= 1e-12 * max(1.0, abs(total)):
            break
        free = (out < high) if short > 0 else (out > low)
        pull = np.where(free, weights * variance, 0.0)
        strength = float(weights @ pull)
        if strength <= 0:
            break
        out = np.clip(out + pull * short / strength, low, high)
    return out


def rounded(parts: Array, total: int) -> Array:
    """Whole numbers that add up to `total`: floors, and one more for the largest remainders."""
    floors = np.floor(parts)
    missing = int(total - floors.sum())
    order = np.argsort(floors - parts, kind="stable")  # the largest remainder first
    if missing > 0:
        for at in range(missing):
            floors[order[at % len(order)]] += 1
    while missing < 0:  # rounding of the whole went below the floors
        at = int(np.argmax(floors))
        floors[at] -= 1
        missing += 1
    return np.asarray(floors, dtype=np.float64)


def shrunk(changes: Array) -> Array:
    """The correlation of columns, shrunk towards none by the estimated best share (Schäfer & Strimmer 2005,
    eq. 10 with the target D of table 2); unrelated where fewer than four complete rows are known."""
    width = changes.shape[1]
    rows = changes[np.isfinite(changes).all(axis=1)]
    count = len(rows)
    if count < 4:
        return np.eye(width)
    centred = rows - rows.mean(axis=0)
    sd = centred.std(axis=0)
    still = sd <= 1e-12
    z = centred / np.where(still, 1.0, sd) * np.sqrt((count - 1) / count)
    products = z[:, :, None] * z[:, None, :]
    mean = products.mean(axis=0)
    correlation = mean * count / (count - 1)
    doubt = count / (count - 1) ** 3 * ((products - mean) ** 2).sum(axis=0)
    off = ~np.eye(width, dtype=bool)
    size = float((correlation[off] ** 2).sum())
    share = 1.0 if size == 0 else min(1.0, max(0.0, float(doubt[off].sum()) / size))
    out = (1 - share) * correlation
    out[still, :] = 0.0
    out[:, still] = 0.0
    np.fill_diagonal(out, 1.0)
    return np.asarray(out)
