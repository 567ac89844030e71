"""The areas of a province's units on a day: official where loaded, else approximate."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import shapely

from tinh.places.drawing import fit, path
from tinh.places.followed import followed
from tinh.places.gazetteer import Gazetteer, gazetteer
from tinh.places.locating import national_cells
from tinh.places.model import REFORM, Unit
from tinh.places.official import read_boundaries


@dataclass(frozen=True)
class Picture:
    """Areas drawn: a path and a label point by code, the frame, and frames around islands moved closer."""

    paths: dict[str, str]
    viewbox: str
    insets: tuple[tuple[float, float, float, float], ...]
    labels: dict[str, tuple[float, float]]


@dataclass(frozen=True)
class Outlines:
    """Areas in WGS 84 by code. `approximate` must be said wherever they show (*xấp xỉ*)."""

    shapes: dict[str, shapely.Geometry]
    approximate: bool
    units: dict[str, Unit]
    missing: tuple[str, ...] = ()
    _drawn: list[Picture] = field(default_factory=list, repr=False, compare=False)

    def picture(self, width: float, height: float, tolerance: float = 0.8) -> Picture:
        """The areas as SVG, fitted into `width` × `height`; `tolerance` in the same units.

        Distances are true in the middle of the province. Neighbours are simplified together, so
        that a shared edge stays one line. Islands far out are moved into `insets` below the map.
        """
        drawing = fit(list(self.shapes.values()), width, height)
        shapes = shapely.coverage_simplify(drawing.shapes, tolerance) if tolerance > 0 else drawing.shapes
        inside = shapely.get_coordinates(shapely.point_on_surface(drawing.shapes)).round(1).tolist()
        return Picture(
            paths={code: path(shape) for code, shape in zip(self.shapes, shapes, strict=True)},
            viewbox=f"0 0 {round(drawing.width, 1):g} {round(drawing.height, 1):g}",
            insets=tuple(
                (round(x, 1), round(y, 1), round(w, 1), round(h, 1)) for x, y, w, h in drawing.insets
            ),
            labels={code: (x, y) for code, (x, y) in zip(self.shapes, inside, strict=True)},
        )

    def svg_paths(self, width: float, height: float, tolerance: float = 0.8) -> dict[str, str]:
        """The paths of `picture` alone; `viewbox` then tells their frame."""
        self._drawn[:] = [self.picture(width, height, tolerance)]
        return self._drawn[0].paths

    @property
    def viewbox(self) -> str:
        """The `viewBox` of the last `svg_paths`; where several threads draw, take `picture` instead."""
        return self._drawn[0].viewbox if self._drawn else self.picture(1000.0, 1000.0).viewbox

    def geojson(self) -> dict[str, Any]:
        features = [
            {
                "type": "Feature",
                "id": code,
                "properties": {
                    "code": code,
                    "name": self.units[code].short,
                    "fullName": self.units[code].name,
                    "approximate": self.approximate,
                },
                "geometry": json.loads(shapely.to_geojson(shapely.set_precision(shape, 1e-5))),
            }
            for code, shape in self.shapes.items()
        ]
        return {"type": "FeatureCollection", "approximate": self.approximate, "features": features}

    @cached_property
    def _index(self) -> tuple[shapely.STRtree, tuple[str, ...]]:
        return shapely.STRtree(list(self.shapes.values())), tuple(self.shapes)

    def at(self, lat: float, lon: float) -> str | None:
        """The code of the area that holds a point; of two that share the edge, the smaller code."""
        tree, codes = self._index
        hits = tree.query(shapely.Point(lon, lat), predicate="intersects")
        return min((codes[int(hit)] for hit in hits), default=None)


def boundaries(
    province_code: str, on: date, official: Path | None = None, book: Gazetteer | None = None
) -> Outlines:
    """Areas of the lowest units in the territory of today's province on `on`."""
    book = book or gazetteer()
    units = {unit.code: unit for unit in sorted(book.lowest(province_code, on), key=lambda u: u.code)}
    read = read_boundaries(official, book, on, province_code) if official is not None else {}
    if read:
        lacking = tuple(code for code in units if code not in read)
        return Outlines({code: read[code] for code in units if code in read}, False, units, lacking)
    cells = followed(book, province_code, on, national_cells(book, before=on < REFORM).shapes)
    shapes = {code: cells[code] for code in units if code in cells}
    return Outlines(shapes, True, units, tuple(code for code in units if code not in shapes))
