"""A thread that finishes what the process has acknowledged, and keeps the tables in order."""

from __future__ import annotations

import threading
import time

import structlog

from tinh.flow.corridor import Corridor
from tinh.kit.errors import TinhError

log = structlog.get_logger()


class Committer:
    """Drains a corridor until stopped. `nudge` after each acknowledgement saves the wait."""

    def __init__(self, corridor: Corridor, every: float = 0.2, upkeep_every: float = 3600.0) -> None:
        self._corridor = corridor
        self._every = every
        self._upkeep_every = upkeep_every
        self._news = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._stopping.clear()
            self._thread = threading.Thread(target=self._work, name="committer", daemon=True)
            self._thread.start()

    def nudge(self) -> None:
        """Tell that something was acknowledged."""
        self._news.set()

    def stop(self, seconds: float = 30.0) -> None:
        """Finish the group in hand and end; what is left waits for the next start."""
        self._stopping.set()
        self._news.set()
        if self._thread is not None:
            self._thread.join(seconds)
            self._thread = None

    @property
    def running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _work(self) -> None:
        rest, kept = self._every, time.monotonic()
        while not self._stopping.is_set():
            self._news.wait(rest)
            self._news.clear()
            if self._stopping.is_set():
                return
            try:
                self._corridor.drain(wait=False)
                rest = self._every
                if time.monotonic() - kept > self._upkeep_every:
                    self._corridor.upkeep()
                    kept = time.monotonic()
            except TinhError as error:
                rest = min(30.0, rest * 2)
                log.warning("committer.postponed", code=error.code, detail=str(error), seconds=rest)
            except Exception:
                rest = min(30.0, rest * 2)
                log.exception("committer.failed", seconds=rest)
