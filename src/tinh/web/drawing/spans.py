"""A long series read in parts: the newest first, every part reachable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tinh.insight.api import Point


@dataclass(frozen=True, slots=True)
class Span:
    """The part of a series on show, and the last periods of the parts before and after it."""

    points: tuple[Point, ...]
    earlier: str
    later: str


def span(points: Sequence[Point], last: str, size: int) -> Span:
    """`size` periods up to `last` (the newest when it is not one of them)."""
    end = next((n for n, p in enumerate(points, 1) if p.period == last), len(points))
    begin = max(0, end - size)
    following = points[min(end + size, len(points)) - 1].period if end < len(points) else ""
    return Span(tuple(points[begin:end]), points[begin - 1].period if begin else "", following)
