"""Forecasts of generated series of two makes (bench/series.py, bench/competition.py): time, here and on a
cluster, and how well they hold.

Times are wall time, with processor time estimated from a dozen series beside it: a busy machine stretches
the first far more than the second.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import numpy as np
import polars as pl

from bench.forecast_priors import KINDS, MAKES
from bench.report import Row
from tinh.insight.api import backtest, forecast
from tinh.insight.forecasting.study import studies_of

_SEED = 2026  # none of the seeds that priors were derived from


def run(scale: float) -> Iterator[Row]:
    monthly = table({"monthly": max(20, int(1000 * scale))})
    took = timed(monthly, 18)
    count = monthly["unique_id"].n_unique()
    yield Row(
        f"forecast {count:,} monthly series, 18 steps", took, "s", promised=f"≤ {60 * max(scale, 0.1):.0f} s",
        kept=took <= 60 * max(scale, 0.1), note=f"{spent({'monthly': count}, 18):.0f} s of processor time",
    )  # fmt: skip
    third = max(20, int(1000 * scale))
    mixed = table({"yearly": third, "quarterly": third, "monthly": third})
    took = timed(mixed, 12)
    yield Row(
        f"forecast {3 * third:,} yearly, quarterly and monthly series, 12 steps", took, "s",
        promised=f"≤ {240 * max(scale, 0.1):.0f} s", kept=took <= 240 * max(scale, 0.1),
        note=f"{spent(dict.fromkeys(('yearly', 'quarterly', 'monthly'), third), 12):.0f} s of processor time",
    )  # fmt: skip
    for kind in KINDS:
        for make in MAKES:
            many = 300 if kind in ("yearly", "quarterly", "monthly") else 60
            yield from held(kind, max(12, int(many * scale)), make)
    yield from clustered(max(40, int(2000 * scale)))


def table(counts: dict[str, int], make: str = "first") -> pl.DataFrame:
    """A file of series with dates, each with its future at the end."""
    parts = []
    for kind, count in counts.items():
        k = KINDS[kind]
        for number in range(count):
            dice = np.random.default_rng([_SEED, list(KINDS).index(kind), number])
            past, future = MAKES[make](kind, dice)
            y = np.concatenate((past, future))
            spelt = "%Y" if len(k.begins) == 4 else "%Y-%m-%d" if len(k.begins) == 10 else "%Y-%m-%d %H:%M:%S"
            begin = datetime.strptime(k.begins, spelt)
            ahead = pl.int_range(len(y), eager=True).cast(pl.String) + k.every.removeprefix("1")
            ds = pl.select(pl.lit(begin).dt.offset_by(ahead)).to_series()
            parts.append(pl.DataFrame({"unique_id": [f"{kind}-{number}"] * len(y), "ds": ds, "y": y}))
    return pl.concat(parts)


def timed(series: pl.DataFrame, horizon: int, engine: str | None = None) -> float:
    begun = time.perf_counter()
    forecast(series, horizon, engine=engine)
    return time.perf_counter() - begun


def spent(kinds: dict[str, int], horizon: int) -> float:
    """Processor time of studying so many series of each kind, from twelve of each in this process."""
    out = 0.0
    for kind, count in kinds.items():
        jobs = [
            (
                MAKES["first"](kind, np.random.default_rng([_SEED, list(KINDS).index(kind), n]))[0],
                KINDS[kind].seasons,
                horizon,
            )
            for n in range(12)
        ]
        studies_of(jobs[:1])
        begun = time.process_time()
        studies_of(jobs)
        out += (time.process_time() - begun) / len(jobs) * count
    return out


def held(kind: str, count: int, make: str) -> Iterator[Row]:
    found = backtest(table({kind: count}, make), KINDS[kind].horizon).table
    by = {row["method"]: row for row in found.iter_rows(named=True)}
    ours = by.pop("Tỉnh")
    best = min(by, key=lambda name: by[name]["owa"])
    wide = "" if count >= 200 else " (few series: ± 4 points)"
    for level in (80, 95):
        share = 100 * ours[f"coverage-{level}"]
        yield Row(
            f"coverage of {level} % intervals, {count} {kind} series of the {make} make", share, "%", "ETS",
            100 * by["ETS"][f"coverage-{level}"], None, "78–82 %" if level == 80 else "93–97 %",
            (78 <= share <= 82) if level == 80 else (93 <= share <= 97),
            f"MSIS {ours[f'msis-{level}']:.2f}, ETS {by['ETS'][f'msis-{level}']:.2f}{wide}",
        )  # fmt: skip
    yield Row(
        f"OWA, {count} {kind} series of the {make} make", ours["owa"], "",
        f"best single ({best})", by[best]["owa"],
        ours["owa"] / by[best]["owa"], "≤ 1 ×", ours["owa"] <= by[best]["owa"],
        f"MASE {ours['mase']:.3f} beside {by[best]['mase']:.3f}",
    )  # fmt: skip


def clustered(count: int) -> Iterator[Row]:
    """The same on Sail with one worker, then two: processes with slots enough for all partitions."""
    series = table({"quarterly": count})
    took = {}
    for workers in (1, 2):
        with sail(workers, -(-count // 25 // workers) + 1) as engine:
            timed(
                series.filter(pl.col("unique_id").is_in([f"quarterly-{n}" for n in range(50 * workers)])),
                8,
                engine,
            )
            took[workers] = timed(series, 8, engine)
    yield Row(
        f"forecast {count:,} quarterly series on a cluster of two workers", took[2], "s",
        "one worker", took[1], took[1] / took[2], "≥ 1.6 ×", took[1] / took[2] >= 1.6,
        "start of the workers not counted",
    )  # fmt: skip


@contextmanager
def sail(workers: int, slots: int) -> Iterator[str]:
    """A local Sail cluster."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = os.environ | {
        "SAIL_MODE": "local-cluster",
        "SAIL_CLUSTER__WORKER_INITIAL_COUNT": str(workers),
        "SAIL_CLUSTER__WORKER_MAX_COUNT": str(workers),
        "SAIL_CLUSTER__WORKER_TASK_SLOTS": str(slots),  # a stage must fit in whole
        "PYTHONPATH": os.pathsep.join(sys.path),
        **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    }
    command = [sys.executable, "-m", "pysail", "spark", "server", "--ip", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(120):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.5)
        yield f"sc://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(30)
