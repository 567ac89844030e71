"""Hot spots of the reports of a period, explained."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from tinh.cases import api as cases
from tinh.desks.reports.ground import ground
from tinh.desks.reports.hotspots import LEAST, RADIUS, HotSpot, spots
from tinh.people import api as people

MOST = 200_000


def hot_spots(
    since: datetime | None = None, until: datetime | None = None, *, radius: float = RADIUS,
    least: int = LEAST,
    category: str = "", group: str = "", place: str = "", shown_only: bool = True, most: int = 50,
) -> list[HotSpot]:  # fmt: skip
    """Where at least `least` reports lie within `radius` metres (at most 500) of each other, the largest
    first; the last 90 days unless said otherwise. Refused and merged ones do not count. With `shown_only`,
    as for everybody, only shown ones do."""
    start = since or ground().now() - timedelta(days=90)
    plain = {
        "kind": "report", "opened_at__gte": start, "opened_at__lt": until, "category": category,
        "report__group": group, "place": place, "public": "shown" if shown_only else "",
    }  # fmt: skip
    with people.through("case"):
        rows = list(
            cases.Case.objects.filter(latitude__isnull=False, **{k: v for k, v in plain.items() if v})
            .exclude(state__in=("refused", "merged"))
            .order_by("-id")
            .values_list(
                "latitude",
                "longitude",
                "code",
                "category",
                "place",
                "opened_at",
                "answered_at",
                "closed_at",
                "simulated",
            )[:MOST]
        )[::-1]
    found = spots([r[0] for r in rows], [r[1] for r in rows], min(max(radius, 1.0), 500.0), max(least, 2))
    return [
        _said(spot.latitude, spot.longitude, spot.reach, [rows[n] for n in spot.members])
        for spot in found[:most]
    ]


def _said(latitude: float, longitude: float, reach: float, rows: list[tuple]) -> HotSpot:  # type: ignore[type-arg]
    return HotSpot(
        latitude=round(latitude, 5), longitude=round(longitude, 5), reach=reach, reports=len(rows),
        open=sum(r[6] is None and r[7] is None for r in rows),
        place=Counter(r[4] for r in rows).most_common(1)[0][0],
        categories=tuple(Counter(r[3] for r in rows).most_common()), first=min(r[5] for r in rows),
        last=max(r[5] for r in rows), codes=tuple(r[2] for r in rows),
        simulated=any(r[8] for r in rows),
    )  # fmt: skip
