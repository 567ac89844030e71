"""Django's handler, with each request in one thread from end to end and ordinary bodies kept in memory.

Our middleware and nearly all our views are synchronous. Django's own handler changes threads for the signal
that a request has begun, for the middleware, back to the loop and again for the view, and for the closing,
through a thread made for this request alone; and it copies a body through temporary files. A report with a
photo spent a quarter of its processor time on that.
"""

from __future__ import annotations

import asyncio
import io
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from functools import partial
from typing import IO, Any

import django
from asgiref.sync import sync_to_async
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.http import FileResponse
from django.urls import set_script_prefix

HELD = 4_000_000  # bytes of a body that stay in memory: a phone's photo; a larger body goes to disk
THREADS = 128  # requests at once; more wait, as they would for the database
_PIECE = (
    1 << 16
)  # Django's parser gives back to its stream what follows a field: large pieces are copied more


class Handler(ASGIHandler):
    """The ASGI handler over a synchronous chain of middleware; coroutine views run in the loop as ever."""

    def __init__(self) -> None:
        BaseHandler.__init__(self)
        self.load_middleware(is_async=False)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="request")

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        with closing(body):
            set_script_prefix(get_script_prefix(scope))
            request, refused = self.create_request(scope, body)
            tasks = (
                asyncio.create_task(self.listen_for_disconnect(receive)),
                asyncio.create_task(self._answer(request, refused, scope, send)),
            )
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                if not task.done():
                    task.cancel()
            for task in tasks:
                with suppress(asyncio.CancelledError, RequestAborted):
                    await task

    async def _answer(self, request: Any, refused: Any, scope: Any, send: Any) -> None:
        response = refused if request is None else await self._in_thread(self._respond)(request, scope)
        if response.streaming and not response.is_async:
            response.streaming_content = self._pieces(response.streaming_content)
        try:
            with suppress(asyncio.CancelledError):  # whoever asked is gone
                await self.send_response(response, send)
        finally:
            if response.streaming:
                await self._in_thread(response.close)()

    async def _pieces(self, content: Iterable[bytes]) -> AsyncIterator[bytes]:
        """A file as it is read; Django would read all of it before the first piece is sent."""
        following = self._in_thread(partial(next, iter(content), None))
        while (piece := await following()) is not None:
            yield piece

    def _in_thread(self, work: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
        return sync_to_async(work, thread_sensitive=False, executor=self._threads)

    def _respond(self, request: Any, scope: Any) -> Any:
        """A response that is whole is closed here: its database connection is this thread's."""
        signals.request_started.send(sender=type(self), scope=scope)
        response: Any = self.get_response(request)
        response._handler_class = type(self)
        if isinstance(response, FileResponse):
            response.block_size = self.chunk_size
        if not response.streaming:
            response.close()
        return response

    async def read_body(self, receive: Callable[[], Awaitable[Mapping[str, Any]]]) -> IO[bytes]:
        """The whole body; raises RequestAborted when its sender goes away."""
        pieces: list[bytes] = []
        size, file = 0, None
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                if file is not None:
                    file.close()
                raise RequestAborted
            piece = message.get("body", b"")
            size += len(piece)
            if file is None and size > HELD:
                file = tempfile.TemporaryFile()  # noqa: SIM115  closed with the request
                file.writelines(pieces)
                pieces.clear()
            if file is None:
                pieces.append(piece)
            else:
                file.write(piece)
            if not message.get("more_body", False):
                break
        if file is None:
            return io.BytesIO(b"".join(pieces))
        file.seek(0)
        return file


class Uploads(TemporaryFileUploadHandler):
    """Files of a form that is held in memory stay there; those of a larger one go to disk."""

    chunk_size = _PIECE

    def handle_raw_input(self, *facts: Any, **more: Any) -> None:
        """`facts`: input, META, length of the body, boundary."""
        super().handle_raw_input(*facts, **more)
        self._light = facts[2] <= HELD

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        if not self._light:
            super().new_file(*args, **kwargs)
            return
        super(TemporaryFileUploadHandler, self).new_file(*args, **kwargs)
        self._pieces: list[bytes] = []

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self._light:
            self._pieces.append(raw_data)
        else:
            super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        if not self._light:
            return super().file_complete(file_size)
        return InMemoryUploadedFile(
            io.BytesIO(b"".join(self._pieces)), self.field_name, self.file_name, self.content_type,
            file_size, self.charset, self.content_type_extra,
        )  # fmt: skip

    def upload_interrupted(self) -> None:
        if not self._light:
            super().upload_interrupted()


def application() -> Handler:
    """What `django.core.asgi.get_asgi_application` gives, with our handler."""
    django.setup(set_prefix=False)
    return Handler()
