"""The kind `folder`: files that appear in a folder of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tinh.kit.durable import write
from tinh.packs.api import FolderWay
from tinh.sources.connector_errors import NothingToSee
from tinh.sources.feeds.files import pull_files
from tinh.sources.feeds.folder import Seen, Watched
from tinh.sources.feeds.glimpse import first_rows
from tinh.sources.feeds.job import Done, Job, Look, Thing, Walk


class _Folder(Watched):
    def fetch(self, seen: Seen) -> Iterator[bytes]:
        return self.pieces(seen)


def _way(job: Job) -> FolderWay:
    assert job.feed.folder is not None
    return job.feed.folder


def _place(job: Job) -> _Folder:
    way = _way(job)
    return _Folder(way, job.ground.folder(way.path), job.known_sender)


def pull(job: Job) -> Done:
    return pull_files(job, _place(job), _way(job).settle, _way(job).after)


def check(job: Job, walk: Walk) -> None:
    with walk.step("Mở thư mục", "Open the folder") as say:
        found, wrong = _place(job).look()
        say(
            f"{len(found)} tệp phù hợp, {len(wrong)} không nhận",
            f"{len(found)} files fit, {len(wrong)} do not",
        )


def look(job: Job) -> Look:
    found, _ = _place(job).look()
    things = tuple(Thing(one.shown, "file", str(one.size)) for one in found)
    if not found:
        return Look(things=things)
    path, name = sample(job, 0)
    shown = first_rows(path, name)
    return Look(things=things, columns=shown.columns, rows=shown.rows)


def sample(job: Job, rows: int) -> tuple[Path, str]:  # noqa: ARG001  a file is looked at whole
    place = _place(job)
    found, _ = place.look()
    if not found:
        raise NothingToSee
    write(job.spool.body, place.pieces(found[-1]))
    return job.spool.body, found[-1].shown
