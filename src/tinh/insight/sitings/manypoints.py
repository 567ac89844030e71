"""A median of very many points from end to end: gathered, gathered less, whole; then told with its sites.

Points stand in the order of a k-d tree, so that gathering neighbours is cutting that order into runs.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from tinh.insight.sitings import dense
from tinh.insight.sitings.case import Case
from tinh.insight.sitings.dense import Bounded, Enough, Table
from tinh.insight.sitings.purse import Purse
from tinh.insight.sitings.reach import Links, haversine
from tinh.insight.sitings.worth import Floats, Ints

GROUPS = 4096  # points of the first, gathered problem
Shown = Callable[[str, float, float], None]  # step, value, bound


@dataclass(frozen=True, eq=False)
class Found:
    """Sites chosen (numbers of the case), the bound below any plan, what greedy chose."""

    chosen: Ints
    bound: float
    floor: Ints


def searched(case: Case, until: float, enough: Enough, seed: int, shown: Shown) -> Found:
    """The best plan found for the one purse of a case, and the bound, before the moment `until`."""
    assert case.demand.xy is not None and case.sites.xy is not None
    begun = time.monotonic()
    live = np.flatnonzero(case.demand.weights > 0)
    points, weights = case.demand.xy[live], case.demand.weights[live]
    order, starts = runs(points, GROUPS)
    points, weights = points[order], weights[order]
    candidates = case.candidates
    table = Table(_costs(case, points, weights, candidates), _standing(case, points, weights))
    purse = Purse(case.stages[0].purse.costs[candidates], case.stages[0].purse.limit)
    span = max(1.0, until - begun)

    small = table.gathered(starts)
    floor = dense.greedy(small, purse)
    shown("floor", table.value(floor), 0.0)
    best = dense.begun(small, dense.swapped(small, purse, floor, until))
    near = _closely(enough)
    dense.bounded(small, purse, best, begun + 0.2 * span, near, 700, patience=150)
    dense.shaken(small, purse, best, min(until, begun + 0.3 * span), seed, near, rounds=120)
    shown("gathered", best.value, 0.0)
    if table.points > 8 * GROUPS:
        finer = np.unique(np.concatenate([starts + (np.diff(np.append(starts, table.points)) * q) // 4
                                          for q in range(4)]))  # fmt: skip
        middle = table.gathered(finer)
        weight = np.add.reduceat(weights, finer)
        best = _on(best, middle, np.searchsorted(finer, starts), weight, purse, until)
        dense.bounded(middle, purse, best, begun + 0.45 * span, near, 2000, patience=150)
        starts = finer
    best = _on(best, table, starts, weights, purse, until)
    shown("swaps", best.value, 0.0)
    for turn in range(1, 20):
        if time.monotonic() > until or enough(best.value, best.bound):
            break
        before = best.bound
        dense.bounded(table, purse, best, until, enough, 400)
        shown("bound", best.value, max(best.bound, 0.0))
        bettered = _bettered(small, table, purse, best, until, enough, seed + turn)
        shown("local search", best.value, best.bound)
        if not bettered and best.bound <= before + 1e-7 * best.value:
            break
    return Found(candidates[best.chosen].astype(np.int64), best.bound, candidates[floor].astype(np.int64))


def _bettered(
    small: Table, table: Table, purse: Purse, best: Bounded, until: float, enough: Enough, seed: int
) -> bool:
    """Whether a search over gathered points, by how likely the bound now finds each site, led to a better
    plan for all."""
    if enough(best.value, best.bound):
        return False
    again = dense.begun(small, best.chosen)
    again.likely, again.out = best.likely.copy(), best.out
    dense.shaken(small, purse, again, until, seed, _never, rounds=60)
    pool = np.flatnonzero(best.likely > 3e-3)
    plan = dense.swapped(table, purse, again.chosen, until, pool)
    value = table.value(plan)
    if value >= best.value * (1 - 1e-9):
        return False
    best.chosen, best.value = plan, value
    return True


def _never(_value: float, _bound: float) -> bool:
    return False


def _closely(enough: Enough) -> Enough:
    """On gathered points a fifth of the gap is left, as some is lost where each goes to its own site."""
    return lambda value, bound: enough(value, value - 5 * (value - bound))


def _on(small: Bounded, table: Table, starts: Ints, weights: Floats, purse: Purse, until: float) -> Bounded:
    """What was found on gathered points, on points gathered less."""
    best = dense.begun(table, small.chosen)
    best.prices = dense.lifted(small, table, starts, weights)
    best.likely = small.likely.copy()
    pool = np.flatnonzero(small.likely > 3e-3)
    best.chosen = dense.swapped(table, purse, best.chosen, until, pool)
    best.value = table.value(best.chosen)
    return best


def runs(xy: Floats, many: int) -> tuple[Ints, Ints]:
    """An order of the points that keeps neighbours together, and where each of `many` (or fewer) runs
    begins: halves of halves, across the longer side."""
    parts = [np.arange(len(xy))]
    while len(parts) * 2 <= many and min(map(len, parts)) >= 2:
        halves = []
        for part in parts:
            wide = int(np.argmax(np.ptp(xy[part], axis=0)))
            part = part[np.argsort(xy[part, wide], kind="stable")]
            halves += [part[: len(part) // 2], part[len(part) // 2 :]]
        parts = halves
    sizes = [len(part) for part in parts]
    return np.concatenate(parts), np.concatenate(([0], np.cumsum(sizes)[:-1])).astype(np.int64)


def _costs(case: Case, points: Floats, weights: Floats, sites: Ints) -> dense.Singles:
    assert case.sites.xy is not None
    out = np.empty((len(sites), len(points)), dtype=np.float32)
    for n, j in enumerate(sites):
        out[n] = weights * _length(case, points, int(j))
    return out


def _standing(case: Case, points: Floats, weights: Floats) -> dense.Singles:
    out = np.full(len(points), np.inf)
    for j in case.standing:
        np.minimum(out, weights * _length(case, points, int(j)), out=out)
    return out.astype(np.float32)


def _length(case: Case, points: Floats, site: int) -> Floats:
    assert case.sites.xy is not None
    here = case.sites.xy[site]
    if case.measure == "euclid":
        return np.asarray(np.hypot(points[:, 0] - here[0], points[:, 1] - here[1]))
    return haversine(points, here[None, :])


def narrowed(case: Case, sites: Ints) -> Case:
    """The same case with these sites alone and every distance to them."""
    assert case.demand.xy is not None and case.sites.xy is not None
    m, n = len(case.demand.ids), len(sites)
    length = np.concatenate([_length(case, case.demand.xy, int(j)) for j in sites])
    at, of = np.tile(np.arange(m), n), np.repeat(np.arange(n), m)
    links = Links(m, n, at, of, length, np.full(m, np.inf))
    some, old = case.sites, [int(j) for j in sites]
    kept = replace(
        some,
        ids=tuple(some.ids[j] for j in old),
        xy=some.xy[sites] if some.xy is not None else None,
        costs=some.costs[sites],
        existing=some.existing[sites],
        names=tuple(some.names[j] for j in old) if some.names else some.names,
    )
    stages = tuple(replace(s, purse=Purse(s.purse.costs[sites], s.purse.limit)) for s in case.stages)
    return replace(case, sites=kept, links=links, levels=np.ones(len(length)), stages=stages)
