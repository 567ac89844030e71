"""Takes up the steps of cases that have fallen due: timers, services, marks of limits."""

from __future__ import annotations

import threading

import structlog

log = structlog.get_logger()
EVERY = 3.0  # seconds between rounds while nothing is due
_AT_ONCE = 200


class Stepper:
    """Makes rounds until stopped. Of several processes each may: a step is taken up by one."""

    def __init__(self, every: float = EVERY) -> None:
        self._every = every
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="stepper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Leave what is due to the next start."""
        self._stopping.set()
        self._thread.join(20)

    def _run(self) -> None:
        pause = self._every
        while not self._stopping.wait(pause):
            pause = self._every
            try:
                if self.round() >= _AT_ONCE:
                    pause = 0.0  # more of them wait
            except Exception:
                log.exception("stepper.failed")

    def round(self) -> int:
        from django.db import connections

        from tinh.cases import api as cases

        try:
            return cases.round_of_steps(limit=_AT_ONCE)
        finally:
            connections.close_all()
