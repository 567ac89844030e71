"""Rows of a table read whole that are no longer there: sent once more, closed."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from tinh.packs.api import Gone


class Remembered:
    """The rows of the last whole reading that was taken in, by key, on disk: memory stays flat."""

    def __init__(self, path: Path, gone: Gone) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._gone = gone
        self._store = sqlite3.connect(path, isolation_level=None)
        path.chmod(0o600)
        self._store.execute("PRAGMA journal_mode = DELETE")
        self._store.execute("CREATE TABLE IF NOT EXISTS rows (key TEXT PRIMARY KEY, line TEXT, turn INTEGER)")
        self._store.execute("BEGIN IMMEDIATE")
        self._turn = int(self._store.execute("SELECT coalesce(max(turn), 0) + 1 FROM rows").fetchone()[0])

    def see(self, key: str, line: str) -> None:
        self._store.execute("INSERT OR REPLACE INTO rows VALUES (?, ?, ?)", (key, line, self._turn))

    def vanished(self, today: str) -> Iterator[str]:
        """The last lines of what is gone, closed."""
        for (line,) in self._store.execute(
            "SELECT line FROM rows WHERE turn < ? ORDER BY key", (self._turn,)
        ):
            record = json.loads(line, parse_float=_Written)
            record[self._gone.column] = self._gone.value.replace("{today}", today)
            yield _spelt(record) + "\n"

    def keep(self) -> None:
        """What was seen becomes what is remembered; without it nothing has happened."""
        self._store.execute("DELETE FROM rows WHERE turn < ?", (self._turn,))
        self._store.execute("COMMIT")

    def close(self) -> None:
        self._store.close()


class _Written(float):
    """A number as it was written."""

    text: str

    def __new__(cls, text: str) -> _Written:
        made = super().__new__(cls, text)
        made.text = text
        return made

    def __repr__(self) -> str:
        return self.text


def _spelt(record: dict[str, object]) -> str:
    parts = []
    for name, value in record.items():
        text = value.text if isinstance(value, _Written) else json.dumps(value, ensure_ascii=False)
        parts.append(f"{json.dumps(name, ensure_ascii=False)}:{text}")
    return "{" + ",".join(parts) + "}"
