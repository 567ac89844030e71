"""Listening: one uvicorn server in this process, or several processes beside it (crew.py), stopped without
cutting an answer short."""

from __future__ import annotations

import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial

import structlog
import uvicorn

from tinh.jobs import api as jobs
from tinh.site.errors import PortTaken
from tinh.site.patience import Line, make_room, sweep
from tinh.site.prepare import Prepared

log = structlog.get_logger()
TICKS = 10  # of uvicorn's loop, a tenth of a second each


class Server(uvicorn.Server):
    """uvicorn over the application, which stops what works in the background before it stops itself, and
    keeps no line on which nothing comes. `pulse` is called every second that the loop turns."""

    def __init__(self, backlog: int = 512, pulse: Callable[[], None] | None = None) -> None:
        from tinh.site.asgi import application

        config = uvicorn.Config(
            application, lifespan="off", log_config=None, access_log=False, server_header=False,
            timeout_graceful_shutdown=10, timeout_keep_alive=65, proxy_headers=False, backlog=backlog,
            http=Line,
        )  # fmt: skip
        super().__init__(config)
        make_room()
        self._pulse = pulse or (lambda: None)

    async def on_tick(self, counter: int) -> bool:
        if counter % TICKS == 0:
            self._pulse()
            sweep(self.server_state.connections, time.monotonic())
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        jobs.stop()  # first of all, or open event streams would hold the server up
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """uvicorn's own raises the signal again at the end, which would skip our cleaning up."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {
            number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def serve(
    prepared: Prepared,
    host: str | None = None,
    port: int | None = None,
    *,
    on_ready: Callable[[str], None] | None = None,
    stop: threading.Event | None = None,
    pulse: bool = False,
) -> None:
    """Answer requests until SIGINT, SIGTERM or `stop`. `on_ready` hears the address once it answers. As many
    processes serve as the options say; with more than one, this one works in the background alone.

    `pulse` lets the simulated agencies of a demonstration go on sending."""
    from tinh.axis import api as axis
    from tinh.site.crew import Crew

    host = prepared.options.host if host is None else host
    listener = _listen(host, prepared.options.port if port is None else port)
    shown = f"[{host}]" if ":" in host else {"0.0.0.0": "127.0.0.1"}.get(host, host)
    address = f"http://{shown}:{listener.getsockname()[1]}/"
    several = prepared.options.serving > 1
    try:
        jobs.start(pulse=pulse, outlooks=prepared.options.outlooks == "auto")
        log.info("server.listening", address=address, province=prepared.catalogue.id)
        if several:
            Crew(prepared, listener).work(partial(_announce, on_ready, address), stop)
        else:
            _serve_alone(listener, partial(_announce, on_ready, address), stop)
    finally:
        log.info("server.stopped")
        listener.close()
        jobs.stop()
        axis.stop()


def _serve_alone(listener: socket.socket, announce: Callable[[], None], stop: threading.Event | None) -> None:
    server = Server()
    threading.Thread(target=_watch, args=(server, stop, announce), daemon=True).start()
    with suppress(KeyboardInterrupt):
        server.run(sockets=[listener])


def _watch(server: uvicorn.Server, stop: threading.Event | None, announce: Callable[[], None]) -> None:
    while not server.started and not server.should_exit:
        threading.Event().wait(0.02)
    if server.started:
        announce()
    if stop is not None:
        stop.wait()
        server.should_exit = True


def _announce(on_ready: Callable[[str], None] | None, address: str) -> None:
    if on_ready is not None:
        try:
            on_ready(address)
        except Exception:
            log.exception("server.announcement_failed", address=address)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio switches off the delay of small packets only where the protocol is named: 40 ms an answer
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as fault:
        listener.close()
        raise PortTaken(host=host, port=port) from fault
    listener.listen(512)
    listener.set_inheritable(False)
    return listener
