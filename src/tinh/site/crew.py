"""Several serving processes on one address, and the one that keeps them: it works in the background, serves
nothing itself, starts again whoever ends before their time, and takes all of them along when it stops.

Each begins as a fresh interpreter (`python -m tinh.site.server`): a fork of a process with threads in Polars,
DuckDB and psycopg may hang. It inherits the listening socket, hears on its standard input what it is to
serve, and goes when that input ends, which is how it learns that its keeper is gone, in whatever way. From
its loop it gives a pulse through a pipe of its own: one that has none for long hangs, and is replaced.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import structlog

from tinh.jobs import api as jobs
from tinh.site.errors import ServingNotStarted
from tinh.site.prepare import Prepared

log = structlog.get_logger()
LOOK = 0.1  # seconds between two looks at who still lives
BEGIN = 300.0  # seconds a process may take to begin
PATIENCE = 25.0  # seconds an ending one may take over the answers it has in hand
SOON, LATEST = 1.0, 30.0  # seconds before another is started for one that hardly lived; doubled each time
HARDLY = 10.0  # seconds
SILENT = 60.0  # seconds without a pulse after which a process that had begun is given up
HELD = 5.0  # seconds between two looks that tell that the keeper itself was held up
_READ = 4096


@dataclass(slots=True)
class _Post:
    """The place of one serving process, and who holds it."""

    process: subprocess.Popen[bytes] | None = None
    since: float = 0.0
    pause: float = 0.0
    again: float = 0.0
    pulse: int = -1  # where it is heard
    heard: float = 0.0

    def listen(self, now: float) -> None:
        """Note whether there was a pulse."""
        with suppress(BlockingIOError):
            while os.read(self.pulse, _READ):
                self.heard = now

    def put_off(self, now: float, pause: float) -> None:
        self.pause, self.again = pause, now + pause


class Crew:
    """As many serving processes as the options say, over a listening socket."""

    def __init__(self, prepared: Prepared, listener: socket.socket) -> None:
        self._prepared = prepared
        self._listener = listener
        self._posts = [_Post() for _ in range(prepared.options.serving)]
        self._ready: dict[int, float] = {}  # who has begun, and when that was heard
        self._ending = threading.Event()
        self._looked = time.monotonic()
        self._hear, self._bell = os.pipe()

    def work(self, announce: Callable[[], None], stop: threading.Event | None = None) -> None:
        """Serve until SIGINT, SIGTERM or `stop`; `announce` once all have begun. Raises ServingNotStarted."""
        with self._signals():
            try:
                jobs.listen(self._hear, self._has_begun)
                self._fill_all()
                if self._all_begin(stop):
                    announce()
                while not self._over(stop):
                    self._look()
                    time.sleep(LOOK)
            finally:
                self._end()

    def _over(self, stop: threading.Event | None) -> bool:
        return self._ending.is_set() or (stop is not None and stop.is_set())

    def _fill_all(self) -> None:
        for post in self._posts:
            try:
                self._fill(post)
            except OSError as fault:
                raise ServingNotStarted(count=len(self._posts), reason=str(fault)) from fault

    def _fill(self, post: _Post) -> None:
        """Start a process for a post; OSError when the machine has no room for one."""
        hear, give = os.pipe()
        try:
            os.set_blocking(hear, False)
            post.process = self._begun(give)
        except BaseException:
            os.close(hear)
            raise
        finally:
            os.close(give)
        post.pulse, post.since = hear, time.monotonic()

    def _begun(self, pulse: int) -> subprocess.Popen[bytes]:
        asked = {
            "options": self._own_options(),
            "home": str(self._prepared.home),
            "folder": str(jobs.folder()),
            "listener": self._listener.fileno(),
            "family": int(self._listener.family),
            "bell": self._bell,
            "pulse": pulse,
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "tinh.site.server"],
            stdin=subprocess.PIPE, pass_fds=(self._listener.fileno(), self._bell, pulse),
        )  # fmt: skip
        assert process.stdin is not None
        with suppress(BrokenPipeError):
            process.stdin.write(json.dumps(asked).encode() + b"\n")
            process.stdin.flush()  # and it stays open: its end is ours
        return process

    def _own_options(self) -> dict[str, Any]:
        """The options of one of several: database connections are shared out."""
        options = self._prepared.options
        pool = max(4, min(options.pool, 2 * options.pool // options.serving))
        return options.model_copy(update={"pool": pool}).model_dump(mode="json")

    def _has_begun(self, who: str) -> None:
        self._ready[int(who)] = time.monotonic()

    def _all_begin(self, stop: threading.Event | None) -> bool:
        """Whether all serve; False when the end came first."""
        deadline = time.monotonic() + BEGIN
        while not self._over(stop):
            running = [post.process for post in self._posts if post.process is not None]
            for process in running:
                if process.poll() is not None:
                    raise ServingNotStarted(count=len(self._posts), reason=f"exit {process.returncode}")
            if all(process.pid in self._ready for process in running):
                return True
            if time.monotonic() > deadline:
                raise ServingNotStarted(count=len(self._posts), reason=f"> {BEGIN:.0f} s")
            time.sleep(0.02)
        return False

    def _look(self) -> None:
        """Fill the posts of those who have ended, and end those who hang."""
        now = time.monotonic()
        held = now - self._looked > HELD  # whoever held the keeper up may have held all of them
        self._looked = now
        for post in self._posts:
            process = post.process
            if process is not None and process.poll() is not None:
                log.error("server.process_lost", pid=process.pid, code=process.returncode)
                self._let_go(post)
                hardly = now - post.since < HARDLY
                post.put_off(now, min(LATEST, max(SOON, post.pause * 2)) if hardly else 0.0)
            elif process is not None and self._hangs(post, now, held):
                log.error("server.process_silent", pid=process.pid, seconds=SILENT)
                process.kill()  # it may be stopped, and hear nothing else
            if post.process is None and now >= post.again:
                try:
                    self._fill(post)
                except OSError as fault:  # no memory, no files: the others go on meanwhile
                    post.put_off(now, min(LATEST, max(SOON, post.pause * 2)))
                    log.error("server.process_not_started", reason=str(fault), again=post.pause)

    def _hangs(self, post: _Post, now: float, held: bool) -> bool:
        """Whether a process has not begun in the time it may take, or has given no pulse since long ago."""
        post.listen(now)
        begun = self._ready.get(post.process.pid) if post.process is not None else None
        if begun is None:
            return now - post.since > BEGIN
        if held:
            post.heard = now
        return now - max(post.heard, begun) > SILENT

    def _end(self) -> None:
        """Take everybody along: no connection is taken any more, answers in hand are finished."""
        running = [(post, post.process) for post in self._posts if post.process is not None]
        for _, process in running:
            with suppress(ProcessLookupError):
                process.terminate()
        deadline = time.monotonic() + PATIENCE
        for post, process in running:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.error("server.process_killed", pid=process.pid)
                process.kill()
                process.wait()
            self._let_go(post)
        os.close(self._bell)  # the last writer: whoever hears it, ends

    def _let_go(self, post: _Post) -> None:
        process, post.process = post.process, None
        assert process is not None
        self._ready.pop(process.pid, None)
        os.close(post.pulse)
        if process.stdin is not None:
            with suppress(BrokenPipeError):
                process.stdin.close()

    @contextmanager
    def _signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {
            number: signal.signal(number, lambda *_: self._ending.set())
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
