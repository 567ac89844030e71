"""A scale on which the spread of a series does not grow with its level: as it is, square root or logarithm.

Chosen for each series by the slope of log spread on log level over blocks (spread–level plot, Tukey 1977).
"""

from __future__ import annotations

import numpy as np

from tinh.insight.anomalies.rolling import Flags, Floats

_BLOCK = 6
_PLAIN, _ROOT, _LOG, _COUNT = 0, 1, 2, 3
_ANSCOMBE = 0.375  # added to counts before their root (Anscombe 1948)


def powers(y: Floats, known: Flags) -> np.ndarray:
    """For each row 0 as it is, 1 square root, 2 logarithm, 3 square root of small whole numbers."""
    s, n = y.shape
    out = np.zeros(s, dtype=np.int64)
    block = _BLOCK
    k = n // block
    count_known = np.maximum(known.sum(axis=1), 1)
    positive = (known & (y <= 0)).sum(axis=1) <= 0.02 * count_known
    never_negative = ~(known & (y < 0)).any(axis=1)
    rows = np.flatnonzero(never_negative)
    if k < 6 or not len(rows):
        return out
    parts = y[rows][:, n - k * block :].reshape(len(rows), k, block)
    level = np.median(parts, axis=2)
    # Steps inside blocks tell the spread without what the trend adds.
    width = np.median(np.abs(np.diff(parts, axis=2)), axis=2)
    good = (level > 0) & (width > 0)
    with np.errstate(all="ignore"):
        a = np.where(good, np.log(np.where(good, level, 1)), 0.0)
        b = np.where(good, np.log(np.where(good, width, 1)), 0.0)
    count = np.maximum(good.sum(axis=1), 1)
    ma, mb = a.sum(axis=1) / count, b.sum(axis=1) / count
    da, db = np.where(good, a - ma[:, None], 0), np.where(good, b - mb[:, None], 0)
    va, vb, cov = (da**2).sum(axis=1), (db**2).sum(axis=1), (da * db).sum(axis=1)
    with np.errstate(all="ignore"):
        slope = np.where(va > 0, cov / va, 0.0)
        corr = np.where((va > 0) & (vb > 0), cov / np.sqrt(va * vb), 0.0)
    enough = (count >= 6) & (va / count > 0.15**2) & (corr > 0.4)
    chosen = np.where(enough & (slope > 0.75), _LOG, np.where(enough & (slope > 0.3), _ROOT, _PLAIN))
    chosen = np.where((chosen == _LOG) & ~positive[rows], _ROOT, chosen)
    out[rows] = chosen
    small = np.median(y, axis=1) < 100
    whole = never_negative & small & np.all(np.where(known, y == np.rint(y), True), axis=1)
    out[whole & (out != _LOG)] = _COUNT
    return out


def apply(y: Floats, power: np.ndarray) -> Floats:
    out = y.copy()
    root, log = power == _ROOT, power == _LOG
    out[root] = np.sqrt(np.maximum(y[root], 0))
    out[power == _COUNT] = np.sqrt(np.maximum(y[power == _COUNT], 0) + _ANSCOMBE)
    if log.any():
        # what is at zero for once counts as a tenth of what is low
        low = np.quantile(y[log], 0.05, axis=1, keepdims=True)
        out[log] = np.log(np.maximum(y[log], np.maximum(0.1 * low, 1e-300)))
    return out


def undo(x: Floats, power: np.ndarray) -> Floats:
    out = x.copy()
    root, log = power == _ROOT, power == _LOG
    out[root] = np.maximum(x[root], 0) ** 2
    out[power == _COUNT] = np.maximum(np.maximum(x[power == _COUNT], 0) ** 2 - _ANSCOMBE, 0)
    out[log] = np.exp(np.minimum(x[log], 700))
    return out
