"""Commands started from a process that has read the libraries already.

Each command is a process of its own, forked from one that has imported what every verb imports and read the
gazetteer of the nation: a fresh interpreter spends more than a second of a processor on that before it does
anything. Where many commands are of one home, the process divides: its other half has read Django and the
site too, which look at the home when they are read. One line of JSON asks for a command on the input, one
answers with its exit code; `serve` asks for the other half, at two pipes. Asked by commands.py; servers and
tests/site start the real thing.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
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


def main() -> None:
    for room in ("packs", "places", "sources", "gate", "lake", "insight", "watch", "flow"):
        import_module(f"tinh.{room}.api")
    for library in _LIBRARIES:
        import_module(library)
    from tinh.cli.main import run
    from tinh.places.api import gazetteer

    _at_hand = gazetteer().crosswalk  # every unit, and what became of it
    serve(run)


def serve(run: Callable[[], None]) -> None:
    """Do what each line of the input asks, until it ends."""
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if child == 0 and "serve" in asked:
            divide(asked)
            serve(run)
            return
        if child == 0:
            become(asked)
            run()  # ends this process as it ends any: by leaving the interpreter
            return
        if "serve" in asked:
            continue  # it answers for itself
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def divide(asked: dict[str, Any]) -> None:
    """This process as the one for the commands of one home."""
    for number, path, flags in ((0, asked["asking"], os.O_RDONLY), (1, asked["telling"], os.O_WRONLY)):
        os.dup2(os.open(path, flags | os.O_CLOEXEC), number)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    read_site(Path(asked["serve"]))


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
    main()
