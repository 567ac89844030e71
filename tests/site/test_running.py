"""The running server: health, headers, languages, start and stop."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]


def test_health_needs_no_sign_in(site) -> None:
    client = site.stranger()
    assert client.get("/healthz").json() == {"alive": True}
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["checks"]) == (
        200,
        {"database": True, "province": True, "lake": True},
    )


def test_every_answer_carries_the_guarding_headers(site) -> None:
    client = site.stranger()
    for path in ("/healthz", "/api/v1/openapi.json", "/api/v1/me", "/khong-co"):
        headers = client.get(path).headers
        csp = headers["content-security-policy"]
        assert "script-src 'self'" in csp and "unsafe" not in csp, path
        assert "frame-ancestors 'none'" in csp
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "server" not in headers


def test_an_address_typed_with_or_without_its_slash_leads_to_the_page(site) -> None:
    client = site.stranger()
    found = client.get("/du-lieu/nhan?q=a%20b")
    assert (found.status_code, found.headers["location"]) == (301, "/du-lieu/nhan/?q=a%20b")
    assert client.get("/du-lieu/gui/x/y").status_code == 404
    assert client.get(f"{site.address}//evil.example/du-lieu").status_code == 404
    assert client.get("/api/v1/me/").status_code == 404
    assert client.post("/du-lieu/nhan").status_code in (403, 404)
    signed_in = site.person("viewer")
    assert signed_in.get("/du-lieu/lich/").headers["location"] == "/du-lieu/lich"


def test_host_nobody_named_is_refused(site) -> None:
    assert site.stranger().get("/healthz", headers={"Host": "evil.example"}).status_code in (200, 400)
    assert site.stranger().get("/api/v1/me", headers={"Host": "evil.example"}).status_code == 400


def test_pages_speak_vietnamese_until_the_visitor_chooses(site) -> None:
    client = site.stranger(**{"Accept-Language": "en-US,en"})
    assert client.get("/khong-co").headers["content-language"] == "vi"
    switched = client.get("/language", params={"to": "en", "next": "/khong-co"})
    assert (switched.status_code, switched.headers["location"]) == (302, "/khong-co")
    assert client.get("/khong-co").headers["content-language"] == "en"


def test_language_switch_does_not_lead_away(site) -> None:
    for target in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
        assert (
            site.stranger().get("/language", params={"to": "en", "next": target}).headers["location"] == "/"
        )


def test_secrets_are_closed_to_others(site) -> None:
    home = site.prepared.home
    assert stat.S_IMODE((home / "secret.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((home / "pg" / "data").stat().st_mode) == 0o700


def test_migrations_are_skipped_when_nothing_changed(site, monkeypatch: pytest.MonkeyPatch) -> None:
    from tinh.site import upkeep

    asked: list[str] = []
    monkeypatch.setattr(upkeep, "call_command", lambda name, **_: asked.append(name))
    begin = time.thread_time()
    upkeep.migrate()
    assert asked == [] and time.thread_time() - begin < 3


_SERVE = """
import sys
from pathlib import Path
from tinh.packs.api import compile as compile_province
from tinh.site.api import prepare, read_options, serve
options = read_options({}, port=0, log="error", outlooks="off")
prepared = prepare(compile_province(Path(sys.argv[1])), Path(sys.argv[2]), options)
serve(prepared, on_ready=lambda address: print(address, flush=True))
prepared.close()
print("closed", flush=True)
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all servers of this file: whoever starts first makes the tables."""
    return tmp_path_factory.mktemp("running") / "home"


def start(home: Path) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVE, str(ROOT / "provinces/thai-nguyen"), str(home)],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def test_server_stops_on_terminate_and_takes_its_database_with_it(home: Path) -> None:
    process, address = start(home)
    try:
        assert httpx.get(f"{address}healthz").status_code == 200
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=30)
        assert out.strip() == "closed"
        assert process.returncode == 0
        assert not (home / "pg" / "data" / "postmaster.pid").exists()
    finally:
        process.kill()


def test_killed_server_comes_back_with_its_accounts_and_key(home: Path) -> None:
    process, address = start(home)
    assert address, "the server did not start"
    key = (home / "secret.key").read_text()
    process.kill()
    process.wait()
    again, address = start(home)
    try:
        assert httpx.get(f"{address}readyz").json()["ready"] is True
        assert (home / "secret.key").read_text() == key
    finally:
        again.send_signal(signal.SIGTERM)
        again.communicate(timeout=30)


def test_taken_port_says_which(site) -> None:
    from tinh.site.errors import PortTaken
    from tinh.site.listen import _listen

    port = int(site.address.rsplit(":", 1)[1])
    with pytest.raises(PortTaken) as found:
        _listen("127.0.0.1", port)
    assert str(port) in found.value.detail().vi


def test_database_out_of_reach_names_the_variable() -> None:
    from tinh.site.errors import DatabaseNotReached
    from tinh.site.prepare import _reach

    with pytest.raises(DatabaseNotReached) as found:
        _reach("postgresql://ai:mat-khau@127.0.0.1:9/tinh")
    assert "TINH_DATABASE_URL" in found.value.remedy().vi
    assert "mat-khau" not in str(found.value)


def test_open_event_streams_neither_starve_pages_nor_hold_up_the_stop(site, home: Path) -> None:
    """More streams than the pool has connections, then SIGTERM."""
    from concurrent.futures import ThreadPoolExecutor

    process, address = start(home)
    try:
        session = _session_of(home)
        opened = []

        def follow(_: int) -> str:
            with httpx.stream("GET", f"{address}events", cookies=session, timeout=60) as stream:
                assert stream.status_code == 200, stream.status_code
                opened.append(1)
                return "".join(stream.iter_text())

        with ThreadPoolExecutor(40) as crowd:
            streams = [crowd.submit(follow, n) for n in range(40)]
            deadline = time.monotonic() + 30
            while len(opened) < 40 and time.monotonic() < deadline:
                time.sleep(0.05)
            assert len(opened) == 40
            assert httpx.get(f"{address}readyz", timeout=10).status_code == 200
            begin = time.monotonic()
            process.send_signal(signal.SIGTERM)
            out, _ = process.communicate(timeout=90)
            assert out.strip() == "closed"
            assert time.monotonic() - begin < 45
            assert all(stream.result().startswith("retry:") for stream in streams)
    finally:
        process.kill()


def _session_of(home: Path) -> dict[str, str]:
    """A viewer's session in the database of another server, made through its own PostgreSQL."""
    program = """
import sys, os
from pathlib import Path
from tinh.site.options import read_options
from tinh.site.state import settle
settle(read_options({}), Path(sys.argv[1]))
os.environ["DJANGO_SETTINGS_MODULE"] = "tinh.site.settings"
import django
django.setup()
from django.contrib.sessions.backends.db import SessionStore
from tinh.people import api as people
user = people.create_account(f"xem-{os.getpid()}", "đồi chè xanh 2026")
session = SessionStore()
session["_auth_user_id"] = str(user.pk)
session["_auth_user_backend"] = "tinh.people.signin.NameOrEmail"
session["_auth_user_hash"] = user.get_session_auth_hash()
session.save()
print(session.session_key)
"""
    made = subprocess.run(
        [sys.executable, "-c", program, str(home)], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    return {"tinh_session": made.stdout.strip()}
