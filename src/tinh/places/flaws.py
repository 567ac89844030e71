"""A survey drawn: the areas, and on them every overlap and gap with its number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from tinh.places.drawing import fit, path
from tinh.places.survey import Flaw, Survey

_MOST = 99  # flaws that get a number on the picture; the list tells them all


@dataclass(frozen=True)
class Mark:
    """One flaw on the picture: its shape as a path, and where its number stands, as SVG spells it."""

    number: int
    flaw: Flaw
    path: str
    x: str
    y: str


@dataclass(frozen=True)
class Sketch:
    """Paths by code in `viewbox`; `marks` lie over them."""

    paths: dict[str, str]
    viewbox: str
    marks: tuple[Mark, ...]


def sketch(survey: Survey, width: float, height: float) -> Sketch:
    """The surveyed areas fitted into `width` × `height`, with the largest flaws marked."""
    flaws = survey.flaws[:_MOST]
    everything = [*survey.shapes.values(), *(flaw.shape for flaw in flaws)]
    drawing = fit(everything, width, height)
    own = drawing.shapes[: len(survey.shapes)]
    over = drawing.shapes[len(survey.shapes) :]
    # Simplified one by one: a coverage with overlaps cannot be simplified together.
    thin = shapely.simplify(own, 0.6)
    points = shapely.get_coordinates(shapely.point_on_surface(over)) if len(over) else np.empty((0, 2))
    marks = tuple(
        Mark(n, flaw, path(shape), f"{x:.1f}", f"{y:.1f}")
        for n, (flaw, shape, (x, y)) in enumerate(zip(flaws, over, points, strict=True), start=1)
    )
    size = f"0 0 {round(drawing.width, 1):g} {round(drawing.height, 1):g}"
    return Sketch({c: path(s) for c, s in zip(survey.shapes, thin, strict=True)}, size, marks)
