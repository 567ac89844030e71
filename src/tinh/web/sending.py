"""Files on their way to a browser, read piece by piece beside the event loop.

Django's FileResponse reads in one thread under ASGI and warns of it: a large file would be held in memory.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import BinaryIO
from urllib.parse import quote

from django.http import StreamingHttpResponse

PIECE = 1 << 18


def sent(
    file: BinaryIO, size: int, name: str, kind: str = "application/octet-stream"
) -> StreamingHttpResponse:
    """The `size` bytes of an open file, closed when they are out, saved under `name`."""
    response = StreamingHttpResponse(_pieces(file), content_type=kind)
    response.headers["Content-Length"] = str(size)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


async def _pieces(file: BinaryIO) -> AsyncIterator[bytes]:
    try:
        while piece := await asyncio.to_thread(file.read, PIECE):
            yield piece
    finally:
        file.close()
