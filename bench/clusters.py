"""The same study of the same series on an Apache Spark cluster of one worker, then two.

A worker is a process of one core, as `local-cluster` of Apache Spark starts it, and each task a Python
process of its own. (Sail, which the tests use, runs its local workers as threads of one process: they show
nothing of scaling.) Needs Java, and `SPARK_HOME` naming an Apache Spark with Spark Connect (4.0 or later),
such as the folder `pyspark` that `pip install pyspark` makes in an environment of its own.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from bench.report import Row
from tinh.insight.api import forecast

_HORIZON = 8
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def timed(series: pl.DataFrame, horizon: int, engine: str | None = None) -> float:
    """Seconds of wall time that `forecast` takes."""
    begun = time.perf_counter()
    forecast(series, horizon, engine=engine)
    return time.perf_counter() - begun


def clustered(series: pl.DataFrame) -> Iterator[Row]:
    home = os.environ.get("SPARK_HOME", "")
    if not shutil.which("java") or not (Path(home) / "bin" / "spark-submit").is_file():
        print("   not run: two workers ask for Java and SPARK_HOME (bench/README.md)", file=sys.stderr)
        return
    took = {}
    first = series["unique_id"].unique(maintain_order=True)[:100]
    for workers in (1, 2):
        with spark(Path(home), workers) as engine:
            warm = series.filter(pl.col("unique_id").is_in(first.implode()))
            timed(warm, _HORIZON, engine)  # imports and byte code
            took[workers] = timed(series, _HORIZON, engine)
    count = series["unique_id"].n_unique()
    yield Row(
        f"forecast {count:,} quarterly series on Apache Spark, two workers of a core",
        took[2], "s", "one worker", took[1], took[1] / took[2], "≥ 1.6 ×", took[1] / took[2] >= 1.6,
        "start of the workers not counted",
    )  # fmt: skip


@contextmanager
def spark(home: Path, workers: int) -> Iterator[str]:
    """A Spark Connect server on loopback over so many workers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    path = os.pathsep.join(entry for entry in sys.path if entry)
    env = os.environ | {
        "SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable,
        "PYTHONPATH": path, **dict.fromkeys(_THREADS, "1"),
    }  # fmt: skip
    settings = {
        "spark.connect.grpc.binding.port": port, "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.driver.host": "127.0.0.1", "spark.ui.enabled": "false", "spark.executor.memory": "1g",
        "spark.executorEnv.PYTHONPATH": path,
    }  # fmt: skip
    command = [
        str(home / "bin" / "spark-submit"), "--master", f"local-cluster[{workers},1,1024]",
        "--class", "org.apache.spark.sql.connect.service.SparkConnectServer",
        *(part for name, value in settings.items() for part in ("--conf", f"{name}={value}")),
        "spark-internal",
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as place:
        server = subprocess.Popen(
            command, env=env, cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            _wait(server, port)
            yield f"sc://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(60)


def _wait(server: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(240):
        if server.poll() is not None:
            raise RuntimeError(f"Apache Spark ended with code {server.returncode} before it answered")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.5)
    raise RuntimeError("Apache Spark did not answer within two minutes")
