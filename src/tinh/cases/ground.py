"""What the room stands on, handed in at start: the province's working clock and its declared processes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from tinh.cases.case_errors import NoSuchProcess
from tinh.cases.clock import WorkingClock


def _none(process: str) -> Any:
    raise NoSuchProcess(process=process)


@cache
def _plain_clock() -> WorkingClock:
    return WorkingClock()


@dataclass(frozen=True, slots=True)
class Ground:
    """`process` gives the definition declared under an id (NoSuchProcess without one); `agency_name` what
    an agency is called in a language; `address` where people open the site."""

    clock: Callable[[], WorkingClock] = _plain_clock
    process: Callable[[str], Any] = _none
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    agency_name: Callable[[str, str], str] = lambda id, _language: id
    address: Callable[[], str] = lambda: ""
    province: Callable[[], str] = lambda: "Tỉnh"


_ground = Ground()


def stand_on(ground: Ground) -> None:
    """Hand this process what the room stands on."""
    global _ground
    _ground = ground


def ground() -> Ground:
    return _ground
