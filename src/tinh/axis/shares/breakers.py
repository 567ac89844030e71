"""Circuit breakers: an API that keeps failing is left alone for a while, by all processes together.

Failures are counted in each process; when one opens its breaker it writes down until when, and the others
follow within a second. Half-open, one process at a time lets one call through.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from tinh.axis.shares.errors import BreakerOpen
from tinh.axis.shares.keeping import Tripped
from tinh.packs.api import Breaker

State = Literal["closed", "open", "half-open"]
_LOOK = 1.0  # seconds between looks at what others wrote
_TIMES = 200  # calls whose time is remembered


@dataclass(frozen=True, slots=True)
class Condition:
    """How an API fares, as this process sees it. Times in seconds."""

    state: State
    calls: int
    failures: int
    median: float | None
    slowest: float | None
    reason: str
    until: datetime | None


@dataclass
class Circuit:
    """The breaker of one share in this process."""

    share: str
    rule: Breaker
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _failed: deque[float] = field(default_factory=deque)
    _times: deque[tuple[float, bool]] = field(default_factory=lambda: deque(maxlen=_TIMES))
    _until: datetime | None = None
    _reason: str = ""
    _good: int = 0
    _trying: bool = False
    _looked: float = -_LOOK

    def enter(self) -> None:
        """Before a call; BreakerOpen when it is not to be made."""
        with self._lock:
            self._look()
            if self._until is None:
                return
            left = (self._until - datetime.now(UTC)).total_seconds()
            if left > 0 or self._trying:
                raise BreakerOpen(seconds=max(1, int(left) + 1))
            self._trying = True

    def went(self, seconds: float) -> None:
        """A call went well."""
        with self._lock:
            self._times.append((seconds, True))
            if self._until is None:
                return
            self._trying = False
            self._good += 1
            if self._good >= self.rule.probes:
                self._until, self._reason, self._good = None, "", 0
                self._failed.clear()
                Tripped.objects.filter(share=self.share).delete()

    def failed(self, seconds: float, reason: str) -> None:
        """A call failed on the side of the API."""
        now = time.monotonic()
        with self._lock:
            self._times.append((seconds, False))
            self._failed.append(now)
            while self._failed and now - self._failed[0] > self.rule.within:
                self._failed.popleft()
            if self._until is not None or len(self._failed) >= self.rule.failures:
                self._trip(reason)

    def let_go(self) -> None:
        """A call that says nothing of the API ended."""
        with self._lock:
            self._trying = False

    def condition(self) -> Condition:
        with self._lock:
            self._look()
            times = sorted(seconds for seconds, _ in self._times)
            state: State = "closed"
            if self._until is not None:
                state = "open" if self._until > datetime.now(UTC) else "half-open"
            return Condition(
                state, len(times), sum(not good for _, good in self._times),
                times[len(times) // 2] if times else None, times[-1] if times else None,
                self._reason, self._until,
            )  # fmt: skip

    def _trip(self, reason: str) -> None:
        now = datetime.now(UTC)
        self._until, self._reason = now + timedelta(seconds=self.rule.pause), reason[:300]
        self._good, self._trying = 0, False
        Tripped.objects.update_or_create(
            share=self.share, defaults={"until": self._until, "since": now, "reason": self._reason}
        )

    def _look(self) -> None:
        """What other processes wrote."""
        now = time.monotonic()
        if now - self._looked < _LOOK:
            return
        self._looked = now
        row = Tripped.objects.filter(share=self.share).first()
        if row is None:
            if self._until is not None and not self._trying:
                self._until, self._reason, self._good = None, "", 0
                self._failed.clear()
        elif self._until is None or row.until > self._until:
            self._until, self._reason, self._good, self._trying = row.until, row.reason, 0, False


_circuits: dict[str, Circuit] = {}
_lock = threading.Lock()


def circuit(share: str, rule: Breaker) -> Circuit:
    """The one breaker of a share in this process; a changed rule counts from now on."""
    with _lock:
        found = _circuits.get(share)
        if found is None:
            found = _circuits[share] = Circuit(share, rule)
        found.rule = rule
        return found
