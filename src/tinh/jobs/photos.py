"""Makes the copies of photos as they come in."""

from __future__ import annotations

import threading

import structlog

log = structlog.get_logger()
LOOK = 1.0  # seconds between two looks at what waits


class Photographer:
    """Works until stopped. Of several processes each may: a photo is in one pair of hands at a time."""

    def __init__(self, look: float = LOOK) -> None:
        self._look = look
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="photographer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Leave what waits for the next start; a picture in hand is finished."""
        self._stopping.set()
        self._thread.join(20)

    def _run(self) -> None:
        from django.db import connections

        from tinh.desks.api import photos

        while not self._stopping.wait(self._look):
            try:
                while not self._stopping.is_set() and photos.develop_waiting(1):
                    pass
            except Exception:
                log.exception("photographer.failed")
                self._stopping.wait(10)
            finally:
                connections.close_all()
