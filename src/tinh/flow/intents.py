"""What has been received and is not finished: one small file a delivery, owned by a process.

A process proves that it lives by holding a lock on a file of its own. The kernel lets go of
it when the process ends in whatever way, so an intent whose owner's lock is free is an
orphan and anybody may finish it. Nothing depends on the lock for correctness: finishing
twice is a no-op; it only keeps two processes from doing the same work.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Literal

from tinh.kit.durable import sync_folder
from tinh.kit.ids import fresh
from tinh.sources.api import Receipt

Way = Literal["load", "push"]


@dataclass(frozen=True, slots=True)
class Intent:
    """A delivery whose bytes are safe. `way`: whoever loads finishes it, or a drain does.
    `act`: for an answer to another receipt, who acts (`actor`) and why (`reason`)."""

    receipt: Receipt
    way: Way
    owner: str
    act: Mapping[str, str] = field(default_factory=dict)


class Intents:
    """The intents of one home, as one owner sees them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._owners = folder / "owners"
        self._owner = fresh(16)
        self._lock = threading.Lock()
        self._held: IO[bytes] | None = None

    def open(self, receipt: Receipt, way: Way, act: Mapping[str, str] | None = None) -> Intent:
        """Write the intent durably, or give the one that stands for this receipt already."""
        self._live()
        path = self._path(receipt.id)
        intent = Intent(receipt, way, self._owner, act or {})
        draft = path.with_name(f".{path.name}.{fresh(8)}")
        try:
            with draft.open("xb") as out:
                out.write(_spell(intent))
                out.flush()
                os.fsync(out.fileno())
            while True:
                try:
                    path.hardlink_to(draft)
                    break
                except FileExistsError:
                    standing = self.get(receipt.id)
                    if standing is not None:
                        return standing
        finally:
            draft.unlink(missing_ok=True)
        sync_folder(self._folder)
        return intent

    def get(self, receipt_id: str) -> Intent | None:
        try:
            return _read(self._path(receipt_id).read_bytes())
        except FileNotFoundError:
            return None

    def close(self, receipt_ids: list[str]) -> None:
        """Forget finished deliveries."""
        for receipt_id in receipt_ids:
            self._path(receipt_id).unlink(missing_ok=True)

    def all(self) -> list[Intent]:
        """Every open intent, oldest first."""
        found = []
        for path in self._folder.glob("r*.json"):
            with contextlib.suppress(FileNotFoundError):
                found.append(_read(path.read_bytes()))
        return sorted(found, key=lambda i: (i.receipt.received_at, i.receipt.id))

    def workable(self, pushes: bool = True) -> list[Intent]:
        """What owners left behind that are gone and, with `pushes`, every push waiting; oldest first."""
        alive: dict[str, bool] = {}
        found = []
        for intent in self.all():
            if pushes and intent.way == "push":
                found.append(intent)
                continue
            if intent.owner not in alive:
                alive[intent.owner] = self._alive(intent.owner)
            if not alive[intent.owner]:
                found.append(intent)
        return found

    def count(self) -> int:
        return sum(1 for _ in self._folder.glob("r*.json"))

    @contextlib.contextmanager
    def draining(self, wait: bool) -> Iterator[bool]:
        """Hold the right to drain; False when another drain is at work and `wait` is off."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "draining").open("ab") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
                return
            yield True

    def tidy(self) -> None:
        """Remove the lock files of owners that are gone, and drafts nobody will finish."""
        for path in self._owners.glob("*"):
            if path.name != self._owner and not self._alive(path.name):
                path.unlink(missing_ok=True)
        for draft in self._folder.glob(".r*"):
            with contextlib.suppress(FileNotFoundError):
                if time.time() - draft.stat().st_mtime > 3600:
                    draft.unlink()

    def leave(self) -> None:
        """Let go of what is unfinished, for others to finish."""
        with self._lock:
            if self._held is not None:
                self._held.close()
                self._held = None
                (self._owners / self._owner).unlink(missing_ok=True)
                self._owner = fresh(16)

    def _live(self) -> None:
        with self._lock:
            if self._held is not None:
                return
            self._owners.mkdir(parents=True, exist_ok=True)
            sync_folder(self._folder.parent)
            file = (self._owners / self._owner).open("ab")
            fcntl.flock(file, fcntl.LOCK_EX)
            self._held = file

    def _alive(self, owner: str) -> bool:
        if owner == self._owner:
            return True
        try:
            with (self._owners / owner).open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        return False

    def _path(self, receipt_id: str) -> Path:
        return self._folder / f"{receipt_id}.json"


def _spell(intent: Intent) -> bytes:
    receipt = {**asdict(intent.receipt), "received_at": intent.receipt.received_at.isoformat()}
    fields = {"format": 1, "way": intent.way, "owner": intent.owner, "receipt": receipt}
    return json.dumps({**fields, "act": dict(intent.act)}).encode()


def _read(data: bytes) -> Intent:
    value = json.loads(data)
    fields = value["receipt"]
    fields["received_at"] = datetime.fromisoformat(fields["received_at"])
    return Intent(Receipt(**fields), value["way"], value["owner"], value.get("act", {}))
