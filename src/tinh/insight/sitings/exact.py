"""Covering and median as one mixed-integer program over levels of worth, for HiGHS.

Point i with distinct worths v_1 > v_2 > … > v_K > 0 becomes levels: z_ik ≤ 1 says that some open site is
worth v_k or more to it, and F(S) = Σ_i Σ_k (v_k − v_{k+1}) z_ik (the radius formulation of Cornuéjols,
Nemhauser & Wolsey 1980; chained as Elloumi 2010: z_ik ≤ z_i,k−1 + Σ of the sites whose worth is v_k).
With one level a point it is the maximal covering program of Church & ReVelle (1974). With phases, each
phase has its own z and x_jt ≤ x_j,t+1: what is open stays open.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from tinh.insight.sitings.program import Answer, Program
from tinh.insight.sitings.purse import Purse
from tinh.insight.sitings.worth import Floats, Ints, Worth


@dataclass(frozen=True, eq=False)
class Levels:
    """By level: what it adds, the level above it in the same point (-1: none); entries (level, site)."""

    adds: Floats
    above: Ints
    at: Ints
    of: Ints
    point: Ints


def levels(worth: Worth) -> Levels:
    order = np.lexsort((worth.columns, -worth.data, worth.rows))
    rows = worth.rows[order].astype(np.int64)
    data, columns = worth.data[order], worth.columns[order].astype(np.int64)
    if not len(rows):
        none = np.zeros(0, dtype=np.int64)
        return Levels(np.zeros(0), none, none, none, none)
    fresh = np.ones(len(rows), dtype=bool)
    fresh[1:] = (rows[1:] != rows[:-1]) | (data[1:] < data[:-1])
    level = np.cumsum(fresh) - 1
    point, top = rows[fresh], data[fresh]
    same = np.zeros(len(point), dtype=bool)
    same[:-1] = point[1:] == point[:-1]
    below = np.where(same, np.append(top[1:], 0.0), 0.0)
    above = np.full(len(point), -1, dtype=np.int64)
    above[1:] = np.where(same[:-1], np.arange(len(point) - 1), -1)
    return Levels(top - below, above, level, columns, point)


@dataclass(frozen=True, eq=False)
class Need:
    """A group that must have at least `amount` of worth among `points` (numbers of rows)."""

    points: Ints
    amount: float


def program(
    worth: Worth,
    purses: Sequence[Purse],
    needs: Sequence[Need] = (),
    carry: bool = False,
    weights: Sequence[float] = (),
) -> tuple[Program, list[Ints], Levels, list[Ints]]:
    """The program, the columns of sites by phase, its levels, and the columns of levels by phase.

    `purses` hold what each phase may spend; `weights` what each phase counts (1 by default).
    """
    model, cut = Program(), levels(worth)
    sites, lines, before = [], [], None
    many = len(cut.adds)
    for t, purse in enumerate(purses):
        x = model.add_columns(np.zeros(worth.sites), whole=True)
        z = model.add_columns(-cut.adds * (weights[t] if weights else 1.0))
        chain = np.flatnonzero(cut.above >= 0)
        model.add_rows(
            many,
            np.concatenate((cut.at, np.arange(many), chain)),
            np.concatenate((x[cut.of], z, z[cut.above[chain]])),
            np.concatenate((np.ones(len(cut.at)), -np.ones(many), np.ones(len(chain)))),
            low=0.0,
        )
        if before is None:
            model.add_rows(1, np.zeros(worth.sites), x, purse.costs, high=purse.limit)
        else:
            j = np.arange(worth.sites)
            model.add_rows(
                worth.sites,
                np.concatenate((j, j)),
                np.concatenate((x, before)),
                np.concatenate((np.ones(len(j)), -np.ones(len(j)))),
                low=0.0,
            )
            if carry:
                limit = sum(p.limit for p in purses[: t + 1])
                model.add_rows(1, np.zeros(len(j)), x, purse.costs, high=limit)
            else:
                model.add_rows(
                    1,
                    np.zeros(2 * len(j)),
                    np.concatenate((x, before)),
                    np.concatenate((purse.costs, -purse.costs)),
                    high=purse.limit,
                )
        before = x
        sites.append(x)
        lines.append(z)
    for need in needs:
        mine = np.flatnonzero(np.isin(cut.point, need.points))
        model.add_rows(1, np.zeros(len(mine)), lines[-1][mine], cut.adds[mine], low=need.amount * (1 - 1e-9))
    return model, sites, cut, lines


def guess(model: Program, sites: list[Ints], cut: Levels, lines: list[Ints], plans: Sequence[Ints]) -> Floats:
    """A full solution of the program from the sites open in each phase."""
    out = np.zeros(model.columns)
    for x, z, plan in zip(sites, lines, plans, strict=True):
        out[x[plan]] = 1.0
        open_ = np.zeros(len(x), dtype=bool)
        open_[plan] = True
        reached = np.zeros(len(z), dtype=bool)
        reached[cut.at[open_[cut.of]]] = True
        _down(reached, cut)
        out[z] = reached
    return out


def _down(reached: np.ndarray[tuple[int], np.dtype[np.bool_]], cut: Levels) -> None:
    # levels of one point stand together, best first: once one is reached, all after it are
    if not len(reached):
        return
    first = np.flatnonzero(cut.above < 0)
    sizes = np.diff(np.append(first, len(reached)))
    run = np.cumsum(reached)
    base: Ints = np.repeat(run[first] - reached[first], sizes)
    reached |= run > base


def solved(
    worth: Worth,
    purses: Sequence[Purse],
    plans: Sequence[Ints],
    seconds: float,
    *,
    gap: float,
    seed: int,
    needs: Sequence[Need] = (),
    carry: bool = False,
    weights: Sequence[float] = (),
    absolute: float = 1e-6,
    told: Callable[[float, float], None] | None = None,
) -> tuple[list[Ints] | None, Answer]:
    """Sites open by the end of each phase (None: nothing found) and HiGHS's answer (of −F, minimised)."""
    model, sites, cut, lines = program(worth, purses, needs, carry, weights)
    start = guess(model, sites, cut, lines, plans) if plans else None
    answer = model.solve(seconds, gap=gap, absolute=absolute, seed=seed, start=start, told=told)
    if answer.values is None:
        return None, answer
    return [np.flatnonzero(answer.values[x] > 0.5).astype(np.int64) for x in sites], answer
