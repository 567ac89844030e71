"""A large text made ready to be read in pieces: unpacked, in UTF-8, with line feeds."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from tinh.sources import encodings, limits
from tinh.sources.delimited import only_carriage_returns
from tinh.sources.errors import CutShort, EmptyFile, RecordTooLarge, UnknownEncoding
from tinh.sources.paged import STEP, Paged

_GZIP = b"\x1f\x8b"
_SHRINKS_TO = 1100  # deflate cannot do better


@dataclass(frozen=True, slots=True)
class Plain:
    """UTF-8 text in `path` from byte `skip` on, and the encoding the sender wrote it in. `unquoted`: it is
    known that no quote stands in it."""

    path: Path
    skip: int
    encoding: str
    unquoted: bool = False


def may_be_large(path: Path) -> bool:
    """Whether a file may hold a text that is to be taken in pieces; said without reading it."""
    return path.is_file() and _may_exceed(path, limits.STREAM_FROM)


def _may_exceed(path: Path, floor: int) -> bool:
    size = path.stat().st_size
    return size > floor or (size * _SHRINKS_TO > floor and _packed(path))


def unpacked(path: Path, folder: Path, floor: int, filename: str) -> Path | None:
    """A file with the text of `path` if that is larger than `floor`, in `folder` if it had to be
    inflated; None for anything smaller."""
    if not _may_exceed(path, floor):
        return None
    if not _packed(path):
        return path
    inside, total = folder / "inflated", 0
    with path.open("rb") as stream, inside.open("wb") as out:
        for block in limits.inflated(stream, path.stat().st_size, filename):
            total += out.write(block)
    if total > floor:
        return inside
    inside.unlink()
    return None


def _packed(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(2) == _GZIP


def plain(path: Path, folder: Path, filename: str, declared: str) -> Plain:
    """`path` as UTF-8 with line feeds; a file of its own in `folder` where it was anything else."""
    ascii_only, unquoted = _look(path)
    if ascii_only:
        return Plain(path, 0, "utf-8", unquoted)
    with Paged(path) as data:
        encoding, skip = encodings.detect(cast("bytes", data), filename, declared)
        if encoding != "utf-8":
            path = _written(folder / "utf-8", _decoded(data, encoding, skip, filename))
            skip = 0
    with Paged(path, skip) as data:
        if not any(block.strip() for _, block in data.blocks()):
            raise EmptyFile(filename=filename)
        encodings.refuse_nul(cast("bytes", data), filename)
        if only_carriage_returns(data):
            turned = (block.replace(b"\r", b"\n") for _, block in data.blocks())
            path, skip = _written(folder / "lines", turned), 0
    return Plain(path, skip, encoding)


def _look(path: Path) -> tuple[bool, bool]:
    """Whether a text is ASCII without NUL bytes, with line feeds and not blank, and whether it is without
    quotes: one look tells all. The second is said of the first only."""
    with Paged(path) as data:
        if only_carriage_returns(data):
            return False, False
        said, unquoted = False, True
        for _, block in data.blocks():
            if not block.isascii() or b"\0" in block:
                return False, False
            said = said or bool(block.strip())
            unquoted = unquoted and b'"' not in block
        return said, unquoted


def _written(path: Path, blocks: Iterator[bytes]) -> Path:
    with path.open("wb") as out:
        for block in blocks:
            out.write(block)
    return path


def _decoded(data: Paged, encoding: str, skip: int, filename: str) -> Iterator[bytes]:
    if encoding.startswith("utf-16"):
        yield from _wide(data, encoding, skip, filename)
        return
    before = 0
    for piece in _lines(data, skip, filename):
        try:
            yield encodings.to_utf8(piece, encoding, 0, filename)
        except UnknownEncoding as error:
            raise UnknownEncoding(filename=filename, line=before + int(error.facts["line"])) from error
        before += piece.count(b"\n")


def _wide(data: Paged, encoding: str, skip: int, filename: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    for at, block in data.blocks(skip):
        last = at + len(block) >= len(data)
        try:
            yield decoder.decode(block, last).encode("utf-8", "replace")
        except UnicodeDecodeError as error:
            if last and error.reason in ("truncated data", "unexpected end of data"):
                raise CutShort(filename=filename, **encodings.HALF) from error
            line = 1 + data.count(b"\n", at + error.start)
            raise UnknownEncoding(filename=filename, line=line) from error


def _lines(data: Paged, skip: int, filename: str) -> Iterator[bytes]:
    """Blocks that end where a line does, as what a letter looks like may hang on the one before it."""
    at, size = skip, STEP
    while at < len(data):
        block = data[at : at + size]
        end = max(block.rfind(b"\n"), block.rfind(b"\r")) + 1
        if at + len(block) >= len(data):
            end = len(block)
        if not end:
            if size > 4 * STEP:
                line = 1 + data.count(b"\n", at)
                raise RecordTooLarge(filename=filename, line=line, limit=limits.size_text(size))
            size *= 2
            continue
        yield block[:end]
        at, size = at + end, STEP
