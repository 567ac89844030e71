"""A median of very many points: every distance kept, points gathered only to find where to begin.

The p-median as it stands: least Σ_i min_{j∈S} d_ij (d weighted), d a full table of single precision, one
row a site. "Each point is served once" is relaxed with a price u_i (Cornuéjols, Fisher & Nemhauser 1977):

    L(u) = Σ_i u_i − max { Σ_{j∈S} Σ_i (u_i − d_ij)⁺ : S within the purse } ≤ Σ_i min_{j∈S} d_ij for all S,

u moved by the volume algorithm (Barahona & Anbil 2000). The first prices are those of a small problem in
which neighbours are gathered (its costs are sums of theirs, so a plan for it is one for all), handed to each
point by complementary slackness. Swaps are the fast interchange of Whitaker (1983) as Resende & Werneck
(2007, EJOR 179) set it out: gain of the site let in, loss of the one let go, and what both share.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import numpy.typing as npt

from tinh.insight.sitings.purse import Purse
from tinh.insight.sitings.worth import Floats, Ints

Singles = npt.NDArray[np.float32]
Enough = Callable[[float, float], bool]  # value, bound: of costs, the bound below
SLACK = 2e-7  # what single precision may have taken from a bound, as a share of it


@dataclass(frozen=True, eq=False)
class Table:
    """`costs` (sites × points) to serve a point from a site; `most` by point where sites that stand serve
    it (inf: none does)."""

    costs: Singles
    most: Singles

    @property
    def sites(self) -> int:
        return len(self.costs)

    @property
    def points(self) -> int:
        return int(self.costs.shape[1])

    def paid(self, chosen: Ints) -> Singles:
        """By point, the least cost over the chosen sites and those that stand."""
        out = self.most.copy()
        for j in chosen:
            np.minimum(out, self.costs[j], out=out)
        return out

    def value(self, chosen: Ints) -> float:
        return float(self.paid(chosen).sum(dtype=np.float64))

    def ranked(self, chosen: Ints) -> tuple[Singles, Singles, Ints]:
        """By point: least and second least cost, and the place in `chosen` of the least (-1: one stands)."""
        first, second = self.most.copy(), np.full(self.points, np.inf, dtype=np.float32)
        owner = np.full(self.points, -1, dtype=np.int64)
        for at, j in enumerate(chosen):
            row = self.costs[j]
            better = row < first
            second = np.where(better, first, np.minimum(second, row))
            np.minimum(first, row, out=first)
            owner[better] = at
        return first, second, owner

    def gathered(self, starts: Ints) -> Table:
        """Neighbouring points (in the order of the table) made one; a plan costs there no less than here."""
        most = np.add.reduceat(self.most, starts)
        return Table(np.add.reduceat(self.costs, starts, axis=1), most)


@dataclass
class Bounded:
    """The best plan met, its cost, the bound below any plan, prices there, sites ruled out and in, and how
    likely each site is in the mean of the plans met."""

    chosen: Ints
    value: float
    bound: float
    prices: Singles
    out: npt.NDArray[np.bool_]
    fixed: npt.NDArray[np.bool_]
    likely: Floats
    tried: set[bytes] = field(default_factory=set)


def greedy(table: Table, purse: Purse, start: Ints | None = None) -> Ints:
    """Sites in the order of what each saves (for its cost), until purse or saving ends."""
    chosen = [int(j) for j in (() if start is None else start)]
    now = table.paid(np.array(chosen, dtype=np.int64))
    if not np.isfinite(now).all():  # nothing stands: the first site is the one that serves all at least cost
        sums = table.costs.sum(axis=1, dtype=np.float64)
        within = purse.costs <= purse.limit * (1 + 1e-9) + 1e-9
        if not within.any():
            return np.array(chosen, dtype=np.int64)
        chosen.append(int(np.argmin(np.where(within, sums, np.inf))))
        now = np.minimum(now, table.costs[chosen[-1]])
    spent = purse.spent(chosen)
    closed = np.zeros(table.sites, dtype=bool)
    closed[chosen] = True
    work = np.empty(table.points, dtype=np.float32)
    while True:
        closed |= spent + purse.costs > purse.limit * (1 + 1e-9) + 1e-9
        left = np.flatnonzero(~closed)
        if not len(left):
            break
        gains = np.array([_over(now, table.costs[j], work) for j in left])
        rate = gains if purse.counted else gains / np.maximum(purse.costs[left], 1e-12)
        best = int(np.argmax(rate))
        if gains[best] <= 1e-9 * (1.0 + float(now.sum())):
            break
        j = int(left[best])
        chosen.append(j)
        closed[j] = True
        spent += float(purse.costs[j])
        np.minimum(now, table.costs[j], out=now)
    return np.array(chosen, dtype=np.int64)


def _over(high: Singles, low: Singles, work: Singles) -> float:
    """Σ (high − low)⁺."""
    np.subtract(high, low, out=work)
    np.maximum(work, 0, out=work)
    return float(work.sum())


def swapped(table: Table, purse: Purse, chosen: Ints, until: float, among: Ints | None = None) -> Ints:
    """`chosen` after swaps with closed sites (of `among`), each made as soon as it saves, until none does."""
    pool = np.arange(table.sites) if among is None else among
    chosen = chosen.copy()
    state = _Served.of(table, chosen)
    idle, at = 0, 0
    while state is not None and idle < len(pool) and time.monotonic() < until:
        j = int(pool[at % len(pool)])
        at, idle = at + 1, idle + 1
        if (chosen == j).any():
            continue
        saved = state.saved(table.costs[j], len(chosen))
        after = purse.spent(chosen) + purse.costs[j] - purse.costs[chosen]
        saved[after > purse.limit * (1 + 1e-9) + 1e-9] = -np.inf
        k = int(np.argmax(saved))
        if saved[k] > 1e-7 * (1.0 + state.total):
            chosen[k] = j
            state, idle = _Served.of(table, chosen), 0
    return chosen


@dataclass(frozen=True, eq=False)
class _Served:
    """Who serves whom under a plan: `first` by point; of the points a chosen site serves, in the order of
    those sites, its cost, the second least, and where each site's points begin."""

    first: Singles
    total: float
    order: Ints
    one: Singles
    two: Singles
    has: Ints
    begins: Ints
    lose: Floats

    @staticmethod
    def of(table: Table, chosen: Ints) -> _Served | None:
        """None where a point is served by the only site there is."""
        first, second, owner = table.ranked(chosen)
        order = np.argsort(owner.astype(np.int16), kind="stable")
        order = order[int(np.searchsorted(owner[order], 0)) :]  # those a standing site serves come first
        mine = owner[order]
        begins = np.searchsorted(mine, np.arange(len(chosen)))
        has = np.flatnonzero(np.diff(np.append(begins, len(mine))))
        one, two = first[order], second[order]
        if not len(order) or not np.isfinite(two).all():
            return None
        lose = np.zeros(len(chosen))
        lose[has] = np.add.reduceat(two - one, begins[has], dtype=np.float64)
        total = float(first.sum(dtype=np.float64))
        return _Served(first, total, order, one, two, has, begins[has], lose)

    def saved(self, row: Singles, many: int) -> Floats:
        """What letting a site in saves, by the chosen site let go for it."""
        save = np.maximum(self.first - row, 0)
        mend = np.maximum(self.two - np.maximum(row[self.order], self.one), 0)
        shared = np.zeros(many)
        shared[self.has] = np.add.reduceat(mend, self.begins, dtype=np.float64)
        return float(save.sum(dtype=np.float64)) + shared - self.lose


def shaken(
    table: Table, purse: Purse, best: Bounded, until: float, seed: int, enough: Enough, rounds: int = 2000
) -> None:
    """Descents from the best plan with some sites drawn anew by how likely each is, and from plans drawn so
    (iterated local search, Lourenço, Martin & Stützle 2003)."""
    dice = np.random.default_rng(seed)
    odds = np.where(best.out, 0.0, best.likely + 1e-5)
    pool = np.flatnonzero(odds > 3e-3 * odds.max())
    for turn in range(rounds):
        if time.monotonic() > until or enough(best.value, best.bound) or len(best.chosen) < 2:
            return
        many = len(best.chosen) if turn % 4 == 0 else int(dice.integers(2, 3 + len(best.chosen) // 6))
        keep = dice.permutation(best.chosen)[min(many, len(best.chosen)) :]
        others = np.setdiff1d(pool, keep)
        if len(others) < many:
            return
        draw = dice.choice(others, many, replace=False, p=odds[others] / odds[others].sum())
        draw = draw[np.cumsum(purse.costs[draw]) <= purse.limit - purse.spent(keep) + 1e-9]
        plan = swapped(table, purse, np.concatenate((keep, draw)), until, dice.permutation(pool))
        if len(plan) < len(best.chosen):
            plan = greedy(table, purse, plan)
        value = table.value(plan)
        if value < best.value * (1 - 1e-9):
            best.chosen, best.value = plan, value


def begun(table: Table, chosen: Ints) -> Bounded:
    """Nothing known yet but one plan."""
    none = np.zeros(table.sites, dtype=bool)
    first, second, _ = table.ranked(chosen)
    prices = np.where(np.isfinite(second), (first + second) / 2, first)
    likely = np.zeros(table.sites)
    likely[chosen] = 1.0
    return Bounded(chosen, table.value(chosen), -np.inf, prices, none, none.copy(), likely)


def bounded(
    table: Table,
    purse: Purse,
    best: Bounded,
    until: float,
    enough: Enough,
    rounds: int,
    improve: Callable[[Ints], Ints] | None = None,
    patience: int = 60,
) -> None:
    """Bring the bound of `best` up from its prices, and its plan down by `improve`, until `enough`."""
    sites = np.flatnonzero(~best.out)
    u = np.minimum(best.prices, table.most)
    total, slope, open_ = _priced(table, purse, best, u, sites)
    centre, height, mean = u, total, slope
    step, still, before = 0.1, 0, height
    for turn in range(rounds):
        if improve is not None and turn % 20 == 10 and open_.tobytes() not in best.tried:
            best.tried.add(open_.tobytes())
            plan = improve(open_)
            value = table.value(plan)
            if value < best.value:
                best.chosen, best.value = plan, value
        if enough(best.value, best.bound) or time.monotonic() > until or step < 1e-5:
            return
        norm = float(mean @ mean)
        if norm < 1e-12:
            return
        gap = max(best.value * (1 - 1e-5) - height, 1e-6 * abs(height))
        u = np.minimum(np.maximum(centre + np.float32(step * gap / norm) * mean, 0), table.most)
        if turn % 25 == 24:
            sites = np.flatnonzero(~best.out)
        total, slope, open_ = _priced(table, purse, best, u, sites)
        apart = slope - mean
        size = float(apart @ apart)
        share = float(np.clip(-(mean @ apart) / size, 0.01, 0.1)) if size > 0 else 0.1
        if total > height:
            if float(slope @ mean) >= 0:
                step = min(2.0, step * 1.1)
            still, centre, height = 0, u, total
            best.prices = u
        else:
            still += 1
            if still >= 12:
                step, still = step * 0.66, 0
        mean = mean + np.float32(share) * apart
        best.likely *= 1 - share
        best.likely[open_] += share
        if turn % patience == patience - 1:
            if height - before < 2e-5 * abs(height):
                return
            before = height


def _profits(table: Table, u: Singles, sites: Ints) -> Floats:
    """Σ_i (u_i − d_ij)⁺ by site; of large tables each processor takes a part of the sites."""

    def part(some: Ints) -> list[float]:
        work = np.empty(table.points, dtype=np.float32)
        return [_over(u, table.costs[j], work) for j in some]

    hands = min(4, len(os.sched_getaffinity(0)), len(sites))
    if hands < 2 or table.points < 20_000:
        return np.array(part(sites))
    return np.array([v for found in _pool().map(part, np.array_split(sites, hands)) for v in found])


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(4, thread_name_prefix="median")


def _priced(
    table: Table, purse: Purse, best: Bounded, u: Singles, sites: Ints
) -> tuple[float, Singles, Ints]:
    """L(u), its slope, and the plan behind it; the bound and the rulings are brought up to date."""
    paid = np.zeros(table.sites)
    paid[sites] = _profits(table, u, sites)
    paid[best.out] = 0.0
    open_, sum_ = purse.most(paid)
    total = float(u.sum(dtype=np.float64)) - sum_
    sure = total - SLACK * (abs(total) + sum_)
    best.bound = min(best.value, max(best.bound, sure))
    room = best.value * (1 + SLACK) - sure
    into, out = purse.forced(paid)
    best.out |= into > room
    best.fixed |= out > room
    slope = np.ones(table.points, dtype=np.float32)
    for j in open_:
        slope -= table.costs[j] < u
    return total, slope, open_


def lifted(small: Bounded, table: Table, starts: Ints, weights: Floats) -> Singles:
    """Prices of points from those of their groups: its own least cost, and its part (by weight) of what the
    group pays beyond the sum of those."""
    first = table.paid(small.chosen)
    extra = small.prices - np.add.reduceat(first, starts)
    sizes = np.diff(np.append(starts, table.points))
    share = weights / np.repeat(np.maximum(np.add.reduceat(weights, starts), 1e-12), sizes)
    more = first + np.repeat(extra, sizes) * share
    found: Singles = np.minimum(np.maximum(more, 0), table.most).astype(np.float32)
    return found
