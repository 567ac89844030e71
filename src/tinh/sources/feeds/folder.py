"""Files that appear in a folder: whole ones are taken once, links and escapes never."""

from __future__ import annotations

import fnmatch
import os
import stat
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tinh.packs.api import FolderWay
from tinh.sources.feeds.errors import FeedError, FileNotTaken, FolderUnreadable, TooMuch, UnknownSender
from tinh.sources.limits import MB, size_text

DONE, FAILED = "done", "failed"
MOST = 500  # files a pull
_UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".filepart", ".download", ".swp")
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it lies there: `folder` is its sender's subfolder or empty."""

    folder: str
    name: str
    size: int
    changed: int  # mtime in nanoseconds
    tag: str = ""  # what tells contents apart where a time does not

    @property
    def key(self) -> str:
        return f"{self.folder}/{self.name}" if self.folder else self.name

    @property
    def shown(self) -> str:
        """The name as text that can be kept and shown, composed Unicode."""
        plain = self.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        return unicodedata.normalize("NFC", plain)

    @property
    def mark(self) -> list[int | str]:
        return [self.size, self.tag or self.changed]


class StillWritten(Exception):
    """The file changed while it was read."""


class Watched:
    """One folder of one feed, opened so that nothing can be exchanged for a link underneath."""

    def __init__(self, way: FolderWay, root: Path, known_sender: Callable[[str], bool]) -> None:
        self._way, self._root, self._known = way, root, known_sender

    def look(self) -> tuple[list[Seen], list[FeedError]]:
        """What lies there and fits, oldest first, and what is refused by its nature."""
        found: list[Seen] = []
        wrong: list[FeedError] = []
        try:
            with _opened(self._root) as top:
                if not self._way.senders:
                    self._gather(top, "", found, wrong)
                else:
                    for entry in _entries(top):
                        if entry.is_dir(follow_symlinks=False) and entry.name not in (DONE, FAILED):
                            self._subfolder(top, entry.name, found, wrong)
        except OSError as error:
            raise FolderUnreadable(path=self._way.path, reason=error.strerror or str(error)) from error
        return sorted(found, key=lambda s: (s.changed, s.key)), wrong

    def _subfolder(self, top: int, name: str, found: list[Seen], wrong: list[FeedError]) -> None:
        if name.startswith("."):
            return
        with _opened(name, top) as handle:
            here: list[Seen] = []
            self._gather(handle, name, here, wrong)
        if here and not self._known(name):
            wrong.append(UnknownSender(folder=_plain(name)))
        else:
            found += here

    def _gather(self, handle: int, folder: str, found: list[Seen], wrong: list[FeedError]) -> None:
        for entry in _entries(handle):
            if not fits(_plain(entry.name), self._way.patterns):
                continue
            facts = entry.stat(follow_symlinks=False)
            if stat.S_ISLNK(facts.st_mode):
                wrong.append(
                    FileNotTaken(filename=_plain(entry.name), why_vi="đây là liên kết", why_en="it is a link")
                )
            elif stat.S_ISREG(facts.st_mode):
                found.append(Seen(folder, entry.name, facts.st_size, facts.st_mtime_ns))

    def pieces(self, seen: Seen) -> Iterator[bytes]:
        """The bytes of a file; StillWritten when they are not those that were seen."""
        with self._handle(seen) as handle:
            yield from _read(handle, seen, self._way.largest * MB)

    @contextmanager
    def _handle(self, seen: Seen) -> Iterator[int]:
        try:
            with self._folder(seen) as folder:
                handle = os.open(seen.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
                try:
                    yield handle
                finally:
                    os.close(handle)
        except OSError as error:
            reason = error.strerror or str(error)
            raise FileNotTaken(filename=seen.shown, why_vi=reason, why_en=reason) from error

    @contextmanager
    def _folder(self, seen: Seen) -> Iterator[int]:
        with _opened(self._root) as top:
            if not seen.folder:
                yield top
                return
            with _opened(seen.folder, top) as inner:
                yield inner

    def remove(self, seen: Seen) -> None:
        """Delete a finished file."""
        with self._folder(seen) as folder:
            os.unlink(seen.name, dir_fd=folder)

    def put_away(self, seen: Seen, where: str) -> None:
        """Move a finished file beside its own folder's others, under a free name."""
        try:
            with self._folder(seen) as folder:
                with suppress(FileExistsError):
                    os.mkdir(where, dir_fd=folder)
                with _opened(where, folder) as target:
                    os.rename(seen.name, _free(seen.name, target), src_dir_fd=folder, dst_dir_fd=target)
        except OSError as error:
            reason = error.strerror or str(error)
            raise FolderUnreadable(path=f"{self._way.path}/{where}", reason=reason) from error


def fits(name: str, patterns: Sequence[str]) -> bool:
    """Whether a file is wanted: finished, not hidden, of one of the patterns."""
    name = unicodedata.normalize("NFC", name).casefold()
    if name.startswith((".", "~$")) or name.endswith(_UNFINISHED):
        return False
    wanted = (unicodedata.normalize("NFC", pattern).casefold() for pattern in patterns)
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in wanted)


def settled(seen: Seen, before: list[Any] | None, rest: float) -> bool:
    """Whether a file has lain unchanged long enough. `before`: size, time, and when it was first
    seen like this. The file's own age is believed only beyond an hour: shares have clocks of their own."""
    now = time.time()
    if rest <= 0 or now - seen.changed / 1e9 >= rest + 3600:
        return True
    return before is not None and before[:2] == seen.mark and now - float(before[2]) >= rest


def _read(handle: int, seen: Seen, most: int) -> Iterator[bytes]:
    facts = os.fstat(handle)
    if not stat.S_ISREG(facts.st_mode) or [facts.st_size, facts.st_mtime_ns] != seen.mark:
        raise StillWritten
    if facts.st_size > most:
        raise TooMuch(limit=size_text(most))
    came = 0
    while block := os.read(handle, _BLOCK):
        came += len(block)
        if came > seen.size:
            raise StillWritten
        yield block
    after = os.fstat(handle)
    if came != seen.size or [after.st_size, after.st_mtime_ns] != seen.mark:
        raise StillWritten


@contextmanager
def _opened(path: Path | str, within: int | None = None) -> Iterator[int]:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=within)
    try:
        yield handle
    finally:
        os.close(handle)


def _entries(handle: int) -> list[os.DirEntry[str]]:
    with os.scandir(handle) as listed:
        return list(listed)


def _free(name: str, folder: int) -> str:
    stem, dot, end = name.rpartition(".")
    if not dot or not stem:
        stem, dot, end = name, "", ""
    number, chosen = 1, name
    while True:
        try:
            os.stat(chosen, dir_fd=folder, follow_symlinks=False)
        except FileNotFoundError:
            return chosen
        number += 1
        chosen = f"{stem} ({number}){dot}{end}"


def _plain(name: str) -> str:
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
