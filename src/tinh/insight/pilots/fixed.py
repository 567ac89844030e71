"""Two-way fixed effects: difference-in-differences with cluster-robust errors.

y_it = a_i + b_t + beta D_it + e_it, by the Frisch-Waugh-Lovell theorem on a panel that may have holes.
Errors: CRV1 (Liang & Zeger 1986) with the small-sample factor (n-1)/(n-k) * G/(G-1) and t(G-1), as fixest
and reghdfe count k: fixed effects nested in the clusters are not counted (Correia 2015; Bergé 2018, fixest
`ssc`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from tinh.insight.pilots.panel import Flags, Floats, Ints, Panel


class Within:
    """Takes unit and period effects out of columns over the observed cells of a panel."""

    def __init__(self, panel: Panel, seen: Flags | None = None) -> None:
        self.seen: Flags = ~np.isnan(panel.y) if seen is None else seen
        self.unit, self.time = (part.astype(np.int64) for part in np.nonzero(self.seen))
        self.n = len(self.unit)
        self.units = len(panel.units)
        self.counts = np.maximum(np.bincount(self.unit, minlength=self.units), 1).astype(float)
        present = np.unique(self.time)
        dummies = (self.time[:, None] == present[None, 1:]).astype(float)
        self.basis = _orthonormal(self._demean(dummies))
        self.periods = len(present)
        self.cluster: Ints = panel.cluster[self.unit]
        self.groups = panel.clusters

    def cells(self, grid: Floats) -> Floats:
        """Units × periods → the observed cells."""
        return np.asarray(grid[self.seen], dtype=float)

    def _demean(self, columns: Floats) -> Floats:
        sums = np.zeros((self.units, columns.shape[1]))
        np.add.at(sums, self.unit, columns)
        out: Floats = columns - (sums / self.counts[:, None])[self.unit]
        return out

    def residual(self, columns: Floats) -> Floats:
        """Columns (cells, or cells × k) without their unit and period effects."""
        flat = columns.ndim == 1
        out = self._demean(columns[:, None] if flat else columns)
        out = out - self.basis @ (self.basis.T @ out)
        return out[:, 0] if flat else out

    def gathered(self, columns: Floats) -> Floats:
        """Sums of columns within clusters."""
        flat = columns.ndim == 1
        wide = columns[:, None] if flat else columns
        out = np.zeros((self.groups, wide.shape[1]))
        np.add.at(out, self.cluster, wide)
        return out[:, 0] if flat else out

    def factor(self, k: int) -> float:
        """The small-sample factor of CRV1 for k coefficients."""
        used = k + self.periods
        return (self.n - 1) / max(self.n - used, 1) * self.groups / max(self.groups - 1, 1)


@dataclass(frozen=True)
class Fit:
    """Coefficients with their CRV1 covariance."""

    beta: Floats
    cov: Floats
    df: int
    n: int
    residual: Floats

    @property
    def se(self) -> Floats:
        return np.sqrt(np.maximum(np.diag(self.cov), 0))

    def p(self, i: int = 0) -> float:
        se = float(self.se[i])
        return float(2 * stats.t.sf(abs(self.beta[i]) / se, self.df)) if se > 0 else float("nan")

    def interval(self, i: int, level: float) -> tuple[float, float]:
        reach = float(stats.t.ppf(0.5 + level / 200, max(self.df, 1)) * self.se[i])
        return float(self.beta[i]) - reach, float(self.beta[i]) + reach


def fit(within: Within, y: Floats, design: Floats) -> Fit:
    """OLS of `y` on `design` (cells × k) beside unit and period effects."""
    yr, xr = within.residual(y), within.residual(design)
    inverse = np.linalg.pinv(xr.T @ xr)
    beta = inverse @ (xr.T @ yr)
    error = yr - xr @ beta
    scores = within.gathered(xr * error[:, None])
    cov = within.factor(design.shape[1]) * inverse @ (scores.T @ scores) @ inverse
    return Fit(beta, cov, within.groups - 1, within.n, error)


def did(panel: Panel) -> tuple[Within, Fit]:
    """The two-way fixed effects estimate of the effect while the pilot runs."""
    within = Within(panel)
    return within, fit(within, within.cells(panel.y), within.cells(panel.on)[:, None])


def wald(beta: Floats, cov: Floats, df: int) -> tuple[float, int, float]:
    """F statistic, restrictions and p of beta = 0, on the rank the covariance has."""
    if not len(beta):
        return float("nan"), 0, float("nan")
    values, vectors = np.linalg.eigh((cov + cov.T) / 2)
    sound = values > 1e-10 * max(values.max(), 1e-300)
    rank = int(sound.sum())
    if not rank or df < 1:
        return float("nan"), rank, float("nan")
    turned = vectors[:, sound].T @ beta
    statistic = float((turned**2 / values[sound]).sum() / rank)
    return statistic, rank, float(stats.f.sf(statistic, rank, df))


def _orthonormal(columns: Floats) -> Floats:
    if not columns.shape[1]:
        return columns
    gram = columns.T @ columns
    values, vectors = np.linalg.eigh(gram)
    sound = values > 1e-10 * max(values.max(), 1e-300)
    out: Floats = columns @ (vectors[:, sound] / np.sqrt(values[sound]))
    return out
