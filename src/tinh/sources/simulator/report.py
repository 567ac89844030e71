"""Reports: a row a place and period, sent by a department for most and by some communes themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from tinh.kit import periods
from tinh.places.api import Unit
from tinh.sources.simulator import dice
from tinh.sources.simulator.faults import plant
from tinh.sources.simulator.ground import Ground, spelt
from tinh.sources.simulator.settings import Format, Sender
from tinh.sources.simulator.sheet import Fault, Row, Sheet
from tinh.sources.simulator.values import Field, Numbers


def sheets(ground: Ground, until: datetime) -> Iterator[Sheet]:
    """Every report sent up to `until`, mending files included, in no particular order."""
    period = ground.settings.start
    turn = 0
    while ground.utc(periods.end(period)) <= until:
        for sheet in _of_period(ground, period, turn):
            if sheet.sent_at <= until:
                yield sheet
        period = periods.shift(period, 1)
        turn += 1


def _of_period(ground: Ground, period: str, turn: int) -> Iterator[Sheet]:
    last_day = (periods.end(period) - timedelta(days=1)).date()
    units = ground.units(max(last_day, date(2025, 7, 1)))
    rows = _rows(ground, units, period, last_day)
    taken: set[str] = set()
    senders = ground.settings.senders
    for number, sender in enumerate(senders):
        if sender.places < 1 and number + 1 < len(senders):
            for unit in units:
                if dice.uniform(*ground.seed, "sends for itself", unit.code) < sender.places:
                    taken.add(unit.code)
                    yield from _own(ground, sender, number, unit, rows[unit.code], period, turn)
        else:
            rest = [unit for unit in units if unit.code not in taken]
            sheet = _sheet(ground, sender, sender.sender, rest, rows, period, sender.formats[0])
            yield from plant(ground, sheet, number, turn, (period,))


def _own(
    ground: Ground, sender: Sender, number: int, unit: Unit, row: Row, period: str, turn: int
) -> Iterator[Sheet]:
    """One commune's own file: in its own format, sometimes late, sometimes never."""
    name = (*ground.seed, "own", unit.code)
    if dice.uniform(*name, period, "never") < sender.never:
        return
    form = sender.formats[int(dice.uniform(*name, "format") * len(sender.formats))]
    sheet = _sheet(ground, sender, sender.sender, [unit], {unit.code: row}, period, form)
    late = sender.late
    if late and dice.uniform(*name, period, "late") < late.share:
        low, high = late.days
        sheet.sent_at += timedelta(days=low + int(dice.uniform(*name, period, "days") * (high - low + 1)))
        if sheet.sent_at > sheet.due_at:
            sheet.faults.append(
                Fault(ground.dataset.id, sheet.filename, 0, "late", place=unit.code, holds=False)
            )
    # Each commune has its own turn, so that faults fall on different ones in different periods.
    shift = int(dice.uniform(*name, "turn") * 997)
    yield from plant(ground, sheet, number, turn + shift, (period, unit.code))


def _sheet(
    ground: Ground,
    sender: Sender,
    name: str,
    units: Sequence[Unit],
    rows: dict[str, Row],
    period: str,
    form: Format,
) -> Sheet:
    end = periods.end(period)
    minute = int(dice.uniform(*ground.seed, period, units[0].code if units else "", "minute") * 60)
    sent = end + timedelta(days=sender.day, hours=sender.hour, minutes=minute)
    place = units[0] if len(units) == 1 else None
    ending = "xlsx" if form == "xlsx" else "csv"
    filename = sender.filename.format(period=period, code=place.code if place else "", ending=ending)
    return Sheet(
        filename=filename,
        sender=name.format(place=place.name if place else ""),
        sent_at=ground.utc(sent),
        due_at=ground.due(period),
        columns=ground.columns,
        headers=ground.headers(sender),
        rows=[rows[unit.code] for unit in units],
        places=[unit.code for unit in units],
        form=form,
        sheet=f"Kỳ {period}",
    )


def _rows(ground: Ground, units: Sequence[Unit], period: str, day: date) -> dict[str, Row]:
    field = Field(ground, units, period, day)
    known: dict[str, Numbers] = {}
    rows: dict[str, Row] = {unit.code: {} for unit in units}
    for name, plan in ground.settings.columns.items():
        if plan.is_ not in ("period", "place_code", "place_name", "province_code"):
            known[name] = field.column(name, plan, known)
        for index, unit in enumerate(units):
            row = rows[unit.code]
            if plan.is_ == "period":
                row[name] = plan.written.format(period)
            elif plan.is_ in ("place_code", "province_code"):
                row[name] = unit.code
            elif plan.is_ == "place_name":
                row[name] = unit.name
            elif plan.is_ == "flag":
                row[name] = plan.yes if known[name][index] else plan.no
            elif plan.absent and dice.uniform(*ground.seed, name, unit.code, period, "?") < plan.absent:
                row[name] = plan.absent_as
            else:
                row[name] = spelt(plan, float(known[name][index]))
    return rows
