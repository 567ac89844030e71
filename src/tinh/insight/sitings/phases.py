"""Phases: what is opened stays open, each phase has its own purse, and the plan is to be good at every one.

The sum over the phases of what is reached by their end is made largest. Three plans compete: *forward* (the
best first phase, then the best second on top of it …), *backward* (the best final set, then what of it to
open first), and the joint program of all phases by HiGHS where it is small enough, started from the better
of the two. The bound of each phase is that of a plan made for that phase alone with all money so far, so
that its gap is at most what phasing costs there.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tinh.insight.sitings.exact import Need, levels, solved
from tinh.insight.sitings.floor import greedy, swapped
from tinh.insight.sitings.lagrange import Enough
from tinh.insight.sitings.purse import Purse
from tinh.insight.sitings.search import LARGEST, Found, Shown, searched
from tinh.insight.sitings.worth import Ints, Worth


def staged(
    worth: Worth,
    purses: Sequence[Purse],
    needs: Sequence[Need],
    until: float,
    enough: Enough,
    seed: int,
    wanted: float,
    carry: bool,
    shown: Shown,
) -> tuple[list[Found], list[float]]:
    """By phase: all sites open by its end, and the bound on what any plan could reach by then."""
    T = len(purses)
    span = max(0.2, until - time.monotonic())
    mixed = any(not np.array_equal(p.costs, purses[0].costs) for p in purses)
    alone: list[Found] = []
    for t in range(T):
        stop = time.monotonic() + 0.6 * span / T
        wide = _together(purses[: t + 1], mixed)
        alone.append(searched(worth, wide, needs if t == T - 1 else (), stop, enough, seed, wanted, shown))
        if alone[-1].state != "found":
            return [alone[-1]] * T, [0.0] * T
    bounds = [f.bound for f in alone]
    plans = [
        p
        for p in (
            _forward(worth, purses, alone[0].chosen, carry),
            _backward(worth, purses, alone[-1].chosen, carry),
        )
        if _met(worth, p[-1], needs)
    ]
    plans.sort(key=lambda p: -sum(worth.value(x) for x in p))
    best = plans[0] if plans else None
    method = alone[-1].method + ("; phases forward and backward" if best else "")
    small, of = worth.merged(_labels(worth, needs))
    if len(levels(small).at) * T <= LARGEST and until - time.monotonic() > 0.2:
        again = [Need(np.flatnonzero(of == n), need.amount) for n, need in enumerate(needs, 1)]
        joint, answer = solved(
            small,
            purses,
            best or [],
            until - time.monotonic(),
            gap=wanted,
            seed=seed,
            needs=again,
            carry=carry,
            told=lambda v, b: shown("phases", -v / T, -b / T),
        )
        if answer.status == "infeasible":
            gone = replace(alone[-1], state="infeasible")
            return [gone] * T, bounds
        if joint is not None and (
            best is None or sum(map(worth.value, joint)) > sum(map(worth.value, best)) - 1e-9
        ):
            best, method = joint, alone[-1].method + "; phases together by HiGHS"
    if best is None:
        lost = replace(alone[-1], state="nothing")
        return [lost] * T, bounds
    found = [
        Found(x, worth.value(x), b, f.floor, method) for x, b, f in zip(best, bounds, alone, strict=True)
    ]
    return found, bounds


def _together(purses: Sequence[Purse], mixed: bool) -> Purse:
    """A purse no smaller than all of these: for phases that count sites and phases that count money, the
    larger view (money where any counts it, with what counted phases could spend at most)."""
    if not mixed:
        return Purse(purses[0].costs, sum(p.limit for p in purses))
    money = next((p.costs for p in purses if not p.counted), purses[0].costs)
    dearest = np.sort(money)[::-1]
    limit = sum(
        p.limit if p.costs is money or np.array_equal(p.costs, money) else float(dearest[: p.slots].sum())
        for p in purses
    )
    return Purse(money, limit)


def _labels(worth: Worth, needs: Sequence[Need]) -> Ints:
    label = np.zeros(worth.points, dtype=np.int64)
    for n, need in enumerate(needs, 1):
        label[need.points] = n
    return label


def _met(worth: Worth, plan: Ints, needs: Sequence[Need]) -> bool:
    felt = worth.felt(plan)
    return all(float(felt[n.points].sum()) >= n.amount * (1 - 1e-9) for n in needs)


def _forward(worth: Worth, purses: Sequence[Purse], first: Ints, carry: bool) -> list[Ints]:
    """The first phase as good as can be; each next greedily on top, with swaps among what it adds."""
    plans = [first]
    over = max(0.0, purses[0].limit - purses[0].spent(first)) if carry else 0.0
    for purse in purses[1:]:
        before = plans[-1]
        rest, keep = _beyond(worth, before)
        mine = Purse(purse.costs[keep], purse.limit + over)
        added = swapped_on(rest, mine)
        over = max(0.0, mine.limit - mine.spent(added)) if carry else 0.0
        plans.append(np.sort(np.concatenate((before, keep[added]))).astype(np.int64))
    return plans


def _backward(worth: Worth, purses: Sequence[Purse], last: Ints, carry: bool) -> list[Ints]:
    """The final set as good as can be; of it, the most useful part of each phase first."""
    plans: list[Ints] = []
    before, over = last[:0], 0.0
    for purse in purses:
        pool = np.setdiff1d(last, before)
        rest = worth.over(worth.felt(before), pool)
        mine = Purse(purse.costs[pool], purse.limit + over)
        added = swapped_on(rest, mine)
        over = max(0.0, mine.limit - mine.spent(added)) if carry else 0.0
        before = np.sort(np.concatenate((before, pool[added]))).astype(np.int64)
        plans.append(before)
    return plans


def _beyond(worth: Worth, before: Ints) -> tuple[Worth, Ints]:
    keep = np.setdiff1d(np.arange(worth.sites), before)
    return worth.over(worth.felt(before), keep), keep


def swapped_on(worth: Worth, purse: Purse) -> Ints:
    return swapped(worth, purse, greedy(worth, purse), time.monotonic() + 3)
