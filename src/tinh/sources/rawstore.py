"""Bytes as received, kept for ever under the digest of their content."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from tinh.kit.durable import sync_folder, write
from tinh.kit.ids import fresh
from tinh.sources.errors import NoSuchFile, NotStored
from tinh.sources.raw_errors import RawErased

_BLOCK = 1 << 20
_SYNCED = 32 << 20  # bytes after which the disk is asked to take what there is
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Stored:
    """Where a delivery's bytes lie, and their name for ever."""

    digest: str
    size: int
    path: Path


class RawStore:
    """`root/<aa>/<sha256>`; once `put` returns, the bytes survive a power cut.

    Several writers may put the same bytes at once: each writes a file of its own and the
    last rename wins with identical content.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, source: BinaryIO | Path | bytes | Iterable[bytes]) -> Stored:
        """Store everything `source` yields, durably, and name it."""
        try:
            return self._put(source)
        except OSError as error:
            raise NotStored(reason=error.strerror or str(error)) from error

    def path(self, digest: str) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise NoSuchFile(filename=digest)
        return self.root / digest[:2] / digest

    def open(self, digest: str) -> BinaryIO:
        try:
            return self.path(digest).open("rb")
        except FileNotFoundError as error:
            stone = self.tombstone(digest)
            if stone is not None:
                raise _erased(stone) from error
            raise NoSuchFile(filename=digest) from error

    def erase(self, digest: str, reason: str, at: datetime) -> bool:
        """Take bytes away and leave a stone with their digest, length and why; whether they were there."""
        path = self.path(digest)
        if not path.exists():
            return False
        facts = {"digest": digest, "size": path.stat().st_size, "reason": reason, "at": at.isoformat()}
        write(self._stone(digest), json.dumps(facts, ensure_ascii=False).encode())
        path.unlink()
        sync_folder(path.parent)
        return True

    def tombstone(self, digest: str) -> dict[str, Any] | None:
        """What is known of bytes that were erased; None when they were not."""
        try:
            found: dict[str, Any] = json.loads(self._stone(digest).read_bytes())
        except FileNotFoundError:
            return None
        return found

    def _stone(self, digest: str) -> Path:
        path = self.path(digest)
        return path.with_name(f"{path.name}.erased")

    def sweep(self, older_than: float = 86_400.0) -> int:
        """Remove what interrupted writers left behind; says how many files went."""
        gone = 0
        for left in self._incoming().glob("*"):
            with contextlib.suppress(FileNotFoundError):
                if time.time() - left.stat().st_mtime > older_than:
                    left.unlink()
                    gone += 1
        return gone

    def _incoming(self) -> Path:
        return self.root / ".incoming"

    def _put(self, source: BinaryIO | Path | bytes | Iterable[bytes]) -> Stored:
        incoming = self._incoming()
        if not incoming.is_dir():
            incoming.mkdir(parents=True, exist_ok=True)
            sync_folder(self.root.parent)
        draft = incoming / f"{os.getpid()}-{fresh()}"
        hasher, size = hashlib.sha256(), 0
        try:
            with draft.open("xb") as out, ThreadPoolExecutor(2) as beside:
                synced, syncing = 0, None
                for block in _blocks(source):
                    if len(block) < _BLOCK:
                        hasher.update(block)
                        size += out.write(block)
                        continue
                    hashed = beside.submit(hasher.update, block)  # while the page cache takes it
                    size += out.write(block)
                    hashed.result()
                    if size - synced >= _SYNCED and (syncing is None or syncing.done()):
                        if syncing is not None:
                            syncing.result()
                        synced, syncing = size, beside.submit(os.fdatasync, out.fileno())
                if syncing is not None:
                    syncing.result()
                out.flush()
                os.fsync(out.fileno())
            digest = hasher.hexdigest()
            stone = self.tombstone(digest)
            if stone is not None:
                raise _erased(stone)
            final = self.path(digest)
            if not final.parent.is_dir():
                final.parent.mkdir(parents=True, exist_ok=True)
                sync_folder(self.root)
            draft.replace(final)
            sync_folder(final.parent)
        except BaseException:
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)
            raise
        return Stored(digest, size, final)


def _blocks(source: BinaryIO | Path | bytes | Iterable[bytes]) -> Iterator[bytes]:
    if isinstance(source, bytes):
        yield source
    elif isinstance(source, Path):
        with source.open("rb") as stream:
            yield from iter(lambda: stream.read(_BLOCK), b"")
    elif hasattr(source, "read"):
        yield from iter(lambda: source.read(_BLOCK), b"")
    else:
        yield from source


def _erased(stone: dict[str, Any]) -> RawErased:
    return RawErased(digest=stone["digest"][:12], at=stone["at"][:10], reason=stone["reason"])
