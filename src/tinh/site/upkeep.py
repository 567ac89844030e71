"""What a start does to the database and the static files, and skips when nothing changed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

_LOCK = 0x74696E68  # "tinh": two processes that start at once migrate one after the other


def migrate() -> None:
    """Bring the tables up to date; costs a few queries when they are."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", [_LOCK])
        try:
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                call_command("migrate", interactive=False, verbosity=0)
        finally:
            cursor.execute("select pg_advisory_unlock(%s)", [_LOCK])


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
