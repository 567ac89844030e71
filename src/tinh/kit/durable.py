"""Writing so that after a crash a file is whole: the old one or the new one.

Large files that are written once and read later go straight to the disk where the system can (`sheet`,
`put`): copying 2 MB through its page cache cost more processor time than all else that is done with them.
"""

from __future__ import annotations

import errno
import fcntl
import mmap
import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tinh.kit.ids import fresh

BLOCK = 4096  # what a disk takes is a multiple of this, from memory that begins at one
_KEPT, _LARGEST = 8, 4 << 20  # sheets kept for the next file, and bytes of the largest of them
_DIRECT: int = getattr(os, "O_DIRECT", 0)
_sheets: list[mmap.mmap] = []
_lock = threading.Lock()


def write(path: Path, data: bytes | Iterable[bytes]) -> None:
    """Put `data` at `path`; when this returns it is on disk under that name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{fresh(8)}")
    try:
        with part.open("wb") as out:
            for piece in (data,) if isinstance(data, bytes) else data:
                out.write(piece)
            out.flush()
            os.fsync(out.fileno())
        replace(part, path, synced=True)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def replace(source: Path, path: Path, *, synced: bool = False) -> None:
    """Move a finished file on the same disk to `path`, durably, over what was there."""
    if not synced:
        with source.open("rb") as file:
            os.fsync(file.fileno())
    source.replace(path)
    sync_folder(path.parent)


def remove(path: Path) -> None:
    """Remove a file so that it stays removed; no matter when it is not there."""
    path.unlink(missing_ok=True)
    if path.parent.is_dir():
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable (a no-op where the system cannot)."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def sheet(size: int) -> Iterator[memoryview]:
    """Memory for a file of `size` bytes, and for its last block to the end. What it held before is still in
    it."""
    room = -(-size // BLOCK) * BLOCK
    with _lock:
        fit = next((one for one in _sheets if len(one) >= room), None)
        if fit is not None:
            _sheets.remove(fit)
    if fit is None:
        whole = 1 << 20
        fit = mmap.mmap(-1, max(whole, -(-room // whole) * whole))
    with memoryview(fit) as all_of_it, all_of_it[:room] as view:
        yield view
    with _lock:
        if len(fit) <= _LARGEST:
            _sheets.append(fit)
            del _sheets[:-_KEPT]


def put(path: Path, held: memoryview, size: int) -> None:
    """Write the first `size` bytes of a sheet in place; when this returns they are on disk, their name not
    yet."""
    held[size:] = bytes(len(held) - size)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    try:
        handle = os.open(path, flags | _DIRECT, 0o600)
    except OSError as fault:
        if fault.errno != errno.EINVAL:
            raise
        handle = os.open(path, flags, 0o600)  # a file system that has no such way
    try:
        _write(handle, held)
        os.ftruncate(handle, size)
        os.fsync(handle)
    finally:
        os.close(handle)


def _write(handle: int, held: memoryview) -> None:
    at = 0
    while at < len(held):
        try:
            at += os.write(handle, held[at:])
        except OSError as fault:
            told = fcntl.fcntl(handle, fcntl.F_GETFL)
            if fault.errno != errno.EINVAL or not _DIRECT or not told & _DIRECT:
                raise
            fcntl.fcntl(handle, fcntl.F_SETFL, told & ~_DIRECT)  # blocks of another size
