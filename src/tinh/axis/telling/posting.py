"""One request to a receiver, guarded as pulls are: checked addresses, no redirects, an end in time."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpcore

from tinh import __version__
from tinh.axis.telling.errors import NotGreeted, ReceiverFails
from tinh.packs.api import Receiver
from tinh.sources.api import Deadline, FeedError, Guarded, Hosts, private_hosts, said_plainly, system_resolve

LARGEST = 64 * 1024  # bytes of an answer that are read
LONGEST_WAIT = timedelta(hours=24)  # of a Retry-After


@dataclass(frozen=True, slots=True)
class Said:
    """What a receiver answered."""

    status: int
    headers: Mapping[str, str]

    def wait(self, now: datetime) -> timedelta | None:
        """How long Retry-After asks to wait; None when it says nothing that can be read."""
        text = self.headers.get("retry-after", "").strip()
        if text.isascii() and text.isdigit():
            return min(timedelta(seconds=min(int(text[:9]), 10**8)), LONGEST_WAIT)
        try:
            then = parsedate_to_datetime(text)
        except (ValueError, TypeError):
            return None
        then = then if then.tzinfo else then.replace(tzinfo=UTC)
        return min(max(then - now, timedelta()), LONGEST_WAIT)


def host_of(target: Receiver) -> str:
    return urlsplit(target.url).hostname or ""


def post(
    target: Receiver, home: Path, method: str, headers: Mapping[str, str], body: bytes = b"",
    stopping: threading.Event | None = None,
) -> Said:  # fmt: skip
    """Ask the receiver; ReceiverFails when it is not reached or may not be."""
    parts = urlsplit(target.url)
    host = parts.hostname or ""
    let = private_hosts() | Hosts(home).names() if target.allow_private else frozenset[str]()
    deadline = Deadline(target.timeout, stopping)
    query = f"?{parts.query}".encode("ascii") if parts.query else b""
    where = httpcore.URL(
        scheme=parts.scheme.encode(), host=host.encode("idna"), port=parts.port,
        target=(parts.path or "/").encode("ascii") + query,
    )  # fmt: skip
    named = f"[{host}]" if ":" in host else host
    sent = {
        "host": f"{named}:{parts.port}" if parts.port else named, "user-agent": f"tinh/{__version__}",
        "accept": "*/*", "accept-encoding": "identity", **headers,
    }  # fmt: skip
    lines = [(n.encode("ascii"), v.encode("latin-1")) for n, v in sent.items()]
    waits = dict.fromkeys(("connect", "read", "write", "pool"), target.timeout)
    guard = Guarded(let & {host.lower()}, system_resolve, deadline)
    try:
        with (
            httpcore.ConnectionPool(ssl_context=ssl.create_default_context(), network_backend=guard) as pool,
            said_plainly(host, target.timeout),
            pool.stream(
                method, where, headers=lines, content=body, extensions={"timeout": waits}
            ) as response,
        ):
            told = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in response.headers}
            read = 0
            for piece in response.iter_stream():
                read += len(piece)
                if read > LARGEST:
                    break
            return Said(response.status, told)
    except FeedError as error:
        said = error.detail()
        raise ReceiverFails(host=host, why_vi=said.vi, why_en=said.en) from error


def greet(target: Receiver, home: Path, origin: str, stopping: threading.Event | None = None) -> int:
    """The handshake of the CloudEvents webhook specification (its section 4): requests a minute the receiver
    allows us, 0 for any number; NotGreeted when it does not allow us."""
    said = post(
        target, home, "OPTIONS", {"webhook-request-origin": origin, "webhook-request-rate": "120"},
        stopping=stopping,
    )  # fmt: skip
    host = host_of(target)
    if not 200 <= said.status < 300:
        raise _not(host, origin, f"trả HTTP {said.status} cho OPTIONS", f"OPTIONS gave HTTP {said.status}")
    allowed = said.headers.get("webhook-allowed-origin", "").strip()
    if allowed != "*" and allowed.lower() != origin.lower():
        told = allowed[:80] or "∅"
        raise _not(host, origin, f"WebHook-Allowed-Origin là {told}", f"WebHook-Allowed-Origin is {told}")
    rate = said.headers.get("webhook-allowed-rate", "*").strip()
    if rate in ("", "*"):
        return 0
    if not (rate.isascii() and rate.isdigit() and 0 < int(rate[:9]) < 10**9):
        raise _not(
            host, origin, f"WebHook-Allowed-Rate là {rate[:20]}", f"WebHook-Allowed-Rate is {rate[:20]}"
        )
    return int(rate)


def _not(host: str, origin: str, vi: str, en: str) -> NotGreeted:
    return NotGreeted(host=host, origin=origin, why_vi=vi, why_en=en)
