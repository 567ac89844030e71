"""Days as forms send them."""

from __future__ import annotations

from datetime import date


def day_of(text: str) -> date | None:
    """The day a form names; None for what is none, or lies in no year anybody means."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1900 < found.year < 9000 else None
