"""Outliers: first winsorised, then, where that is not enough, transformed.

The order and the limits follow the handbook (step 3, p. 85) and COINr's `Treat`: a column fails when
|skewness| ≥ 2 and kurtosis ≥ 3.5; it is winsorised point by point until it passes or `most` points were
moved; a column that still fails is transformed from its untreated values (`combine`: from the treated).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tinh.insight.composite.moments import Array, Shape, shape
from tinh.packs.api import TreatThen

NEVER = 1 << 30  # no limit on how many points are winsorised


@dataclass(frozen=True, slots=True)
class Treating:
    most: int = 5
    then: TreatThen = "log"
    lambda_: float = 0.0
    skew: float = 2.0
    kurt: float = 3.5
    combine: bool = False


@dataclass(frozen=True, slots=True)
class Treated:
    """`x` after treatment; per column: points winsorised, transformed or not, shapes before and after."""

    x: Array
    moved: NDArray[np.int64]
    transformed: NDArray[np.bool_]
    before: Shape
    after: Shape


def treat(x: Array, how: Treating) -> Treated:
    """Each column of `x` (units, columns) treated as `how` says."""
    before = shape(x)
    fails = ~before.passes(how.skew, how.kurt)
    out = x.copy()
    moved = np.zeros(x.shape[1], dtype=np.int64)
    if fails.any() and how.most > 0:
        out[:, fails], moved[fails] = winsorise(x[:, fails], how.most, how.skew, how.kurt)
    fails = ~shape(out).passes(how.skew, how.kurt) if fails.any() else fails
    transformed = np.zeros_like(fails)
    if fails.any() and how.then != "none":
        start = out if how.combine else x
        out[:, fails] = transform(start[:, fails], how.then, how.lambda_)
        transformed = fails
        if not how.combine:
            moved[fails] = 0
    return Treated(out, moved, transformed, before, shape(out))


def winsorise(x: Array, most: int, skew: float = 2.0, kurt: float = 3.5) -> tuple[Array, NDArray[np.int64]]:
    """Values pulled in one at a time, and how many were in each column.

    While a column fails and fewer than `most` points were moved: when its skewness is not negative, all
    points equal to the maximum become the next largest value, else all equal to the minimum the next
    smallest. Ties move together, so that a column may end above `most` (COINr `winsorise`).
    """
    x = x.copy()
    high = np.zeros(x.shape[1], dtype=np.int64)
    low = np.zeros(x.shape[1], dtype=np.int64)
    working = np.arange(x.shape[1])
    while working.size:
        part = x[:, working]
        now = shape(part)
        going = ~now.passes(skew, kurt) & (high[working] + low[working] < most)
        working, part, up = working[going], part[:, going], now.skew[going] >= 0
        if not working.size:
            break
        sign = np.where(up, 1.0, -1.0)
        flipped = part * sign
        filled = np.where(np.isnan(flipped), -np.inf, flipped)
        top = filled.max(axis=0)
        at_top = filled == top
        second = np.where(at_top, -np.inf, filled).max(axis=0)
        x[:, working] = np.where(at_top, second, flipped) * sign
        counted = at_top.sum(axis=0)
        high[working] = np.where(up, counted, high[working])
        low[working] = np.where(up, low[working], counted)
    return x, high + low


def transform(x: Array, then: TreatThen, lambda_: float = 0.0) -> Array:
    """Columns on another scale.

    log: ln(x − min + 0.01·(max − min)) · log_signed: the same for skewness > 0, else
    −ln(max + 0.01·(max − min) − x)
    · log_plus_one: ln(x − min + 1) · log_gii: ln((max − 1)(x − min)/(max − min) + 1) · boxcox: with
    x − min + 1 in place of x, (x^λ − 1)/λ, or ln x at λ = 0 (Box & Cox 1964). Names in COINr: log_CT,
    log_CT_plus, log_CT_orig, log_GII, boxcox.
    """
    low, high = _least(x), _most(x)
    with np.errstate(divide="ignore", invalid="ignore"):
        if then == "log":
            return np.log(x - low + 0.01 * (high - low))
        if then == "log_signed":
            edge = 0.01 * (high - low)
            return np.where(shape(x).skew > 0, np.log(x - low + edge), -np.log(high + edge - x))
        if then == "log_plus_one":
            return np.log(x - low + 1)
        if then == "log_gii":
            return np.log((high - 1) * (x - low) / (high - low) + 1)
        if then == "boxcox":
            moved = x - low + 1
            return np.log(moved) if lambda_ == 0 else (moved**lambda_ - 1) / lambda_
    return x.copy()


def _least(x: Array) -> Array:
    out: Array = np.where(np.isnan(x), np.inf, x).min(axis=0)
    return out


def _most(x: Array) -> Array:
    out: Array = np.where(np.isnan(x), -np.inf, x).max(axis=0)
    return out
