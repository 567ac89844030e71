"""Series of a second make, after what is published of the M4 competition: lengths, seasons, naive misses.

Independent of bench/series.py: random exponential smoothing and ARIMA in logarithms, smooth population-like
growth, prices with bursts of volatility, levels that come back, cycles and trends; shifts, changes of slope,
outliers and calm after rough times; hourly loads, traffic, weather and opening hours with a day and a week.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Dice = np.random.Generator
# seasons, horizon, shortest, median and longest past, season of the waves
SHAPES: dict[str, tuple[tuple[int, ...], int, int, int, int, int]] = {
    "yearly": ((), 6, 13, 29, 120, 1),
    "quarterly": ((4,), 8, 16, 88, 400, 4),
    "monthly": ((12,), 18, 42, 202, 600, 12),
    "weekly": ((52,), 13, 80, 900, 2500, 52),
    "daily": ((7,), 14, 93, 1200, 4000, 7),
    "hourly": ((24, 168), 48, 700, 850, 960, 24),
}
_YEAR = {"yearly": 1, "quarterly": 4, "monthly": 12, "weekly": 52, "daily": 250}
_MAKES = ("ets", "sarima", "smooth", "finance", "stationary", "struct")
_SHARES = {
    "yearly": (0.25, 0.15, 0.2, 0.15, 0.05, 0.2),
    "quarterly": (0.25, 0.2, 0.1, 0.15, 0.05, 0.25),
    "monthly": (0.25, 0.2, 0.05, 0.15, 0.15, 0.2),
    "weekly": (0.2, 0.2, 0.05, 0.2, 0.15, 0.2),
    "daily": (0.1, 0.1, 0.05, 0.6, 0.05, 0.1),
}
_BEFORE = 20


def drawn(kind: str, dice: Dice) -> tuple[Array, Array]:
    """One series of `kind`: its past (n,) and what comes after (horizon,)."""
    _, horizon, shortest, median, longest, _ = SHAPES[kind]
    if kind == "hourly":
        n = int(dice.choice([700, 960]))
        y = _hours(n + horizon, dice)
    else:
        spread = 0.45 if kind in ("yearly", "quarterly", "monthly") else 0.8
        n = int(np.clip(median * np.exp(dice.normal(0, spread)), shortest, longest))
        y = _whole(kind, n + horizon, dice)
    return y[:n], y[n:]


def _waves(season: int, n: int, dice: Dice, strength: float, moves: float) -> Array:
    """A season (n,) whose phases each wander."""
    if season <= 1 or strength == 0:
        return np.zeros(n)
    phases = dice.normal(0, 1, season)
    waves = int(dice.integers(1, 4)) if season > 12 else 1
    if season > 12 or dice.random() < 0.5:
        window = np.hanning(2 * max(1, season // (8 * waves)) + 3)
        phases = np.convolve(np.tile(phases, 3), window / window.sum(), "same")[season : 2 * season]
        phases /= phases.std()
    now = (phases - phases.mean()) * strength
    steps = moves * strength * dice.standard_normal(n)
    out = np.empty(n)
    for t in range(n):
        now[t % season] += steps[t]
        out[t] = now[t % season]
    return out


def _whole(kind: str, length: int, dice: Dice) -> Array:
    year, season = _YEAR[kind], SHAPES[kind][5]
    make = str(dice.choice(_MAKES, p=_SHARES[kind]))
    restless = float(np.exp(dice.normal(np.log(0.08), 0.7)))  # of a year, in logarithms
    growth = dice.normal(0.035, 0.045) / year
    n = length + _BEFORE
    freedom = dice.choice([3.5, 5, 8, 50])
    shocks = dice.standard_t(freedom, n) * np.sqrt((freedom - 2) / freedom)
    if make == "finance" or dice.random() < 0.15:
        _burst(shocks, float(dice.choice([0.05, 0.1, 0.15])))
    plain = make in ("finance", "smooth")
    strength = dice.choice([0, 0.01]) if plain else dice.choice(
        [0, 0.01, 0.04, 0.1, 0.3], p=[0.3, 0.15, 0.25, 0.2, 0.1])  # fmt: skip
    moves = float(dice.choice([0, 0.01, 0.05, 0.12]))
    waves = _waves(1 if kind == "yearly" else season, n, dice, float(strength), moves)
    line = _line(make, n, dice, shocks, growth, restless, year)
    line = np.clip(_broken(line, dice, restless, year), -6, 6)
    if dice.random() < 0.7:
        y = np.exp(line + waves)
    else:
        y = np.maximum(1 + (line + waves) * 0.8, 0) if dice.random() < 0.8 else 1 + 0.7 * line + waves
    y = (y * np.exp(dice.normal(8.2, 1)))[_BEFORE:]
    if dice.random() < 0.85:
        y = np.maximum(y, 10 if dice.random() < 0.5 else 0)
    return np.asarray(np.round(y, int(dice.choice([0, 1, 2]))), dtype=np.float64)


def _burst(shocks: Array, news: float) -> None:
    """GARCH(1, 1) in place."""
    size = 1.0
    for t in range(len(shocks)):
        shocks[t] *= np.sqrt(size)
        size = min((0.17 - news) + news * shocks[t] ** 2 + 0.83 * size, 25.0)


def _line(make: str, n: int, dice: Dice, shocks: Array, growth: float, restless: float, year: int) -> Array:
    step = restless / np.sqrt(year)
    x = np.zeros(n)
    if make == "ets":
        alpha = dice.beta(2, 1.5)
        beta = dice.beta(1, 5) if dice.random() < 0.6 else 0.0
        fade = dice.choice([1, 0.98, 0.9, 0.8])
        level, slope = 0.0, 1.5 * growth
        for t in range(n):
            miss = 1.1 * step * shocks[t]
            x[t] = level + fade * slope + miss
            level += fade * slope + alpha * miss
            slope = fade * slope + (1 - fade) * growth * 0.5 + alpha * beta * 0.5 * miss
        return x
    if make == "sarima":
        ar, ma = dice.uniform(-0.5, 0.9), dice.uniform(-0.7, 0.6)
        at, before = 0.0, 0.0
        for t in range(n):
            miss = 0.8 * step * shocks[t]
            at, before = ar * at + miss + ma * before, miss
            x[t] = at
        return np.asarray(
            np.cumsum(x * (1 - 0.5 * abs(ar)) + growth)
            if dice.random() < 0.75
            else 3 * x + growth * np.arange(n)
        )
    if make == "smooth":
        pace = growth + np.cumsum(dice.normal(0, 0.004 / year / np.sqrt(year), n))
        at = 0.0
        for t in range(n):
            at = 0.9 ** (1 / year) * at + 0.08 * step * shocks[t]
            x[t] = at
        return np.asarray(np.cumsum(pace + 0.5 * x) + 0.03 * step * dice.standard_normal(n))
    if make == "finance":
        return np.asarray(np.cumsum(1.6 * step * shocks + growth))
    if make == "stationary":
        held, at = dice.uniform(0, 0.95), 0.0
        for t in range(n):
            at = held * at + np.sqrt(1 - held**2) * 2 * restless * shocks[t]
            x[t] = at
        return x
    turn = 2 * np.pi / (year * dice.uniform(4, 9))
    fade = 0.995 ** (1 if year < 12 else 0.5)
    noise = restless * dice.choice([0.05, 0.2, 0.6]) / min(year, 12) ** 0.25
    one = two = trend = 0.0
    slope = growth
    for t in range(n):
        one, two = (
            fade * (np.cos(turn) * one + np.sin(turn) * two) + 0.5 * step * dice.normal(),
            fade * (-np.sin(turn) * one + np.cos(turn) * two) + 0.5 * step * dice.normal(),
        )
        slope += 0.03 * step * dice.normal() / np.sqrt(year)
        trend += slope + 0.3 * step * dice.normal()
        x[t] = trend + one + noise * shocks[t]
    return x


def _broken(x: Array, dice: Dice, restless: float, year: int) -> Array:
    """Shifts of level, a change of slope, outliers, and a change of restlessness, each in some series."""
    n = len(x)
    if dice.random() < 0.2:
        for _ in range(int(dice.integers(1, 3))):
            x[int(dice.integers(n)) :] += dice.normal(0, 2 * restless)
    if dice.random() < 0.12:
        at = int(dice.integers(n))
        x[at:] += dice.normal(0, 0.05) / year * np.arange(n - at)
    if dice.random() < 0.2:
        odd = dice.random(n) < 0.015
        x = x + odd * dice.normal(0, 3 * restless / min(year, 12) ** 0.25, n)
    if dice.random() < 0.08:
        steps = np.diff(x)
        steps[int(n * dice.uniform(0.3, 0.8)) :] *= dice.choice([0.4, 2.2])
        x = np.concatenate((x[:1], x[0] + np.cumsum(steps)))
    return np.asarray(x - x[0])


def _hours(n: int, dice: Dice) -> Array:
    at = np.arange(n)
    hour, day = at % 24, at % 168 // 24
    make = str(dice.choice(["load", "traffic", "nature", "business"], p=[0.45, 0.2, 0.2, 0.15]))
    size = np.exp(dice.normal(6, 2))
    base = _waves(24, 24, dice, 1, 0)
    other = base * dice.uniform(0.3, 1) + 0.3 * _waves(24, 24, dice, 1, 0)
    swing = dice.uniform(0.08, 0.45)
    shape = np.where(day >= 5, other[hour] - dice.uniform(0, 0.8), base[hour]) * swing
    shape = shape + np.tile(dice.normal(0, 0.09 * swing, 168), n // 168 + 1)[:n]
    days = n // 24 + 2
    level = np.zeros(days)
    held = dice.choice([0.6, 0.85, 0.97, 1.0])
    step = dice.choice([0.01, 0.03, 0.08]) * (1 if held < 1 else 0.5)
    for d in range(1, days):
        level[d] = held * level[d - 1] + step * dice.standard_t(5)
    hourly = np.interp(at / 24, np.arange(days), level)
    swings = 1 + dice.choice([0, 0.05, 0.2]) * dice.normal(0, 1, days)[at // 24]
    tied = dice.choice([0.0, 0.5, 0.8, 0.93])
    noise = dice.choice([0.01, 0.03, 0.06])
    shocks = dice.standard_t(5, n) * 0.77
    rest = np.zeros(n)
    for t in range(1, n):
        rest[t] = tied * rest[t - 1] + np.sqrt(1 - tied**2) * shocks[t]
    if make == "nature":
        turn = np.sin(2 * np.pi * (hour - dice.uniform(0, 24)) / 24)
        x = swing * turn + 3 * hourly + 2 * noise * rest
    else:
        x = shape * swings + hourly + noise * rest
    if make == "traffic":
        y = np.maximum(0, 1 + 2 * x) ** 1.5 * (1 + 0.15 * shocks * dice.choice([0, 1]))
    elif make == "business":
        y = np.maximum(0, 0.7 + 3 * x)
    else:
        y = np.exp(x)
    if dice.random() < 0.15:
        y[int(dice.integers(n)) :] *= np.exp(dice.normal(0, 0.15))
    return np.asarray(np.round(np.maximum(y, 0) * size, int(dice.choice([0, 1, 3])) if size > 50 else 3))
