"""Units with their areas as features, for one province: those of a day, or of all days."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import shapely

from tinh.places.gazetteer import Gazetteer
from tinh.places.model import REFORM, Level, Unit
from tinh.places.outlines import boundaries
from tinh.places.survey import square_km

Official = Callable[[date], Path | None]


@dataclass(frozen=True)
class Feature:
    """A unit, its area in WGS 84, and whether that is approximate. `id` names the unit in time."""

    unit: Unit
    shape: shapely.Geometry
    approximate: bool

    @property
    def id(self) -> str:
        first = self.unit.valid_from
        return f"{self.unit.code}@{first.isoformat() if first else 'dau'}"

    def properties(self) -> dict[str, Any]:
        unit = self.unit
        return {
            "code": unit.code,
            "name": unit.short,
            "full_name": unit.name,
            "level": unit.level,
            "kind": unit.kind,
            "parent": unit.parent,
            "valid_from": unit.valid_from.isoformat() if unit.valid_from else None,
            "valid_to": unit.valid_to.isoformat() if unit.valid_to else None,
            "legal_basis": unit.legal_basis,
            "area_km2": round(square_km(self.shape), 3),
            "approximate": self.approximate,
        }


def features_on(
    book: Gazetteer, province: str, on: date, official: Path | None
) -> dict[Level, list[Feature]]:
    """Lowest units of a day, and what they make up: districts (before the reform) and the province."""
    outlines = boundaries(province, on, official, book)
    found: dict[Level, list[Feature]] = {"commune": [], "district": [], "province": []}
    parts: dict[str, list[shapely.Geometry]] = {}
    for code, shape in outlines.shapes.items():
        unit = outlines.units[code]
        found[unit.level].append(Feature(unit, shape, outlines.approximate))
        for above in book.path(unit, on)[:-1]:
            parts.setdefault(above.code, []).append(shape)
    for code, shapes in parts.items():
        unit = book.get(code, on)
        found[unit.level].append(Feature(unit, shapely.union_all(shapes), outlines.approximate))
    return {level: sorted(each, key=lambda f: f.id) for level, each in found.items()}


def features_of_all_time(
    book: Gazetteer, province: str, until: date, official: Official
) -> dict[Level, list[Feature]]:
    """Every unit version in the province's territory up to a day, each with the area of its own days."""
    days = [REFORM - timedelta(days=1), *_turns(book, province, until)]
    gathered: dict[Level, dict[str, Feature]] = {"commune": {}, "district": {}, "province": {}}
    for day in days:
        for level, features in features_on(book, province, day, official(day)).items():
            gathered[level].update({f.id: f for f in features})
    return {level: sorted(each.values(), key=lambda f: f.id) for level, each in gathered.items()}


def _turns(book: Gazetteer, province: str, until: date) -> Iterable[date]:
    """The days since the reform on which anything in the territory began."""
    begun = {u.valid_from for u in book.units if u.province == province and u.valid_from is not None}
    return sorted(day for day in begun | {REFORM} if REFORM <= day <= until)
