"""Cases near a point: one walk along an index for each band of latitude, then true distances.

A band is 0.002° of latitude, about 222 m. Distances are great circles on a sphere of 6,371,008.8 m (the mean
radius of IUGG), within half a per cent of the ellipsoid.
"""

from __future__ import annotations

import math
from datetime import datetime

from django.db.models import Q

from tinh.cases.models import Case
from tinh.cases.shapes import Near
from tinh.people import api as people

_BAND = 0.002
_RADIUS = 6_371_008.8
_DEGREE = math.pi * _RADIUS / 180  # metres of a degree of latitude
FARTHEST = 20_000.0


def band_of(latitude: float | None) -> int | None:
    return None if latitude is None else math.floor(latitude / _BAND)


def metres_between(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle distance of two (latitude, longitude) in degrees; haversine."""
    (p, q), (r, s) = ((math.radians(x), math.radians(y)) for x, y in (a, b))
    h = math.sin((r - p) / 2) ** 2 + math.cos(p) * math.cos(r) * math.sin((s - q) / 2) ** 2
    return 2 * _RADIUS * math.asin(min(1.0, math.sqrt(h)))


def near(
    kind: str,
    category: str,
    latitude: float,
    longitude: float,
    metres: float,
    limit: int = 10,
    *,
    open_only: bool = True,
    since: datetime | None = None,
    shown_only: bool = False,
) -> list[Near]:
    """Cases of a category within `metres` (at most 20 km) of a point, the nearest first. Asked by the desks,
    for anybody: it says nothing of who may see the cases, so a door shows what the public may see of them."""
    metres = min(max(metres, 0.0), FARTHEST)
    high = metres / _DEGREE
    wide = min(180.0, high / max(0.01, math.cos(math.radians(latitude))))
    bands = range(math.floor((latitude - high) / _BAND), math.floor((latitude + high) / _BAND) + 1)
    wanted = Q(
        category=category, band__in=list(bands), longitude__gte=longitude - wide,
        longitude__lte=longitude + wide, kind=kind,
    )  # fmt: skip
    if open_only:
        wanted &= Q(closed_at__isnull=True)
    if since is not None:
        wanted &= Q(opened_at__gte=since)
    if shown_only:
        wanted &= Q(public="shown")
    with people.through("case"):
        points = list(Case.objects.filter(wanted).values_list("pk", "latitude", "longitude"))
        measured = sorted((metres_between((latitude, longitude), (a, b)), pk) for pk, a, b in points)
        best = [(far, pk) for far, pk in measured if far <= metres][:limit]
        rows = Case.objects.in_bulk([pk for _, pk in best])
    return [Near(rows[pk], far) for far, pk in best if pk in rows]
