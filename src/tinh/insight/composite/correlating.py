"""Correlations of columns over pairwise complete units."""

from __future__ import annotations

import numpy as np

from tinh.insight.composite.moments import Array
from tinh.packs.api import Correlation


def correlations(a: Array, b: Array, kind: Correlation = "pearson") -> Array:
    """Matrix (columns of `a`, columns of `b`), each from the units that have both (R's
    `cor(use = "pairwise.complete.obs")`); spearman on mean ranks, kendall as τ-b."""
    out = np.full((a.shape[1], b.shape[1]), np.nan)
    if kind == "pearson" and not (np.isnan(a).any() or np.isnan(b).any()) and len(a) > 1:
        return _pearson(a, b)
    for i in range(a.shape[1]):
        for j in range(b.shape[1]):
            both = ~(np.isnan(a[:, i]) | np.isnan(b[:, j]))
            if both.sum() > 1:
                out[i, j] = _one(a[both, i], b[both, j], kind)
    return out


def p_values(a: Array, b: Array, r: Array, kind: Correlation = "pearson") -> Array:
    """Two-sided p of the correlations `r`: Student's t with n − 2 degrees of freedom for pearson and
    spearman, kendall as scipy (exact for few units without ties, else normal)."""
    from scipy import stats

    if kind == "kendall":
        return _kendall_p(a, b)
    n = (~np.isnan(a)).T.astype(float) @ (~np.isnan(b)).astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.abs(r) * np.sqrt((n - 2) / (1 - r**2))
    out: Array = 2 * stats.t.sf(t, np.maximum(n - 2, 1))
    return np.where(np.isnan(r) | (n < 3), np.nan, out)


def _kendall_p(a: Array, b: Array) -> Array:
    from scipy import stats

    out = np.full((a.shape[1], b.shape[1]), np.nan)
    for i in range(a.shape[1]):
        for j in range(b.shape[1]):
            both = ~(np.isnan(a[:, i]) | np.isnan(b[:, j]))
            if both.sum() > 2:
                out[i, j] = stats.kendalltau(a[both, i], b[both, j]).pvalue
    return out


def _pearson(a: Array, b: Array) -> Array:
    x, y = a - a.mean(axis=0), b - b.mean(axis=0)
    sx, sy = np.sqrt((x**2).sum(axis=0)), np.sqrt((y**2).sum(axis=0))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((x.T @ y) / np.outer(sx, sy))


def _one(x: Array, y: Array, kind: Correlation) -> float:
    from scipy import stats

    if kind == "kendall":
        return float(stats.kendalltau(x, y).statistic)
    if kind == "spearman":
        x, y = stats.rankdata(x), stats.rankdata(y)
    return float(_pearson(x[:, None], y[:, None])[0, 0])
