"""One address into one file: redirects re-checked, sizes and times bounded, compression distrusted."""

from __future__ import annotations

import base64
import email.utils
import ssl
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, BinaryIO
from urllib.parse import unquote

import httpcore
import httpx

from tinh import __version__
from tinh.kit.errors import Text
from tinh.packs.api import PLACE, HttpWay
from tinh.sources.feeds.errors import (
    AccessDenied,
    FeedError,
    HostRefused,
    NotConnected,
    NotSecure,
    RequestRefused,
    SchemeRefused,
    ServerTrouble,
    Swelling,
    TooMuch,
    Wandering,
)
from tinh.sources.feeds.ground import Ground
from tinh.sources.feeds.network import Deadline, Guarded, Resolve, said_plainly, system_resolve
from tinh.sources.limits import MB, size_text

REDIRECTS = 5
_PIECE = 1 << 16
_RATIO, _FLOOR = 200, 32 * MB  # beyond the floor, real tables do not shrink further
_AGAIN = {408, 421, 425, 429, 500, 502, 503, 504}
_MOVED = {301, 302, 303, 307, 308}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; the body lies in the file it was written to."""

    status: int
    url: httpx.URL
    kind: str
    etag: str
    modified: str
    link: str
    size: int
    pause: float = 0.0  # seconds the server wants to be left alone before the next page


@lru_cache(4)
def _authorities(more: str) -> ssl.SSLContext:
    context = httpx.create_ssl_context(trust_env=False)
    if more:
        context.load_verify_locations(cafile=more)
    return context


class Fetcher:
    """Asks one feed's addresses within one deadline. Close it when the pull is over."""

    def __init__(
        self, way: HttpWay, ground: Ground, deadline: Deadline, resolve: Resolve = system_resolve
    ) -> None:
        self._way = way
        self._deadline = deadline
        self._home = httpx.URL(PLACE.sub("x", way.url))
        self._hosts = {self._home.host.lower(), *way.hosts}
        private = ground.private_hosts & self._hosts if way.allow_private else frozenset()
        try:
            context = _authorities(ground.authority)
        except OSError as error:
            raise NotSecure(host=self._home.host, reason=f"TINH_FEED_CA: {error}") from error
        self._pool = httpcore.ConnectionPool(
            ssl_context=context, network_backend=Guarded(private, resolve, deadline), max_connections=2
        )
        self._spent = 0
        self.tokens: Any = None  # who fetches this feed's tokens, where it signs in by OAuth
        self.deadline = deadline

    def close(self) -> None:
        self._pool.close()

    def get(
        self, url: str, headers: Mapping[str, str], own: Mapping[str, str], into: BinaryIO,
        posted: bytes | None = None,
    ) -> Answer:  # fmt: skip
        """The answer to `url`, its body in `into`. `own` headers, and what is posted, go to the declared
        origin only."""
        where, before = self._parsed(url), None
        for _ in range(REDIRECTS + 1):
            self._follow(where, before)
            host = where.host
            sent = {"User-Agent": f"tinh/{__version__}", "Accept-Encoding": "gzip, deflate", **headers}
            at_home = _origin(where) == _origin(self._home)
            if at_home:
                sent |= own
            if posted is not None and not at_home:
                raise HostRefused(host=host)
            with said_plainly(host, self._way.read), self._stream(where, sent, posted) as response:
                told = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in response.headers}
                if response.status in _MOVED:
                    if not told.get("location"):
                        raise Wandering(limit=REDIRECTS)
                    before, where = where, self._parsed(told["location"], where)
                    posted = posted if response.status in (307, 308) else None
                    continue
                return self._taken(response, told, where, into)
        raise Wandering(limit=REDIRECTS)

    def _stream(
        self, where: httpx.URL, sent: Mapping[str, str], posted: bytes | None
    ) -> AbstractContextManager[httpcore.Response]:
        waits = {"connect": self._way.connect, "pool": self._way.connect}
        waits |= {"read": self._way.read, "write": self._way.read}
        target = httpcore.URL(
            scheme=where.raw_scheme, host=where.raw_host, port=where.port, target=where.raw_path
        )
        lines = [(name.encode("ascii"), value.encode("utf-8")) for name, value in sent.items()]
        how, more = ("GET", {}) if posted is None else ("POST", {"Content-Length": str(len(posted))})
        lines += [(name.encode("ascii"), value.encode("ascii")) for name, value in more.items()]
        return self._pool.stream(how, target, headers=lines, content=posted, extensions={"timeout": waits})

    def _taken(
        self, response: httpcore.Response, told: Mapping[str, str], where: httpx.URL, into: BinaryIO
    ) -> Answer:
        status = response.status
        if status != 304 and not 200 <= status < 300:
            raise refusal(status, told.get("retry-after", ""))
        size = 0
        if status not in (204, 304):
            for piece in self._opened(response, told.get("content-encoding", ""), where.host):
                size += into.write(piece)
        return Answer(
            status=status, url=where, kind=told.get("content-type", ""), etag=told.get("etag", ""),
            modified=told.get("last-modified", ""), link=told.get("link", ""), size=size,
            pause=_exhausted(told),
        )  # fmt: skip

    def _opened(self, response: httpcore.Response, encoding: str, host: str) -> Iterator[bytes]:
        """The body's pieces, opened, never more than the limit."""
        limit = self._way.largest * MB
        encoding = encoding.strip().lower()
        if encoding in ("", "identity"):
            for piece in response.iter_stream():
                yield self._counted(piece, limit)
            return
        if encoding not in ("gzip", "x-gzip", "deflate"):
            raise Swelling(limit=f"Content-Encoding: {encoding[:40]}")
        machine = zlib.decompressobj(zlib.MAX_WBITS | 32)
        came = made = 0
        for piece in response.iter_stream():
            came += len(piece)
            if came == len(piece) and encoding == "deflate" and _raw_deflate(piece):
                machine = zlib.decompressobj(-zlib.MAX_WBITS)
            rest = piece
            while rest:
                if machine.eof:  # another member follows the first
                    machine = zlib.decompressobj(zlib.MAX_WBITS | 32)
                try:
                    opened = machine.decompress(rest, _PIECE)
                except zlib.error as error:
                    raise Swelling(limit=size_text(limit)) from error
                made += len(opened)
                if made > max(_FLOOR, came * _RATIO):
                    raise Swelling(limit=size_text(max(_FLOOR, came * _RATIO)))
                yield self._counted(opened, limit)
                rest = machine.unconsumed_tail or machine.unused_data.lstrip(b"\0")
        yield self._counted(machine.flush(), limit)
        if came and not machine.eof:
            raise NotConnected(host=host, reason="gzip: EOF")

    def _counted(self, piece: bytes, limit: int) -> bytes:
        self._spent += len(piece)
        if self._spent > limit:
            raise TooMuch(limit=size_text(limit))
        self._deadline.left(None, self._home.host)
        return piece

    def _parsed(self, url: str, base: httpx.URL | None = None) -> httpx.URL:
        try:
            found = httpx.URL(url)
            return base.join(found) if base is not None else found
        except (httpx.InvalidURL, ValueError, UnicodeError) as error:
            raise SchemeRefused(
                url="/".join(url.split("/")[:3])[:120], why_vi="địa chỉ viết sai", why_en="it is malformed"
            ) from error

    def _follow(self, where: httpx.URL, before: httpx.URL | None) -> None:
        """Whether this step may be gone."""
        plain = f"{where.scheme}://{where.host}"[:200]  # the path may hold a secret
        why: Text | None = None
        if where.scheme not in ("http", "https") or not where.host:
            why = Text("chỉ đi theo http và https", "only http and https are followed")
        elif where.userinfo:
            why = Text("có kèm tài khoản trong địa chỉ", "it carries a user name")
        elif where.scheme == "http" and (before or self._home).scheme == "https":
            why = Text("nguồn bỏ https xuống http", "the source steps down from https to http")
        if why is not None:
            raise SchemeRefused(url=plain, why_vi=why.vi, why_en=why.en)
        if where.host.lower() not in self._hosts:
            raise HostRefused(host=where.host)


def _raw_deflate(piece: bytes) -> bool:
    """Whether a `deflate` answer is the bare kind some servers send: it does not begin as zlib does."""
    return len(piece) > 1 and ((piece[0] & 0x0F) != 8 or (piece[0] * 256 + piece[1]) % 31 != 0)


def _origin(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, url.host.lower(), url.port or (443 if url.scheme == "https" else 80)


def refusal(status: int, retry_after: str = "") -> FeedError:
    """What a status that is not success means."""
    if status in _AGAIN or status >= 500:
        return ServerTrouble(status=status, wait=_wait(retry_after))
    if status in (401, 403, 407):
        return AccessDenied(status=status)
    return RequestRefused(status=status)


def _exhausted(told: Mapping[str, str]) -> float:
    """Seconds until a server that counts requests lets the next one through."""
    left = told.get("x-ratelimit-remaining", told.get("ratelimit-remaining", "")).strip()
    reset = told.get("x-ratelimit-reset", told.get("ratelimit-reset", "")).strip()
    if left != "0" or not reset.isdecimal():
        return 0.0
    number = float(reset[:12])
    return max(0.0, number - time.time()) if number > 1e9 else number


def _wait(text: str) -> float:
    """Seconds a server asks to be left alone."""
    if text.strip().isdecimal():
        return float(min(int(text.strip()[:9]), 7 * 86_400))
    try:
        return max(0.0, min(email.utils.parsedate_to_datetime(text).timestamp() - time.time(), 7 * 86_400.0))
    except (TypeError, ValueError, IndexError, OverflowError):
        return 0.0


def name_of(asked: str, feed: str, suffix: str) -> str:
    """A file name for a delivery: the last step of the address as shown, where it has a fitting end."""
    last = unquote(httpx.URL(asked).path.rstrip("/").rpartition("/")[2])
    clean = "".join(c for c in last if c.isprintable() and c not in '/\\:*?"<>|')[:120]
    return clean if clean.lower().endswith((f".{suffix}", f".{suffix}.gz")) else f"{feed}.{suffix}"


def basic(user: str, password: str) -> str:
    """The header of HTTP basic."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode("ascii")
