"""Several serving processes on one address: whoever answers, it is one server, and outlives any of them."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.harness.air import PATH, csv, hours
from tests.harness.ready import made_ready

from tinh.kit.durable import write
from tinh.kit.ids import fresh

ROOT = Path(__file__).parents[2]
TUS = {"Tus-Resumable": "1.0.0"}
PIECE = {**TUS, "Content-Type": "application/offset+octet-stream"}

_SERVE = """
import json, sys
from pathlib import Path
from tinh.packs.api import compile as compile_province
from tinh.site.api import prepare, read_options, serve
options = read_options({}, port=0, log="error", serving=2, outlooks="off", behind_proxy="true")
prepared = prepare(compile_province(Path(sys.argv[1])), Path(sys.argv[2]), options)
from django.contrib.sessions.backends.db import SessionStore
from tinh.people import api as people
from tinh.people.models import User
name = "can-bo-phuc-vu"
user = User.objects.filter(username=name).first() or people.create_account(
    name, "đồi chè xanh 2026", "data_officer", agency="so-nnmt", email="phuc-vu@example.vn")
session = SessionStore()
session["_auth_user_id"] = str(user.pk)
session["_auth_user_backend"] = "tinh.people.signin.NameOrEmail"
session["_auth_user_hash"] = user.get_session_auth_hash()
session.save()
facts = {"key": people.create_token(user, "thử")[1], "session": session.session_key}
serve(prepared, on_ready=lambda address: print(json.dumps({**facts, "address": address}), flush=True))
prepared.close()
print("closed", flush=True)
"""


@dataclass
class Crew:
    """A server with two serving processes, and who of them answers."""

    keeper: subprocess.Popen[str]
    home: Path
    address: str
    key: str
    session: str

    def serving(self) -> list[int]:
        """The serving processes that listen."""
        children = Path(f"/proc/{self.keeper.pid}/task").glob("*/children")
        pids = [int(pid) for file in children for pid in file.read_text().split()]
        return sorted(pid for pid in pids if "tinh.site.server" in _command(pid))

    def line_to(self, pid: int) -> httpx.Client:
        """A connection that this process holds, for as many requests as one likes."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            client = httpx.Client(
                base_url=self.address.rstrip("/"), timeout=60, limits=httpx.Limits(max_connections=1)
            )
            answer = client.get("/healthz")
            port = answer.extensions["network_stream"].get_extra_info("client_addr")[1]
            if _holder(port, self.serving()) == pid:
                return client
            client.close()
        raise AssertionError(f"no connection was taken by {pid}")

    def both(self) -> tuple[httpx.Client, httpx.Client]:
        first, second = self.serving()
        return self.line_to(first), self.line_to(second)


def _command(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    return ""


def _holder(port: int, pids: list[int]) -> int | None:
    """Whose socket is the other end of a connection from `port` of this machine."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        facts = line.split()
        if int(facts[2].rpartition(":")[2], 16) == port:
            wanted = f"socket:[{facts[9]}]"
            for pid in pids:
                with contextlib.suppress(OSError):
                    for handle in Path(f"/proc/{pid}/fd").iterdir():
                        with contextlib.suppress(OSError):
                            if str(handle.readlink()) == wanted:
                                return pid
    return None


@pytest.fixture(scope="module")
def crew(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crew]:
    """One for all tests of this file; when they are through, one of its processes is stopped and its keeper
    killed, whom nobody outlives."""
    home = made_ready(tmp_path_factory.mktemp("crew") / "home")
    keeper = subprocess.Popen(
        [sys.executable, "-c", _SERVE, str(ROOT / "provinces/thai-nguyen"), str(home)],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    try:
        assert keeper.stdout is not None
        facts = json.loads(keeper.stdout.readline() or "{}")
        assert facts, "the server did not start"
        found = Crew(keeper, home, facts["address"], facts["key"], facts["session"])
        yield found
        serving = found.serving()
        os.kill(serving[0], signal.SIGSTOP)
    finally:
        keeper.kill()
        keeper.wait()
    nobody_outlives_the_keeper(found, serving)


def nobody_outlives_the_keeper(crew: Crew, serving: list[int]) -> None:
    """And the last to go stops the database."""
    deadline = time.monotonic() + 60
    while any("tinh.site.server" in _command(pid) for pid in serving) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert serving and not any("tinh.site.server" in _command(pid) for pid in serving)
    assert not (crew.home / "pg" / "data" / "postmaster.pid").exists()
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{crew.address}healthz", timeout=5)


def form(client: httpx.Client) -> dict[str, str]:
    page = client.get("/phan-anh/gui").text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]*)"', page)
    assert token
    return {
        "csrfmiddlewaretoken": token[1], "draft": fresh(26), "step": "send", "category": "waste-uncollected",
        "text": "Thùng rác đầy tràn ra lòng đường, ba ngày nay chưa thu gom.", "place": "05443",
        "address": "Trước số 12 đường Bắc Kạn",
    }  # fmt: skip


def send(client: httpx.Client, fields: dict[str, str]) -> httpx.Response:
    head = {
        "Accept": "application/json",
        "X-Forwarded-For": f"2001:db8:{int(time.time_ns()) & 0xFFFF:x}:{os.getpid() & 0xFFFF:x}::1",
    }
    return client.post("/phan-anh/gui", data=fields, headers=head)


def test_what_one_process_takes_in_the_other_knows(crew: Crew) -> None:
    one, other = crew.both()
    sent = send(one, form(one))
    assert sent.status_code == 200, sent.text[:500]
    page = other.get(sent.json()["address"])
    assert page.status_code == 200 and sent.json()["code"] in page.text

    photo = b"\xff\xd8\xff\xe0" + os.urandom(4000)
    begun = one.post("/phan-anh/anh", headers={**TUS, "Upload-Length": str(len(photo))})
    where = begun.headers["location"]
    cookies = {"tinh_draft": begun.cookies.get("tinh_draft") or ""} if begun.cookies else {}
    other.cookies.update(cookies)
    first = other.patch(where, headers={**PIECE, "Upload-Offset": "0"}, content=photo[:1500])
    assert (first.status_code, first.headers["upload-offset"]) == (204, "1500")
    rest = one.patch(where, headers={**PIECE, "Upload-Offset": "1500"}, content=photo[1500:])
    assert (rest.status_code, rest.headers["upload-offset"]) == (204, str(len(photo)))

    office = {
        "format": 1,
        "id": "tram-thu",
        "kind": "department",
        "name": {"vi": "Trạm Thử Nghiệm", "en": "Trial"},
    }
    for client in (one, other):
        client.cookies.set("tinh_session", crew.session)
        assert "Trạm Thử Nghiệm" not in client.get("/co-quan/").text
    write(crew.home / "agencies" / "tram-thu.yaml", json.dumps(office, ensure_ascii=False).encode())
    assert all("Trạm Thử Nghiệm" in client.get("/co-quan/").text for client in (one, other))


def test_what_a_serving_process_acknowledges_is_judged_by_the_one_that_works(crew: Crew) -> None:
    for client, other in (crew.both(), crew.both()[::-1]):
        client.headers["Authorization"] = other.headers["Authorization"] = f"Bearer {crew.key}"
        pushed = client.post(PATH, content=csv(hours(7)), headers={"Content-Type": "text/csv"})
        assert pushed.status_code == 202, pushed.text
        deadline = time.monotonic() + 60
        while (found := other.get(pushed.headers["location"]).json())["state"] != "judged":
            assert time.monotonic() < deadline, found
            time.sleep(0.1)
        assert (found["verdict"], found["received"]) == ("accepted", 7)


def test_a_killed_serving_process_loses_nothing_and_is_replaced(crew: Crew) -> None:
    before = crew.serving()

    def insist(_: int) -> str:
        """As a phone does: the same draft again until it is answered; where its report is."""
        fields: dict[str, str] = {}
        with httpx.Client(base_url=crew.address.rstrip("/"), timeout=60) as client:
            for _ in range(100):
                with contextlib.suppress(httpx.TransportError):
                    fields = fields or form(client)
                    sent = send(client, fields)
                    if sent.status_code == 200:
                        return str(sent.json()["address"])
                time.sleep(0.05)
        raise AssertionError("never answered")

    with ThreadPoolExecutor(4) as people:
        under_way = [people.submit(insist, n) for n in range(24)]
        until(lambda: any(one.done() for one in under_way))
        os.kill(before[0], signal.SIGKILL)
        addresses = {one.result() for one in under_way}
    assert len(addresses) == 24
    with httpx.Client(base_url=crew.address.rstrip("/"), timeout=60) as client:
        assert all(client.get(address).status_code == 200 for address in addresses)
    until(lambda: len(crew.serving()) == 2, 90)
    new = [pid for pid in crew.serving() if pid not in before]
    assert len(new) == 1 and before[1] in crew.serving()
    assert crew.line_to(new[0]).get("/readyz").json()["ready"] is True


_IDLE = """#!{python}
import json, os, sys
asked = json.loads(sys.stdin.readline())
os.write(asked["bell"], b"ready %d\\n" % os.getpid())
sys.stdin.read()
"""


@pytest.fixture
def kept(site: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """A keeper of one process that begins, serves nothing and has no pulse; the pids of all it has begun."""
    from tinh.site import crew as keeping

    program = tmp_path / "idle"
    program.write_text(_IDLE.format(python=sys.executable))
    program.chmod(0o755)
    begun: list[int] = []
    plain = subprocess.Popen

    def popen(*args: Any, **facts: Any) -> Any:
        process = plain(*args, **facts)
        begun.append(process.pid)
        return process

    monkeypatch.setattr(keeping.sys, "executable", str(program))
    monkeypatch.setattr(keeping.subprocess, "Popen", popen)
    stop, ready = threading.Event(), threading.Event()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        keeper = threading.Thread(target=keeping.Crew(site.prepared, listener).work, args=(ready.set, stop))
        keeper.start()
        assert ready.wait(60)
        yield begun
        stop.set()
        keeper.join(60)
    assert not keeper.is_alive()
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in begun))


def until(found: Any, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_machine_without_room_for_another_process_is_asked_again(
    kept: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tinh.site import crew as keeping

    plain, refused = keeping.subprocess.Popen, []

    def full(*args: Any, **facts: Any) -> Any:
        if len(refused) < 2:
            refused.append(args)
            raise OSError(errno.ENOMEM, "Cannot allocate memory")
        return plain(*args, **facts)

    monkeypatch.setattr(keeping, "SOON", 0.05)
    monkeypatch.setattr(keeping.subprocess, "Popen", full)
    os.kill(kept[0], signal.SIGKILL)
    until(lambda: len(kept) == 2)
    assert len(refused) == 2


def test_a_process_that_hangs_is_replaced(kept: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    from tinh.site import crew as keeping

    looks: list[float] = []
    listen = keeping._Post.listen

    def looked(post: Any, now: float) -> None:
        looks.append(now)
        listen(post, now)

    monkeypatch.setattr(keeping._Post, "listen", looked)
    os.kill(kept[0], signal.SIGSTOP)
    until(lambda: len(looks) >= 4)
    assert len(kept) == 1  # not at once
    monkeypatch.setattr(keeping, "SILENT", 0.5)
    until(lambda: len(kept) >= 2)
    monkeypatch.setattr(keeping, "SILENT", 60.0)
    until(lambda: not Path(f"/proc/{kept[0]}").exists())


def test_one_of_several_that_cannot_begin_is_said(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from tinh.site import crew as keeping
    from tinh.site.errors import ServingNotStarted

    monkeypatch.setattr(keeping.sys, "executable", "/bin/false")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        with pytest.raises(ServingNotStarted) as found:
            keeping.Crew(site.prepared, listener).work(lambda: None)
    assert "exit 1" in found.value.detail().en and "TINH_SERVING" in found.value.remedy().vi
