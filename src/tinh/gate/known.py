"""What the gate may ask about the world; handed in by whoever runs the corridor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Protocol

import polars as pl

from tinh.kit.calendar import WorkingCalendar


class Place(Protocol):
    """A unit as the gazetteer gives it."""

    @property
    def code(self) -> str: ...
    @property
    def level(self) -> Any: ...


class Places(Protocol):
    """The part of the gazetteer that judging needs."""

    def find(self, code: str, on: date) -> Any: ...
    def territory(self, province_code: str, on: date) -> frozenset[str]: ...
    def communes(self, province_code: str, on: date) -> Any: ...
    def resolve_many(
        self, names: Sequence[str], days: Sequence[date], within: Any, levels: Any
    ) -> list[str | None]: ...
    def denotes_many(
        self, names: Sequence[str], codes: Sequence[str], days: Sequence[date]
    ) -> list[bool]: ...
    def resolve(self, text: str, on: date) -> Any: ...
    def versions(self, code: str) -> Any: ...
    def successors(self, code: str, on: date | None = None) -> Any: ...


@dataclass(frozen=True, slots=True)
class Past:
    """What a column of the dataset looked like before this receipt.

    `by_place` may hold the newest value of each place (`_place`, `value`): drift is then
    judged place by place.
    """

    n: int
    mean: float | None = None
    sd: float | None = None
    median: float | None = None
    mad: float | None = None
    by_place: pl.DataFrame | None = None


@dataclass(frozen=True, slots=True)
class Answering:
    """The rows are held rows of another delivery, brought back. They are judged one by one, not
    as a whole. Of rows (`_row`, `_key`, `_period`) `taken` says whether other rows of that delivery
    bear the key already, `others` whether another delivery does whose row they may not replace;
    `released`: somebody who may has let them through, so that they only need to be readable.
    """

    taken: Callable[[pl.DataFrame], pl.Series]
    others: Callable[[pl.DataFrame], pl.Series]
    released: bool = False


@dataclass(frozen=True)
class Known:
    """Everything beyond the receipt and its contract. Every question has an empty answer, so
    the gate works alone: without a gazetteer places are taken as written, without a
    reference (None) the rule is noted as unjudged; an empty register holds every reference.
    """

    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    province: str = ""
    gazetteer: Places | None = None
    timezone: str = "Asia/Ho_Chi_Minh"
    calendar: WorkingCalendar = field(default_factory=WorkingCalendar)
    reference: Callable[[str, str], pl.Series | None] = lambda _dataset, _column: None
    seen: Callable[[pl.DataFrame], pl.Series] | None = None
    past: Callable[[str], Past | None] = lambda _column: None
    known_places: Callable[[], frozenset[str]] = frozenset
    answering: Answering | None = None
