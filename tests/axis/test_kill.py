"""Two processes over one chain, one of them killed in the middle."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.harness.commands import command
from tests.harness.ready import made_ready
from tests.harness.server import ROOT


class Process:
    def __init__(self, home: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.axis.served", str(home)], stdout=subprocess.PIPE, text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
        )  # fmt: skip
        self.service = self.address = ""

    def up(self) -> Process:
        """Itself, once it answers."""
        assert self.process.stdout
        self.service = self.process.stdout.readline().split()[1]
        self.address = self.process.stdout.readline().strip()
        return self

    def end(self, how: int = signal.SIGTERM) -> None:
        self.process.send_signal(how)
        self.process.wait(30)


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[list[Process]]:
    running: list[Process] = []
    yield running
    for one in running:
        if one.process.poll() is None:
            one.end()


def test_no_acknowledged_exchange_is_lost_when_a_process_is_killed(
    tmp_path: Path, processes: list[Process]
) -> None:
    home = made_ready(tmp_path / "thai-nguyen")
    processes += [Process(home).up(), Process(home).up()]
    key = (home / "key").read_text()
    acknowledged: list[str] = []
    enough, stopping = threading.Event(), threading.Event()

    def ask(process: Process) -> None:
        headers = {"X-Road-Client": "VN-19/GOV/so-khcn/KILL", "Authorization": f"Bearer {key}"}
        with httpx.Client(headers=headers, timeout=10) as client:
            while not stopping.is_set():
                try:
                    answer = client.post(f"{process.address}r1/{process.service}/n", content=b"body")
                except httpx.HTTPError:
                    return
                assert answer.status_code == 200, answer.text
                acknowledged.append(answer.headers["x-road-request-id"])
                if len(acknowledged) > 120:
                    enough.set()

    threads = [threading.Thread(target=ask, args=(p,)) for p in processes for _ in range(4)]
    for thread in threads:
        thread.start()
    assert enough.wait(60)
    processes[0].end(signal.SIGKILL)
    stopping.set()
    for thread in threads:
        thread.join(20)
    answer = httpx.post(
        f"{processes[1].address}r1/{processes[1].service}/after", content=b"body",
        headers={"X-Road-Client": "VN-19/GOV/so-khcn/KILL", "X-Tinh-Key": key},
    )  # fmt: skip
    acknowledged.append(answer.headers["x-road-request-id"])

    from tinh.site.embedded import EmbeddedPostgres

    conninfo = EmbeddedPostgres(home).conninfo()
    with psycopg.connect(conninfo) as connection:
        kept = {
            row[0] for row in connection.execute("select exchange from axis_entry where kind = 'response'")
        }
        signers = connection.execute("select count(distinct certificate) from axis_batch").fetchone()
    assert not set(acknowledged) - kept
    assert signers == (1,)
    assert _verified(tmp_path) == (0, [])
    with psycopg.connect(conninfo) as connection:  # the owner, who can do anything
        connection.execute("set session_replication_role = replica")
        connection.execute("update axis_entry set client = 'VN-19/GOV/x/Y' where seq = 5")
    assert _verified(tmp_path) == (1, [("changed", 5)])


def _verified(homes: Path) -> tuple[int, list[tuple[str, int]]]:
    """What `tinh axis verify` leaves with and names."""
    done = command(["axis", "verify", "--json"], {"TINH_HOME": str(homes)})
    return done.code, [(flaw["kind"], flaw["seq"]) for flaw in done.json["flaws"]]
