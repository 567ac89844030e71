"""Areas and points after a later reform: cells of 2025 joined, or divided between the nearest centres."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import shapely

from tinh.places.cells import KM_PER_DEGREE
from tinh.places.model import REFORM

if TYPE_CHECKING:
    from tinh.places.gazetteer import Gazetteer


def followed(
    book: Gazetteer, province: str, on: date, cells: Mapping[str, shapely.Geometry]
) -> Mapping[str, shapely.Geometry]:
    """The areas of the units of `on`, made from those of the reform's day."""
    if not any(day > REFORM for day in book.turns(province, on)):
        return cells
    heirs: dict[str, list[str]] = defaultdict(list)
    for span in book.bridge(province, REFORM, on):
        heirs[span.source].append(span.target)
    parts: dict[str, list[shapely.Geometry]] = defaultdict(list)
    for source, targets in heirs.items():
        if source not in cells:
            continue
        for target, piece in _shared(book, cells[source], targets, on):
            parts[target].append(piece)
    return {code: shapely.union_all(pieces) for code, pieces in parts.items()}


def _shared(
    book: Gazetteer, cell: shapely.Geometry, targets: list[str], on: date
) -> list[tuple[str, shapely.Geometry]]:
    centres = {code: book.get(code, on) for code in targets}
    points = shapely.MultiPoint([(u.lon, u.lat) for u in centres.values()])
    if len(targets) == 1 or len({(p.x, p.y) for p in points.geoms}) < len(targets):
        return [(targets[0], cell)]
    areas = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=cell, ordered=True))
    return [(code, shapely.intersection(cell, area)) for code, area in zip(targets, areas, strict=True)]


def heir_at(book: Gazetteer, code: str, on: date, lat: float, lon: float) -> str:
    """The unit of `on` at a point that lay in `code` on the reform's day."""
    unit = book.find(code, REFORM)
    if on < REFORM or unit is None or not any(d > REFORM for d in book.turns(unit.province, on)):
        return code
    targets = [s.target for s in book.bridge(unit.province, REFORM, on) if s.source == code]
    narrow = float(np.cos(np.radians(lat)))

    def far(target: str) -> float:
        there = book.get(target, on)
        return float(np.hypot((there.lon - lon) * narrow, there.lat - lat)) * KM_PER_DEGREE

    return min(targets, key=far, default=code)
