"""One pilot over one panel: every method asked, the checks, and the verdict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from scipy import stats

from tinh.insight.pilots.aggregates import KINDS, Aggregate, aggregate
from tinh.insight.pilots.blocks import Block, blocks
from tinh.insight.pilots.control import Result, match, synthetic_control, window
from tinh.insight.pilots.errors import NobodyToCompare, PilotError
from tinh.insight.pilots.events import Event, events
from tinh.insight.pilots.fewclusters import Dealt, Wild, deal, deal_again, wild
from tinh.insight.pilots.fixed import did
from tinh.insight.pilots.grouptime import GroupTimes, group_times
from tinh.insight.pilots.panel import NEVER, Floats, Panel, panel_of
from tinh.insight.pilots.power import Power, power
from tinh.insight.pilots.synthdid import Estimate as SyntheticEstimate
from tinh.insight.pilots.synthdid import path, synthetic_did
from tinh.insight.pilots.trends import FEW_TREATED, MANY, MANY_TREATED, Trends, trends
from tinh.insight.pilots.verdict import Estimate, Verdict, reach, verdict
from tinh.kit.errors import Text
from tinh.packs.api import Pilot

Told = Callable[[str, int, int], None]  # step, done, of


@dataclass(frozen=True)
class Path:
    """The treated mean beside what it would have been, period by period; NaN where nothing is known."""

    start: int
    periods: tuple[str, ...]
    treated: Floats
    comparison: Floats
    weights: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Evaluation:
    pilot: Pilot
    panel: Panel
    estimates: tuple[Estimate, ...]
    verdict: Verdict
    trends: Trends
    path: Path
    power: Power | None
    detectable: float
    events: tuple[Event, ...] = ()
    wild: Wild | None = None
    dealt: Dealt | None = None
    group_time: GroupTimes | None = None
    aggregates: dict[str, Aggregate] = field(default_factory=dict)
    control: Result | None = None
    synthetic: SyntheticEstimate | None = None
    notes: tuple[Text, ...] = ()


def evaluate(pilot: Pilot, table: pl.DataFrame, told: Told | None = None) -> Evaluation:
    """A declared pilot over a long table. Raises the errors of `tinh.insight.pilots.errors`."""
    outcome = pilot.data.outcome
    named = [p.column for p in pilot.synthetic_control.predictors if p.column and p.column != outcome]
    return evaluate_panel(pilot, panel_of(pilot, table, named), told)


def evaluate_panel(pilot: Pilot, panel: Panel, told: Told | None = None) -> Evaluation:
    """The same over a panel already made."""
    alpha = 1 - pilot.level / 100
    notes = list(panel.notes)
    found: list[Estimate] = []
    within, fitted = did(panel)
    y, d = within.cells(panel.y), within.cells(panel.on)
    small = min(max(pilot.draws, 99), 9999)
    dealt = deal(panel, within, y, fitted, small, pilot.seed, _step(told, "randomisation", small))
    few = panel.treated_clusters < FEW_TREATED
    boot = None
    if panel.clusters * within.n <= 4e7 and panel.clusters > 2:
        boot = wild(within, y, d, pilot.level, small, pilot.seed)
    low, high = fitted.interval(0, pilot.level)
    p, way = fitted.p(), "cluster"
    if few:
        p, way = dealt.p, "randomisation"
        low, high = _dealt_interval(float(fitted.beta[0]), dealt, pilot.level)
    elif boot is not None and (panel.clusters < MANY or panel.treated_clusters < MANY_TREATED):
        p, low, high, way = boot.p, boot.low, boot.high, "wild"
    if "did" in pilot.methods:
        found.append(Estimate("did", float(fitted.beta[0]), float(fitted.se[0]), low, high, p, way))
    groups: GroupTimes | None = None
    drawn: dict[str, Aggregate] = {}
    if "group_time" in pilot.methods:
        groups, drawn = _groups(pilot, panel, found, notes, few)
    control, synthetic, cut = _synthetic(pilot, panel, found, notes, told)
    several = len(panel.cohorts) > 1
    before = groups.before() if groups is not None and several and not few else None
    if before is not None and min(int((panel.start == c).sum()) for c in panel.cohorts) <= 3 * before[1]:
        before = None  # too few of a group for so many effects at once
    seen = trends(panel, pilot.level, small, pilot.seed, before)
    if not found:
        raise NobodyToCompare()
    by = {e.method: e for e in found}
    order = ("synthetic_did", "did", "group_time") if few else (
        ("group_time", "did") if several else ("did", "group_time"))  # fmt: skip
    main = next((m for m in (*order, "synthetic_did", "synthetic_control") if m in by), found[0].method)
    ahead: Power | None = None
    try:
        ahead = power(panel, None, alpha, 0.8, 2000, pilot.seed)
    except PilotError:
        notes.append(Text("Không đủ kỳ trước để tính tác động nhỏ nhất thấy được bằng cách chia ngẫu nhiên.",
                          "Too few periods before to find the smallest visible effect by"
                          " randomisation."))  # fmt: skip
    one = by[main]
    known = bool(np.isfinite(one.se)) and one.se > 1e-9 * abs(one.value)  # two clusters leave none
    detectable = reach(one.se, alpha) if known else float("inf")
    if main in ("did", "group_time") and ahead is not None and ahead.way == "past":
        detectable = ahead.detectable
    pool = int((panel.start == NEVER).sum())
    rank = 1 / (pool + 1) if int(panel.treated.sum()) == 1 else dealt.least
    least = max(rank, 0.0) if few else 0.0
    judged = verdict(found, main, seen, detectable, least, alpha, pilot.direction, pilot.matters)
    shown = events(panel, pilot.level) if not several else ()
    return Evaluation(
        pilot, panel, tuple(found), judged, seen, _path(panel, cut, synthetic), ahead, detectable, shown,
        boot, dealt, groups, drawn, control, synthetic, tuple(notes),
    )  # fmt: skip


def _groups(
    pilot: Pilot, panel: Panel, found: list[Estimate], notes: list[Text], few: bool
) -> tuple[GroupTimes, dict[str, Aggregate]]:
    choices = pilot.group_time
    groups = group_times(panel, choices, pilot.covariates)
    notes += groups.notes
    drawn: dict[str, Aggregate] = {
        kind: aggregate(groups, kind, pilot.level, choices.bootstrap, pilot.seed) for kind in KINDS
    }
    simple = drawn["simple"]
    if np.isfinite(simple.overall):
        reach = float(stats.norm.ppf(0.5 + pilot.level / 200)) * simple.se
        p, way, low, high = simple.p(), "cluster", simple.overall - reach, simple.overall + reach
        if few:
            again = deal_again(panel, lambda other: _simple(other, pilot), simple.overall, 399, pilot.seed)
            p, way = again.p, "randomisation"
            low, high = _dealt_interval(simple.overall, again, pilot.level)
        found.append(Estimate("group_time", simple.overall, simple.se, low, high, p, way))
    return groups, drawn


def _simple(panel: Panel, pilot: Pilot) -> float:
    groups = group_times(panel, pilot.group_time, pilot.covariates)
    return aggregate(groups, "simple", pilot.level, 0, 0).overall


def _dealt_interval(value: float, dealt: Dealt, level: float) -> tuple[float, float]:
    """As far to either side as dealing the starts out again strays."""
    reach = float(np.quantile(np.abs(dealt.estimates[np.isfinite(dealt.estimates)]), level / 100))
    return value - reach, value + reach


def _synthetic(
    pilot: Pilot, panel: Panel, found: list[Estimate], notes: list[Text], told: Told | None
) -> tuple[Result | None, SyntheticEstimate | None, list[Block]]:
    wanted = {"synthetic_control", "synthetic_did"} & set(pilot.methods)
    cut, said = blocks(panel) if wanted else ([], [])
    notes += said
    if not cut:
        return None, None, []
    z = float(stats.norm.ppf(0.5 + pilot.level / 200))
    control, synthetic = None, None
    if "synthetic_did" in wanted:
        choices = pilot.synthetic_did
        synthetic = synthetic_did(
            cut, choices, pilot.seed, _step(told, "synthetic_did", choices.replications)
        )
        value, se = synthetic.value, synthetic.se
        p = float(2 * stats.norm.sf(abs(value) / se)) if np.isfinite(se) and se > 0 else float("nan")
        found.append(
            Estimate("synthetic_did", value, se, value - z * se, value + z * se, p, choices.inference)
        )
    if "synthetic_control" in wanted:
        ready = pilot.synthetic_control
        control = synthetic_control(
            cut, [match(panel, b, ready, pilot.data.outcome) for b in cut],
            [window(panel, b, ready) for b in cut],
            pilot.draws, pilot.seed, _step(told, "synthetic_control", 0),
        )  # fmt: skip
        value, se = control.value, control.se
        found.append(
            Estimate("synthetic_control", value, se, value - z * se, value + z * se, control.p, "placebo")
        )
    return control, synthetic, cut


def _path(panel: Panel, cut: list[Block], synthetic: SyntheticEstimate | None) -> Path:
    """By synthetic DID of the largest group, else the mean of the others, set level before the start."""
    if cut and synthetic is not None:
        k = int(np.argmax([b.cells for b in cut]))
        block, weights = cut[k], synthetic.weights[k]
        named = sorted(
            ((panel.units[int(i)], float(w)) for i, w in zip(block.controls_at, weights.units, strict=True)),
            key=lambda pair: -pair[1],
        )
        periods = tuple(panel.times[int(t)] for t in block.periods)
        heavy = tuple(n for n in named if n[1] > 0.001)
        return Path(block.before, periods, block.treated.mean(axis=0), path(block, weights), heavy)
    start = panel.cohorts[0]
    mine, others = panel.start == start, panel.start == NEVER
    if not others.any():
        others = panel.start > start
    means = []
    for rows in (mine, others):
        part = panel.y[rows]
        counts = (~np.isnan(part)).sum(axis=0)
        means.append(np.where(counts > 0, np.nansum(part, axis=0) / np.maximum(counts, 1), np.nan))
    shift = float(np.nanmean(means[0][:start]) - np.nanmean(means[1][:start]))
    return Path(start, panel.times, means[0], means[1] + shift)


def _step(told: Told | None, step: str, total: int) -> Callable[[int], None] | None:
    return (lambda done: told(step, done, total)) if told else None
