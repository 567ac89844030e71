"""Intervals that keep their word: errors of the very combination, normalised, pooled over like series.

The scale of an error at each lead is a product of powers of what a series shows (how far it moves in
that many steps, how far its members miss one step, how rough it was lately, how far the members
lie apart, how long it is, how it missed before), fitted over all looks of like series by the likelihood
of Student's t. Quantiles of error over scale, lead by lead and smoothed over neighbours, are
then conformal (Vovk, Gammerman, Shafer 2005, ch. 4; normalised as in Papadopoulos, Gammerman, Vovk 2008).
Where like series are few, `priors` stand in for them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tinh.insight.forecasting.blend import Bench, Blend
from tinh.insight.forecasting.priors import POWERS, QUANTILES

Array = NDArray[np.float64]
GRID = np.concatenate(
    ([0.0025, 0.005, 0.01, 0.015], np.arange(0.02, 0.981, 0.01), [0.985, 0.99, 0.995, 0.9975])
)
FEATURES = ("one", "inner", "late", "apart", "past", "record", "lead", "thin")
_STIFF = np.array([60.0, 60.0, 60.0, 60.0, 120.0, 100.0, 100.0, 200.0])
_HELD = 15.0  # series that the priors stand for
_FREEDOM = 8.0
_AHEAD = 1.015  # what comes is a little rougher than what looks from the past saw, on real series
_SHARED = 0.06  # … and more so many short series of years: what surprises all at the end is in no look back
_DOUBT = 8.0  # of a series' own record: how much of what is usual stands beside it
_USUAL = float(np.mean(np.log(np.trapezoid(np.abs(QUANTILES), GRID, axis=1)))) - 0.2  # of a look's mean miss


@dataclass(frozen=True, slots=True)
class Calibrated:
    """`scale` (looks, horizon) in the unit of the series, `quantiles` (horizon, len(GRID)) of error / scale,
    `together` (horizon, horizon) the correlation of their normal scores."""

    scale: Array
    quantiles: Array
    together: Array
    powers: Array
    known: int


def calibrated(bench: Bench, blend: Blend, seasonal: bool = True) -> Calibrated:
    """Scales and quantiles from every look of the bench. `seasonal` False: series of years, or that have no
    season either way."""
    error = bench.actual - blend.mean
    known = np.isfinite(error) & (bench.turn > 0)[:, None]
    looked = known.any(axis=1)
    count = np.maximum(np.bincount(bench.owner[looked], minlength=int(bench.owner.max()) + 1), 1)
    weight = np.broadcast_to((1 / count[bench.owner])[:, None], error.shape)
    columns = features(bench, blend, records(bench, blend))
    powers = POWERS
    if known.any():
        part = weight[known]
        part = part / part.sum() * min(3.0 * float(looked.sum()), 6000.0)
        powers = likeliest(columns[known], np.abs(error / bench.reach)[known], part, POWERS, _STIFF)
    scale = bench.reach * np.exp(columns @ powers)
    unitless = np.where(known, error / scale, np.nan)
    series = len(np.unique(bench.owner[looked]))
    past = bench.past[bench.turn == 0]
    ahead = _AHEAD if seasonal else _AHEAD + _SHARED * _trust(series) * float(np.mean(1 - lengthy(past)))
    quantiles = ahead * _quantiles(unitless, weight, series, usual(past))
    return Calibrated(scale, quantiles, _together(unitless), powers, series)


def features(bench: Bench, blend: Blend, record: Array) -> Array:
    """Logarithms of what may widen or narrow an interval (looks, horizon, features)."""
    reach, horizon = bench.reach, bench.reach.shape[1]
    ones = np.ones_like(reach)
    return np.stack(
        [
            ones,
            np.log(bench.inner[:, None] / reach),
            np.log(bench.late / bench.inner)[:, None] * ones,
            np.log(blend.apart / reach + 0.05) + 1.0,
            (np.log(bench.past) - np.log(40.0))[:, None] * ones,
            record[:, None] * ones,
            np.log(np.arange(1, horizon + 1) / horizon)[None, :] * ones + 0.7,
            (1 / (bench.past - 1))[:, None] * ones,
        ],
        axis=2,
    )


def likeliest(matrix: Array, miss: Array, part: Array, prior: Array, stiff: Array) -> Array:
    """Powers by penalised likelihood of Student's t of `miss` (rows,) over exp(matrix · powers)."""
    from scipy import optimize

    if len(miss) > 40_000:
        pick = np.random.default_rng(0).choice(len(miss), 40_000, replace=False)
        part = part[pick] * part.sum() / part[pick].sum()
        matrix, miss = matrix[pick], miss[pick]

    def loss(powers: Array) -> tuple[float, Array]:
        line = matrix @ powers
        square = (miss * np.exp(-line)) ** 2 / (_FREEDOM * 1.1)
        value = np.sum(part * (line + (_FREEDOM + 1) / 2 * np.log1p(square)))
        slope = matrix.T @ (part * (1 - (_FREEDOM + 1) * square / (1 + square)))
        away = powers - prior
        return float(value + 0.5 * np.sum(stiff * away**2)), slope + stiff * away

    return np.asarray(optimize.minimize(loss, prior, jac=True, method="L-BFGS-B").x)


def records(bench: Bench, blend: Blend) -> Array:
    """How much wider than usual each series' earlier misses were, as a logarithm, shrunk (looks,).

    Only what was known at the moment looked from counts; usual is what the prior powers expect. Looks with as
    much behind them are centred together: a longer record must not by itself narrow or widen.
    """
    plain = features(bench, blend, np.zeros(len(bench.owner)))
    size = np.abs(bench.actual - blend.mean) / (bench.reach * np.exp(plain @ POWERS))
    leads = np.arange(1, size.shape[1] + 1)
    out = np.zeros(len(bench.owner))
    series = int(bench.owner.max()) + 1
    doubt = _DOUBT * (1 + series / (series + 60))  # with many kin, what is usual is better known than its own
    order = np.argsort(bench.owner, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(bench.owner[order])) + 1):
        for row in rows:
            total, count = 0.0, doubt
            for other in rows[bench.turn[rows] > bench.turn[row]]:
                mask = (bench.past[other] + leads <= bench.past[row]) & np.isfinite(size[other])
                if mask.any():
                    part = float(np.sqrt(mask.sum()))
                    total += part * (float(np.log(np.mean(size[other][mask]) + 0.05)) - _USUAL)
                    count += part
            out[row] = total / count
    for turn in np.unique(bench.turn):
        same = bench.turn == turn
        out[same] -= out[same].mean() * same.sum() / (same.sum() + 10)
    return np.asarray(np.clip(out, -1.5, 1.5))


def lengthy(past: Array) -> Array:
    """How far a past (values) counts as a long one, 0–1: from twenty values to two hundred."""
    return np.asarray(np.clip(np.log(past / 20) / np.log(10), 0, 1))


def usual(past: Array) -> Array:
    """The prior quantiles for series of such pasts: between those of short and those of long ones."""
    share = float(np.mean(lengthy(past)))
    return np.asarray((1 - share) * QUANTILES[0] + share * QUANTILES[1])


def _quantiles(unitless: Array, weight: Array, series: int, expected: Array) -> Array:
    """Quantiles lead by lead (horizon, grid): neighbours count less, prior errors as `_HELD` series."""
    horizon = unitless.shape[1]
    out = np.empty((horizon, len(GRID)))
    prior = np.interp((np.arange(400) + 0.5) / 400, GRID, expected)
    trust = _trust(series)
    # Among few series one wild one must not rule the tails of the others; among many it has its place there.
    farthest = float(expected[-1]) + series / 10
    unitless = np.clip(unitless, -farthest, farthest)
    for lead in range(horizon):
        values, parts = [prior], [np.full(len(prior), _HELD / len(prior))]
        span = max(1, horizon // 8)
        for other in range(max(0, lead - span), min(horizon, lead + span + 1)):
            there = np.isfinite(unitless[:, other])
            share = 1.0 - abs(other - lead) / (span + 1)
            values.append(unitless[there, other])
            parts.append(weight[there, other] * share)
        value, part = np.concatenate(values), np.concatenate(parts)
        both = weighted(np.concatenate((value, -value)), np.concatenate((part, part)), _stretched(series))
        own = weighted(value, part, _stretched(series))
        out[lead] = trust * 0.5 * own + (1 - trust * 0.5) * both
    return out


def _trust(series: int) -> float:
    """How much so many like series say of themselves, beside the priors: 0–1."""
    return series / (series + 60.0)


def _stretched(series: int) -> Array:
    """The grid moved outwards a little where series are few: a quarter of the step of conformal prediction,
    (1 − 2·tail) / (n + 1), n at least sixty. The priors hold the rest; no coverage is proven by it."""
    many = max(series, 60)  # the priors stand for many
    tail = np.minimum(GRID, 1 - GRID)
    moved = np.maximum(tail - 0.5 * (1 - 2 * tail) / (many + 1) * 0.5, 0.2 * tail)
    return np.asarray(np.where(GRID < 0.5, moved, 1 - moved))


def weighted(value: Array, part: Array, at: Array) -> Array:
    """Quantiles of weighted values at the probabilities `at`."""
    order = np.argsort(value)
    value, part = value[order], part[order]
    heap = (np.cumsum(part) - 0.5 * part) / part.sum()
    return np.asarray(np.interp(at, heap, value))


def _together(unitless: Array) -> Array:
    """Correlation between leads, shrunk to that of a random walk observed with noise."""
    from scipy import stats

    horizon = unitless.shape[1]
    lead = np.arange(1, horizon + 1)
    prior = np.sqrt(np.minimum.outer(lead, lead) / np.maximum.outer(lead, lead)) * 0.85
    np.fill_diagonal(prior, 1.0)
    full = unitless[np.isfinite(unitless).all(axis=1)]
    if len(full) < 12 or horizon == 1:
        return prior
    score = stats.norm.ppf((stats.rankdata(full, axis=0) - 0.5) / len(full))
    seen = np.corrcoef(score.T)
    trust = len(full) / (len(full) + 2.0 * horizon + 20)
    return np.asarray(trust * seen + (1 - trust) * prior)


def at(quantiles: Array, probability: float) -> Array:
    """The quantile of each lead at one probability (horizon,)."""
    return np.array([np.interp(probability, GRID, row) for row in quantiles])


def drawn(calibrated: Calibrated, mean: Array, scale: Array, paths: int, seed: int) -> Array:
    """Sample paths (paths, horizon): each lead spread as its interval says, leads tied as errors were."""
    from scipy import stats

    dice = np.random.default_rng(seed)
    values, vectors = np.linalg.eigh(calibrated.together)
    root = vectors * np.sqrt(np.maximum(values, 0))
    normal = dice.standard_normal((paths, len(mean))) @ root.T
    even = (stats.rankdata(normal, axis=0) - 0.5) / paths
    rows = [np.interp(even[:, h], GRID, calibrated.quantiles[h]) for h in range(len(mean))]
    return np.asarray(mean + scale * np.array(rows).T)
