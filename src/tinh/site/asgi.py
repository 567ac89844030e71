"""The ASGI application; `prepare` must have run."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.contrib.sessions.backends.db import SessionStore
from django.db import connections
from django.http import HttpRequest, parse_cookie

from tinh.axis import api as axis
from tinh.kit.errors import Text
from tinh.people import api as people
from tinh.rest import api as rest
from tinh.site import handler

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

STRANGER = 1_000_000  # bytes a caller may send whom neither a token nor a session makes known
# What citizens send without an account: photos in pieces, and the report form with up to ten photos.
OPEN = (("/phan-anh/anh", 21_000_000), ("/phan-anh/gui", 120_000_000), ("/phan-anh/theo-doi/", 120_000_000))
_TOO_LARGE = Text("Nội dung gửi lên vượt quá {limit} byte.", "The body is larger than {limit} bytes.")


class _Full(Exception):
    pass


def _allowance(headers: dict[bytes, bytes]) -> int:
    """How much the sender may send: asked of the database, as anybody can write a header."""
    request = HttpRequest()
    request.META["HTTP_AUTHORIZATION"] = headers.get(b"authorization", b"").decode("latin-1")
    request.META["HTTP_COOKIE"] = headers.get(b"cookie", b"").decode("latin-1")
    key = parse_cookie(request.META["HTTP_COOKIE"]).get(settings.SESSION_COOKIE_NAME)
    request.session = SessionStore(key)
    try:
        request.user = auth.get_user(request)
        known = people.actor_of(request) is not None
    except people.PeopleError:
        known = False
    finally:
        connections.close_all()
    return int(settings.TINH_MAX_UPLOAD) if known else STRANGER


class BodyLimit:
    """Refuses a body that is too large while it comes in.

    Django writes the whole body to disk before any view runs, so a view would be asked too late.
    """

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers: dict[bytes, bytes] = dict(scope["headers"])
        limit = stranger = next((most for begin, most in OPEN if scope["path"].startswith(begin)), STRANGER)
        length = headers.get(b"content-length", b"0")
        if not length.isdigit():
            await self._refuse(scope, send, limit)
            return
        if int(length) > limit:
            limit = await asyncio.to_thread(_allowance, headers)
        if int(length) > limit:
            await self._refuse(scope, send, limit)
            return
        taken = 0
        begun = False

        async def counted() -> dict[str, Any]:
            nonlocal taken, limit
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit == stranger:  # a body in pieces names no length beforehand
                limit = await asyncio.to_thread(_allowance, headers)
            if taken > limit:
                raise _Full
            return message

        async def watched(message: dict[str, Any]) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, counted, watched)
        except _Full:
            if not begun:
                await self._refuse(scope, send, limit)

    async def _refuse(self, scope: Scope, send: Send, limit: int) -> None:
        body = rest.document(
            scope["path"], settings.LANGUAGE_CODE, 413, code="RST004", detail=_TOO_LARGE.fill(limit=limit)
        )
        data = json.dumps(body, ensure_ascii=False).encode()
        headers = [
            (b"content-type", b"application/problem+json"),
            (b"content-length", str(len(data)).encode()),
            (b"connection", b"close"),
        ]
        await send({"type": "http.response.start", "status": 413, "headers": headers})
        await send({"type": "http.response.body", "body": data})


class Doors:
    """The axis answers under /r1 by itself, with its own limits; everything else is Django's."""

    def __init__(self, exchange: Any, pages: Any) -> None:
        self.exchange, self.pages = exchange, pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        ours = scope["type"] == "http" and (path.startswith("/r1/") or path in ("/r1", "/listClients"))
        await (self.exchange if ours else self.pages)(scope, receive, send)


application = Doors(axis.Axis(), BodyLimit(handler.application()))
