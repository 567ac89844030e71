"""Acknowledged batches of 1,000 rows pushed by one process, and none lost when it is killed."""

from __future__ import annotations

import io
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import polars as pl
import structlog

from bench.province import corridor, make
from bench.report import Row
from bench.rows import readings
from tinh.flow.api import home_for
from tinh.lake.api import Lake
from tinh.packs.api import compile

BATCH = 1000
CLIENTS = 4  # pushing at once to the one process


def _batches(first: int) -> Iterator[bytes]:
    """What sensors send: each batch a few hours on from the one before."""
    like = readings(BATCH, hours=12)
    while True:
        later = timedelta(hours=first // BATCH % 4000)
        batch = like.with_columns(pl.col("id") + first, pl.col("at") + later)
        yield batch.write_ndjson().encode()
        first += BATCH


def run(scale: float) -> Iterator[Row]:
    for_seconds = max(3.0, 20.0 * scale)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        make(folder / "province")
        log = folder / "acknowledged.txt"
        env = {**os.environ, "TINH_HOME": str(folder / "province" / "home")}
        pusher = subprocess.Popen(
            [sys.executable, "-m", "bench.push", str(folder / "province"), str(log)], env=env
        )
        _await_first(log, pusher)
        time.sleep(for_seconds)
        pusher.send_signal(signal.SIGKILL)
        pusher.wait()
        lines = _whole_lines(log)
        rate = (len(lines) - 1) / (float(lines[-1].split(":")[1]) - float(lines[0].split(":")[1]))

        os.environ["TINH_HOME"] = env["TINH_HOME"]
        catalogue = compile(folder / "province")
        lake = Lake(home_for(catalogue).lake)
        finished = sum(lake.receipt(line.split(":")[0]) is not None for line in lines)
        way = corridor(catalogue)
        way.drain()
        lost = [line for line in lines if way.lake.receipt(line.split(":")[0]) is None]
        rows = way.lake.query(
            'select count(*) as n, count(distinct id) as d from "readings"',
            {"readings": catalogue.datasets["readings"]},
        )
        yield Row(
            f"acknowledged batches of 1,000 rows, {CLIENTS} clients, one process", rate, "batches/s",
            promised="≥ 40 /s", kept=rate >= 40,
            note=f"killed after {len(lines)} acknowledged, {finished} of them committed; the rest recovered",
        )  # fmt: skip
        doubled = rows["n"][0] - rows["d"][0]
        yield Row(
            "batches lost or rows doubled by a kill", float(len(lost) + doubled), "",
            promised="0", kept=not lost and not doubled,
        )  # fmt: skip


def _await_first(log: Path, pusher: subprocess.Popen[bytes], seconds: float = 120.0) -> None:
    """Until the pusher has started and said so; its start is not what is measured."""
    begun = time.monotonic()
    while not (log.exists() and log.stat().st_size):
        if pusher.poll() is not None or time.monotonic() - begun > seconds:
            pusher.kill()
            raise RuntimeError(f"the pusher did not start (exit {pusher.poll()})")
        time.sleep(0.02)


def _whole_lines(log: Path) -> list[str]:
    return [line for line in log.read_text().splitlines(keepends=True) if line.endswith("\n")]


def _push_for_ever(province: Path, log: Path) -> None:
    """Acknowledge batches one after another while the committer of the same process finishes them."""
    from tinh.flow.api import Committer

    way = corridor(compile(province))
    Committer(way).start()
    batches, turn = _batches(0), threading.Lock()
    with log.open("w") as out, ThreadPoolExecutor(CLIENTS) as pool:

        def client() -> None:
            while True:
                with turn:
                    batch = next(batches)
                receipt = way.accept(io.BytesIO(batch), "readings", filename="batch.ndjson", channel="push")
                with turn:
                    out.write(f"{receipt.id}:{time.time()}\n")
                    out.flush()

        list(pool.map(lambda _: client(), range(CLIENTS)))


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    _push_for_ever(Path(sys.argv[1]), Path(sys.argv[2]))
