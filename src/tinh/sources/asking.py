"""One request to a service outside: checked addresses, no redirects, an end in time, a bounded answer."""

from __future__ import annotations

import ssl
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpcore

from tinh import __version__
from tinh.kit.errors import Text
from tinh.sources.feeds.errors import AddressRefused
from tinh.sources.feeds.ground import private_hosts
from tinh.sources.feeds.network import Deadline, Guarded, said_plainly, system_resolve


@dataclass(frozen=True, slots=True)
class Said:
    """What a service answered; `cut`: the body was longer than was read."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    cut: bool = False

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


def ask(
    method: str, url: str, headers: Mapping[str, str], body: bytes = b"", *, patience: float = 20,
    private: Collection[str] = (), largest: int = 16 * 1024,
) -> Said:  # fmt: skip
    """Ask once. `private`: hosts that may lie inside the network, besides those the settings let be;
    `patience` in seconds, `largest` in bytes of the answer. Raises FeedError when it is not reached or may
    not be."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    query = f"?{parts.query}" if parts.query else ""
    try:
        where = httpcore.URL(
            scheme=parts.scheme.encode(), host=host.encode("idna"), port=parts.port,
            target=((parts.path or "/") + query).encode("ascii"),
        )  # fmt: skip
    except (UnicodeError, ValueError):
        unreadable = Text("không phải địa chỉ", "no address")
        raise AddressRefused(
            host=host, address=url[:80], why_vi=unreadable.vi, why_en=unreadable.en
        ) from None
    sent = {
        "host": parts.netloc.rpartition("@")[2], "user-agent": f"tinh/{__version__}", "accept": "*/*",
        "accept-encoding": "identity", **headers,
    }  # fmt: skip
    waits = dict.fromkeys(("connect", "read", "write", "pool"), patience)
    let = {host.lower()} & (private_hosts() | {one.lower() for one in private})
    guard = Guarded(let, system_resolve, Deadline(patience))
    lines = [(n.encode("ascii"), v.encode("latin-1")) for n, v in sent.items()]
    with (
        httpcore.ConnectionPool(ssl_context=ssl.create_default_context(), network_backend=guard) as pool,
        said_plainly(host, patience),
        pool.stream(method, where, headers=lines, content=body, extensions={"timeout": waits}) as answer,
    ):
        told = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in answer.headers}
        read = b""
        for piece in answer.iter_stream():
            read += piece
            if len(read) > largest:
                return Said(answer.status, told, read[:largest], cut=True)
        return Said(answer.status, told, read)
