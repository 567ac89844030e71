"""Registers: things that begin and end, sent whole once and then as they change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import exp

from tinh.kit import periods
from tinh.places.api import Unit
from tinh.sources.simulator import dice
from tinh.sources.simulator.faults import plant
from tinh.sources.simulator.ground import Ground, is_urban, points, spelt
from tinh.sources.simulator.settings import ColumnPlan
from tinh.sources.simulator.sheet import Sheet


@dataclass
class Thing:
    number: int
    begins: date
    ends: date | None = None


def life(ground: Ground, last: str) -> list[Thing]:
    """Every thing that began up to the month `last`; the living follow the declared curve."""
    settings = ground.settings
    curve = points(settings.alive)
    things: list[Thing] = []
    living: list[Thing] = []
    for month in periods.between(periods.of(curve[0][0], "month"), last):
        first, days = periods.start(month).date(), periods.count_within(month, "day")
        for thing in list(living):
            name = (*ground.seed, "end", str(thing.number))
            if dice.uniform(*name, month) < settings.yearly_end / 12:
                thing.ends = first + timedelta(days=int(dice.uniform(*name, "day") * days))
                living.remove(thing)
        wanted = round(dice.along(curve, periods.end(month).date()) * ground.scale)
        while len(living) < wanted:
            number = len(things) + 1
            name = (*ground.seed, "begin", str(number))
            thing = Thing(number, first + timedelta(days=int(dice.uniform(*name) * days)))
            things.append(thing)
            living.append(thing)
    return things


def sheets(ground: Ground, until: datetime) -> Iterator[Sheet]:
    """The whole register as the first period begins, the ended included, then each month's changes."""
    now = ground.local(until)
    last = periods.shift(periods.of(now, "month"), -1)
    first = ground.settings.start
    if last < periods.shift(first, -1):
        return
    things = life(ground, last)
    units = ground.communes(date(2025, 7, 1))
    before = periods.start(first).date()
    known = [t for t in things if t.begins < before]
    sent = [Thing(t.number, t.begins, t.ends if t.ends and t.ends < before else None) for t in known]
    yield from _planted(ground, _sheet(ground, units, periods.shift(first, -1), sent), 0, until)
    for turn, month in enumerate(periods.between(first, last), 1):
        start, after = periods.start(month).date(), periods.end(month).date()
        changed = []
        for thing in things:
            ended = thing.ends is not None and start <= thing.ends < after
            if (start <= thing.begins < after) or (ended and thing.begins < after):
                gone = thing.ends if thing.ends and thing.ends < after else None
                changed.append(Thing(thing.number, thing.begins, gone))
        if changed:
            yield from _planted(ground, _sheet(ground, units, month, changed), turn, until)


def _planted(ground: Ground, sheet: Sheet, turn: int, until: datetime) -> Iterator[Sheet]:
    yield from (s for s in plant(ground, sheet, 0, turn, (sheet.filename,)) if s.sent_at <= until)


def _sheet(ground: Ground, units: tuple[Unit, ...], month: str, things: list[Thing]) -> Sheet:
    sender = ground.settings.senders[0]
    form = sender.formats[0]
    end = periods.end(month)
    sent = end + timedelta(days=sender.day, hours=sender.hour)
    rows, places = [], []
    for thing in things:
        unit = _home(ground, units, thing)
        rows.append({n: _cell(ground, n, p, thing, unit) for n, p in ground.settings.columns.items()})
        places.append(unit.code)
    return Sheet(
        filename=sender.filename.format(period=month, code="", ending="xlsx" if form == "xlsx" else "csv"),
        sender=sender.sender,
        sent_at=ground.utc(sent),
        due_at=ground.due(month),
        columns=ground.columns,
        headers=ground.headers(sender),
        rows=rows,
        places=places,
        form=form,
        sheet=f"Kỳ {month}",
    )


def _home(ground: Ground, units: tuple[Unit, ...], thing: Thing) -> Unit:
    """Where a thing is: urban communes draw more of them, as the place column's `urban` says."""
    binding = ground.dataset.place
    plan = ground.settings.columns.get(binding.column) if binding else None
    urban = plan.urban if plan else 1.0
    weights = [urban if is_urban(u) else 1.0 for u in units]
    chance = dice.uniform(*ground.seed, "home", str(thing.number)) * sum(weights)
    for unit, weight in zip(units, weights, strict=True):
        chance -= weight
        if chance < 0:
            return unit
    return units[-1]


def _cell(ground: Ground, name: str, plan: ColumnPlan, thing: Thing, unit: Unit) -> str:
    draw = (*ground.seed, name, str(thing.number))
    if plan.is_ == "serial":
        # A prime step walks through all numbers of so many digits before one comes again.
        return plan.prefix + str(thing.number * 7_368_787 % 10**plan.digits).zfill(plan.digits)
    if plan.is_ == "place_name":
        return ground.written(unit, int(dice.uniform(*draw) < 0.15))
    if plan.is_ == "place_code":
        return unit.code
    if plan.is_ == "begins":
        return thing.begins.strftime(plan.written)
    if plan.is_ == "ends":
        return thing.ends.strftime(plan.written) if thing.ends else plan.absent_as
    if plan.absent and dice.uniform(*draw, "?") < plan.absent:
        return plan.absent_as
    if plan.is_ == "name":
        words = [part[int(dice.uniform(*draw, str(i)) * len(part))] for i, part in enumerate(plan.parts)]
        return " ".join(words)
    if plan.is_ == "choice":
        chance = dice.uniform(*draw) * sum(plan.options.values())
        for option, share in plan.options.items():
            chance -= share
            if chance < 0:
                return option
    return spelt(plan, max(plan.at_least or 0.0, plan.value * exp(plan.spread * dice.normal(*draw))))
