"""Measures of forecasts, as the competitions define them.

sMAPE, MASE: Makridakis, Spiliotis, Assimakopoulos (2020), "The M4 Competition", IJF 36(1), §2.3;
OWA: ibid.; MSIS: Gneiting & Raftery (2007), JASA 102, §6.2, scaled as in M4 by the mean absolute seasonal
difference of the past.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def smape(actual: Array, mean: Array) -> float:
    """Symmetric mean absolute percentage error, 0–200."""
    size = np.abs(actual) + np.abs(mean)
    return float(
        200 * np.nanmean(np.where(size > 0, np.abs(actual - mean) / np.where(size > 0, size, 1), 0.0))
    )


def seasonal_scale(past: Array, season: int) -> float:
    """Mean absolute seasonal difference of the past; NaN when it is 0 or the past is too short."""
    lag = season if len(past) > season else 1
    scale = float(np.mean(np.abs(past[lag:] - past[:-lag]))) if len(past) > lag else 0.0
    return scale if scale > 0 else float("nan")


def mase(actual: Array, mean: Array, past: Array, season: int) -> float:
    """Mean absolute error over that of the seasonal naive method inside the past."""
    return float(np.nanmean(np.abs(actual - mean)) / seasonal_scale(past, season))


def interval_score(actual: Array, low: Array, high: Array, level: float) -> Array:
    """Width plus 2/α times the distance outside, per horizon; `level` in per cent."""
    alpha = 1 - level / 100
    below, above = np.maximum(low - actual, 0), np.maximum(actual - high, 0)
    return high - low + 2 / alpha * (below + above)


def msis(actual: Array, low: Array, high: Array, level: float, past: Array, season: int) -> float:
    """Mean scaled interval score."""
    return float(np.nanmean(interval_score(actual, low, high, level)) / seasonal_scale(past, season))


def coverage(actual: Array, low: Array, high: Array) -> float:
    """Share of actual values inside, 0–1."""
    return float(np.mean((actual >= low) & (actual <= high)))
