"""The unobserved components model (handbook, step 6.4)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tinh.insight.composite.errors import TooFewUnits
from tinh.insight.composite.moments import Array

LEAST = 0.005  # of a child's variance that stays its own, as R's `factanal`
ROUNDS, CLOSE = 5000, 1e-10


def unobserved(x: Array, counted: NDArray[np.bool_]) -> Array:
    """E[ph | x] (units,) of `x` (units, children): mean 0 and variance 1 over the units' population.

    x_cq = α_q + β_q·(ph_c + ε_cq) with ph ~ N(0, 1), ε_cq ~ N(0, σ_q²) (equation 23). α, β and σ² are the
    maximum likelihood estimates over all values that are there, by expectation and maximisation
    (Rubin & Thayer 1982); Σβ ≥ 0. E[ph | x_c] = Σ_q w_cq·(x_cq − α_q)/β_q over the children c has, with
    w_cq = σ_q⁻²/(1 + Σσ⁻²) (equations 24 and 25 after Kaufmann, Kraay & Zoido-Lobatón 1999; the handbook
    prints σ² where it says that the weight falls with σ²). At least 3 children, each of at least 3 units,
    and 3 units: TooFewUnits otherwise.
    """
    kept = x[:, counted]
    there = ~np.isnan(kept)
    if kept.shape[1] < 3 or len(kept) < 3 or (there.sum(axis=0) < 3).any():
        least = int(min(kept.shape[1], len(kept), *(there.sum(axis=0))))
        raise TooFewUnits(have=least, need=3, what_vi="cách tính “unobserved”", what_en="unobserved")
    middle, spread = np.nanmean(kept, axis=0), np.nanstd(kept, axis=0)
    spread = np.where(spread == 0, 1.0, spread)
    z = np.where(there, (kept - middle) / spread, 0.0)
    alpha, load, own = _estimate(z, there)
    precision = there * (load / own)
    out = (precision * (z - alpha)).sum(axis=1) / (1 + (precision * load).sum(axis=1))
    return np.where(there.any(axis=1), out if load.sum() >= 0 else -out, np.nan)


def _estimate(z: Array, there: Array) -> tuple[Array, Array, Array]:
    """α, loading and own variance of each standardised column of a one-factor model with gaps."""
    count = there.sum(axis=0)
    alpha, own = np.zeros(z.shape[1]), np.full(z.shape[1], 0.5)
    load = _first(z, there) * np.sqrt(0.5)
    before = -np.inf
    for _ in range(ROUNDS):
        gain = there * load / own
        spread = 1 / (1 + (gain * load).sum(axis=1))
        mean = spread * (gain * (z - alpha)).sum(axis=1)
        second = spread + mean**2
        s1, s2 = there.T @ mean, there.T @ second
        sz, szm = (there * z).sum(axis=0), (there * z).T @ mean
        load = (szm - sz * s1 / count) / (s2 - s1**2 / count)
        alpha = (sz - load * s1) / count
        rest = there * (z - alpha) ** 2
        own = (rest.sum(axis=0) - 2 * load * (szm - alpha * s1) + load**2 * s2) / count
        own = np.maximum(own, LEAST)
        now = _likelihood(z, there, alpha, load, own)
        if abs(now - before) < CLOSE * (1 + abs(now)):
            break
        before = now
    return alpha, load, own


def _likelihood(z: Array, there: Array, alpha: Array, load: Array, own: Array) -> float:
    gain = there * load / own
    spread = 1 / (1 + (gain * load).sum(axis=1))
    off = z - alpha
    fit = (there * off**2 / own).sum(axis=1) - spread * (gain * off).sum(axis=1) ** 2
    return float(-0.5 * ((there * np.log(own)).sum() - np.log(spread).sum() + fit.sum()))


def _first(z: Array, there: Array) -> Array:
    """Signs and sizes to begin with: the first principal axis of the correlations that can be seen."""
    both = np.maximum(there.T.astype(float) @ there, 1.0)
    _, axes = np.linalg.eigh(z.T @ z / both)
    axis: Array = axes[:, -1] * np.sqrt(z.shape[1])
    return axis if axis.sum() >= 0 else -axis
