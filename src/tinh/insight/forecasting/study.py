"""What one series says by itself: its members' guesses, now and at moments of its own past.

The only costly part, and free of every other series, so it runs in processes or on a cluster.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tinh.insight.forecasting.levelshifts import levelled
from tinh.insight.forecasting.members import Guess, guesses, recent, sporadic

Array = NDArray[np.float64]
_TINY = 1e-12
_PLAIN = ("naive", "snaive", "snaive2")


@dataclass(frozen=True, slots=True)
class Look:
    """The members seen from one moment: guesses (members, horizon), what then came (horizon,; NaN unknown).

    `past` is the number of values before; `reach` (horizon,) the mean absolute change over as many steps
    in that past; `inner` and `late` the members' usual one-step miss, over all of it and lately;
    `unit` the mean absolute seasonal difference, `last` the last value, `level` the mean size of values.
    """

    names: tuple[str, ...]
    means: Array
    actual: Array
    past: int
    reach: Array
    inner: float
    late: float
    unit: float
    last: float
    level: float


@dataclass(frozen=True, slots=True)
class Study:
    """A series' look at the future, and looks from its past, the latest first."""

    now: Look
    before: tuple[Look, ...]


def study(y: Array, seasons: tuple[int, ...], horizon: int) -> Study:
    """Look ahead from the end of `y` (n,) and from earlier origins, with the whole horizon where possible."""
    level = _level(y, seasons)
    found, form = guesses(level, seasons, horizon)
    now = _look(found, level, np.full(horizon, np.nan), seasons)
    before = []
    for origin in origins(len(y), seasons, horizon):
        past = y[:origin]
        actual = np.full(horizon, np.nan)
        actual[: min(horizon, len(y) - origin)] = y[origin : origin + horizon]
        if float(np.ptp(recent(past, seasons))) == 0:
            continue
        past = _level(past, seasons)
        earlier, _ = guesses(past, seasons, horizon, form)
        before.append(_look(earlier, past, actual, seasons))
    return Study(now, tuple(before))


def _level(past: Array, seasons: tuple[int, ...]) -> Array:
    """What was known at a moment, its clear shifts of level taken out; counts that are mostly 0 have none."""
    if sporadic(recent(past, seasons), seasons):
        return past
    return levelled(past, seasons[0] if seasons else 1)


def studies_of(jobs: Sequence[tuple[Array, tuple[int, ...], int]]) -> list[Study]:
    """`study` of each (y, seasons, horizon)."""
    return [study(y, seasons, horizon) for y, seasons, horizon in jobs]


def origins(n: int, seasons: tuple[int, ...], horizon: int) -> list[int]:
    """Where looks from the past stand: the whole horizon before the end, and earlier by parts of it."""
    season = seasons[0] if seasons else 1
    least = max(5, season + 3) if n >= max(12, 2 * season) else 4
    many = 4 if season == 1 else 3
    stride = max(1, horizon // 2 if season < 24 else horizon)
    found = [n - horizon - k * stride for k in range(many) if n - horizon - k * stride >= least]
    if not found:
        found = [least] if 4 <= least < n else []
    return found


def _look(found: dict[str, Guess], past: Array, actual: Array, seasons: tuple[int, ...]) -> Look:
    horizon = len(actual)
    y = recent(past, seasons)
    season = next((m for m in seasons if len(y) >= 2 * m + 2), 1)
    lag = season if len(y) > season else 1
    floor = max(_TINY, 1e-6 * float(np.mean(np.abs(y))))
    unit = max(float(np.mean(np.abs(y[lag:] - y[:-lag]))), floor)
    inner = [
        one.inner for name, one in found.items() if name not in ("naive", "snaive") and np.isfinite(one.inner)
    ]
    usual = max(float(np.median(inner)) if inner else unit, 0.02 * unit, floor)
    return Look(
        tuple(found), np.array([one.mean for one in found.values()]), actual, len(past),
        np.maximum(reach(y, season, horizon, usual), max(floor, 0.05 * unit)),
        usual, _lately(y, season, usual), unit, float(y[-1]), max(float(np.mean(np.abs(y))), floor),
    )  # fmt: skip


def _lately(y: Array, season: int, usual: float) -> float:
    """`usual` times how much rougher the last part of the past is than all of it."""
    lag = season if len(y) > 2 * season and season > 1 else 0
    moves = np.abs(np.diff(y[lag:] - y[:-lag] if lag else y))
    part = max(4, min(2 * season, len(moves) // 3))
    whole, last = float(np.mean(moves)), float(np.mean(moves[-part:]))
    held = 2 / part + 0.05  # two moves' worth of doubt
    return (
        usual * float(np.clip((last + held * whole) / ((1 + held) * whole), 0.2, 5)) if whole > 0 else usual
    )


def reach(y: Array, season: int, horizon: int, inner: float = 0.0) -> Array:
    """Mean absolute change over each number of steps ahead, the mean drift taken out.

    It is measured over whole seasons; between them, and between one step (`inner`) and the first season,
    it is read off the line through their logarithms. Beyond what the past can show (fewer than four such
    changes) it grows with the root of the lead.
    """
    drift = (y[-1] - y[0]) / (len(y) - 1)
    leads: list[int] = [1] if season > 1 and inner > 0 else []
    sizes: list[float] = [inner] if leads else []
    known, shown = 0.0, 0
    for lag in range(season, horizon + season, season):
        if len(y) - lag >= min(4, len(y) - 1):
            known, shown = float(np.mean(np.abs(y[lag:] - y[:-lag] - drift * lag))), lag
            sizes.append(known)
        elif shown:
            sizes.append(known * float(np.sqrt(lag / shown)))
        else:
            sizes.append(float(np.mean(np.abs(np.diff(y)))) * float(np.sqrt(lag)))
        leads.append(lag)
    floor = 1e-12 * max(sizes) + 1e-300
    line = np.log(np.maximum(sizes, floor))
    return np.asarray(np.exp(np.interp(np.log(np.arange(1, horizon + 1)), np.log(leads), line)))
