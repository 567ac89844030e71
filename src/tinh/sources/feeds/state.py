"""What is remembered of each feed, durably: one file a feed, one puller at a time."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from tinh.kit.durable import write

HISTORY = 200
_EVENTS = (".events", ".events-wal", ".events-shm")
_ENDS = (".json", ".rows", ".batch.log", ".batch.closed", ".edit", ".lock", *_EVENTS)
Outcome = Literal["new", "repeated", "nothing", "refused", "failed"]
_MOMENTS = ("last_try", "last_success", "last_change", "down_since", "retry_at", "paused_at")


@dataclass(frozen=True, slots=True)
class Try:
    """One pull. `count` like ones in a row, all without news, stand as one."""

    at: datetime
    until: datetime
    outcome: Outcome
    count: int = 1
    seconds: float = 0.0
    bytes: int = 0
    records: int | None = None
    receipts: tuple[str, ...] = ()
    taken: int = 0  # files of a folder
    refused: int = 0
    waiting: int = 0
    error: dict[str, Any] | None = None
    notes: tuple[dict[str, Any], ...] = ()
    by: str = ""
    cursor: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "at": self.at.isoformat(), "until": self.until.isoformat()}

    @staticmethod
    def of(value: dict[str, Any]) -> Try:
        known = {f.name for f in fields(Try)}
        kept = {k: v for k, v in value.items() if k in known}
        moments = {k: datetime.fromisoformat(kept[k]) for k in ("at", "until")}
        lists = {k: tuple(kept.get(k, ())) for k in ("receipts", "notes")}
        return Try(**{**kept, **moments, **lists})


@dataclass(slots=True)
class State:
    """`turn` grows when the cursor is reset: a pull begun before may no longer move it."""

    last_try: datetime | None = None
    last_success: datetime | None = None
    last_change: datetime | None = None
    failures: int = 0
    down_since: datetime | None = None
    retry_at: datetime | None = None
    cursor: str = ""
    turn: int = 0
    etag: str = ""
    modified: str = ""
    asked: str = ""
    paused: str = ""
    paused_by: str = ""
    paused_at: datetime | None = None
    error: dict[str, Any] | None = None
    seen: dict[str, list[Any]] = field(default_factory=dict)
    taken: dict[str, list[Any]] = field(default_factory=dict)
    window: dict[str, list[str]] = field(default_factory=dict)  # rows of the overlap: key → cursor, digest
    link: dict[str, Any] = field(default_factory=dict)  # of sources that stay connected: since, last, lag …
    history: list[dict[str, Any]] = field(default_factory=list)  # oldest first

    def tries(self) -> tuple[Try, ...]:
        """Newest first."""
        return tuple(Try.of(one) for one in reversed(self.history))

    def note(self, one: Try) -> None:
        """Remember a try; like ones without news are counted, not repeated."""
        new = {**one.as_dict(), "notes": list(one.notes), "receipts": list(one.receipts)}
        last = self.history[-1] if self.history else None
        alike = last is not None and all(
            last[k] == new[k] for k in ("outcome", "notes", "waiting", "error", "by")
        )
        if last is not None and alike and one.outcome == "nothing":
            last |= {"until": new["at"], "count": last["count"] + 1, "seconds": one.seconds}
            return
        self.history = [*self.history, new][-HISTORY:]

    def gather(self, one: Try) -> None:
        """Remember a batch of a source that stays connected; like ones of an hour stand as one."""
        last = Try.of(self.history[-1]) if self.history else None
        alike = last is not None and (last.outcome, last.error, last.by) == (one.outcome, one.error, one.by)
        if (
            last is None
            or not alike
            or last.at.replace(minute=0, second=0, microsecond=0)
            != one.at.replace(minute=0, second=0, microsecond=0)
        ):
            self.note(one)
            return
        self.history[-1] |= {
            "until": one.until.isoformat(), "count": last.count + 1, "bytes": last.bytes + one.bytes,
            "records": (last.records or 0) + (one.records or 0), "refused": last.refused + one.refused,
            "receipts": [*last.receipts, *one.receipts][-10:],
        }  # fmt: skip


class Ledger:
    """The states of a home's feeds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, feed: str) -> State:
        try:
            value = json.loads(self._path(feed).read_bytes())
        except (FileNotFoundError, ValueError):
            return State()
        known = {f.name for f in fields(State)}
        found = {k: v for k, v in value.items() if k in known}
        for name in _MOMENTS:
            if found.get(name):
                found[name] = datetime.fromisoformat(found[name])
        return State(**found)

    def change(self, feed: str, how: Callable[[State], None]) -> State:
        """Read, change and write a state with nobody in between."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._path(feed, ".edit").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            state = self.read(feed)
            how(state)
            value = {**asdict(state), "format": 1}
            for name in _MOMENTS:
                value[name] = value[name].isoformat() if value[name] else None
            for draft in self.folder.glob(f".{feed}.json.*"):  # of a writer that was killed
                draft.unlink(missing_ok=True)
            write(self._path(feed), json.dumps(value, ensure_ascii=True).encode())
        return state

    def forget(self, feed: str) -> None:
        """Remove everything remembered of a feed."""
        for end in _ENDS:
            self._path(feed, end).unlink(missing_ok=True)

    @contextmanager
    def alone(self, feed: str) -> Iterator[bool]:
        """Hold the right to pull a feed; False when another process or thread has it."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._path(feed, ".lock").open("ab") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    def running(self, feed: str) -> bool:
        try:
            with self._path(feed, ".lock").open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        return False

    def _path(self, feed: str, end: str = ".json") -> Path:
        return self.folder / f"{feed}{end}"
