"""Which unit a point lies in, anywhere in the country."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import shapely

from tinh.places.cells import Cells, cells_of
from tinh.places.followed import heir_at
from tinh.places.model import REFORM, Unit
from tinh.places.official import read_boundaries

if TYPE_CHECKING:
    from tinh.places.gazetteer import Gazetteer

_CELLS: WeakKeyDictionary[Gazetteer, dict[bool, Cells]] = WeakKeyDictionary()


def national_cells(book: Gazetteer, before: bool) -> Cells:
    """The cells of one side of the reform, made once for each gazetteer."""
    held = _CELLS.setdefault(book, {})
    if before not in held:
        held[before] = cells_of(book, before)
    return held[before]


def locate(
    book: Gazetteer, lat: float, lon: float, on: date, official: Path | None
) -> tuple[Unit, bool] | None:
    known: dict[str, shapely.Geometry] = {}
    if official is not None:
        known = read_boundaries(official, book, on)
        point = shapely.Point(lon, lat)
        holding = [code for code, shape in known.items() if shapely.intersects(shape, point)]
        if holding:
            return book.get(min(holding), on), False
    # A unit whose official boundary is known and does not hold the point is out of the question.
    code = national_cells(book, before=on < REFORM).nearest(lat, lon, without=frozenset(known))
    return (book.get(heir_at(book, code, on, lat, lon), on), True) if code else None
