"""A CSV to a durable, judged, queryable table, beside DuckDB copying that CSV to Parquet."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb

from bench.province import corridor, make
from bench.report import Row, seconds
from bench.rows import readings


def run(scale: float) -> Iterator[Row]:
    count = max(1000, int(5_000_000 * scale))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "rows.csv"
        readings(count).write_csv(file)
        catalogue = make(folder / "province")
        way = corridor(catalogue)
        begun = time.perf_counter()
        outcome = way.load(file, "plain")
        ours = time.perf_counter() - begun
        stored = way.lake.query('select count(*) as n from "plain"', {"plain": catalogue.datasets["plain"]})
        assert stored["n"][0] == outcome.verdict.accepted
        copy = f"copy (from read_csv('{file}')) to '{folder / 'rows.parquet'}' (format parquet)"
        theirs = seconds(lambda: duckdb.connect().execute(copy), repeat=2)
        yield Row(
            f"CSV of {count:,} rows to a judged table", ours, "s", "DuckDB copy to Parquet", theirs,
            ours / theirs, "≤ 3 ×", ours / theirs <= 3,
        )  # fmt: skip
