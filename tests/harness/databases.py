"""Real databases on loopback, made in a temporary folder and stopped afterwards."""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pymysql
import pytest

from tinh.site import embedded

_TABLES = (Path("/usr/share/mysql"), Path("/usr/share/mariadb"))


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass(frozen=True)
class Server:
    """A database server with an account that owns `motcua` and one that may only read it."""

    engine: str
    port: int
    password: str
    folder: Path

    host = "127.0.0.1"
    database = "motcua"
    owner = "chu"
    reader = "doc"

    def run(self, *statements: str, user: str = "", database: str = "") -> list[Any]:
        """Statements as the owner; the rows of the last."""
        facts: dict[str, Any] = {
            "host": self.host, "port": self.port, "user": user or self.owner, "password": self.password,
        }  # fmt: skip
        if self.engine == "postgresql":
            with psycopg.connect(**facts, dbname=database or self.database, autocommit=True) as link:
                found = None
                for one in statements:
                    found = link.execute(one.encode())
                return found.fetchall() if found is not None and found.description else []
        link = pymysql.connect(**facts, database=database or self.database, autocommit=True)
        with contextlib.closing(link), link.cursor() as cursor:
            for one in statements:
                cursor.execute(one)
            return list(cursor.fetchall())


def _until(answers: Any, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        with contextlib.suppress(Exception):
            answers()
            return
        time.sleep(0.05)
    raise RuntimeError(log.read_text(errors="replace")[-2000:])


def _stop(process: subprocess.Popen[bytes], how: int) -> None:
    process.send_signal(how)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)


@contextlib.contextmanager
def mariadb() -> Iterator[Server]:
    """A MariaDB server; skips, saying so, where none is installed."""
    binary = shutil.which("mariadbd") or shutil.which("mariadbd", path="/usr/sbin")
    tables = next((f for f in _TABLES if (f / "mysql_system_tables.sql").is_file()), None)
    if binary is None or tables is None:
        if os.environ.get("CI"):
            raise RuntimeError("mariadbd is missing, and CI skips nothing")
        pytest.skip("mariadbd is not installed")
    folder = Path(tempfile.mkdtemp(prefix="tinh-mariadb-"))
    data, log, link = folder / "data", folder / "log", folder / "s"
    user = pwd.getpwuid(os.geteuid()).pw_name
    common = ["--no-defaults", f"--user={user}", f"--datadir={data}"]
    # What mariadb-install-db does, which the server's own package has no helpers for.
    script = "CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket=NULL;\n" + "".join(
        (tables / f"mysql_system_tables{part}.sql").read_text("utf-8") for part in ("", "_data")
    )  # fmt: skip
    for number in range(3):  # on a machine that is short of something it gives up at times
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir()
        made = subprocess.run(
            [binary, *common, "--bootstrap", "--skip-networking", "--skip-name-resolve",
             "--innodb-buffer-pool-size=48M"],
            capture_output=True, cwd=folder, input=script.encode(),
        )  # fmt: skip
        if made.returncode == 0:
            break
        assert number < 2, made.stderr.decode("utf-8", "replace")[-3000:]
        time.sleep(2)
    server = Server("mariadb", free_port(), secrets.token_urlsafe(12), folder)
    with log.open("wb") as out:
        process = subprocess.Popen(
            [
                binary, *common, f"--port={server.port}", "--bind-address=127.0.0.1", f"--socket={link}",
                f"--pid-file={folder / 'pid'}", "--skip-name-resolve", "--innodb-buffer-pool-size=48M",
                "--innodb-flush-log-at-trx-commit=0", "--skip-log-bin", "--performance-schema=OFF",
            ],
            stdout=out, stderr=out, cwd=folder,
        )  # fmt: skip

    def answers() -> None:
        pymysql.connect(unix_socket=str(link), user="root").close()

    try:
        _until(answers, process, log)
        with contextlib.closing(pymysql.connect(unix_socket=str(link), user="root")) as found:
            cursor = found.cursor()
            for text in (
                "CREATE DATABASE motcua CHARACTER SET utf8mb4 COLLATE utf8mb4_vietnamese_ci",
                f"CREATE USER chu@'127.0.0.1' IDENTIFIED BY '{server.password}'",
                "GRANT ALL ON motcua.* TO chu@'127.0.0.1'",
                f"CREATE USER doc@'127.0.0.1' IDENTIFIED BY '{server.password}'",
                "GRANT SELECT ON motcua.* TO doc@'127.0.0.1'",
            ):
                cursor.execute(text)
        yield server
    finally:
        _stop(process, signal.SIGTERM)
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def postgresql() -> Iterator[Server]:
    """A PostgreSQL server of the wheel, listening on loopback with passwords."""
    folder = Path(tempfile.mkdtemp(prefix="tinh-pg-"))
    folder.chmod(0o755)
    account = embedded._account() if os.geteuid() == 0 else None
    data, log = folder / "data", folder / "log"
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)
    server = Server("postgresql", free_port(), secrets.token_urlsafe(12), folder)
    paper = folder / "pw"
    paper.write_text(server.password)
    if account is not None:
        os.chown(paper, account.pw_uid, account.pw_gid)
    made = embedded._run(
        [
            str(embedded.binaries() / "initdb"), "-D", str(data), "-U", "goc", "--auth=scram-sha-256",
            f"--pwfile={paper}", "--encoding=UTF8", "--no-locale", "--no-sync", "--no-instructions",
        ],
        account,
    )  # fmt: skip
    if made.returncode != 0:
        raise RuntimeError(made.stdout)
    with log.open("wb") as out:
        process = subprocess.Popen(
            [
                str(embedded.binaries() / "postgres"), "-D", str(data), "-k", "", "-h", "127.0.0.1",
                "-p", str(server.port), "-c", "fsync=off",
            ],
            stdout=out, stderr=out, cwd="/", **embedded._as(account),
        )  # fmt: skip
    try:
        _until(lambda: server.run("SELECT 1", user="goc", database="postgres"), process, log)
        server.run(
            f"CREATE ROLE chu LOGIN PASSWORD '{server.password}'", "CREATE DATABASE motcua OWNER chu",
            f"CREATE ROLE doc LOGIN PASSWORD '{server.password}'", user="goc", database="postgres",
        )  # fmt: skip
        server.run(
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO doc",
            "GRANT USAGE ON SCHEMA public TO doc",
            user="chu",
        )  # fmt: skip
        yield server
    finally:
        _stop(process, signal.SIGINT)
        shutil.rmtree(folder, ignore_errors=True)
