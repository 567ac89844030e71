"""Deliveries as agencies would send them, where real data is not there, with planted faults.

deliveries   everything sent up to a moment, in the order sent; a later moment only adds rows
pulse        what arrives between two moments while a demo runs, in small pieces
faults       what was planted, for tests: the gate must hold exactly the rows that say `holds`

The same seed, province, dataset and period always give the same bytes. Callers mark what they load
as simulated.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from tinh.packs.api import Catalogue, Simulation
from tinh.places.api import Gazetteer
from tinh.sources.simulator.settings import SimulationFault
from tinh.sources.simulator.sheet import Delivery, Fault, Sheet

if TYPE_CHECKING:
    from tinh.sources.simulator.ground import Ground

__all__ = ["Delivery", "Fault", "SimulationFault", "deliveries", "faults", "pulse"]


def deliveries(
    catalogue: Catalogue, simulation: Simulation, gazetteer: Gazetteer, until: datetime
) -> Iterator[Delivery]:
    """Every file sent up to `until` (timezone-aware), oldest first."""
    ground = _ground(catalogue, simulation, gazetteer)
    for sheet in _sheets(ground, until):
        yield _delivery(ground, sheet)


def pulse(
    catalogue: Catalogue,
    simulation: Simulation,
    gazetteer: Gazetteer,
    after: datetime,
    until: datetime,
    minutes: int | None = None,
) -> Iterator[Delivery]:
    """What arrives after `after` and up to `until`; a stream reads every few minutes."""
    from tinh.sources.simulator import stream

    ground = _ground(catalogue, simulation, gazetteer)
    if ground.settings.form == "stream":
        step = minutes or ground.settings.pulse_minutes
        sheets: Iterator[Sheet] = stream.moments(ground, after, until, step)
    else:
        sheets = (sheet for sheet in _sheets(ground, until) if sheet.sent_at > after)
    for sheet in sheets:
        yield _delivery(ground, sheet)


def faults(
    catalogue: Catalogue, simulation: Simulation, gazetteer: Gazetteer, until: datetime
) -> tuple[Fault, ...]:
    """Everything planted in the deliveries up to `until`, late files included."""
    ground = _ground(catalogue, simulation, gazetteer)
    return tuple(fault for sheet in _sheets(ground, until) for fault in sheet.faults)


def _ground(catalogue: Catalogue, simulation: Simulation, gazetteer: Gazetteer) -> Ground:
    from tinh.sources.simulator.ground import Ground  # numpy loads only where something is simulated

    return Ground.of(catalogue, simulation, gazetteer)


def _sheets(ground: Ground, until: datetime) -> list[Sheet]:
    from tinh.sources.simulator import register, report, scorecard, stream

    make = {
        "report": report.sheets, "register": register.sheets, "stream": stream.sheets,
        "scorecard": scorecard.sheets,
    }  # fmt: skip
    found = make[ground.settings.form](ground, until)
    return sorted(found, key=lambda sheet: (sheet.sent_at, sheet.filename))


def _delivery(ground: Ground, sheet: Sheet) -> Delivery:
    from tinh.sources.simulator.files import content

    return Delivery(
        dataset=ground.dataset.id,
        filename=sheet.filename,
        content=content(sheet),
        sender=sheet.sender,
        sent_at=sheet.sent_at,
        due_at=sheet.due_at,
        channel=sheet.channel,
    )
