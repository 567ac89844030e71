"""Filling missing values (handbook, step 3)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinh.insight.composite.moments import Array
from tinh.packs.api import ImputeBy


def impute(x: Array, how: ImputeBy, groups: Sequence[str | None] = (), turned: Array | None = None) -> Array:
    """`x` (units, columns) with its gaps filled; `groups`: the group of each unit, or None.

    mean, median: of the column · group_…: of the column within the unit's group; a unit without a group,
    and a group that has no value, stay missing · row_…: of the unit's other components on a 0 to 1
    scale, turned back (`turned`: 1 or −1 a column) · em: expectation–maximisation under a normal model
    (Dempster, Laird & Rubin 1977; Little & Rubin 2002, ch. 11) · zero: absent counts nothing.
    """
    gaps = np.isnan(x)
    if how == "none" or not gaps.any():
        return x
    if how == "zero":
        return np.where(gaps, 0.0, x)
    if how in ("mean", "median"):
        return np.where(gaps, _centre(x, how), x)
    if how in ("group_mean", "group_median"):
        out = x.copy()
        for name in dict.fromkeys(g for g in groups if g is not None):
            rows = np.array([g == name for g in groups])
            out[rows] = np.where(gaps[rows], _centre(x[rows], how.removeprefix("group_")), x[rows])
        return out
    if how in ("row_mean", "row_median"):
        return _by_row(x, how.removeprefix("row_"), turned)
    return expectation_maximisation(x)


def _centre(x: Array, how: str) -> Array:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a column without values stays NaN
        out: Array = np.nanmean(x, axis=0) if how == "mean" else np.nanmedian(x, axis=0)
    return out


def _by_row(x: Array, how: str, turned: Array | None) -> Array:
    sign = np.ones(x.shape[1]) if turned is None else turned
    facing = x * sign
    least, most = np.nanmin(facing, axis=0), np.nanmax(facing, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = (facing - least) / (most - least)
    filled = _centre(scaled.T, how)[:, None] * (most - least) + least
    return np.where(np.isnan(x), filled * sign, x)


def expectation_maximisation(x: Array, rounds: int = 1000, close: float = 1e-9) -> Array:
    """Gaps of `x` replaced by their conditional means given the unit's other values, at the maximum
    likelihood estimates of mean and covariance of a multivariate normal.

    Deterministic, from the complete means and variances. A ridge of 1e−8 of each variance keeps the
    covariance invertible when there are more components than complete units.
    """
    columns = [j for j in range(x.shape[1]) if np.isfinite(x[:, j]).sum() > 1]
    part = x[:, columns]
    centre, spread = np.nanmean(part, axis=0), np.nanstd(part, axis=0)
    spread = np.where(spread == 0, 1.0, spread)
    z = (part - centre) / spread
    gaps = np.isnan(z)
    mean, cov = np.zeros(z.shape[1]), np.eye(z.shape[1])
    filled = np.where(gaps, 0.0, z)
    patterns, which = np.unique(gaps, axis=0, return_inverse=True)
    which = which.reshape(-1)
    for _ in range(rounds):
        extra = np.zeros_like(cov)
        for number, absent in enumerate(patterns):
            if not absent.any():
                continue
            rows, known = which == number, ~absent
            inner = cov[np.ix_(known, known)]
            slope = np.linalg.lstsq(inner, cov[np.ix_(known, absent)], rcond=None)[0]
            filled[np.ix_(rows, absent)] = mean[absent] + (z[np.ix_(rows, known)] - mean[known]) @ slope
            left = cov[np.ix_(absent, absent)] - cov[np.ix_(absent, known)] @ slope
            extra[np.ix_(absent, absent)] += rows.sum() * left
        before = mean, cov
        mean = filled.mean(axis=0)
        around = filled - mean
        cov = (around.T @ around + extra) / len(filled)
        cov[np.diag_indices_from(cov)] += 1e-8
        if max(np.abs(mean - before[0]).max(), np.abs(cov - before[1]).max()) < close:
            break
    out = x.copy()
    out[:, columns] = np.where(gaps, filled * spread + centre, part)
    return out
