"""Solve a siting: a floor first, then the bound, then what is between them, for as long as is given."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from tinh.insight.sitings import manypoints as median
from tinh.insight.sitings import told as telling
from tinh.insight.sitings.capacity import assigned, wanted
from tinh.insight.sitings.case import Case, manypoints, unknown_groups
from tinh.insight.sitings.covering import cheapest, covered
from tinh.insight.sitings.errors import AtOdds, NoPlan, NoPlanInTime
from tinh.insight.sitings.exact import Need
from tinh.insight.sitings.phases import staged
from tinh.insight.sitings.plan import Plan, Reached, State
from tinh.insight.sitings.purse import Purse
from tinh.insight.sitings.search import Found, searched
from tinh.insight.sitings.worth import Floats, Ints, Worth

Progress = Callable[[str, float, float], None]  # step, value, bound


@dataclass(frozen=True)
class _Clock:
    begun: float
    limit: float

    @property
    def until(self) -> float:
        return self.begun + self.limit

    @property
    def left(self) -> float:
        return max(0.1, self.until - time.monotonic())

    @property
    def used(self) -> float:
        return time.monotonic() - self.begun


def solve(case: Case, progress: Progress | None = None) -> Plan:
    """The plan of a case. Raises `NoPlan` when conditions are proven unmeetable, `NoPlanInTime` otherwise."""
    clock = _Clock(time.monotonic(), case.spec.time_limit)
    strange = unknown_groups(case)
    if strange:
        raise AtOdds(
            why_vi=f"minimum.groups nêu nhóm không có: {', '.join(strange[:5])}.",
            why_en=f"minimum.groups names groups that are not there: {', '.join(strange[:5])}.",
            cure_vi="Dùng đúng tên trong cột group.",
            cure_en="Use the names of the group column.",
        )
    tell = progress or _silent
    if case.sites.capacities is not None and np.isfinite(case.sites.capacities).any():
        return _capacitated(case, clock, tell)
    if case.spec.goal == "cover-all":
        return _all(case, clock, tell)
    if manypoints(case.spec, case.demand, case.sites):
        return _table(case, clock, tell)
    return _most(case, clock, tell)


def _silent(_step: str, _value: float, _bound: float) -> None:
    pass


def _worth(case: Case) -> tuple[Worth, Floats | None]:
    """V over all sites; for a median also M by point."""
    if case.spec.goal == "cover":
        return case.worth(), None
    links, weights = case.links, case.demand.weights.copy()
    weights[case.left_out] = 0.0
    far = np.zeros(links.points)
    np.maximum.at(far, links.at, links.length)
    counts = np.bincount(links.at, minlength=links.points)
    cut = np.isfinite(links.beyond)
    far = np.where(cut, links.beyond, far)
    missing = (counts < links.sites) & ~cut
    # a point that some sites cannot reach must not end there: being left costs more than all else together
    reach = float((weights * far).sum()) + 1.0
    with np.errstate(divide="ignore"):
        top = np.where(missing & (weights > 0), far + np.ceil(reach / np.maximum(weights, 1e-12)), far)
    data = weights[links.at] * (top[links.at] - links.length)
    return Worth.of(links.at, links.of, data, (links.points, links.sites)), weights * top


def _most(case: Case, clock: _Clock, tell: Progress) -> Plan:
    worth, far = _worth(case)
    constant = None if far is None else float(far.sum())
    standing, candidates = case.standing, case.candidates
    base = worth.felt(standing)
    rest = worth.over(base, candidates)
    needs = _needs(case, base, rest)
    purses = [_among(stage.purse, candidates) for stage in case.stages]
    ground = float(base.sum())

    def enough(value: float, bound: float) -> bool:
        return gap(ground + value, ground + bound, constant) <= max(case.spec.gap, 1e-9)

    def shown(step: str, value: float, bound: float) -> None:
        v, b = ground + value, ground + bound
        tell(step, v if constant is None else constant - v, b if constant is None else constant - b)

    if len(purses) == 1:
        found = searched(rest, purses[0], needs, clock.until, enough, case.spec.seed, case.spec.gap, shown)
        stages, bounds = [found], [found.bound]
    else:
        stages, bounds = staged(
            rest,
            purses,
            needs,
            clock.until,
            enough,
            case.spec.seed,
            case.spec.gap,
            case.spec.carry_over,
            shown,
        )
    _there(stages[-1], clock)
    chosen = [np.sort(candidates[s.chosen]) for s in stages]
    costs = np.where(case.sites.existing, 0.0, case.sites.costs)
    phases, values = [], []
    for stage, picks, limit in zip(case.stages, chosen, bounds, strict=True):
        value, best = _objective(case, worth, standing, picks, ground + limit, constant)
        values.append((value, best))
        phases.append(
            Reached(stage.name, len(picks), float(costs[picks].sum()), value, best, _apart(value, best))
        )
    value, best = values[-1]
    apart = _apart(value, best)
    return telling.told(
        case,
        worth,
        chosen,
        phases,
        value=value,
        bound=best,
        gap=apart,
        floor=_objective(case, worth, standing, candidates[stages[-1].floor], 0.0, constant)[0],
        state=_state(apart, case.spec.gap),
        seconds=clock.used,
        method=stages[-1].method,
        constant=constant,
    )


def _table(case: Case, clock: _Clock, tell: Progress) -> Plan:
    """A median of very many points."""
    wanted_ = max(case.spec.gap, 1e-9)
    found = median.searched(case, clock.until, lambda v, b: v - b <= wanted_ * v, case.spec.seed, tell)
    sites = np.union1d(case.standing, found.chosen).astype(np.int64)
    near = median.narrowed(case, sites)
    worth, far = _worth(near)
    assert far is not None
    constant = float(far.sum())
    picks = np.searchsorted(sites, found.chosen)
    value = float((near.demand.weights * near.links.nearest(np.arange(len(sites)))[0]).sum())
    bound = min(found.bound, value)
    apart = _apart(value, bound)
    cost = float(np.where(near.sites.existing, 0.0, near.sites.costs)[picks].sum())
    floor = median.narrowed(case, np.union1d(case.standing, found.floor).astype(np.int64))
    plan = telling.told(
        near, worth, [np.sort(picks)],
        [Reached(case.stages[0].name, len(picks), cost, value, bound, apart)],
        value=value, bound=bound, gap=apart,
        floor=float((floor.demand.weights * floor.links.nearest(np.arange(floor.links.sites))[0]).sum()),
        state=_state(apart, case.spec.gap), seconds=clock.used,
        method="gathered points, fast interchange, Lagrangian bound", constant=constant,
    )  # fmt: skip
    served = np.where(plan.nearest >= 0, sites[plan.nearest], -1)
    return replace(plan, chosen=sites[plan.chosen], nearest=served)


def _objective(
    case: Case, worth: Worth, standing: Ints, picks: Ints, bound: float, constant: float | None
) -> tuple[float, float]:
    """The value of a plan in its own terms, measured exactly, and the bound beside it."""
    everything = np.concatenate((standing, picks)).astype(np.int64)
    if constant is None:
        value = worth.value(everything)
        return value, max(bound, value)
    length, _ = case.links.nearest(everything)
    weights = case.demand.weights.copy()
    weights[case.left_out] = 0.0
    if np.isfinite(case.links.beyond).any() and not np.isfinite(length[weights > 0]).all():
        length = np.where(np.isfinite(length), length, _far(case, everything))
    lost = (weights > 0) & ~np.isfinite(length)
    if lost.any():
        raise NoPlan(
            why_vi=f"{int(lost.sum())} điểm không tới được vị trí nào trong phương án.",
            why_en=f"{int(lost.sum())} points cannot get to any site of a plan of this size.",
            cure_vi="Tăng p (mỗi vùng tách rời cần ít nhất một vị trí), hoặc nối các vùng.",
            cure_en="Raise p (each separate part needs a site of its own), or join the parts.",
        )
    live = weights > 0
    value = float((weights[live] * length[live]).sum())
    return value, min(constant - bound, value)


def _far(case: Case, chosen: Ints) -> Floats:
    from tinh.insight.sitings.reach import measured

    assert case.demand.xy is not None and case.sites.xy is not None
    links = measured(case.demand.xy, case.sites.xy[chosen], case.measure, None, 1)
    out = np.full(links.points, np.inf)
    out[links.at] = links.length
    return out


def gap(value: float, bound: float, constant: float | None = None) -> float:
    """How far the plan can be from the best: (bound − value) / bound; of a median, of the distance."""
    if constant is None:
        return max(0.0, (bound - value) / bound) if bound > 0 else 0.0
    cost, least = constant - value, constant - bound
    return max(0.0, (cost - least) / cost) if cost > 0 else 0.0


def _apart(value: float, bound: float) -> float:
    top = max(abs(value), abs(bound))
    apart = abs(bound - value) / top if top > 0 else 0.0
    return 0.0 if apart < 1e-9 else apart


def _state(apart: float, wanted_: float) -> State:
    return "optimal" if apart <= 1e-9 else "within_gap" if apart <= wanted_ else "time_limit"


def _among(purse: Purse, candidates: Ints) -> Purse:
    return Purse(purse.costs[candidates], purse.limit)


def _needs(case: Case, base: Floats, rest: Worth) -> list[Need]:
    """What is still missing of each minimum, refused at once where all sites together would not do."""
    out, lacking = [], []
    top = base + rest.best
    for rows, least in wanted(case):
        have = float(base[rows].sum())
        if least <= have * (1 + 1e-12):
            continue
        if float(top[rows].sum()) < least * (1 - 1e-9):
            lacking.append((rows, least, float(top[rows].sum())))
        out.append(Need(rows, least - have))
    if lacking:
        rows, least, most = lacking[0]
        everybody = len(rows) == len(case.demand.ids)
        name = "tổng / total" if everybody or not case.demand.groups else case.demand.groups[int(rows[0])]
        total = float(case.demand.weights[rows].sum())
        raise NoPlan(
            why_vi=f"dù mở mọi vị trí, “{name}” chỉ đạt {most / total:.1%}, cần {least / total:.1%}"
            f" ({len(lacking)} nhóm như vậy).",
            why_en=f"with every site open “{name}” comes to {most / total:.1%}, {least / total:.1%} is needed"
            f" ({len(lacking)} such groups).",
            cure_vi="Thêm vị trí, tăng tầm phục vụ hoặc giảm mức tối thiểu.",
            cure_en="Add sites, widen the radius or lower the minimum.",
        )
    return out


def _there(found: Found, clock: _Clock) -> None:
    if found.state == "infeasible":
        raise NoPlan(
            why_vi="mức phục vụ tối thiểu không đạt được với mức này.",
            why_en="the minimum service cannot be met with this number of sites or budget.",
            cure_vi="Tăng p hoặc ngân sách, hay giảm mức tối thiểu (goal: cover-all cho biết cần bao nhiêu).",
            cure_en="Raise p or the budget, or lower the minimum (goal: cover-all tells how many).",
        )
    if found.state == "nothing":
        raise NoPlanInTime(seconds=f"{clock.limit:g}")


def _all(case: Case, clock: _Clock, tell: Progress) -> Plan:
    worth = case.worth()
    whole = case.spec.share >= 1 and case.spec.minimum is None
    if whole and not np.all(
        case.demand.weights > 0
    ):  # a point counts even when nobody is known to live there
        links = case.links
        worth = Worth.of(links.at, links.of, case.levels, (links.points, links.sites))
    standing, candidates = case.standing, case.candidates
    base = worth.felt(standing)
    if whole:
        full = case.levels >= 1 - 1e-12
        at, of = case.links.at[full], case.links.of[full]
        todo = np.ones(case.links.points, dtype=bool)
        todo[at[case.sites.existing[of]]] = False
        todo[case.left_out] = False
        keep = todo[at]
        row = np.cumsum(todo) - 1
        place = np.full(case.links.sites, -1)
        place[candidates] = np.arange(len(candidates))
        rest = Worth.of(
            row[at[keep]], place[of[keep]], np.ones(int(keep.sum())), (int(todo.sum()), len(candidates))
        ).merged_rows()
        needs: list[Need] = []
        aim = np.ones(rest.points)
    else:
        rest = worth.over(base, candidates)
        needs = _needs(case, base, rest)
        aim = rest.best
    costs = case.sites.costs[candidates]

    def done(felt: Floats) -> bool:
        if whole:
            return bool(np.all(felt >= 1 - 1e-12))
        return all(float(felt[n.points].sum()) >= n.amount * (1 - 1e-9) for n in needs)

    greedy_ = cheapest(rest, costs, done, aim)
    floor = float(costs[greedy_].sum())
    tell("floor", floor, 0.0)
    nothing = rest.points == 0 if whole else not needs
    if nothing:
        chosen, value, bound, state_ = greedy_[:0], 0.0, 0.0, "optimal"
    else:
        found, answer = covered(
            rest,
            costs,
            needs,
            clock.left,
            gap=case.spec.gap,
            seed=case.spec.seed,
            start=greedy_ if done(rest.felt(greedy_)) else None,
            whole=whole,
            told=lambda v, b: tell("exact", v, b),
        )
        if answer.status == "infeasible":
            raise NoPlan(
                why_vi="không tập vị trí nào phục vụ đủ.",
                why_en="no set of sites serves enough.",
                cure_vi="Thêm vị trí hoặc tăng tầm phục vụ.",
                cure_en="Add sites or widen the radius.",
            )
        if found is None:
            raise NoPlanInTime(seconds=f"{clock.limit:g}")
        chosen, value, state_ = found, float(costs[found].sum()), answer.status
        bound = value if state_ == "optimal" and case.spec.gap == 0 else max(0.0, min(value, answer.bound))
        if np.all(costs == np.rint(costs)):
            bound = min(value, float(np.ceil(bound - 1e-6)))
    picks = candidates[chosen]
    apart = _apart(value, bound)
    phase = Reached("", len(picks), value, value, bound, apart)
    return telling.told(
        case,
        worth,
        [picks],
        [phase],
        value=value,
        bound=bound,
        gap=apart,
        floor=floor,
        state=_state(apart, case.spec.gap),
        seconds=clock.used,
        method="HiGHS",
    )


def _capacitated(case: Case, clock: _Clock, tell: Progress) -> Plan:
    found, answer = assigned(case, clock.left, lambda v, b: tell("exact", abs(v), abs(b)))
    if answer.status == "infeasible":
        raise NoPlan(
            why_vi="công suất, số vị trí và mức tối thiểu không cùng đạt được.",
            why_en="capacities, number of sites and minimum service cannot all be met.",
            cure_vi="Tăng p, ngân sách hoặc công suất.",
            cure_en="Raise p, the budget or the capacities.",
        )
    if found is None:
        raise NoPlanInTime(seconds=f"{clock.limit:g}")
    sign = -1.0 if case.spec.goal == "cover" else 1.0
    value, bound = sign * answer.objective, sign * answer.bound
    apart = _apart(value, bound)
    apart = 0.0 if answer.status == "optimal" and case.spec.gap == 0 and apart < 1e-6 else apart
    worth, far = _worth(case) if case.spec.goal == "median" else (case.worth(), None)
    picks = np.setdiff1d(found.chosen, case.standing)
    costs = np.where(case.sites.existing, 0.0, case.sites.costs)
    phase = Reached("", len(picks), float(costs[picks].sum()), value, bound, apart)
    return telling.told(
        case,
        worth,
        [picks],
        [phase],
        value=value,
        bound=bound,
        gap=apart,
        floor=value,
        state=_state(apart, case.spec.gap),
        seconds=clock.used,
        method="HiGHS",
        constant=None if far is None else float(far.sum()),
        served=found.served,
    )
