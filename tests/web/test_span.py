"""A long series is read in parts, and every part is reachable."""

from __future__ import annotations

from tinh.insight.api import Point
from tinh.kit.periods import between
from tinh.web.drawing.spans import span

POINTS = [Point(period, 1.0) for period in between("2025-01-01", "2025-12-31")]


def test_the_newest_part_is_shown_unless_another_is_asked_for() -> None:
    for asked in ("", "2024-01-01", "rubbish"):
        part = span(POINTS, asked, 180)
        assert (part.points[0].period, part.points[-1].period) == ("2025-07-05", "2025-12-31")
        assert (part.earlier, part.later) == ("2025-07-04", "")


def test_going_earlier_reaches_every_period_and_comes_back() -> None:
    seen, asked = [], ""
    while True:
        part = span(POINTS, asked, 180)
        seen = [p.period for p in part.points] + seen
        if not part.earlier:
            break
        asked = part.earlier
    assert seen == [p.period for p in POINTS]
    assert span(POINTS, asked, 180).later == "2025-07-04"


def test_a_series_without_points_has_no_parts() -> None:
    assert span([], "", 180).points == ()
