"""The base map of the province: tiles near it, from the declared server or from this disk."""

from __future__ import annotations

import math
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tinh.jobs.house import catalogue, gazetteer, home, now, official_boundaries

if TYPE_CHECKING:
    from tinh.packs.api import BaseMap
    from tinh.sources.api import Tile, Tiles

_AROUND = 3  # tiles beyond the province that a wide screen shows as well


def map_tile(z: int, x: int, y: int) -> Tile | None:
    """A tile of the declared base map; None where none is declared, it lies far from the province or its
    server cannot give it."""
    way = catalogue().base_map
    if not way or not near_province(z, x, y):
        return None
    return _tiles(home() / "tiles", way).tile(z, x, y)


@lru_cache(maxsize=2)
def _tiles(folder: Path, way: BaseMap) -> Tiles:
    from tinh.sources.api import Tiles

    return Tiles(folder, way)


def near_province(z: int, x: int, y: int) -> bool:
    """Whether a tile of Web Mercator shows the province or lies a few tiles beside it."""
    if not 0 <= z <= catalogue().base_map.max_zoom:
        return False
    day = now().astimezone(ZoneInfo(catalogue().timezone)).date()
    official = official_boundaries(day)
    west, south, east, north = _extent(catalogue().place, day, official)
    left, top = _cell(west, north, z)
    right, bottom = _cell(east, south, z)
    return left - _AROUND <= x <= right + _AROUND and top - _AROUND <= y <= bottom + _AROUND


def _cell(longitude: float, latitude: float, z: int) -> tuple[int, int]:
    """Column and row of the tile around a point. Source: EPSG:3857 cut in 2^z × 2^z squares from the
    north-west (OGC Two Dimensional Tile Matrix Set, WebMercatorQuad)."""
    turn = math.asinh(math.tan(math.radians(latitude)))
    return (
        math.floor((longitude + 180) / 360 * (1 << z)),
        math.floor((1 - turn / math.pi) / 2 * (1 << z)),
    )


@lru_cache(maxsize=4)
def _extent(place: str, day: date, official: Path | None) -> tuple[float, float, float, float]:
    from shapely import total_bounds

    from tinh.places.api import boundaries

    shapes = list(boundaries(place, day, official, gazetteer()).shapes.values())
    west, south, east, north = (float(one) for one in total_bounds(shapes))
    return west, south, east, north
