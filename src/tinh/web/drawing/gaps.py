"""A pilot as SVG: the treated beside what would have been, the gap shaded; and the gap around the start."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tinh.web.drawing.lines import LETTER, Tick, round_ticks, runs_of, scale_of


@dataclass(frozen=True, slots=True)
class Gap:
    """`treated` and `other` are lines; `shade` the area between them after the start at `start`."""

    width: int
    height: int
    left: float
    right: float
    bottom: float
    top: float
    treated: tuple[str, ...]
    other: tuple[str, ...]
    shade: str
    start: float
    start_text: tuple[float, str, str]  # x, anchor, words
    rows: tuple[Tick, ...]
    columns: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class Whisker:
    x: float
    y: float
    low: float
    high: float
    after: bool


@dataclass(frozen=True, slots=True)
class Events:
    width: int
    height: int
    left: float
    right: float
    bottom: float
    top: float
    zero: float
    start: float
    whiskers: tuple[Whisker, ...]
    rows: tuple[Tick, ...]
    columns: tuple[Tick, ...]


def gap(
    labels: Sequence[str], treated: Sequence[float | None], other: Sequence[float | None], start: int,
    write: Callable[[float], str], word: str, width: int = 920, height: int = 340,
) -> Gap | None:  # fmt: skip
    """`start` is the index of the first treated period; its line stands just before it."""
    known = [v for v in (*treated, *other) if v is not None]
    if not known or len(labels) < 2:
        return None
    low, high = min(known), max(known)
    if 0 <= low < 0.4 * high:
        low = 0.0
    ticks = round_ticks(low, high)
    low, high = min(low, ticks[0]), max(high, ticks[-1])
    left = 12.0 + 7.4 * max(len(write(t)) for t in ticks)
    right, top, bottom = width - max(14.0, LETTER * len(labels[-1]) / 2 + 4), 22.0, height - 30.0
    scale = scale_of(low, high, bottom, top)
    across = (right - left) / (len(labels) - 1)

    def at(values: Sequence[float | None]) -> list[tuple[float, float] | None]:
        return [None if v is None else (left + i * across, scale(v)) for i, v in enumerate(values)]

    mine, theirs = at(treated), at(other)
    pairs = [(a, b) for a, b in zip(mine[start:], theirs[start:], strict=True) if a and b]
    edge = [a for a, _ in pairs] + [b for _, b in reversed(pairs)]
    shade = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in edge) + "Z" if len(pairs) > 1 else ""
    begin = round(left + (start - 0.5) * across, 1)
    room = begin - left > LETTER * len(word) + 10
    return Gap(
        width, height, left, right, bottom, top, runs_of(mine), runs_of(theirs), shade, begin,
        (begin - 6 if room else begin + 6, "end" if room else "start", word),
        tuple(Tick(round(scale(t), 1), write(t)) for t in ticks), _columns(labels, left, across, right),
    )  # fmt: skip


def events(
    distances: Sequence[int], values: Sequence[tuple[float, float, float]], write: Callable[[float], str],
    width: int = 920, height: int = 300,
) -> Events | None:  # fmt: skip
    """Values with their intervals by distance from the start."""
    if len(values) < 2:
        return None
    low = min(0.0, *(v[1] for v in values))
    high = max(0.0, *(v[2] for v in values))
    ticks = round_ticks(low, high)
    low, high = min(low, ticks[0]), max(high, ticks[-1])
    left = 12.0 + 7.4 * max(len(write(t)) for t in ticks)
    right, top, bottom = width - 18.0, 16.0, height - 30.0
    scale = scale_of(low, high, bottom, top)
    first, last = distances[0], distances[-1]
    across = (right - left - 16) / max(1, last - first)
    whiskers = tuple(
        Whisker(
            round(left + 8 + (d - first) * across, 1), round(scale(row[0]), 1), round(scale(row[1]), 1),
            round(scale(row[2]), 1), d >= 0,
        )
        for d, row in zip(distances, values, strict=True)
    )  # fmt: skip
    every = max(1, math.ceil(len(distances) / ((right - left) / 46)))
    columns = tuple(
        Tick(w.x, f"{d:+d}".replace("-", "−") if d else "0")
        for d, w in zip(distances, whiskers, strict=True) if d % every == 0
    )  # fmt: skip
    return Events(
        width, height, left, right, bottom, top, round(scale(0.0), 1),
        round(left + 8 + (-0.5 - first) * across, 1), whiskers,
        tuple(Tick(round(scale(t), 1), write(t)) for t in ticks), columns,
    )  # fmt: skip


def _columns(labels: Sequence[str], left: float, across: float, right: float) -> tuple[Tick, ...]:
    every = max(1, math.ceil(len(labels) / max(2, (right - left) / 105)))
    return tuple(
        Tick(round(left + i * across, 1), labels[i])
        for i in range((len(labels) - 1) % every, len(labels), every)
    )
