"""Bringing components to one scale (handbook, step 5; names and ties as in COINr's `n_…`).

All functions take (units, columns), columns already turned so that more is better.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from tinh.insight.composite.moments import Array
from tinh.insight.composite.ranking import ascending
from tinh.packs.api import NormaliseKind

Kind = NormaliseKind


@dataclass(frozen=True, slots=True)
class Normalising:
    """`low`, `high`: bounds of the result (minmax), of the data (scaled, goalposts), or the wanted mean and
    standard deviation (zscore). `log`: of the value and of the goalposts. `cap`: nothing above the target."""

    kind: Kind = "minmax"
    low: float | None = None
    high: float | None = None
    factor: float | None = None
    target: float | None = None
    reference: int | None = None
    cap: bool | None = None
    log: bool = False
    population: bool = False
    percentiles: tuple[float, ...] = ()
    band: float = 0.2


def normalise(x: Array, how: Normalising, down: bool = False) -> Array:
    """Columns of `x` by one method; `down`: the columns were turned (multiplied by −1) beforehand.

    minmax: (x − min)/(max − min)·(high − low) + low, 0 to 100 unless told
    · zscore: (x − mean)/sd·high + low with the sample standard deviation (n − 1; `population`: n)
    · scaled: (x − low)/(high − low)·100 · rank: 1 for the least, ties share the lowest
    · borda: rank − 1 · percentile: (rank − 1)/(n − 1)
    · distance_to_target: 1 − (target − x)/(target − min), the same to a reference unit or the best
    · fraction_of_best: x/max · goalposts: factor·(x − low)/(high − low), cut at 0 and 1
    · categorical: share of the percentiles reached · above_mean: 1, 0, −1 as x/mean lies above 1 + band,
    within, or below 1 − band (handbook p. 30 and Table 3).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return _METHODS[how.kind](x, how, down)


def _minmax(x: Array, how: Normalising, _: bool) -> Array:
    low, high = _or(how.low, 0.0), _or(how.high, 100.0)
    least, most = _bounds(x)
    out: Array = (x - least) / (most - least) * (high - low) + low
    return out


def _zscore(x: Array, how: Normalising, _: bool) -> Array:
    there = ~np.isnan(x)
    n = there.sum(axis=0)
    mean = np.where(there, x, 0.0).sum(axis=0) / n
    spread = np.sqrt(np.where(there, (x - mean) ** 2, 0.0).sum(axis=0) / (n if how.population else n - 1))
    out: Array = (x - mean) / np.where(spread == 0, np.nan, spread) * _or(how.high, 1.0) + _or(how.low, 0.0)
    return out


def _scaled(x: Array, how: Normalising, down: bool) -> Array:
    low, high = _or(how.low, 0.0), _or(how.high, 100.0)
    if down:
        low, high = -high, -low
    return (x - low) / (high - low) * _or(how.factor, 100.0)


def _rank(x: Array, _: Normalising, __: bool) -> Array:
    return ascending(x)


def _borda(x: Array, _: Normalising, __: bool) -> Array:
    return ascending(x) - 1


def _percentile(x: Array, _: Normalising, __: bool) -> Array:
    out: Array = (ascending(x) - 1) / ((~np.isnan(x)).sum(axis=0) - 1)
    return out


def _towards(x: Array, goal: Array | float, cap: bool) -> Array:
    least, _ = _bounds(x)
    out = 1 - (goal - x) / (goal - least)
    return np.where(out > 1, 1.0, out) if cap else out


def _target(x: Array, how: Normalising, down: bool) -> Array:
    target = _or(how.target, 1.0)
    return _towards(x, -target if down else target, bool(how.cap))


def _reference(x: Array, how: Normalising, _: bool) -> Array:
    return _towards(x, x[how.reference or 0], bool(how.cap))


def _best(x: Array, how: Normalising, _: bool) -> Array:
    return _towards(x, _bounds(x)[1], bool(how.cap))


def _fraction(x: Array, _: Normalising, down: bool) -> Array:
    most = _bounds(x)[1]
    # Turned columns are negative and their best is the nearest to zero: best/x keeps 1 for it.
    return most / x if down else x / most


def _goalposts(x: Array, how: Normalising, down: bool) -> Array:
    value = -x if down else x
    low, high = _or(how.low, 0.0), _or(how.high, 1.0)
    if how.log:
        value, low, high = np.log(value), float(np.log(low)), float(np.log(high))
    out = (value - low) / (high - low)
    if down:
        out = 1 - out
    if how.cap is not False:
        out = np.where(np.isnan(out), out, np.clip(out, 0.0, 1.0))
    return out * _or(how.factor, 1.0)


def _categorical(x: Array, how: Normalising, _: bool) -> Array:
    edges = how.percentiles or (5.0, 25.0, 50.0, 75.0, 95.0)
    cuts = np.nanpercentile(x, edges, axis=0)
    reached = (x[None] >= cuts[:, None]).sum(axis=0) / len(edges) * _or(how.factor, 100.0)
    return np.where(np.isnan(x), np.nan, reached)


def _above(x: Array, how: Normalising, down: bool) -> Array:
    value = -x if down else x
    share = value / np.nanmean(value, axis=0)
    out = np.where(share > 1 + how.band, 1.0, np.where(share < 1 - how.band, -1.0, 0.0))
    return np.where(np.isnan(x), np.nan, -out if down else out)


def _none(x: Array, _: Normalising, __: bool) -> Array:
    return x.copy()


_METHODS: Mapping[Kind, Callable[[Array, Normalising, bool], Array]] = {
    "minmax": _minmax, "zscore": _zscore, "scaled": _scaled, "rank": _rank, "borda": _borda,
    "percentile": _percentile, "distance_to_target": _target, "distance_to_reference": _reference,
    "distance_to_best": _best, "fraction_of_best": _fraction, "goalposts": _goalposts,
    "categorical": _categorical, "above_mean": _above, "none": _none,
}  # fmt: skip


def _or(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value


def _bounds(x: Array) -> tuple[Array, Array]:
    """Least and greatest of each column; a column of equal values has no scale and gives NaN downstream."""
    missing = np.isnan(x)
    return np.where(missing, np.inf, x).min(axis=0), np.where(missing, -np.inf, x).max(axis=0)
