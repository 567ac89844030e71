"""Tiles of a base map: fetched from the one declared server, kept on disk for a while, given again.

What goes wrong there says nothing to anybody: a map then shows its borders alone, as it does without tiles.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpcore
import httpx
import structlog

from tinh.kit.ids import digest
from tinh.packs.api import BaseMap
from tinh.sources.family import SourceError
from tinh.sources.feeds.ground import private_hosts
from tinh.sources.feeds.network import Deadline, Guarded, Resolve, said_plainly, system_resolve

log = structlog.get_logger()
_DAY = 86_400.0
_KINDS = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))
_NOT_THERE = frozenset({204, 404, 410})


@dataclass(frozen=True, slots=True)
class TileBounds:
    """How large, how long, how many. `fresh`: seconds a tile is given without asking again; `stale`: while
    the server is down; `at_once`: fetches of one process at the same time; `waiting`: callers of one process
    that wait for fetches, their own or another's."""

    tile_bytes: int = 400_000
    folder_bytes: int = 400_000_000
    fresh: float = 30 * _DAY
    stale: float = 365 * _DAY
    absent: float = _DAY
    seconds: float = 6.0
    at_once: int = 4
    waiting: int = 32
    queue: float = 1.0  # seconds to wait for a hand that is free
    failures: int = 3  # in a row, after which the server is left alone for `pause` seconds
    pause: float = 30.0


BOUNDS = TileBounds()


@dataclass(frozen=True, slots=True)
class Tile:
    """A picture of 256 pixels; `data` empty where the server has none."""

    data: bytes
    kind: str


class _Down(Exception):
    """The server did not give a tile this time."""


class Tiles:
    """Tiles of one declared server below `folder`. Safe to share between threads and processes."""

    def __init__(
        self,
        folder: Path,
        way: BaseMap,
        bounds: TileBounds = BOUNDS,
        resolve: Resolve = system_resolve,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._root = folder
        self._folder = folder / digest(way.address.encode())[:16]
        self.way = way
        self._bounds = bounds
        self._resolve = resolve
        self._now = now
        self._hands = threading.BoundedSemaphore(bounds.at_once)
        self._seats = threading.BoundedSemaphore(bounds.waiting)
        self._lock = threading.Lock()
        self._coming: dict[Path, threading.Event] = {}
        self._failed = 0
        self._down_until = 0.0
        self._written = bounds.folder_bytes  # so that the first tile of a process looks at what is kept

    def tile(self, z: int, x: int, y: int) -> Tile | None:
        """A tile that lies on the earth at this zoom; None when it cannot be had now, or never."""
        if not (0 <= z <= self.way.max_zoom and 0 <= x < 1 << z and 0 <= y < 1 << z):
            return None
        path = self._folder / str(z) / str(x) / str(y)
        kept, age = self._kept(path)
        if kept is not None and self._is_fresh(kept, age):
            return kept
        if time.monotonic() < self._down_until or not self._seats.acquire(blocking=False):
            return self._stale(kept, age)
        try:
            return self._fetched_once(path, (z, x, y)) or self._stale(*self._kept(path))
        finally:
            self._seats.release()

    def _fetched_once(self, path: Path, at: tuple[int, int, int]) -> Tile | None:
        """A tile from the server; of several who want the same one, one asks and the others wait for it."""
        with self._lock:
            coming = self._coming.get(path)
            if coming is None:
                mine = self._coming[path] = threading.Event()
        if coming is not None:
            coming.wait(self._bounds.queue + self._bounds.seconds)
            return None
        try:
            return self._asked(path, at)
        finally:
            with self._lock:
                del self._coming[path]
            mine.set()

    def _asked(self, path: Path, at: tuple[int, int, int]) -> Tile | None:
        kept, age = self._kept(path)
        if kept is not None and self._is_fresh(kept, age):
            return kept  # another was quicker
        if not self._hands.acquire(timeout=self._bounds.queue):
            return None
        try:
            made = self._fetched(*at)
        except _Down as why:
            self._note(str(why))
            return None
        finally:
            self._hands.release()
        with self._lock:
            self._failed = 0
        with suppress(OSError):  # a full disk: the tile is given all the same
            self._keep(path, made.data)
        return made

    def _is_fresh(self, kept: Tile, age: float) -> bool:
        return age < (self._bounds.fresh if kept.data else self._bounds.absent)

    def _stale(self, kept: Tile | None, age: float) -> Tile | None:
        return kept if kept is not None and age < self._bounds.stale else None

    def _note(self, why: str) -> None:
        with self._lock:
            self._failed += 1
            if self._failed >= self._bounds.failures:
                self._down_until = time.monotonic() + self._bounds.pause
                self._failed = 0
                log.warning("tiles.down", why=why)

    def _kept(self, path: Path) -> tuple[Tile | None, float]:
        try:
            with path.open("rb") as file:
                age = self._now() - os.fstat(file.fileno()).st_mtime
                data = file.read(self._bounds.tile_bytes + 1)
        except OSError:
            return None, 0.0
        kind = kind_of(data)
        if (data and not kind) or age < -_DAY:
            return None, 0.0
        return Tile(data, kind), max(age, 0.0)

    def _fetched(self, z: int, x: int, y: int) -> Tile:
        url = httpx.URL(self.way.of(z, x, y))
        most, seconds = self._bounds.tile_bytes, self._bounds.seconds
        private = private_hosts() & {url.host.lower()} if self.way.allow_private else frozenset[str]()
        where = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        headers = [
            ("host", url.netloc.decode("ascii")), ("accept", "image/png,image/jpeg,image/webp"),
            ("accept-encoding", "identity"), ("user-agent", "tinh"),
        ]  # fmt: skip
        deadline = Deadline(seconds)
        try:
            with (
                httpcore.ConnectionPool(
                    ssl_context=httpx.create_ssl_context(trust_env=False),
                    network_backend=Guarded(private, self._resolve, deadline),
                ) as pool,
                said_plainly(url.host, seconds),
                pool.stream(
                    "GET", where, headers=headers,
                    extensions={"timeout": dict.fromkeys(("connect", "read", "write", "pool"), seconds)},
                ) as response,
            ):  # fmt: skip
                if response.status in _NOT_THERE:
                    return Tile(b"", "")
                if response.status != 200:  # a redirect too: only the declared host is asked
                    raise _Down(f"status {response.status}")
                data = b""
                for piece in response.iter_stream():
                    data += piece
                    if len(data) > most:
                        raise _Down(f"> {most} byte")
        except SourceError as error:
            raise _Down(error.detail().en) from error
        kind = kind_of(data)
        if not kind:
            raise _Down("no picture")
        return Tile(data, kind)

    def _keep(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            moment = self._now()
            os.utime(name, (moment, moment))
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        with self._lock:
            self._written += max(len(data), 4096)
            due = self._written > self._bounds.folder_bytes // 20
            if due:
                self._written = 0
        if due:
            self.sweep()

    def sweep(self) -> int:
        """Drop what is too old to be given, and the oldest until the folder fits; how many. Tiles of a server
        that was declared before go with the rest."""
        files = sorted(self._files())
        total = sum(size for _, size, _ in files)
        gone = 0
        for moment, size, name in files:
            if total <= self._bounds.folder_bytes and self._now() - moment < self._bounds.stale:
                break
            with suppress(OSError):
                name.unlink()
                gone += 1
            total -= size
        return gone

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        for folder, _, names in os.walk(self._root):
            for name in names:
                path = Path(folder) / name
                with suppress(OSError):
                    told = path.stat()
                    yield told.st_mtime, max(told.st_size, 4096), path  # what it takes on a disk


def kind_of(data: bytes) -> str:
    """`image/png`, `image/jpeg` or `image/webp` by the first bytes, else ""."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for mark, kind in _KINDS if data.startswith(mark)), "")
