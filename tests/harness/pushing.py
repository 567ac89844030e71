"""Real counterparts of channels on loopback: a push service with a browser behind it, and a gateway of text
messages. The push service opens what it is given with the browser's own keys."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec


def _written(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Taker:
    """Keeps what is posted; `answers`: the statuses of the next posts, 201 after them."""

    def __init__(self) -> None:
        self.posts: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: list[int] = []
        taker = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                taker.posts.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(taker.answers.pop(0) if taker.answers else 201)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def serve(self) -> None:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Browser(Taker):
    """A push service with one browser signed on to it."""

    def __init__(self) -> None:
        super().__init__()
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._secret = b"0123456789abcdef"
        self.endpoint = f"{self.url}/push/abc"

    @property
    def subscription(self) -> str:
        public = self._key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        keys = {"p256dh": _written(public), "auth": _written(self._secret)}
        return json.dumps({"endpoint": self.endpoint, "expirationTime": None, "keys": keys})

    def opened(self, number: int = -1) -> dict[str, Any]:
        """A message as the browser reads it."""
        body = self.posts[number][2]
        plain = http_ece.decrypt(body, private_key=self._key, auth_secret=self._secret, version="aes128gcm")
        found: dict[str, Any] = json.loads(plain)
        return found

    def signed_by(self, number: int = -1) -> dict[str, Any]:
        """The claims of the sender, checked with the key that the sender shows."""
        parts = dict(
            one.strip().split("=", 1)
            for one in self.posts[number][1]["authorization"].removeprefix("vapid ").split(",")
        )
        raw = base64.urlsafe_b64decode(parts["k"] + "=" * (-len(parts["k"]) % 4))
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
        claims: dict[str, Any] = jwt.decode(parts["t"], key, algorithms=["ES256"], audience=self.url)
        return {**claims, "k": parts["k"]}


@contextmanager
def taking(taker: Taker) -> Iterator[Taker]:
    taker.serve()
    try:
        yield taker
    finally:
        taker.stop()
