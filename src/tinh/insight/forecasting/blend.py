"""Members combined: weights learnt over like series, tilted by each series' own record.

Weights are those of `sharing`. The tilt of a series rests only on what was known at the moment looked
from, and is bounded: chosen on few looks a strong one follows chance, and near-equal weights are hard to
beat (Claeskens, Magnus, Vasnev, Wang 2016, IJF 32(3)).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tinh.insight.forecasting.sharing import shares
from tinh.insight.forecasting.study import Look, Study

Array = NDArray[np.float64]
_BORROWS, _LENDS = 8, 10  # fewer values than the first borrow, as many as the second lend
_TILTS = (0.0, 0.5, 1.0)
_USUAL_TILT = 0.5


@dataclass(frozen=True, slots=True)
class Bench:
    """Looks of like series side by side: `means` (looks, members, horizon), NaN where a member is missing.

    `owner` (looks,) is the series' number, `turn` (looks,) 0 for now, 1 for the latest look from the past…
    """

    names: tuple[str, ...]
    means: Array
    actual: Array
    owner: NDArray[np.int64]
    turn: NDArray[np.int64]
    past: Array
    reach: Array
    inner: Array
    late: Array
    unit: Array


def helped(studies: Sequence[Study]) -> Sequence[Study]:
    """Series of a few values lent the usual growth and restlessness of like series, relative to their level.

    Half of the growth is their own (`growth` is already halved); how far they move is shrunk as if the
    others' were three more values.
    """
    lenders = [one.now for one in studies if one.now.past >= _LENDS]
    short = [n for n, one in enumerate(studies) if one.now.past < _BORROWS]
    if not short or len(lenders) < 3:
        return studies
    reach = np.exp(np.median([np.log(look.reach / look.level) for look in lenders], axis=0))
    inner = float(np.exp(np.median([np.log(look.inner / look.level) for look in lenders])))
    growth = np.median([(np.median(k.means, axis=0) - k.last) / k.level for k in lenders], axis=0)
    out = list(studies)
    for n in short:
        look = studies[n].now
        own = (look.past - 1) / (look.past + 2)
        means = look.means.copy()
        if "growth" in look.names:
            means[look.names.index("growth")] += 0.5 * growth * look.level
        out[n] = replace(studies[n], now=replace(
            look, means=means, past=look.past + 1,
            reach=look.reach**own * (reach * look.level) ** (1 - own),
            inner=look.inner**own * (inner * look.level) ** (1 - own),
            late=look.inner**own * (inner * look.level) ** (1 - own),
        ))  # fmt: skip
    return out


def bench(studies: Sequence[Study]) -> Bench:
    """All looks of `studies`, the short ones helped by the others; members clipped about their median."""
    names = tuple(sorted({name for one in studies for look in (one.now, *one.before) for name in look.names}))
    looks: list[tuple[int, int, Look]] = []
    for number, one in enumerate(helped(studies)):
        looks += [(number, turn, look) for turn, look in enumerate((one.now, *one.before))]
    horizon = studies[0].now.means.shape[1]
    means = np.full((len(looks), len(names), horizon), np.nan)
    for row, (_, _, look) in enumerate(looks):
        means[row, [names.index(n) for n in look.names]] = look.means
    reach = np.array([look.reach for _, _, look in looks])
    middle = np.nanmedian(means, axis=1, keepdims=True)
    band = 4 * reach[:, None, :]
    means = np.clip(means, middle - band, middle + band)
    return Bench(
        names, means, np.array([look.actual for _, _, look in looks]),
        np.array([n for n, _, _ in looks]), np.array([t for _, t, _ in looks]),
        *(np.array([getattr(look, f) for _, _, look in looks], dtype=np.float64)
          for f in ("past", "reach", "inner", "late", "unit")),
    )  # fmt: skip


def evidence(bench: Bench, horizon: int) -> Array:
    """Each member's mean scaled error in earlier looks, as far as known then (looks, members), or NaN."""
    out = np.full(bench.means.shape[:2], np.nan)
    error = np.abs(bench.means - bench.actual[:, None, :]) / bench.unit[:, None, None]
    leads = np.arange(1, horizon + 1)
    for rows in _by_owner(bench):
        for row in rows:
            seen = [other for other in rows if bench.turn[other] > bench.turn[row]]
            if not seen:
                continue
            masks = [bench.past[other] + leads <= bench.past[row] for other in seen]
            parts = [error[other][:, mask] for other, mask in zip(seen, masks, strict=True) if mask.any()]
            if parts:
                there = np.concatenate(parts, axis=1)
                some = np.isfinite(there).any(axis=1)
                out[row, some] = np.nanmean(there[some], axis=1)
    return out


def _by_owner(bench: Bench) -> list[NDArray[np.int64]]:
    order = np.argsort(bench.owner, kind="stable")
    cuts = np.flatnonzero(np.diff(bench.owner[order])) + 1
    return [np.asarray(part) for part in np.split(order, cuts)]


def tilted(weights: Array, record: Array, tilt: float) -> Array:
    """Weights (looks, members) tilted by the own record of each look."""
    usual = np.nansum(np.where(np.isfinite(record), weights * record, 0), axis=1)
    usual = usual / np.maximum(np.sum(np.where(np.isfinite(record), weights, 0), axis=1), 1e-12)
    better = np.where(np.isfinite(record), record / np.maximum(usual, 1e-12)[:, None] - 1, 0.0)
    return np.asarray(weights * np.exp(-tilt * np.clip(better, -1, 3)))


def combined(means: Array, weights: Array) -> Array:
    """Half the weighted mean and half the weighted median of the members (looks, horizon)."""
    there = np.isfinite(means)
    mass = np.where(there, weights[:, :, None], 0.0)
    mass = mass / mass.sum(axis=1, keepdims=True)
    mean = np.sum(np.where(there, means, 0.0) * mass, axis=1)
    order = np.argsort(np.where(there, means, np.inf), axis=1)
    ranked = np.take_along_axis(means, order, axis=1)
    heap = np.cumsum(np.take_along_axis(mass, order, axis=1), axis=1)
    low = np.argmax(heap >= 0.5 - 1e-9, axis=1)
    high = np.argmax(heap > 0.5 + 1e-9, axis=1)
    median = 0.5 * (
        np.take_along_axis(ranked, low[:, None, :], axis=1)
        + np.take_along_axis(ranked, high[:, None, :], axis=1)
    )
    return np.asarray(0.5 * mean + 0.5 * median[:, 0, :])


@dataclass(frozen=True, slots=True)
class Blend:
    """The combination at every look: `mean` (looks, horizon), `weights` (looks, members).

    `apart` (looks, horizon) is the members' mean distance from it, `tilt` how much own records count.
    """

    mean: Array
    weights: Array
    apart: Array
    tilt: float


def blended(bench: Bench) -> Blend:
    """The members combined at every look of the bench."""
    horizon = bench.means.shape[2]
    weights = shares(bench)
    record = evidence(bench, horizon)
    judged = (bench.turn > 0) & np.isfinite(record).any(axis=1)
    tilt, best = _USUAL_TILT, np.inf
    if len(np.unique(bench.owner[judged])) >= 8:
        for one in _TILTS:
            mean = combined(bench.means[judged], tilted(weights[judged], record[judged], one))
            miss = np.nanmean(np.abs(mean - bench.actual[judged]), axis=1) / bench.unit[judged]
            score = float(np.mean(np.minimum(miss, 8 * np.median(miss))))
            if score < best * 0.999:
                tilt, best = one, score
    own = tilted(weights, record, tilt)
    own = np.where(np.isfinite(bench.means[:, :, 0]), own, 0.0)
    own /= own.sum(axis=1, keepdims=True)
    mean = combined(bench.means, own)
    away = np.abs(bench.means - mean[:, None, :])
    apart = np.nansum(np.where(np.isfinite(away), away, 0) * own[:, :, None], axis=1)
    return Blend(mean, own, apart, tilt)
