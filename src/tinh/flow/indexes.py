"""How an index stands: what arrived for its components, and what is made of it.

Nothing is stored: an index is computed again when its declaration or what it reads changed (by digest, so
that receipts that bring it nothing new cost one query), and kept in memory until then.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from tinh.insight.api import (
    Builder,
    Built,
    Claim,
    Improvement,
    NoSuchIndex,
    NothingYet,
    Sensitivity,
    Spread,
    cheapest,
    delivered_table,
    delivery_periods,
    measured_table,
    monte_carlo,
    sobol,
)
from tinh.kit.ids import digest
from tinh.lake.api import values_turn
from tinh.packs.api import Index

if TYPE_CHECKING:
    from tinh.flow.corridor import Corridor

REBUILDS, BASE, KEPT = 1000, 256, 48
T = TypeVar("T")


@dataclass(frozen=True)
class Standing:
    """An index in one period. `claims` are what agencies said of (unit, component)."""

    index: Index
    period: str
    periods: tuple[str, ...]  # newest first
    builder: Builder
    claims: Mapping[tuple[str, str], Claim]
    simulated: bool
    _steps: dict[str, tuple[Improvement, ...]] = field(default_factory=dict)

    @cached_property
    def built(self) -> Built:
        return self.builder.build()

    @cached_property
    def spread(self) -> Spread | None:
        """Rank intervals; None for a single unit."""
        return monte_carlo(self.builder, REBUILDS) if len(self.builder.table.units) > 1 else None

    @cached_property
    def sensitivity(self) -> Sensitivity | None:
        return sobol(self.builder, BASE, bootstraps=200) if len(self.builder.table.units) > 2 else None

    def steps(self, unit: str) -> tuple[Improvement, ...]:
        """What a unit could do, the cheapest points first."""
        if unit not in self._steps:
            self._steps[unit] = cheapest(self.index, self.builder.table, unit)
        return self._steps[unit]


def index_of(corridor: Corridor, id: str) -> Index:
    """The declared index; NoSuchIndex."""
    found = corridor.catalogue.indexes.get(id)
    if found is None:
        raise NoSuchIndex(index=id, known=", ".join(corridor.catalogue.indexes))
    return found


def standing(corridor: Corridor, id: str, period: str = "") -> Standing:
    """An index in a period (the newest when empty or not there); NoSuchIndex, NothingYet."""
    index = index_of(corridor, id)
    lake = corridor.lake
    if index.values is not None:  # receipts of other datasets move nothing here
        moved: int = lake.data_version(corridor.catalogue.datasets[index.values.dataset])
    else:
        moved = values_turn(lake)
    return _kept(corridor, (id, index.digest, period, moved), lambda: _made(corridor, index, period))


def _made(corridor: Corridor, index: Index, period: str) -> Standing:
    catalogue = corridor.catalogue
    claims: Mapping[tuple[str, str], Claim] = {}
    if index.values is not None:
        dataset = catalogue.datasets[index.values.dataset]
        periods = delivery_periods(corridor.lake, dataset)
        if not periods:
            raise NothingYet(index=index.id)
        chosen = period if period in periods else periods[0]
        table, claims, simulated = delivered_table(index, dataset, corridor.lake, chosen)
    else:
        measured, periods, chosen, simulated = measured_table(index, catalogue, corridor.lake, period)
        if measured is None:
            raise NothingYet(index=index.id)
        table = measured
    today = corridor.clock.now().astimezone(ZoneInfo(catalogue.timezone)).date()
    table = replace(table, names=tuple(_name(corridor, code, today) for code in table.units))
    read = digest(repr((chosen, periods, table, sorted(claims.items()), simulated)).encode())
    return _kept(  # what was read may be the same though something was written: intervals are not drawn again
        corridor, (index.id, index.digest, read),
        lambda: Standing(index, chosen, tuple(periods), Builder(index, table), claims, simulated),
    )  # fmt: skip


def _name(corridor: Corridor, code: str, day: date) -> str:
    agency = corridor.catalogue.agencies.get(code)
    if agency is not None:
        return agency.name.vi
    unit = corridor.gazetteer.find(code, day)
    return str(unit.name) if unit else code


_MEMORY: WeakKeyDictionary[Any, OrderedDict[Hashable, Any]] = WeakKeyDictionary()
_LOCK = threading.Lock()


def _kept(corridor: Corridor, key: Hashable, make: Callable[[], T]) -> T:
    with _LOCK:
        shelf = _MEMORY.setdefault(corridor, OrderedDict())
        if key in shelf:
            shelf.move_to_end(key)
            return shelf[key]  # type: ignore[no-any-return]  # what `make` gave
    made = make()
    with _LOCK:
        shelf[key] = made
        while len(shelf) > KEPT:
            shelf.popitem(last=False)
    return made
