"""More time for one delivery: asked for, granted, refused or taken back, each a line that stays.

`<home>/extensions.ndjson` is only ever added to. What holds follows from its lines: a window is
extended by the last grant that nobody took back.
"""

from __future__ import annotations

import fcntl
import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from tinh.flow.calendar import window_of
from tinh.flow.extension_errors import ExtensionUnfit, NoSuchExtension
from tinh.kit import periods
from tinh.kit.clock import Clock
from tinh.packs.api import Dataset

Step = Literal["asked", "granted", "refused", "undone"]
FARTHEST = timedelta(days=366)
LONGEST = 500


@dataclass(frozen=True, slots=True)
class Extension:
    """One line. `until` is the last day on which the delivery is on time; `of` the line it answers."""

    number: int
    what: Step
    at: datetime
    by: str
    dataset: str
    window: str
    until: date
    reason: str
    of: int = 0

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "at": self.at.isoformat(), "until": self.until.isoformat()}


class Extensions:
    """The book of one province."""

    def __init__(self, home: Path, clock: Clock, timezone: str) -> None:
        self._path = home / "extensions.ndjson"
        self._clock = clock
        self._zone = ZoneInfo(timezone)
        self._lock = threading.Lock()
        self._read: tuple[int, tuple[Extension, ...]] = (-1, ())

    def all(self) -> tuple[Extension, ...]:
        """Every line, the oldest first."""
        with self._lock:
            try:
                size = self._path.stat().st_size
            except FileNotFoundError:
                return ()
            if size != self._read[0]:
                self._read = (size, tuple(self._lines()))
            return self._read[1]

    def granted(self) -> tuple[Extension, ...]:
        """The grants that hold: of each window the last that was not taken back."""
        held: dict[tuple[str, str], list[Extension]] = {}
        for line in self.all():
            mine = held.setdefault((line.dataset, line.window), [])
            if line.what == "granted":
                mine.append(line)
            elif line.what == "undone":
                mine[:] = [one for one in mine if one.number != line.of]
        return tuple(mine[-1] for mine in held.values() if mine)

    def waiting(self) -> tuple[Extension, ...]:
        """Requests nobody has answered."""
        answered = {line.of for line in self.all()}
        return tuple(line for line in self.all() if line.what == "asked" and line.number not in answered)

    def of(self, dataset: str) -> Mapping[str, datetime]:
        """The moments until which extended windows of a dataset are on time."""
        return {one.window: self._end(one.until) for one in self.granted() if one.dataset == dataset}

    def ask(
        self, dataset: Dataset, window: str, due: datetime, until: date, by: str, reason: str
    ) -> Extension:
        """An agency asks for more time; `due` is the deadline so far."""
        self._fits(dataset, window, due, until, reason)
        return self._add("asked", by, dataset.id, window, until, reason)

    def grant(
        self, dataset: Dataset, window: str, due: datetime, until: date, by: str, reason: str, of: int = 0
    ) -> Extension:
        """More time, as asked for in line `of` or unasked."""
        self._fits(dataset, window, due, until, reason)
        if of and of not in {one.number for one in self.waiting()}:
            raise NoSuchExtension(number=of)
        return self._add("granted", by, dataset.id, window, until, reason, of)

    def refuse(self, number: int, by: str, reason: str) -> Extension:
        asked = next((one for one in self.waiting() if one.number == number), None)
        return self._close(asked, "refused", number, by, reason)

    def undo(self, number: int, by: str, reason: str) -> Extension:
        """Take a grant back; the old deadline holds again."""
        given = next((one for one in self.granted() if one.number == number), None)
        return self._close(given, "undone", number, by, reason)

    def _close(self, found: Extension | None, what: Step, number: int, by: str, reason: str) -> Extension:
        if found is None:
            raise NoSuchExtension(number=number)
        if not reason.strip():
            raise ExtensionUnfit(reason_vi="chưa ghi lý do", reason_en="no reason is given")
        return self._add(what, by, found.dataset, found.window, found.until, reason, number)

    def _fits(self, dataset: Dataset, window: str, due: datetime, until: date, reason: str) -> None:
        grain = window_of(dataset)
        try:
            fits = grain is not None and periods.grain_of(window) == grain
        except ValueError:
            fits = False
        if not fits:
            raise ExtensionUnfit(
                reason_vi=f"“{window[:20]}” không phải là kỳ gửi của bộ dữ liệu này",
                reason_en=f'"{window[:20]}" is no window of this dataset',
            )
        if not due < self._end(until) <= due + FARTHEST:
            raise ExtensionUnfit(
                reason_vi="ngày mới phải sau hạn cũ và trong vòng một năm",
                reason_en="the new day must be after the deadline and within a year of it",
            )
        if not reason.strip():
            raise ExtensionUnfit(reason_vi="chưa ghi lý do", reason_en="no reason is given")

    def _end(self, until: date) -> datetime:
        return datetime.combine(until + timedelta(days=1), time(), self._zone)

    def _add(
        self, what: Step, by: str, dataset: str, window: str, until: date, reason: str, of: int = 0
    ) -> Extension:
        said = " ".join(reason.replace("\0", "").split())[:LONGEST]
        with self._turn() as handle:
            lines = list(self._lines())
            if of and any(line.of == of for line in lines if line.what != "undone" or what == "undone"):
                raise NoSuchExtension(number=of)  # somebody else was faster
            number = lines[-1].number + 1 if lines else 1
            made = Extension(number, what, self._clock.now(), by, dataset, window, until, said, of)
            os.write(handle, json.dumps(made.as_dict(), ensure_ascii=False).encode() + b"\n")
            os.fsync(handle)
        return made

    @contextmanager
    def _turn(self) -> Iterator[int]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            size = os.fstat(handle).st_size
            if size and os.pread(handle, 1, size - 1) != b"\n":
                os.write(handle, b"\n")  # a line cut by a crash stays alone
            yield handle
        finally:
            os.close(handle)

    def _lines(self) -> Iterator[Extension]:
        for text in self._path.read_bytes().splitlines():
            try:
                said = json.loads(text)
                yield Extension(
                    **{
                        **said,
                        "at": datetime.fromisoformat(said["at"]),
                        "until": date.fromisoformat(said["until"]),
                    }
                )
            except (ValueError, TypeError, KeyError):
                continue  # a line cut by a crash
