"""Hot spots: where many reports lie close together.

DBSCAN (Ester, Kriegel, Sander, Xu 1996): a report with at least `least` reports within `radius` metres,
itself among them, is a core; cores that reach each other form one spot, and what a core reaches belongs to
it (to that of the nearest core). Distances are on the plane tangent at the middle of the points, right to
0.2 % within a province. Two spots never depend on the order of the reports.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import cos, radians

import numpy as np

METRES = 111_320.0  # one degree of latitude
RADIUS, LEAST = 80.0, 3


@dataclass(frozen=True, slots=True)
class Spot:
    """A cluster: its middle, how far its farthest report lies, which reports (numbers of the rows given)."""

    latitude: float
    longitude: float
    reach: float
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class HotSpot:
    """A spot as people read it. `simulated` when any report of it is."""

    latitude: float
    longitude: float
    reach: float
    reports: int
    open: int
    place: str
    categories: tuple[tuple[str, int], ...]
    first: datetime
    last: datetime
    codes: tuple[str, ...]
    simulated: bool


def spots(
    latitudes: Sequence[float], longitudes: Sequence[float], radius: float = RADIUS, least: int = LEAST
) -> list[Spot]:
    """Clusters of the points, the largest first. `radius` in metres."""
    if len(latitudes) < least:
        return []
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    lat, lon = np.asarray(latitudes, dtype=float), np.asarray(longitudes, dtype=float)
    points = np.column_stack(
        [(lon - lon.mean()) * METRES * cos(radians(float(lat.mean()))), (lat - lat.mean()) * METRES]
    )
    tree = cKDTree(points)
    around = tree.query_ball_point(points, radius, return_length=True)
    core = np.flatnonzero(around >= least)
    if not len(core):
        return []
    inner = cKDTree(points[core])
    pairs = inner.query_pairs(radius, output_type="ndarray")
    graph = coo_array(
        (np.ones(len(pairs), dtype=bool), (pairs[:, 0], pairs[:, 1])), shape=(len(core), len(core))
    )
    _, of_core = connected_components(graph, directed=False)
    away, nearest = inner.query(points, distance_upper_bound=radius * (1 + 1e-12))
    label = np.where(np.isfinite(away), of_core[np.minimum(nearest, len(core) - 1)], -1)
    label[core] = of_core
    out = []
    for spot in range(int(of_core.max()) + 1):
        members = np.flatnonzero(label == spot)
        middle = points[members].mean(axis=0)
        reach = float(np.hypot(*(points[members] - middle).T).max())
        out.append(
            Spot(
                float(lat[members].mean()),
                float(lon[members].mean()),
                round(reach, 1),
                tuple(members.tolist()),
            )
        )
    return sorted(out, key=lambda s: (-len(s.members), s.latitude, s.longitude))
