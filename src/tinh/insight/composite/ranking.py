"""Ranks of columns."""

from __future__ import annotations

import numpy as np

from tinh.insight.composite.moments import Array


def ascending(x: Array) -> Array:
    """Ranks along the first axis, 1 for the least; ties share the lowest rank, NaN stays NaN.

    R's `rank(ties.method = "min", na.last = "keep")`, “sport” ranking.
    """
    missing = np.isnan(x)
    filled = np.where(missing, np.inf, x)
    order = np.argsort(filled, axis=0, kind="stable")
    ordered = np.take_along_axis(filled, order, axis=0)
    places = np.arange(1, x.shape[0] + 1, dtype=float).reshape(-1, *[1] * (x.ndim - 1))
    new = np.ones(x.shape, dtype=bool)
    new[1:] = ordered[1:] != ordered[:-1]
    ranked = np.maximum.accumulate(np.where(new, places, 0.0), axis=0)
    out = np.empty_like(filled)
    np.put_along_axis(out, order, ranked, axis=0)
    out[missing] = np.nan
    return out


def best_first(scores: Array) -> Array:
    """Ranks along the first axis, 1 for the greatest; ties share the best rank."""
    return ascending(-scores)
