"""A proxied service: the owner's own API, checked on the way in and out."""

from __future__ import annotations

import re
import ssl
import threading
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import httpcore
from django.db import connections

from tinh import __version__
from tinh.axis.errors import Unreachable
from tinh.axis.exchange import Answer, Exchange
from tinh.axis.ground import ground as axis_ground
from tinh.axis.shares.breakers import Circuit, circuit
from tinh.axis.shares.callers import seen
from tinh.axis.shares.conforming import Conforming, climbs
from tinh.axis.shares.data import quotas
from tinh.axis.shares.errors import (
    AnswerUnfit,
    MethodRefused,
    NoSuchPath,
    RequestUnfit,
    ShareError,
    TooLarge,
)
from tinh.axis.shares.faults import faulty
from tinh.axis.shares.ground import desk
from tinh.axis.shares.leading import led
from tinh.packs.api import Share
from tinh.sources.api import Deadline, FeedError, Guarded, private_hosts, said_plainly, system_resolve

_SAFE = ("GET", "HEAD", "PUT", "DELETE")
_PASSED = ("accept", "accept-language", "content-type", "if-match", "if-none-match", "x-correlation-id")
_TOLD = ("content-type", "etag", "last-modified", "location", "cache-control", "content-language", "link")
_SECRET = re.compile(r"\{secret\.([A-Za-z][A-Za-z0-9_]*)\}")


class ProxyService:
    """Answers one share by asking the owner's API."""

    def __init__(self, share: Share) -> None:
        assert share.proxy is not None
        self.share, self.way = share, share.proxy
        self.conforming = Conforming(self.way.openapi, self.way.allow)
        self.circuit: Circuit = circuit(share.id, self.way.breaker)

    def openapi(self) -> Mapping[str, Any]:
        """The owner's file without what is not let through, nor where it stands."""
        out = {k: v for k, v in self.way.openapi.items() if k not in ("servers", "security")}
        paths = {}
        for path, methods in self.way.allow.items():
            item = self.way.openapi["paths"].get(path, {})
            kept = {k: v for k, v in item.items() if k.upper() in methods or k == "parameters"}
            paths[path] = {k: _open(v) for k, v in kept.items()}
        return {**out, "paths": paths}

    def answer(self, exchange: Exchange) -> Answer:
        try:
            return self._answer(exchange)
        except ShareError as error:
            return faulty(error, exchange)

    def _answer(self, exchange: Exchange) -> Answer:
        at = desk()
        seen(self.share, exchange.client)
        quotas.spend(self.share, exchange.client, at.corridor().clock.now(), ZoneInfo(at.catalogue.timezone))
        path = exchange.path or "/"
        if climbs(path):
            raise NoSuchPath(path=path[:120])
        operation, parts = self.conforming.find(exchange.method, path)
        if operation is None:
            if parts:
                raise MethodRefused(method=exchange.method[:20], allowed=", ".join(sorted(set(parts))))
            raise NoSuchPath(path=path[:120])
        if exchange.body.size > self.way.largest_request:
            raise TooLarge(limit=self.way.largest_request)
        assert isinstance(parts, dict)
        body, sent = bytes(exchange.body), dict(exchange.headers)
        why = self.conforming.request(operation, parts, exchange.query, sent, body)
        if why:
            raise RequestUnfit(why=why)
        self.circuit.enter()
        connections.close_all()  # nothing is asked of the database while the owner is waited for
        began = time.monotonic()
        try:
            status, headers, answer = self._asked(exchange.method, path, exchange.query, sent, body)
        except FeedError as error:
            self.circuit.failed(time.monotonic() - began, error.detail().en)
            raise Unreachable(where=self.share.id, reason=error.code) from error
        except BaseException:
            self.circuit.let_go()
            raise
        took = time.monotonic() - began
        if status >= 500:
            self.circuit.failed(took, f"HTTP {status}")
        else:
            why = self.conforming.answer(operation, status, headers.get("content-type", ""), answer)
            if why:
                self.circuit.failed(took, why)
                raise AnswerUnfit(why=why)
            self.circuit.went(took)
        told = {n: v for n, v in headers.items() if n in _TOLD}
        return Answer(status, led(told, self.way.base, path, exchange.service), answer)

    def _asked(
        self, method: str, path: str, query: str, sent: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        deadline = Deadline(self.way.timeout, threading.Event())
        tries = 1 + (self.way.retries if method in _SAFE else 0)
        for attempt in range(tries):
            last = attempt == tries - 1
            try:
                found = self._once(deadline, method, path, query, sent, body)
            except FeedError as error:
                if last or not error.retry or deadline.over():
                    raise
            else:
                if last or found[0] not in (502, 503, 504) or deadline.over():
                    return found
            time.sleep(min(0.1 * 2**attempt, 1.0))
        raise AssertionError("a last try returns or raises")

    def _once(
        self, deadline: Deadline, method: str, path: str, query: str, sent: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        parts = urlsplit(self.way.base)
        host = parts.hostname or ""
        private = private_hosts() if self.way.allow_private else frozenset()
        headers = {n: v for n, v in sent.items() if n in _PASSED} | self._own(host, parts.port)
        target = parts.path + path + (f"?{query}" if query else "")
        address = httpcore.URL(
            scheme=parts.scheme.encode(),
            host=host.encode("idna"),
            port=parts.port,
            target=target.encode("ascii"),
        )
        waits = dict.fromkeys(("connect", "read", "write", "pool"), self.way.timeout)
        lines = [(n.encode("ascii"), v.encode()) for n, v in headers.items()]
        guard = Guarded(private & {host.lower()}, system_resolve, deadline)
        with (
            httpcore.ConnectionPool(ssl_context=ssl.create_default_context(), network_backend=guard) as pool,
            said_plainly(host, self.way.timeout),
            pool.stream(method, address, headers=lines, content=body or None,
                        extensions={"timeout": waits}) as response,
        ):  # fmt: skip
            told = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in response.headers}
            taken = bytearray()
            for piece in response.iter_stream():
                taken += piece
                if len(taken) > self.way.largest_answer:
                    raise AnswerUnfit(why=f"> {self.way.largest_answer} bytes")
            return response.status, told, bytes(taken)

    def _own(self, host: str, port: int | None) -> dict[str, str]:
        """The declared headers with their secrets, and those we set."""
        secret = axis_ground().secret
        declared = {n: _SECRET.sub(lambda m: secret(m[1]), v) for n, v in self.way.headers.items()}
        named = f"{host}:{port}" if port else host
        return {"host": named, "user-agent": f"tinh/{__version__}", "accept-encoding": "identity", **declared}


def _open(operation: Any) -> Any:
    """An operation without where it stands and how its owner lets us in."""
    if not isinstance(operation, dict):
        return operation
    return {k: v for k, v in operation.items() if k not in ("security", "servers")}
