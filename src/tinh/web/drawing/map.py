"""The province as SVG: one link an area, classes instead of colours, words for every reader."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from tinh.places.api import Gazetteer, boundaries

WIDTH, HEIGHT = 620.0, 820.0


@dataclass(frozen=True, slots=True)
class Area:
    """One commune. `band` is the class of its colour, "n" where there is no value."""

    code: str
    name: str
    path: str
    band: str
    text: str
    link: str
    on: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the legend."""

    band: str
    text: str


@dataclass(frozen=True, slots=True)
class Drawn:
    paths: Mapping[str, str]
    viewbox: str
    approximate: bool


@lru_cache(maxsize=8)
def outline(
    province: str,
    on: date,
    official: Path | None,
    changed: float,  # noqa: ARG001  the cache's key
    book: Gazetteer | None = None,
) -> Drawn:
    """The areas' paths; `changed` is the official file's time of change, so that a new one is read."""
    outlines = boundaries(province, on, official, book)
    paths = outlines.svg_paths(WIDTH, HEIGHT)
    return Drawn(paths, outlines.viewbox, outlines.approximate)


def band_of(value: float | None, edges: Sequence[float]) -> str:
    """The class of a value among the upper edges; at most five classes are drawn."""
    return "n" if value is None else str(min(bisect_right(edges, value), 4))


def legend(edges: Sequence[float], shape: object, nothing: str) -> tuple[Step, ...]:
    """The legend's lines; `shape(value)` writes a number with its unit."""
    write = shape if callable(shape) else str
    shown = list(edges)[:4]
    if not shown:
        return (Step("n", nothing),)
    steps = [Step("0", f"< {write(shown[0])}")]
    steps += [
        Step(str(i), f"{write(low)} – {write(high)}") for i, (low, high) in enumerate(pairwise(shown), 1)
    ]
    steps.append(Step(str(len(shown)), f"≥ {write(shown[-1])}"))
    return (*steps, Step("n", nothing))
