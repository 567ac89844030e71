"""The floor every answer stands on: greedy, then swaps that help until none does.

Greedy reaches at least 1 − 1/e of the optimum when sites are counted (Nemhauser, Wolsey & Fisher 1978);
the swaps are those of Teitz & Bart (1968), each found over all pairs at once as Whitaker (1983) does.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from tinh.insight.sitings.purse import Purse
from tinh.insight.sitings.worth import Floats, Ints, Worth


def greedy(worth: Worth, purse: Purse, start: Ints | None = None) -> Ints:
    """Sites in the order of what each adds (for its cost), until purse or gain ends; ties: the first."""
    chosen = [int(j) for j in (() if start is None else start)]
    base, spent = worth.felt(chosen), purse.spent(chosen)
    closed = np.zeros(worth.sites, dtype=bool)
    closed[chosen] = True
    while True:
        closed |= spent + purse.costs > purse.limit * (1 + 1e-9) + 1e-9
        if closed.all():
            break
        gains = np.where(closed, 0.0, worth.gains(base))
        rate = gains if purse.counted else gains / np.maximum(purse.costs, 1e-12)
        best = int(np.argmax(rate))
        if gains[best] <= 1e-12 * (1.0 + base.sum()):
            break
        chosen.append(best)
        closed[best] = True
        spent += float(purse.costs[best])
        rows, data = worth.column(best)
        base[rows] = np.maximum(base[rows], data)
    return np.array(chosen, dtype=np.int64)


def swapped(worth: Worth, purse: Purse, chosen: Ints, until: float, kept: Ints | None = None) -> Ints:
    """`chosen` after the best swap of one open for one closed site, again and again while it adds.

    `until` is a moment of `time.monotonic`; sites in `kept` stay.
    """
    held = set() if kept is None else {int(j) for j in kept}
    while time.monotonic() < until and len(chosen):
        chosen = greedy(worth, purse, chosen)
        first, second, owner = worth.ranked(chosen)
        add = worth.gains(first)
        alone = owner >= 0
        lose = np.bincount(owner[alone], weights=(first - second)[alone], minlength=len(chosen))
        of = owner[worth.rows]
        mend = np.minimum(first[worth.rows], worth.data) - second[worth.rows]
        on = np.flatnonzero((of >= 0) & (mend > 0))
        many = worth.sites * len(chosen)
        pair = worth.columns[on].astype(np.int64) * len(chosen) + of[on]
        delta = 1.0 * np.bincount(pair, weights=mend[on], minlength=many).reshape(worth.sites, len(chosen))
        delta = delta + add[:, None] - lose[None, :]
        spent = purse.spent(chosen)
        after = spent + purse.costs[:, None] - purse.costs[chosen][None, :]
        delta[after > purse.limit * (1 + 1e-9) + 1e-9] = -np.inf
        delta[chosen, :] = -np.inf
        for at, j in enumerate(chosen):
            if int(j) in held:
                delta[:, at] = -np.inf
        best = int(np.argmax(delta))
        j, k = divmod(best, len(chosen))
        if delta[j, k] <= 1e-9 * (1.0 + first.sum()):
            break
        chosen = chosen.copy()
        chosen[k] = j
    return chosen


def shaken(
    worth: Worth,
    purse: Purse,
    chosen: Ints,
    until: float,
    seed: int,
    enough: Callable[[float], bool],
    likely: Floats | None = None,
    rounds: int = 400,
) -> Ints:
    """The best of many descents, each from the best plan with some sites drawn anew (iterated local search,
    Lourenço, Martin & Stützle 2003) or from a whole plan drawn by `likely`, the odds of each site."""
    dice = np.random.default_rng(seed)
    best, value = chosen, worth.value(chosen)
    odds = np.diff(worth.starts).astype(np.float64) if likely is None else np.maximum(likely, 0.0)
    for turn in range(rounds):
        pool = np.setdiff1d(np.flatnonzero(odds > 0), best)
        many = int(dice.integers(2, 6))
        if len(best) < 3 or len(pool) < many or time.monotonic() > until or enough(value):
            break
        if turn % 2 == 0 and likely is not None and np.count_nonzero(odds) >= len(best):
            draw = dice.choice(len(odds), len(best), replace=False, p=odds / odds.sum())
            keep = draw[:0]
        else:
            keep = dice.permutation(best)[min(many, len(best) - 1) :]
            draw = dice.choice(pool, many, replace=False, p=odds[pool] / odds[pool].sum())
        room = purse.limit - purse.spent(keep)
        draw = draw[np.cumsum(purse.costs[draw]) <= room + 1e-9]
        plan = swapped(worth, purse, np.concatenate((keep, draw)), until)
        reached = worth.value(plan)
        if reached > value + 1e-9 * (1 + abs(value)):
            best, value = plan, reached
    return best
