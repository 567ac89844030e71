"""Asking the child: one picture at a time, ended when it takes too long, begun anew when it died."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tinh.desks.photos import errors
from tinh.desks.photos.child import message

PATIENCE = 40.0  # seconds one picture may take
_RENEW = 200  # pictures after which a fresh child is begun


@dataclass(frozen=True, slots=True)
class Developed:
    """Copies of a picture by size, and its facts: kind, width, height, likeness, and what EXIF offers."""

    facts: dict[str, Any]
    copies: dict[str, bytes] = field(repr=False)


class Darkroom:
    """Develops pictures in a child process. Safe to share between threads: they wait for each other."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._served = 0

    def develop(
        self, data: bytes, name: str = "", boxes: Sequence[Sequence[float]] = (), propose: bool = False
    ) -> Developed:
        """Raises PhotoError of the kind found. `propose` blurs what looks like a face or a plate as well."""
        asked = {"do": "develop", "name": name, "boxes": [list(box) for box in boxes], "propose": propose}
        head, rest = self._ask(asked, data)
        copies: dict[str, bytes] = {}
        at = 0
        for size, length in head["sizes"].items():
            copies[size] = rest[at : at + length]
            at += length
        return Developed(head["facts"], copies)

    def propose(self, data: bytes) -> list[dict[str, Any]]:
        """What looks like a face or a number plate: `[{kind, box}]`."""
        found: list[dict[str, Any]] = self._ask({"do": "propose"}, data)[0]["proposals"]
        return found

    def close(self) -> None:
        with self._lock:
            self._end()

    def _ask(self, head: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
        with self._lock:
            child = self._begun()
            deadline = time.monotonic() + self._patience
            try:
                assert child.stdin is not None and child.stdout is not None
                child.stdin.write(message(head, data))
                child.stdin.flush()
                answer, rest = _answer(child.stdout.fileno(), deadline)
            except (BrokenPipeError, EOFError, TimeoutError):
                self._end()
                raise errors.PhotoTooHeavy from None
            except BaseException:
                self._end()  # its answer would be taken for that to the next question
                raise
            self._served += 1
            if self._served >= _RENEW:
                self._end()
        if "fault" in answer:
            raise ERRORS[answer["fault"]](**answer["about"])
        return answer, rest

    def _begun(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self._end()
            keep = {
                name: os.environ[name]
                for name in ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH")
                if name in os.environ
            }
            keep |= {
                "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
                "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1",
                "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2", "PYTHONUTF8": "1",
            }  # fmt: skip
            self._child = subprocess.Popen(
                [sys.executable, "-m", "tinh.desks.photos.child"], stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=keep, close_fds=True,
            )  # fmt: skip
            self._served = 0
        return self._child

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


ERRORS = {cls.code: cls for cls in errors.PhotoError.__subclasses__()}


def _answer(source: int, deadline: float) -> tuple[dict[str, Any], bytes]:
    size = int.from_bytes(_exactly(source, 4, deadline), "big")
    head: dict[str, Any] = json.loads(_exactly(source, size, deadline))
    return head, _exactly(source, int(head["bytes"]), deadline)


def _exactly(source: int, count: int, deadline: float) -> bytes:
    parts: list[bytes] = []
    with selectors.DefaultSelector() as waiting:
        waiting.register(source, selectors.EVENT_READ)
        while count:
            left = deadline - time.monotonic()
            if left <= 0 or not waiting.select(left):
                raise TimeoutError
            part = os.read(source, min(count, 1 << 20))
            if not part:
                raise EOFError
            parts.append(part)
            count -= len(part)
    return b"".join(parts)
