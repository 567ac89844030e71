"""A series with the band in which it was expected, and the points outside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tinh.web.drawing.lines import Chart, chart


@dataclass(frozen=True, slots=True)
class Banded:
    """`chart` with closed outlines of the band and the places of what was raised."""

    chart: Chart
    bands: tuple[str, ...]
    odd: tuple[tuple[float, float], ...]


def banded(
    labels: Sequence[str],
    values: Sequence[float | None],
    low: Sequence[float | None],
    high: Sequence[float | None],
    odd: Sequence[bool],
    write: Callable[[float], str],
    texts: Sequence[str],
    width: int = 920,
    height: int = 320,
) -> Banded | None:
    """None where there is nothing to draw; a band far wider than the series is cut at the edge."""
    known = [v for v in values if v is not None]
    if not known:
        return None
    spread = (max(known) - min(known)) or abs(known[0]) or 1.0
    floor, top = min(known) - 0.6 * spread, max(known) + 0.6 * spread
    lows = [None if v is None else min(max(v, floor), top) for v in low]
    highs = [None if v is None else min(max(v, floor), top) for v in high]
    drawn = chart(labels, values, (), write, texts, width, height, beside=[*lows, *highs])
    if drawn is None:
        return None
    places = [(m.y, v) for m, v in zip(drawn.marks, values, strict=True) if m.y is not None and v is not None]
    (y1, v1), (y2, v2) = min(places, key=lambda p: p[1]), max(places, key=lambda p: p[1])
    slope = (y2 - y1) / (v2 - v1) if v2 != v1 else 0.0
    bands, current = [], []
    for mark, a, b in zip(drawn.marks, lows, highs, strict=True):
        if a is not None and b is not None and slope:
            current.append((mark.x, y1 + (a - v1) * slope, y1 + (b - v1) * slope))
            continue
        bands += _outline(current)
        current = []
    bands += _outline(current)
    points = tuple((m.x, m.y) for m, up in zip(drawn.marks, odd, strict=True) if up and m.y is not None)
    return Banded(replace(drawn, beside=()), tuple(bands), points)


def _outline(places: Sequence[tuple[float, float, float]]) -> list[str]:
    if len(places) < 2:
        return []
    up = [f"{x:g} {round(b, 1):g}" for x, _, b in places]
    back = [f"{x:g} {round(a, 1):g}" for x, a, _ in reversed(places)]
    return ["M" + "L".join([*up, *back]) + "Z"]
