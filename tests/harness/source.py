"""A real web server on loopback that answers as a test tells it to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Asked:
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""


@dataclass
class Said:
    body: bytes = b""
    status: int = 200
    kind: str = "text/csv"
    headers: dict[str, str] = field(default_factory=dict)
    raw: Callable[[Any], None] | None = None  # writes to the socket by itself


class Source:
    """`answer` says what comes back; `asked` is what was asked, in order."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answer: Callable[[Asked], Said] = lambda _: Said(status=404)
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                self.do_GET()

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                query = {k: v[0] for k, v in parse_qs(parts.query, keep_blank_values=True).items()}
                told = {k.lower(): v for k, v in self.headers.items()}
                asked = Asked(parts.path, query, told, self.rfile.read(int(told.get("content-length", 0))))
                outer.asked.append(asked)
                said = outer.answer(asked)
                if said.raw is not None:
                    self.close_connection = True
                    try:
                        said.raw(self.wfile)
                    except OSError:
                        return
                    return
                self.send_response(said.status)
                self.send_header("Content-Type", said.kind)
                if said.status not in (204, 304):
                    self.send_header("Content-Length", str(len(said.body)))
                for name, value in said.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                if said.status not in (204, 304):
                    self.wfile.write(said.body)

            def log_message(self, format: str, *args: Any) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def source() -> Iterator[Source]:
    found = Source()
    try:
        yield found
    finally:
        found.close()
