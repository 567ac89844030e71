"""News for open pages: one server-sent event whenever receipts moved, a breath in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from tinh.jobs import api as jobs
from tinh.people import api as people

BREATH = 20.0


async def events(request: HttpRequest) -> HttpResponseBase:
    who = await sync_to_async(people.actor_of)(request)
    if not people.may(who, "read"):
        return HttpResponse(status=401)
    seen = request.headers.get("Last-Event-ID") or request.GET.get("since", "")
    since = int(seen) if seen.isdecimal() and len(seen) < 16 else None
    response = StreamingHttpResponse(_stream(since), content_type="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


async def _stream(since: int | None) -> AsyncIterator[bytes]:
    yield b"retry: 2000\n\n"
    news = jobs.follow(since).__aiter__()
    waiting = asyncio.ensure_future(anext(news))
    try:
        while True:
            done, _ = await asyncio.wait({waiting}, timeout=BREATH)
            if not done:
                yield b": still here\n\n"
                continue
            try:
                version = waiting.result()
            except StopAsyncIteration:
                return
            yield f"event: data\nid: {version}\ndata: {version}\n\n".encode()
            waiting = asyncio.ensure_future(anext(news))
    finally:
        waiting.cancel()
