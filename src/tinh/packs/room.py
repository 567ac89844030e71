"""What the operations room shows."""

from __future__ import annotations

from tinh.packs.frozen import Frozen


class Room(Frozen):
    """What the operations room shows first: the map's indicator and the tiles in order."""

    map: str = ""
    tiles: tuple[str, ...] = ()
