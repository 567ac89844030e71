"""A CloudEvents webhook on loopback that keeps what it is sent and answers as told."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Receiver:
    port: int = 0
    allowed: str = "*"
    rate: str = ""
    greetings: list[dict[str, str]] = field(default_factory=list)
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: deque[tuple[int, dict[str, str]]] = field(default_factory=deque)  # then 204

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/nhan?x=1"

    def events(self) -> list[dict[str, Any]]:
        out: list[dict[str, Any]] = []
        for headers, body in self.heard:
            if "batch" in headers.get("content-type", ""):
                out += json.loads(body)
            elif "ce-id" in headers:
                out.append({"id": headers["ce-id"], "data": json.loads(body)})
            else:
                out.append(json.loads(body))
        return out


@contextmanager
def receiving() -> Iterator[Receiver]:
    told = Receiver()

    class Hand(BaseHTTPRequestHandler):
        def do_OPTIONS(self) -> None:
            told.greetings.append({k.lower(): v for k, v in self.headers.items()})
            self.send_response(200)
            if told.allowed:
                self.send_header("WebHook-Allowed-Origin", told.allowed)
            if told.rate:
                self.send_header("WebHook-Allowed-Rate", told.rate)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.heard.append(({k.lower(): v for k, v in self.headers.items()}, body))
            status, headers = told.answers.popleft() if told.answers else (204, {})
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if status != 204:
                self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hand)
    told.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
