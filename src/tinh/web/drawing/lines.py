"""Series as SVG: the small line of a tile, and the chart of a page. Gaps stay gaps."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

LETTER = 7.0  # about the width of a letter of a chart's text, for keeping names apart


@dataclass(frozen=True, slots=True)
class Spark:
    """A tile's line in a box of 120 × 36: runs between gaps, single points, the last one, a goal."""

    runs: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]
    last: tuple[float, float] | None
    goal: float | None
    dashed: tuple[str, ...] = ()  # stretches restated from other units; never joined with what was reported


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """One point of a chart, for reading out: `y` is None in a gap."""

    x: float
    y: float | None
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Guide:
    """A level drawn across, a target or a benchmark, with the spot its name stands clear of the line."""

    y: float
    text: str
    x: float
    anchor: str
    baseline: float


@dataclass(frozen=True, slots=True)
class Chart:
    width: int
    height: int
    left: float
    right: float
    bottom: float
    runs: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]
    rows: tuple[Tick, ...]
    columns: tuple[Tick, ...]
    guides: tuple[Guide, ...]
    marks: tuple[Mark, ...]
    dashed: tuple[str, ...] = ()
    note: tuple[float, str] | None = None  # where the word for the dashed stretch stands
    beside: tuple[str, ...] = ()  # runs of another series of the same periods, drawn fainter
    span: tuple[float, float] = (0.0, 0.0)  # values at the bottom and at the top


def spark(
    values: Sequence[float | None],
    goal: float | None = None,
    restated: Sequence[bool] = (),
    within: tuple[float, float] | None = None,
) -> Spark | None:
    """None where there is nothing to draw; `within` gives several sparks one scale."""
    known = [v for v in values if v is not None]
    if not known:
        return None
    low, high = within or (min(known), max(known))
    # A goal within reach of the line belongs in the picture; one far away would flatten it.
    if goal is not None and low - 2 * (high - low or abs(low)) <= goal <= high + 2 * (
        high - low or abs(high)
    ):
        low, high = min(low, goal), max(high, goal)
    else:
        goal = None
    across = 118 / max(1, len(values) - 1)
    scale = _scale(low, high, 33, 3)
    runs, dots, dashed = _stretches(
        [None if v is None else (1 + i * across, scale(v)) for i, v in enumerate(values)], restated
    )
    index = max(i for i, v in enumerate(values) if v is not None)
    value = values[index]
    assert value is not None
    return Spark(
        runs,
        dots,
        (round(1 + index * across, 1), round(scale(value), 1)),
        None if goal is None else round(scale(goal), 1),
        dashed,
    )


def chart(
    labels: Sequence[str],
    values: Sequence[float | None],
    guides: Sequence[tuple[float, str]],
    write: Callable[[float], str],
    texts: Sequence[str],
    width: int = 920,
    height: int = 300,
    restated: Sequence[bool] = (),
    word: str = "",
    beside: Sequence[float | None] = (),
    around: Sequence[float] = (),
) -> Chart | None:
    """A series with its guides; `beside` is another one of the same periods to compare with, `around` are
    values the scale must hold besides."""
    known = [v for v in values if v is not None]
    if not known:
        return None
    known += [*(v for v in beside if v is not None), *around]
    low, high = min(known), max(known)
    spread = high - low or abs(high) or 1
    kept = [(level, text) for level, text in guides if low - 1.5 * spread <= level <= high + 1.5 * spread]
    low, high = min([low, *(g for g, _ in kept)]), max([high, *(g for g, _ in kept)])
    if 0 <= low < 0.4 * high:
        low = 0.0
    ticks = _round_ticks(low, high)
    low, high = min(low, ticks[0]), max(high, ticks[-1])
    left = 12.0 + 7.4 * max(len(write(t)) for t in ticks)
    # Half of the last label hangs over the last point.
    right, top, bottom = width - max(14.0, LETTER * len(labels[-1]) / 2 + 4), 16.0, height - 30.0
    scale = _scale(low, high, bottom, top)
    across = (right - left) / max(1, len(values) - 1)
    places = [None if v is None else (left + i * across, scale(v)) for i, v in enumerate(values)]
    runs, dots, dashed = _stretches(places, restated)
    moved = [p[0] for p, m in zip(places, restated, strict=False) if p and m]
    other, _ = _runs([None if v is None else (left + i * across, scale(v)) for i, v in enumerate(beside)])
    marks = tuple(
        Mark(round(left + i * across, 1), None if p is None else round(p[1], 1), labels[i], texts[i])
        for i, p in enumerate(places)
    )
    every = max(1, math.ceil(len(labels) / max(2, (right - left) / 105)))
    columns = tuple(Tick(marks[i].x, labels[i]) for i in range((len(labels) - 1) % every, len(labels), every))
    return Chart(
        width, height, left, right, bottom, runs, dots,
        tuple(Tick(round(scale(t), 1), write(t)) for t in ticks),
        columns, _named([(round(scale(g), 1), text) for g, text in kept], places, left, right, bottom), marks,
        dashed, (round(min(max((min(moved) + max(moved)) / 2, left + LETTER * len(word) / 2),
                            right - LETTER * len(word) / 2), 1), word) if moved else None, other, (low, high),
    )  # fmt: skip


def _named(
    levels: Sequence[tuple[float, str]],
    places: Sequence[tuple[float, float] | None],
    left: float,
    right: float,
    bottom: float,
) -> tuple[Guide, ...]:
    """Names of levels at the first of four spots that neither the line nor another name crosses."""
    line = [
        (a[0] + (b[0] - a[0]) * i / 8, a[1] + (b[1] - a[1]) * i / 8)
        for a, b in pairwise(places)
        if a and b
        for i in range(9)
    ]
    taken: list[tuple[float, float, float, float]] = []
    out = []
    for y, text in sorted(levels):
        wide = LETTER * len(text) + 6
        best: tuple[int, Guide, tuple[float, float, float, float]] | None = None
        for anchor, baseline in (("end", y - 6), ("start", y - 6), ("end", y + 16), ("start", y + 16)):
            first = right - wide if anchor == "end" else left
            box = (first, baseline - 13, first + wide, baseline + 5)
            hits = sum(box[0] <= px <= box[2] and box[1] <= py <= box[3] for px, py in line)
            hits += 50 * sum(
                box[0] < t[2] and t[0] < box[2] and box[1] < t[3] and t[1] < box[3] for t in taken
            )
            hits += 100 * (box[1] < 0 or box[3] > bottom)
            x = right if anchor == "end" else left + 4
            if best is None or hits < best[0]:
                best = (hits, Guide(y, text, round(x, 1), anchor, round(baseline, 1)), box)
        assert best is not None
        taken.append(best[2])
        out.append(best[1])
    return tuple(out)


def _scale(low: float, high: float, bottom: float, top: float) -> Callable[[float], float]:
    if high == low:
        return lambda _: (bottom + top) / 2
    return lambda value: bottom - (value - low) / (high - low) * (bottom - top)


def _stretches(
    places: Sequence[tuple[float, float] | None], restated: Sequence[bool]
) -> tuple[tuple[str, ...], tuple[tuple[float, float], ...], tuple[str, ...]]:
    """Runs and dots of what was reported, and runs of what was restated; a gap lies between the two."""
    marks = [*restated, *([False] * (len(places) - len(restated)))]
    runs, dots = _runs([None if m else p for p, m in zip(places, marks, strict=True)])
    dashed, lone = _runs([p if m else None for p, m in zip(places, marks, strict=True)])
    return runs, (*dots, *lone), dashed


def _runs(
    places: Sequence[tuple[float, float] | None],
) -> tuple[tuple[str, ...], tuple[tuple[float, float], ...]]:
    """Lines through neighbours that both have a value; a value alone between gaps is a dot."""
    runs: list[str] = []
    dots: list[tuple[float, float]] = []
    current: list[tuple[float, float]] = []
    for place in (*places, None):
        if place is not None:
            current.append((round(place[0], 1), round(place[1], 1)))
            continue
        if len(current) == 1:
            dots.append(current[0])
        elif current:
            runs.append("M" + "L".join(f"{x:g} {y:g}" for x, y in current))
        current = []
    return tuple(runs), tuple(dots)


def _round_ticks(low: float, high: float, wanted: int = 4) -> list[float]:
    """About `wanted` steps at 1, 2 or 5 times a power of ten."""
    if high == low:
        return [low]
    raw = (high - low) / wanted
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= raw)
    first = math.floor(low / step)
    return [round(i * step, 10) for i in range(first, math.ceil(high / step) + 1)]


def scale_of(low: float, high: float, bottom: float, top: float) -> Callable[[float], float]:
    """Values → heights of a drawing."""
    return _scale(low, high, bottom, top)


def runs_of(places: Sequence[tuple[float, float] | None]) -> tuple[str, ...]:
    """Lines through neighbours that both have a place."""
    return _runs(places)[0]


def round_ticks(low: float, high: float) -> list[float]:
    """About four round steps over a span."""
    return _round_ticks(low, high)
