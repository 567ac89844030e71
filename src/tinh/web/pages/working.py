"""How the work of the background stands, in a sentence for those who read its results."""

from __future__ import annotations

from datetime import datetime

from tinh.jobs.api import Progress
from tinh.web import formats
from tinh.web.words import words


def standing(found: Progress, wanted: bool, zone: str, language: str) -> str:
    """That it runs, failed or is to come; empty when what is shown is of the present state."""
    say = words(language)
    if found.running:
        return say("background.running")
    if found.failures:
        again = formats.minute(datetime.fromisoformat(found.again), language, zone)
        return say("background.failed", times=found.failures, again=again)
    return say("background.wanted") if wanted else ""
