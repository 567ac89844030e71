"""From a declaration to a read-only session: the address checked, TLS as asked for, time limited."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tinh.packs.api import SqlWay
from tinh.sources.connector_errors import SocketRefused
from tinh.sources.feeds.errors import FolderOutside
from tinh.sources.feeds.job import Job
from tinh.sources.feeds.network import Deadline
from tinh.sources.sql.session import Session


@contextmanager
def opened(job: Job, way: SqlWay, deadline: Deadline) -> Iterator[Session]:
    """A session on the source; closed, with nothing written, afterwards."""
    session = _open(job, way, deadline)
    try:
        yield session
    finally:
        session.close()


def _open(job: Job, way: SqlWay, deadline: Deadline) -> Session:
    if way.engine == "sqlite":
        from tinh.sources.sql.sqlite import open_sqlite

        return open_sqlite(_file(job, way.file), way, deadline)
    if way.engine == "other":
        from tinh.sources.sql.other import open_other

        return open_other(job, way, deadline)
    password = job.secrets.get(way.password) if way.password else ""
    socket = _socket(job, way.socket) if way.socket else ""
    addresses = [] if socket else job.addresses(way.host, way.port, way.allow_private, deadline)
    if way.engine == "postgresql":
        from tinh.sources.sql.postgresql import open_postgresql

        return open_postgresql(job, way, password, addresses, socket, deadline)
    from tinh.sources.sql.mysql import open_mysql

    return open_mysql(job, way, password, addresses, socket, deadline)


def _file(job: Job, declared: str) -> Path:
    """The SQLite file, inside `drop` or one of TINH_FEED_ROOTS, links followed first."""
    folder, _, name = declared.rpartition("/")
    absolute = declared.startswith("/")
    if not absolute and not folder:
        root = job.ground.drop
        root.mkdir(parents=True, exist_ok=True)
        parent = root.resolve()
    else:
        parent = job.ground.folder(folder or "/")
    real = (parent / name).resolve()
    inside = [job.ground.drop.resolve(), *(root.resolve() for root in job.ground.roots)]
    if not any(real.is_relative_to(root) for root in inside):
        raise FolderOutside(path=declared)
    return real


def _socket(job: Job, declared: str) -> str:
    real = Path(declared).resolve()
    if not any(real.is_relative_to(root.resolve()) for root in job.ground.roots):
        raise SocketRefused(path=declared)
    return str(real)
