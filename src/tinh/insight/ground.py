"""What insight stands on while it works: the declarations, the lake's reading side, the gazetteer.

The protocols name the few calls insight makes of the rooms below, so that it can be run
over anything that answers them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import polars as pl

from tinh.packs.api import Catalogue, Dataset

REMEMBERED = 20_000  # (place, period) pairs up to which an answer is kept for the next indicator


class Rows(Protocol):
    """The reading side of a lake."""

    def query(
        self,
        sql: str,
        datasets: Mapping[str, Dataset],
        params: Any = None,
        as_of: datetime | None = None,
    ) -> pl.DataFrame: ...

    def values(
        self,
        indicator: str | Sequence[str] | None = None,
        places: Sequence[str] | None = None,
        first: str | None = None,
        last: str | None = None,
        as_of: datetime | None = None,
        *,
        units: str = "",
    ) -> pl.DataFrame: ...

    def receipt(self, id: str, /) -> Any: ...

    def ledger(self, dataset: str | None = None, as_of: datetime | None = None) -> pl.DataFrame: ...


class Place(Protocol):
    """The part of `places.Unit` insight looks at."""

    @property
    def code(self) -> str: ...
    @property
    def level(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def valid_from(self) -> date | None: ...
    @property
    def valid_to(self) -> date | None: ...


class Places(Protocol):
    """The part of `places.Gazetteer` insight asks."""

    def find(self, code: str, on: date, /) -> Any: ...
    def path(self, unit: Any, /) -> tuple[Any, ...]: ...
    def rollup(self, code: str, on: date, /) -> str | None: ...
    def communes(self, province_code: str, on: date, /) -> Sequence[Any]: ...
    def lowest(self, province_code: str, on: date, /) -> Sequence[Any]: ...
    def turns(self, province_code: str, until: date | None = None, /) -> tuple[date, ...]: ...
    def bridge(
        self, province_code: str, source: date, target: date, by: Any = "population", /
    ) -> Sequence[Any]: ...


@dataclass(frozen=True)
class Ground:
    """One piece of work over one state of the lake (`as_of` None: as it stands)."""

    catalogue: Catalogue
    lake: Rows
    places: Places
    now: datetime
    as_of: datetime | None = None
    cache: dict[Any, Any] = field(default_factory=dict)

    @property
    def local_now(self) -> datetime:
        """The present as the naive local time that periods are spelt in."""
        moment = self.as_of or self.now
        return moment.astimezone(ZoneInfo(self.catalogue.timezone)).replace(tzinfo=None)

    def dataset(self, id: str) -> Dataset:
        return self.catalogue.datasets[id]

    def query(self, sql: str, *datasets: str) -> pl.DataFrame:
        return self.lake.query(sql, {id: self.dataset(id) for id in datasets}, None, self.as_of)
