"""Where a report lies: its commune, or that it is not in the province and who would take it."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, hypot, isfinite, radians

from tinh.desks.reports.errors import OutsideProvince
from tinh.desks.reports.ground import ground, outlines
from tinh.kit.errors import Text

SLACK = 2_000.0  # metres beyond an approximate boundary that are still given the benefit of the doubt
_DEGREE = 111_320.0


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """`place` a commune code, `name` its name; `approximate` where no official boundary says so."""

    place: str
    name: str
    approximate: bool


def where(latitude: float | None, longitude: float | None, place: str = "") -> Whereabouts | None:
    """The commune around a point, or the one named; None when neither is given. Raises OutsideProvince."""
    today = ground().now().date()
    book, catalogue = ground().gazetteer(), ground().catalogue()
    if latitude is None or longitude is None:
        if not place:
            return None
        unit = book.find(place, today)
        if unit is None or unit.level != "commune" or unit.province != catalogue.place:
            raise _outside(Text(place[:10], place[:10]))
        return Whereabouts(unit.code, unit.name, False)
    areas = outlines(today)
    code = areas.at(latitude, longitude) or (_nearest(latitude, longitude) if areas.approximate else None)
    if code is None:
        around = book.at(latitude, longitude, today) if isfinite(latitude + longitude) else None
        there = book.find(around[0].province, today) if around is not None else None
        point = f"{latitude:.4f}, {longitude:.4f}"
        name = f"{around[0].name}, {there.name}" if around is not None and there is not None else point
        raise _outside(Text(name, name), there.name if there is not None else "")
    return Whereabouts(code, areas.units[code].name, areas.approximate)


def _nearest(latitude: float, longitude: float) -> str | None:
    """The commune whose drawn area comes within SLACK of the point."""
    import shapely

    point = shapely.Point(longitude, latitude)
    best, found = SLACK, None
    for code, shape in outlines(ground().now().date()).shapes.items():
        line = shapely.shortest_line(shape, point)
        (x, y), _ = line.coords
        metres = hypot((x - longitude) * _DEGREE * cos(radians(latitude)), (y - latitude) * _DEGREE)
        if metres <= best:
            best, found = metres, code
    return found


def _outside(name: Text, province: str = "") -> OutsideProvince:
    refusal = ground().catalogue().refusals.get("not-here")
    go = refusal.go if refusal is not None else Text(
        "gửi tới cổng phản ánh của tỉnh có địa điểm đó", "send it to the portal of that province"
    )  # fmt: skip
    there = Text(f"{province}: " if province else "", f"{province}: " if province else "")
    phone = f" ({refusal.phone})" if refusal is not None and refusal.phone else ""
    return OutsideProvince(
        place_vi=name.vi,
        place_en=name.en,
        go_vi=f"{there.vi}{go.vi}{phone}",
        go_en=f"{there.en}{go.en}{phone}",
    )
