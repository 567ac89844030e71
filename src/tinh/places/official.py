"""Official boundaries in use: the areas of one file that stand for units of a day."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import shapely

from tinh.places.errors import BoundaryForeign
from tinh.places.geofiles import read_areas
from tinh.places.survey import other_era

if TYPE_CHECKING:
    from tinh.places.gazetteer import Gazetteer


def read_boundaries(
    file: Path, book: Gazetteer, on: date, province: str | None = None
) -> dict[str, shapely.Geometry]:
    """Area by code: the communes of `on` in the file, those of today's `province` when one is given.

    A file may hold more than the province; it may not hold codes that nothing bore that day.
    Nothing when the file plainly speaks of the other side of the reform.
    """
    shapes = _read(file, file.stat().st_mtime_ns if file.is_file() else 0)
    if other_era(shapes, book, on):
        return {}
    units = {code: book.find(code, on) for code in shapes}
    wanted = {
        code: shapes[code]
        for code, unit in units.items()
        if unit is not None and unit.level != "province" and province in (None, unit.province)
    }
    # What a later reform has ended is no fault of the file: it stood when the file was made.
    foreign = sorted(
        code for code in shapes if not wanted or (units[code] is None and not book.versions(code))
    )
    if foreign:
        shown = ", ".join(foreign[:5]) + (" …" if len(foreign) > 5 else "")
        raise BoundaryForeign(
            file=file.name, count=len(foreign), province=province or "", on=on, places=shown
        )
    return wanted


@lru_cache(maxsize=8)
def _read(file: Path, _changed: int) -> dict[str, shapely.Geometry]:
    return {code: area.shape for code, area in read_areas(file).areas.items()}
