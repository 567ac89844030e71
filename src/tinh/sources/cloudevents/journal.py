"""Events of one source on disk: which came, and the lines that wait to become a delivery.

An event and its lines are written in one transaction, so what was acknowledged is never lost and what came
before never counts again. A delivery is a numbered batch: numbered first, handed on, then removed. After a
crash the same batch makes the same bytes, which the corridor knows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tinh.kit.errors import TinhError
from tinh.kit.ids import digest
from tinh.sources.cloudevents.event import Event
from tinh.sources.event_errors import JournalFails, TooManyWaiting

KEPT = timedelta(days=30)  # how long an event that came is known by its source and id
WAITING = 200_000  # lines beyond which senders are asked to wait
RECENT = 20
_SHAPE = (
    "CREATE TABLE IF NOT EXISTS came (mark TEXT PRIMARY KEY, at TEXT NOT NULL) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS came_at ON came (at)",
    "CREATE TABLE IF NOT EXISTS line "
    "(n INTEGER PRIMARY KEY AUTOINCREMENT, batch INTEGER, text TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS told (name TEXT PRIMARY KEY, value) WITHOUT ROWID",
)


@dataclass(frozen=True, slots=True)
class Counted:
    taken: int
    repeated: int


class Journal:
    def __init__(self, home: Path, feed: str) -> None:
        self._path, self._feed = home / "feeds" / f"{feed}.events", feed

    def put(self, events: Sequence[tuple[Event, Sequence[str]]], now: datetime) -> Counted:
        """Keep events with their lines; when this returns they survive a power cut."""
        taken = 0
        with self._open() as db:
            waiting = db.execute("SELECT count(*) FROM line").fetchone()[0]
            if waiting > WAITING:
                raise TooManyWaiting(feed=self._feed, count=waiting)
            for event, lines in events:
                mark = digest(f"{event.source}\n{event.id}".encode())
                if db.execute("INSERT OR IGNORE INTO came VALUES (?, ?)", (mark, now.isoformat())).rowcount:
                    db.executemany("INSERT INTO line (text) VALUES (?)", [(line,) for line in lines])
                    taken += 1
            repeated = len(events) - taken
            self._count(db, messages=taken, repeated=repeated)
            if events:
                self._tell(db, last=now.isoformat())
            db.execute("DELETE FROM came WHERE at < ?", ((now - KEPT).isoformat(),))
        return Counted(taken, repeated)

    def refused(self, error: TinhError, now: datetime) -> None:
        """Remember that a request of a known sender was refused, and why."""
        with self._open() as db:
            self._count(db, refused=1)
            said = error.detail()
            self._tell(
                db,
                refused_last=now.isoformat(),
                refused_code=error.code,
                refused_vi=said.vi,
                refused_en=said.en,
            )

    def figures(self) -> dict[str, Any]:
        """What the source's page shows: messages, repeated, refused, last, waiting."""
        if not self._path.exists():
            return {}
        with self._open() as db:
            found = dict(db.execute("SELECT name, value FROM told WHERE name NOT LIKE 'recent%'").fetchall())
            found["waiting"] = db.execute("SELECT count(*) FROM line").fetchone()[0]
        return found

    def batch(self, path: Path, most: int) -> tuple[int, int]:
        """The oldest batch as a file, and its number and count; none left: 0, 0."""
        if not self._path.exists():
            return 0, 0
        with self._open() as db:
            number = db.execute("SELECT min(batch) FROM line").fetchone()[0]
            if number is None:
                first = db.execute("SELECT min(n) FROM line").fetchone()[0]
                if first is None:
                    return 0, 0
                number = first
                db.execute(
                    "UPDATE line SET batch = ? WHERE n IN (SELECT n FROM line ORDER BY n LIMIT ?)",
                    (number, most),
                )
        count = 0
        with self._open() as db, path.open("wb") as out:
            for (text,) in db.execute("SELECT text FROM line WHERE batch = ? ORDER BY n", (number,)):
                out.write(text.encode())
                count += 1
        return int(number), count

    def done(self, number: int) -> None:
        """A batch was handed on; its last lines stay to be looked at."""
        with self._open() as db:
            rows = db.execute(
                "SELECT text FROM line WHERE batch = ? ORDER BY n DESC LIMIT ?", (number, RECENT)
            ).fetchall()
            self._tell(db, recent="".join(text for (text,) in reversed(rows)))
            db.execute("DELETE FROM line WHERE batch = ?", (number,))

    def recent(self) -> str:
        """The newest lines."""
        if not self._path.exists():
            return ""
        with self._open() as db:
            waiting = db.execute("SELECT text FROM line ORDER BY n DESC LIMIT ?", (RECENT,)).fetchall()
            if waiting:
                return "".join(text for (text,) in reversed(waiting))
            found = db.execute("SELECT value FROM told WHERE name = 'recent'").fetchone()
        return str(found[0]) if found else ""

    # ── on disk ─────────────────────────────────────────────────────────────────────

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path, timeout=15, isolation_level=None)) as db:
                db.execute("PRAGMA journal_mode = WAL")
                db.execute("PRAGMA synchronous = FULL")
                db.execute("BEGIN IMMEDIATE")
                try:
                    for one in _SHAPE:
                        db.execute(one)
                    yield db
                except BaseException:
                    db.execute("ROLLBACK")
                    raise
                db.execute("COMMIT")
        except (sqlite3.Error, OSError) as fault:
            raise JournalFails(reason=str(fault)[:200]) from fault

    @staticmethod
    def _count(db: sqlite3.Connection, **more: int) -> None:
        for name, count in more.items():
            db.execute(
                "INSERT INTO told VALUES (?, ?) "
                "ON CONFLICT (name) DO UPDATE SET value = value + excluded.value",
                (name, count),
            )

    @staticmethod
    def _tell(db: sqlite3.Connection, **facts: str) -> None:
        for name, value in facts.items():
            db.execute("INSERT OR REPLACE INTO told VALUES (?, ?)", (name, value))
