"""What a boundary file is worth before it is believed: codes, names, areas, overlaps, gaps."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from tinh.places.geofiles import Areas
from tinh.places.model import REFORM, Unit
from tinh.places.writing import segments

if TYPE_CHECKING:
    from tinh.places.gazetteer import Gazetteer

# WGS 84: equatorial radius in km and first eccentricity squared.
_RADIUS, _E2 = 6378.137, 0.00669437999014
_AREA_SHARE, _AREA_KM2 = 0.05, 0.5  # a stated area this far from the drawn one is remarked
_SLIVER_KM2 = 0.01  # narrower faults come from rounding and simplification
_CENTRE_KM = 5.0
_KM_PER_DEGREE = 111.2


def square_km(shape: shapely.Geometry) -> float:
    """Area on the ellipsoid, in km²: the cylindrical equal-area projection through the authalic
    latitude (J. P. Snyder, Map Projections: A Working Manual, USGS 1987, eq. 3-12 and 10-1…10-5)."""
    return float(shapely.area(shapely.transform(shape, _equal_area)))


def _equal_area(points: NDArray[np.float64]) -> NDArray[np.float64]:
    e = np.sqrt(_E2)
    sine = np.sin(np.radians(points[:, 1]))
    q = (1 - _E2) * (sine / (1 - _E2 * sine**2) - np.log((1 - e * sine) / (1 + e * sine)) / (2 * e))
    return np.column_stack([_RADIUS * np.radians(points[:, 0]), _RADIUS * q / 2])


@dataclass(frozen=True)
class Flaw:
    """Ground that two areas claim (`overlap`) or none does (`gap`), with the units around it."""

    kind: str
    shape: shapely.Geometry
    km2: float
    codes: tuple[str, ...]


@dataclass(frozen=True)
class AreaFault:
    """An area that is far from what the file itself states, in km²."""

    code: str
    drawn: float
    said: float


@dataclass(frozen=True)
class Survey:
    """The findings on one file for one province and day.

    `foreign`: codes nothing bore in the province that day; `missing`: units without an area; `renamed`:
    (code, the file's name, the gazetteer's); `strays`: (code, km) of units whose known centre lies far
    from the area. `slivers` counts overlaps and gaps too small to list; `other_era`: the codes stand that
    day, but with the areas of the other side of the reform. A file `holds` when it may be used.
    """

    on: date
    province: str
    units: int
    matched: int
    km2: float
    foreign: tuple[str, ...]
    missing: tuple[str, ...]
    renamed: tuple[tuple[str, str, str], ...]
    twice: tuple[str, ...]
    mended: tuple[str, ...]
    areas: tuple[AreaFault, ...]
    measured: int
    strays: tuple[tuple[str, float], ...]
    flaws: tuple[Flaw, ...]
    slivers: int
    other_era: bool
    shapes: dict[str, shapely.Geometry]

    @property
    def holds(self) -> bool:
        return self.matched > 0 and not self.foreign and not self.other_era

    @property
    def clean(self) -> bool:
        return self.holds and not (
            self.missing
            or self.renamed
            or self.twice
            or self.mended
            or self.areas
            or self.strays
            or self.flaws
        )

    def as_dict(self) -> dict[str, Any]:
        return {
            "on": self.on.isoformat(),
            "province": self.province,
            "holds": self.holds,
            "clean": self.clean,
            "units": self.units,
            "matched": self.matched,
            "km2": round(self.km2, 2),
            "foreign": list(self.foreign),
            "missing": list(self.missing),
            "renamed": [{"code": c, "file": f, "gazetteer": g} for c, f, g in self.renamed],
            "twice": list(self.twice),
            "mended": list(self.mended),
            "measured": self.measured,
            "areas": [
                {"code": a.code, "drawn_km2": round(a.drawn, 3), "said_km2": a.said} for a in self.areas
            ],
            "strays": [{"code": c, "km": round(km, 1)} for c, km in self.strays],
            "flaws": [
                {"kind": f.kind, "km2": round(f.km2, 4), "codes": list(f.codes),
                 "at": [round(v, 5) for v in shapely.point_on_surface(f.shape).coords[0]]}
                for f in self.flaws
            ],
            "slivers": self.slivers,
            "other_era": self.other_era,
        }  # fmt: skip


def survey(areas: Areas, book: Gazetteer, province: str, on: date) -> Survey:
    """Hold a file against the gazetteer of a province on a day, and against itself."""
    standing = {unit.code: unit for unit in sorted(book.lowest(province, on), key=lambda u: u.code)}
    elsewhere = {
        code for code in areas.areas if code not in standing and _other_province(book, code, province, on)
    }
    mine = {code: area for code, area in areas.areas.items() if code not in elsewhere}
    matched = {code: area for code, area in mine.items() if code in standing}
    shapes = {code: area.shape for code, area in matched.items()}
    drawn = {code: square_km(shape) for code, shape in shapes.items()}
    said = {code: area.said_km2 for code, area in matched.items() if area.said_km2}
    flaws = _flaws(shapes)
    listed = tuple(sorted((f for f in flaws if f.km2 >= _SLIVER_KM2), key=lambda f: -f.km2))
    return Survey(
        on=on,
        province=province,
        units=len(standing),
        matched=len(matched),
        km2=sum(drawn.values()),
        foreign=tuple(sorted(code for code in mine if code not in standing)),
        missing=tuple(code for code in standing if code not in matched),
        renamed=tuple(
            (code, area.name, standing[code].name)
            for code, area in matched.items()
            if area.name and not _same_name(area.name, standing[code])
        ),
        twice=tuple(code for code in areas.twice if code in matched),
        mended=tuple(code for code, area in matched.items() if area.mended),
        areas=tuple(
            AreaFault(code, drawn[code], stated)
            for code, stated in said.items()
            if abs(drawn[code] - stated) > max(_AREA_KM2, _AREA_SHARE * stated)
        ),
        measured=len(said),
        strays=tuple(_strays(shapes, standing)),
        flaws=listed,
        slivers=len(flaws) - len(listed),
        other_era=other_era(set(mine), book, on),
        shapes=shapes,
    )


def other_era(codes: Collection[str], book: Gazetteer, on: date) -> bool:
    """Whether areas under these codes speak of the other side of the reform: a merged commune kept the
    code of one it was made of, but not its area."""
    now, then = (all(book.find(code, day) for code in codes) for day in (REFORM, REFORM - timedelta(days=1)))
    return (now and on < REFORM) or (then and not now and on >= REFORM)


def _other_province(book: Gazetteer, code: str, province: str, on: date) -> bool:
    unit = book.find(code, on)
    return unit is not None and (unit.province != province or unit.level == "province")


def _same_name(written: str, unit: Unit) -> bool:
    def words(text: str) -> str:
        return "".join(token.marked for part in segments(text)[:1] for token in part)

    return words(written) in {words(unit.name), words(unit.short)}


def _strays(shapes: dict[str, shapely.Geometry], units: dict[str, Unit]) -> list[tuple[str, float]]:
    found = []
    for code, shape in shapes.items():
        far = shapely.distance(shape, shapely.Point(units[code].lon, units[code].lat)) * _KM_PER_DEGREE
        if far > _CENTRE_KM:
            found.append((code, float(far)))
    return sorted(found, key=lambda one: -one[1])


def _flaws(shapes: dict[str, shapely.Geometry]) -> list[Flaw]:
    """Overlaps between neighbours, and holes inside the whole that no area covers."""
    codes, each = list(shapes), list(shapes.values())
    if not each:
        return []
    tree = shapely.STRtree(each)
    flaws: list[Flaw] = []
    for one, other in tree.query(each, predicate="intersects").T.tolist():
        if one < other:
            shared = _areas_of(shapely.intersection(each[one], each[other]))
            if shared is not None and (size := square_km(shared)) > 1e-9:
                flaws.append(Flaw("overlap", shared, size, (codes[one], codes[other])))
    for part in shapely.get_parts(shapely.union_all(each)):
        for ring in part.interiors:
            hole = shapely.Polygon(ring)
            around = sorted({codes[int(i)] for i in tree.query(hole, predicate="intersects")})
            flaws.append(Flaw("gap", hole, square_km(hole), tuple(around)))
    return flaws


def _areas_of(shape: shapely.Geometry) -> shapely.Geometry | None:
    parts = [p for p in shapely.get_parts(shape) if p.geom_type in ("Polygon", "MultiPolygon")]
    return shapely.union_all(parts) if parts else None
