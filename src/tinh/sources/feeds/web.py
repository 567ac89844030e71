"""The kind `http`: one web address, asked by the clock."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from tinh.packs.api import HttpWay
from tinh.sources.connector_errors import NothingToSee
from tinh.sources.feeds.contents import greater
from tinh.sources.feeds.glimpse import first_rows
from tinh.sources.feeds.job import Done, Job, Look, Thing, Walk
from tinh.sources.feeds.pulled import Pulled, fetch
from tinh.sources.feeds.state import State


def _way(job: Job) -> HttpWay:
    assert job.feed.http is not None
    return job.feed.http


def _fetched(job: Job) -> Pulled:
    local = job.blank.at.astimezone(ZoneInfo(job.catalogue.timezone))
    dataset = job.catalogue.datasets.get(job.feed.dataset)
    return fetch(
        job.feed, _way(job), dataset, job.state, local, job.ground, job.secrets, job.spool, job.resolve,
        job.stopping,
    )  # fmt: skip


def pull(job: Job) -> Done:
    got = _fetched(job)
    cursor = got.cursor if greater(got.cursor, job.state.cursor) else ""
    done = replace(job.blank, bytes=got.size, records=got.records, cursor=cursor)

    def keep(state: State) -> None:
        state.cursor = cursor or state.cursor
        state.etag, state.modified, state.asked = got.etag, got.modified, got.asked

    if got.path is None:
        return replace(done, outcome="nothing"), job.kept(keep, changed=False)
    if job.dry:
        return replace(done, outcome="new"), job.success(False)
    return job.delivered(got.path, got.name, done, keep)


def check(job: Job, walk: Walk) -> None:
    with walk.step("Hỏi địa chỉ và đọc câu trả lời", "Ask the address and read its answer") as say:
        got = _fetched(job)
        if got.path is None:
            say("nguồn trả lời, chưa có gì mới", "it answers; nothing is new")
        else:
            count = got.records if got.records is not None else "?"
            say(f"{got.size} byte, {count} bản ghi, {got.pages} trang",
                f"{got.size} bytes, {count} records, {got.pages} pages")  # fmt: skip


def look(job: Job) -> Look:
    path, name = sample(job, 0)
    found = first_rows(path, name)
    return replace(found, things=(Thing(name, "file"),))


def sample(job: Job, rows: int) -> tuple[Path, str]:  # noqa: ARG001  an answer is kept whole
    got = _fetched(job)
    if got.path is None:
        raise NothingToSee
    return got.path, got.name
