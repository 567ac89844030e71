"""How often a dataset is owed, in words: hằng tháng, trong 5 ngày sau kỳ."""

from __future__ import annotations

import re

from tinh.packs.api import Dataset
from tinh.web import formats
from tinh.web.words import words

_DAYS = re.compile(r"P(\d+)D")


def rhythm(dataset: Dataset, language: str) -> str:
    """Empty where nothing is owed by the calendar."""
    every = dataset.expect.window or (dataset.period.every if dataset.period else None)
    if every is None:
        return ""
    say = words(language)
    expect, parts = dataset.expect, [say(f"rhythm.{every}")]
    days = _DAYS.fullmatch(expect.due)
    if expect.working_days is not None:
        parts.append(say("rhythm.working", days=formats.number(expect.working_days, 0, language)))
    elif days and int(days[1]):
        parts.append(say("rhythm.within", days=formats.number(int(days[1]), 0, language)))
    return ", ".join(parts)
