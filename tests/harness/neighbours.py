"""Other Open311 systems as they are found: each answers as it was told, and remembers what it was asked."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

NOT_FOUND = b"<errors><error><code>404</code><description>not here</description></error></errors>"


MADE = "<service_requests><request><service_request_id>{id}</service_request_id></request></service_requests>"


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    query: dict[str, list[str]]
    form: dict[str, list[str]]
    headers: dict[str, str]


@dataclass
class Said:
    """`slow` seconds before a word; `cut`: the line breaks in the middle."""

    body: str | bytes = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    slow: float = 0
    cut: bool = False


class Neighbour:
    """`says`: method and path (without `/v2`) → an answer, several one after another (the last stays), or a
    function of what was asked. What it was not told gets a 404."""

    def __init__(self) -> None:
        self.says: dict[str, Any] = {}
        self.heard: list[Asked] = []
        there = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                there._answer(self, b"")

            def do_POST(self) -> None:
                there._answer(self, self.rfile.read(int(self.headers["content-length"])))

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/v2"

    def _answer(self, line: BaseHTTPRequestHandler, body: bytes) -> None:
        parts = urlsplit(line.path)
        path = parts.path.removeprefix("/v2")
        headers = {k.lower(): v for k, v in line.headers.items()}
        asked = Asked(line.command, path, parse_qs(parts.query), parse_qs(body.decode()), headers)
        self.heard.append(asked)
        said = self.says.get(f"{line.command} {path}", Said(NOT_FOUND, 404))
        if isinstance(said, list):
            said = said.pop(0) if len(said) > 1 else said[0]
        if callable(said):
            said = said(asked)
        said = said if isinstance(said, Said) else Said(said)
        time.sleep(said.slow)
        text = said.body.encode() if isinstance(said.body, str) else said.body
        line.send_response(said.status)
        for name, value in {"content-type": "text/xml", **said.headers}.items():
            line.send_header(name, value)
        line.send_header("content-length", str(len(text)))
        line.end_headers()
        line.wfile.write(text[: len(text) // 2] if said.cut else text)
        line.close_connection = True

    def takes(self, code: str, *said: Any) -> None:
        """What the report of this code is answered with, one after another; any other report gets an id."""
        left = list(said)

        def post(asked: Asked) -> Any:
            account = asked.form["account_id"][0]
            if account != code:
                return MADE.format(id=f"x{account}")
            return left.pop(0) if len(left) > 1 else left[0]

        self.says["POST /requests.xml"] = post

    def posts(self, code: str) -> list[Asked]:
        return [one for one in self.heard if one.method == "POST" and one.form["account_id"] == [code]]


@contextmanager
def neighbour() -> Iterator[Neighbour]:
    made = Neighbour()
    threading.Thread(target=made.server.serve_forever, daemon=True).start()
    try:
        yield made
    finally:
        made.server.shutdown()
        made.server.server_close()
