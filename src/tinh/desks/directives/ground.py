"""What the desk stands on, handed in at start: the agencies and the code of the province."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Ground:
    """`agencies`: id → agency with its `name`; `place`: the code of the province."""

    agencies: Callable[[], Mapping[str, Any]]
    place: Callable[[], str]


_ground: Ground | None = None


def stand_on(ground: Ground) -> None:
    """Hand this process what the desk stands on."""
    global _ground
    _ground = ground


def ground() -> Ground:
    if _ground is None:
        raise RuntimeError("the desk of directives was handed no ground")
    return _ground
