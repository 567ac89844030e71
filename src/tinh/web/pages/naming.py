"""Places by the names people know them by, on the day a figure is about."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from tinh.jobs import api as jobs
from tinh.kit.periods import end
from tinh.places.api import Gazetteer


def place_name(code: str, period: str) -> str:
    """The official name of `code` at the end of `period`; the code itself when nobody had it."""
    return _name(jobs.gazetteer(), code, period)


@lru_cache(maxsize=20_000)
def _name(book: Gazetteer, code: str, period: str) -> str:
    try:
        on = (end(period) - timedelta(days=1)).date()
    except ValueError:
        on = date.max
    unit = book.find(code, on)
    if unit is None:
        versions = book.versions(code)
        unit = versions[-1] if versions else None
    return unit.name if unit else code


def today_name(code: str, today: date) -> str:
    return place_name(code, today.isoformat())
