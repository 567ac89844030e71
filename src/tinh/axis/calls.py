"""Our subsystems as consumers: a call through a declared server, held against what was asked, and logged.

The address is resolved once and checked as feeds' addresses are. The request is logged before it is sent,
the answer before it is given back.
"""

from __future__ import annotations

import json
import ssl
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpcore
import httpx

from tinh.axis import wire
from tinh.axis.chain import moment
from tinh.axis.errors import AnswerNotBound, CallRefused, NoWay, Unreachable
from tinh.axis.exchange import Body
from tinh.axis.ground import ground
from tinh.axis.names import Name, named
from tinh.axis.registry import SERVICE, subsystem
from tinh.axis.running import writer
from tinh.axis.writer import Draft
from tinh.packs.api import Remote
from tinh.sources.api import Deadline, Guarded, SourceError, private_hosts, said_plainly, system_resolve

LARGEST = 200_000_000  # bytes of an answer


@dataclass(frozen=True, slots=True)
class Reply:
    """What the other side answered. `bound`: its request hash agrees with what was sent."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    id: str
    exchange: str
    bound: bool

    def header(self, name: str) -> str:
        return next((v for n, v in self.headers if n == name.lower()), "")


def call(
    service: str,
    *,
    client: str,
    method: str = "GET",
    path: str = "",
    query: str = "",
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    user: str = "",
    issue: str = "",
    id: str = "",
) -> Reply:
    """Ask a service of a member elsewhere as our subsystem `client`; `path` is "" or begins with "/".

    Raises NoWay, Unreachable, CallRefused (the other axis ended the call) and AnswerNotBound.
    """
    wanted = named(service, SERVICE)
    who = Name(tuple(str(subsystem(client)).split("/")))
    remote = way_to(wanted)
    sent_id = id or f"{ground().instance}-{uuid.uuid4()}"
    given = [("x-road-client", who.text), ("x-road-id", sent_id)]
    given += [("x-road-userid", user)] if user else []
    given += [("x-road-issue", issue)] if issue else []
    passed = given + [
        (n.lower(), v) for n, v in (headers or {}).items() if n.lower() not in wire.SKIPPED | wire.ANSWERED
    ]
    if not any(name == "accept" for name, _ in passed):
        passed.append(("accept", "application/json"))
    target = f"/r1/{wanted.text}{path}" + (f"?{query}" if query else "")
    asked = _Asked(
        str(uuid.uuid4()), who, wanted, method.upper(), path, query, target, passed, Body(body), sent_id,
        user, issue,
    )  # fmt: skip
    _log(asked, "request", wire.request_head(asked.method, target, tuple(passed)), asked.body, 0, "")
    status, told, answer = _sent(remote, asked)
    error = told.get("x-road-error", "")
    pairs = tuple(told.items())
    _log(asked, "response", wire.response_head(status, pairs), answer, status, error)
    if error:
        raise _refused(asked, error, bytes(answer))
    bound = _bound(asked, told)
    if told.get("x-road-id", sent_id) != sent_id:
        raise AnswerNotBound(service=wanted.text, why="X-Road-Id")
    if not bound and remote.kind == "axis":
        raise AnswerNotBound(service=wanted.text, why="X-Road-Request-Hash")
    return Reply(status, pairs, bytes(answer), sent_id, asked.exchange, bound)


def way_to(service: Name) -> Remote:
    """The declared server through which a member is reached; the most particular one."""
    text = service.member
    ways = [
        (len(prefix), remote)
        for remote in ground().place.remotes
        for prefix in remote.serves
        if text == prefix or text.startswith(prefix.rstrip("/") + "/")
    ]
    if not ways:
        raise NoWay(member=text)
    return max(ways, key=lambda way: way[0])[1]


@dataclass(slots=True)
class _Asked:
    exchange: str
    client: Name
    service: Name
    method: str
    path: str
    query: str
    target: str
    passed: list[tuple[str, str]]
    body: Body
    id: str
    user: str = ""
    issue: str = ""
    begun: float = 0.0


def _sent(remote: Remote, asked: _Asked) -> tuple[int, dict[str, str], Body]:
    url = httpx.URL(remote.address)
    deadline = Deadline(remote.timeout, threading.Event())
    private = private_hosts() & {url.host.lower()} if remote.allow_private else frozenset[str]()
    lines = [(n.encode("latin-1"), v.encode("latin-1", "replace")) for n, v in asked.passed]
    if remote.secret:
        lines.append((b"authorization", f"Bearer {ground().secret(remote.secret)}".encode()))
    where = httpcore.URL(
        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=asked.target.encode("latin-1")
    )
    asked.begun = time.perf_counter()
    waits = dict.fromkeys(("connect", "read", "write", "pool"), remote.timeout)
    context: ssl.SSLContext = httpx.create_ssl_context(trust_env=False)
    with httpcore.ConnectionPool(
        ssl_context=context, network_backend=Guarded(private, system_resolve, deadline)
    ) as pool:
        try:
            with (
                said_plainly(url.host, remote.timeout),
                pool.stream(
                    asked.method, where, headers=lines, content=bytes(asked.body) or None,
                    extensions={"timeout": waits},
                ) as response,
            ):  # fmt: skip
                told: dict[str, str] = {}
                for name, value in response.headers:
                    told.setdefault(name.decode("latin-1").lower(), value.decode("latin-1"))
                body = Body()
                for piece in response.iter_stream():
                    body.add(piece)
                    if body.size > LARGEST:
                        raise Unreachable(where=url.host, reason=f"> {LARGEST} byte")
                return response.status, told, body
        except SourceError as fault:
            _log(asked, "response", wire.response_head(0, ()), Body(), 0, fault.code)
            raise Unreachable(where=url.host, reason=fault.detail().en) from fault


def _bound(asked: _Asked, told: Mapping[str, str]) -> bool:
    """Whether the answer's request hash is of what we sent, names spelt as sent or as servers recall them."""
    said = told.get("x-road-request-hash", "")
    added = [("x-road-request-id", told["x-road-request-id"])] if "x-road-request-id" in told else []
    for spell in (str, str.title):
        head = wire.request_head(
            asked.method, asked.target,
            tuple((spell(n) if not n.startswith("x-road") else n, v) for n, v in asked.passed) + tuple(added),
        )  # fmt: skip
        if said and wire.hash_of(head, asked.body) == said:
            return True
    return False


def _refused(asked: _Asked, error: str, body: bytes) -> CallRefused:
    try:
        message = str(json.loads(body).get("message", ""))
    except (ValueError, AttributeError):
        message = body[:200].decode("utf-8", "replace")
    return CallRefused(service=asked.service.text, type=error, message=message[:500])


def _log(asked: _Asked, kind: str, head: str, body: Body, status: int, error: str) -> None:
    kept = wire.discreet(head)
    took = int((time.perf_counter() - asked.begun) * 1_000_000) if kind == "response" else 0
    fields: dict[str, Any] = {
        "at": moment(datetime.now(UTC)), "exchange": asked.exchange, "direction": "out", "kind": kind,
        "client": asked.client.text, "service": asked.service.text, "client_member": asked.client.member,
        "service_member": asked.service.member, "message_id": asked.id, "user": asked.user,
        "issue": asked.issue, "represented": "", "method": asked.method, "path": asked.path,
        "query": asked.query, "status": status, "error": error, "took": took, "right": 0,
        "head_digest": wire.digest(kept), "body_digest": body.digest.hex(), "body_size": body.size,
        "message_hash": wire.hash_of(head, body), "kept_until": "",
    }  # fmt: skip
    writer().write([Draft(fields, kept)])
