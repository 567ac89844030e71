"""One purse, one plan: floor, bound, local search, and HiGHS on what the bound leaves open."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from tinh.insight.sitings.branch import branched
from tinh.insight.sitings.covering import cheapest
from tinh.insight.sitings.exact import Need, solved
from tinh.insight.sitings.floor import greedy, shaken, swapped
from tinh.insight.sitings.lagrange import Bounded, Enough, bounded
from tinh.insight.sitings.purse import Purse
from tinh.insight.sitings.worth import Ints, Worth

Shown = Callable[[str, float, float], None]
LARGEST = 400_000  # entries of a program given to HiGHS


@dataclass(frozen=True, eq=False)
class Found:
    """Sites chosen, F of them, the bound, what greedy chose; `nothing`: no plan met the needs in time."""

    chosen: Ints
    value: float
    bound: float
    floor: Ints
    method: str
    state: Literal["found", "infeasible", "nothing"] = "found"


def searched(
    worth: Worth,
    purse: Purse,
    needs: Sequence[Need],
    until: float,
    enough: Enough,
    seed: int,
    wanted: float,
    shown: Shown,
    start: Ints | None = None,
) -> Found:
    """The best plan found for one purse, and the bound, before the moment `until`."""
    label = np.zeros(worth.points, dtype=np.int64)
    for n, need in enumerate(needs, 1):
        label[need.points] = n
    small, of = worth.merged(label)
    mine = [Need(np.flatnonzero(of == n), need.amount) for n, need in enumerate(needs, 1)]
    floor = greedy(small, purse)
    if mine:
        return _needing(small, purse, mine, until, enough, seed, wanted, shown, floor)
    shown("floor", small.value(floor), float(small.best.sum()))
    plan = swapped(small, purse, floor, until)
    if start is not None and small.value(start) > small.value(plan):
        plan = swapped(small, purse, start, until)
    span = max(0.1, until - time.monotonic())
    best = bounded(small, purse, plan, time.monotonic() + 0.45 * span, enough)
    shown("bound", best.value, best.bound)
    method = "greedy + swaps, Lagrangian bound"
    for share in (0.15, 1.0):
        left = until - time.monotonic()
        if enough(best.value, best.bound) or left <= 0:
            break
        stop = time.monotonic() + share * left
        if share < 1 or not (_many(small) or _fits(small, best)):
            best.chosen = shaken(
                small,
                purse,
                best.chosen,
                stop,
                seed,
                partial(_reached, enough, best.bound),
                best.likely,
                rounds=60 if share < 1 else 4000,
            )
            best.value = small.value(best.chosen)
            shown("local search", best.value, best.bound)
            if share < 1:
                best = _again(small, purse, best, until, enough)
        elif _many(small):
            branched(small, purse, best, until, enough)
            method = "greedy + swaps, Lagrangian branch and bound"
        else:
            _close(small, purse, best, left, seed, wanted, shown)
            method = "greedy + swaps, Lagrangian bound, HiGHS"
    return Found(best.chosen, best.value, max(best.bound, best.value), floor, method)


def _reached(enough: Enough, bound: float, value: float) -> bool:
    return enough(value, bound)


def _again(worth: Worth, purse: Purse, best: Bounded, until: float, enough: Enough) -> Bounded:
    """A better plan rules more out: a short second look with it."""
    if enough(best.value, best.bound):
        return best
    more = bounded(worth, purse, best.chosen, min(until, time.monotonic() + 3.0), enough, rounds=300)
    more.bound = min(more.bound, best.bound)
    if more.value < best.value + 1e-9:
        more.out |= best.out
        more.fixed |= best.fixed
    more.likely = best.likely
    if more.bound == best.bound:
        more.prices = best.prices
    return more


def _left(best: Bounded) -> tuple[Ints, Ints]:
    """Sites in for good, and those still open to choice."""
    inside = best.fixed & ~best.out
    return np.flatnonzero(inside), np.flatnonzero(~inside & ~best.out)


def _many(worth: Worth) -> bool:
    """Whether points have several levels of worth, which make the program long."""
    return bool(np.any(worth.data < worth.best[worth.rows]))


def _fits(worth: Worth, best: Bounded) -> bool:
    inside, free = _left(best)
    return len(worth.over(worth.felt(inside), free).data) <= LARGEST


def _close(
    worth: Worth, purse: Purse, best: Bounded, seconds: float, seed: int, wanted: float, shown: Shown
) -> None:
    """HiGHS over what is left: proves the plan best, betters it, or brings the bound down."""
    inside, free = _left(best)
    base = worth.felt(inside)
    ground = float(base.sum())
    rest = worth.over(base, free).merged()[0]
    left = Purse(purse.costs[free], purse.limit - purse.spent(inside))
    place = np.full(worth.sites, -1)
    place[free] = np.arange(len(free))
    known = place[best.chosen]
    warm = [known[known >= 0]] if len(known[known >= 0]) + len(inside) >= len(best.chosen) else []
    scale = max(1.0, ground + rest.value(warm[0]) if warm else ground)
    plans, answer = solved(
        rest,
        [left],
        warm,
        seconds,
        gap=wanted,
        seed=seed,
        absolute=1 - 1e-6 if worth.whole and wanted == 0 else 1e-9 * scale,
        told=lambda v, b: shown("exact", ground - v, min(best.bound, ground - b)),
    )
    if answer.status == "infeasible":
        best.bound = best.value
        return
    if plans is not None:
        chosen = np.concatenate((inside, free[plans[0]])).astype(np.int64)
        value = worth.value(chosen)
        if value > best.value:
            best.chosen, best.value = chosen, value
    if answer.status == "optimal" and wanted == 0:
        best.bound = best.value
    elif np.isfinite(answer.bound):
        top = ground - answer.bound
        top = float(np.floor(top + 1e-6)) if worth.whole else top
        best.bound = min(best.bound, max(best.value, top))


def _needing(
    worth: Worth,
    purse: Purse,
    needs: Sequence[Need],
    until: float,
    enough: Enough,
    seed: int,
    wanted: float,
    shown: Shown,
    floor: Ints,
) -> Found:
    """With minimum service: what is missing first, then the most; then HiGHS with the needs as rows."""

    def met(plan: Ints) -> bool:
        felt = worth.felt(plan)
        return all(float(felt[n.points].sum()) >= n.amount * (1 - 1e-9) for n in needs)

    wide = np.zeros(worth.points)
    for need in needs:
        wide[need.points] = np.inf
    first = cheapest(
        worth,
        purse.costs,
        lambda felt: all(float(felt[n.points].sum()) >= n.amount * (1 - 1e-9) for n in needs),
        wide,
    )
    plan: Ints | None = None
    if purse.fits(purse.spent(first)):
        plan = swapped(worth, purse, greedy(worth, purse, first), until, kept=first)
        plan = plan if met(plan) else None
    if met(floor):
        better = swapped(worth, purse, floor, until)
        for one in (floor, better):
            if met(one) and (plan is None or worth.value(one) > worth.value(plan)):
                plan = one
    span = max(0.1, until - time.monotonic())
    loose = bounded(worth, purse, floor, time.monotonic() + 0.25 * span, lambda v, b: b - v <= 1e-9 * b)
    bound = loose.bound
    shown("bound", worth.value(plan) if plan is not None else 0.0, bound)
    if plan is not None and enough(worth.value(plan), bound):
        return Found(plan, worth.value(plan), bound, floor, "greedy + swaps, Lagrangian bound")
    plans, answer = solved(
        worth,
        [purse],
        [plan] if plan is not None else [],
        max(0.1, until - time.monotonic()),
        gap=wanted,
        seed=seed,
        needs=needs,
        absolute=1 - 1e-6 if worth.whole and wanted == 0 else 1e-6,
        told=lambda v, b: shown("exact", -v, min(bound, -b)),
    )
    if answer.status == "infeasible":
        return Found(floor[:0], 0.0, 0.0, floor, "", "infeasible")
    if plans is not None and met(plans[0]) and (plan is None or worth.value(plans[0]) >= worth.value(plan)):
        plan = plans[0]
    if plan is None:
        return Found(floor[:0], 0.0, bound, floor, "", "nothing")
    value = worth.value(plan)
    if answer.status == "optimal" and wanted == 0:
        bound = value
    elif np.isfinite(answer.bound):
        bound = min(bound, max(value, -answer.bound))
    return Found(plan, value, bound, floor, "greedy + swaps, Lagrangian bound, HiGHS")
