"""A procrastinate worker in a thread of the serving process."""

from __future__ import annotations

import asyncio
import threading

import structlog
from procrastinate import App, PsycopgConnector
from procrastinate.contrib.django import connector_params

from tinh.jobs.tasks import clockwork

log = structlog.get_logger()


class Worker:
    """Runs the clock's jobs until `stop`; comes back by itself when the database went away."""

    def __init__(self) -> None:
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._stopping = threading.Event()

    def start(self) -> None:
        self._thread.start()

    def stop(self, patience: float = 20.0) -> None:
        self._stopping.set()
        if self._loop is not None and self._task is not None:
            self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(patience)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                asyncio.run(self._work())
            except asyncio.CancelledError:
                return
            except Exception:
                log.exception("worker.failed")
                self._stopping.wait(5)

    async def _work(self) -> None:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        facts = connector_params()
        facts.pop("pool", None)
        app = App(connector=PsycopgConnector(kwargs=facts, min_size=1, max_size=4))
        app.add_tasks_from(clockwork, namespace="tinh")
        async with app.open_async():
            await app.run_worker_async(
                name="tinh", install_signal_handlers=False, concurrency=1, listen_notify=True,
                delete_jobs="successful", shutdown_graceful_timeout=15, fetch_job_polling_interval=30,
                abort_job_polling_interval=30,
            )  # fmt: skip
