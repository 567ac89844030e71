"""Intervals that keep their word: errors of the very combination, normalised, pooled over like series.

The scale of an error at each lead is a product of powers of what a series shows (how far it moves in
that many steps, how far its members miss one step, how rough it was lately, how far the members
lie apart, how long it is, how it missed before), fitted over all looks of like series by the likelihood
of Student's t. Quantiles of error over scale, lead by lead and smoothed over neighbours, are
then conformal (Vovk, Gammerman, Shafer 2005, ch. 4; normalised as in Papadopoulos, Gammerman, Vovk 2008).
Where like series are few, `PRIOR` stands in for them; bench/forecast_priors.py derives it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from tinh.insight.forecasting.blend import Bench, Blend

Array = NDArray[np.float64]
GRID = np.concatenate(
    ([0.0025, 0.005, 0.01, 0.015], np.arange(0.02, 0.981, 0.01), [0.985, 0.99, 0.995, 0.9975])
)
FEATURES = ("one", "inner", "late", "apart", "past", "record", "lead")
# Powers and widening when a file teaches nothing.
PRIOR = np.array([0.0, 0.35, 0.2, 0.25, 0.0, 0.5, 0.0])
_STIFF = np.array([6.0, 12.0, 12.0, 12.0, 40.0, 20.0, 40.0])
_HELD = 8.0
_FREEDOM = 5.0


@dataclass(frozen=True, slots=True)
class Calibrated:
    """`scale` (looks, horizon) in the unit of the series, `quantiles` (horizon, len(GRID)) of error / scale,
    `together` (horizon, horizon) the correlation of their normal scores."""

    scale: Array
    quantiles: Array
    together: Array
    powers: Array
    known: int


def calibrated(bench: Bench, blend: Blend) -> Calibrated:
    """Scales and quantiles from every look of the bench."""
    error = bench.actual - blend.mean
    rows = bench.turn > 0
    known = np.isfinite(error) & rows[:, None]
    count = np.maximum(np.bincount(bench.owner[known.any(axis=1)], minlength=bench.owner.max() + 1), 1)
    weight = np.broadcast_to((1 / count[bench.owner])[:, None], error.shape)
    columns = _features(bench, blend, np.zeros(len(bench.owner)))
    powers = _fitted(columns, error, bench.reach, known, weight, PRIOR)
    scale = bench.reach * np.exp(columns @ powers)
    record = _record(bench, error, scale)
    columns = _features(bench, blend, record)
    powers = _fitted(columns, error, bench.reach, known, weight, PRIOR)
    scale = bench.reach * np.exp(columns @ powers)
    unitless = np.where(known, error / scale, np.nan)
    series = len(np.unique(bench.owner[known.any(axis=1)]))
    quantiles = _quantiles(unitless, weight, series)
    return Calibrated(scale, quantiles, _together(unitless, series), powers, series)


def _features(bench: Bench, blend: Blend, record: Array) -> Array:
    """Logarithms of what may widen or narrow an interval (looks, horizon, features)."""
    reach, horizon = bench.reach, bench.reach.shape[1]
    ones = np.ones_like(reach)
    return np.stack(
        [
            ones,
            np.log(bench.inner[:, None] / reach[:, :1] * ones),
            np.log(bench.late / bench.inner)[:, None] * ones,
            np.log(blend.apart / reach + 0.05) + 1.0,
            (np.log(bench.past) - np.log(40.0))[:, None] * ones,
            record[:, None] * ones,
            np.log(np.arange(1, horizon + 1) / horizon)[None, :] * ones + 0.7,
        ],
        axis=2,
    )


def _fitted(
    columns: Array, error: Array, reach: Array, known: NDArray[np.bool_], weight: Array, prior: Array
) -> Array:
    """Powers by penalised likelihood of Student's t, `prior` where nothing is known."""
    if not known.any():
        return prior
    matrix, target = columns[known], np.abs(error[known]) / reach[known]
    part = weight[known]
    total = float(len(np.unique(np.nonzero(known)[0])))
    if len(target) > 40_000:
        pick = np.random.default_rng(0).choice(len(target), 40_000, replace=False)
        matrix, target, part = matrix[pick], target[pick], part[pick]
    part = part / part.sum() * min(total, 2000.0) * 3

    def loss(powers: Array) -> tuple[float, Array]:
        line = matrix @ powers
        square = (target * np.exp(-line)) ** 2 / (_FREEDOM * 1.1)
        value = np.sum(part * (line + (_FREEDOM + 1) / 2 * np.log1p(square)))
        slope = matrix.T @ (part * (1 - (_FREEDOM + 1) * square / (1 + square)))
        away = powers - prior
        return float(value + 0.5 * np.sum(_STIFF * away**2)), slope + _STIFF * away

    return np.asarray(optimize.minimize(loss, prior, jac=True, method="L-BFGS-B").x)


def _record(bench: Bench, error: Array, scale: Array) -> Array:
    """Logarithm of how much wider than expected each series' earlier misses were, shrunk (looks,)."""
    out = np.zeros(len(bench.owner))
    size = np.abs(error) / scale
    usual = (
        float(np.nanmean(np.where((bench.turn > 0)[:, None], size, np.nan)))
        if (bench.turn > 0).any()
        else 1.0
    )
    leads = np.arange(1, error.shape[1] + 1)
    order = np.argsort(bench.owner, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(bench.owner[order])) + 1):
        for row in rows:
            total, count = 3.0 * usual, 3.0
            for other in rows:
                if bench.turn[other] > bench.turn[row]:
                    mask = (bench.past[other] + leads <= bench.past[row]) & np.isfinite(size[other])
                    total += (
                        float(np.sqrt(mask.sum())) * float(np.mean(size[other][mask])) if mask.any() else 0.0
                    )
                    count += float(np.sqrt(mask.sum()))
            out[row] = np.log(max(total / count, 1e-9) / max(usual, 1e-9))
    return np.clip(out, -1.5, 1.5)


def _quantiles(unitless: Array, weight: Array, series: int) -> Array:
    """Quantiles lead by lead (horizon, grid): neighbours' errors count half, prior errors as `_HELD` series."""
    horizon = unitless.shape[1]
    out = np.empty((horizon, len(GRID)))
    prior = stats.t.ppf((np.arange(400) + 0.5) / 400, _FREEDOM) * 1.05
    trust = series / (series + 60.0)
    for lead in range(horizon):
        values, parts = [prior], [np.full(len(prior), _HELD / len(prior))]
        span = max(1, horizon // 8)
        for other in range(max(0, lead - span), min(horizon, lead + span + 1)):
            there = np.isfinite(unitless[:, other])
            share = 1.0 - abs(other - lead) / (span + 1)
            values.append(unitless[there, other])
            parts.append(weight[there, other] * share)
        value, part = np.concatenate(values), np.concatenate(parts)
        both = _weighted(np.concatenate((value, -value)), np.concatenate((part, part)), _stretched(series))
        own = _weighted(value, part, _stretched(series))
        out[lead] = trust * 0.5 * own + (1 - trust * 0.5) * both
    return out


def _stretched(series: int) -> Array:
    """The grid moved outwards by the finite-sample step of conformal prediction, (n + 1) / n on the tails."""
    many = series + _HELD
    tail = np.minimum(GRID, 1 - GRID)
    moved = np.maximum(tail - 0.5 * (1 - 2 * tail) / (many + 1) * 0.5, 0.2 * tail)
    return np.where(GRID < 0.5, moved, 1 - moved)


def _weighted(value: Array, part: Array, at: Array) -> Array:
    order = np.argsort(value)
    value, part = value[order], part[order]
    heap = (np.cumsum(part) - 0.5 * part) / part.sum()
    return np.interp(at, heap, value)


def _together(unitless: Array, series: int) -> Array:
    """Correlation between leads, shrunk to that of a random walk observed with noise."""
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
    """Sample paths (paths, horizon): every lead spread as its interval says, leads moving together as errors did."""
    dice = np.random.default_rng(seed)
    values, vectors = np.linalg.eigh(calibrated.together)
    root = vectors * np.sqrt(np.maximum(values, 0))
    normal = dice.standard_normal((paths, len(mean))) @ root.T
    even = (stats.rankdata(normal, axis=0) - 0.5) / paths
    rows = [np.interp(even[:, h], GRID, calibrated.quantiles[h]) for h in range(len(mean))]
    return np.asarray(mean + scale * np.array(rows).T)
