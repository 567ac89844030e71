"""An upper bound on what any plan can reach, by Lagrangian relaxation, and the sites it rules in or out.

"Each point is served by one site" is relaxed with a price u_i ≥ 0 (Cornuéjols, Fisher & Nemhauser 1977,
§3; Beasley 1985 for the p-median; Galvão & ReVelle 1996 for maximal covering):

    L(u) = Σ_i u_i + max { Σ_j y_j Σ_i (V_ij − u_i)⁺ : Σ_j c_j y_j ≤ limit, y binary } ≥ F(S) for all S.

u is moved by the volume algorithm (Barahona & Anbil 2000): along the slope of a running mean of the plans
met, whose mean also tells how likely each site is. A site whose forced opening (closing) would bring the
bound to the best plan known cannot be in (out of) a better one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tinh.insight.sitings.floor import greedy, swapped
from tinh.insight.sitings.purse import Purse
from tinh.insight.sitings.worth import Floats, Ints, Worth

Enough = Callable[[float, float], bool]


@dataclass
class Bounded:
    """The best plan met, its value, the bound, how likely each site is, and those ruled out and in."""

    chosen: Ints
    value: float
    bound: float
    likely: Floats
    out: npt.NDArray[np.bool_]
    fixed: npt.NDArray[np.bool_]
    prices: Floats  # by point, at the bound


def bounded(
    worth: Worth,
    purse: Purse,
    start: Ints,
    until: float,
    enough: Enough,
    rounds: int = 3000,
    *,
    prices: Floats | None = None,
    known: float | None = None,
    tries: int = 10,
) -> Bounded:
    """Bring the bound down and the plan up until `enough(value, bound)`, or `until`, or `rounds` end.

    `prices` to start from; `known`: the value a plan must beat where that is more than what `start` has;
    every so many `tries` the plan behind the bound is improved and looked at.
    """
    none = np.zeros(worth.sites, dtype=bool)
    value = worth.value(start) if known is None else max(known, worth.value(start))
    u = worth.felt(start) if prices is None else np.minimum(prices, worth.best)
    best = Bounded(start, value, float(worth.best.sum()), np.zeros(worth.sites), none.copy(), none.copy(), u)
    if not len(worth.data):
        best.bound = best.value = max(0.0, value)
        return best
    total, slope, open_ = _priced(best, worth, purse, u)
    centre, height, mean = u, total, slope
    best.likely[open_] = 1.0
    step, still, stuck, before = 0.1, 0, 0, height
    tried: set[bytes] = set()
    for turn in range(rounds):
        if turn % tries == tries - 1 and open_.tobytes() not in tried:
            tried.add(open_.tobytes())
            _try(best, worth, purse, open_, until)
        if worth.whole and best.bound - best.value < 1 - 1e-6:
            best.bound = best.value
        if enough(best.value, best.bound) or time.monotonic() > until or step < 1e-6:
            break
        way = np.where(((centre <= 0) & (mean > 0)) | ((centre >= worth.best) & (mean < 0)), 0.0, mean)
        norm = float(way @ way)
        if norm < 1e-12:
            break
        aim = min(best.value * (1 + 1e-5), height)
        u = np.clip(centre - step * max(height - aim, 1e-6 * height) / norm * way, 0.0, worth.best)
        total, slope, open_ = _priced(best, worth, purse, u)
        apart = slope - mean
        share, size = 0.1, float(apart @ apart)
        if size > 0:
            share = float(np.clip(-(mean @ apart) / size, 0.01, 0.1))
        mean = mean + share * apart
        best.likely *= 1 - share
        best.likely[open_] += share
        if total < height:
            if float(slope @ way) >= 0:
                step = min(2.0, step * 1.1)
            still, centre, height = 0, u, total
            best.prices = u
        else:
            still += 1
            if still >= 20:
                step, still = step * 0.66, 0
        if turn % 300 == 299:
            stuck = stuck + 1 if before - height < 2e-5 * height else 0
            before = height
            if stuck:
                break
    return best


def _priced(best: Bounded, worth: Worth, purse: Purse, u: Floats) -> tuple[float, Floats, Ints]:
    """L(u), its slope, and the plan behind it; the bound and the rulings are brought up to date."""
    over = worth.data - u[worth.rows]
    np.maximum(over, 0.0, out=over)
    paid = worth.totals(over)
    paid[best.out] = 0.0
    open_, sum_ = purse.most(paid)
    total = float(u.sum()) + sum_
    capped = float(np.floor(total + 1e-6 + 1e-11 * total)) if worth.whole else total
    best.bound = min(best.bound, max(capped, best.value))
    room = total - best.value - (1 - 1e-6 if worth.whole else 1e-9 * (1 + abs(best.value)))
    into, out = purse.forced(paid)
    best.out |= into > room
    best.fixed |= out > room
    slope = np.ones(worth.points)
    for j in open_:
        rows, data = worth.column(int(j))
        slope[rows] -= data > u[rows]
    return total, slope, open_


def _try(best: Bounded, worth: Worth, purse: Purse, open_: Ints, until: float) -> None:
    plan = greedy(worth, purse, open_) if purse.fits(purse.spent(open_)) else open_[:0]
    value = worth.value(plan)
    if value > 0.97 * best.value:
        plan = swapped(worth, purse, plan, min(until, time.monotonic() + 5))
        value = worth.value(plan)
    if value > best.value + 1e-9 * (1 + abs(best.value)):
        best.chosen, best.value = plan, value
