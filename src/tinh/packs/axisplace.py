"""`axis:` of province.yaml: the province's place among X-Road instances."""

from __future__ import annotations

from typing import Literal

from tinh.packs.frozen import Frozen


class Remote(Frozen):
    """A server through which members elsewhere are called."""

    id: str
    address: str
    serves: tuple[str, ...]
    kind: Literal["security-server", "axis"] = "security-server"
    secret: str = ""
    allow_private: bool = False
    timeout: float = 60.0


class AxisPlace(Frozen):
    """The province's place among X-Road instances."""

    instance: str = ""
    classes: tuple[str, ...] = ("GOV", "COM", "ORG")
    server: str = "TINH"
    remotes: tuple[Remote, ...] = ()
    strangers: int = 60  # calls a minute of those who prove nothing, logged one by one
