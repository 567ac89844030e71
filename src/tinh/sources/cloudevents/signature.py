"""HMAC-SHA256 over time and content: who sends knows the source's secret, and did so just now."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from tinh.sources.event_errors import SignatureOld, SignatureWrong

HEADER = "tinh-signature"  # t=<seconds since 1970>,v1=<hex>
WINDOW = timedelta(minutes=5)
_PARTS = re.compile(r"t=(\d{1,12}),((?:v1=[0-9a-fA-F]{64})(?:,v1=[0-9a-fA-F]{64}){0,3})")


def signed(seconds: int, headers: Mapping[str, str], body: bytes) -> bytes:
    """What is signed: the time, a dot, in binary mode each ce- header and Content-Type, then the body."""
    names = sorted(name for name in headers if name.startswith("ce-"))
    if names:
        names = sorted([*names, *(["content-type"] if headers.get("content-type") else [])])
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in names)
    return f"{seconds}.".encode() + lines.encode("latin-1", "replace") + body


def sign(secret: str, seconds: int, headers: Mapping[str, str], body: bytes) -> str:
    mark = hmac.new(secret.encode(), signed(seconds, headers, body), "sha256").hexdigest()
    return f"t={seconds},v1={mark}"


def verify(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Raises unless the request was signed with `secret` within the last five minutes."""
    found = _PARTS.fullmatch(headers.get(HEADER, "").replace(" ", ""))
    if found is None:
        raise SignatureWrong
    seconds = int(found[1])
    right = sign(secret, seconds, headers, body).rpartition("=")[2]
    fits = [
        hmac.compare_digest(right.encode(), one.removeprefix("v1=").lower().encode())
        for one in found[2].split(",")
    ]
    if not secret or not any(fits):
        raise SignatureWrong
    away = abs(now.timestamp() - seconds)
    if away > WINDOW.total_seconds():
        raise SignatureOld(seconds=round(away))
