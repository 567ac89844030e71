"""Small and intermittent counts: tails of a negative binomial about a running mean, where spreads mean
nothing.

Mean and overdispersion are of values cut at their 98th percentile, so that the burst sought does not hide
itself.
"""

from __future__ import annotations

import numpy as np

from tinh.insight.anomalies.rolling import Flags, Floats, quantiles


def intermittent(y: Floats, known: Flags) -> Flags:
    """Rows (series,) that are never negative and rest at zero a third of the time or more."""
    count = np.maximum(known.sum(axis=1), 1)
    zero = (known & (y == 0)).sum(axis=1) / count
    return np.asarray((zero >= 0.3) & ~(known & (y < 0)).any(axis=1))


def surprise(y: Floats, known: Flags, season: int) -> tuple[Floats, Floats, Floats]:
    """(surprise, mean, upper bound) of each cell, all (series, time); only bursts surprise."""
    from scipy.special import betainc  # half a second that only judging needs

    whole = np.all(np.where(known, y == np.rint(y), True), axis=1, keepdims=True)
    positive = known & (y > 0)
    unit = np.where(whole, 1.0, np.maximum(quantiles(y, positive, [0.5])[0], 1e-300))
    z = np.where(known, y, 0.0) / unit
    (top,) = quantiles(z, known, [0.98])
    cut = np.minimum(z, np.maximum(top, 1.0))
    count = np.maximum(known.sum(axis=1, keepdims=True), 1)
    overall = cut.sum(axis=1, keepdims=True) / count
    mean = _running(cut, known, max(31, y.shape[1] // 4)) if y.shape[1] >= 60 else overall + 0 * z
    mean = (mean + overall) / 2
    if season > 1 and y.shape[1] >= 6 * season:
        mean = mean * _phases(cut, known, season, overall)
    mean = np.maximum(mean, 0.05)
    apart = np.where(known, (cut - mean) ** 2, 0).sum(axis=1, keepdims=True) / count
    over = np.maximum(apart - overall, 0.0) / np.maximum(overall**2, 1e-12)  # 1/size of the distribution
    size = 1.0 / np.maximum(over, 0.02)
    p = size / (size + mean)
    tail = betainc(np.maximum(np.ceil(z - 1e-9), 1.0), size, 1 - p)  # P(Y ≥ z)
    score = np.where(known & (z > mean), -np.log10(np.maximum(tail, 1e-40)), 0.0)
    upper = (mean + 3.5 * np.sqrt(mean + mean**2 / size) + 1) * unit
    return score, mean * unit, upper


def _running(x: Floats, known: Flags, width: int) -> Floats:
    half = width // 2
    n = x.shape[1]
    total = np.cumsum(np.concatenate([np.zeros((len(x), 1)), np.where(known, x, 0)], axis=1), axis=1)
    count = np.cumsum(np.concatenate([np.zeros((len(x), 1)), known], axis=1), axis=1)
    a, b = np.maximum(np.arange(n) - half, 0), np.minimum(np.arange(n) + half + 1, n)
    return np.asarray((total[:, b] - total[:, a]) / np.maximum(count[:, b] - count[:, a], 1))


def _phases(x: Floats, known: Flags, m: int, overall: Floats) -> Floats:
    n = x.shape[1]
    phase = np.arange(n) % m
    out = np.ones_like(x)
    for k in range(m):
        at = phase == k
        share = known[:, at].sum(axis=1, keepdims=True)
        mean = np.where(known[:, at], x[:, at], 0).sum(axis=1, keepdims=True) / np.maximum(share, 1)
        out[:, at] = (share * mean + 6 * overall) / (share + 6) / np.maximum(overall, 1e-12)
    return out
