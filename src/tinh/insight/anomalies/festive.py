"""Holidays that move: what Tết and other days off do to a series is expected, not surprising.

Each day of a holiday, and each day about Tết by its distance from the first of the lunar year, is compared
with the same day of other years. A day seen in no other year cannot be judged: its own departure is taken as
its effect. Months are corrected by the share of the Tết weeks that falls into them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

import numpy as np

from tinh.insight.anomalies.rolling import Flags, Floats, centred

BEFORE, AFTER = 8, 10  # days about the first day of the lunar year that live by it
_DAY = 86400


@lru_cache(8)
def _calendar(country: str, first: int, last: int) -> tuple[dict[date, str], dict[int, date]]:
    """Days off by name, and the first lunar day of each year (for Viet Nam)."""
    import holidays

    found = (
        holidays.country_holidays(country, years=range(first - 1, last + 2), language="en_US", observed=False)
        if (country == "VN")
        else holidays.country_holidays(country, years=range(first - 1, last + 2))
    )
    days = {day: "day off" if "Day off" in str(name) else str(name) for day, name in found.items()}
    tet: dict[int, date] = {}
    if country == "VN":
        for day, name in sorted(days.items()):
            if "Lunar New Year" in name and "Eve" not in name and day.year not in tet:
                tet[day.year] = day
    return days, tet


@lru_cache(64)
def keys(country: str, first: date, last: date) -> dict[date, str]:
    """What is special about a day: `tet-3` three days before the lunar year, else a holiday's name."""
    days, tet = _calendar(country, first.year, last.year)
    out: dict[date, str] = {}
    for day, name in days.items():
        for off in (-1, 0, 1):
            out.setdefault(day + timedelta(days=off), f"{name.split(';')[0]}{off:+d}") if off else None
        out[day] = name.split(";")[0]
    for new in tet.values():
        for off in range(-BEFORE, AFTER + 1):
            out[new + timedelta(days=off)] = f"tet{off:+d}"
    return {day: name for day, name in out.items() if first <= day <= last}


def of_days(x: Floats, known: Flags, moments: np.ndarray, step: int, country: str) -> tuple[Floats, Flags]:
    """The holiday effect on each cell of `x` (series, time) whose cells begin at `moments` (seconds), and
    where it could not be told from one year alone."""
    n = x.shape[1]
    effect = np.zeros_like(x)
    alone = np.zeros(x.shape, dtype=bool)
    days = moments // _DAY
    first, last = _day(int(days[0])), _day(int(days[-1]))
    special = keys(country, first, last)
    if not special:
        return effect, alone
    ordinal = {(_to_days(day)): name for day, name in special.items()}
    usual = ~np.isin(days, list(ordinal))
    if usual.sum() < 8:
        return effect, alone
    bridged = (
        x.copy()
    )  # straight over the holidays, so that their own effect does not bend what they are held to
    at = np.arange(n)
    where = np.searchsorted(np.flatnonzero(usual), at).clip(1, usual.sum() - 1)
    left, right = np.flatnonzero(usual)[where - 1], np.flatnonzero(usual)[where]
    share = np.clip((at - left) / (right - left), 0, 1)
    bridged[:, ~usual] = (x[:, left] + (x[:, right] - x[:, left]) * share)[:, ~usual]
    width = min(n - 1 + n % 2, max(3, 11 * _DAY // step) | 1)
    rest = np.where(known, x - centred(bridged, width), np.nan)
    places: dict[str, list[np.ndarray]] = {}
    for day, name in ordinal.items():
        a, b = np.searchsorted(days, [day, day + 1])
        if b > a:
            places.setdefault(name, []).append(np.arange(a, b))
    for years in places.values():
        own = np.stack([_middle(rest[:, at]) for at in years], axis=1)  # (series, years)
        for k, at in enumerate(years):
            others = np.delete(own, k, axis=1)
            seen = np.isfinite(others).sum(axis=1)
            expected = np.where(seen > 0, _middle(others) if others.shape[1] else 0.0, own[:, k])
            expected = np.nan_to_num(expected)
            # one or two other years say how far it may go, not how far it must
            within = np.clip(np.nan_to_num(own[:, k]), np.minimum(0, expected), np.maximum(0, expected))
            expected = np.where((seen > 0) & (seen < 3), within, expected)
            effect[:, at] = expected[:, None]
            alone[:, at] = (seen == 0)[:, None]
    return effect, alone


def _middle(x: Floats) -> Floats:
    if x.shape[1] == 0:
        return np.full(len(x), np.nan)
    lacking = np.isnan(x)
    if not lacking.any():
        return np.asarray(np.median(x, axis=1))
    ordered = np.sort(x, axis=1)
    count = (~lacking).sum(axis=1)
    rows = np.arange(len(x))
    at = np.maximum(count, 1)
    value = (ordered[rows, (at - 1) // 2] + ordered[rows, at // 2]) / 2
    return np.where(count > 0, value, np.nan)


def of_months(x: Floats, known: Flags, months: Sequence[int], country: str, noise: Floats) -> Floats:
    """The effect on months, quarters or weeks of how much of the Tết weeks they hold, by a robust slope."""
    share = tet_shares(months, country)
    by_month = np.array([m % 12 for m in months])
    lean = share.copy()
    for k in range(12):
        if (by_month == k).any():
            lean[by_month == k] -= share[by_month == k].mean()
    if not np.any(np.abs(lean) > 0.05):
        return np.zeros_like(x)
    rest = x - centred(x, 13)
    cut = np.where(known, np.clip(rest, -4 * noise, 4 * noise), 0.0)
    power = float((lean**2).sum())
    slope = (cut * lean).sum(axis=1, keepdims=True) / power
    doubt = noise**2 / power
    keep = np.maximum(slope**2 - doubt, 0) / np.maximum(slope**2, 1e-300)
    return np.asarray(slope * keep * lean)


@lru_cache(16)
def _shares(months: tuple[int, ...], country: str) -> tuple[float, ...]:
    first, last = months[0] // 12, months[-1] // 12
    _, tet = _calendar(country, first, last)
    total = dict.fromkeys(months, 0.0)
    for new in tet.values():
        for off in range(-BEFORE, AFTER + 1):
            day = new + timedelta(days=off)
            key = day.year * 12 + day.month - 1
            if key in total:
                total[key] += 1 / (BEFORE + AFTER + 1)
    return tuple(total[m] for m in months)


def tet_shares(months: Sequence[int], country: str) -> Floats:
    """The share of the Tết weeks in each month (months since year 0)."""
    return np.array(_shares(tuple(int(m) for m in months), country))


def _day(number: int) -> date:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=number)).date()


def _to_days(day: date) -> int:
    return (day - date(1970, 1, 1)).days
