"""Reads official boundaries: GeoJSON in WGS 84 with a code for every area, checked against the gazetteer."""

from __future__ import annotations

import json
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely

from tinh.places.errors import BoundaryForeign, BoundaryProjected, BoundaryUnreadable
from tinh.places.model import REFORM

if TYPE_CHECKING:
    from tinh.places.gazetteer import Gazetteer

# Spellings of the code property met in public boundary files; ours is `code`.
_CODES = ("code", "ma", "ma_xa", "maxa", "ma_dvhc", "ward_code", "wardcode", "commune_code")
# Longitudes and latitudes that hold all of Vietnam, its islands included.
_VIETNAM = (101.0, 6.0, 118.0, 24.0)


def read_boundaries(
    file: Path, book: Gazetteer, on: date, province: str | None = None
) -> dict[str, shapely.Geometry]:
    """Area by code: the communes of `on` in the file, those of today's `province` when one is given.

    A file may hold more than the province; it may not hold codes that nothing bore that day.
    Nothing when the file plainly speaks of the other side of the reform: a merged commune kept
    the code of one it was made of, but not its area.
    """
    shapes = _read(file, file.stat().st_mtime_ns if file.is_file() else 0)
    now, then = (all(book.find(code, day) for code in shapes) for day in (REFORM, REFORM - timedelta(days=1)))
    if (now and on < REFORM) or (then and not now and on >= REFORM):
        return {}
    units = {code: book.find(code, on) for code in shapes}
    wanted = {
        code: shapes[code]
        for code, unit in units.items()
        if unit is not None and unit.level != "province" and province in (None, unit.province)
    }
    foreign = sorted(code for code in shapes if units[code] is None or not wanted)
    if foreign:
        shown = ", ".join(foreign[:5]) + (" …" if len(foreign) > 5 else "")
        raise BoundaryForeign(
            file=file.name, count=len(foreign), province=province or "", on=on, places=shown
        )
    return wanted


@lru_cache(maxsize=8)
def _read(file: Path, _changed: int) -> dict[str, shapely.Geometry]:
    try:
        raw = json.loads(file.read_text("utf-8-sig"))
    except OSError as error:
        raise BoundaryUnreadable(file=file.name, reason=error.strerror) from error
    except ValueError as error:
        raise BoundaryUnreadable(file=file.name, reason=f"JSON: {error}") from error
    features = raw.get("features") if isinstance(raw, dict) else None
    if not isinstance(features, list) or not features:
        raise BoundaryUnreadable(file=file.name, reason="FeatureCollection: 0 features")
    shapes: dict[str, shapely.Geometry] = {}
    for number, feature in enumerate(features, start=1):
        code, shape = _feature(file, number, feature)
        shapes[code] = shapely.union_all([shapes[code], shape]) if code in shapes else shape
    _check_degrees(file, shapes)
    return shapes


def _feature(file: Path, number: int, feature: Any) -> tuple[str, shapely.Geometry]:
    if not isinstance(feature, dict):
        raise BoundaryUnreadable(file=file.name, reason=f"feature {number}: not an object")
    code = _code(feature)
    if code is None:
        raise BoundaryUnreadable(file=file.name, reason=f"feature {number}: no “code”")
    geometry = feature.get("geometry") or {}
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        raise BoundaryUnreadable(
            file=file.name, reason=f"feature {number} ({code}): no Polygon or MultiPolygon"
        )
    try:
        shape = shapely.force_2d(shapely.from_geojson(json.dumps(geometry)))
    except (shapely.errors.ShapelyError, ValueError, TypeError) as error:
        raise BoundaryUnreadable(file=file.name, reason=f"feature {number} ({code}): {error}") from error
    if shape.is_empty:
        raise BoundaryUnreadable(file=file.name, reason=f"feature {number} ({code}): no area")
    return code, shape if shapely.is_valid(shape) else _areas_only(shapely.make_valid(shape))


def _areas_only(shape: shapely.Geometry) -> shapely.Geometry:
    parts = [part for part in shapely.get_parts(shape) if part.geom_type in ("Polygon", "MultiPolygon")]
    return shapely.union_all(parts)


def _code(feature: dict[str, Any]) -> str | None:
    properties = feature.get("properties") or {}
    named = {str(key).lower(): value for key, value in properties.items()}
    value = next((named[key] for key in _CODES if named.get(key) is not None), feature.get("id"))
    if isinstance(value, int) and not isinstance(value, bool):
        # A number lost the zeros in front; a commune's code always has five digits.
        return f"{value:05d}"
    return value.strip() if isinstance(value, str) and value.strip() else None


def _check_degrees(file: Path, shapes: dict[str, shapely.Geometry]) -> None:
    west, south, east, north = shapely.total_bounds(list(shapes.values())).tolist()
    left, low, right, high = _VIETNAM
    if not (left <= west and east <= right and low <= south and north <= high):
        raise BoundaryProjected(
            file=file.name, bounds=f"x {west:.4g} – {east:.4g}, y {south:.4g} – {north:.4g}"
        )
