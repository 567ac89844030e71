"""How many photos, how heavy, how fast, how long. What comes from an address is counted in memory alone."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass
from datetime import timedelta

from tinh.desks.photos.errors import UploadsTooFast


@dataclass(frozen=True, slots=True)
class Limits:
    photo_bytes: int = 20_000_000
    per_draft: int = 10
    hourly_photos: int = 1200  # of one address: a whole network of phones may stand behind it
    hourly_bytes: int = 4_000_000_000
    kept: timedelta = timedelta(hours=48)  # what belongs to no case yet


LIMITS = Limits()
_HOUR = 3600.0


class Pace:
    """Photos and bytes of an address within the last hour."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self._limits = limits
        self._seen: dict[str, deque[tuple[float, int]]] = {}
        self._lock = threading.Lock()

    def take(self, address: str, length: int) -> None:
        """Count one photo; raises UploadsTooFast instead."""
        if not address:
            return
        now = time.monotonic()
        with self._lock:
            if len(self._seen) > 50_000:
                self._seen.clear()
            lately = self._seen.setdefault(address, deque())
            while lately and lately[0][0] < now - _HOUR:
                lately.popleft()
            too_many = len(lately) >= self._limits.hourly_photos
            if too_many or sum(size for _, size in lately) + length > self._limits.hourly_bytes:
                wait = lately[0][0] + _HOUR - now if lately else _HOUR
                raise UploadsTooFast(minutes=max(1, round(wait / 60)))
            lately.append((now, length))


PACE = Pace()
