"""The handler sends a file as it is read, never gathered first."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx


def test_a_streamed_answer_is_sent_piece_by_piece(site: Any, monkeypatch: Any) -> None:
    from django.http import StreamingHttpResponse

    from tinh.site.handler import Handler

    read: list[int] = []
    told: list[int] = []

    def pieces() -> Iterator[bytes]:
        for n in range(5):
            read.append(n)
            yield b"x"

    async def send(message: dict[str, Any]) -> None:
        if message.get("body"):
            told.append(len(read))

    handler = Handler()
    monkeypatch.setattr(handler, "_respond", lambda request, scope: StreamingHttpResponse(pieces()))
    asyncio.run(handler._answer(object(), None, {}, send))
    assert told == [1, 2, 3, 4, 5]


def test_files_of_the_pages_come_whole(site: Any) -> None:
    from pathlib import Path

    import tinh.web

    folder = Path(tinh.web.__file__).parent / "static"
    file = max((f for f in folder.rglob("*") if f.is_file()), key=lambda f: f.stat().st_size)
    answer = httpx.get(f"{site.address}/static/{file.relative_to(folder)}")
    assert answer.content == file.read_bytes()
