"""Commands started from a process that has read the libraries already.

Each command is a process of its own, forked from one that has imported what every verb imports: a fresh
interpreter spends more than a second of a processor on that before it does anything. Given a home, it has
read Django and the site too, which look at the home when they are read: its commands are all of that home.
One line of JSON asks for a command on the input, one answers with its exit code. Asked by commands.py;
servers and tests/site start the real thing.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

# what the rooms that need a configured Django read besides it
_LIBRARIES = (
    "cryptography.x509", "django.contrib.messages.storage.base", "django.core.handlers.asgi",
    "django.core.management", "django.core.servers.basehttp", "django.db.backends.postgresql.base",
    "django.db.models", "django.forms", "django.template", "fido2.server", "jinja2", "jsonschema_rs", "jwt",
    "numpy.f2py", "numpy.ma", "numpy.random", "PIL.Image", "procrastinate", "psycopg_pool", "scipy.linalg",
    "scipy.sparse", "scipy.spatial", "shapely", "sqlparse", "tinh.site.api", "tinh.site.prepare", "uvicorn",
)  # fmt: skip


def serve() -> None:
    for room in ("packs", "places", "sources", "gate", "lake", "insight", "watch", "flow"):
        import_module(f"tinh.{room}.api")
    for library in _LIBRARIES:
        import_module(library)
    from tinh.cli.main import run

    if len(sys.argv) > 1:
        read_site(Path(sys.argv[1]))

    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            become(asked)
            run()  # ends this process as it ends any: by leaving the interpreter
            return
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def read_site(home: Path) -> None:
    """What every verb reads that opens the database of `home`, a province's folder; connects to nothing."""
    from tinh.site.api import read_options
    from tinh.site.state import settle

    settle(read_options({}, log="error"), home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "tinh.site.settings"
    import django

    django.setup()
    import_module("tinh.site.urls")


def become(asked: dict[str, Any]) -> None:
    """This process as a shell would have started it."""
    for number, path, flags in (
        (0, asked["in"], os.O_RDONLY),
        (1, asked["out"], os.O_WRONLY),
        (2, asked["err"], os.O_WRONLY),
    ):
        os.dup2(os.open(path, flags), number)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    os.environ.clear()
    os.environ.update(asked["env"])
    os.chdir(asked["cwd"])
    sys.argv = ["tinh", *asked["words"]]
    signal.alarm(600)


if __name__ == "__main__":
    serve()
