"""Commands started from a process that has read the libraries already.

Each command is a process of its own, forked from one that has imported what every verb imports: a fresh
interpreter spends more than a second of a processor on that before it does anything. One line of JSON asks
for a command on the input, one answers with its exit code. Asked by commands.py; servers and tests/site start
the real thing.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from importlib import import_module
from typing import Any


def serve() -> None:
    for room in ("packs", "places", "sources", "gate", "lake", "insight", "watch", "flow"):
        import_module(f"tinh.{room}.api")
    from tinh.cli.main import run

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
    signal.alarm(240)


if __name__ == "__main__":
    serve()
