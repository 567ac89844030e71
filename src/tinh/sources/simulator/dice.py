"""Chance that can be repeated: every draw is named, so nothing depends on what was drawn before it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

import numpy as np

Seed = tuple[str, ...]


def generator(*parts: str) -> np.random.Generator:
    """A generator that depends on its name only."""
    name = "\x1f".join(parts).encode()
    return np.random.default_rng(int.from_bytes(hashlib.sha256(name).digest()[:8], "big"))


def normal(*parts: str) -> float:
    """One draw of the standard normal."""
    return float(generator(*parts).standard_normal())


def uniform(*parts: str) -> float:
    """One draw between 0 and 1."""
    number = int.from_bytes(hashlib.sha256("\x1f".join(parts).encode()).digest()[:7], "big")
    return number / float(1 << 56)


def pick(count: int, population: int, *parts: str) -> list[int]:
    """`count` different indexes below `population`, in the order drawn."""
    drawn = generator(*parts).permutation(population)[: max(0, count)]
    return [int(i) for i in drawn]


def along(curve: Sequence[tuple[date, float]], day: date) -> float:
    """The value of a broken line on `day`; flat before its first and after its last point."""
    if day <= curve[0][0]:
        return curve[0][1]
    for (left, low), (right, high) in pairwise(curve):
        if day <= right:
            return low + (high - low) * (day - left).days / (right - left).days
    return curve[-1][1]
