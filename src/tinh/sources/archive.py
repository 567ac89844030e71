"""The zip container of a workbook, opened under bounds: nothing it claims is believed."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.parsers import expat

from tinh.sources import limits
from tinh.sources.errors import CutShort, Inflates, PasswordProtected, Unparsable, XmlEntities

_PARTS = 12_000
_DIRECTORY = 8 * limits.MB
_BLOCK = 1 << 18


class Stop(Exception):
    """Enough of a part has been read."""


class Archive:
    """Parts of a zip file by name; whatever reads them shares one budget."""

    def __init__(self, archive: zipfile.ZipFile, filename: str, size: int) -> None:
        self._archive, self.filename, self.size = archive, filename, size
        self.names = frozenset(archive.namelist())

    def has(self, name: str) -> bool:
        return name in self.names

    def read(self, name: str, most: int = 16 * limits.MB) -> bytes:
        with self._archive.open(name) as stream:
            data = stream.read(most + 1)
        if len(data) > most:
            raise _inflates(self.filename, self.size)
        return data

    def parse(
        self,
        name: str,
        start: Callable[[str, dict[str, str]], Any],
        end: Callable[[str], Any],
        text: Callable[[str], Any] | None = None,
        ready: Callable[[Any], Any] | None = None,
    ) -> None:
        """Stream one XML part through handlers; `Stop` from any of them ends it early."""
        parser = expat.ParserCreate()
        guard(parser, self.filename)
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = start, end
        if text is not None:
            parser.CharacterDataHandler = text
        if ready is not None:
            ready(parser)
        try:
            with self._archive.open(name) as stream:
                while block := stream.read(_BLOCK):
                    parser.Parse(block, False)
                parser.Parse(b"", True)
        except Stop:
            pass
        except expat.ExpatError as error:
            reason = f"{name}: {error}"
            raise Unparsable(filename=self.filename, format="XML", reason=reason) from error


def guard(parser: Any, filename: str) -> None:
    """Refuse what no workbook needs: a document type, and with it entities of any kind."""

    def refuse(*_: object) -> None:
        raise XmlEntities(filename=filename)

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse


@contextmanager
def opened(path: Path, filename: str) -> Iterator[Archive]:
    """The archive at `path`, once its directory is of sane size; damage is told as such."""
    size = path.stat().st_size
    try:
        _directory(path, filename, size)
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if any(p.flag_bits & 1 for p in parts):
                raise PasswordProtected(filename=filename)
            if len(parts) > _PARTS or sum(p.file_size for p in parts) > limits.may_inflate_to(size):
                raise _inflates(filename, size)
            yield Archive(archive, filename, size)
    except (zipfile.BadZipFile, EOFError, zlib.error, NotImplementedError, KeyError, OSError) as error:
        raise CutShort(
            filename=filename,
            where_vi="phần nén của sổ Excel không trọn vẹn",
            where_en="the packed parts of the workbook are incomplete or damaged",
        ) from error


def _directory(path: Path, filename: str, size: int) -> None:
    """A directory of millions of parts would fill the memory before it is looked at."""
    with path.open("rb") as stream:
        stream.seek(max(0, size - 66_000))
        tail = stream.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) < end + 22:
        return
    told = int.from_bytes(tail[end + 12 : end + 16], "little")
    wide = tail.rfind(b"PK\x06\x06", 0, end)
    if wide >= 0:
        told = max(told if told != 0xFFFFFFFF else 0, int.from_bytes(tail[wide + 40 : wide + 48], "little"))
    if told > _DIRECTORY:
        raise _inflates(filename, size)


def _inflates(filename: str, size: int) -> Inflates:
    return Inflates(
        filename=filename,
        size=limits.size_text(size),
        limit=limits.size_text(limits.may_inflate_to(size)),
    )
