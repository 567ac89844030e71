"""Slowing down who guesses, so that nobody else is slowed.

Wrong answers are counted for an address together with what was guessed at, and for an address alone.
A stranger can therefore slow down only those who share the address; no account is ever locked. Each
further wrong answer doubles the pause, from one minute to a quarter of an hour. Networks of version 6
count as one address, as everybody has billions.
"""

from __future__ import annotations

import hashlib
import ipaddress
import threading
import time
from collections import deque
from datetime import datetime, timedelta

from django.db.models import Max, QuerySet
from django.utils import timezone

from tinh.people.errors import TooManyAttempts
from tinh.people.models import Attempt

WINDOW = timedelta(hours=1)
PER_NAME, PER_ADDRESS = 5, 100  # wrong answers in WINDOW before the brake takes hold
PAUSE, LONGEST = timedelta(seconds=60), timedelta(minutes=15)


def mark_of(kind: str, name: str) -> str:
    """What is guessed at, as a digest; passwords and codes of one person count apart."""
    return hashlib.sha256(f"{kind}\0{name.strip().lower()}".encode()).hexdigest()


def network_of(address: str) -> str:
    """The address attempts are counted for: itself, or the /64 it lies in."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def hold(address: str, mark: str) -> None:
    """Raise TooManyAttempts while the pause after the last wrong answer lasts."""
    now = timezone.now()
    recent = Attempt.objects.filter(address=network_of(address), at__gte=now - WINDOW)
    left = max(
        _left(recent.filter(name=mark), PER_NAME, now),
        _left(recent, PER_ADDRESS, now),
    )
    if left > 0:
        raise TooManyAttempts(seconds=int(left) + 1)


def _left(attempts: QuerySet[Attempt], allowed: int, now: datetime) -> float:
    count = attempts.count()
    if count < allowed:
        return 0.0
    last: datetime = attempts.aggregate(last=Max("at"))["last"]
    pause = min(PAUSE * 2 ** min(count - allowed, 10), LONGEST)
    left: timedelta = last + pause - now
    return left.total_seconds()


def count(address: str, mark: str) -> None:
    """One wrong answer."""
    now = timezone.now()
    Attempt.objects.filter(at__lt=now - WINDOW).delete()
    Attempt.objects.create(at=now, address=network_of(address), name=mark)


def forgive(address: str, mark: str) -> None:
    Attempt.objects.filter(address=network_of(address), name=mark).delete()


class Flood:
    """Wrong secrets of programs, counted in memory: no secret of 256 bits is guessed, but a database can
    be drowned in refusals. A right secret always passes."""

    def __init__(self, most: int = 1000, seconds: float = 60.0) -> None:
        self._most, self._seconds = most, seconds
        self._seen: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def count(self, address: str) -> None:
        """One wrong secret; raises TooManyAttempts over the measure."""
        now = time.monotonic()
        with self._lock:
            if len(self._seen) > 10_000:
                self._seen.clear()
            times = self._seen.setdefault(network_of(address), deque())
            while times and times[0] < now - self._seconds:
                times.popleft()
            if len(times) >= self._most:
                raise TooManyAttempts(seconds=int(times[0] + self._seconds - now) + 1)
            times.append(now)
