"""Approximate areas where no official boundary is loaded: the cells of all centres of the country.

Every lowest unit before the reform and every commune since gives a centre; the Voronoi cells of
them all are dissolved into the units of the day (old centres through the crosswalk, a divided
unit into the one that holds its centre) and cut to a land outline drawn around the centres.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

from tinh.places.model import REFORM, Unit

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

    from tinh.places.gazetteer import Gazetteer

Floats = NDArray[np.float64]
KM_PER_DEGREE = 111.2
# Centres of one unit lie close together, but for archipelagos; a stray one was placed wrongly.
_STRAY_KM = 30.0
# A centre given to several communes is a district's, used where a commune's was not known.
_SHARED_STRAY_KM = 15.0
# Land reaches across gaps of this width, and this far out from the outermost centres.
_GAP_KM = 20.0
_RIM_KM = (1.5, 6.0)


@dataclass(frozen=True)
class Cells:
    """The nation's centres and whose they are, for one side of the reform."""

    points: Floats
    owners: NDArray[np.str_]

    @cached_property
    def _plane(self) -> Floats:
        return _km(self.points)

    @cached_property
    def _tree(self) -> cKDTree:
        from scipy.spatial import cKDTree  # half a second that no start should pay

        return cKDTree(self._plane)

    def nearest(self, lat: float, lon: float, without: frozenset[str] = frozenset()) -> str | None:
        """The unit whose cell holds the point, `without` some units; None off the land."""
        if not shapely.contains_xy(self.land, lon, lat):
            return None
        point, size = _km(np.array([[lon, lat]]))[0], 1
        while size <= len(self.points):
            _, found = self._tree.query(point, k=[*range(1, size + 1)])
            for index in np.atleast_1d(found):
                if self.owners[int(index)] not in without:
                    return str(self.owners[int(index)])
            size *= 16
        return None

    @cached_property
    def land(self) -> shapely.Geometry:
        """Where the country plausibly is: centres joined across small gaps, with a rim around."""
        from scipy.spatial import Delaunay

        plane = self._plane
        corners = Delaunay(plane).simplices
        sides = np.linalg.norm(plane[corners] - plane[np.roll(corners, 1, axis=1)], axis=2)
        joined = shapely.polygons(plane[corners[sides.max(axis=1) <= _GAP_KM]])
        inner = shapely.coverage_union_all(joined)
        reach, _ = self._tree.query(plane, k=5)
        apart = np.asarray(reach)[:, 1:].mean(axis=1)
        outer = ~shapely.contains_xy(inner.buffer(-0.5), plane[:, 0], plane[:, 1])
        rims = shapely.buffer(shapely.points(plane[outer]), np.clip(apart[outer], *_RIM_KM), quad_segs=4)
        whole = shapely.union_all([inner, *rims])
        filled = [shapely.Polygon(part.exterior) for part in shapely.get_parts(whole)]
        land = shapely.transform(shapely.union_all(filled), _degrees)
        shapely.prepare(land)
        return land

    @cached_property
    def shapes(self) -> dict[str, shapely.Geometry]:
        """The area of every unit of the country."""
        everywhere = shapely.box(*(self._plane.min(axis=0) - 100), *(self._plane.max(axis=0) + 100))
        parted = shapely.voronoi_polygons(shapely.MultiPoint(self._plane), extend_to=everywhere, ordered=True)
        cells = np.array(shapely.get_parts(parted))
        order = np.argsort(self.owners, kind="stable")
        codes, starts = np.unique(self.owners[order], return_index=True)
        merged = np.array([shapely.coverage_union_all(group) for group in np.split(cells[order], starts[1:])])
        merged = shapely.transform(merged, _degrees)
        cut = ~shapely.contains_properly(self.land, merged)
        merged[cut] = shapely.intersection(merged[cut], self.land)
        return dict(zip(codes.tolist(), merged, strict=True))


def cells_of(book: Gazetteer, before: bool) -> Cells:
    """Cells of the units of before the reform, or since."""
    walk = book.crosswalk
    old = [unit for unit in book.units if unit.valid_to == REFORM and walk.heirs(unit.code)]
    if before:
        return _cells([(unit.lon, unit.lat, unit.code) for unit in old])
    new = {u.code: u for u in book.units if u.level == "commune" and u.valid_from == REFORM}
    sites = [(unit.lon, unit.lat, code) for code, unit in new.items()]
    shared = Counter((unit.lat, unit.lon) for unit in old)
    for unit in old:
        code = next(newer for newer, _, main in walk.heirs(unit.code) if main)
        heir = new[code]
        limit = _SHARED_STRAY_KM if shared[unit.lat, unit.lon] > 1 else _STRAY_KM
        if heir.kind == "đặc khu":
            sites.append((unit.lon, unit.lat, code))
        elif distance_km(unit, heir) <= limit:
            # The point midway holds the parts of a merged unit together (median overlap 0.700 → 0.703).
            midway = ((unit.lon + heir.lon) / 2, (unit.lat + heir.lat) / 2, code)
            sites += [(unit.lon, unit.lat, code), midway]
    return _cells(sites)


def _cells(sites: list[tuple[float, float, str]]) -> Cells:
    placed: dict[tuple[float, float], str] = {}
    for lon, lat, code in sites:
        placed.setdefault((round(lon, 5), round(lat, 5)), code)
    return Cells(np.array(list(placed), dtype=np.float64), np.array(list(placed.values())))


def distance_km(a: Unit, b: Unit) -> float:
    one, other = _km(np.array([[a.lon, a.lat], [b.lon, b.lat]]))
    return float(np.hypot(*(one - other)))


# One plane for the whole country, true in the middle of it; cells meet at right angles there.
_WIDTH = KM_PER_DEGREE * float(np.cos(np.radians(16.0)))


def _km(points: Floats) -> Floats:
    return np.multiply(points, (_WIDTH, KM_PER_DEGREE))


def _degrees(plane: Floats) -> Floats:
    return np.divide(plane, (_WIDTH, KM_PER_DEGREE))
