"""Areas as files other programs open: GeoJSON, FlatGeobuf, GeoPackage."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import shapely

from tinh.places.survey import square_km

if TYPE_CHECKING:
    from tinh.places.outlines import Outlines

Format = Literal["geojson", "fgb", "gpkg"]
TYPES: dict[Format, str] = {
    "geojson": "application/geo+json",
    "fgb": "application/flatgeobuf",
    "gpkg": "application/geopackage+sqlite3",
}
_DRIVERS = {"fgb": "FlatGeobuf", "gpkg": "GPKG"}


def export(outlines: Outlines, form: Format) -> bytes:
    """The areas with code, name, full name, level, kind, validity, area (km²) and whether approximate."""
    if form == "geojson":
        return json.dumps(outlines.geojson(), ensure_ascii=False, separators=(",", ":")).encode()
    import pyogrio  # type: ignore[import-untyped]  # ships no types

    codes = list(outlines.shapes)
    units = [outlines.units[code] for code in codes]
    shapes = [_many(outlines.shapes[code]) for code in codes]
    columns = {
        "code": [u.code for u in units],
        "name": [u.short for u in units],
        "full_name": [u.name for u in units],
        "level": [u.level for u in units],
        "kind": [u.kind for u in units],
        "valid_from": [u.valid_from.isoformat() if u.valid_from else "" for u in units],
        "valid_to": [u.valid_to.isoformat() if u.valid_to else "" for u in units],
        "area_km2": np.array([round(square_km(shape), 3) for shape in shapes]),
        "approximate": np.full(len(codes), outlines.approximate),
    }
    with tempfile.TemporaryDirectory(prefix="tinh-ranh-gioi-") as folder:
        file = Path(folder) / f"units.{form}"
        pyogrio.raw.write(
            file,
            geometry=shapely.to_wkb(np.array(shapes, dtype=object)),
            field_data=[
                np.asarray(v, dtype=object if isinstance(v, list) else None) for v in columns.values()
            ],
            fields=list(columns),
            layer="units",
            driver=_DRIVERS[form],
            geometry_type="MultiPolygon",
            crs="EPSG:4326",
        )
        return file.read_bytes()


def _many(shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.MultiPolygon([p for p in shapely.get_parts(shape) if isinstance(p, shapely.Polygon)])
