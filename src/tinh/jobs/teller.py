"""Tells subscribers what has happened: as soon as data has landed, and by the clock."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from tinh.jobs.house import House

log = structlog.get_logger()
LOOK = 2.0  # seconds between two looks at what has landed
EVERY = 30.0  # seconds between rounds that nothing called for: retries, alerts that time opens and closes


class Teller:
    """Makes rounds until stopped. Of several processes each may; a receiver is served by one at a time."""

    def __init__(self, house: House, look: float = LOOK) -> None:
        self._house = house
        self._look = look
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="teller", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Leave what waits for the next start."""
        self._stopping.set()
        self._thread.join(20)

    def _run(self) -> None:
        seen, last = -1, 0.0
        while not self._stopping.wait(self._look):
            try:
                version = self._house.version()
                if version == seen and time.monotonic() - last < EVERY:
                    continue
                seen, last = version, time.monotonic()
                self._round()
            except Exception:
                log.exception("teller.failed")

    def _round(self) -> None:
        from django.db import connections

        from tinh.axis import api as axis

        try:
            told = axis.tell(axis.desk(), self._stopping)
        except axis.NotInstalled:
            return
        finally:
            connections.close_all()
        if told.gathered or told.sent:
            log.info("teller.told", gathered=told.gathered, sent=told.sent)
