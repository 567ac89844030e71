"""Work of the background: each chore in a process of its own, once at a time for all processes of a home.

A chore has a name, knows whether it is due, and is done by a command of `tinh`. `<name>.json` in the home
says of which state its results are, how far it is and how often it failed lately; `<name>.turn` is held while
it is done. What fails is tried again after a pause that doubles each time, up to an hour.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from tinh.kit.durable import write

if TYPE_CHECKING:
    from tinh.jobs.house import House

log = structlog.get_logger()
LOOKS = 2.0  # seconds between two looks at whether anything is due
PAUSE = 30.0  # seconds between the end of a chore and its next start
LONGEST = 3600.0  # seconds waited at most after failures


@dataclass(frozen=True)
class Chore:
    """`due` is asked of a house, with what the mark holds; `words` follow `tinh`."""

    name: str
    due: Callable[[House, dict[str, Any]], bool]
    words: tuple[str, ...]


@dataclass(frozen=True)
class Progress:
    """How a chore stands: what it is at, how much is done of how much; how often it failed in a row, and when
    it is tried `again` (ISO, UTC)."""

    at: str = ""
    done: int = 0
    of: int = 0
    finished_at: str = ""
    failures: int = 0
    again: str = ""

    @property
    def running(self) -> bool:
        return self.of > 0


class Mark:
    """What is kept of a chore between its rounds."""

    def __init__(self, home: Path, name: str) -> None:
        self.path = home / f"{name}.json"
        self._turn = home / f"{name}.turn"

    def read(self) -> dict[str, Any]:
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def running(self, at: str, done: int, of: int, since: str) -> None:
        """How far a round is; what the last one left stays beside it."""
        kept = {k: v for k, v in self.read().items() if k != "running"}
        self._write({**kept, "running": {"at": at, "done": done, "of": of, "since": since}})

    def done(self, **facts: Any) -> None:
        """A round has come to its end: what it leaves, and no failure any more."""
        self._write(facts)

    def failed(self, said: str, now: datetime, pause: float) -> datetime:
        """One failure more; when it is tried again."""
        kept = {k: v for k, v in self.read().items() if k not in ("running", "failed")}
        times = int((self.read().get("failed") or {}).get("times", 0)) + 1
        again = now + timedelta(seconds=min(LONGEST, pause * 2 ** min(times - 1, 20)))
        told = {"times": times, "at": now.isoformat(), "again": again.isoformat(), "said": said[-2000:]}
        self._write({**kept, "failed": told})
        return again

    def progress(self) -> Progress:
        """How it stands; not running when its process is gone."""
        found = self.read()
        running, failed = found.get("running") or {}, found.get("failed") or {}
        if running and not self.taken():
            running = {}
        return Progress(
            running.get("at", ""), running.get("done", 0), running.get("of", 0),
            found.get("finished_at", ""), int(failed.get("times", 0)), str(failed.get("again", "")),
        )  # fmt: skip

    @contextmanager
    def turn(self, wait: bool = True) -> Iterator[bool]:
        """One round at a time over a home, of whatever process; a process that dies lets go. False, without
        waiting: somebody else is at it."""
        with self._turn.open("ab") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
                return
            yield True

    def taken(self) -> bool:
        try:
            with self._turn.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        return False

    def _write(self, what: dict[str, Any]) -> None:
        write(self.path, json.dumps(what).encode())


class Background:
    """A thread that starts a chore whenever it is due, with the lowest claim on the machine."""

    def __init__(self, house: House, chore: Chore, pause: float = PAUSE) -> None:
        self._house = house
        self._chore = chore
        self._pause = pause
        self._stopping = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._run, name=chore.name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        child = self._child
        if child is not None and child.poll() is None:
            child.terminate()
        if self._thread.is_alive():
            self._thread.join(20)

    def due(self) -> bool:
        """Whether it waits to be done: something moved, nobody is at it, no pause after a failure runs."""
        mark = Mark(self._house.home, self._chore.name)
        stands = mark.progress()
        if stands.running or (stands.again and datetime.now(UTC) < datetime.fromisoformat(stands.again)):
            return False
        return self._chore.due(self._house, mark.read())

    def _run(self) -> None:
        while not self._stopping.wait(LOOKS):
            try:
                if self.due():
                    self.do()
                    self._stopping.wait(self._pause)
            except Exception:
                log.exception(f"{self._chore.name}.failed")
                self._stopping.wait(self._pause)

    def do(self) -> bool:
        """One round; whether it came to its end."""
        chore, began = self._chore, time.monotonic()
        environ = {**os.environ, "TINH_HOME": str(self._house.home.parent)}
        words = [*chore.words, "--background", "--json", "--province", str(self._house.folder)]
        self._child = subprocess.Popen(
            [sys.executable, "-m", "tinh.cli", *words],
            env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        _, told = self._child.communicate()
        code, said = self._child.returncode, told.decode(errors="replace")
        if self._stopping.is_set() or not code:
            log.info(f"{chore.name}.done", seconds=round(time.monotonic() - began, 1))
            return not code
        again = Mark(self._house.home, chore.name).failed(said, datetime.now(UTC), self._pause)
        log.error(f"{chore.name}.failed", code=code, said=said[-2000:], again=again.isoformat())
        return False
