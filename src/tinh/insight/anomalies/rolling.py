"""Medians along time, for many series at once: edges continue by odd reflection about a robust end level."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tinh.insight.anomalies.networks import middle, sliding

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
MAD = 1.4826  # of a normal distribution: its standard deviation over its median absolute deviation
_EXACT = 12_000_000  # cells gathered for one series at most
_BLOCKY = 49  # windows from this width on are taken over medians of blocks


def padded(x: Floats, before: int, after: int) -> Floats:
    """`x` (series, time) longer at both ends; what is added mirrors the ends about the median of the last
    five points, so that a straight line goes on and one wild end point does not."""
    n = x.shape[1]
    k = min(5, n)
    parts = [x]
    if before:
        level = np.median(x[:, :k], axis=1, keepdims=True)
        parts.insert(0, 2 * level - x[:, _mirror(n, before)][:, ::-1])
    if after:
        level = np.median(x[:, -k:], axis=1, keepdims=True)
        parts.append(2 * level - x[:, n - 1 - _mirror(n, after)])
    return np.concatenate(parts, axis=1)


def _mirror(n: int, count: int) -> NDArray[np.int64]:
    return np.minimum(np.arange(count), n - 1)


def centred(x: Floats, width: int, exact: bool = False) -> Floats:
    """The running median over `width` points (made odd), as long as `x`; wide ones over medians of blocks
    unless they must be `exact`, as over a season."""
    n = x.shape[1]
    half = max(1, min(width, 2 * n - 1) // 2)
    if half * 2 + 1 < _BLOCKY or (exact and (2 * half + 1) * n <= _EXACT):
        return sliding(padded(x, half, half), 2 * half + 1)
    block = max(2, (2 * half + 1) // 24)
    wide = (2 * half + 1) // block | 1
    more = -n % block
    long = padded(x, 0, more)
    blocks = np.median(long.reshape(len(x), -1, block), axis=2)
    smooth = sliding(padded(blocks, wide // 2, wide // 2), wide)
    middles = np.arange(smooth.shape[1]) * block + (block - 1) / 2
    wanted = np.clip(np.arange(n), middles[0], middles[-1])
    return np.stack([np.interp(wanted, middles, row) for row in smooth])


def beside(x: Floats, half: int) -> Floats:
    """The median of the `half` points before and the `half` after each point, without the point."""
    n = x.shape[1]
    half = max(1, min(half, n - 1))
    if half * 2 + 1 >= _BLOCKY:
        return centred(x, half * 2 + 1)
    long = padded(x, half, half)
    return middle([long[:, k : k + n] for k in range(2 * half + 1) if k != half])


def before(x: Floats, width: int) -> Floats:
    """The median of the `width` points before each point; the first ones have what there is."""
    width = max(1, min(width, x.shape[1] - 1))
    return sliding(padded(x, width, 0)[:, :-1], width)


def quantiles(x: Floats, known: Flags, shares: list[float]) -> list[Floats]:
    """Quantiles of each row over its known cells: one column vector a share; 0 where nothing is known."""
    ordered = np.sort(np.where(known, x, np.inf), axis=1)
    count = known.sum(axis=1)
    out = []
    for share in shares:
        place = np.maximum(count - 1, 0) * share
        low = np.floor(place).astype(np.int64)
        high = np.minimum(low + 1, np.maximum(count - 1, 0))
        rows = np.arange(len(x))
        a, b = ordered[rows, low], ordered[rows, high]
        with np.errstate(invalid="ignore"):
            value = a + (b - a) * (place - low)
        out.append(np.where(count > 0, value, 0.0)[:, None])
    return out


def spread(x: Floats, known: Flags) -> Floats:
    """A standard deviation nobody's outlier moves: the median absolute deviation of each row, scaled; where
    more than half agree, the mean deviation after cutting the tails."""
    (middle,) = quantiles(x, known, [0.5])
    away = np.abs(x - middle)
    half, most, nearly = quantiles(away, known, [0.5, 0.9, 0.97])
    out = MAD * half
    for cut in (most, nearly):
        mean = (np.where(known, np.minimum(away, cut), 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1))[
            :, None
        ]
        out = np.where(out > 0, out, 1.2533 * mean)
    return out


def medians(cycles: Floats) -> Floats:
    """The median over the second axis of (series, cycles, phase); NaN is left out, nothing known gives 0."""
    k = cycles.shape[1]
    lacking = np.isnan(cycles)
    if not lacking.any():
        return np.asarray(np.median(cycles, axis=1))
    count = k - lacking.sum(axis=1)
    ordered = np.sort(cycles, axis=1)  # NaN last
    high = np.take_along_axis(ordered, (np.maximum(count, 1) // 2)[:, None], axis=1)[:, 0]
    low = np.take_along_axis(ordered, ((np.maximum(count, 1) - 1) // 2)[:, None], axis=1)[:, 0]
    return np.where(count > 0, (np.nan_to_num(low) + np.nan_to_num(high)) / 2, 0.0)
