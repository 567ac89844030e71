"""Pages by cursor: opaque, stateless, and safe against rows that arrive in between."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest

from tinh.rest.errors import BadCursor, BadParameter

MOST = 1000


def limit_of(limit: int) -> int:
    if not 1 <= limit <= MOST:
        raise BadParameter(name="limit", value=limit, expected=f"1–{MOST}")
    return limit


def pack(*key: Any) -> str:
    """The key of the last thing shown, as a cursor."""
    return base64.urlsafe_b64encode(json.dumps(key, separators=(",", ":")).encode()).decode().rstrip("=")


def unpack(cursor: str, *kinds: type) -> list[Any]:
    """The key inside a cursor, checked against the kinds it must have."""
    try:
        key = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except ValueError as fault:
        raise BadCursor from fault
    if not isinstance(key, list) or len(key) != len(kinds):
        raise BadCursor
    if not all(type(part) is kind for part, kind in zip(key, kinds, strict=True)):
        raise BadCursor
    return key


def page(items: Sequence[Any], following: str | None) -> dict[str, Any]:
    return {"items": list(items), "next": following}


def link(request: HttpRequest, following: str | None) -> dict[str, str]:
    """The `Link` header of a page that has a next one."""
    if following is None:
        return {}
    query = request.GET.copy()
    query["cursor"] = following
    pairs = [(name, value) for name in query for value in query.getlist(name)]
    return {"Link": f'<{request.path}?{urlencode(pairs)}>; rel="next"'}
