"""What a siting answers: the plan, what it reaches at each phase, and how far from the best it can be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from tinh.insight.sitings.worth import Floats, Ints

if TYPE_CHECKING:
    import polars as pl

    from tinh.insight.sitings.case import Case

State = Literal["optimal", "within_gap", "time_limit"]


@dataclass(frozen=True)
class Opened:
    """One site of the plan. `gain` is what it adds to those before it, `alone` what would be lost without it
    in the end; weight reached, or weight × distance saved (None for the first site of a median)."""

    order: int
    phase: str
    site: str
    name: str
    x: float | None
    y: float | None
    cost: float
    gain: float | None
    alone: float
    reached: float  # so far: weight reached; for a median the mean distance


@dataclass(frozen=True)
class Reached:
    """By the end of a phase: what is open and reached, and what no plan of the same size could go beyond."""

    phase: str
    sites: int
    cost: float
    value: float
    bound: float
    gap: float


@dataclass(frozen=True)
class GroupReached:
    group: str
    weight: float
    before: float
    reached: float
    needed: float  # share


@dataclass(frozen=True, eq=False)
class Plan:
    """`value` is weight reached (cover), cost (cover-all) or weight × distance (median); `bound` on it."""

    goal: str
    state: State
    value: float
    bound: float
    gap: float
    floor: float  # what greedy alone came to
    total: float  # weight of all demand
    before: float  # weight reached by the sites that stand
    reached: float
    sites: tuple[Opened, ...]
    phases: tuple[Reached, ...]
    groups: tuple[GroupReached, ...]
    curve: tuple[tuple[int, float], ...]  # with the first n sites of the plan: reached, or mean distance
    chosen: Ints
    felt: Floats  # by point, the share of its weight that is served
    nearest: Ints  # by point, the number of the site that serves it (-1: none)
    distance: Floats
    left_out: tuple[str, ...]
    seconds: float
    method: str

    @property
    def mean_distance(self) -> float | None:
        return self.value / self.total if self.goal == "median" and self.total else None

    def as_dict(self) -> dict[str, Any]:
        """For programs: everything but the table of points."""
        return {
            "goal": self.goal,
            "status": self.state,
            "value": self.value,
            "bound": self.bound,
            "gap": self.gap,
            "greedy": self.floor,
            "total": self.total,
            "reached_before": self.before,
            "reached": self.reached,
            "share": self.reached / self.total if self.total else None,
            "mean_distance": self.mean_distance,
            "sites": [vars(s) for s in self.sites],
            "phases": [vars(p) for p in self.phases],
            "groups": [{**vars(g), "share": g.reached / g.weight if g.weight else None} for g in self.groups],
            "curve": [{"sites": n, "value": v} for n, v in self.curve],
            "left_out": list(self.left_out),
            "seconds": round(self.seconds, 3),
            "method": self.method,
        }


def sites_table(plan: Plan) -> pl.DataFrame:
    """`order, phase, site, name, x, y, cost, gain, alone, reached`: one row a site to open."""
    import polars as pl

    kinds: dict[str, Any] = {
        "order": pl.Int64,
        "phase": pl.String,
        "site": pl.String,
        "name": pl.String,
        "x": pl.Float64,
        "y": pl.Float64,
        "cost": pl.Float64,
        "gain": pl.Float64,
        "alone": pl.Float64,
        "reached": pl.Float64,
    }
    return pl.DataFrame([vars(s) for s in plan.sites], schema=kinds)


def points_table(case: Case, plan: Plan) -> pl.DataFrame:
    """`demand, group, weight, share, site, distance`: how each point is served."""
    import polars as pl

    return pl.DataFrame(
        {
            "demand": list(case.demand.ids),
            "group": list(case.demand.groups) or [""] * len(case.demand.ids),
            "weight": case.demand.weights,
            "share": plan.felt,
            "site": [case.sites.ids[j] if j >= 0 else None for j in plan.nearest],
            "distance": np.where(np.isfinite(plan.distance), plan.distance, np.nan),
        }
    ).with_columns(pl.col("distance").fill_nan(None))
