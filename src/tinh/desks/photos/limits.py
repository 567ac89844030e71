"""How many photos, how heavy, how fast, how long.

What comes from an address is counted in `photos/pace` of the data folder, under a keyed digest: several
processes serve, and none of them sees all. A small file rather than the database, which would be asked for
every photo.
"""

from __future__ import annotations

import fcntl
import os
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from tinh.desks.photos.errors import UploadsTooFast
from tinh.people import api as people


@dataclass(frozen=True, slots=True)
class Limits:
    photo_bytes: int = 20_000_000
    per_draft: int = 10
    hourly_photos: int = 1200  # of one address: a whole network of phones may stand behind it
    hourly_bytes: int = 4_000_000_000
    kept: timedelta = timedelta(hours=48)  # what belongs to no case yet


LIMITS = Limits()
_HOUR = 3600


_ROW = struct.Struct("<16sIIQ")  # whose (a keyed digest), which hour, photos, bytes
_ROWS, _NEAR = 65_536, 8  # networks counted at once; rows one may stand in


class Pace:
    """Photos and bytes of an address within the hour of the clock."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self._limits = limits

    def take(self, address: str, length: int) -> None:
        """Count one photo, for all processes that serve; raises UploadsTooFast instead."""
        if not address:
            return
        whose = bytes.fromhex(people.fingerprint(f"photos {address}"))
        now = int(time.time())
        hour = now // _HOUR
        with _ledger() as handle:
            row, photos, size = _found(handle, whose, hour)
            if photos >= self._limits.hourly_photos or size + length > self._limits.hourly_bytes:
                raise UploadsTooFast(minutes=max(1, round((_HOUR - now % _HOUR) / 60)))
            os.pwrite(handle, _ROW.pack(whose, hour, photos + 1, size + length), row * _ROW.size)


@contextmanager
def _ledger() -> Iterator[int]:
    """The file of counts, locked: each opening is a lock of its own, also between threads."""
    folder = Path(settings.TINH_HOME, "photos")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(folder / "pace", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


def _found(handle: int, whose: bytes, hour: int) -> tuple[int, int, int]:
    """The row of an address and what it has sent this hour. A row of an hour gone by is free; where all rows
    near are taken, the one that has sent least makes way."""
    first = int.from_bytes(whose[:4], "big") % _ROWS
    free: tuple[int, int] | None = None  # photos, row
    for row in range(first, first + _NEAR):
        held = os.pread(handle, _ROW.size, row * _ROW.size).ljust(_ROW.size, b"\0")
        name, of, photos, size = _ROW.unpack(held)
        if of == hour and name == whose:
            return row, photos, size
        worth = photos if of == hour else -1
        if free is None or worth < free[0]:
            free = worth, row
    assert free is not None
    return free[1], 0, 0


PACE = Pace()
