"""The ranking that pairs of units support most: Condorcet–Kemeny–Young–Levenglick (handbook, step 6.12)."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinh.insight.composite.moments import Array

NEAR = 1e-9
SCALE = 1e3  # of support in the programme, whose absolute gap is 1e−6
SECONDS = 20.0  # for the rankings of one build
LARGEST = 150  # units of a group that a programme is written for
CUTS = 5_000  # added at a time
WHOLE = 1e-6  # how near to whole numbers
STARTS = 8  # of the search that takes over where no best ranking could be proven


@dataclass(frozen=True, slots=True)
class Ranking:
    """Units from best to worst. `share`: how much of the greatest support that any ranking can have this one
    has for certain, 1 where it is `proven` to be a best one."""

    order: list[int]
    share: float
    proven: bool


def kemeny(support: Array, until: float = math.inf) -> Ranking:
    """The ranking r with the greatest Σ e_jk over all pairs with j before k (handbook, equation 33), from a
    matrix (units, units) of `outranking`.

    Units split into groups of which each beats every later one in every pair; these groups stand in that
    order in every best ranking (Truchon 1998), and only within a group a 0/1 programme is solved by HiGHS,
    cycles of three being cut as they turn up. Among rankings of the same support: the one nearest to the
    order of Copeland's sums, then of the table, as far as time allows. Finding the ranking is NP-hard: where
    `until` (of `time.monotonic`) comes first, or a group has over LARGEST units, the group is ranked by the
    best of some local searches (units moved while that adds support), which is not `proven`.
    """
    order: list[int] = []
    missing, proven = 0.0, True
    for group in _groups(support):
        if len(group) == 1:
            order += group
            continue
        inner, bound, sure = _within(support, group, until)
        missing += max(0.0, bound - _held(support, inner))
        proven &= sure
        order += inner
    held = _held(support, order)
    whole = held + missing
    return Ranking(order, 1.0 if proven or whole <= 0 else held / whole, proven)


def _held(support: Array, order: list[int]) -> float:
    return float(np.triu(support[np.ix_(order, order)], 1).sum())


def _groups(support: Array) -> list[list[int]]:
    """Strongly connected parts of “is not beaten by”, best first."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    holds = support >= 0.5 - NEAR
    np.fill_diagonal(holds, False)
    many, part = connected_components(csr_matrix(holds.astype(np.int8)), directed=True, connection="strong")
    groups = [[int(u) for u in np.flatnonzero(part == n)] for n in range(many)]
    beaten = [
        sum(bool(holds[other[0], group[0]]) for other in groups if other is not group) for group in groups
    ]
    return [groups[n] for n in np.argsort(beaten, kind="stable")]


def _within(support: Array, group: list[int], until: float) -> tuple[list[int], float, bool]:
    """A group's ranking, what support none can have more of, and whether it is a best one."""
    e = support[np.ix_(group, group)]
    sums = support[group].sum(axis=1)
    found, bound = _solved(e, sums, until) if len(group) <= LARGEST else (None, _most(e))
    if found is not None:
        return [group[n] for n in found], bound, True
    near = _searched(e, sums, until)
    return [group[n] for n in near], bound, _held(e, near) >= bound - NEAR


def _most(e: Array) -> float:
    """What all pairs together would support if each could have its way."""
    return float(np.triu(np.maximum(e, e.T), 1).sum())


def _solved(e: Array, sums: Array, until: float) -> tuple[list[int] | None, float]:
    """The best ranking by the programme, None without one in time, and the bound of its support.

    First shares of each pair's two orders, which are quick and often whole numbers already, then whole
    numbers, then the order nearest to Copeland's among those of equal support; each time without the cycles
    that turned up before (Grötschel, Jünger & Reinelt 1984).
    """
    many = len(e)
    at = np.triu_indices(many, 1)
    gain = SCALE * (e - e.T)[at]
    fixed = float(np.tril(e, -1).sum())
    rather = np.sign(np.round(sums[at[0]] - sums[at[1]], 9)) + 1 / (len(gain) + 1)
    cuts = np.empty((0, 3), dtype=np.int64)
    bound, whole = _most(e), False
    first: NDArray[np.bool_] | None = None
    best: list[int] | None = None
    while (left := until - time.monotonic()) > 0:
        rules = [] if first is None else [_at_least(gain, first)]
        if len(cuts):
            rules.append(_no_cycles(cuts, at, many))
        found = _programme(gain if first is None else rather, rules, whole, left)
        if first is None and (most := _bound(found, whole)) is not None:
            bound = min(bound, fixed + most / SCALE)
        if found.status != 0 or found.x is None:  # out of time: what it may hold is no answer
            break
        before = np.zeros((many, many))
        before[at] = found.x
        before += np.tril(1 - before.T, -1)
        new = _cycles(before)
        if len(new):
            cuts = np.concatenate([cuts, new])
        elif not whole:
            whole = True
        else:
            best = [int(n) for n in np.argsort(-(before > 0.5).sum(axis=1), kind="stable")]
            if first is not None:
                break
            first = found.x > 0.5
    return best, bound


def _programme(aim: Array, rules: list[Any], whole: bool, seconds: float) -> Any:
    from scipy.optimize import Bounds, milp

    return milp(
        -aim, constraints=rules, bounds=Bounds(0, 1), integrality=np.full(len(aim), int(whole)),
        options={"mip_rel_gap": 0.0, "time_limit": min(seconds, 1e6)},
    )  # fmt: skip


def _bound(found: Any, whole: bool) -> float | None:
    """What no answer of a programme is above, if it got as far."""
    least = found.mip_dual_bound if whole else found.fun if found.status == 0 else None
    return None if least is None else -float(least)


def _at_least(gain: Array, first: NDArray[np.bool_]) -> Any:
    from scipy.optimize import LinearConstraint

    return LinearConstraint(gain[None], float(gain @ first) - SCALE * NEAR, np.inf)


def _no_cycles(cuts: NDArray[np.int64], at: tuple[Any, Any], many: int) -> Any:
    """0 ≤ x_ij + x_jk − x_ik ≤ 1 for every three."""
    from scipy.optimize import LinearConstraint
    from scipy.sparse import csr_matrix

    number = np.zeros((many, many), dtype=np.int64)
    number[at] = np.arange(len(at[0]))
    i, j, k = cuts.T
    columns = np.column_stack([number[i, j], number[j, k], number[i, k]])
    rows = np.repeat(np.arange(len(cuts)), 3)
    values = np.tile([1.0, 1.0, -1.0], len(cuts))
    matrix = csr_matrix((values, (rows, columns.ravel())), shape=(len(cuts), len(at[0])))
    return LinearConstraint(matrix, np.zeros(len(cuts)), np.ones(len(cuts)))


def _cycles(before: Array) -> NDArray[np.int64]:
    """Threes (cycles, 3), each in rising order, that go round, in whole or in part: those most, first."""
    many = len(before)
    i, j = np.triu_indices(many, 1)
    forth = before[i, j][:, None] + before[j] + before[:, i].T
    back = before[j, i][:, None] + before[:, j].T + before[i]
    round_ = np.where(np.arange(many) > j[:, None], np.maximum(forth, back) - 2, 0.0)
    pair, k = np.nonzero(round_ > WHOLE)
    most = np.argsort(-round_[pair, k], kind="stable")[:CUTS]
    return np.column_stack([i[pair], j[pair], k])[most]


def _searched(e: Array, sums: Array, until: float) -> list[int]:
    """The best of several local searches, the first from Copeland's order, the others from it shaken."""
    gain = e - e.T
    rng = np.random.default_rng(len(e))
    start = np.argsort(-np.round(sums, 9), kind="stable")
    best, held = start, -np.inf
    for n in range(STARTS):
        if n and time.monotonic() > until + 0.1 * SECONDS:  # a little more than the programme was given
            break
        shaken = start if n == 0 else best[np.argsort(np.arange(len(e)) + rng.normal(0, 3, len(e)))]
        order = _climbed(gain, shaken, until)
        now = _held(e, [int(u) for u in order])
        if now > held + NEAR:
            best, held = order, now
    return [int(u) for u in best]


def _climbed(gain: Array, order: NDArray[np.int64], until: float) -> NDArray[np.int64]:
    """`order` with units put where that adds most support, until none can be."""
    moved = True
    while moved:
        moved = False
        for unit in order.copy():
            at = int(np.flatnonzero(order == unit)[0])
            others = np.delete(order, at)
            behind = np.append(np.cumsum(gain[unit, others][::-1])[::-1], 0.0)  # by place: of all behind it
            place = int(behind.argmax())
            if behind[place] > behind[at] + NEAR:
                order, moved = np.insert(others, place, unit), True
        if time.monotonic() > until + 0.1 * SECONDS:
            break
    return order
