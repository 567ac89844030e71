"""A siting on the map: communes by the share reached, circles of reach, sites by their number."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from tinh.places.api import Gazetteer, boundaries

WIDTH, HEIGHT, EDGE = 620.0, 820.0, 14.0
_METRES = 111_195.0  # one degree of a great circle on the mean sphere


@dataclass(frozen=True, slots=True)
class Spot:
    """A site: its place and reach in drawing units, its number ("" for one that stands), its words."""

    x: float
    y: float
    reach: float
    number: str
    text: str
    late: bool = False  # opened after the first phase


@dataclass(frozen=True, slots=True)
class Ground:
    paths: Mapping[str, str]
    viewbox: str
    west: float
    north: float
    across: float  # drawing units a degree of longitude
    down: float  # … of latitude

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        return round(EDGE + (lon - self.west) * self.across, 1), round(
            EDGE + (self.north - lat) * self.down, 1
        )

    def reach(self, metres: float) -> float:
        return round(metres / _METRES * self.down, 1)


@lru_cache(maxsize=8)
def ground(
    province: str,
    on: date,
    official: Path | None,
    changed: float,  # noqa: ARG001  the cache's key
    book: Gazetteer | None = None,
) -> Ground:
    """The communes on a plane true in the middle of the province; `changed` as in `map.outline`."""
    import shapely

    shapes = boundaries(province, on, official, book).shapes
    west, south, east, north = shapely.total_bounds(list(shapes.values()))
    narrow = math.cos(math.radians((south + north) / 2))
    down = min((WIDTH - 2 * EDGE) / ((east - west) * narrow), (HEIGHT - 2 * EDGE) / (north - south))
    across = down * narrow
    drawn = Ground({}, "", west, north, across, down)
    plain = shapely.coverage_simplify(list(shapes.values()), 0.8 / down)
    paths = {code: _path(drawn, shape) for code, shape in zip(shapes, plain, strict=True)}
    wide, tall = (east - west) * across + 2 * EDGE, (north - south) * down + 2 * EDGE
    return Ground(paths, f"0 0 {wide:.0f} {tall:.0f}", west, north, across, down)


def _path(drawn: Ground, shape: object) -> str:
    import shapely

    out = []
    for polygon in shapely.get_parts(shape):  # type: ignore[call-overload]  # a geometry
        for ring in (polygon.exterior, *polygon.interiors):
            points = [drawn.at(x, y) for x, y in ring.coords]
            out.append("M" + "L".join(f"{x:g} {y:g}" for x, y in points[:-1]) + "Z")
    return "".join(out)


def spots(drawn: Ground, sites: Sequence[Mapping[str, object]], radius: float | None) -> list[Spot]:
    """Sites as drawn; each has `x`, `y` (degrees), `number`, `text`, `late`."""
    reach = drawn.reach(radius) if radius else 0.0
    return [
        Spot(*drawn.at(float(str(s["x"])), float(str(s["y"]))), reach, str(s["number"]), str(s["text"]),
             bool(s["late"]))
        for s in sites
    ]  # fmt: skip
