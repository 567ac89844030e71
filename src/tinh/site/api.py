"""The running house: settings, database, address.

Comes in: a compiled province, its home, options. Goes out: Django configured over a migrated
database (`prepare`) and a listening server (`serve`). Refuses: settings it does not know and
a PostgreSQL it cannot use, with the cure.

    prepared = prepare(catalogue)        # once a process; starts the embedded PostgreSQL
    serve(prepared, on_ready=print)      # blocks until SIGINT or SIGTERM
    prepared.close()                     # stops the database if nobody else uses it
"""

from __future__ import annotations

from tinh.site.errors import DatabaseNotReached, DatabaseNotStarted, PortTaken, SettingRefused, SiteError
from tinh.site.listen import serve
from tinh.site.memory import look_as_usual
from tinh.site.options import Options, field_help, read_options
from tinh.site.prepare import Prepared, prepare

__all__ = [
    "DatabaseNotReached",
    "DatabaseNotStarted",
    "Options",
    "PortTaken",
    "Prepared",
    "SettingRefused",
    "SiteError",
    "field_help",
    "look_as_usual",
    "prepare",
    "read_options",
    "serve",
]
