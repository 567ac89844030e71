"""The kind `mqtt`: topics of a broker. A serving process stays connected; `tinh pull` fetches what waits."""

from __future__ import annotations

import json
import random
import time
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from tinh.kit.ids import fresh
from tinh.packs.api import MqttWay
from tinh.sources.connector_errors import NothingToSee
from tinh.sources.feeds.errors import NotConnected, NotSecure
from tinh.sources.feeds.job import ROWS, Done, Job, Look, Thing, Walk
from tinh.sources.feeds.state import State, Try
from tinh.sources.mqtt.batch import Batches, sample_of
from tinh.sources.mqtt.line import Line
from tinh.sources.mqtt.payload import Message
from tinh.sources.table import AT

_PATIENCE = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)  # pauses before the line is said to be down
_BEAT = 20.0  # seconds between signs of life
_QUIET = 1.0  # without a message: what waited has come
_MOST = 1000  # batches of one asked pull


def _way(job: Job) -> MqttWay:
    assert job.feed.mqtt is not None
    return job.feed.mqtt


def pull(job: Job) -> Done:
    return _Listening(job).run()


class _Listening:
    """One connection's work, batch after batch."""

    def __init__(self, job: Job) -> None:
        self._job, self._way = job, _way(job)
        self._batches = Batches(job, self._way)
        state = job.state
        self._link: dict[str, Any] = {"client": fresh(8), **state.link}
        name = self._way.client or f"tinh-{job.catalogue.id}-{job.feed.id}-{self._link['client']}"
        if not job.dry:
            self._keep()
        self._line = Line(job, self._way, name, job.now, passing=job.dry)
        self._line.taken = {int(mid): str(mark[0]) for mid, mark in state.seen.items()}
        self._tries: list[Try] = []

    def run(self) -> Done:
        job = self._job
        try:
            if job.dry:
                self._connect()
                return self._dry()
            self._batches.resume()
            self._line.taken |= self._batches.marks
            if self._batches.left:
                self._take()
            self._connect()
            return self._rounds()
        finally:
            self._line.close()
            self._batches.shut()
            if not job.dry:
                self._link |= {"connected": ""}
                with suppress(OSError):
                    self._keep()

    def _rounds(self) -> Done:
        """Messages onto the disk, batches in, until stopped; when asked once, until no more come."""
        job, way, batches = self._job, self._way, self._batches
        now = news = opened = beat = time.monotonic()
        while len(self._tries) < _MOST:
            left = opened + way.batch_seconds - now if batches.waiting else _QUIET
            try:
                came = self._line.gather(way.batch_messages - batches.waiting, max(0.0, min(left, _QUIET)))
            except NotConnected:
                if not job.listening:
                    raise
                self._again()
                continue
            now = time.monotonic()
            if came:
                opened, news = (opened if batches.waiting else now), now
                batches.put(came)
                self._line.taken |= {m.mid: m.mark for m in came if m.qos}
                self._line.acknowledge(came)
            rested = not job.listening and now - news >= _QUIET
            due = now - opened >= way.batch_seconds or rested
            if batches.waiting and (due or batches.waiting >= way.batch_messages):
                batches.close()
                self._take()
                beat = news = now = time.monotonic()
            elif job.listening and now - beat >= _BEAT:
                self._beat()
                beat = now
            elif not job.listening and now - news >= 2 * _QUIET:
                break
        return self._sum()

    def _again(self) -> None:
        """Reconnect, with growing pauses."""
        self._line.close()
        for pause in _PATIENCE:
            if self._job.stopping.wait(pause * random.uniform(0.8, 1.2)):
                break
            try:
                self._connect()
                return
            except (NotConnected, NotSecure):
                continue
        self._connect()

    def _connect(self) -> None:
        deadline = self._job.deadline(self._way.connect * 3)
        self._line.open(deadline)
        self._line.subscribe(deadline)
        self._link |= {"connected": _iso(self._job.now()), "session": self._line.session}
        if not self._job.dry:
            self._beat()

    def _take(self) -> None:
        """The closed batch in, noted, and only then forgotten."""
        taken = self._batches.take()
        found, now = taken.found, self._job.now()
        self._link |= {
            "last": _iso(taken.last), "lag": round(max(0.0, (now - taken.first).total_seconds()), 3),
            "messages": int(self._link.get("messages", 0)) + taken.messages,
        }  # fmt: skip
        success = self._job.success(found.outcome == "new")

        def apply(state: State) -> None:
            success(state)
            state.error = found.error
            self._remembered(state)

        if self._job.listening and found.outcome != "nothing":
            self._job.note(found, apply)
        else:
            self._tries += [found] if found.outcome != "nothing" else []
            self._job.change(apply)
        self._batches.done()

    def _beat(self) -> None:
        """Say that the line stands, though nothing comes."""
        success = self._job.success(False)

        def apply(state: State) -> None:
            error = state.error
            success(state)
            state.error = error if error and not error.get("retry") else None
            state.last_try = self._job.now()
            self._remembered(state)

        self._job.change(apply)

    def _keep(self) -> None:
        self._job.change(lambda state: setattr(state, "link", dict(self._link)))

    def _remembered(self, state: State) -> None:
        dropped = int(self._link.get("dropped", 0)) + self._line.dropped
        self._line.dropped = 0
        self._link["dropped"] = dropped
        state.link = dict(self._link)
        state.seen = {str(mid): [mark] for mid, mark in dict(self._line.taken).items()}

    def _dry(self) -> Done:
        batch = self._line.gather(self._way.batch_messages, 5.0, _QUIET)
        done = replace(self._job.blank, outcome="new" if batch else "nothing", records=len(batch))
        return done, lambda _: None

    def _sum(self) -> Done:
        """All batches of an asked pull as one."""
        tries, blank = self._tries, self._job.blank
        if not tries:
            return replace(blank, outcome="nothing"), self._job.success(False)
        outcomes = {one.outcome for one in tries}
        problem = next((one.error for one in reversed(tries) if one.error), None)
        done = replace(
            blank, records=sum(one.records or 0 for one in tries), bytes=sum(one.bytes for one in tries),
            receipts=tuple(r for one in tries for r in one.receipts)[-50:], error=problem,
            refused=sum(one.refused for one in tries),
            notes=tuple(n for one in tries for n in one.notes)[:20],
            outcome=next(o for o in ("refused", "new", "repeated") if o in outcomes),
        )  # fmt: skip
        success = self._job.success("new" in outcomes)

        def apply(state: State) -> None:
            success(state)
            state.error = problem

        return done, apply


def _iso(moment: datetime) -> str:
    return moment.isoformat()


# ── looking ─────────────────────────────────────────────────────────────────────────


def check(job: Job, walk: Walk) -> None:
    way = _way(job)
    deadline = job.deadline(way.connect * 3 + 20)
    with walk.step("Tìm máy chủ", "Find the broker") as say:
        found = job.addresses(way.host, way.port, way.allow_private, deadline)
        say(", ".join(found), ", ".join(found))
    if way.password:
        with walk.step("Lấy mật khẩu trong kho bí mật", "Take the password from the vault"):
            job.secrets.get(way.password)
    line = Line(job, way, f"tinh-thu-{fresh(8)}", job.now, passing=True)
    try:
        with walk.step("Kết nối và đăng nhập MQTT 5", "Connect and sign in (MQTT 5)") as say:
            line.open(deadline)
            say(way.shown, way.shown)
        with walk.step("Đăng ký các chủ đề", "Subscribe to the topics") as say:
            granted = line.subscribe(deadline)
            if any(quality < 1 for quality in granted):
                say("máy chủ chỉ cho QoS 0: mất mạng là mất bản tin",
                    "the broker grants QoS 0 only: what is sent while we are away is lost")  # fmt: skip
        with walk.step("Chờ một bản tin", "Wait for a message") as say:
            came = line.gather(ROWS, 3.0, 1.0)
            say(f"{len(came)} bản tin trong 3 giây", f"{len(came)} messages in 3 seconds")
    finally:
        line.close()


def _passing(job: Job, seconds: float, most: int) -> list[Message]:
    way = _way(job)
    line = Line(job, way, f"tinh-thu-{fresh(8)}", job.now, passing=True)
    try:
        deadline = job.deadline(way.connect * 3)
        line.open(deadline)
        line.subscribe(deadline)
        return line.gather(min(most, way.batch_messages), seconds, 2.0)
    finally:
        line.close()


def look(job: Job) -> Look:
    came = _passing(job, 5.0, 200)
    things = tuple(Thing(topic, "topic") for topic in sorted({one.topic for one in came})[:200])
    count = sample_of(came, _way(job), job.spool.body)
    if not count:
        return Look(things=things)
    with job.spool.body.open(encoding="utf-8") as found:
        rows = [json.loads(next(found)) for _ in range(min(ROWS, count))]
    columns = tuple(dict.fromkeys(name for row in rows for name in row if name != AT))
    shown = tuple(tuple(None if row.get(c) is None else str(row[c])[:200] for c in columns) for row in rows)
    return Look(things=things, columns=columns, rows=shown)


def sample(job: Job, rows: int) -> tuple[Path, str]:
    came = _passing(job, 20.0, min(rows, 500))
    if not sample_of(came, _way(job), job.spool.body):
        raise NothingToSee
    return job.spool.body, f"{job.feed.id}.mqtt.ndjson"
