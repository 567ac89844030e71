"""Calendar periods with one spelling each, so that they sort, compare and join as strings.

hour 2025-04-01T07 · day 2025-04-01 · month 2025-04 · quarter 2025-Q2 · year 2025
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal, get_args

Grain = Literal["hour", "day", "month", "quarter", "year"]
GRAINS: tuple[Grain, ...] = get_args(Grain)

_SHAPES: dict[Grain, re.Pattern[str]] = {
    "hour": re.compile(r"(\d{4})-(\d{2})-(\d{2})T(\d{2})"),
    "day": re.compile(r"(\d{4})-(\d{2})-(\d{2})"),
    "month": re.compile(r"(\d{4})-(\d{2})"),
    "quarter": re.compile(r"(\d{4})-Q([1-4])"),
    "year": re.compile(r"(\d{4})"),
}


def grain_of(period: str) -> Grain:
    """The grain a period is spelt in; ValueError when it is none of the five spellings."""
    for grain, shape in _SHAPES.items():
        if shape.fullmatch(period):
            return grain
    raise ValueError(f"not a period: {period!r}")


@lru_cache(1 << 16)
def start(period: str) -> datetime:
    """The first moment of a period, as naive local time."""
    grain = grain_of(period)
    match = _SHAPES[grain].fullmatch(period)
    assert match is not None
    parts = [int(p) for p in match.groups()]
    if grain == "quarter":
        return datetime(parts[0], 3 * parts[1] - 2, 1)
    year, *rest = parts
    month = rest[0] if rest else 1
    day = rest[1] if len(rest) > 1 else 1
    return datetime(year, month, day, rest[2] if len(rest) > 2 else 0)


def of(moment: datetime | date, grain: Grain) -> str:
    """The period of `grain` that holds `moment` (local time)."""
    if grain == "hour":
        return f"{moment:%Y-%m-%dT%H}"
    if grain == "day":
        return f"{moment:%Y-%m-%d}"
    if grain == "month":
        return f"{moment:%Y-%m}"
    if grain == "quarter":
        return f"{moment:%Y}-Q{(moment.month + 2) // 3}"
    return f"{moment:%Y}"


def shift(period: str, steps: int) -> str:
    """The period `steps` later (earlier when negative), of the same grain."""
    grain, begin = grain_of(period), start(period)
    if grain == "hour":
        return of(begin + timedelta(hours=steps), grain)
    if grain == "day":
        return of(begin + timedelta(days=steps), grain)
    months = {"month": 1, "quarter": 3, "year": 12}[grain] * steps
    index = begin.year * 12 + begin.month - 1 + months
    return of(date(index // 12, index % 12 + 1, 1), grain)


@lru_cache(1 << 16)
def end(period: str) -> datetime:
    """The first moment after a period, as naive local time."""
    return start(shift(period, 1))


@lru_cache(1 << 16)
def up(period: str, grain: Grain) -> str:
    """The coarser (or same) period of `grain` that holds `period`."""
    return of(start(period), grain)


def between(first: str, last: str) -> list[str]:
    """Every period of one grain from `first` to `last`, both included."""
    out = []
    while first <= last:
        out.append(first)
        first = shift(first, 1)
    return out


def within(period: str, grain: Grain) -> list[str]:
    """The finer periods of `grain` that a period is made of: 30 days of April, 720 hours."""
    begin, after = start(period), end(period)
    return between(of(begin, grain), of(after - timedelta(seconds=1), grain))


def count_within(period: str, grain: Grain) -> int:
    """How many periods of `grain` make up `period`, without listing them."""
    begin, after = start(period), end(period)
    if grain == "hour":
        return int((after - begin).total_seconds() // 3600)
    if grain == "day":
        return (after - begin).days
    months = (after.year - begin.year) * 12 + after.month - begin.month
    return max(1, months // {"month": 1, "quarter": 3, "year": 12}[grain])


_DURATION = re.compile(
    r"P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?"
    r"(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)


def after(moment: datetime, duration: str) -> datetime | None:
    """`moment` moved on by an ISO 8601 duration (`P5D`, `PT2H`, `P1M`), months by the calendar;
    None when it is no duration or leads out of the calendar."""
    match = _DURATION.fullmatch(duration.strip().upper())
    if match is None:
        return None
    years, months, weeks, days, hours, minutes = (int(g or 0) for g in match.groups()[:6])
    year, month = divmod(moment.year * 12 + moment.month - 1 + years * 12 + months, 12)
    try:
        first = moment.replace(year=year, month=month + 1, day=1)
        last = (end(of(first, "month")) - timedelta(days=1)).day
        return first.replace(day=min(moment.day, last)) + timedelta(
            weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=float(match.group(7) or 0)
        )
    except (ValueError, OverflowError):
        return None
