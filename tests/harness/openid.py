"""A real OpenID provider in a process of its own on loopback, which can be told to misbehave.

`python -m tests.harness.openid PORT` answers discovery, authorize (signs in at once whoever is the next
person), token (with PKCE), userinfo, jwks, end_session, and `POST /control` that changes its behaviour.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
from joserfc import jws, jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

ROOT = Path(__file__).parents[2]
BACKCHANNEL = "http://schemas.openid.net/event/backchannel-logout"


class Desk:
    """What the provider knows and how it behaves."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.keys: list[Any] = []
        self.rotate()
        self.codes: dict[str, dict[str, Any]] = {}
        self.access: dict[str, dict[str, Any]] = {}
        self.person: dict[str, Any] = {"sub": "u1", "preferred_username": "lan"}
        self.wrong: dict[str, Any] = {}
        self.asked: list[str] = []

    def rotate(self, kind: str = "RS256") -> None:
        kid = secrets.token_hex(4)
        facts = {"kid": kid, "use": "sig", "alg": kind}
        made = RSAKey.generate_key(2048, facts) if kind == "RS256" else ECKey.generate_key("P-256", facts)
        self.keys = [made]

    def sign(self, claims: dict[str, Any], typ: str = "JWT") -> str:
        key = self.keys[0]
        header = {"alg": key.alg, "kid": key.kid, "typ": typ}
        forged = self.wrong.get("alg", "")
        if forged:  # no signature at all, or the old trick: the public key taken as a shared secret
            parts = [json.dumps(part).encode() for part in ({"alg": forged, "kid": key.kid}, claims)]
            signed = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
            mark = hmac.digest(key.as_pem(private=False), signed, "sha256") if forged == "HS256" else b""
            return f"{signed.decode()}.{base64.urlsafe_b64encode(mark).decode().rstrip('=')}"
        if "stranger" in self.wrong:
            facts = {"kid": key.kid, "use": "sig", "alg": "RS256"}
            return jwt.encode({**header, "alg": "RS256"}, claims, RSAKey.generate_key(2048, facts))
        return jwt.encode(header, claims, key, registry=jws.JWSRegistry(algorithms=["RS256", "ES256"]))

    def discovery(self) -> dict[str, Any]:
        said = {
            "issuer": self.wrong.get("discovery_issuer", self.issuer),
            "authorization_endpoint": f"{self.issuer}/authorize", "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
            "end_session_endpoint": f"{self.issuer}/end", "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        }  # fmt: skip
        return {k: v for k, v in said.items() if k not in self.wrong.get("without", [])}

    def authorize(self, asks: dict[str, str]) -> str:
        if "error" in self.wrong:
            back = {"error": self.wrong["error"], "state": asks["state"], "iss": self.issuer}
        else:
            code = secrets.token_urlsafe(16)
            self.codes[code] = {**asks, "person": dict(self.person)}
            back = {"code": code, "state": asks["state"], "iss": self.wrong.get("answer_iss", self.issuer)}
        return f"{asks['redirect_uri']}?{urlencode(back)}"

    def token(self, form: dict[str, str], secret: str) -> tuple[int, dict[str, Any]]:
        known = self.codes.pop(form.get("code", ""), None)
        if known is None or secret != "bí mật":
            return 400, {"error": "invalid_grant" if known is None else "invalid_client"}
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != known["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        access = secrets.token_urlsafe(16)
        self.access[access] = known["person"]
        now = int(time.time())
        half = base64.urlsafe_b64encode(hashlib.sha256(access.encode()).digest()[:16]).decode().rstrip("=")
        claims = {
            "iss": self.issuer, "aud": known["client_id"], "iat": now, "exp": now + 300,
            "nonce": known["nonce"], "auth_time": now, "at_hash": half, "sid": f"s-{known['person']['sub']}",
            **{k: v for k, v in known["person"].items() if k not in {"email", "email_verified"}},
            **self.wrong.get("claims", {}),
        }  # fmt: skip
        claims = {k: v for k, v in claims.items() if v is not None}
        return 200, {"access_token": access, "token_type": "Bearer", "id_token": self.sign(claims)}

    def logout_token(self, wanted: dict[str, Any]) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": "tinh", "iat": now, "exp": now + 120,
                  "jti": secrets.token_hex(8), "events": {BACKCHANNEL: {}}, **wanted}  # fmt: skip
        return self.sign({k: v for k, v in claims.items() if v is not None}, "logout+jwt")


def serve(port: int) -> None:
    desk = Desk(f"http://127.0.0.1:{port}")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            pass

        def say(self, status: int, body: Any, **headers: str) -> None:
            data = b"" if body is None else json.dumps(body).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asks = {k: v[0] for k, v in parse_qs(parts.query).items()}
            desk.asked.append(parts.path)
            if parts.path == "/.well-known/openid-configuration":
                self.say(200, desk.discovery())
            elif parts.path == "/jwks":
                self.say(200, KeySet(desk.keys).as_dict(private=False))
            elif parts.path == "/authorize":
                self.say(302, None, Location=desk.authorize(asks))
            elif parts.path == "/userinfo":
                found = desk.access.get(self.headers.get("Authorization", "").removeprefix("Bearer "))
                self.say(200 if found else 401, (found or {}) | desk.wrong.get("userinfo", {}))
            elif parts.path == "/end":
                self.say(302, None, Location=asks.get("post_logout_redirect_uri", "/"))
            elif parts.path == "/asked":
                self.say(200, desk.asked)
            else:
                self.say(404, {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.path == "/control":
                self.say(200, {"said": self._control(json.loads(body))})
                return
            form = {k: v[0] for k, v in parse_qs(body.decode()).items()}
            given = base64.b64decode(self.headers.get("Authorization", "").removeprefix("Basic ")).decode()
            secret = next(iter(parse_qs("x=" + given.partition(":")[2]).values()), [""])[0]
            self.say(*desk.token(form, secret))

        def _control(self, wanted: dict[str, Any]) -> Any:
            if "person" in wanted:
                desk.person = wanted["person"]
            if "wrong" in wanted:
                desk.wrong = wanted["wrong"]
            if "rotate" in wanted:
                desk.rotate(wanted["rotate"])
            if "logout" in wanted:
                return desk.logout_token(wanted["logout"])
            if "forget" in wanted:
                desk.asked.clear()
            return None

    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


@dataclass
class Provider:
    """A running provider and the words to steer it."""

    issuer: str
    process: subprocess.Popen[bytes]

    def be(self, **wanted: Any) -> Any:
        return httpx.post(f"{self.issuer}/control", json=wanted, timeout=30).json()["said"]

    def asked(self, path: str) -> int:
        return httpx.get(f"{self.issuer}/asked", timeout=30).json().count(path)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)


def start() -> Provider:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "tests.harness.openid", str(port)], cwd=ROOT)
    made = Provider(f"http://127.0.0.1:{port}", process)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with suppress(httpx.TransportError):
            httpx.get(f"{made.issuer}/jwks", timeout=1)
            return made
        time.sleep(0.05)
    raise AssertionError("the OpenID provider did not come up")


if __name__ == "__main__":
    serve(int(sys.argv[1]))
