"""One web address asked once: a file on disk that is what was declared, or word that nothing is new."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tinh.packs.api import Dataset, Feed, HttpWay
from tinh.sources.feeds.contents import examine, scan
from tinh.sources.feeds.fetching import Answer, Fetcher, basic, name_of
from tinh.sources.feeds.filling import Filling, filling
from tinh.sources.feeds.ground import Ground
from tinh.sources.feeds.network import Deadline, Resolve
from tinh.sources.feeds.pages import assemble
from tinh.sources.feeds.secrets import Secrets
from tinh.sources.feeds.state import State
from tinh.sources.feeds.tokens import Door, Tokens

_ACCEPT = {
    "csv": "text/csv, text/plain;q=0.8, */*;q=0.5",
    "json": "application/json, */*;q=0.5",
    "ndjson": "application/x-ndjson, application/json;q=0.8, */*;q=0.5",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet, */*;q=0.5",
}


@dataclass(frozen=True, slots=True)
class Pulled:
    """`path` is None when nothing is new."""

    path: Path | None
    name: str
    size: int
    asked: str
    records: int | None = None
    pages: int = 1
    cursor: str = ""
    etag: str = ""
    modified: str = ""


class Spool:
    """Where answers lie until they are taken in; what a crash left goes at the next pull."""

    def __init__(self, folder: Path, feed: str) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.body, self.part = folder / f"{feed}.body", folder / f"{feed}.part"
        self.more = folder / f"{feed}.more"
        self._papers = list(folder.glob(f"{feed}.*.paper"))
        self.clear()

    def paper(self, what: str, text: str) -> Path:
        """A small file that only its owner may read, for a driver that takes files only."""
        path = self.body.with_suffix(f".{what}.paper")
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(text)
        self._papers.append(path)
        return path

    def clear(self) -> None:
        for path in (self.body, self.part, self.more, *self._papers):
            with suppress(FileNotFoundError):
                path.unlink()


def fetch(
    feed: Feed,
    way: HttpWay,
    dataset: Dataset | None,
    state: State,
    local: datetime,
    ground: Ground,
    secrets: Secrets,
    spool: Spool,
    resolve: Resolve,
    stopping: threading.Event | None = None,
) -> Pulled:
    """Ask, and put what comes into the spool; every refusal is a FeedError."""
    fill = filling(way, dataset, local, state.cursor, secrets)
    deadline = Deadline(way.total, stopping)
    fetcher = Fetcher(way, ground, deadline, resolve)
    if way.oauth is not None:
        fetcher.tokens = Tokens(way, ground, deadline, resolve)
    try:
        return _fetch(feed, way, state, fill, fetcher, spool)
    finally:
        fetcher.close()


def _fetch(feed: Feed, way: HttpWay, state: State, fill: Filling, fetcher: Fetcher, spool: Spool) -> Pulled:
    url, asked = fill.url(way.url), fill.shown(way.url)
    own = {name: fill.header(value) for name, value in way.headers.items()}
    if way.user:
        own["Authorization"] = basic(way.user, fill.secrets.get(way.password))
    headers = {"Accept": _ACCEPT[way.format]}
    if state.asked == asked and way.paging is None:
        headers |= {"If-None-Match": state.etag} if state.etag else {}
        headers |= {"If-Modified-Since": state.modified} if state.modified else {}

    if way.body:
        own["Content-Type"] = way.body_kind
    door = Door(way, fill, fetcher, own)

    def ask(address: str, into: Path, page: str = "") -> Answer:
        posted = fill.body(way.body, way.body_kind, page) if way.body else None
        answer = door.answer(address, headers, into, posted)
        quiet = way.format == "ndjson" and way.cursor is not None and not answer.size  # no line, no news
        if answer.status not in (204, 304) and not quiet:
            examine(into, way.format, answer.kind)
        return answer

    records: int | None = None
    pages, cursor = 1, ""
    if way.format == "json" and (way.paging or way.records or way.cursor):
        with spool.body.open("wb") as out:
            records, pages, cursor, answer = assemble(way, url, ask, spool.part, out)
        suffix = "ndjson"
    else:
        answer, suffix = ask(url, spool.body), way.format
        if way.cursor is not None and answer.status not in (204, 304):
            records, cursor = scan(spool.body, way.format, way.cursor.field)
        elif answer.size < 64 and spool.body.read_bytes().strip() == b"[]":
            records = 0
    empty = answer.status in (204, 304) or records == 0
    keep = way.paging is None
    return Pulled(
        path=None if empty else spool.body,
        name=name_of(asked, feed.id, suffix),
        size=0 if empty else spool.body.stat().st_size,
        asked=asked,
        records=records,
        pages=pages,
        cursor=cursor,
        etag=(answer.etag or (state.etag if answer.status == 304 else "")) if keep else "",
        modified=(answer.modified or (state.modified if answer.status == 304 else "")) if keep else "",
    )
