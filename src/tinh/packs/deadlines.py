"""When a delivery is late: the one reading of `expect.due` for the gate, the calendar and simulations."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from tinh.kit import periods
from tinh.kit.calendar import WorkingCalendar
from tinh.kit.periods import Grain

if TYPE_CHECKING:
    from tinh.packs.models import Expectation

_DAY = timedelta(days=1)
_TICK = timedelta(microseconds=1)
_DAYS = re.compile(r"P(?!T)(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?")


def whole_days(due: str, working_days: int | None = None) -> bool:
    """Whether a due time falls on a day as such, so that an hour of that day can be named."""
    if working_days is not None or not due:
        return True
    return bool(_DAYS.fullmatch(due)) and bool(re.search(r"[1-9]", due))


def due_at(expect: Expectation, period: str, calendar: WorkingCalendar) -> datetime | None:
    """The local moment after which a delivery for `period` is late; None when it cannot be told.

    `P5D` after a month's end leaves five whole days. Working days count from the day after the
    period's last day.
    """
    end = periods.end(period)
    if expect.working_days is None:
        due = periods.after(end, expect.due)
        if due is None or not expect.at:
            return due
        last = (due - _TICK).date()
    else:
        last = calendar.add_working_days((end - _TICK).date(), expect.working_days)
    if expect.at:
        return datetime.combine(last, time.fromisoformat(expect.at))
    return datetime.combine(last + _DAY, time())


def grace_of(expect: Expectation, window: Grain) -> timedelta:
    """How long an overdue dataset may still be on its way before its source counts as stopped."""
    start = datetime(2000, 1, 1)
    told = periods.after(start, expect.grace) if expect.grace else None
    if told is not None:
        return told - start
    return timedelta(hours=6) if window == "hour" else _DAY
