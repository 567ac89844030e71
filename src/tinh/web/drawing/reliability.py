"""The reliability curve: what was said against what came true, with the doubt of few cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_LEFT, _TOP, _SIZE = 52.0, 14.0, 260.0


@dataclass(frozen=True, slots=True)
class Spot:
    x: float
    y: float
    low: float
    high: float
    size: float


@dataclass(frozen=True, slots=True)
class Curve:
    width: float
    height: float
    left: float
    top: float
    right: float
    bottom: float
    spots: tuple[Spot, ...]
    line: str
    ticks: tuple[tuple[float, float, int], ...]  # x, y, per cent


def reliability(bins: Sequence[tuple[float, float, float, float, int]]) -> Curve | None:
    """`bins`: (said, came true, low, high, how many), shares 0–1."""
    if not bins:
        return None

    def x(share: float) -> float:
        return round(_LEFT + share * _SIZE, 1)

    def y(share: float) -> float:
        return round(_TOP + (1 - share) * _SIZE, 1)

    most = max(count for *_, count in bins)
    spots = tuple(
        Spot(x(said), y(came), y(low), y(high), round(3 + 5 * (count / most) ** 0.5, 1))
        for said, came, low, high, count in bins
    )
    line = "M" + "L".join(f"{s.x:g} {s.y:g}" for s in spots) if len(spots) > 1 else ""
    ticks = tuple((x(p / 100), y(p / 100), p) for p in (0, 25, 50, 75, 100))
    return Curve(
        _LEFT + _SIZE + 24, _TOP + _SIZE + 40, _LEFT, _TOP, _LEFT + _SIZE, _TOP + _SIZE, spots, line, ticks
    )
