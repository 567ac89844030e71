"""A delivery as it comes over HTTP: which bytes, under which name, within which limit."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import PurePosixPath
from typing import Any, Protocol

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

from tinh.rest.errors import BadUpload, NothingSent, TooLarge, TypeNotRead

SUFFIXES: dict[str, tuple[str, ...]] = {
    "text/csv": (".csv", ".tsv", ".txt"),
    "application/csv": (".csv", ".tsv", ".txt"),
    "text/tab-separated-values": (".tsv", ".csv", ".txt"),
    "text/plain": (".csv", ".tsv", ".txt", ".ndjson", ".jsonl", ".json"),
    "application/json": (".json",),
    "application/x-ndjson": (".ndjson", ".jsonl"),
    "application/ndjson": (".ndjson", ".jsonl"),
    "application/jsonl": (".ndjson", ".jsonl"),
    "application/vnd.apache.parquet": (".parquet",),
    "application/parquet": (".parquet",),
    "application/x-parquet": (".parquet",),
    "application/vnd.apache.arrow.file": (".arrow", ".feather"),
    "application/vnd.apache.arrow.stream": (".arrows", ".arrow"),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
}
_KNOWN = frozenset(suffix for group in SUFFIXES.values() for suffix in group)
_UNFIT = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')


class Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...
    def seek(self, place: int, /) -> int: ...


@dataclass(frozen=True, slots=True)
class Parcel:
    """One delivery: a stream that can be read once, and the name to keep it under."""

    stream: Readable
    filename: str


@contextmanager
def parcels(request: HttpRequest, dataset: str) -> Iterator[list[Parcel]]:
    """The deliveries of a request: its body, or each file of a multipart form."""
    limit = settings.TINH_MAX_UPLOAD
    kind = (request.content_type or "").lower()
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise TypeNotRead(type=f"Content-Encoding: {request.headers['Content-Encoding']}", known="identity")
    if int(request.META.get("CONTENT_LENGTH") or 0) > limit:
        raise TooLarge(limit=spell_size(limit))
    if kind == "multipart/form-data":
        yield _files(request)
    else:
        yield [Parcel(_Counted(request, limit), _name(request, kind, dataset))]


def digest_and_rewind(stream: Readable) -> str:
    """The SHA-256 of a parcel, which is then back at its start."""
    whole = hashlib.sha256()
    for block in iter(lambda: stream.read(1 << 20), b""):
        whole.update(block)
    stream.seek(0)
    return whole.hexdigest()


def spell_size(size: int) -> str:
    return f"{size // 1_000_000:,} MB".replace(",", ".") if size >= 1_000_000 else f"{size} B"


def _files(request: HttpRequest) -> list[Parcel]:
    try:
        files: list[Any] = [file for _, group in request.FILES.lists() for file in group]
    except (MultiPartParserError, SuspiciousOperation, UnreadablePostError) as fault:
        raise BadUpload(reason=str(fault)) from fault
    if not files:
        raise NothingSent
    found = []
    for file in files:
        if file.size == 0:
            raise NothingSent
        name = clean_name(file.name or "")
        if PurePosixPath(name).suffix.lower() not in _KNOWN:
            known = SUFFIXES.get((file.content_type or "").lower())
            if known is None:
                raise TypeNotRead(type=file.content_type or name, known=", ".join(sorted(_KNOWN)))
            name = f"{name or 'upload'}{known[0]}"
        found.append(Parcel(file, name))
    return found


def _name(request: HttpRequest, kind: str, dataset: str) -> str:
    given = clean_name(
        request.GET.get("filename") or _disposition(request.headers.get("Content-Disposition", ""))
    )
    suffix = PurePosixPath(given).suffix.lower()
    if kind in ("", "application/octet-stream"):
        if suffix not in _KNOWN:
            raise TypeNotRead(type=kind or "-", known=", ".join(SUFFIXES))
        return given
    if kind not in SUFFIXES:
        raise TypeNotRead(type=kind, known=", ".join(SUFFIXES))
    if given and suffix in SUFFIXES[kind]:
        return given
    return f"{given or dataset}{SUFFIXES[kind][0]}"


def _disposition(header: str) -> str:
    if not header:
        return ""
    message = Message()
    message["Content-Disposition"] = header
    return message.get_filename() or ""


def clean_name(text: str) -> str:
    """The last part of a path, without what a file system or a terminal would trip over."""
    return _UNFIT.sub("_", text.replace("\\", "/").rsplit("/", 1)[-1]).strip(". ")[-180:]


class _Counted:
    """The body, stopped beyond the limit (a chunked body names no length) and refused when empty."""

    def __init__(self, request: HttpRequest, limit: int) -> None:
        self._request = request
        self._limit = limit
        self._read = 0

    def read(self, size: int = -1, /) -> bytes:
        try:
            chunk: bytes = self._request.read(size)
        except UnreadablePostError as fault:
            raise BadUpload(reason=str(fault)) from fault
        self._read += len(chunk)
        if self._read > self._limit:
            raise TooLarge(limit=spell_size(self._limit))
        if not chunk and not self._read:
            raise NothingSent
        return chunk

    def seek(self, place: int, /) -> int:
        spooled: Any = self._request  # HttpRequest reads through `_stream` and offers no seek of its own
        found: int = spooled._stream.seek(place)
        self._read = place
        return found
