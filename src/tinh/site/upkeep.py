"""What a start does to the database and the static files, and skips when nothing changed."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import psycopg
import structlog
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor

from tinh.axis import api as axis
from tinh.people import api as people

log = structlog.get_logger()

_LOCK = 0x74696E68  # "tinh": two processes that start at once migrate one after the other


def migrate() -> None:
    """Bring the tables and their locks up to date, as their owner; costs a few queries when they are."""
    owner = connections["owner"]
    try:
        with owner.cursor() as cursor:
            cursor.execute("select pg_advisory_lock(%s)", [_LOCK])
            try:
                executor = MigrationExecutor(owner)
                if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                    call_command("migrate", database="owner", interactive=False, verbosity=0)
                with transaction.atomic(using="owner"):
                    people.close_locks(owner)
                    _open_to_the_house(cursor)
                    _keep_what_is_only_added(cursor)
                    axis.close_log(cursor, connections["default"].settings_dict["USER"])
            finally:
                cursor.execute("select pg_advisory_unlock(%s)", [_LOCK])
    finally:
        owner.close()
    _warn_of_an_open_lock()


def _open_to_the_house(cursor: Any) -> None:
    """Let the account that asks read and write all rows its policies show, of these tables and later ones."""
    asking = connections["default"].settings_dict["USER"]
    if asking == connections["owner"].settings_dict["USER"]:
        return
    cursor.execute(
        "select count(*) from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' "
        "and not has_table_privilege(%s, oid, 'insert')",
        [asking],
    )
    if cursor.fetchone()[0] == 0:
        return
    role = psycopg.sql.Identifier(asking)
    for line in (
        "grant usage on schema public to {}",
        "grant select, insert, update, delete on all tables in schema public to {}",
        "grant usage, select, update on all sequences in schema public to {}",
        "alter default privileges in schema public grant select, insert, update, delete on tables to {}",
        "alter default privileges in schema public grant usage, select, update on sequences to {}",
    ):
        cursor.execute(psycopg.sql.SQL(line).format(role).as_string())


def _keep_what_is_only_added(cursor: Any) -> None:
    asking = connections["default"].settings_dict["USER"]
    if asking != connections["owner"].settings_dict["USER"]:
        people.narrow(cursor, asking)


def _warn_of_an_open_lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select rolsuper or rolbypassrls from pg_roles where rolname = current_user")
        if cursor.fetchone()[0]:
            log.warning("database.second_lock_open", account=connection.settings_dict["USER"])


def collect_static() -> None:
    """Copy the pages' files to the home under hashed names, once for each state of them."""
    root = Path(settings.STATIC_ROOT)
    mark = root / ".state"
    state = _state_of_sources()
    if mark.exists() and mark.read_text() == state:
        return
    root.mkdir(parents=True, exist_ok=True)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
        if mark.exists() and mark.read_text() == state:
            return
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
        mark.write_text(state)


def _state_of_sources() -> str:
    whole = hashlib.sha256()
    for finder in get_finders():
        for name, storage in sorted(finder.list(None), key=lambda found: found[0]):
            facts = Path(storage.path(name)).stat()
            whole.update(f"{name}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode())
    return whole.hexdigest()
