"""A CSV of 1 GB taken all the way in a process of its own, beside DuckDB's CSV reader alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb

from bench.province import make
from bench.report import Row, seconds
from bench.rows import readings

_BYTES_A_ROW = 70
_AT_A_TIME = 2_000_000
_OURS = """\
import json, logging, resource, sys, time
import structlog
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
from pathlib import Path
from bench.province import corridor
from tinh.packs.api import compile
way = corridor(compile(Path(sys.argv[1])))
begun = time.perf_counter()
outcome = way.load(Path(sys.argv[2]), sys.argv[3])
took = time.perf_counter() - begun
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([took, peak, outcome.verdict.received]))
"""


def run(scale: float) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "rows.csv"
        count = _write(file, max(100_000, int(1_000_000_000 * scale) // _BYTES_A_ROW))
        size = file.stat().st_size / 1e6
        make(folder / "province")
        names = [r[0] for r in duckdb.sql(f"describe from read_csv('{file}')").fetchall()]
        every = ", ".join(f'max("{n}")' for n in names)
        read = seconds(lambda: duckdb.connect().execute(f"select {every} from read_csv('{file}')"), repeat=2)
        copy = f"copy (from read_csv('{file}')) to '{folder / 'rows.parquet'}' (format parquet)"
        copied = seconds(lambda: duckdb.connect().execute(copy), repeat=2)
        for dataset, what in (
            ("plain", "7 rules"),
            ("readings", "7 rules, key, place and period, an indicator"),
        ):
            took, peak = _ours(folder / "province", file, dataset, count)
            speed = f"CSV of {size:,.0f} MB, {count:,} rows, {what}: received to values"
            yield Row(speed, took, "s", "DuckDB reads all columns typed", read, read / took, "≥ 0.3 ×",
                      read / took >= 0.3)  # fmt: skip
            yield Row(speed, took, "s", "DuckDB copies it to Parquet", copied, copied / took)
            yield Row("… peak memory of the process", peak, "MB", promised="< 1000", kept=peak < 1000)


def _write(file: Path, count: int) -> int:
    with file.open("wb") as out:
        for first in range(0, count, _AT_A_TIME):
            part = readings(min(_AT_A_TIME, count - first), first)
            part.write_csv(out, include_header=first == 0)
    return count


def _ours(province: Path, file: Path, dataset: str, count: int) -> tuple[float, float]:
    """Seconds and megabytes; each dataset in a home of its own."""
    where = {**os.environ, "TINH_HOME": str(province.parent / f"home-{dataset}")}
    asked = [sys.executable, "-c", _OURS, str(province), str(file), dataset]
    done = subprocess.run(asked, capture_output=True, text=True, check=True, env=where)
    took, peak, received = json.loads(done.stdout.splitlines()[-1])
    assert received == count
    return took, peak
