"""Numbers of a report: one value a place, for one period."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt

from tinh.places.api import Unit
from tinh.sources.simulator import dice
from tinh.sources.simulator.ground import Ground, is_urban, points
from tinh.sources.simulator.settings import ColumnPlan, SimulationFault

Numbers = npt.NDArray[np.float64]


class Field:
    """The places of one period and how each stands out, for good and in this period."""

    def __init__(self, ground: Ground, units: Sequence[Unit], period: str, day: date) -> None:
        self.ground, self.units, self.period, self.day = ground, units, period, day
        self.urban = np.array([is_urban(unit) for unit in units])
        first = date.fromisoformat(ground.settings.start + "-01-01"[3 * ground.settings.start.count("-") :])
        self.years = (day - first).days / 365.25

    def lasting(self, column: str) -> Numbers:
        seed = self.ground.seed
        return np.array([dice.normal(*seed, column, unit.code) for unit in self.units])

    def passing(self, column: str) -> Numbers:
        seed = self.ground.seed
        return np.array([dice.normal(*seed, column, unit.code, self.period) for unit in self.units])

    def column(self, name: str, plan: ColumnPlan, known: dict[str, Numbers]) -> Numbers:
        """The values of one column, given those before it."""
        if plan.of and plan.of not in known:
            raise SimulationFault(file=self.ground.dataset.id, where=f"columns.{name}.of", reason=plan.of)
        values = self._made(name, plan, known)
        if plan.at_least is not None or plan.at_most is not None:
            values = np.clip(values, plan.at_least, plan.at_most)
        return np.round(values, plan.decimals)

    def _made(self, name: str, plan: ColumnPlan, known: dict[str, Numbers]) -> Numbers:
        if plan.is_ == "flag":
            return self._flags(name, plan)
        if plan.is_ == "share":
            return self._shares(name, plan, known[plan.of])
        differing = np.exp(plan.spread * self.lasting(name))
        if plan.noise:
            differing = differing * np.exp(plan.noise * self.passing(name))
        differing = differing * np.where(self.urban, plan.urban, 1.0) * (1 + plan.yearly) ** self.years
        if plan.is_ == "fixed":
            return np.asarray(plan.value * differing * self._gained(plan))
        if plan.is_ == "per":
            return np.asarray(known[plan.of] * plan.rate * differing)
        total = plan.value if not plan.curve else dice.along(points(plan.curve), self.day)
        weight = differing / ((1 + plan.yearly) ** self.years) if plan.is_ == "total" else differing
        whole = total * self.ground.scale * (1 + plan.yearly) ** self.years
        if len(self.units) == 1:
            return np.asarray(np.full(1, whole) * np.exp(plan.noise * self.passing(name)))
        return np.asarray(whole * weight / weight.sum())

    def _gained(self, plan: ColumnPlan) -> Numbers:
        """How many times the figure of each place has become by what was tried there."""
        out = np.ones(len(self.units))
        for gain in plan.gains:
            passed = 12 * (self.day.year - gain.at.year) + self.day.month - gain.at.month + 1
            grown = min(max(passed / gain.months, 0.0), 1.0)
            there = np.array([unit.code in gain.places for unit in self.units])
            out *= np.where(there, 1 + (gain.times - 1) * grown, 1.0)
        return out

    def _flags(self, name: str, plan: ColumnPlan) -> Numbers:
        """Yes in the curve's share of places; the same places stay yes as the share grows."""
        place_in_line = self.lasting(name) - np.where(self.urban, plan.ahead, 0.0)
        share = dice.along(points(plan.curve), self.day)
        out = np.zeros(len(self.units))
        out[np.argsort(place_in_line)[: round(share * len(self.units))]] = 1
        return out

    def _shares(self, name: str, plan: ColumnPlan, whole: Numbers) -> Numbers:
        """Parts of `whole` that together make the curve's share, urban places ahead."""
        target = min(max(dice.along(points(plan.curve), self.day), 1e-6), 1 - 1e-6)
        lean = plan.spread * self.lasting(name) + np.where(self.urban, plan.ahead, 0.0)
        if plan.noise:
            lean = lean + plan.noise * self.passing(name)
        low, high = -40.0, 40.0
        for _ in range(60):
            middle = (low + high) / 2
            part = whole / (1 + np.exp(-(lean + middle)))
            low, high = (middle, high) if part.sum() < target * whole.sum() else (low, middle)
        return np.asarray(_rounded(part, plan.decimals, whole))


def _rounded(part: Numbers, decimals: int, whole: Numbers) -> Numbers:
    """Rounded so that the sum keeps its share: the largest remainders go up first."""
    factor = 10.0**decimals
    scaled = part * factor
    down = np.floor(scaled)
    missing = round(scaled.sum() - down.sum())
    order = np.argsort(down - scaled, kind="stable")[:missing]
    down[order] += 1
    return np.minimum(down / factor, whole)
