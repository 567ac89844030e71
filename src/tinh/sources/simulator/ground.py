"""What a simulated dataset stands on: its contract, its settings and the places of the province."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from tinh.kit import periods
from tinh.kit.calendar import WorkingCalendar
from tinh.packs.api import Catalogue, Dataset, Index, Simulation, due_at
from tinh.places.api import Gazetteer, Unit
from tinh.sources.simulator import dice
from tinh.sources.simulator.settings import ColumnPlan, Point, Sender, Settings, parse

URBAN = frozenset({"phường", "thị trấn"})
_ABBREVIATED = {"xã": "X. ", "phường": "P. ", "đặc khu": "ĐK "}


@dataclass(frozen=True)
class Ground:
    """One declared simulation over one province. Draws are named after seed, province and dataset."""

    dataset: Dataset
    settings: Settings
    province: str
    gazetteer: Gazetteer
    zone: ZoneInfo
    calendar: WorkingCalendar = field(default_factory=WorkingCalendar)
    index: Index | None = None  # of a scorecard

    @staticmethod
    def of(catalogue: Catalogue, simulation: Simulation, gazetteer: Gazetteer) -> Ground:
        settings = parse(simulation.settings, str(simulation.file))
        return Ground(
            dataset=catalogue.datasets[simulation.dataset],
            settings=settings,
            province=catalogue.place,
            gazetteer=gazetteer,
            zone=ZoneInfo(catalogue.timezone),
            calendar=WorkingCalendar(extra=catalogue.calendar),
            index=catalogue.indexes.get(settings.index),
        )

    @property
    def seed(self) -> dice.Seed:
        return (self.settings.seed, self.province, self.dataset.id)

    def utc(self, local: datetime) -> datetime:
        return local.replace(tzinfo=self.zone).astimezone(UTC)

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone).replace(tzinfo=None)

    def due(self, period: str) -> datetime:
        """When a delivery for a period is due."""
        return self.utc(due_at(self.dataset.expect, period, self.calendar) or periods.end(period))

    def communes(self, on: date) -> tuple[Unit, ...]:
        """The communes of today's province on a day, in the order of their codes."""
        return tuple(sorted(self.gazetteer.communes(self.province, on), key=lambda unit: unit.code))

    def units(self, on: date) -> tuple[Unit, ...]:
        """The places that report: communes, or the province itself."""
        if self.settings.level == "province":
            return (self.gazetteer.get(self.province, on),)
        return self.communes(on)

    @cached_property
    def scale(self) -> float:
        """How large this province is beside the one the totals were written for."""
        if not self.settings.reference_communes:
            return 1.0
        return len(self.communes(date(2025, 7, 1))) / self.settings.reference_communes

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The simulated columns in the contract's order, which is the order of the file."""
        return tuple(c.name for c in self.dataset.columns if c.name in self.settings.columns)

    def headers(self, sender: Sender) -> tuple[str, ...]:
        """The header row: the contract's names, or the Vietnamese spelling it accepts."""
        out = []
        for name in self.columns:
            others = [h for h in self.dataset.column(name).headers if h != name]
            out.append(others[0] if sender.headers == "vi" and others else name)
        return tuple(out)

    def written(self, unit: Unit, style: int) -> str:
        """A place's name as somebody writes it: in full, or abbreviated."""
        if style and unit.kind in _ABBREVIATED:
            return _ABBREVIATED[unit.kind] + unit.short
        return unit.name


def is_urban(unit: Unit) -> bool:
    return unit.kind in URBAN


def points(curve: tuple[Point, ...]) -> list[tuple[date, float]]:
    return sorted((p.at, p.value) for p in curve)


def spelt(plan: ColumnPlan, value: float | None) -> str:
    """A number as the cell shows it."""
    if value is None:
        return plan.absent_as
    number = f"{value:,.{plan.decimals}f}" if plan.comma else f"{value:.{plan.decimals}f}"
    if plan.comma:
        number = number.translate(str.maketrans(",.", ".,"))
    return plan.written.format("0" if number == "-0" else number)
