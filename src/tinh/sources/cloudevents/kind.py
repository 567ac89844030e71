"""The kind `cloudevents`: what came to the door and waits on disk becomes deliveries."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from tinh.packs.api import EventWay
from tinh.sources.cloudevents.journal import Journal
from tinh.sources.connector_errors import NothingToSee
from tinh.sources.feeds.errors import DeliveryRefused
from tinh.sources.feeds.glimpse import first_rows
from tinh.sources.feeds.job import Done, Job, Look, Walk
from tinh.sources.feeds.state import State

BATCH = 5000  # lines of one delivery
_MOST = 200  # deliveries of one pull


def _way(job: Job) -> EventWay:
    assert job.feed.cloudevents is not None
    return job.feed.cloudevents


def pull(job: Job) -> Done:
    """Everything that waits, batch after batch."""
    journal, feed = Journal(job.home, job.feed.id), job.feed
    receipts: list[str] = []
    records = size = refused = fresh = 0
    problem: dict[str, Any] | None = None
    for _ in range(_MOST):
        if job.dry or job.stopping.is_set():
            break
        number, count = journal.batch(job.spool.body, BATCH)
        if not count:
            break
        records, size = records + count, size + job.spool.body.stat().st_size
        taken = job.take(job.spool.body, feed.dataset, feed.sender, f"{feed.id}.cloudevents.ndjson")
        journal.done(number)
        receipts.append(taken.receipt)
        fresh += not taken.repeated
        if taken.refused:
            refused += 1
            problem = problem or DeliveryRefused(receipt=taken.receipt).as_dict()
    now = job.now()
    done = replace(
        job.blank, at=now, until=now, records=records or None, bytes=size, receipts=tuple(receipts),
        refused=refused, error=problem,
        outcome="refused" if refused else "new" if fresh else "repeated" if receipts else "nothing",
    )  # fmt: skip
    success = job.success(fresh > 0)

    def apply(state: State) -> None:
        kept = state.error
        success(state)
        state.error = problem if receipts else kept

    return done, apply


def check(job: Job, walk: Walk) -> None:
    way = _way(job)
    with walk.step("Địa chỉ nhận", "Address") as say:
        say(job.feed.where, job.feed.where)
    with walk.step("Cách xác thực", "How senders sign in") as say:
        if way.secret:
            job.secrets.get(way.secret)
            say("chữ ký HMAC hoặc khóa dịch vụ", "HMAC signature or service key")
        else:
            say("khóa dịch vụ được phép gửi", "service key that may push")
    with walk.step("Đã nhận", "Come so far") as say:
        found = journal_of(job).figures()
        say(f"{found.get('messages', 0)} sự kiện", f"{found.get('messages', 0)} events")


def look(job: Job) -> Look:
    if not journal_of(job).recent():
        return Look()  # nothing has come yet, which is no fault
    path, name = sample(job, 0)
    shown = first_rows(path, name)
    return Look(columns=shown.columns, rows=shown.rows)


def sample(job: Job, rows: int) -> tuple[Path, str]:  # noqa: ARG001  the newest lines are few
    text = journal_of(job).recent()
    if not text:
        raise NothingToSee
    job.spool.body.write_text(text, "utf-8")
    return job.spool.body, f"{job.feed.id}.cloudevents.ndjson"


def journal_of(job: Job) -> Journal:
    return Journal(job.home, job.feed.id)
