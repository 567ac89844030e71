"""Series as statistical offices and businesses have them: generated, seeded, with their own future.

Not one model's data: every series draws what it is made of (walk or stationary level, trend that drifts,
fades or breaks, additive or multiplicative season that moves, level shifts, heavy-tailed noise whose
size follows the level, spikes), in the lengths and horizons of the M4 competition.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Kind:
    seasons: tuple[int, ...]
    horizon: int
    shortest: int
    usual: int
    longest: int
    begins: str
    every: str


KINDS = {
    "yearly": Kind((), 6, 13, 28, 60, "1950", "1y"),
    "quarterly": Kind((4,), 8, 18, 80, 120, "1990-01-01", "1q"),
    "monthly": Kind((12,), 18, 48, 170, 320, "1990-01-01", "1mo"),
    "weekly": Kind((52,), 13, 80, 400, 900, "2005-01-03", "1w"),
    "daily": Kind((7,), 14, 95, 500, 900, "2015-01-01", "1d"),
    "hourly": Kind((24, 168), 48, 700, 750, 960, "2025-01-01 00:00:00", "1h"),
}


def drawn(kind: str, dice: np.random.Generator) -> tuple[Array, Array]:
    """One series of `kind`: its past (n,) and what comes after (horizon,)."""
    k = KINDS[kind]
    low, high = np.log(k.shortest), np.log(k.longest)
    n = int(np.exp(np.clip(dice.normal(np.log(k.usual), (high - low) / 5), low, high)))
    y = _whole(kind, n + k.horizon + 30, dice)[30:]
    return y[:n], y[n:]


def _whole(kind: str, n: int, dice: np.random.Generator) -> Array:
    k = KINDS[kind]
    year = {"yearly": 1, "quarterly": 4, "monthly": 12, "weekly": 52, "daily": 365, "hourly": 8760}[kind]
    yearly = dice.choice([0.02, 0.05, 0.1, 0.2]) * dice.lognormal(0, 0.4)  # what moves within a year
    pace = dice.normal(0.02, 0.04)
    walk = dice.choice(["walk", "local", "still", "cycle"], p=[0.4, 0.25, 0.15, 0.2])
    freedom = dice.choice([4, 8, 30])
    shocks = dice.standard_t(freedom, n) * np.sqrt((freedom - 2) / freedom)
    if dice.random() < 0.3:  # quiet and rough times
        calm = np.zeros(n)
        for t in range(1, n):
            calm[t] = 0.95 * calm[t - 1] + dice.normal(0, 0.18)
        shocks = shocks * np.exp(calm)
    step = yearly / np.sqrt(year)
    slope, at = pace / year, 0.0
    fade = dice.choice([1.0, 0.98, 0.9])
    level = np.zeros(n)
    wander = 0.0
    for t in range(n):
        if walk == "walk":
            at += pace / year + step * shocks[t]
        elif walk == "local":
            slope = fade * slope + (1 - fade) * pace / year + 0.12 * step * dice.normal()
            at += slope + 0.6 * step * shocks[t]
        elif walk == "cycle":
            wander = (1 - 0.25 / np.sqrt(year)) * wander + step * shocks[t]
            at += pace / year
        else:
            at += 0.3 * pace / year
        level[t] = at + wander
    if kind in ("yearly", "quarterly", "monthly", "daily", "weekly") and dice.random() < 0.15:
        level[int(dice.integers(n)) :] += dice.normal(0, 2 * yearly)
    noise = (
        dice.choice([0.05, 0.3, 0.8, 1.5]) * yearly / np.sqrt(min(year, 12)) * (2 if walk == "still" else 1)
    )
    tied = dice.choice([0.0, 0.0, 0.4, 0.7])
    rough = dice.standard_t(5, n) * 0.77
    for t in range(1, n):
        rough[t] = tied * rough[t - 1] + np.sqrt(1 - tied**2) * rough[t]
    out = level + noise * rough
    for season in k.seasons:
        strength = dice.choice([0.0, 0.02, 0.08, 0.25] if season != 24 else [0.05, 0.15, 0.3])
        if kind == "daily":
            strength *= 0.5
        out = out + _wave(n, season, strength, dice)
    spikes = dice.random(n) < dice.choice([0, 0, 0, 0.01])
    out = out + spikes * dice.normal(0, 4 * max(noise, step), n)
    size = np.exp(dice.normal(7, 1.5))
    y = (
        size * np.exp(out)
        if dice.random() < 0.6
        else size * np.maximum(1 + out + 0.5, 0.01 + 0.01 * np.exp(out))
    )
    return np.round(np.asarray(y, dtype=np.float64), int(max(0, 3 - np.log10(size))))


def _wave(n: int, season: int, strength: float, dice: np.random.Generator) -> Array:
    """A season made of a few harmonics (and a little of its own for each phase) that moves slowly."""
    if strength == 0:
        return np.zeros(n)
    at = np.arange(n)
    out = np.zeros(n)
    for harmonic in range(1, min(season // 2, 4) + 1):
        drift = np.cumsum(dice.normal(0, dice.choice([0, 0.01, 0.03]) / np.sqrt(season), n))
        swing = 1 + np.cumsum(dice.normal(0, dice.choice([0, 0.02, 0.05]) / np.sqrt(season), n))
        out += (
            swing
            * dice.normal(0, 1 / harmonic)
            * np.sin(2 * np.pi * harmonic * at / season + dice.uniform(0, 6.28) + drift)
        )
    return strength * (out + np.resize(dice.normal(0, 0.4, season), n))
