"""From the sites that were chosen to the plan as it is told: order, gains, phases, groups, curve."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinh.insight.sitings.case import Case
from tinh.insight.sitings.plan import GroupReached, Opened, Plan, Reached, State
from tinh.insight.sitings.worth import Floats, Ints, Worth


def order(worth: Worth, start: Ints, stages: Sequence[Ints]) -> list[tuple[int, int, float]]:
    """(stage, site, gain) of the sites of each stage in the order of what they add; ties: the first."""
    out = []
    base = worth.felt(start)
    opened = {int(j) for j in start}
    for t, chosen in enumerate(stages):
        waiting = [int(j) for j in chosen if int(j) not in opened]
        while waiting:
            gains = [float(np.maximum(0.0, d - base[r]).sum()) for r, d in map(worth.column, waiting)]
            best = int(np.argmax(gains))
            j = waiting.pop(best)
            rows, data = worth.column(j)
            base[rows] = np.maximum(base[rows], data)
            opened.add(j)
            out.append((t, j, gains[best]))
    return out


def told(
    case: Case,
    worth: Worth,
    stages: Sequence[Ints],
    phases: Sequence[Reached],
    *,
    value: float,
    bound: float,
    gap: float,
    floor: float,
    state: State,
    seconds: float,
    method: str,
    constant: float | None = None,
    served: Floats | None = None,
) -> Plan:
    """`constant` of a median: weight × distance is constant − F. `served` by point where capacities bind."""
    standing = case.standing
    chosen = np.concatenate((standing, stages[-1])).astype(np.int64) if len(stages) else standing
    chosen = np.unique(chosen)
    weights = case.demand.weights
    median = constant is not None
    ranked = order(worth, standing, stages)
    first, second, owner = worth.ranked(chosen)
    alone = np.bincount(owner[owner >= 0], weights=(first - second)[owner >= 0], minlength=len(chosen))
    place = {int(j): n for n, j in enumerate(chosen)}
    running = float(worth.felt(standing).sum())
    total = float(weights.sum())
    curve, opened = [], []
    if len(standing) or not median:
        curve.append((0, _shown(running, constant, total)))
    prices = (
        case.stages[0].purse.costs
        if case.spec.goal == "cover-all"
        else np.where(case.sites.existing, 0.0, case.sites.costs)
    )
    for n, (t, j, gain) in enumerate(ranked, 1):
        running += gain
        shown = _shown(running, constant, total)
        xy = None if case.sites.xy is None else case.sites.xy[j]
        opened.append(
            Opened(
                n,
                case.stages[t].name if t < len(case.stages) else "",
                case.sites.ids[j],
                (case.sites.names or case.sites.ids)[j],
                None if xy is None else float(xy[0]),
                None if xy is None else float(xy[1]),
                float(prices[j]),
                None if median and n == 1 and not len(standing) else gain,
                float(alone[place[j]]),
                shown,
            )
        )
        curve.append((n, shown))
    distance, nearest = case.links.nearest(chosen)
    if median:
        felt = np.isfinite(distance) * 1.0
    elif served is not None:
        felt = served
    else:
        with np.errstate(invalid="ignore", divide="ignore"):
            felt = np.where(weights > 0, first / weights, 0.0)
        felt = np.clip(np.where(weights > 0, felt, 0.0), 0.0, 1.0)
    before = _share(case, worth, standing)
    groups = tuple(
        GroupReached(
            g,
            float(weights[rows].sum()),
            float((before * weights)[rows].sum()),
            float((felt * weights)[rows].sum()),
            case.needed(g),
        )
        for g, rows in case.groups().items()
    )
    return Plan(
        case.spec.goal,
        state,
        value,
        bound,
        gap,
        floor,
        total,
        float((before * weights).sum()),
        float((felt * weights).sum()),
        tuple(opened),
        tuple(phases),
        groups,
        tuple(curve),
        chosen,
        felt,
        nearest,
        distance,
        tuple(case.demand.ids[i] for i in case.left_out),
        seconds,
        method,
    )


def _shown(running: float, constant: float | None, total: float) -> float:
    return running if constant is None else (constant - running) / total


def _share(case: Case, worth: Worth, chosen: Ints) -> Floats:
    if case.spec.goal == "median":
        return np.isfinite(case.links.nearest(chosen)[0]) * 1.0 if len(chosen) else np.zeros(worth.points)
    weights = case.demand.weights
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.clip(np.where(weights > 0, worth.felt(chosen) / weights, 0.0), 0.0, 1.0)
