"""Bytes as received, kept for ever under the digest of their content."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tinh.kit.durable import sync_folder
from tinh.kit.ids import fresh
from tinh.sources.errors import NoSuchFile, NotStored

_BLOCK = 1 << 20
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
            raise NoSuchFile(filename=digest) from error

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
            with draft.open("xb") as out:
                for block in _blocks(source):
                    hasher.update(block)
                    size += out.write(block)
                out.flush()
                os.fsync(out.fileno())
            digest = hasher.hexdigest()
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
