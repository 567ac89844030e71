"""Branch and bound over the sites with Lagrangian bounds, where points have many levels of worth.

Best bound first. A node opens some sites and closes others; what is left is a smaller siting of its own,
bounded by the volume algorithm from its parent's prices, which also rules more sites in and out. It is
split on the site least decided in the mean of the plans met.
"""

from __future__ import annotations

import heapq
import time
from dataclasses import dataclass, field

import numpy as np

from tinh.insight.sitings.floor import greedy
from tinh.insight.sitings.lagrange import Bounded, Enough, bounded
from tinh.insight.sitings.purse import Purse
from tinh.insight.sitings.worth import Floats, Ints, Worth

_ROUNDS = 90


@dataclass(order=True)
class _Node:
    rank: float  # the bound, negated: the heap gives the highest first
    order: int
    inside: Ints = field(compare=False)
    free: Ints = field(compare=False)
    likely: Floats = field(compare=False)
    prices: Floats = field(compare=False)


def branched(worth: Worth, purse: Purse, best: Bounded, until: float, enough: Enough) -> None:
    """Bring the bound of `best` down to its value, or as far as time allows; better plans met are kept."""
    slack = 1 - 1e-6 if worth.whole else 1e-9 * (1 + abs(best.value))
    ruled = best.fixed & ~best.out
    free = np.flatnonzero(~ruled & ~best.out)
    heap = [_Node(-best.bound, 0, np.flatnonzero(ruled), free, best.likely[free], best.prices)]
    count = 0
    while heap:
        best.bound = min(best.bound, max(best.value, -heap[0].rank))
        if enough(best.value, best.bound) or time.monotonic() > until:
            return
        node = heapq.heappop(heap)
        if -node.rank <= best.value + slack:
            continue
        at = int(np.argmin(np.abs(node.likely - 0.5)))
        others, site = np.delete(node.free, at), node.free[at : at + 1]
        for inside in (np.concatenate((node.inside, site)), node.inside):
            count += 1
            child = _child(node, count, inside, others, worth, purse, best, until)
            if child is not None and -child.rank > best.value + slack:
                heapq.heappush(heap, child)
    best.bound = best.value


def _child(
    node: _Node, order: int, inside: Ints, free: Ints, worth: Worth, purse: Purse, best: Bounded, until: float
) -> _Node | None:
    left = Purse(purse.costs[free], purse.limit - purse.spent(inside))
    if left.limit < -1e-9 * (1 + purse.limit):
        return None
    base = worth.felt(inside)
    ground = float(base.sum())
    rest = worth.over(base, free)
    plan = greedy(rest, left)
    if ground + rest.value(plan) > best.value:
        best.chosen, best.value = (
            np.concatenate((inside, free[plan])).astype(np.int64),
            ground + rest.value(plan),
        )
    if len(plan) == len(free):
        return None  # everything is open: the plan is the best of this node
    known = best.value - ground
    slack = 1 - 1e-6 if worth.whole else 1e-9 * (1 + abs(best.value))
    found = bounded(
        rest,
        left,
        plan,
        until,
        lambda value, bound: bound <= value + slack,
        _ROUNDS,
        prices=np.maximum(0.0, node.prices - base),
        known=known,
        tries=45,
    )
    if found.value > known:
        best.chosen, best.value = (
            np.concatenate((inside, free[found.chosen])).astype(np.int64),
            ground + found.value,
        )
    ruled = found.fixed & ~found.out
    keep = ~ruled & ~found.out
    bound = min(-node.rank, ground + found.bound)
    if not keep.any() or bound <= best.value + slack:
        if not keep.any() and bound > best.value + slack:
            _settled(worth, purse, best, np.concatenate((inside, free[ruled])).astype(np.int64))
        return None
    return _Node(
        -bound,
        order,
        np.concatenate((inside, free[ruled])).astype(np.int64),
        free[keep],
        found.likely[keep],
        np.minimum(node.prices, base) + found.prices,
    )


def _settled(worth: Worth, purse: Purse, best: Bounded, chosen: Ints) -> None:
    if purse.fits(purse.spent(chosen)) and worth.value(chosen) > best.value:
        best.chosen, best.value = chosen, worth.value(chosen)
