"""Cursors: where the next page begins, sealed so that nobody reads keys out of them or makes their own."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import datetime
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from tinh.axis.shares.errors import CursorRefused
from tinh.lake.api import Pin

LONGEST = 2000


@lru_cache(1)
def _seal(secret: str) -> Fernet:
    key = hashlib.sha256(b"tinh shares cursor" + secret.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def sealed(pin: Pin, after: tuple[Any, ...], asked: str) -> str:
    """`asked` names everything that must stay the same from page to page."""
    body = [pin.data, pin.spare, pin.receipts, pin.at.isoformat(), list(after), asked]
    return _seal(settings.SECRET_KEY).encrypt(json.dumps(body).encode()).decode().rstrip("=")


def opened(cursor: str, asked: str) -> tuple[Pin, tuple[Any, ...]]:
    try:
        if len(cursor) > LONGEST:
            raise ValueError("too long")
        text = _seal(settings.SECRET_KEY).decrypt((cursor + "=" * (-len(cursor) % 4)).encode())
    except (InvalidToken, ValueError, UnicodeError):
        raise CursorRefused(
            why_vi="không phải do dịch vụ này cấp", why_en="it is not of this service"
        ) from None
    data, spare, receipts, at, after, kept = json.loads(text)
    if kept != asked:
        raise CursorRefused(why_vi="bộ lọc đã đổi", why_en="the filters have changed")
    return Pin(data, spare, receipts, datetime.fromisoformat(at)), tuple(after)
