"""Where a case is: its commune, the neighbours, the point and how exactly it is known. Drawn here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from tinh.jobs import api as jobs
from tinh.web.drawing.sites import Ground, ground

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_LEAST = 90.0  # drawing units: what is seen around a point at least


@dataclass(frozen=True, slots=True)
class Position:
    viewbox: str
    areas: tuple[tuple[str, str, bool], ...]  # code, path, whether it is the case's own
    x: float | None
    y: float | None
    reach: float
    size: float
    latitude: float | None
    longitude: float | None
    names: tuple[tuple[float, float, str], ...] = ()  # where there is room for them
    letters: float = 0.0  # their height, in drawing units


_Box = tuple[float, float, float, float]
_boxed: list[tuple[Ground, dict[str, _Box]]] = []  # of the last ground drawn; a ground cannot be hashed


def _boxes(drawn: Ground) -> dict[str, _Box]:
    """West, north, east and south of each commune, in drawing units."""
    if _boxed and _boxed[0][0] is drawn:
        return _boxed[0][1]
    out: dict[str, _Box] = {}
    for code, path in drawn.paths.items():
        numbers = [float(n) for n in _NUMBER.findall(path)]
        out[code] = (min(numbers[::2]), min(numbers[1::2]), max(numbers[::2]), max(numbers[1::2]))
    _boxed[:] = [(drawn, out)]
    return out


def of(case: Any) -> Position | None:
    """None for a case of which neither the commune nor the point is known."""
    drawn = _ground()
    boxes = _boxes(drawn)
    own = boxes.get(case.place)
    point = drawn.at(case.longitude, case.latitude) if case.latitude is not None else None
    if own is None and point is None:
        return None
    west, north, east, south = own or (*point, *point)  # type: ignore[misc]  # one of the two is there
    if point is not None:
        west, north = min(west, point[0]), min(north, point[1])
        east, south = max(east, point[0]), max(south, point[1])
    side = max(east - west, south - north, _LEAST) * 1.25
    middle = ((west + east) / 2, (north + south) / 2)
    left, top = middle[0] - side / 2, middle[1] - side / 2
    seen = tuple(
        (code, drawn.paths[code], code == case.place)
        for code, (w, n, e, s) in boxes.items()
        if e >= left and w <= left + side and s >= top and n <= top + side
    )
    reach = min(drawn.reach(case.accuracy), side) if case.accuracy else 0.0
    return Position(
        f"{left:.0f} {top:.0f} {side:.0f} {side:.0f}", seen, point[0] if point else None,
        point[1] if point else None, reach, round(side / 45, 1), case.latitude, case.longitude,
        _names([(code, boxes[code]) for code, _, _ in seen], (left, top, left + side, top + side), side / 24),
        round(side / 24, 1),
    )  # fmt: skip


def _names(seen: list[tuple[str, _Box]], frame: _Box, size: float) -> tuple[tuple[float, float, str], ...]:
    """The names of communes, each in the middle of what is seen of it, none over another or cut off."""
    out: list[tuple[float, float, str]] = []
    taken: list[_Box] = []
    for code, box in seen:
        unit = jobs.gazetteer().find(code, _today())
        name = unit.name.partition(" ")[2] if unit else ""
        west, north, east, south = (
            max(box[0], frame[0]), max(box[1], frame[1]), min(box[2], frame[2]), min(box[3], frame[3])
        )  # fmt: skip
        x, y, half = (west + east) / 2, (north + south) / 2, len(name) * size * 0.3
        own = (x - half, y - size * 0.7, x + half, y + size * 0.7)
        inside = own[0] >= frame[0] and own[2] <= frame[2] and south - north > 2 * size
        if not name or not inside or half > (east - west) * 0.6 or any(_meet(own, one) for one in taken):
            continue
        taken.append(own)
        out.append((round(x, 1), round(y, 1), name))
    return tuple(out)


def _meet(a: _Box, b: _Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _today() -> date:
    return jobs.now().astimezone(ZoneInfo(jobs.catalogue().timezone)).date()


def _ground() -> Ground:
    catalogue = jobs.catalogue()
    today = _today()
    official = jobs.official_boundaries(today)
    changed = official.stat().st_mtime if official is not None else 0.0
    return ground(catalogue.place, today, official, changed, jobs.gazetteer())
