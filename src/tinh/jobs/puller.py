"""Pulls the feeds that are due while a server runs, a few at a time, and those somebody asks for."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog

from tinh.kit.errors import TinhError

if TYPE_CHECKING:
    from tinh.jobs.house import House
    from tinh.sources.api import Feeds, Try

log = structlog.get_logger()
EVERY = 20.0  # seconds; a schedule's finest step is a minute
AT_ONCE = 3


class Puller:
    """Looks at the timetable, once started, until stopped. Of several processes, one pulls a feed: its lock
    decides."""

    def __init__(self, house: House, every: float = EVERY) -> None:
        self._house = house
        self._every = every
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._going: dict[str, Future[Try | None]] = {}
        self._ears: dict[str, threading.Thread] = {}
        self._soon: dict[str, threading.Timer] = {}
        self._hands = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="pull")
        self._thread = threading.Thread(target=self._run, name="puller", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Leave what is on its way undone: the next start asks again."""
        self._stopping.set()
        for timer in list(self._soon.values()):
            timer.cancel()
        self._hands.shutdown(wait=True, cancel_futures=True)
        if self._thread.ident is not None:
            self._thread.join(10)
        for ear in list(self._ears.values()):
            ear.join(20)

    def ask(self, feed: str, by: str = "") -> Future[Try | None]:
        """Pull a feed as soon as a hand is free; the pull that is on its way already, where there is one."""
        with self._lock:
            going = self._going.get(feed)
            if going is None or going.done():
                going = self._going[feed] = self._hands.submit(self._pull, feed, by)
            return going

    def soon(self, feed: str, seconds: float) -> None:
        """Pull a feed in a moment, once for all that asked meanwhile."""

        def due() -> None:
            self._soon.pop(feed, None)
            with suppress(RuntimeError):  # the hands were let go
                self.ask(feed)

        with self._lock:
            if feed not in self._soon and not self._stopping.is_set():
                timer = self._soon[feed] = threading.Timer(seconds, due)
                timer.daemon = True
                timer.start()

    def _run(self) -> None:
        while not self._stopping.wait(min(self._every, 2.0)):
            try:
                for feed in self._feeds().due():
                    if self._stopping.is_set():
                        break
                    if feed.listens:
                        self._listen(feed.id)
                    else:
                        self.ask(feed.id)
            except Exception:
                log.exception("puller.failed")
            self._stopping.wait(self._every)

    def _listen(self, feed: str) -> None:
        """Keep a thread of its own on a source that stays connected."""
        there = self._ears.get(feed)
        if there is None or not there.is_alive():
            ear = threading.Thread(
                target=self._pull, args=(feed, "", True), name=f"listen-{feed}", daemon=True
            )
            self._ears[feed] = ear
            ear.start()

    def _pull(self, feed: str, by: str, listening: bool = False) -> Try | None:
        from tinh.sources.api import Stopped

        try:
            return self._feeds().pull(feed, by, stopping=self._stopping, listening=listening)
        except Stopped:
            return None
        except TinhError as error:
            if by:
                raise
            log.info("puller.passed_over", feed=feed, code=error.code)
            return None
        except Exception:
            log.exception("puller.pull_failed", feed=feed)
            raise

    def _feeds(self) -> Feeds:
        from tinh.flow.api import feeds

        return feeds(self._house.corridor())
