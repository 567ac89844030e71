"""What the stations of a province read at any moments: slow weather, seasons, hours and noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import numpy as np
import numpy.typing as npt

from tinh.places.api import Unit
from tinh.sources.simulator import dice
from tinh.sources.simulator.ground import Ground, is_urban, spelt
from tinh.sources.simulator.settings import ColumnPlan, Swing
from tinh.sources.simulator.sheet import Row

Numbers = npt.NDArray[np.float64]
Indexes = npt.NDArray[np.int64]

# All the chance of one column, place and day is drawn at once: these are its parts.
_WEATHER = 0
_BY_HOUR = 1  # 24 uniform numbers
_GONE = 25  # 24 uniform numbers: is this hour's cell empty?
_GONE_ALL_DAY = 49
_NOISE = 50  # 24 normal numbers


@dataclass(frozen=True)
class Moments:
    """Moments as the arrays that all columns share. `day` and `later` index into `days`."""

    at: Sequence[datetime]
    days: tuple[date, ...]
    day: Indexes
    hour: Indexes
    later_day: Indexes
    later_hour: Indexes
    within_hour: Numbers
    clock: Numbers
    season: Numbers

    @staticmethod
    def of(at: Sequence[datetime]) -> Moments:
        days = sorted({d for m in at for d in (m.date(), m.date() + timedelta(days=1))})
        index = {day: i for i, day in enumerate(days)}
        day = np.array([index[m.date()] for m in at], dtype=np.int64)
        hour = np.array([m.hour for m in at], dtype=np.int64)
        within = np.array([(m.minute * 60 + m.second + m.microsecond / 1e6) / 3600 for m in at])
        return Moments(
            at=at,
            days=tuple(days),
            day=day,
            hour=hour,
            later_day=day + (hour == 23),
            later_hour=(hour + 1) % 24,
            within_hour=within,
            clock=hour + within,
            season=np.array([m.month - 1 + (m.day - 1) / 31 for m in at]),
        )


@dataclass
class Air:
    """The stations of a province; every reading depends on station and moment only."""

    ground: Ground
    stations: tuple[Unit, ...]
    draws: dict[tuple[str, str, date], Numbers] = field(default_factory=dict)

    def hourly(self, hours: Sequence[datetime]) -> tuple[list[Row], list[str]]:
        """One row a station and hour, but for the hours a station missed, in the order of time."""
        found: list[tuple[datetime, int, Row]] = []
        for index, unit in enumerate(self.stations):
            at = self._reading_times(unit, hours)
            rows = self.rows(unit, at)
            whole = [m.replace(minute=0, second=0, microsecond=0) for m in at]
            found += [(hour, index, row) for hour, row in zip(whole, rows, strict=True)]
        found.sort(key=lambda entry: entry[:2])
        return [row for _, _, row in found], [self.stations[index].code for _, index, _ in found]

    def _reading_times(self, unit: Unit, hours: Sequence[datetime]) -> list[datetime]:
        """A station reads a little past the hour, and now and then not at all."""
        out = []
        for hour in hours:
            chance = self._draw("missing", unit.code, hour.date())[_BY_HOUR + hour.hour]
            if chance >= self.ground.settings.missing_hours:
                past = self._draw("minute", unit.code, hour.date())[_BY_HOUR + hour.hour]
                out.append(hour + timedelta(microseconds=int((60 + past * 780) * 1_000_000)))
        return out

    def rows(self, unit: Unit, at: Sequence[datetime]) -> list[Row]:
        """The readings of one station."""
        if not at:
            return []
        moments = Moments.of(at)
        known: dict[str, Numbers] = {}
        cells: dict[str, list[str]] = {}
        for name, plan in self.ground.settings.columns.items():
            if plan.is_ == "moment":
                zone = self.ground.zone
                cells[name] = [m.replace(tzinfo=zone).isoformat(timespec="microseconds") for m in at]
            elif plan.is_ == "place_name":
                cells[name] = [self.ground.written(unit, self.stations.index(unit) % 2)] * len(at)
            elif plan.is_ == "choice":
                cells[name] = self._choices(name, plan, moments)
            elif plan.is_ == "absent":
                cells[name] = [plan.absent_as] * len(at)
            else:
                known[name] = self._numbers(name, plan, unit, moments, known)
                cells[name] = [spelt(plan, value) for value in known[name].tolist()]
                for i in np.flatnonzero(self._gone(name, plan, unit, moments)).tolist():
                    cells[name][i] = plan.absent_as
        names = tuple(cells)
        return [dict(zip(names, line, strict=True)) for line in zip(*cells.values(), strict=True)]

    def _gone(self, name: str, plan: ColumnPlan, unit: Unit, at: Moments) -> npt.NDArray[np.bool_]:
        """Sensors fail for whole days as well as for single hours."""
        if not plan.absent:
            return np.zeros(len(at.at), dtype=bool)
        chance = self._of_days(name, unit.code, at.days)
        all_day, this_hour = chance[at.day, _GONE_ALL_DAY], chance[at.day, _GONE + at.hour]
        return np.asarray((all_day < plan.absent / 2) | (this_hour < plan.absent / 2))

    def _numbers(
        self, name: str, plan: ColumnPlan, unit: Unit, at: Moments, known: dict[str, Numbers]
    ) -> Numbers:
        jitter = plan.noise * self._jitter(name, unit, at) if plan.noise else np.zeros(len(at.at))
        base = known.get(plan.of, np.zeros(len(at.at)))
        if plan.is_ == "steps":
            values = np.interp(base, [x for x, _ in plan.table], [y for _, y in plan.table])
        elif plan.is_ == "times":
            values = base * plan.rate * np.exp(jitter)
        else:
            values = self._wave(name, plan, unit, at, jitter)
        if plan.at_least is not None or plan.at_most is not None:
            values = np.clip(values, plan.at_least, plan.at_most)
        return np.asarray(np.round(values, plan.decimals))

    def _wave(self, name: str, plan: ColumnPlan, unit: Unit, at: Moments, jitter: Numbers) -> Numbers:
        lean = jitter + plan.weather * self._weather(name, unit, at)
        lean = lean + _swung(plan.season, at.season + 1, 12) + _swung(plan.hours, at.clock, 24)
        if plan.spread:
            lean = lean + plan.spread * dice.normal(*self.ground.seed, name, unit.code)
        level = plan.level * (plan.urban if is_urban(unit) else 1.0)
        return np.asarray(level + lean if plan.additive else level * np.exp(lean))

    def _weather(self, name: str, unit: Unit, at: Moments) -> Numbers:
        """Smooth between one draw a day, mostly shared by all stations."""
        blend = (1 - np.cos(np.pi * at.clock / 24)) / 2
        out = np.zeros(len(at.at))
        for place, weight in (("", 0.85), (unit.code, 0.5)):
            draws = self._of_days(name, place, at.days)[:, _WEATHER]
            out += weight * (draws[at.day] * (1 - blend) + draws[at.day + 1] * blend)
        return out

    def _jitter(self, name: str, unit: Unit, at: Moments) -> Numbers:
        """The hour's own noise; between two hours it moves along a line."""
        draws = self._of_days(name, unit.code, at.days)
        here = draws[at.day, _NOISE + at.hour]
        there = draws[at.later_day, _NOISE + at.later_hour]
        return np.asarray(here * (1 - at.within_hour) + there * at.within_hour)

    def _choices(self, name: str, plan: ColumnPlan, at: Moments) -> list[str]:
        """The same for all stations, and for three hours at a time."""
        options, edges = list(plan.options), np.cumsum(list(plan.options.values()))
        chance = self._of_days(name, "", at.days)[at.day, _BY_HOUR + at.hour // 3] * edges[-1]
        picked = np.minimum(np.searchsorted(edges, chance, side="right"), len(options) - 1)
        return [options[i] for i in picked.tolist()]

    def _of_days(self, name: str, place: str, days: Sequence[date]) -> Numbers:
        return np.stack([self._draw(name, place, day) for day in days])

    def _draw(self, name: str, place: str, day: date) -> Numbers:
        key = (name, place, day)
        found = self.draws.get(key)
        if found is None:
            source = dice.generator(*self.ground.seed, name, place, day.isoformat())
            parts = (source.standard_normal(1), source.random(_NOISE - 1), source.standard_normal(24))
            found = self.draws[key] = np.concatenate(parts)
        return found


def _swung(swing: Swing | None, at: Numbers, turn: int) -> Numbers:
    if swing is None:
        return np.zeros(len(at))
    return np.asarray(swing.swing * np.cos(2 * np.pi * (at - swing.peak) / turn))


def air(ground: Ground) -> Air:
    """Stations spread over the province: urban communes first, each far from those before."""
    units = ground.communes(date(2025, 7, 1))
    wanted = ground.settings.stations
    chosen: list[Unit] = []
    for pool, count in (
        ([u for u in units if is_urban(u)], wanted.urban),
        ([u for u in units if u.kind == "xã"], wanted.rural),
    ):
        pool.sort(key=lambda u: dice.uniform(*ground.seed, "station", u.code))
        for _ in range(min(count, len(pool))):
            best = max(pool, key=lambda u: _distance(u, chosen))
            chosen.append(best)
            pool.remove(best)
    return Air(ground, tuple(chosen))


def _distance(unit: Unit, others: list[Unit]) -> float:
    return min(((unit.lat - o.lat) ** 2 + (unit.lon - o.lon) ** 2 for o in others), default=0.0)
