"""What like series were all missed by, all one way, is made good; what misses to both sides is left."""

from __future__ import annotations

import numpy as np
import polars as pl

from tinh.insight.api import forecast

PAST, AHEAD, SERIES = 24, 6, 40


def above(steady: bool) -> tuple[np.ndarray, np.ndarray]:
    """Whether what came lay above the forecast, and between its 80 % bounds (both: series, horizon)."""
    rows, future = [], []
    for number in range(SERIES):
        dice = np.random.default_rng([5, number])
        slope = np.zeros(PAST + AHEAD) if steady else np.cumsum(dice.normal(0.003, 0.003, PAST + AHEAD))
        y = 100 * np.exp(np.cumsum(slope + dice.normal(0, 0.03, PAST + AHEAD)))
        rows += [(f"{number:03}", str(2000 + at), float(y[at])) for at in range(PAST)]
        future.append(y[PAST:])
    found = forecast(pl.DataFrame(rows, schema=["unique_id", "ds", "y"], orient="row"), AHEAD).table
    mean, low, high = (found[name].to_numpy().reshape(SERIES, AHEAD) for name in ("mean", "lo-80", "hi-80"))
    ahead = np.array(future)
    return ahead > mean, (ahead >= low) & (ahead <= high)


def test_kin_that_all_grow_faster_and_faster_are_followed() -> None:
    higher, within = above(steady=False)
    assert higher.mean() < 0.75  # damped members alone are passed by 85 in 100
    assert within.mean() > 0.65


def test_kin_that_wander_each_their_own_way_are_missed_to_both_sides() -> None:
    higher, within = above(steady=True)
    assert 0.35 < higher.mean() < 0.65
    assert within.mean() > 0.7


def test_the_mean_of_counts_that_are_mostly_none_stays_a_mean() -> None:
    rows, usual = [], []
    for number in range(30):
        y = np.random.default_rng([7, number]).binomial(1, 0.3, 60) * 4
        usual.append(y.mean())
        rows += [(f"{number:03}", str(at + 1), float(value)) for at, value in enumerate(y)]
    found = forecast(pl.DataFrame(rows, schema=["unique_id", "ds", "y"], orient="row"), 4).table
    assert abs(float(found["mean"].to_numpy().mean()) / float(np.mean(usual)) - 1) < 0.15
