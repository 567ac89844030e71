"""Series of a third make: what competition data are full of and the other two makes have little of.

Short years whose trend turns, saturates or is itself a walk; quarters and months whose season changes shape
or strength; levels that shift, slopes that break, outliers; noise that grows with the level or comes in
bursts; near unit roots, twice integrated and long-memory (ARFIMA) walks; hours with a day and a week. Each
series adds parts of several kinds, so that no one family of methods is right for it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bench.series import KINDS

Array = NDArray[np.float64]
Dice = np.random.Generator
_LENGTHS = {
    "yearly": (13, 25, 60), "quarterly": (16, 46, 100), "monthly": (42, 120, 300), "weekly": (104, 350, 900),
    "daily": (95, 400, 900), "hourly": (700, 850, 960),
}  # fmt: skip
_YEAR = {"yearly": 1, "quarterly": 4, "monthly": 12, "weekly": 52, "daily": 365}
_LINES = ("near", "twice", "long", "turning", "saturating", "regimes", "mean")
_BURN = 60


def drawn(kind: str, dice: Dice) -> tuple[Array, Array]:
    """One series of `kind`: its past (n,) and what comes after (horizon,)."""
    short, usual, long = _LENGTHS[kind]
    n = int(np.clip(np.exp(dice.normal(np.log(usual), 0.45)), short, long))
    horizon = KINDS[kind].horizon
    y = _hours(n + horizon, dice) if kind == "hourly" else _whole(kind, n + horizon, dice)
    return y[:n], y[n:]


def _whole(kind: str, n: int, dice: Dice) -> Array:
    year, season = _YEAR[kind], (KINDS[kind].seasons or (1,))[0]
    size = float(np.exp(dice.normal(np.log(0.07), 0.8)))  # what moves in a year, in logarithms
    step = size / np.sqrt(year)
    total = n + _BURN
    shocks = _shocks(total, dice)
    line = np.zeros(total)
    kinds = dice.choice(_LINES, size=int(dice.integers(1, 3)), replace=False)
    for one in kinds:
        line += _line(str(one), total, dice, shocks, step, year) / np.sqrt(len(kinds))
    line = np.clip(_broken(line, dice, size, year), -5, 5)[_BURN:]
    line -= line[0]
    noise = size * float(dice.choice([0.0, 0.1, 0.3, 0.8])) * _tied(dice.standard_t(6, n) * 0.8, dice)
    wave = _season(season, n, dice) * float(
        dice.choice([0, 0.02, 0.06, 0.15, 0.35], p=[0.3, 0.2, 0.2, 0.2, 0.1])
    )
    form = dice.choice(["all", "level", "none"], p=[0.55, 0.2, 0.25])
    if form == "all":
        y = np.exp(line + wave + noise)
    elif form == "level":
        y = np.exp(line) + wave + noise
    else:
        y = 1 + line + wave + noise
    if kind != "daily" and dice.random() < 0.2:
        odd = np.flatnonzero(dice.random(n) < 0.015)
        y[odd] += dice.normal(0, 4 * float(np.std(np.diff(y))), len(odd))
    scale = float(np.exp(dice.normal(7.5, 1.5)))
    y = y * scale
    if form != "none" or dice.random() < 0.7:
        y = np.maximum(y, 0.02 * scale)
    return np.asarray(np.round(y, int(max(0, 3 - np.log10(scale)))), dtype=np.float64)


def _shocks(n: int, dice: Dice) -> Array:
    freedom = float(dice.choice([4, 6, 30]))
    out = dice.standard_t(freedom, n) * np.sqrt((freedom - 2) / freedom)
    kind = dice.random()
    if kind < 0.2:  # stochastic volatility
        calm = np.zeros(n)
        for t in range(1, n):
            calm[t] = 0.92 * calm[t - 1] + dice.normal(0, 0.22)
        out *= np.exp(calm)
    elif kind < 0.35:  # rougher or calmer from some moment on
        out[int(n * dice.uniform(0.3, 0.95)) :] *= dice.choice([0.4, 0.6, 1.7, 2.5])
    return np.asarray(out)


def _tied(noise: Array, dice: Dice) -> Array:
    ar, ma = float(dice.choice([0, 0, 0.5])), float(dice.choice([0, 0, 0.6, -0.4]))
    out = noise + ma * np.concatenate(([0.0], noise[:-1]))
    for t in range(1, len(out)):
        out[t] += ar * out[t - 1]
    return np.asarray(out * np.sqrt((1 - ar**2) / (1 + ma**2 + 2 * ar * ma)))


def _line(one: str, n: int, dice: Dice, shocks: Array, step: float, year: int) -> Array:
    x = np.zeros(n)
    if one == "near":  # a near unit root about a trend
        root = 1 - float(dice.choice([0.005, 0.03, 0.1, 0.3])) / np.sqrt(year)
        for t in range(1, n):
            x[t] = root * x[t - 1] + step * shocks[t]
        return np.asarray(x + dice.normal(0.02, 0.04) / year * np.arange(n))
    if one == "twice":  # integrated twice, its slope fading or not
        fade = float(dice.choice([1.0, 0.97, 0.9, 0.8])) ** (1 / np.sqrt(year))
        slope = dice.normal(0.02, 0.03) / year
        for t in range(1, n):
            slope = fade * slope + 0.25 * step * shocks[t] / np.sqrt(year)
            x[t] = x[t - 1] + slope + 0.3 * step * dice.normal()
        return x
    if one == "long":  # ARFIMA(0, d, 0), Hosking (1981), summed in half of the series
        d = dice.uniform(0.1, 0.48)
        weights = np.cumprod(np.concatenate(([1.0], (np.arange(1, n) - 1 + d) / np.arange(1, n))))
        x = np.convolve(shocks, weights)[:n] * step
        return np.asarray(np.cumsum(0.6 * x) if dice.random() < 0.5 else 2 * x) + dice.normal(
            0, 0.02
        ) / year * np.arange(n)
    if one == "turning":  # straight pieces
        slopes = np.zeros(n)
        at = 0
        while at < n:
            length = int(dice.exponential(9 * year)) + max(3, year)
            slopes[at : at + length] = dice.normal(0.02, 0.06) / year
            at += length
        return np.asarray(np.cumsum(slopes + 0.5 * step * shocks))
    if one == "saturating":
        middle, pace = n * dice.uniform(0.2, 1.1), dice.uniform(0.15, 0.6) / year
        rise = dice.normal(0, 1.2) / (1 + np.exp(-pace * (np.arange(n) - middle)))
        return np.asarray(rise + np.cumsum(0.4 * step * shocks))
    if one == "regimes":  # booms and slumps, a chain of two states
        boom, pace = True, (dice.uniform(0.02, 0.07) / year, -dice.uniform(0.01, 0.1) / year)
        for t in range(1, n):
            if dice.random() < (0.15 if boom else 0.45) / year:
                boom = not boom
            x[t] = x[t - 1] + pace[0 if boom else 1] + 0.7 * step * shocks[t]
        return x
    root = dice.uniform(0.2, 0.9)  # a level that comes back
    for t in range(1, n):
        x[t] = root * x[t - 1] + step * np.sqrt(year) * np.sqrt(1 - root**2) * shocks[t]
    return x


def _season(season: int, n: int, dice: Dice) -> Array:
    """A season of unit size that keeps, fades between two shapes, swells, or whose phases each wander."""
    if season <= 1:
        return np.zeros(n)
    phases = np.arange(season)
    shapes = []
    for _ in range(2):
        shape = dice.normal(0, 0.4, season) if season <= 12 else np.zeros(season)
        for k in range(1, min(season // 2, 3) + 1):
            shape = shape + dice.normal(0, 1 / k) * np.sin(2 * np.pi * (k * phases / season + dice.random()))
        shapes.append((shape - shape.mean()) / max(float(shape.std()), 1e-9))
    at = np.arange(n)
    first, second = shapes[0][at % season], shapes[1][at % season]
    how = dice.choice(["keeps", "turns", "swells", "wanders"], p=[0.4, 0.2, 0.2, 0.2])
    if how == "turns":
        share = dice.uniform(0.3, 1.0) / (1 + np.exp(-(at - n * dice.uniform(0.1, 1)) / (0.1 * n)))
        return np.asarray((1 - share) * first + share * second)
    if how == "swells":
        return np.asarray(first * np.exp(dice.normal(0, 0.8) * at / n))
    if how == "wanders":
        own = np.zeros((n // season + 2, season))
        own[1:] = np.cumsum(dice.normal(0, dice.choice([0.05, 0.15, 0.3]), (len(own) - 1, season)), axis=0)
        return np.asarray(first + own[at // season, at % season])
    return np.asarray(first)


def _broken(x: Array, dice: Dice, size: float, year: int) -> Array:
    n = len(x)
    x = x.copy()
    if dice.random() < 0.3:
        for _ in range(int(dice.integers(1, 3))):
            x[int(dice.integers(n)) :] += dice.normal(0, 2.5 * size)
    if dice.random() < 0.1:  # a shock that dies away
        at = int(dice.integers(n))
        x[at:] += dice.normal(0, 3 * size) * 0.6 ** (np.arange(n - at) * 4 / year)
    return x


def _hours(n: int, dice: Dice) -> Array:
    at = np.arange(n)
    day, week = _season(24, 24, dice), _season(168, 168, dice)
    rest_days = np.isin(at // 24 % 7, dice.choice(7, size=int(dice.integers(0, 3)), replace=False))
    swing = dice.uniform(0.1, 0.6)
    shape = day[at % 24] * np.where(rest_days, dice.uniform(0.2, 1), 1.0) + 0.25 * week[at % 168]
    shape = shape - np.where(rest_days, dice.uniform(0, 1), 0.0)
    shape = shape * np.exp(np.cumsum(dice.normal(0, dice.choice([0, 0.003]), n)))
    level = _line(str(dice.choice(["near", "long", "twice"])), n, dice, _shocks(n, dice), 0.15, 24)
    level = level / max(float(np.std(level)), 1e-9) * swing * float(dice.choice([0.1, 0.3, 0.8]))
    rest = swing * float(dice.choice([0.05, 0.15, 0.4])) * _tied(_shocks(n, dice), dice)
    x = swing * shape + level + rest
    y = np.exp(x) if dice.random() < 0.6 else np.maximum(1 + x, 0)
    if dice.random() < 0.15:
        y[int(dice.integers(n)) :] *= np.exp(dice.normal(0, 0.2))
    return np.asarray(np.round(y * np.exp(dice.normal(6, 1.5)), 3))
