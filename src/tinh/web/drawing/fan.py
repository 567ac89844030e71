"""A series with its forecast: the line as it was, the middle of what is expected, and two bands around it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tinh.web.drawing.lines import Chart, chart

_TOP = 16.0


@dataclass(frozen=True, slots=True)
class Fan:
    chart: Chart
    bands: tuple[str, ...]  # the wider one first
    now: float  # where the past ends


def fan(
    labels: Sequence[str],
    past: Sequence[float | None],
    mean: Sequence[float],
    bands: Sequence[tuple[Sequence[float], Sequence[float]]],
    guides: Sequence[tuple[float, str]],
    write: Callable[[float], str],
    texts: Sequence[str],
    word: str,
    width: int = 920,
    height: int = 320,
) -> Fan | None:
    """`labels` and `texts` run over past and future; `bands` are (low, high) over the future, wider first."""
    if not mean or not past or past[-1] is None:
        return None
    values = [*past, *mean]
    drawn = chart(
        labels, values, guides, write, texts, width, height,
        [*([False] * len(past)), *([True] * len(mean))], word,
        around=[v for low, high in bands for v in (*low, *high)],
    )  # fmt: skip
    if drawn is None:
        return None
    bottom, (least, most) = drawn.bottom, drawn.span

    def at(value: float) -> float:
        if most == least:
            return (bottom + _TOP) / 2
        return bottom - (value - least) / (most - least) * (bottom - _TOP)

    xs = [mark.x for mark in drawn.marks][len(past) - 1 :]
    shapes = []
    for low, high in bands:
        over = list(zip(xs, [past[-1], *high], strict=True))
        under = list(zip(xs, [past[-1], *low], strict=True))[::-1]
        shapes.append("M" + "L".join(f"{x:g} {at(v):.1f}" for x, v in (*over, *under)) + "Z")
    return Fan(drawn, tuple(shapes), xs[0])
