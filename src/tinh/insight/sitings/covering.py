"""Set covering: the cheapest sites that serve everybody (Toregas, Swain, ReVelle & Bergman 1971), or at
least a share of the weight (partial set covering, Daskin & Owen 1999). HiGHS, from a greedy plan."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tinh.insight.sitings.exact import Need, levels
from tinh.insight.sitings.program import Answer, Program
from tinh.insight.sitings.worth import Floats, Ints, Worth


def cheapest(worth: Worth, costs: Floats, done: Callable[[Floats], bool], aim: Floats) -> Ints:
    """Greedy by what is still missing for its cost (Chvátal 1979), then without what proves needless.

    `aim` caps what counts of each point; `done(felt)` says whether the plan serves enough.
    """
    chosen: list[int] = []
    felt = np.zeros(worth.points)
    while not done(felt):
        gain = worth.totals(np.maximum(0.0, np.minimum(worth.data, aim[worth.rows]) - felt[worth.rows]))
        gain[chosen] = 0.0
        best = int(np.argmax(gain / np.maximum(costs, 1e-9)))
        if gain[best] <= 0:
            break
        chosen.append(best)
        rows, data = worth.column(best)
        felt[rows] = np.maximum(felt[rows], data)
    for j in sorted(chosen, key=lambda j: (-costs[j], j)):
        without = [k for k in chosen if k != j]
        if done(worth.felt(without)):
            chosen = without
    return np.array(chosen, dtype=np.int64)


def covered(
    worth: Worth,
    costs: Floats,
    needs: list[Need],
    seconds: float,
    *,
    gap: float,
    seed: int,
    start: Ints | None = None,
    whole: bool = False,
    told: Callable[[float, float], None] | None = None,
) -> tuple[Ints | None, Answer]:
    """The cheapest sites that keep every need; `whole`: every point with a row must be served in full."""
    model = Program()
    x = model.add_columns(costs, whole=True)
    if whole:
        model.add_rows(worth.points, worth.rows, x[worth.columns], 1.0, low=1.0)
    guess: Floats = np.zeros(worth.sites)
    if start is not None:
        guess[start] = 1.0
    if needs:
        cut = levels(worth)
        many = len(cut.adds)
        z = model.add_columns(np.zeros(many))
        chain = np.flatnonzero(cut.above >= 0)
        model.add_rows(
            many,
            np.concatenate((cut.at, np.arange(many), chain)),
            np.concatenate((x[cut.of], z, z[cut.above[chain]])),
            np.concatenate((np.ones(len(cut.at)), -np.ones(many), np.ones(len(chain)))),
            low=0.0,
        )
        for need in needs:
            mine = np.flatnonzero(np.isin(cut.point, need.points))
            model.add_rows(1, np.zeros(len(mine)), z[mine], cut.adds[mine], low=need.amount * (1 - 1e-9))
        if start is not None:
            guess = _full(guess, worth, start, model.columns, cut.adds, cut.at, cut.of, cut.above)
    absolute = 1 - 1e-6 if np.all(costs == np.rint(costs)) else 1e-6
    answer = model.solve(
        seconds,
        gap=gap,
        absolute=absolute if gap == 0 else 1e-6,
        seed=seed,
        start=None if start is None else guess,
        told=told,
    )
    if answer.values is None:
        return None, answer
    return np.flatnonzero(answer.values[x] > 0.5).astype(np.int64), answer


def _full(
    guess: Floats, worth: Worth, start: Ints, columns: int, adds: Floats, at: Ints, of: Ints, above: Ints
) -> Floats:
    out = np.zeros(columns)
    out[: worth.sites] = guess
    reached = np.zeros(len(adds), dtype=bool)
    reached[at[np.isin(of, start)]] = True
    for level in range(len(adds)):
        if above[level] >= 0 and reached[above[level]]:
            reached[level] = True
    out[worth.sites :] = reached
    return out
