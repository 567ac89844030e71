"""The first lines of a message: which headers pass, and the bytes that are hashed of them.

The hash of a message is SHA-512 of its head (SHA-512 of SHA-512(head) + SHA-512(body) when it has a body),
base64-encoded; the head is the method and the address as they came (for a response the status and its
reason), then each header that passes, `name:value`, each line ended by CR LF. Names are in lower case.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from http import HTTPStatus

from tinh.axis.exchange import Body, Headers

# Never passed on: of the connection, or telling who and where the ends are.
SKIPPED = frozenset(
    (
        "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer",
        "transfer-encoding", "upgrade", "host", "user-agent", "server", "content-length", "expect",
    )
)  # fmt: skip
# Ours on the way in: they prove who the client is, and are nobody else's business.
KEY = "x-tinh-key"
CERTIFICATE = "x-tinh-client-certificate"
SERVER_KEY = "x-tinh-server-key"
OWN = frozenset((KEY, CERTIFICATE, SERVER_KEY, "x-road-request-hash", "x-road-request-id"))
# Ours on the way out: what a provider says of them is not passed on.
ANSWERED = frozenset(
    (
        "x-road-id", "x-road-client", "x-road-service", "x-road-request-id", "x-road-request-hash",
        "x-road-error",
    )
)  # fmt: skip
_WITHHELD = frozenset(("authorization", "cookie", "set-cookie"))
EMPTY = hashlib.sha512(b"").hexdigest()


def request_head(method: str, target: str, headers: Headers) -> str:
    return f"{method}\r\n{target}\r\n" + "".join(f"{name}:{value}\r\n" for name, value in headers)


def response_head(status: int, headers: Iterable[tuple[str, str]]) -> str:
    try:
        reason = HTTPStatus(status).phrase
    except ValueError:
        reason = ""
    return f"{status}\r\n{reason}\r\n" + "".join(f"{name}:{value}\r\n" for name, value in headers)


def hash_of(head: str, body: Body | None) -> str:
    """The hash of a message, base64. The head's text is what the wire's latin-1 reads as."""
    first = hashlib.sha512(head.encode("latin-1", "replace")).digest()
    if body is not None and body.size:
        first = hashlib.sha512(first + body.digest).digest()
    return base64.b64encode(first).decode()


def digest(head: str) -> str:
    """SHA-512 of a head as the log keeps it, in UTF-8."""
    return hashlib.sha512(head.encode()).hexdigest()


def discreet(head: str) -> str:
    """A head as the log keeps it: keys and cookies that pass through are not told."""
    lines = head.split("\r\n")
    return "\r\n".join(
        f"{line.split(':', 1)[0]}:[withheld]" if i > 1 and line.split(":", 1)[0] in _WITHHELD else line
        for i, line in enumerate(lines)
    )
