"""How much each member counts: shares learnt over all looks of like series, leaning on their traits.

Combinations weighted by traits of the series: FFORMA (Montero-Manso, Athanasopoulos, Hyndman, Talagala
2020, IJF 36(1)), here with a softmax that is linear in five traits instead of boosted trees, so that a few
dozen series suffice. The loss is the pooled scaled absolute error of the combination itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tinh.insight.forecasting.blend import Bench

Array = NDArray[np.float64]
_SHARES = {"naive": 0.15, "snaive": 0.15, "snaive2": 0.5, "growth": 1.0, "ar": 0.5, "arima": 0.7}
_HELD, _LEANT = 1.5, 25.0  # how stiffly shares are held to the first ones, and leanings to none, in series
_WILD = 3.0  # misses beyond so many typical ones count by their root: a few wild series must not rule
_MIDDLE = np.array([-0.5, 0.6, 0.0, -1.0, 0.5])
_WIDTH = np.array([0.5, 0.3, 0.7, 0.6, 0.5])
_MANY = 3_000  # looks are enough
_FOLDS = 4


def traits(bench: Bench) -> Array:
    """What a series looks like (looks, 1 + 5).

    1; how well one step is foreseen against a season's change; how fast changes grow with the lead; length;
    how far members lie apart; how far they go from now to the end.
    """
    middle = np.nanmedian(bench.means, axis=1)
    apart = np.nanmean(np.abs(bench.means - middle[:, None, :]), axis=(1, 2)) / bench.reach.mean(axis=1)
    seen = np.stack(
        [
            np.log(bench.inner / bench.unit),
            np.log(bench.reach[:, -1] / bench.reach[:, 0]) / np.log(max(bench.reach.shape[1], 2)),
            np.log(bench.past / 40),
            np.log(apart + 0.05),
            np.abs(middle[:, -1] - middle[:, 0]) / bench.reach[:, -1],
        ],
        axis=1,
    )
    return np.column_stack((np.ones(len(seen)), np.clip((seen - _MIDDLE) / _WIDTH, -2.5, 2.5)))


def shares(bench: Bench) -> Array:
    """Shares of the members at every look (looks, members), 0 for a member that is missing there.

    Looks from the past are given what the other series say (folds): errors of a combination that had seen
    what it is judged by would be too small, and the intervals made of them too narrow (cross-conformal
    prediction, Vovk 2015, Ann. Math. Artif. Intell. 74).
    """
    columns = traits(bench)
    there = np.asarray(np.isfinite(bench.means).all(axis=2))
    rows = np.flatnonzero((bench.turn > 0) & np.isfinite(bench.actual).any(axis=1))
    out = _soft(columns, _learnt(bench, columns, there, rows), there)
    fold = np.random.default_rng(0).permutation(int(bench.owner.max()) + 1)[bench.owner] % _FOLDS
    for one in range(_FOLDS if len(rows) else 0):
        apart = np.asarray((fold == one) & (bench.turn > 0))
        if apart.any():
            powers = _learnt(bench, columns, there, rows[fold[rows] != one])
            out[apart] = _soft(columns[apart], powers, there[apart])
    return out


def _learnt(bench: Bench, columns: Array, there: NDArray[np.bool_], rows: NDArray[np.int64]) -> Array:
    """Logarithms of the shares by trait (traits, members), from the looks `rows`."""
    from scipy import optimize

    first = np.zeros((columns.shape[1], len(bench.names)))
    first[0] = np.log([_SHARES.get(name, 1.0) for name in bench.names])
    if not len(rows):
        return first
    if len(rows) > _MANY:
        rows = np.sort(np.random.default_rng(0).choice(rows, _MANY, replace=False))
    known = np.isfinite(bench.actual[rows])
    guess, actual = np.nan_to_num(bench.means[rows]), np.nan_to_num(bench.actual[rows])
    at, member = columns[rows], there[rows]
    _, number, count = np.unique(bench.owner[rows], return_inverse=True, return_counts=True)
    unit = bench.unit[rows]
    begun = np.einsum("rm,rmh->rh", _soft(at, first, member), guess)
    miss = (np.abs(begun - actual) * known).sum(axis=1) / known.sum(axis=1) / unit
    typical = max(float(np.average(miss, weights=1 / count[number])), 1e-12)
    size = unit * typical * np.maximum(1, np.sqrt(miss / typical / _WILD))
    part = (1 / count[number] / size / known.sum(axis=1))[:, None] * known
    soft = 1e-3 * size[:, None]
    stiff = np.full(first.shape, _LEANT)
    stiff[0] = _HELD

    def loss(flat: Array) -> tuple[float, Array]:
        powers = flat.reshape(first.shape)
        share = _soft(at, powers, member)
        mean = np.einsum("rm,rmh->rh", share, guess)
        away = mean - actual
        length = np.sqrt(away**2 + soft**2)
        pull = part * away / length
        slope = share * (np.einsum("rmh,rh->rm", guess, pull) - (pull * mean).sum(axis=1)[:, None])
        moved = powers - first
        value = float((part * length).sum() + 0.5 * np.sum(stiff * moved**2))
        return value, np.asarray(at.T @ slope + stiff * moved).ravel()

    found = optimize.minimize(loss, first.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": 120}).x
    return np.asarray(found).reshape(first.shape)


def _soft(columns: Array, powers: Array, there: NDArray[np.bool_]) -> Array:
    line = np.where(there, columns @ powers, -np.inf)
    out = np.exp(line - line.max(axis=1, keepdims=True))
    return np.asarray(out / out.sum(axis=1, keepdims=True))
