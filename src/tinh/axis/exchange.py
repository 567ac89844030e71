"""One question over the axis and its answer, as a provider of a service sees them.

A provider is handed in by its kind (`api.provide("lake", …)`) and named by a service as
`kind:reference`. What it raises becomes a fault of the provider's side; what it answers, of any
status, goes back as it is.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any, Protocol, runtime_checkable

PIECE = 1 << 16
IN_MEMORY = 1 << 20  # bytes of a body kept in memory; what is larger lies in a nameless file

Headers = tuple[tuple[str, str], ...]


class Body:
    """Bytes of a message, however many: whole (`bytes(body)`) or in pieces (`for piece in body`)."""

    __slots__ = ("_file", "_hash", "_small", "size")

    def __init__(self, data: bytes = b"") -> None:
        self._small = bytearray()
        self._file: IO[bytes] | None = None
        self._hash = hashlib.sha512()
        self.size = 0
        if data:
            self.add(data)

    def add(self, piece: bytes) -> None:
        """Take one more piece in."""
        self._hash.update(piece)
        self.size += len(piece)
        if self._file is None and self.size <= IN_MEMORY:
            self._small += piece
            return
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115  closed with the body
            self._file.write(self._small)
            self._small = bytearray()
        self._file.write(piece)

    @property
    def digest(self) -> bytes:
        """The SHA-512 of all of it."""
        return self._hash.digest()

    def __bytes__(self) -> bytes:
        if self._file is None:
            return bytes(self._small)
        self._file.seek(0)
        return self._file.read()

    def __iter__(self) -> Iterator[bytes]:
        if self._file is None:
            if self._small:
                yield bytes(self._small)
            return
        self._file.seek(0)
        while piece := self._file.read(PIECE):
            yield piece

    def __len__(self) -> int:
        return self.size

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question that has the right to be answered.

    `client` and `service` are identifiers as text (`INSTANCE/CLASS/MEMBER/SUBSYSTEM[/SERVICE]`), `path`
    is what follows the service in the address as it was written (percent-encoded, "" or "/…"), `query`
    what follows the `?`, `headers` those that pass through the axis, in their order, names in lower case.
    `user` is X-Road-UserId, `id` X-Road-Id, `request` the axis's own number of the exchange;
    `purpose` and `basis` are those of the right that let it through.
    """

    client: str
    service: str
    method: str
    path: str
    query: str
    headers: Headers
    body: Body
    user: str
    moment: datetime
    id: str = ""
    request: str = ""
    issue: str = ""
    represented: str = ""
    purpose: str = ""
    basis: str = ""
    right: int = 0

    def header(self, name: str) -> str:
        """The first header of this name, "" if there is none."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key == wanted), "")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider says. `body` may come in pieces."""

    status: int = 200
    headers: Mapping[str, str] | Iterable[tuple[str, str]] = field(default_factory=dict)
    body: bytes | Iterable[bytes] = b""


@runtime_checkable
class Provider(Protocol):
    """Answers one service. `answer` may be a coroutine function; a plain one runs in a thread of its own,
    where the database may be asked. Raise `Unreachable` when what stands behind it does not answer."""

    def answer(self, exchange: Exchange) -> Any:
        """An `Answer` (or an awaitable of one)."""

    def openapi(self) -> Mapping[str, Any]:
        """The OpenAPI 3 description of the service; empty when it has none."""
