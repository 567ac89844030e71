"""Turns areas into SVG paths: true proportions, shared edges kept, far islands in insets below the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import shapely
from numpy.typing import NDArray

from tinh.places.cells import KM_PER_DEGREE

# Islands farther than this from the main body would shrink the map to a dot; they move into insets.
_FAR_KM = 30.0
_TOGETHER_KM = 8.0
_PAD_KM = 4.0

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Drawing:
    """Areas in drawing units, y downwards; `insets` are the frames (x, y, width, height) of moved islands."""

    shapes: NDArray[np.object_]
    width: float
    height: float
    insets: tuple[Box, ...]


def fit(shapes: Sequence[shapely.Geometry], width: float, height: float) -> Drawing:
    """Areas in WGS 84, drawn as large as `width` × `height` allows."""
    plane = _plane(np.array(shapes, dtype=object))
    plane, frames = _gathered(plane)
    left, top, right, bottom = shapely.total_bounds(plane).tolist()
    for x, y, wide, high in frames:
        left, top = min(left, x), min(top, y)
        right, bottom = max(right, x + wide), max(bottom, y + high)
    scale = min(width / (right - left), height / (bottom - top))
    drawn = shapely.transform(plane, lambda points: (points - (left, top)) * scale)
    insets = tuple(
        ((x - left) * scale, (y - top) * scale, wide * scale, high * scale) for x, y, wide, high in frames
    )
    return Drawing(drawn, (right - left) * scale, (bottom - top) * scale, insets)


def _plane(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Kilometres, true in the middle of the areas; y downwards."""
    _, south, _, north = shapely.total_bounds(shapes).tolist()
    narrow = float(np.cos(np.radians((south + north) / 2)))
    factors = np.array([KM_PER_DEGREE * narrow, -KM_PER_DEGREE])
    plane: NDArray[np.object_] = shapely.transform(shapes, lambda points: points * factors)
    return plane


def _gathered(plane: NDArray[np.object_]) -> tuple[NDArray[np.object_], list[Box]]:
    """Moves far islands into a row of frames below the main body, at the same scale."""
    parts, owners = shapely.get_parts(plane, return_index=True)
    bodies = shapely.get_parts(shapely.union_all(shapely.buffer(parts, _TOGETHER_KM / 2, quad_segs=2)))
    main = bodies[int(np.argmax(shapely.area(bodies)))]
    far = [body for body in bodies if shapely.distance(body, main) > _FAR_KM]
    if not far:
        return plane, []
    outlying = shapely.STRtree(far).query(parts, predicate="intersects")
    home = dict(zip(outlying[0].tolist(), outlying[1].tolist(), strict=True))
    stay = np.array([index not in home for index in range(len(parts))])
    x, _, _, floor = shapely.total_bounds(parts[stay]).tolist()
    frames: list[Box] = []
    shifts: dict[int, tuple[float, float]] = {}
    for number in sorted(range(len(far)), key=lambda n: far[n].centroid.x):
        members = [index for index, body in home.items() if body == number]
        west, north, east, south = shapely.total_bounds(parts[members]).tolist()
        frames.append((x, floor + _PAD_KM, east - west + 2 * _PAD_KM, south - north + 2 * _PAD_KM))
        for index in members:
            shifts[index] = (x + _PAD_KM - west, floor + 2 * _PAD_KM - north)
        x += frames[-1][2] + _PAD_KM
    moved = [
        shapely.transform(part, partial(np.add, shifts[index])) if index in shifts else part
        for index, part in enumerate(parts)
    ]
    gathered = [
        shapely.MultiPolygon([moved[i] for i in np.flatnonzero(owners == n)]) for n in range(len(plane))
    ]
    return np.array(gathered, dtype=object), frames


def path(shape: shapely.Geometry) -> str:
    """Rings as `M x,y l …` with one decimal; steps join rounded points, so that nothing drifts."""
    out: list[str] = []
    for part in shapely.get_parts(shape):
        if part.geom_type != "Polygon":
            continue
        for ring in (part.exterior, *part.interiors):
            points = np.round(np.asarray(ring.coords)[:-1] * 10).astype(int)
            points = points[np.concatenate(([True], np.any(np.diff(points, axis=0) != 0, axis=1)))]
            if len(points) < 3:
                continue
            steps = " ".join(f"{_tenth(x)},{_tenth(y)}" for x, y in np.diff(points, axis=0).tolist())
            x, y = points[0].tolist()
            out.append(f"M{_tenth(x)},{_tenth(y)}l{steps}z")
    return "".join(out)


def _tenth(value: int) -> str:
    return f"{value / 10:g}"
