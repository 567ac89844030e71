"""The single methods our combination is judged beside, as statsforecast has them, intervals too."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
_LONGEST_ETS, _LONGEST_ARIMA = 24, 12


@dataclass(frozen=True, slots=True)
class Single:
    """A method's mean (horizon,) and its (low, high) for each level asked, in order."""

    mean: Array
    bands: tuple[tuple[Array, Array], ...] = ()


def singles(
    y: Array, season: int, horizon: int, levels: tuple[int, ...], arima: bool
) -> dict[str, Single]:  # fmt: skip
    """Theta, ETS, CES, seasonal naive and, if asked, ARIMA, fitted to `y` (n,).

    ETS and CES take seasons up to 24 steps, ARIMA up to 12; beyond, they see none. A method that cannot
    be fitted gives what the naive method gives.
    """
    from statsforecast import models

    short = season if season <= _LONGEST_ETS and len(y) >= 2 * season else 1
    long = season if len(y) >= 2 * season else 1
    makers: dict[str, Any] = {
        "Theta": lambda: models.DynamicOptimizedTheta(season_length=long),
        "ETS": lambda: models.AutoETS(season_length=short),
        "CES": lambda: models.AutoCES(season_length=short),
        "Seasonal naive": lambda: models.SeasonalNaive(season_length=long),
    }
    if arima:
        makers["ARIMA"] = lambda: models.AutoARIMA(season_length=short if short <= _LONGEST_ARIMA else 1)
    out = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, make in makers.items():
            try:
                out[name] = _read(make().forecast(y=y, h=horizon, level=list(levels)), levels)
            except Exception:  # optimisers fail in many ways; the naive method always stands
                out[name] = _read(models.Naive().forecast(y=y, h=horizon, level=list(levels)), levels)
    return out


def _read(found: dict[str, Any], levels: tuple[int, ...]) -> Single:
    def part(name: str) -> Array:
        return np.nan_to_num(np.asarray(found[name], dtype=np.float64), nan=0.0, posinf=1e150, neginf=-1e150)

    return Single(part("mean"), tuple((part(f"lo-{level:g}"), part(f"hi-{level:g}")) for level in levels))


def naive_two(y: Array, season: int, horizon: int) -> Single:
    """Naive 2 of M4: the last value of the series freed of a multiplicative season, where there is one.

    A season is there when its autocorrelation passes the test of Assimakopoulos & Nikolopoulos (2000),
    IJF 16(4), at 90 %.
    """
    n = len(y)
    if season < 2 or n < 3 * season or float(np.min(y)) <= 0 or not _seasonal(y, season):
        return Single(np.full(horizon, y[-1]))
    window = np.ones(season) / season
    trend = np.convolve(y, window, "valid")
    if season % 2 == 0:
        trend = (trend[1:] + trend[:-1]) / 2
    start = season // 2
    ratio = y[start : start + len(trend)] / trend
    phase = np.arange(start, start + len(trend)) % season
    wave = np.array([float(np.mean(ratio[phase == p])) for p in range(season)])
    wave *= season / wave.sum()
    return Single(y[-1] / wave[(n - 1) % season] * wave[np.arange(n, n + horizon) % season])


def _seasonal(y: Array, season: int) -> bool:
    centred = y - np.mean(y)
    total = float(centred @ centred)
    if total <= 0:
        return False
    lags = np.array([float(centred[k:] @ centred[:-k]) / total for k in range(1, season + 1)])
    limit = 1.645 * np.sqrt((1 + 2 * float(np.sum(lags[:-1] ** 2))) / len(y))
    return bool(abs(lags[-1]) > limit)
