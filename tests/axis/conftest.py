from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date
from typing import Any

import httpx
import pytest

from tests.harness.server import Site

_names = itertools.count(1)


class Echo:
    """A provider that says what it heard."""

    heard: list[Any]

    def __init__(self) -> None:
        self.heard = []

    def answer(self, exchange: Any) -> Any:
        from tinh.axis.api import Answer, Unreachable

        self.heard.append(exchange)
        if exchange.path == "/gone":
            raise Unreachable(where="10.0.0.9:8080", reason="Connection timed out")
        if exchange.path == "/breaks":
            raise ZeroDivisionError
        if exchange.path == "/moved":
            return Answer(302, {"location": "https://elsewhere.example/"}, b"")
        if exchange.path == "/refuses":
            return Answer(405, {"content-type": "application/json;charset=utf-8"}, b'{"status":405}')
        if exchange.path == "/says-much":
            return Answer(200, {"content-type": "text/plain"}, (b"x" * 100_000 for _ in range(30)))
        if exchange.path == "/lies":
            return Answer(
                200, {"X-Road-Id": "forged", "X-Road-Error": "forged", "Server": "secret", "X-Own": "1"}
            )
        kind = exchange.header("content-type") or "application/octet-stream"
        return Answer(200, {"Content-Type": kind}, bytes(exchange.body) or exchange.query.encode())

    def openapi(self) -> dict[str, Any]:
        return {"openapi": "3.0.3", "info": {"title": "echo", "version": "1"}, "paths": {}}


ECHO = Echo()


@dataclass
class Pair:
    """A subsystem that offers `echo`, one that may call it, and one that may not."""

    site: Site
    provider: str
    service: str
    client: str
    key: str
    third: str
    third_key: str
    right: int

    @property
    def address(self) -> str:
        return f"{self.site.address}/r1/{self.service}"

    def call(self, method: str = "GET", path: str = "", **more: Any) -> httpx.Response:
        headers = {"X-Road-Client": self.client, "Authorization": f"Bearer {self.key}"}
        headers |= more.pop("headers", {})
        return httpx.request(method, self.address + path, headers=headers, timeout=30, **more)


@pytest.fixture(scope="session")
def site() -> Site:
    from tests.harness.server import running

    found = running()
    from tinh.axis import api as axis  # its models need Django, which the server has set up

    axis.provide("echo", lambda _reference: ECHO)
    return found


@pytest.fixture
def pair(site: Site) -> Pair:
    from tinh.axis import api as axis

    number = next(_names)
    provider = axis.add_subsystem(f"so-tc/NS{number}")
    service = axis.publish(
        f"{provider}/echo", "echo:", title="Echo", endpoints=[("GET", "/a"), ("POST", "/a/*")]
    )
    client = axis.add_subsystem(f"so-khcn/KQ{number}")
    third = axis.add_subsystem(f"so-nnmt/MT{number}")
    right = axis.grant(
        service, client, purpose="thử", basis="QĐ 1/QĐ-UBND", by="test", since=date(2026, 1, 1)
    )
    return Pair(
        site, str(provider), str(service), str(client), axis.create_key(client, "k", "test")[1], str(third),
        axis.create_key(third, "k", "test")[1], right.pk,
    )  # fmt: skip
