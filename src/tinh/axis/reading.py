"""One call of `/r1` as it is read off the wire, held strictly against the protocol."""

from __future__ import annotations

import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tinh.axis import faults, wire
from tinh.axis.exchange import Body
from tinh.axis.faults import Fault, bad_request
from tinh.axis.ground import ground
from tinh.axis.names import Name, decoded, of_header
from tinh.axis.parties import Party
from tinh.axis.snapshot import Snapshot
from tinh.kit.errors import Text

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]

METHODS = frozenset(("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"))
LONGEST = 8_000  # of an address
MOST_HEADERS = 100


@dataclass(slots=True)
class Call:
    """One call as far as it has come."""

    method: str
    target: str
    service: Name
    path: str
    query: str
    request: str
    headers: dict[str, str]
    passed: list[tuple[str, str]]
    begun: float
    at: datetime
    id: str = ""
    client: Name | None = None
    represented: str = ""
    body: Body | None = None
    logged: bool = False  # the request is on disk already

    @property
    def accept(self) -> str:
        return self.headers.get("accept", "")


def headers_of(scope: Scope) -> list[tuple[str, str]]:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]


def read(scope: Scope, raw: bytes, request: str) -> Call:
    """The parts of a call out of what the wire gave; Fault when it does not follow the protocol."""
    query = scope["query_string"]
    if len(raw) + len(query) > LONGEST:
        raise bad_request(f"địa chỉ dài quá {LONGEST} ký tự", f"the address is longer than {LONGEST}")
    if scope["method"] not in METHODS:
        raise bad_request("phương thức lạ", "unknown method")
    if len(scope["headers"]) > MOST_HEADERS:
        raise bad_request("quá nhiều tiêu đề", "too many headers")
    parts = raw.split(b"/", 7)
    if len(parts) < 7 or parts[1] != b"r1":
        raise bad_request(
            "địa chỉ phải là /r1/{instance}/{class}/{member}/{subsystem}/{service}[/…]",
            "the address is /r1/{instance}/{class}/{member}/{subsystem}/{service}[/…]",
        )
    try:
        service = Name(tuple(decoded(part) for part in parts[2:7]))
    except ValueError:
        raise bad_request("định danh dịch vụ sai", "the service identifier is malformed") from None
    path = "/" + parts[7].decode("latin-1") if len(parts) == 8 else ""
    if any(step.lower().replace("%2e", ".") in (".", "..") for step in path.split("/")):
        raise bad_request("đường dẫn có “..”", "the path climbs with dots")
    headers = headers_of(scope)
    target = raw.decode("latin-1") + (f"?{query.decode('latin-1')}" if query else "")
    now = datetime.now(UTC)
    return Call(
        scope["method"], target, service, path, query.decode("latin-1"), request, dict(headers),
        [h for h in headers if h[0] not in wire.SKIPPED and h[0] not in wire.OWN], time.perf_counter(), now,
    )  # fmt: skip


def take_headers(call: Call, who: Party) -> None:
    """X-Road's own headers, checked; and what is added before the message is hashed."""
    if who.by_bearer:
        call.passed = [h for h in call.passed if h[0] != "authorization"]
    given = call.headers.get("x-road-client", "")  # of several the last, as the protocol says
    if not given:
        raise bad_request("thiếu tiêu đề X-Road-Client", "the header X-Road-Client is missing")
    try:
        call.client = of_header(given, 3, 4)
    except ValueError:
        raise bad_request("X-Road-Client sai", "X-Road-Client is malformed") from None
    call.id = call.headers.get("x-road-id", "").strip()
    for name in ("x-road-id", "x-road-userid", "x-road-issue"):
        if len(call.headers.get(name, "")) > 255:
            raise bad_request(f"{name} dài quá 255 ký tự", f"{name} is longer than 255")
    if "x-road-represented-party" in call.headers:
        call.represented = call.headers["x-road-represented-party"]
        try:
            of_header(call.represented, 1, 2)
        except ValueError:
            raise bad_request(
                "X-Road-Represented-Party sai", "X-Road-Represented-Party is malformed"
            ) from None
    if not call.id:
        call.id = f"{ground().instance}-{uuid.uuid4()}"
        call.passed = [h for h in call.passed if h[0] != "x-road-id"]
        call.passed.append(("x-road-id", call.id))
    call.passed.append(("x-road-request-id", call.request))
    if "accept" not in call.headers:
        call.headers["accept"] = "application/json"


def towards_us(call: Call, snapshot: Snapshot) -> None:
    """X-Road-Security-Server, if given, must name this server."""
    given = call.headers.get("x-road-security-server")
    if given is None:
        return
    try:
        server = of_header(given, 4, 4)
    except ValueError:
        raise bad_request("X-Road-Security-Server sai", "X-Road-Security-Server is malformed") from None
    if (
        server.parts[0] != ground().instance
        or server.parts[3].upper() != ground().server.upper()
        or server.parts[:3] not in snapshot.members
    ):
        said = "/".join(server.parts)
        raise Fault(
            faults.UNKNOWN_MEMBER,
            Text(f"Không có máy chủ bảo mật “{said}” ở đây", f"Security server '{said}' is not here"),
        )


async def body_of(receive: Receive, limit: int, headers: dict[str, str]) -> Body:
    too_large = bad_request(f"nội dung lớn hơn {limit} byte", f"the body is larger than {limit} bytes")
    length = headers.get("content-length", "0")
    if length.isdecimal() and int(length) > limit:
        raise too_large
    body = Body()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise bad_request("kết nối bị ngắt giữa chừng", "the connection broke off")
        if piece := message.get("body", b""):
            if body.size + len(piece) > limit:
                raise too_large
            body.add(piece)
        if not message.get("more_body"):
            return body


def address_of(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else ""
