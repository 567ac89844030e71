"""One of several serving processes, as its keeper starts it (crew.py): `python -m tinh.site.server`.

It answers requests, notices what is applied, and leaves the background to its keeper.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import socket
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from tinh.site import memory

LINGER = 20.0  # seconds after its keeper is gone
_WHEN_PARENT_ENDS = 1  # PR_SET_PDEATHSIG of prctl


class _Door(socket.socket):
    """The listening socket of them all. asyncio would say anew how many may wait: here as many as it takes
    at one look, which is one, so that whoever is idle takes the next."""

    def listen(self, _backlog: int = 0, /) -> None:
        return


def main() -> None:
    """Serve what the first line of the standard input says, until SIGTERM or the input's end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the keeper hears it too, and says when to end
    asked = json.loads(sys.stdin.buffer.readline() or b"{}")
    if not asked:
        return
    _wake_at_the_end()
    memory.look_seldom()
    threading.Thread(target=_outlast_nobody, name="keeper", daemon=True).start()

    from tinh.flow.api import Home, in_force
    from tinh.site.options import Options
    from tinh.site.prepare import prepare

    home, folder = Path(asked["home"]), Path(asked["folder"])
    options = Options.model_validate(asked["options"]).model_copy(update={"province": folder})
    prepared = prepare(in_force(folder, home=Home(home)), home, options, beside=True)
    memory.look_as_usual()
    try:
        _serve(asked, options)
    finally:
        prepared.close()


def _serve(asked: dict[str, Any], options: Any) -> None:
    from tinh.jobs import api as jobs
    from tinh.site.listen import Server

    door = _Door(
        socket.AddressFamily(asked["family"]), socket.SOCK_STREAM, socket.IPPROTO_TCP,
        fileno=asked["listener"],
    )  # fmt: skip
    bell = jobs.Bell(asked["bell"])
    jobs.start_beside(bell, outlooks=options.outlooks == "auto")
    os.set_blocking(asked["pulse"], False)
    server = Server(backlog=1, pulse=lambda: _beat(asked["pulse"]))

    def tell() -> None:
        while not server.started and not server.should_exit:
            threading.Event().wait(0.02)
        bell.ring("ready", str(os.getpid()))

    threading.Thread(target=tell, daemon=True).start()
    server.run(sockets=[door])


def _beat(pulse: int) -> None:
    """Let the keeper know that the loop turns; without a keeper, or one who reads, nothing is owed."""
    with suppress(BlockingIOError, BrokenPipeError):
        os.write(pulse, b".")


def _wake_at_the_end() -> None:
    """Have the system wake this process when its keeper is gone: stopped (SIGSTOP), it would see nothing of
    it and hold the address for good. Where there is no such call, it stays so until somebody wakes it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_WHEN_PARENT_ENDS, signal.SIGCONT)


def _outlast_nobody() -> None:
    """When the keeper is gone, finish what is in hand and go; in any case soon."""
    while os.read(0, 4096):  # not through sys.stdin, which this thread would hold while Python ends
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(LINGER)
    os._exit(1)


if __name__ == "__main__":
    main()
