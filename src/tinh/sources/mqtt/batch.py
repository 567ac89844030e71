"""Messages on their way in: each on disk before it is acknowledged, a batch of them one delivery.

`<id>.batch.log` grows; closed it is `<id>.batch.closed`, whose records are always the same bytes, so whoever
is killed in between finds it again and what was taken already is only repeated.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from tinh.kit.durable import remove, sync_folder
from tinh.kit.durable import replace as moved
from tinh.packs.api import MqttWay
from tinh.sources.feeds.errors import DeliveryRefused
from tinh.sources.feeds.job import Job
from tinh.sources.feeds.state import Try
from tinh.sources.mqtt.payload import Message, Unreadable, lines
from tinh.sources.stream_errors import MessageUnreadable


@dataclass(frozen=True, slots=True)
class Taken:
    """A batch that was taken in."""

    found: Try
    messages: int
    first: datetime
    last: datetime


class Batches:
    def __init__(self, job: Job, way: MqttWay) -> None:
        self._job, self._way = job, way
        folder = job.home / "feeds"
        self._log, self._closed = folder / f"{job.feed.id}.batch.log", folder / f"{job.feed.id}.batch.closed"
        self._out: BinaryIO | None = None
        self.marks: dict[int, str] = {}  # by packet id: on disk here
        self.waiting = 0  # messages of the batch that is open

    def resume(self) -> None:
        """Go on with what lies there; a line that a crash tore was never acknowledged."""
        for path in (self._closed, self._log):
            for one in _read(path):
                if one.qos:
                    self.marks[one.mid] = one.mark
                self.waiting += path == self._log
        if self._log.exists():
            whole = sum(len(line) for line in _whole(self._log))
            with self._log.open("r+b") as out:
                out.truncate(whole)

    def put(self, messages: Sequence[Message]) -> None:
        """Keep messages; when this returns they survive a power cut."""
        if self._out is None:
            fresh = not self._log.exists()
            self._out = self._log.open("ab")
            if fresh:
                sync_folder(self._log.parent)
        for one in messages:
            payload = base64.b64encode(one.payload).decode()
            fields = [one.mid, one.qos, one.topic, payload, one.mark, one.at.isoformat()]
            self._out.write(json.dumps(fields).encode() + b"\n")
            if one.qos:
                self.marks[one.mid] = one.mark
        self._out.flush()
        os.fsync(self._out.fileno())
        self.waiting += len(messages)

    def shut(self) -> None:
        """Let go of the file; what is in it stays."""
        if self._out is not None:
            self._out.close()
            self._out = None

    def close(self) -> None:
        """End the open batch."""
        self.shut()
        moved(self._log, self._closed)
        self.waiting = 0

    @property
    def left(self) -> bool:
        """Whether a closed batch waits to be taken in."""
        return self._closed.exists()

    def take(self) -> Taken:
        """Have the closed batch taken in; once more changes nothing."""
        job = self._job
        messages = records = size = 0
        first: datetime | None = None
        last = job.now()
        bad: list[str] = []
        why: Unreadable | None = None
        with job.spool.body.open("wb") as rows, job.spool.more.open("wb") as wrong:
            for one in _read(self._closed):
                messages, size = messages + 1, size + len(one.payload)
                first, last = first or one.at, one.at
                try:
                    found = lines(one, self._way)
                except Unreadable as unread:
                    why = why or unread
                    wrong.write((b"\n" if bad else b"") + one.payload)
                    bad.append(one.topic if not bad else "")
                    continue
                rows.writelines(line.encode() for line in found)
                records += len(found)
        notes: list[dict[str, Any]] = []
        if why is not None:
            topic = bad[0][:200]
            error = MessageUnreadable(count=len(bad), topic=topic, why_vi=why.why.vi, why_en=why.why.en)
            notes.append(error.as_dict())
        done = self._taken(records, size, notes, bool(bad))
        return Taken(done, messages, first or last, last)

    def _taken(self, records: int, size: int, notes: list[dict[str, Any]], bad: bool) -> Try:
        job, feed = self._job, self._job.feed
        receipts: list[str] = []
        fresh = refused = 0
        problem: dict[str, Any] | None = notes[0] if notes else None
        parts = ((records, job.spool.body, ".mqtt.ndjson"), (bad, job.spool.more, ".khong-doc-duoc.json"))
        for there, path, end in parts:
            if not there:
                continue
            taken = job.take(path, feed.dataset, feed.sender, feed.id + end)
            receipts.append(taken.receipt)
            fresh += not taken.repeated
            if taken.refused:
                refused += 1
                problem = problem or DeliveryRefused(receipt=taken.receipt).as_dict()
        now = job.now()
        return replace(
            job.blank, at=now, until=now, records=records, bytes=size, receipts=tuple(receipts),
            refused=refused, error=problem, notes=tuple(notes),
            outcome="refused" if refused else ("new" if fresh else "repeated" if receipts else "nothing"),
        )  # fmt: skip

    def done(self) -> None:
        """The closed batch is taken and remembered."""
        remove(self._closed)


def _whole(path: Path) -> Iterator[bytes]:
    """The lines that were written to their end."""
    if not path.exists():
        return
    with path.open("rb") as found:
        for line in found:
            if line.endswith(b"\n"):
                yield line


def _read(path: Path) -> Iterator[Message]:
    for line in _whole(path):
        mid, qos, topic, payload, mark, at = json.loads(line)
        yield Message(0, mid, qos, topic, base64.b64decode(payload), mark, datetime.fromisoformat(at))


def sample_of(messages: Sequence[Message], way: MqttWay, path: Path) -> int:
    """The records of some messages as a file; how many there are."""
    found = []
    for one in messages:
        try:
            found += lines(one, way)
        except Unreadable:
            continue
    path.write_text("".join(found), "utf-8")
    return len(found)
