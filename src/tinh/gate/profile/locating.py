"""Whether a column names places, at which level, and on which side of the reform of 2025."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import polars as pl

from tinh.gate.profile import writing
from tinh.places.api import REFORM

_BEFORE = REFORM - timedelta(days=1)
_MOST = 2000
_LEVELS: tuple[str, ...] = ("commune", "district", "province")


@dataclass(frozen=True, slots=True)
class Whereabouts:
    by: Literal["code", "name"]
    level: str
    side: Literal["before", "since", "either"]
    rate: float  # of the distinct values, on the better side
    hits: int
    of: int
    width: int = 0  # zeros that must be put before codes
    inside: bool = False  # all of them in the own province
    other: float = 0.0  # the rate on the other side


def find(values: pl.Series, header: str, gazetteer: Any, province: str, today: date) -> Whereabouts | None:
    """The reading under which most distinct values are units; None when too few are."""
    if gazetteer is None or not len(values):
        return None
    seen = [v for v in values.head(_MOST).to_list() if v]
    digits = all(v.isdigit() for v in seen)
    hinted = writing.says(header, *writing.PLACES)
    if digits:
        if max(map(len, seen)) > 5 or not (hinted or writing.says(header, *writing.CODES)):
            return None
        return _by_code(seen, gazetteer, province, today)
    if sum(any(c.isdigit() for c in v) for v in seen) > 0.5 * len(seen) and not hinted:
        return None
    found = _by_name(seen, gazetteer, province, today)
    if found is None or (found.hits < 3 and not hinted and found.hits < found.of):
        return None
    return found if found.rate >= (0.5 if hinted else 0.8) else None


def _by_code(seen: Sequence[str], gazetteer: Any, province: str, today: date) -> Whereabouts | None:
    best: Whereabouts | None = None
    longest = max(map(len, seen))
    # Codes that have their full length come before codes whose zeros were lost.
    for level, width in sorted(
        (("commune", 5), ("district", 3), ("province", 2)), key=lambda lw: lw[1] != longest
    ):
        if longest > width:
            continue
        units = {day: [gazetteer.find(v.zfill(width), day) for v in seen] for day in (_BEFORE, today)}
        counts = {day: [u for u in units[day] if u is not None and u.level == level] for day in units}
        old, new = len(counts[_BEFORE]), len(counts[today])
        hits = max(old, new)
        if hits < 0.8 * len(seen):
            continue
        kept = counts[_BEFORE] if old > new else counts[today]
        found = Whereabouts(
            "code", level, _side(old, new), hits / len(seen), hits, len(seen),
            width if any(len(v) < width for v in seen) else 0,
            bool(province) and all(u.province == province for u in kept), min(old, new) / len(seen),
        )  # fmt: skip
        if best is None or (found.rate > best.rate and best.width):
            best = found
    return best


def _by_name(seen: Sequence[str], gazetteer: Any, province: str, today: date) -> Whereabouts | None:
    best: Whereabouts | None = None
    for within in dict.fromkeys((province or None, None)):
        for level in _LEVELS:
            counts = {
                day: sum(
                    c is not None for c in gazetteer.resolve_many(seen, [day] * len(seen), within, (level,))
                )
                for day in (_BEFORE, today)
            }
            old, new = counts[_BEFORE], counts[today]
            hits = max(old, new)
            if not hits:
                continue
            found = Whereabouts(
                "name", level, _side(old, new), hits / len(seen), hits, len(seen),
                0, within is not None, min(old, new) / len(seen),
            )  # fmt: skip
            if best is None or found.rate > best.rate:
                best = found
        if best is not None and best.rate >= 0.8:
            return best
    return best


def _side(old: int, new: int) -> Literal["before", "since", "either"]:
    if abs(old - new) * 10 <= max(old, new):  # most codes and some names outlived the reform
        return "either"
    return "before" if old > new else "since"
