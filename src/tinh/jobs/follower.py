"""One poller a process tells every open screen that something has landed.

The version of `receipts` also moves when another process loads, so polling it covers both;
the poller rests while nobody follows.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

import structlog

log = structlog.get_logger()


class Follower:
    def __init__(self, read: Callable[[], int], every: float = 0.25) -> None:
        self._read = read
        self._every = every
        self._seats: set[_Seat] = set()
        self._changed = threading.Condition()
        self._closed = False
        self._thread: threading.Thread | None = None
        self._version: int | None = None

    async def follow(self, since: int | None = None) -> AsyncIterator[int]:
        """Each new version once, the newest only when several came; ends when the server stops.

        With `since`, a version that is already newer is told at once, so that nothing is
        missed between the rendering of a page and its first breath.
        """
        seat = _Seat(asyncio.get_running_loop())
        with self._changed:
            if self._closed:
                return
            self._seats.add(seat)
            if self._thread is None:
                self._thread = threading.Thread(target=self._poll, name="follower", daemon=True)
                self._thread.start()
            self._changed.notify_all()
        try:
            last = since
            if last is None:
                last = await asyncio.to_thread(self._read)
            else:
                seat.tell(await asyncio.to_thread(self._read))
            while True:
                version = await seat.next()
                if version is None:
                    return
                if version != last:
                    last = version
                    yield version
        finally:
            with self._changed:
                self._seats.discard(seat)

    def close(self) -> None:
        """Let every follower go, for good."""
        with self._changed:
            self._closed = True
            for seat in self._seats:
                seat.tell(None)
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(timeout=5)

    @property
    def closed(self) -> bool:
        return self._closed

    @property
    def followers(self) -> int:
        return len(self._seats)

    def _poll(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._seats)
                if self._closed:
                    return
                self._changed.wait(self._every)
            try:
                version = self._read()
            except Exception:
                log.exception("follower.read_failed")
                continue
            if version != self._version:
                self._version = version
                with self._changed:
                    for seat in self._seats:
                        seat.tell(version)


class _Seat:
    """One follower's newest untold version, handed from any thread into its event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._news: asyncio.Queue[int | None] = asyncio.Queue()

    def tell(self, version: int | None) -> None:
        with suppress(RuntimeError):  # the loop closed between two breaths
            self._loop.call_soon_threadsafe(self._news.put_nowait, version)

    async def next(self) -> int | None:
        version = await self._news.get()
        while version is not None and not self._news.empty():
            version = self._news.get_nowait()
        return version
