"""From a folder and a catalogue to a configured, migrated process."""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import psycopg

from tinh.kit.clock import Clock, SystemClock
from tinh.site.embedded import EmbeddedPostgres
from tinh.site.errors import DatabaseNotReached, DatabaseTooOld
from tinh.site.options import Options, read_options
from tinh.site.state import settle

if TYPE_CHECKING:
    from tinh.packs.api import Catalogue

OLDEST = 150000


@dataclass(slots=True)
class Prepared:
    """A process ready to open its doors. `close` may be called twice."""

    catalogue: Catalogue
    home: Path
    options: Options
    database: EmbeddedPostgres | None
    _closed: bool = False

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        from django.db import connections

        from tinh.axis import api as axis
        from tinh.jobs import api as jobs

        jobs.stop()
        axis.stop()
        pooled: Any = connections.all(initialized_only=True)
        for connection in pooled:
            connection.close()
            connection.close_pool()
        if self.database is not None:
            self.database.stop()


def prepare(
    catalogue: Catalogue,
    home: Path | None = None,
    settings: Options | None = None,
    *,
    clock: Clock | None = None,
    told: Callable[[str], None] | None = None,
    beside: bool = False,
) -> Prepared:
    """Start or reach the database, configure Django, migrate, and hand `jobs` the province.

    `home` defaults to `<TINH_HOME>/<province id>`. `told` hears the steps by name (database,
    tables, pages) for a progress line. `beside` a process that has just done it, tables and pages are
    taken as they are.
    """
    options = settings or read_options()
    root = home or options.home / catalogue.id
    root.mkdir(parents=True, exist_ok=True)
    place = settle(options, root)
    tell = told or (lambda _step: None)

    database = None
    tell("database")
    if not options.database_url:
        database = EmbeddedPostgres(root)
        database.start()
    prepared = Prepared(catalogue, root, options, database)
    try:
        if database is None:
            _reach(place.database_url)
        os.environ["DJANGO_SETTINGS_MODULE"] = "tinh.site.settings"
        import django
        from django.conf import settings as settings_of_django

        from tinh.site import logs

        logs.configure(options.log)
        django.setup()
        from tinh.site import upkeep

        tell("tables")
        if not beside:
            upkeep.migrate()
        tell("pages")
        if not beside:
            upkeep.collect_static()
        from tinh.axis import api as axis
        from tinh.desks import api as desks
        from tinh.jobs import api as jobs
        from tinh.people import api as people
        from tinh.rest import api as rest
        from tinh.sources.api import Vault

        jobs.install(
            catalogue,
            root,
            clock,
            nightly=(
                rest.forget,
                axis.forget,
                axis.forget_told,
                desks.photos.forget,
                desks.papers.forget,
                desks.reports.forget,
            ),
            folder=options.province,
            log_days=options.access_log_days,
        )
        people.stand_on(jobs.Territory())
        jobs.open_desks()
        people.declare(
            people.Rules(
                sign_in=lambda: jobs.catalogue().sign_in,
                secret=Vault(root).get,
                province=lambda: f"Tỉnh · {jobs.catalogue().name.vi}",
            )
        )
        _open_cases()
        _open_axis(prepared, place.database_url, clock)
        import_module(settings_of_django.ROOT_URLCONF)  # a fault in a page shows now, not at the first visit
    except BaseException:
        if database is not None:
            database.stop()
        raise
    atexit.register(prepared.close)
    return prepared


def _open_cases() -> None:
    from tinh.cases import api as cases
    from tinh.jobs import api as jobs

    cases.stand_on(jobs.case_ground())


def _open_axis(prepared: Prepared, conninfo: str, clock: Clock | None) -> None:
    from tinh.axis import api as axis
    from tinh.jobs import api as jobs
    from tinh.sources.api import Secrets

    said = prepared.options.axis_proxies.split(",")
    axis.install(
        axis.Ground(
            home=prepared.home,
            place=prepared.catalogue.axis,
            agencies=jobs.agencies,
            clock=clock or SystemClock(),
            zone=ZoneInfo(prepared.catalogue.timezone),
            conninfo=conninfo,
            secret=lambda name: Secrets(prepared.home).get(name),
            proxies=frozenset(address.strip() for address in said if address.strip()),
            authority=prepared.options.axis_tsa,
            authority_roots=prepared.options.axis_tsa_roots,
            origin=urlsplit(prepared.options.public_url).hostname or "",
        )
    )
    axis.follow_agencies()
    axis.open_shares(jobs.corridor)


def _reach(url: str) -> None:
    facts = psycopg.conninfo.conninfo_to_dict(url)
    where = f"{facts.get('host', 'localhost')}:{facts.get('port', 5432)}/{facts.get('dbname', '')}"
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            version = connection.info.server_version
    except psycopg.Error as fault:
        raise DatabaseNotReached(where=where, reason=str(fault).strip().splitlines()[-1]) from fault
    if version < OLDEST:
        raise DatabaseTooOld(found=f"{version // 10000}.{version % 10000}")
