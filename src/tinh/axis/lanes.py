"""Threads for providers that are no coroutines: shared, but never more than a few for one service.

A service whose owner's system hangs keeps its own lane busy and no other's: what more is asked of it waits
in line, without a thread, until its timeout.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

THREADS = 64
LANE = 8  # threads of one service
WAITING = 200  # calls of one service that wait for a thread


class LaneFull(Exception):
    """Too many calls of one service wait already."""


class Lanes:
    def __init__(self, threads: int = THREADS, lane: int = LANE, waiting: int = WAITING) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="axis-provider")
        self._lane, self._most = lane, waiting
        self._lock = threading.Lock()
        self._busy: dict[str, int] = {}
        self._line: dict[str, deque[tuple[Future[Any], Callable[[], Any]]]] = {}

    def submit(self, service: str, work: Callable[..., Any], *args: Any) -> Future[Any]:
        """Do the work in a thread when the service's lane has one; LaneFull when too much waits for it."""
        done: Future[Any] = Future()
        item = (done, lambda: work(*args))
        with self._lock:
            if self._busy.get(service, 0) >= self._lane:
                line = self._line.setdefault(service, deque())
                while line and line[0][0].cancelled():
                    line.popleft()
                if len(line) >= self._most:
                    raise LaneFull
                line.append(item)
                return done
            self._busy[service] = self._busy.get(service, 0) + 1
        self._pool.submit(self._run, service, item)
        return done

    def _run(self, service: str, item: tuple[Future[Any], Callable[[], Any]]) -> None:
        """Work on one call, then on the next of the same service."""
        current: tuple[Future[Any], Callable[[], Any]] | None = item
        while current is not None:
            done, work = current
            if done.set_running_or_notify_cancel():
                try:
                    done.set_result(work())
                except BaseException as error:
                    done.set_exception(error)
            with self._lock:
                line = self._line.get(service)
                current = line.popleft() if line else None
                if current is None:
                    self._line.pop(service, None)
                    left = self._busy[service] - 1
                    if left:
                        self._busy[service] = left
                    else:
                        del self._busy[service]
