"""Places: the units of Vietnam in time, from names, codes and points. Refuses to guess.

    book = gazetteer()
    book.find("05818", date(2025, 8, 1))            a unit as it stood that day, or None
    book.resolve("X. La Bằng, H. Đại Từ", day)      one unit, several candidates, or none (with hints)
    book.resolve_many(names, days, within="19")     codes for a whole column
    book.territory("19", day)                       codes that lie in today's province that day
    book.communes("19", day), book.children(...), book.path(unit), book.rollup(code, day)
    book.successors("05815"), book.predecessors("05818")      links across a reform, m:n
    book.bridge("19", day, other)                   spans from one day's units to another's, with shares
    book.at(lat, lon, day)                          the unit around a point, and whether approximate
    changes(book, "05815", day, today)              what became of a unit, and what it was made from
    boundaries("19", day, official)                 areas: `shapes`, `picture`, `geojson`, `at`
    Atlas(folder).take(...), .on(day); export(outlines, "fgb")    official sets with their days

Since 2025-07-01 there are 34 provinces and 3,321 communes and no districts; before, 63, 696
districts and 10,035 communes (five island districts had none). One code may have denoted another
unit before, so a code is read together with a day. `within` always takes today's province code;
of `levels`, in order of preference, the first with any candidate decides. Changes since the
reform, legal basis and spellings are data: `amendments.yaml`, and what a province declares
itself: `gazetteer(catalogue.units)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tinh.places.bridge import Part, Span
from tinh.places.changes import Changed, Event, Heir, changes
from tinh.places.errors import (
    BoundaryForeign,
    BoundaryProjected,
    BoundarySetMissing,
    BoundarySetUnfit,
    BoundaryTooLarge,
    BoundaryUnreadable,
    GazetteerMissing,
    PlacesError,
    UnknownProvince,
    UnknownUnit,
)
from tinh.places.gazetteer import Gazetteer, gazetteer
from tinh.places.lying import lies_in
from tinh.places.model import KINDS, LEVELS, REFORM, Hint, Level, Link, Resolution, Unit
from tinh.places.reforms import (
    MEASURES,
    NOTHING,
    REFORM_KINDS,
    Declared,
    Measure,
    Newcomer,
    Parts,
    Reform,
    ReformKind,
    Size,
    applied,
)

if TYPE_CHECKING:
    from tinh.places.atlas import Atlas, BoundarySet
    from tinh.places.exports import TYPES, export
    from tinh.places.features import Feature, features_of_all_time, features_on
    from tinh.places.flaws import Sketch, sketch
    from tinh.places.outlines import Outlines, Picture, boundaries
    from tinh.places.survey import Survey, square_km

__all__ = [
    "KINDS",
    "LEVELS",
    "MEASURES",
    "NOTHING",
    "REFORM",
    "REFORM_KINDS",
    "TYPES",
    "Atlas",
    "BoundaryForeign",
    "BoundaryProjected",
    "BoundarySet",
    "BoundarySetMissing",
    "BoundarySetUnfit",
    "BoundaryTooLarge",
    "BoundaryUnreadable",
    "Changed",
    "Declared",
    "Event",
    "Feature",
    "Gazetteer",
    "GazetteerMissing",
    "Heir",
    "Hint",
    "Level",
    "Link",
    "Measure",
    "Newcomer",
    "Outlines",
    "Part",
    "Parts",
    "Picture",
    "PlacesError",
    "Reform",
    "ReformKind",
    "Resolution",
    "Size",
    "Sketch",
    "Span",
    "Survey",
    "Unit",
    "UnknownProvince",
    "UnknownUnit",
    "applied",
    "boundaries",
    "changes",
    "export",
    "features_of_all_time",
    "features_on",
    "gazetteer",
    "lies_in",
    "sketch",
    "square_km",
]


_GEOMETRY = {
    "Atlas": "atlas", "BoundarySet": "atlas", "Outlines": "outlines", "Picture": "outlines",
    "Survey": "survey", "TYPES": "exports", "boundaries": "outlines", "export": "exports",
    "square_km": "survey", "Feature": "features", "features_on": "features",
    "features_of_all_time": "features", "Sketch": "flaws", "sketch": "flaws",
}  # fmt: skip


def __getattr__(name: str) -> object:
    # Geometry libraries take longer to load than the gazetteer; most callers never draw.
    if name in _GEOMETRY:
        from importlib import import_module

        return getattr(import_module(f"tinh.places.{_GEOMETRY[name]}"), name)
    raise AttributeError(name)
