"""What is promised of a report, in words a citizen reads: until when, and how that is counted."""

from __future__ import annotations

from datetime import datetime

from tinh.desks.api import reports
from tinh.jobs import api as jobs
from tinh.web import formats
from tinh.web.pages.reporting import ground
from tinh.web.words import words


def promises_of(one: reports.Shown | reports.Tracked, language: str) -> list[tuple[str, str]]:
    """What is still owed, and until when; a promise that was kept is none."""
    say, zone = words(language), jobs.catalogue().timezone
    if isinstance(one, reports.Tracked) and one.paused:
        return []  # the clock stands; the moment it would have ended is none any more
    over = one.closed_at or one.answered_at
    owed: tuple[tuple[str, datetime | None, datetime | None], ...] = (
        ("accept_by", one.accept_by, one.accepted_at or over),
        ("finish_by", one.finish_by, over),
    )
    return [
        (say(f"reporting.{name}"), formats.minute(by, language, zone))
        for name, by, kept in owed
        if by is not None and kept is None
    ]


def how_counted(language: str) -> str:
    """The hours that count: a report sent at night is counted from the morning of the next working day."""
    spans = jobs.catalogue().hours.on(ground.today())
    hours = ", ".join(f"{_clock(start)}–{_clock(end)}" for start, end in spans)
    return words(language)("reporting.hours_count", hours=hours)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
