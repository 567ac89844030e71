"""Trying a service from its page: the real exchange over the axis, in the name of the officer's agency."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from tinh.axis.face import Axis
from tinh.axis.models import Subsystem
from tinh.axis.registry import create_key, digest_of
from tinh.axis.running import memory
from tinh.axis.shares.errors import NoSubsystem
from tinh.axis.shares.offering import identifier, systems_of
from tinh.packs.api import Share

_keys: dict[int, str] = {}
_lock = threading.Lock()
LARGEST = 200_000  # bytes of an answer that are shown


@dataclass(frozen=True, slots=True)
class Tried:
    """What came back: as over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes
    target: str
    client: str


def client_of(agency: str) -> Subsystem:
    """The system an agency calls from."""
    found = systems_of(agency) if agency else []
    if not found:
        raise NoSubsystem
    return found[0]


def attempt(share: Share, agency: str, user: str, path: str, query: str, accept: str) -> Tried:
    """Call a share as `agency`, logged like every other call."""
    system = client_of(agency)
    target = f"/r1/{quote(identifier(share))}{path}" + (f"?{query}" if query else "")
    headers = {
        "X-Road-Client": str(system), "X-Road-UserId": quote(user), "Authorization": f"Bearer {_key(system)}",
        "Accept": accept,
    }  # fmt: skip
    answer = asyncio.run(_call(target, headers))
    return Tried(answer.status_code, dict(answer.headers), answer.content, target, str(system))


async def _call(target: str, headers: dict[str, str]) -> httpx.Response:
    face: Any = Axis()
    transport = httpx.ASGITransport(app=face, client=("127.0.0.1", 0))
    async with httpx.AsyncClient(transport=transport, base_url="http://axis", timeout=70) as client:
        return await client.get(target, headers=headers)


def _key(system: Subsystem) -> str:
    """A key of this process's own for a system, made on first need and good for a day."""
    with _lock:
        secret = _keys.get(system.pk)
        if secret is None or secret not in _fresh():
            _, secret = create_key(system, "tinh: /dich-vu/", "tinh", days=1)
            _keys[system.pk] = secret
            memory().renewed()
        return secret


def _fresh() -> set[str]:
    """The secrets of this process that still open the door."""
    known = memory().current() or memory().renewed()
    return {secret for secret in _keys.values() if digest_of(secret) in known.keys}
