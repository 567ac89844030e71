"""The kind `s3`: objects of a bucket, each taken once by its ETag."""

from __future__ import annotations

import fnmatch
import posixpath
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError, NotFoundError, PermissionDeniedError, UnauthenticatedError
from obstore.store import S3Store

from tinh.packs.api import S3Way
from tinh.sources.connector_errors import NothingToSee, RemoteUnreadable, SignInRefused
from tinh.sources.feeds.errors import FeedError, NotConnected, TooMuch
from tinh.sources.feeds.files import pull_files
from tinh.sources.feeds.folder import DONE, FAILED, Seen, StillWritten, fits
from tinh.sources.feeds.glimpse import first_rows
from tinh.sources.feeds.job import Done, Job, Look, Thing, Walk
from tinh.sources.feeds.network import Deadline
from tinh.sources.limits import MB, size_text

_LISTED = 100_000
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Object(Seen):
    """`name` is the whole key."""

    @property
    def shown(self) -> str:
        return posixpath.basename(self.name)


def _way(job: Job) -> S3Way:
    assert job.feed.s3 is not None
    return job.feed.s3


def pull(job: Job) -> Done:
    place = _Place(job, job.deadline(_way(job).total))
    return pull_files(job, place, 0.0, _way(job).after)


class _Place:
    def __init__(self, job: Job, deadline: Deadline) -> None:
        self._job, self._way, self._deadline = job, _way(job), deadline
        way = self._way
        parts = urlsplit(way.endpoint or f"https://s3.{way.region or 'us-east-1'}.amazonaws.com")
        self.host = parts.hostname or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        self.addresses = job.addresses(self.host, port, way.allow_private, deadline)
        facts: dict[str, Any] = {
            "region": way.region or "us-east-1", "virtual_hosted_style_request": not way.path_style,
        }  # fmt: skip
        if way.endpoint:
            facts["endpoint"] = way.endpoint
        if way.access_key:
            facts["access_key_id"] = job.secrets.get(way.access_key)
            facts["secret_access_key"] = job.secrets.get(way.secret_key)
        else:
            facts["skip_signature"] = True
        self._store = S3Store(
            way.bucket, **facts,
            client_options={
                "allow_http": parts.scheme == "http", "timeout": "300s", "connect_timeout": "15s",
            },
            retry_config={"max_retries": 2},
        )  # fmt: skip

    def look(self) -> tuple[list[Seen], list[FeedError]]:
        found: list[Seen] = []
        prefix = self._way.prefix
        # The library lists by whole steps; a prefix that ends inside a name is sifted here.
        folder = prefix.rsplit("/", 1)[0] if "/" in prefix else ""
        count = 0
        with self._said(self._way.shown):
            for batch in obstore.list(self._store, prefix=folder or None):
                self._deadline.left(None, self.host)
                for meta in batch:
                    count += 1
                    key = str(meta["path"])
                    if count <= _LISTED and key.startswith(prefix) and self._wanted(key):
                        moment = int(meta["last_modified"].timestamp() * 1e9)
                        tag = str(meta.get("version") or meta.get("e_tag") or "")
                        found.append(Object("", key, int(meta["size"]), moment, tag))
        return sorted(found, key=lambda s: (s.changed, s.name)), []

    def _wanted(self, key: str) -> bool:
        steps = key.split("/")
        away = {DONE, FAILED} & set(steps[:-1]) if self._way.after != "leave" else set()
        return not away and fits(steps[-1], self._way.patterns)

    def fetch(self, seen: Seen) -> Iterator[bytes]:
        limit = self._way.largest * MB
        if seen.size > limit:
            raise TooMuch(limit=size_text(limit))
        with self._said(seen.name):
            got = obstore.get(self._store, seen.name)
            now = str(got.meta.get("version") or got.meta.get("e_tag") or "")
            if now != seen.tag or int(got.meta["size"]) != seen.size:
                raise StillWritten
            came = 0
            for block in got.stream(min_chunk_size=_BLOCK):
                self._deadline.left(None, self.host)
                came += len(block)
                yield bytes(block)
        if came != seen.size:
            raise StillWritten

    def put_away(self, seen: Seen, where: str) -> None:
        head, name = posixpath.split(seen.name)
        stem, end = posixpath.splitext(name)
        with self._said(seen.name):
            target = posixpath.join(head, where, name)
            number = 1
            while self._there(target):
                number += 1
                target = posixpath.join(head, where, f"{stem} ({number}){end}")
            obstore.copy(self._store, seen.name, target)
            obstore.delete(self._store, seen.name)

    def remove(self, seen: Seen) -> None:
        with self._said(seen.name):
            obstore.delete(self._store, seen.name)

    def _there(self, key: str) -> bool:
        try:
            obstore.head(self._store, key)
        except (NotFoundError, FileNotFoundError):
            return False
        return True

    @contextmanager
    def _said(self, what: str) -> Iterator[None]:
        try:
            yield
        except (PermissionDeniedError, UnauthenticatedError, PermissionError) as error:
            raise SignInRefused(
                host=self.host, user=self._way.access_key or "–", reason=_short(error)
            ) from error
        except (NotFoundError, FileNotFoundError) as error:
            raise RemoteUnreadable(path=what, reason=_short(error)) from error
        except (BaseError, OSError) as error:
            text = _short(error)
            if fnmatch.fnmatch(text.lower(), "*connect*") or "error sending request" in text.lower():
                raise NotConnected(host=self.host, reason=text) from error
            raise RemoteUnreadable(path=what, reason=text) from error


def check(job: Job, walk: Walk) -> None:
    with walk.step("Tìm kho", "Find the storage") as say:
        place = _Place(job, job.deadline(90.0))
        say(", ".join(place.addresses), ", ".join(place.addresses))
    with walk.step("Đăng nhập và xem bucket", "Sign in and see the bucket") as say:
        found, _ = place.look()
        say(f"{len(found)} tệp phù hợp", f"{len(found)} objects fit")


def look(job: Job) -> Look:
    place = _Place(job, job.deadline(120.0))
    found, _ = place.look()
    things = tuple(Thing(one.name, "file", str(one.size)) for one in found[:200])
    if not found:
        return Look(things=things)
    path, name = _kept(job, place, found[-1])
    shown = first_rows(path, name)
    return Look(things=things, columns=shown.columns, rows=shown.rows)


def sample(job: Job, rows: int) -> tuple[Path, str]:  # noqa: ARG001  an object is looked at whole
    place = _Place(job, job.deadline(_way(job).total))
    found, _ = place.look()
    if not found:
        raise NothingToSee
    return _kept(job, place, found[-1])


def _kept(job: Job, place: _Place, seen: Seen) -> tuple[Path, str]:
    with job.spool.body.open("wb") as into:
        for block in place.fetch(seen):
            into.write(block)
    return job.spool.body, seen.shown


def _short(error: BaseException) -> str:
    return " ".join(str(error).split("\n")[0].split())[:200] or type(error).__name__
