"""Whether outlooks kept their word: the Brier score and the reliability curve.

Brier (1950), "Verification of forecasts expressed in terms of probability", Monthly Weather Review 78;
Bröcker & Smith (2007), "Increasing the reliability of reliability diagrams", Weather and Forecasting 22;
intervals of the shares: Wilson (1927), JASA 22.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

BINS = (0.0, 0.05, 0.3, 0.7, 0.95, 1.0)


@dataclass(frozen=True)
class Bin:
    """Outlooks between two likelihoods: how many, what they said on average, how many came true."""

    low: float
    high: float
    count: int
    said: float
    came: int
    share: float
    share_low: float
    share_high: float
    apart: int  # how many of them can be taken to be independent


@dataclass(frozen=True)
class Record:
    """`brier` is the mean squared error of the likelihoods, 0 best; `plain` that of always saying `base`,
    the share that came true; `skill` = 1 − brier / plain, None where `plain` is 0."""

    count: int
    brier: float
    plain: float
    base: float
    skill: float | None
    bins: tuple[Bin, ...]


def record(
    said: Sequence[float], came: Sequence[bool], edges: Sequence[float] = BINS,
    owners: Sequence[str] = (),
) -> Record | None:  # fmt: skip
    """The record of settled outlooks; None when there is none. `owners` name what each is of: outlooks of one
    owner tell of the same thing, so that intervals count owners and not outlooks."""
    if not said:
        return None
    count = len(said)
    base = sum(came) / count
    brier = sum((p - o) ** 2 for p, o in zip(said, came, strict=True)) / count
    plain = base * (1 - base)
    bins = []
    for number, (low, high) in enumerate(pairwise(edges)):
        last = number == len(edges) - 2
        here = [at for at, p in enumerate(said) if low <= p < high or (last and p == high)]
        mine = [(said[at], came[at]) for at in here]
        if mine:
            hits = sum(o for _, o in mine)
            apart = len({owners[at] for at in here}) if owners else len(mine)
            share_low, share_high = wilson(hits / len(mine) * apart, apart)
            bins.append(
                Bin(
                    low, high, len(mine), sum(p for p, _ in mine) / len(mine), hits, hits / len(mine),
                    share_low, share_high, apart,
                )
            )  # fmt: skip
    return Record(count, brier, plain, base, None if plain == 0 else 1 - brier / plain, tuple(bins))


def wilson(hits: float, count: int, z: float = 1.959964) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    share, size = hits / count, 1 + z * z / count
    middle = (share + z * z / (2 * count)) / size
    half = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / size
    return max(0.0, middle - half), min(1.0, middle + half)
