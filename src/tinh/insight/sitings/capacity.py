"""Sites that can serve only so much: who goes where is decided with what is opened, by HiGHS.

Capacitated covering (Current & Storbeck 1988) and the capacitated p-median: w_ij of the weight of point i
goes to site j, Σ_j w_ij ≤ 1, Σ_i w_i w_ij ≤ capacity_j · x_j; a point may be shared among sites unless it
must stay whole.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tinh.insight.sitings.case import Case
from tinh.insight.sitings.program import Answer, Program
from tinh.insight.sitings.worth import Floats, Ints


@dataclass(frozen=True, eq=False)
class Assigned:
    chosen: Ints
    served: Floats  # by point, the share of its weight that is served
    answer: Answer


def assigned(
    case: Case, seconds: float, told: Callable[[float, float], None] | None = None
) -> tuple[Assigned | None, Answer]:
    """The best plan within the capacities; its objective is −weight reached, cost, or weight × distance."""
    spec, links, weights = case.spec, case.links, case.demand.weights
    n, m = links.sites, links.points
    room = np.full(n, np.inf) if case.sites.capacities is None else case.sites.capacities
    purse = case.stages[0].purse
    goal = spec.goal
    model = Program()
    standing = case.sites.existing * 1.0
    x = model.add_columns(purse.costs if goal == "cover-all" else np.zeros(n), lower=standing, whole=True)
    worth = weights[links.at] * case.levels
    price = {"cover": -worth, "median": weights[links.at] * links.length}.get(goal, np.zeros(len(worth)))
    z = model.add_columns(price, whole=spec.assignment == "whole")
    pair = np.arange(len(z))
    live = np.ones(m, dtype=bool)
    live[case.left_out] = False
    whole = goal == "median" or (goal == "cover-all" and spec.share >= 1 and spec.minimum is None)
    model.add_rows(m, links.at, z, 1.0, low=live * 1.0 if whole else 0.0, high=1.0)
    model.add_rows(
        len(z),
        np.concatenate((pair, pair)),
        np.concatenate((z, x[links.of])),
        np.concatenate((np.ones(len(z)), -np.ones(len(z)))),
        high=0.0,
    )
    tight = np.flatnonzero(np.isfinite(room))
    place = np.full(n, -1)
    place[tight] = np.arange(len(tight))
    mine = np.flatnonzero(place[links.of] >= 0)
    model.add_rows(
        len(tight),
        np.concatenate((place[links.of[mine]], np.arange(len(tight)))),
        np.concatenate((z[mine], x[tight])),
        np.concatenate((weights[links.at[mine]], -room[tight])),
        high=0.0,
    )
    if goal != "cover-all":
        model.add_rows(1, np.zeros(n), x, purse.costs, high=purse.limit)
    for rows, least in wanted(case):
        inside = np.isin(links.at, rows)
        model.add_rows(1, np.zeros(int(inside.sum())), z[inside], worth[inside], low=least * (1 - 1e-9))
    answer = model.solve(seconds, gap=spec.gap, seed=spec.seed, told=told)
    if answer.values is None:
        return None, answer
    share = answer.values[z] * (case.levels if goal == "cover" else 1.0)
    served = np.bincount(links.at, weights=share, minlength=m)
    return Assigned(
        np.flatnonzero(answer.values[x] > 0.5).astype(np.int64), np.clip(served, 0, 1), answer
    ), answer


def wanted(case: Case) -> list[tuple[Ints, float]]:
    """(rows, weight that must be reached among them): minimum service by group, and a share of everybody."""
    weights = case.demand.weights
    out = (
        [
            (rows, case.needed(group) * float(weights[rows].sum()))
            for group, rows in case.groups().items()
            if case.needed(group) > 0
        ]
        if case.spec.minimum is not None
        else []
    )
    if case.spec.goal == "cover-all" and case.spec.share < 1:
        out.append((np.arange(len(weights)), case.spec.share * float(weights.sum())))
    return out
