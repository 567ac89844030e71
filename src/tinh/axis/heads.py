"""The newest signed heads in a file outside the database, so that a log cut short shows.

Two slots written in turn (a crash while one is written leaves the other), and one line a minute in a
journal that grows. The line is what a batch's row says, signature included: nobody can make one up.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

SLOT = 2048
EVERY = 60.0  # seconds between two lines of the journal


@dataclass(frozen=True, slots=True)
class Head:
    """A batch as it was signed."""

    number: int
    last: int
    statement: str
    signature: str  # base64
    certificate: str


class Heads:
    def __init__(self, folder: Path) -> None:
        self.newest_file = folder / "head"
        self.journal_file = folder / "heads.jsonl"
        self._handle = -1
        self._noted = 0.0

    def note(self, head: Head, at: float) -> None:
        """Put the head on disk unless a later one is there."""
        if self._handle < 0:
            self.newest_file.parent.mkdir(parents=True, exist_ok=True)
            self._handle = os.open(self.newest_file, os.O_RDWR | os.O_CREAT, 0o600)
        line = json.dumps(asdict(head)).encode()
        fcntl.flock(self._handle, fcntl.LOCK_EX)
        try:
            there = _slot(os.pread(self._handle, SLOT, (head.number % 2) * SLOT))
            if there is None or there.number < head.number:
                os.pwrite(self._handle, line.ljust(SLOT), (head.number % 2) * SLOT)
                os.fdatasync(self._handle)
            if at - self._noted >= EVERY:
                self._noted = at
                with self.journal_file.open("ab") as journal:
                    journal.write(line + b"\n")
                    journal.flush()
                    os.fsync(journal.fileno())
        finally:
            fcntl.flock(self._handle, fcntl.LOCK_UN)

    def newest(self) -> Head | None:
        try:
            data = self.newest_file.read_bytes()
        except FileNotFoundError:
            return None
        found = [slot for at in (0, SLOT) if (slot := _slot(data[at : at + SLOT])) is not None]
        return max(found, key=lambda head: head.number, default=None)

    def journal(self) -> list[Head]:
        """The lines of the journal; one torn by a crash at the end is left out."""
        if not self.journal_file.exists():
            return []
        lines = self.journal_file.read_bytes().splitlines()
        return [head for line in lines if (head := _slot(line)) is not None]

    def close(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


def _slot(data: bytes) -> Head | None:
    try:
        return Head(**json.loads(data))
    except (ValueError, TypeError):
        return None


def head_of(number: int, last: int, statement: str, signature: bytes, certificate: str) -> Head:
    return Head(number, last, statement, base64.b64encode(signature).decode(), certificate)
