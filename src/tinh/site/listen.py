"""Listening: one uvicorn server in this process, stopped without cutting an answer short."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import structlog
import uvicorn

from tinh.jobs import api as jobs
from tinh.site.errors import PortTaken
from tinh.site.prepare import Prepared

log = structlog.get_logger()


class _Server(uvicorn.Server):
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
    """Answer requests until SIGINT, SIGTERM or `stop`. `on_ready` hears the address once it answers.

    `pulse` lets the simulated agencies of a demonstration go on sending."""
    from tinh.axis import api as axis
    from tinh.site.asgi import application

    host = prepared.options.host if host is None else host
    listener = _listen(host, prepared.options.port if port is None else port)
    config = uvicorn.Config(
        application, lifespan="off", log_config=None, access_log=False, server_header=False,
        timeout_graceful_shutdown=10, timeout_keep_alive=65, proxy_headers=False, backlog=512,
    )  # fmt: skip
    server = _Server(config)
    jobs.start(pulse=pulse, outlooks=prepared.options.outlooks == "auto")
    shown = f"[{host}]" if ":" in host else {"0.0.0.0": "127.0.0.1"}.get(host, host)
    address = f"http://{shown}:{listener.getsockname()[1]}/"
    log.info("server.listening", address=address, province=prepared.catalogue.id)
    watch = threading.Thread(target=_watch, args=(server, stop, on_ready, address), daemon=True)
    watch.start()
    try:
        with suppress(KeyboardInterrupt):
            server.run(sockets=[listener])
    finally:
        log.info("server.stopped")
        jobs.stop()
        axis.stop()


def _watch(
    server: uvicorn.Server, stop: threading.Event | None, on_ready: Callable[[str], None] | None, address: str
) -> None:
    while not server.started and not server.should_exit:
        threading.Event().wait(0.02)
    if on_ready is not None and server.started:
        try:
            on_ready(address)
        except Exception:
            log.exception("server.announcement_failed", address=address)
    if stop is not None:
        stop.wait()
        server.should_exit = True


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
