"""One real server a test process: uvicorn on loopback over an embedded PostgreSQL.

Django can be configured once a process, so all suites of a process share one home, one
catalogue (the demo province) and one running server. Tests make their own data apart.
"""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.harness.ready import made_ready
from tinh.packs.api import compile as compile_province
from tinh.site.api import Prepared, prepare, read_options, serve

ROOT = Path(__file__).parents[2]
PASSWORD = "đồi chè xanh 2026"


@functools.cache
def prepared() -> Prepared:
    """The demo province over a fresh home, not listening yet."""
    from django.contrib.auth.hashers import PBKDF2PasswordHasher

    PBKDF2PasswordHasher.iterations = 1000  # a password costs half a second of work otherwise, each time
    home = Path(tempfile.mkdtemp(prefix="tinh-test-"))
    made_ready(home)
    made = prepare(
        compile_province(ROOT / "provinces" / "thai-nguyen"),
        home,
        read_options({}, home=home.parent, port=0, log="error", max_upload_mb=3, outlooks="off"),
    )
    atexit.register(lambda: (made.close(), shutil.rmtree(home, ignore_errors=True)))
    return made


@dataclass(frozen=True)
class Site:
    address: str
    prepared: Prepared

    def account(self, role: str, agency: str = "") -> Any:
        """An account of this role, made on first need."""
        from tinh.people import api as people

        name = f"{role}-{agency}" if agency else role
        found = people.User.objects.filter(username=name).first()
        return found or people.create_account(name, PASSWORD, role, agency=agency, email=f"{name}@example.vn")

    def program(
        self, role: str, agency: str = "", datasets: tuple[str, ...] = (), **headers: str
    ) -> httpx.Client:
        """A client of the API with a bearer token."""
        from tinh.people import api as people

        _, secret = people.create_token(self.account(role, agency), "test", datasets)
        return self.stranger(Authorization=f"Bearer {secret}", **headers)

    def stranger(self, **headers: str) -> httpx.Client:
        return httpx.Client(base_url=self.address, headers=headers, timeout=60)

    def person(self, role: str, agency: str = "", **headers: str) -> httpx.Client:
        """A client with a signed-in session cookie."""
        from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
        from django.contrib.sessions.backends.db import SessionStore

        user = self.account(role, agency)
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "tinh.people.signin.NameOrEmail"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        client = self.stranger(**headers)
        client.cookies.set("tinh_session", session.session_key or "")
        return client


@functools.cache
def running() -> Site:
    """The server, answering in a thread until the process ends."""
    site = prepared()
    stop, ready = threading.Event(), threading.Event()
    found: list[str] = []

    def on_ready(address: str) -> None:
        found.append(address.rstrip("/"))
        ready.set()

    thread = threading.Thread(
        target=serve, args=(site, "127.0.0.1", 0), kwargs={"on_ready": on_ready, "stop": stop}, daemon=True
    )
    thread.start()
    assert ready.wait(300), "the server did not come up"

    def close() -> None:
        stop.set()
        thread.join(30)
        site.close()

    _closing.append(close)
    return Site(found[0], site)


_closing: list[Callable[[], None]] = []


def close() -> None:
    """Stop the server while threads can still be started, which at interpreter exit they cannot."""
    while _closing:
        _closing.pop()()
