"""Where photos lie in the data folder.

photos/parts/<name>                what has come in of an upload that is not finished
photos/originals/<aa>/<name>       originals, sealed (AES-256-GCM) with keys/photos.key
photos/papers/<aa>/<name>          documents of answers, sealed with the same key (papers/)
photos/copies/<aa>/<name>-<n>-<size>.webp   what may be shown
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from tinh.desks.photos.errors import NoSuchPhoto, OriginalLost
from tinh.kit import durable

SHELVES = 1024
_NONCE, _TAG = 12, 16
_keys: dict[Path, bytes] = {}


def _folder(kind: str, name: str = "") -> Path:
    found = Path(settings.TINH_HOME, "photos", kind, name[:2])
    if not found.is_dir():
        top = Path(settings.TINH_HOME, "photos")
        for folder in (top, top / kind, found):
            if not folder.is_dir():
                folder.mkdir(mode=0o700, exist_ok=True)
                durable.sync_folder(folder.parent)
    return found


def part(name: str) -> Path:
    return _folder("parts") / name


@contextmanager
def part_alone(name: str) -> Iterator[int]:
    """The unfinished file, open and locked against other writers. Raises NoSuchPhoto."""
    try:
        handle = os.open(part(name), os.O_RDWR)
    except FileNotFoundError:
        raise NoSuchPhoto from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


def begin_part(name: str) -> None:
    os.close(os.open(part(name), os.O_WRONLY | os.O_CREAT, 0o600))
    durable.sync_folder(part(name).parent)


def drop_part(name: str) -> None:
    part(name).unlink(missing_ok=True)


def seal(name: str, data: bytes, shelf: str = "originals") -> None:
    """Keep an original; when this returns it is on disk.

    It is written in place: nobody looks for it before its row says that it is there, and a rename
    would have the disk commit twice.
    """
    path = _original(name, shelf)
    size = _NONCE + len(data) + _TAG
    with durable.sheet(size) as held:
        nonce = os.urandom(_NONCE)
        held[:_NONCE] = nonce
        AESGCM(_key()).encrypt_into(nonce, data, name.encode(), held[_NONCE:size])
        durable.put(path, held, size)
    durable.sync_folder(path.parent)


def open_sealed(name: str, shelf: str = "originals") -> bytes:
    """Raises OriginalLost."""
    try:
        kept = _original(name, shelf).read_bytes()
        return AESGCM(_key()).decrypt(kept[:_NONCE], kept[_NONCE:], name.encode())
    except (FileNotFoundError, InvalidTag):
        raise OriginalLost from None


def keep_copies(name: str, number: int, copies: dict[str, bytes]) -> None:
    for size, data in copies.items():
        durable.write(copy(name, number, size), data)


def copy(name: str, number: int, size: str) -> Path:
    return _folder("copies", name) / f"{name}-{number}-{size}.webp"


def drop_copies(name: str, before: int | None = None) -> None:
    """Drop all public copies of a photo, or those older than set `before`."""
    for path in _folder("copies", name).glob(f"{name}-*.webp"):
        if before is None or int(path.name.rsplit("-", 2)[1]) < before:
            path.unlink(missing_ok=True)


def drop_original(name: str, shelf: str = "originals") -> None:
    durable.remove(_original(name, shelf))


def originals(shelf: int, kind: str = "originals") -> list[str]:
    """Names of the originals on one of the SHELVES whose files are older than two days."""
    import time

    alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
    folder = Path(settings.TINH_HOME, "photos", kind, alphabet[shelf // 32] + alphabet[shelf % 32])
    if not folder.is_dir():
        return []
    old = time.time() - 2 * 86_400
    return [path.name for path in folder.iterdir() if path.stat().st_mtime < old]


def _original(name: str, shelf: str = "originals") -> Path:
    return _folder(shelf, name) / name


def _key() -> bytes:
    file = Path(settings.TINH_HOME) / "keys" / "photos.key"
    if file not in _keys:
        if not file.is_file():
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with (file.parent / ".photos.lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                if not file.is_file():
                    durable.write(file, os.urandom(32))
                    file.chmod(0o600)
        _keys[file] = file.read_bytes()
    return _keys[file]
