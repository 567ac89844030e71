"""Days and moments as people write them in a query."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tinh.jobs import api as jobs
from tinh.kit import periods
from tinh.rest.errors import BadParameter


def day(name: str, text: str | None) -> date:
    """`2025-06-30`; today in the province when nothing is given."""
    if not text:
        return jobs.now().astimezone(ZoneInfo(jobs.catalogue().timezone)).date()
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise BadParameter(name=name, value=text, expected="2025-06-30") from fault


def moment(name: str, text: str | None, start: bool = False) -> datetime | None:
    """An ISO moment; a bare day means its end in the province's time, or its `start`."""
    if not text:
        return None
    zone = ZoneInfo(jobs.catalogue().timezone)
    try:
        if len(text) == 10:
            if start:
                return datetime.combine(date.fromisoformat(text), time(), zone).astimezone(UTC)
            following = date.fromisoformat(text) + timedelta(days=1)
            return datetime.combine(following, time(), zone).astimezone(UTC) - timedelta(microseconds=1)
        found = datetime.fromisoformat(text.replace(" ", "+"))
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError) as fault:
        raise BadParameter(
            name=name, value=text, expected="2025-06-30 / 2025-06-30T07:00:00+07:00"
        ) from fault


def period(name: str, text: str | None) -> str | None:
    if not text:
        return None
    try:
        periods.start(text)
    except ValueError as fault:
        raise BadParameter(
            name=name, value=text, expected="2025-04-01T07 / 2025-04-01 / 2025-04 / 2025-Q2 / 2025"
        ) from fault
    return text
