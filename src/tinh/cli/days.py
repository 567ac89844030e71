"""A day as it is written on the command line."""

from __future__ import annotations

from datetime import date

from tinh.cli.errors import UnreadableMoment


def day(text: str | None) -> date:
    """The day `text` names, today when it names none; raises UnreadableMoment."""
    if not text:
        from tinh.kit.clock import SystemClock

        return SystemClock().now().date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UnreadableMoment(text=text) from None
