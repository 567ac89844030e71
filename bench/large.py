"""A CSV of 1 GB taken all the way in a process of its own, beside DuckDB's CSV reader alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb

from bench.province import make
from bench.report import Row, seconds
from bench.rows import readings

_BYTES_A_ROW = 70
_AT_A_TIME = 2_000_000
_OURS = """\
import json, logging, sys, time
import structlog
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
from pathlib import Path
from bench.province import corridor
from bench.report import peak
from tinh.packs.api import compile
way = corridor(compile(Path(sys.argv[1])))
begun, used = time.perf_counter(), time.process_time()
outcome = way.load(Path(sys.argv[2]), sys.argv[3])
took, used = time.perf_counter() - begun, time.process_time() - used
print(json.dumps([took, used, peak(), outcome.verdict.received]))
"""
_JUDGED = """\
import json, sys, time
from datetime import UTC, datetime
from pathlib import Path
from bench.province import corridor
from bench.report import peak
from tinh.gate.api import Known, judge_pieces
from tinh.packs.api import compile
from tinh.sources.api import Receipt, pieces

class Nowhere:
    def put(self, number, accepted, held): pass
    def clear(self): pass

way = corridor(compile(Path(sys.argv[1])))
file, dataset, now = Path(sys.argv[2]), way.catalogue.datasets[sys.argv[3]], datetime.now(UTC)
receipt = Receipt("r", dataset.id, "0" * 64, file.stat().st_size, file.name, "file", "", now)
known = Known(now=now, province="19", gazetteer=way.gazetteer, timezone=way.catalogue.timezone)
work = way.home.root / "work"
work.mkdir(parents=True)
begun, used = time.perf_counter(), time.process_time()
parts = pieces(file, dataset, file.name, work)
verdict = judge_pieces(parts, dataset, receipt, known, Nowhere(), work).verdict
took, used = time.perf_counter() - begun, time.process_time() - used
print(json.dumps([took, used, peak(), verdict.received]))
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
        whole = f"select {every} from read_csv('{file}')"
        read = seconds(lambda: duckdb.connect().execute(whole), repeat=2)
        used = time.process_time()
        duckdb.connect().execute(whole)
        used = time.process_time() - used
        copy = f"copy (from read_csv('{file}')) to '{folder / 'rows.parquet'}' (format parquet)"
        copied = seconds(lambda: duckdb.connect().execute(copy), repeat=2)
        for dataset, what in (
            ("plain", "7 rules"),
            ("readings", "7 rules, key, place and period, an indicator"),
        ):
            took, spent, _ = _child(_JUDGED, folder / "province", file, dataset, count)
            speed = f"CSV of {size:,.0f} MB, {count:,} rows, {what}: read and judged, nothing stored"
            yield Row(speed, took, "s", "DuckDB reads all columns typed", read, read / took, "≥ 0.3 ×",
                      read / took >= 0.3)  # fmt: skip
            yield Row("… in processor time", spent, "s", "DuckDB reads all columns typed", used, used / spent)
            took, spent, peak = _child(_OURS, folder / "province", file, dataset, count)
            speed = f"CSV of {size:,.0f} MB, {count:,} rows, {what}: received to values"
            yield Row(speed, took, "s", "DuckDB reads all columns typed", read, read / took, "≥ 0.3 ×",
                      read / took >= 0.3)  # fmt: skip
            yield Row(speed, took, "s", "DuckDB copies it to Parquet", copied, copied / took)
            yield Row("… in processor time", spent, "s", "DuckDB reads all columns typed", used, used / spent)
            yield Row("… peak memory of the process", peak, "MB", promised="< 1000", kept=peak < 1000)


def _write(file: Path, count: int) -> int:
    with file.open("wb") as out:
        for first in range(0, count, _AT_A_TIME):
            part = readings(min(_AT_A_TIME, count - first), first)
            part.write_csv(out, include_header=first == 0)
    return count


def _child(script: str, province: Path, file: Path, dataset: str, count: int) -> tuple[float, float, float]:
    """Seconds by the wall and of processors, and megabytes; each dataset in a home of its own."""
    where = {**os.environ, "TINH_HOME": str(province.parent / f"home-{dataset}")}
    asked = [sys.executable, "-c", script, str(province), str(file), dataset]
    done = subprocess.run(asked, capture_output=True, text=True, check=True, env=where)
    took, spent, peak, received = json.loads(done.stdout.splitlines()[-1])
    assert received == count
    return took, spent, peak
