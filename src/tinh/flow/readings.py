"""The one other way a wrongly written value can be read; nothing where there are two."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from difflib import SequenceMatcher
from typing import Any

from tinh.packs.api import Column
from tinh.sources.api import bare

_VIETNAMESE = re.compile(r"-?(?:\d{1,3}(?:[. ]\d{3})+|\d+)(?:,\d+)?")
_ENGLISH = re.compile(r"-?(?:\d{1,3}(?:[, ]\d{3})+|\d+)(?:\.\d+)?")
_BRACKETED = re.compile(
    r"\(\s*(\d[\d., ]*[.,]\d[\d., ]*|\d{2,})\s*\)"
)  # a loss as accountants write it; not `(1)`
_DAY = re.compile(r"(\d{1,4})[-/. ](\d{1,2})[-/. ](\d{1,4})(?:[ T](\d{1,2}:\d{2}(?::\d{2})?))?")
_WORDY = re.compile(r"(?:ngày )?(\d{1,2}) tháng (\d{1,2}) năm (\d{4})")
_ALIKE = 0.75


def number_readings(seen: str, column: Column) -> list[str]:
    """The number a text can only mean, written as the contract reads numbers."""
    text = unicodedata.normalize("NFKC", seen).replace("\u2212", "-").replace("\u00a0", " ").strip()
    if found := _BRACKETED.fullmatch(text):
        text = f"-{found.group(1)}"
    readings = set()
    if _VIETNAMESE.fullmatch(text):
        readings.add(text.replace(".", "").replace(" ", "").replace(",", "."))
    if _ENGLISH.fullmatch(text):
        readings.add(text.replace(",", "").replace(" ", ""))
    if column.logical == "integer":  # `5,405` people can only be whole
        readings = {r for r in readings if float(r).is_integer()}
    if len({float(r) for r in readings}) != 1:
        return []
    number = readings.pop()
    if column.logical == "integer":
        number = number.split(".")[0]
    decimal = next((s.decimal for s in column.cleaning if s.do == "number"), ".")
    return [number.replace(".", decimal)]


def date_readings(seen: str, column: Column) -> list[str]:
    """The day a text can only mean, in the form every contract reads: `31/12/2025` has no month 31."""
    text = unicodedata.normalize("NFC", seen).strip().lower()
    readings: set[date] = set()
    time = ""
    if found := _WORDY.fullmatch(text):
        day, month, year = (int(part) for part in found.groups())
        orders = [(year, month, day)]
    elif found := _DAY.fullmatch(text):
        first, middle, last = (int(found.group(i)) for i in (1, 2, 3))
        time = found.group(4) or ""
        orders = (
            [(first, middle, last), (first, last, middle)]
            if len(found.group(1)) == 4
            else [(last, middle, first), (last, first, middle)]
        )
    else:
        return []
    for order in orders:
        with suppress(ValueError):
            if order[0] >= 1900:
                readings.add(date(*order))
    if len(readings) != 1:
        return []
    day_text = readings.pop().isoformat()
    if time and column.logical == "timestamp":
        with suppress(ValueError):
            return [datetime.fromisoformat(f"{day_text}T{time.zfill(5)}").isoformat()]
        return []
    return [] if time else [day_text]


def enum_readings(seen: str, column: Column, allowed: Sequence[Any]) -> list[str]:
    """The allowed values a text is nearest to, likeliest first."""
    spoken = {str(value): str(value) for value in allowed}
    for step in column.cleaning:
        if step.do == "code_map":
            spoken |= {word: str(value) for word, value in step.mapping.items()}
    if column.logical == "boolean" and not spoken:
        spoken = {"có": "có", "không": "không"}
    written = bare(seen.strip())
    if not written:
        return []
    scores: dict[str, float] = {}
    for word, value in spoken.items():
        score = SequenceMatcher(None, written, bare(word)).ratio()
        if score >= _ALIKE:
            scores[value] = max(score, scores.get(value, 0.0))
    best = max(scores.values(), default=0.0)
    near = [v for v, s in scores.items() if s > best - 0.1]
    return sorted(near, key=lambda v: -scores[v])
