"""Sitings: 500 candidates × 100,000 cells of demand around thirty towns, p ≤ 50, gap ≤ 0.5 % in ≤ 60 s."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from bench.report import Row
from tinh.insight.sitings.case import Case, make_case
from tinh.insight.sitings.solve import solve
from tinh.insight.sitings.spec import Spec
from tinh.insight.sitings.tables import Demand, Sites


def made(points: int, candidates: int, spec: Spec, seed: int = 0) -> Case:
    """Half of the people around thirty towns of a square of 80 km, half anywhere; sites anywhere."""
    dice = np.random.default_rng(seed)
    towns = dice.random((30, 2)) * 80
    near = towns[dice.integers(0, 30, points)] + dice.normal(0, 4, (points, 2))
    here = np.where(dice.random((points, 1)) < 0.5, near, dice.random((points, 2)) * 80)
    weights = np.rint(dice.lognormal(2, 1, points)) + 1
    there = dice.random((candidates, 2)) * 80
    demand = Demand(tuple(map(str, range(points))), here, weights)
    sites = Sites(
        tuple(map(str, range(candidates))), there, np.ones(candidates), np.zeros(candidates, dtype=bool)
    )
    return make_case(spec, demand, sites, "euclid")


def run(scale: float) -> Iterator[Row]:
    points = int(100_000 * scale)
    asked = [("cover", p, radius) for radius in (2.0, 3.0, 5.0, 8.0) for p in (20, 50)] + [
        ("median", 5, None),
        ("median", 10, None),
        ("median", 20, None),
        ("median", 50, None),
    ]
    for goal, p, radius in asked:
        spec = Spec.model_validate({"goal": goal, "p": p, "radius": radius, "gap": 0.005, "time_limit": 60.0})
        begun = time.perf_counter()
        plan = solve(made(points, 500, spec))
        took = time.perf_counter() - begun
        what = f"siting {goal} p {p}" + (f" radius {radius:g} km" if radius else "")
        yield Row(
            what,
            took,
            " s",
            promised="gap ≤ 0.5 % in ≤ 60 s",
            kept=plan.gap <= 0.005 and took <= 62,
            note=f"gap {plan.gap:.3%}, {plan.method}",
        )
