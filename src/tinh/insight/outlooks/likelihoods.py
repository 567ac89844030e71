"""From the paths of a forecast to the outlook of a target: every answer is a count over paths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Way = Literal["up", "down"]
Word = Literal["certain", "likely", "unclear", "unlikely", "no"]
WORDS: tuple[Word, ...] = ("certain", "likely", "unclear", "unlikely", "no")
PACE_OVER = 12  # periods the pace seen is measured over, at most


@dataclass(frozen=True)
class Likelihood:
    """What the paths say of one target.

    `probability`: share of paths at or beyond the value at the due step. `ever`: share that reach it at any
    step up to then. `expected`: the first step by which half of all paths have reached it (0: reached
    already, None: not within the paths). Paces are in the indicator's unit a period; `needed` is 0 once
    reached.
    """

    probability: float
    ever: float
    expected: int | None
    middle: float
    low80: float
    high80: float
    low95: float
    high95: float
    needed: float
    seen: float
    reached: bool


def likelihood(
    paths: Array, past: Array, target: float, way: Way, due: int, decimals: int | None = None
) -> Likelihood:
    """The outlook of `target` at step `due` (1-based) of `paths` (paths × steps); `past` (n,) ends with the
    newest value.

    With `decimals`, a value counts as reached when it is shown as reached: 99.96 % at one decimal is 100.0 %.
    """
    sign = 1.0 if way == "up" else -1.0
    slack = 0.0 if decimals is None else 0.5 * 10.0**-decimals
    goal = sign * target - slack * (1 - 1e-9)
    there = sign * paths >= goal
    ends = paths[:, due - 1]
    reached = bool(sign * past[-1] >= goal)
    first = np.where(there.any(axis=1), there.argmax(axis=1) + 1, np.inf)
    middle = float(np.sort(first)[(len(first) - 1) // 2])
    low95, low80, high80, high95 = (float(x) for x in np.quantile(ends, (0.025, 0.1, 0.9, 0.975)))
    return Likelihood(
        probability=float(there[:, due - 1].mean()),
        ever=float(there[:, :due].any(axis=1).mean()),
        expected=0 if reached else int(middle) if np.isfinite(middle) else None,
        middle=float(np.median(ends)),
        low80=low80, high80=high80, low95=low95, high95=high95,
        needed=0.0 if reached else (target - float(past[-1])) / due,
        seen=pace(past),
        reached=reached,
    )  # fmt: skip


def pace(past: Array, over: int = PACE_OVER) -> float:
    """Change a period over the newest `over` periods: the median of the slopes between all pairs of points.

    Theil (1950), "A rank-invariant method of linear and polynomial regression analysis"; Sen (1968), JASA 63:
    one odd value does not move it. NaN with fewer than two values.
    """
    window = past[-(over + 1) :]
    at = np.flatnonzero(np.isfinite(window))
    if len(at) < 2:
        return float("nan")
    one, two = np.triu_indices(len(at), 1)
    return float(np.median((window[at[two]] - window[at[one]]) / (at[two] - at[one])))


def word(probability: float, limits: tuple[float, float, float, float], far: bool = False) -> Word:
    """The name of a likelihood (0–1); `limits` in per cent, falling: certain, likely, unclear, unlikely.

    `far`: the day lies further ahead than the history reaches back. No past could be looked from that far,
    so the two words that leave no doubt are not said.
    """
    share = 100 * probability
    found: Word = next((n for n, limit in zip(WORDS, limits, strict=False) if share >= limit - 1e-9), "no")
    if far and found in ("certain", "no"):
        return "likely" if found == "certain" else "unlikely"
    return found
