"""The moment a visitor asks to look back to."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.http import HttpRequest


def as_of_of(request: HttpRequest, zone: str, now: datetime) -> datetime | None:
    """`?as-of=2026-10-01`: the end of that day; None (now) when absent, unreadable or not past."""
    text = request.GET.get("as-of", "")
    try:
        moment = datetime.combine(date.fromisoformat(text), time.max, ZoneInfo(zone))
    except ValueError:
        return None
    return moment if moment < now else None
