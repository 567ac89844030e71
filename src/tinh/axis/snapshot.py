"""The registry as one process remembers it, and how it hears that it has changed.

A thread listens to the database (`tinh_axis`) and reads the registry anew when its number has grown, by
whichever process. A memory that could not be renewed for long is not believed.
"""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import psycopg
import structlog

from tinh.axis.names import Name
from tinh.people import api as people

log = structlog.get_logger()
STALE = 30.0  # seconds without the database after which nothing is allowed any more
_LOOK = 2.0


@dataclass(frozen=True, slots=True)
class Client:
    """A subsystem that may speak."""

    id: int
    name: Name
    member: str
    agency: str
    active: bool


@dataclass(frozen=True, slots=True)
class Held:
    """One right, ready to be held against a call."""

    id: int
    method: str
    path: re.Pattern[str] | None
    since: date
    until: date | None
    purpose: str
    basis: str

    def covers(self, method: str, path: str, day: date) -> bool:
        return (
            self.since <= day
            and (self.until is None or day <= self.until)
            and self.method in ("*", method)
            and (self.path is None or self.path.fullmatch(path) is not None)
        )


@dataclass(frozen=True, slots=True)
class Offer:
    """One service and the rights to it, by the subsystem that holds them."""

    id: int
    name: Name
    title: str
    provider: str
    openapi: bool
    endpoints: tuple[tuple[str, str], ...]
    keep: bool
    keep_days: int
    max_bytes: int
    timeout: int
    active: bool
    notice: str
    owner: str
    contact: str
    rights: dict[int, list[Held]] = field(default_factory=dict)

    def right(self, client: int, method: str, path: str, day: date) -> Held | None:
        for held in self.rights.get(client, ()):
            if held.covers(method, path, day):
                return held
        return None

    def allowed(self, client: int, day: date) -> list[Held]:
        return [
            h for h in self.rights.get(client, ()) if h.since <= day and (h.until is None or day <= h.until)
        ]


@dataclass(frozen=True, slots=True)
class Trusted:
    name: str
    addresses: frozenset[str]
    claims: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    number: int
    clients: dict[tuple[str, ...], Client]
    offers: dict[tuple[str, ...], Offer]
    members: dict[tuple[str, ...], str]  # their names
    subsystems: dict[tuple[str, ...], str]
    keys: dict[str, tuple[Client, datetime]]
    certificates: dict[str, list[tuple[Client, datetime]]]
    servers: dict[str, Trusted]


def glob(pattern: str) -> re.Pattern[str] | None:
    """`*` is one part of a path, `**` any; None for everything."""
    if pattern in ("", "**"):
        return None
    parts = re.split(r"(\*\*|\*)", pattern)
    return re.compile("".join({"*": "[^/]*", "**": ".*"}.get(p, re.escape(p)) for p in parts), re.DOTALL)


def load(connection: psycopg.Connection[Any]) -> Snapshot:
    """The registry as it stands, in one look."""
    with connection.transaction():
        connection.execute("set transaction isolation level repeatable read, read only")
        number = connection.execute("select number from axis_generation").fetchone()
        clients: dict[int, Client] = {}
        names: dict[tuple[str, ...], str] = {}
        members: dict[tuple[str, ...], str] = {}
        contacts: dict[int, tuple[str, str]] = {}
        for row in connection.execute("select instance, klass, code, name from axis_member where active"):
            members[tuple(row[:3])] = row[3]
        for (
            id,
            code,
            said,
            on,
            instance,
            klass,
            member,
            name,
            contact,
            agency,
            there,
        ) in connection.execute(
            "select s.id, s.code, s.name, s.active, m.instance, m.klass, m.code, m.name, m.contact, "
            "m.agency, m.active from axis_subsystem s join axis_member m on m.id = s.member_id"
        ):
            full = Name((instance, klass, member, code))
            clients[id] = Client(id, full, full.member, agency, on and there)
            contacts[id] = (name or full.member, contact)
            if on and there:
                names[full.parts] = said
        offers: dict[int, Offer] = {}
        for (
            id, of, code, title, provider, openapi, endpoints, keep, days, most, timeout, on, notice
        ) in connection.execute(
            "select id, subsystem_id, code, title, provider, openapi, endpoints, keep, keep_days, max_bytes, "
            "timeout, active, notice from axis_service"
        ):  # fmt: skip
            owner, contact = contacts[of]
            offers[id] = Offer(
                id, Name((*clients[of].name.parts, code)), title, provider, openapi,
                tuple((e["method"], e["path"]) for e in endpoints), keep == "body", days, most, timeout,
                on and clients[of].active, notice, owner, contact,
            )  # fmt: skip
        for id, of, to, method, path, since, until, purpose, basis in connection.execute(
            "select r.id, r.service_id, coalesce(r.subsystem_id, g.subsystem_id), r.method, r.path, r.since, "
            "r.until, r.purpose, r.basis from axis_right r "
            "left join axis_group_subsystems g on g.group_id = r.group_id where r.revoked_at is null"
        ):
            if to is not None:
                held = Held(id, method, glob(path), since, until, purpose, basis)
                offers[of].rights.setdefault(to, []).append(held)
        keys: dict[str, tuple[Client, datetime]] = {}
        certificates: dict[str, list[tuple[Client, datetime]]] = {}
        for kind, digest, of, expires in connection.execute(
            "select kind, digest, subsystem_id, expires_at from axis_credential where revoked_at is null"
        ):
            if kind == "key":
                keys[digest] = (clients[of], expires)
            else:
                certificates.setdefault(digest, []).append((clients[of], expires))
        servers = {
            digest: Trusted(name, frozenset(addresses), tuple(claims))
            for name, addresses, digest, claims in connection.execute(
                "select name, addresses, digest, claims from axis_server where active"
            )
        }
    return Snapshot(
        number[0] if number else 0, {c.name.parts: c for c in clients.values()},
        {o.name.parts: o for o in offers.values()}, members, names, keys, certificates, servers,
    )  # fmt: skip


class Memory:
    """What the process remembers of the registry, kept fresh by a thread."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._fresh = 0.0
        self._asking: psycopg.Connection[Any] | None = None
        self._turn = threading.Lock()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="axis-registry", daemon=True)
        self._thread.start()

    def current(self) -> Snapshot | None:
        """What is remembered; None when it is too old to be believed."""
        found = self._snapshot
        return found if found is not None and time.monotonic() - self._fresh < STALE else None

    def renewed(self) -> Snapshot:
        """The registry as it is at this moment."""
        with self._turn:
            if self._asking is None or self._asking.closed:
                own = psycopg.connect(self._conninfo, autocommit=True, application_name="tinh axis")
                self._asking = people.tell(own, "work")
            try:
                return self._take(self._asking)
            except psycopg.OperationalError:
                self._asking.close()
                raise

    def stop(self) -> None:
        self._ending.set()
        self._thread.join(_LOOK + 3)
        with self._turn:
            if self._asking is not None:
                self._asking.close()

    def _take(self, connection: psycopg.Connection[Any]) -> Snapshot:
        with self._lock:
            begun = time.monotonic()
            found = self._snapshot
            number = connection.execute("select number from axis_generation").fetchone()
            if found is None or number is None or number[0] != found.number:
                found = load(connection)
            self._snapshot, self._fresh = found, begun
            return found

    def _listen(self) -> None:
        while not self._ending.is_set():
            try:
                with psycopg.connect(
                    self._conninfo, autocommit=True, application_name="tinh axis registry"
                ) as connection:
                    people.tell(connection, "work")
                    connection.execute("listen tinh_axis")
                    while not self._ending.is_set():
                        self._take(connection)
                        for _ in connection.notifies(timeout=_LOOK, stop_after=1):
                            pass
            except psycopg.Error as fault:
                log.warning("axis.registry.lost", reason=str(fault).strip()[:200])
                self._ending.wait(1)
