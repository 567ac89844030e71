"""Lawful times as days of the province's calendar. Knows nothing of what they are for."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

from tinh.kit.calendar import WorkingCalendar
from tinh.packs.api import Limit

Pace = Literal["done", "late", "in time", "soon", "overdue"]
SOON = 3  # working days before a due day from which it is said to be near


def day_of(limit: Limit, start: date, calendar: WorkingCalendar, processor: bool = False) -> date:
    """The last day of a time that starts on `start`, which does not count itself."""
    amount = limit.with_processor if processor and limit.with_processor is not None else limit.amount
    if limit.unit == "working_days":
        return calendar.add_working_days(start, amount)
    return start + timedelta(days=amount)


def pace(due: date, done: date | None, today: date, calendar: WorkingCalendar) -> Pace:
    """How something stands to its day."""
    if done is not None:
        return "done" if done <= due else "late"
    if today > due:
        return "overdue"
    return "soon" if calendar.working_days_between(today, due) <= SOON else "in time"
