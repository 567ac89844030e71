"""In a demonstration: the simulated agencies go on sending while the room is open."""

from __future__ import annotations

import json
import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from tinh.kit.durable import write

if TYPE_CHECKING:
    from tinh.jobs.house import House

log = structlog.get_logger()
EVERY = 15.0
_FARTHEST = timedelta(days=2)  # what was missed while the demonstration was off, at most


class Pulse:
    """Every few seconds, accepts what the simulator says has arrived since the last time."""

    def __init__(self, house: House, every: float = EVERY) -> None:
        self._house = house
        self._every = every
        self._mark = house.home / "pulse.json"
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pulse", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(20)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.beat()
            except Exception:
                log.exception("pulse.failed")
            self._stopping.wait(self._every)

    def beat(self) -> int:
        """One round; the number of deliveries accepted."""
        from tinh.jobs.run import nudge
        from tinh.places.api import gazetteer
        from tinh.sources.api import pulse

        catalogue, now = self._house.catalogue, self._house.clock.now()
        after = max(self._last(now), now - _FARTHEST)
        accepted = 0
        for simulation in catalogue.simulations:
            for sent in pulse(catalogue, simulation, gazetteer(catalogue.units), after, now):
                if self._stopping.is_set():
                    return accepted
                self._house.corridor().accept(
                    sent.content, sent.dataset, sender=sent.sender,
                    channel="push" if sent.channel == "push" else "simulator",
                    filename=sent.filename, simulated=True,
                )  # fmt: skip
                nudge()
                accepted += 1
        write(self._mark, json.dumps({"until": now.isoformat()}).encode())
        return accepted

    def _last(self, now: datetime) -> datetime:
        try:
            return datetime.fromisoformat(json.loads(self._mark.read_text())["until"])
        except (FileNotFoundError, ValueError, KeyError):
            return now - timedelta(seconds=self._every)
