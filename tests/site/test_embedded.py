"""The embedded PostgreSQL, with real processes that share it and die."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tinh.site.embedded import EmbeddedPostgres, socket_folder

_HOLD = """
import sys, time
from pathlib import Path
from tinh.site.embedded import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]))
server.start()
print(server.pid(), flush=True)
sys.stdin.readline()
server.stop()
"""


@pytest.fixture
def home(tmp_path: Path):
    (tmp_path / "home").mkdir()
    yield tmp_path / "home"
    left = EmbeddedPostgres(tmp_path / "home")
    if (left.folder / "data").exists():
        left.start()
        left.stop()


def another(home: Path) -> tuple[subprocess.Popen[str], int]:
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, int(process.stdout.readline())


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def until_gone(pid: int) -> None:
    deadline = time.monotonic() + 60
    while alive(pid):
        assert time.monotonic() < deadline, "it lives on"
        time.sleep(0.05)


def write_and_count(server: EmbeddedPostgres) -> int:
    with psycopg.connect(server.conninfo(), autocommit=True) as connection:
        connection.execute("create table if not exists kept (n int)")
        connection.execute("insert into kept values (1)")
        row = connection.execute("select count(*) from kept").fetchone()
        assert row is not None
        return int(row[0])


def test_server_keeps_its_rows_over_a_stop(home: Path) -> None:
    server = EmbeddedPostgres(home)
    server.start()
    assert write_and_count(server) == 1
    pid = server.pid()
    server.stop()
    assert pid is not None and not alive(pid)
    server.start()
    assert write_and_count(server) == 2
    server.stop()


def test_second_process_shares_the_server_and_the_last_one_stops_it(home: Path) -> None:
    first, pid = another(home)
    server = EmbeddedPostgres(home)
    server.start()
    assert server.pid() == pid
    first.communicate("\n", timeout=30)
    assert alive(pid)
    assert write_and_count(server) == 1
    server.stop()
    assert not alive(pid)


def test_server_of_a_killed_process_is_used_again(home: Path) -> None:
    first, pid = another(home)
    first.kill()
    first.wait()
    server = EmbeddedPostgres(home)
    server.start()
    assert server.pid() == pid
    server.stop()
    until_gone(pid)


def test_killed_server_comes_back_with_what_was_committed(home: Path) -> None:
    server = EmbeddedPostgres(home)
    server.start()
    write_and_count(server)
    pid = server.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    until_gone(pid)
    fresh = EmbeddedPostgres(home)
    fresh.start()
    assert write_and_count(fresh) == 2
    fresh.stop()
    server.stop()


def test_pid_file_of_another_program_is_no_obstacle(home: Path) -> None:
    server = EmbeddedPostgres(home)
    server.start()
    server.stop()
    stranger = subprocess.Popen(["sleep", "60"])
    lines = [str(stranger.pid), str(server.data), "1", "5432", str(server.sockets), "", "1 2", "ready   "]
    (server.data / "postmaster.pid").write_text("\n".join(lines) + "\n")
    (server.sockets / ".s.PGSQL.5432.lock").write_text("\n".join(lines) + "\n")
    try:
        server.start()
        assert server.pid() != stranger.pid
        assert stranger.poll() is None
        server.stop()
    finally:
        stranger.kill()
        stranger.wait()


def test_leaving_a_server_that_died_ends_no_other_program(home: Path) -> None:
    server = EmbeddedPostgres(home)
    server.start()
    pid = server.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    stranger = subprocess.Popen(["sleep", "60"])
    (server.data / "postmaster.pid").write_text(f"{stranger.pid}\n{server.data}\n")
    try:
        server.stop()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_first_start_cut_short_leaves_nothing_in_the_way(home: Path) -> None:
    half = home / "pg" / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    server = EmbeddedPostgres(home)
    server.start()
    assert write_and_count(server) == 1
    server.stop()


def test_home_with_a_long_path_gets_a_short_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 120)
    assert len(os.fsencode(socket_folder(deep))) < 100
    deep.mkdir()
    server = EmbeddedPostgres(deep)
    server.start()
    assert write_and_count(server) == 1
    server.stop()


def test_data_and_socket_are_closed_to_others(home: Path) -> None:
    server = EmbeddedPostgres(home)
    server.start()
    assert (server.data.stat().st_mode & 0o077) == 0
    assert (server.sockets.stat().st_mode & 0o077) == 0
    server.stop()
