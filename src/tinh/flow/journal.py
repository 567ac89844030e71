"""One line a run: what was done, how long each step took, what came of it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

from tinh.kit.ids import fresh

log = structlog.get_logger()
KEEP_FILES = 60
MAX_BYTES = 32 * 2**20


@dataclass(slots=True)
class Run:
    """A run in progress. Steps of one name add up."""

    id: str
    kind: str
    started_at: datetime
    steps: dict[str, float] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        begin = time.perf_counter()
        try:
            yield
        finally:
            self.steps[name] = self.steps.get(name, 0.0) + time.perf_counter() - begin


class Journal:
    """Appends runs to a file a day; the oldest files go."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def run(self, kind: str, now: datetime) -> Iterator[Run]:
        run = Run(fresh(), kind, now)
        begin = time.perf_counter()
        failed: BaseException | None = None
        try:
            yield run
        except BaseException as error:
            failed = error
            raise
        finally:
            if run.facts or failed is not None:
                self._write(run, time.perf_counter() - begin, failed)

    def last(self, count: int = 50) -> list[dict[str, Any]]:
        """The newest runs first."""
        lines: list[dict[str, Any]] = []
        for path in sorted(self._folder.glob("*.ndjson"), reverse=True):
            for line in reversed(path.read_bytes().splitlines()):
                try:
                    lines.append(json.loads(line))
                except ValueError:
                    continue  # a line cut by a crash
                if len(lines) == count:
                    return lines
        return lines

    def _write(self, run: Run, seconds: float, failed: BaseException | None) -> None:
        line = {
            "run": run.id,
            "kind": run.kind,
            "started_at": run.started_at.isoformat(),
            "seconds": round(seconds, 4),
            "steps": {name: round(value, 4) for name, value in run.steps.items()},
            **run.facts,
            **({"failed": f"{type(failed).__name__}: {failed}"[:500]} if failed else {}),
        }
        log.info("flow.run", **line)
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{run.started_at:%Y-%m-%d}.ndjson"
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
        try:
            os.write(handle, json.dumps(line, ensure_ascii=False, default=str).encode() + b"\n")
            size = os.fstat(handle).st_size
        finally:
            os.close(handle)
        if size > MAX_BYTES:
            path.replace(path.with_name(f"{path.stem}-{run.id}.ndjson"))
        for old in sorted(self._folder.glob("*.ndjson"))[:-KEEP_FILES]:
            old.unlink(missing_ok=True)
