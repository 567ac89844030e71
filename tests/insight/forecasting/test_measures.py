"""The measures of the competitions, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from tinh.insight.forecasting.measures import coverage, mase, msis, smape
from tinh.insight.forecasting.singles import naive_two

PAST = np.array([1.0, 3.0, 2.0, 4.0])
ACTUAL, MEAN = np.array([5.0, 6.0]), np.array([4.0, 6.0])


def test_measures_are_those_of_m4() -> None:
    assert smape(ACTUAL, MEAN) == pytest.approx(200 / 2 * (1 / 9))
    assert mase(ACTUAL, MEAN, PAST, 1) == pytest.approx(0.5 / (5 / 3))
    assert mase(ACTUAL, MEAN, PAST, 2) == pytest.approx(0.5 / 1)
    low, high = np.array([3.0, 3.0]), np.array([4.5, 8.0])
    assert msis(ACTUAL, low, high, 80, PAST, 2) == pytest.approx(((1.5 + 10 * 0.5) + 5) / 2)
    assert coverage(ACTUAL, low, high) == 0.5


def test_naive_two_takes_a_season_out_and_puts_it_back() -> None:
    wave = np.array([0.5, 1.0, 1.5, 1.0])
    past = np.tile(wave, 6) * 100
    assert naive_two(past, 4, 5).mean == pytest.approx(100 * np.resize(wave, 5))
    assert naive_two(past[:6], 4, 2).mean == pytest.approx([past[5]] * 2)
