"""How surprising a residual is: minus the decimal logarithm of the probability of one as far out.

Residuals are divided by robust spreads, upwards and downwards apart (skewed data), of the hour or month
they fall in (heteroscedastic data) and of their neighbourhood (volatile spells). Beyond the ninetieth
percentile the tail is exponential with a mean excess read from quantile spacings: peaks over threshold
(Siffer et al. 2017, SPOT; Pickands 1975) made robust, since the largest values may be the anomalies sought.
"""

from __future__ import annotations

import numpy as np

from tinh.insight.anomalies.rolling import MAD, Flags, Floats, centred, medians, quantiles, spread

_U = 0.90
# pairs of quantiles with a normal's spacing over log of the ratio of their tails
Spacings = tuple[tuple[float, float, float], ...]
_SPACINGS: Spacings = ((0.75, 0.90, 0.540), (0.85, 0.95, 0.473), (0.90, 0.98, 0.423))
INNER: Spacings = ((0.70, 0.88, 0.566), (0.75, 0.90, 0.540))  # where a few long events reach the outer ones
_NORMAL = 0.47  # mean excess of a normal's |z| by these spacings
_HEAVY = 0.25
_LIGHT, _FAT = (
    1.1,
    1.45,
)  # of the normal mean excess: up to the first a normal tail, from the second a Pareto tail
_WEIGHT = 80.0  # points whose say the normal tail has
CAP = 40.0


def scales(rest: Floats, known: Flags, season: int, floor: Floats) -> tuple[Floats, Floats]:
    """Standard deviations (down, up) of each cell, never under `floor` (series, 1)."""
    s, n = rest.shape
    whole = np.maximum(spread(rest, known), floor)
    away = np.abs(rest)
    shape = np.ones_like(rest)
    if season > 1 and n >= 6 * season:
        lead = -n % season
        cycles = np.concatenate([np.full((s, lead), np.nan), np.where(known, away, np.nan)], axis=1)
        cycles = cycles.reshape(s, -1, season)
        k = cycles.shape[1]
        by = MAD * medians(cycles)
        if season > 6:
            by = (np.roll(by, 1, axis=1) + 2 * by + np.roll(by, -1, axis=1)) / 4
        by = np.sqrt((k * by**2 + 8 * whole**2) / (k + 8))
        shape = shape * np.tile(by / whole, (1, k))[:, lead:]
    if n >= 60:
        width = max(41, n // 8)
        local = MAD * centred(np.minimum(away / shape, 6 * whole), width)
        local = np.sqrt((local**2 + whole**2) / 2)
        shape = shape * np.clip(local / whole, 0.5, 3.0)
    up, down = (_side(rest * sign / shape, known, whole) for sign in (1.0, -1.0))
    return np.maximum(down * shape, floor), np.maximum(up * shape, floor)


def _side(rest: Floats, known: Flags, whole: Floats) -> Floats:
    """The spread of one side, drawn towards the whole by its share of sixty points."""
    mine = known & (rest > 0)
    count = mine.sum(axis=1, keepdims=True)
    (half,) = quantiles(rest, mine, [0.5])
    return np.asarray(np.sqrt((count * (MAD * half) ** 2 + 40 * whole**2) / (count + 40)))


def surprise(
    z: Floats, known: Flags, at_least: Floats | None = None, spacings: Spacings = _SPACINGS
) -> tuple[Floats, Floats]:
    """(−log10 of the chance of a residual at least so far out on either side, how heavy the tail is):
    (series, time), 0 for what is unknown, and (series, 1), 1 for a normal tail, never below `at_least`."""
    away = np.abs(z)
    base, ratio = _tail(away, known, at_least, spacings)
    # Below the base only the order matters.
    score = np.where(away > base, _beyond(away, base, ratio), away / base)
    return np.where(known, np.minimum(score, CAP), 0.0), ratio


def reach(z: Floats, known: Flags, threshold: Floats, at_least: Floats | None = None) -> Floats:
    """How many spreads out the surprise passes `threshold`; all (series, 1)."""
    base, ratio = _tail(np.abs(z), known, at_least)
    low, high = base.copy(), base + 400.0
    for _ in range(40):
        middle = (low + high) / 2
        over = _beyond(middle, base, ratio) > threshold
        low, high = np.where(over, low, middle), np.where(over, middle, high)
    return np.asarray((low + high) / 2)


def _tail(
    away: Floats, known: Flags, at_least: Floats | None, spacings: Spacings = _SPACINGS
) -> tuple[Floats, Floats]:
    """Where the tail begins and its mean excess over a normal's."""
    shares = sorted({s for pair in spacings for s in pair[:2]} | {_U})
    at = dict(zip(shares, quantiles(away, known, shares), strict=True))
    spacing = np.stack([(at[b] - at[a]) / np.log((1 - a) / (1 - b)) / usual for a, b, usual in spacings])
    count = known.sum(axis=1, keepdims=True)
    ratio = (count * np.median(spacing, axis=0) + _WEIGHT) / (count + _WEIGHT)
    return np.maximum(at[_U], 1.645), np.maximum(ratio, 0.9 if at_least is None else at_least)


def _beyond(away: Floats, base: Floats, ratio: Floats) -> Floats:
    """−log10 of the tail at `away` beyond `base`: normal, generalised Pareto, or between the two."""
    from scipy.special import log_ndtr  # half a second that only judging needs

    heavy = np.clip((ratio - 1.2) * _HEAVY, 1e-6, 0.25)  # shape of the Pareto tail
    far = np.log1p(heavy * np.maximum(away - base, 0) / (_NORMAL * ratio)) / heavy / np.log(10) + 1.0
    normal = -(log_ndtr(-np.minimum(away * (1.645 / base), 50.0)) + np.log(2)) / np.log(10)
    share = np.clip((ratio - _LIGHT) / (_FAT - _LIGHT), 0, 1)
    return np.asarray(share * far + (1 - share) * normal)
