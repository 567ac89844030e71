"""Writing so that after a crash a file is whole: the old one or the new one."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from tinh.kit.ids import fresh


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
