"""Tết, which moves between 21 January and 20 February: its effect found, taken out, and put back.

Two regressors a step: how many of its days lie within the fortnight before the first day of the lunar
year, and within the nine days from its eve on. Their effect is measured on (seasonal) differences by least
squares and taken only where it stands out: the regression with moving-holiday regressors of
Bell & Hillmer (1983), JASA 78, and of X-13ARIMA-SEATS (U.S. Census Bureau, reference manual).
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tinh.insight.forecasting.series import Series
from tinh.insight.forecasting.steps import Step

Array = NDArray[np.float64]
_CLEAR = 4.5  # |t| of the first regressor; of each of two together
_CLEAR_TOO = 3.5
_YEARS = 4
_FIRST_DAY = "Tết Nguyên Đán"


@dataclass(frozen=True, slots=True)
class Tet:
    """The effect found: `past` (n,) and `ahead` (horizon,), times (`multiplied`) or plus."""

    past: Array
    ahead: Array
    multiplied: bool

    def taken_out(self, y: Array) -> Array:
        return y / self.past if self.multiplied else y - self.past

    def put_back(self, values: Array) -> Array:
        """For means, edges and paths alike (…, horizon)."""
        return values * self.ahead if self.multiplied else values + self.ahead


@lru_cache(maxsize=512)
def new_year(year: int) -> date | None:
    """The first day of the lunar year in `year`; None beyond the years known."""
    import holidays

    days = holidays.country_holidays("VN", years=year, language="vi")
    found = [day for day, name in days.items() if _FIRST_DAY in name.split("; ") and day.month <= 2]
    return min(found) if found else None


def effect(series: Series, horizon: int) -> Tet | None:
    """What Tết does to a series, or None where nothing is clearly seen or the step cannot show it."""
    lag = _lag(series.step)
    n = len(series.y)
    if not lag or not series.nature.holidays or series.filled > n // 3:
        return None
    begins = [series.step.moment(at).date() for at in range(n + horizon + 1)]
    if (begins[n] - begins[0]).days < 365 * _YEARS:
        return None
    columns = _columns(series.step, begins)
    if columns is None:
        return None
    multiplied = float(np.min(series.y)) > 0
    work = np.log(series.y) if multiplied else series.y
    found = _measured(_differenced(work, lag), [_differenced(c[:n], lag) for c in columns])
    if found is None:
        return None
    whole = sum(power * column for power, column in zip(found, columns, strict=True))
    whole = np.exp(whole) if multiplied else np.asarray(whole)
    return Tet(whole[:n], whole[n : n + horizon], multiplied)


def _lag(step: Step) -> int:
    """The seasonal difference that frees a step's values of their calendar; 0 where Tết cannot show."""
    if step.grain == "month":
        return 12
    if step.grain == "week":
        return 1
    return step.seasons[0] if step.grain == "day" and step.seasons else 0


def _columns(step: Step, begins: list[date]) -> list[Array] | None:
    """Days of each step before and within Tết: two arrays as long as `begins` less one."""
    if step.unit == "month":  # the month that holds the moment, whichever day it is named by
        begins = [day.replace(day=1) for day in begins]
    out = [np.zeros(len(begins) - 1), np.zeros(len(begins) - 1)]
    for year in range(begins[0].year, begins[-1].year + 1):
        first = new_year(year)
        if first is None:
            return None
        spans = ((first - timedelta(14), first - timedelta(1)), (first - timedelta(1), first + timedelta(8)))
        for column, (start, stop) in zip(out, spans, strict=True):
            for at in range(max(bisect_right(begins, start) - 1, 0), len(column)):
                if begins[at] >= stop:
                    break
                end = begins[at + 1] if not step.skips_weekends else begins[at] + timedelta(1)
                column[at] += max((min(end, stop) - max(begins[at], start)).days, 0)
    return out


def _differenced(values: Array, lag: int) -> Array:
    once = values[lag:] - values[:-lag]
    return np.diff(once) if lag == 12 else once


def _measured(target: Array, columns: list[Array]) -> list[float] | None:
    """Effects of both regressors, 0 where not clear; None when neither is."""
    scale = 1.4826 * float(np.median(np.abs(target - np.median(target))))
    tame = (
        np.clip(target, np.median(target) - 8 * scale, np.median(target) + 8 * scale) if scale > 0 else target
    )

    def fitted(chosen: list[int]) -> tuple[Array, Array, float]:
        matrix = np.column_stack([np.ones(len(tame)), *(columns[c] for c in chosen)])
        powers, *_ = np.linalg.lstsq(matrix, tame, rcond=None)
        rest = float(np.sum((tame - matrix @ powers) ** 2))
        spread = np.linalg.pinv(matrix.T @ matrix).diagonal() * rest / max(len(tame) - len(chosen) - 1, 1)
        effects = np.asarray(powers[1:], dtype=np.float64)
        return effects, effects / np.sqrt(np.maximum(spread[1:], 1e-300)), rest

    usable = [c for c in range(2) if int(np.sum(columns[c] != 0)) >= 2 * _YEARS - 2]
    alone = {c: fitted([c]) for c in usable}
    clear = [c for c in usable if abs(float(alone[c][1][0])) > _CLEAR]
    if not clear:
        return None
    best = min(clear, key=lambda c: alone[c][2])
    out = [0.0, 0.0]
    out[best] = float(alone[best][0][0])
    if len(usable) == 2:
        both, signs, _ = fitted([0, 1])
        if float(np.min(np.abs(signs))) > _CLEAR_TOO:
            out = [float(both[0]), float(both[1])]
    return out
