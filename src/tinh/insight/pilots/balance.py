"""Weights of synthetic difference-in-differences: of the controls and of the periods before.

Arkhangelsky, Athey, Hirshberg, Imbens & Wager (2021), American Economic Review 111(12): algorithm 1 with
the regularisation of eq. 5 (zeta_omega = (N_tr T_post)^(1/4) sigma, sigma the standard deviation of first
differences of the controls before the start; zeta_lambda = 1e-6 sigma), weights by Frank-Wolfe, thinned
once, as in the authors' package.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tinh.insight.pilots.panel import Floats
from tinh.insight.pilots.simplex import wander

_FIRST, _MOST = 100, 10_000
_NEVER = 1e300
Problem = tuple[Floats, Floats]  # controls (J × T) and treated (N × T)


@dataclass(frozen=True)
class Weights:
    """Of controls and of periods before."""

    units: Floats
    times: Floats


@dataclass(frozen=True)
class Penalty:
    """sigma, and zeta_omega."""

    sigma: float
    zeta: float


def penalty(controls: Floats, treated: Floats, before: int) -> Penalty:
    """Of one problem (controls: J × T, treated: N × T)."""
    sigma = noise_of(controls, before)
    return Penalty(sigma, float((len(treated) * (controls.shape[1] - before)) ** 0.25 * sigma))


def gap_of(controls: Floats, treated: Floats, before: int, weights: Weights) -> float:
    gap = treated.mean(axis=0) - weights.units @ controls
    return float(gap[before:].mean() - gap[:before] @ weights.times)


def noise_of(controls: Floats, before: int) -> float:
    """sigma of one problem (controls: J × T)."""
    steps = np.diff(controls[:, :before], axis=1)
    return float(steps.std(ddof=1)) if steps.size > 1 else 1.0


def weigh(
    problems: Sequence[Problem], before: int, begin: Sequence[Weights] | None = None,
    held: Penalty | None = None,
) -> list[Weights]:  # fmt: skip
    """Weights of several problems at once; `held`: the penalties of another problem instead of each its
    own; `begin`: where the walks begin (all alike when not given)."""
    terms = [held or penalty(controls, treated, before) for controls, treated in problems]
    sigma, zeta = np.array([t.sigma for t in terms]), np.array([t.zeta for t in terms])
    early = [(c[:, :before], c[:, before:].mean(axis=1)) for c, _ in problems]
    across = [(c[:, :before].T, t[:, :before].mean(axis=0)) for c, t in problems]
    times = _solve(early, 1e-6 * sigma, 1e-5 * sigma, None if begin is None else [w.times for w in begin])
    units = _solve(across, zeta, 1e-5 * sigma, None if begin is None else [w.units for w in begin])
    return [Weights(u, t) for u, t in zip(units, times, strict=True)]


def _solve(
    given: list[tuple[Floats, Floats]], zeta: Floats, least: Floats, begin: list[Floats] | None
) -> list[Floats]:
    """Centred (an intercept), a first walk, small weights dropped, then on to the end.

    Problems of fewer columns are filled up with columns no walk ever turns to."""
    count, widths = len(given), [rows.shape[1] for rows, _ in given]
    wide = max(widths)
    gram, cross = np.zeros((count, wide, wide)), np.full((count, wide), -_NEVER)
    square, n = np.zeros(count), np.array([len(rows) for rows, _ in given], dtype=float)
    start = np.zeros((count, wide))
    for r, ((rows, goal), k) in enumerate(zip(given, widths, strict=True)):
        a, b = rows - rows.mean(axis=0), goal - goal.mean()
        gram[r, :k, :k], cross[r, :k], square[r] = a.T @ a, a.T @ b, b @ b
        start[r, :k] = 1 / k if begin is None else begin[r]
    ridge = n * zeta**2
    first = wander(gram, cross, square, ridge, n, start, least, _FIRST)
    thin = np.where(first <= first.max(axis=1, keepdims=True) / 4, 0.0, first)
    thin = thin / thin.sum(axis=1, keepdims=True)
    found = wander(gram, cross, square, ridge, n, thin, least, _MOST)
    return [row[:k] for row, k in zip(found, widths, strict=True)]


def normal(weights: Floats) -> Floats:
    total = weights.sum()
    out: Floats = weights / total if total > 0 else np.full(len(weights), 1 / len(weights))
    return out
