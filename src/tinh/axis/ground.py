"""What the axis of this process stands on: the province's home, its instance and its agencies."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tinh.axis.errors import NotInstalled
from tinh.kit.clock import Clock
from tinh.packs.api import AxisPlace, Directory


@dataclass(frozen=True)
class Ground:
    """`agencies` gives the directory as it is now. `proxies` are the addresses whose certificate header is
    believed; `authority` is where timestamps are asked for, "" for none; `origin` is the host
    that receivers of events are told we are."""

    home: Path
    place: AxisPlace
    agencies: Callable[[], Directory]
    clock: Clock
    zone: ZoneInfo
    conninfo: str
    proxies: frozenset[str] = frozenset()
    authority: str = ""
    authority_roots: str = ""
    origin: str = ""
    secret: Callable[[str], str] = field(default=lambda _name: "")

    @property
    def instance(self) -> str:
        return self.place.instance

    @property
    def classes(self) -> tuple[str, ...]:
        return self.place.classes

    @property
    def server(self) -> str:
        return self.place.server

    @property
    def keys(self) -> Path:
        return self.home / "keys"

    @property
    def heads(self) -> Path:
        return self.home / "axis"

    def now(self) -> datetime:
        return self.clock.now()


_ground: Ground | None = None
_lock = threading.Lock()


def install(ground: Ground) -> None:
    """Tell this process which province's axis it serves."""
    global _ground
    with _lock:
        _ground = ground


def ground() -> Ground:
    if _ground is None:
        raise NotInstalled
    return _ground
