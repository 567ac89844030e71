"""Skewness and kurtosis of columns, and the test for outliers that stands on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shape:
    """Sample skewness and excess kurtosis, one of each a column; NaN below 3 and 4 values."""

    skew: Array
    kurt: Array

    def passes(self, skew: float = 2.0, kurt: float = 3.5) -> NDArray[np.bool_]:
        """Columns without outliers: |skewness| < `skew` or kurtosis < `kurt`.

        A column whose shape is not defined (too few or equal values) passes.
        """
        undefined = np.isnan(self.skew) | np.isnan(self.kurt)
        return (np.abs(self.skew) < skew) | (self.kurt < kurt) | undefined


def shape(x: Array) -> Shape:
    """The shape of each column of `x` (units, columns).

    Type 2 of Joanes & Gill (1998), as in SAS, SPSS, Excel and COINr:
    G1 = g1·√(n(n−1))/(n−2) and G2 = ((n+1)·g2 + 6)(n−1)/((n−2)(n−3)), with g1 = m3/m2^1.5 and
    g2 = m4/m2² − 3 of the central moments with divisor n.
    """
    there = ~np.isnan(x)
    n = there.sum(axis=0).astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(there, x, 0.0).sum(axis=0) / n
        d = np.where(there, x - mean, 0.0)
        square = d * d
        s2, s3, s4 = square.sum(axis=0), (square * d).sum(axis=0), (square * square).sum(axis=0)
        # what rounding leaves of equal values is no spread
        flat = s2 <= n * (4 * np.finfo(float).eps * np.maximum(np.abs(mean), 1e-300)) ** 2
        skew = np.sqrt(n) * s3 / s2**1.5 * np.sqrt(n * (n - 1)) / (n - 2)
        kurt = ((n + 1) * (n * s4 / s2**2 - 3) + 6) * (n - 1) / ((n - 2) * (n - 3))
    skew[(n < 3) | flat] = np.nan
    kurt[(n < 4) | flat] = np.nan
    return Shape(skew, kurt)
