"""How processes that only serve wake the one that works in the background: a pipe, a line a wish.

A wish that is lost costs patience alone: whatever it speaks of lies on disk or in the database, and the
background comes by with its next look.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import suppress

import structlog

log = structlog.get_logger()
_ATOMIC = 512  # bytes that every system writes into a pipe in one piece
_READ = 65536


class Bell:
    """The end of the pipe that serving processes write to."""

    def __init__(self, handle: int) -> None:
        os.set_blocking(handle, False)
        self._handle = handle

    def ring(self, wish: str, of: str = "") -> None:
        """Wake the background. A full pipe wakes it anyway, and without anybody listening nothing is owed."""
        line = f"{wish} {of}\n".encode()
        if len(line) <= _ATOMIC:
            with suppress(BlockingIOError, BrokenPipeError):
                os.write(self._handle, line)


class Ear:
    """A thread that hears the bells and does what `wishes` says, by name; each wish once a reading."""

    def __init__(self, handle: int, wishes: dict[str, Callable[[str], None]]) -> None:
        self._handle = handle
        self._wishes = wishes
        threading.Thread(target=self._run, name="ear", daemon=True).start()

    def _run(self) -> None:
        rest = b""
        while piece := os.read(self._handle, _READ):
            lines = (rest + piece).split(b"\n")
            rest = lines.pop()
            for line in dict.fromkeys(lines):
                self._hear(line.decode(errors="replace"))
        os.close(self._handle)

    def _hear(self, line: str) -> None:
        wish, _, of = line.partition(" ")
        try:
            if wish in self._wishes:
                self._wishes[wish](of)
        except Exception:
            log.exception("bell.not_heeded", wish=wish)
