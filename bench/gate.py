"""The gate in memory, 5 M rows × 7 rules, beside dataframely called by hand and datacontract-cli."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from bench.province import make
from bench.report import Row, seconds
from bench.rows import readings
from tinh.gate.api import Known, judge
from tinh.places.api import gazetteer
from tinh.sources.api import Receipt, Table


def run(scale: float) -> Iterator[Row]:
    count = max(1000, int(5_000_000 * scale))
    frame = readings(count)
    with tempfile.TemporaryDirectory() as folder:
        catalogue = make(Path(folder) / "province")
        contract = catalogue.datasets["plain"]
        table = Table(frame.with_row_index("_row", offset=2))
        now = datetime.now(UTC)
        receipt = Receipt("r0", contract.id, "0" * 64, 0, "bench", "file", "", now)
        known = Known(now=now, province="19", gazetteer=gazetteer())
        ours = count / seconds(lambda: judge(table, contract, receipt, known))

        import dataframely as dy

        class ByHand(dy.Schema):
            id = dy.Int64(nullable=True)
            commune = dy.String(nullable=True)
            stations = dy.Int64(nullable=True, min=0, max=500)
            shared = dy.Int64(nullable=True, min=0, max=500)
            share = dy.Float64(nullable=True, min=0, max=1)
            people = dy.Int64(nullable=True, min=1, max=1_000_000)
            level = dy.Float64(nullable=True, min=0, max=1000)
            kind = dy.String(nullable=True)
            at = dy.Datetime(nullable=True)

            @dy.rule()
            def known_kind(cls) -> pl.Expr:
                return pl.col("kind").is_in(["a", "b", "c"])

            @dy.rule()
            def shared_not_above_stations(cls) -> pl.Expr:
                return pl.col("shared") <= pl.col("stations")

        def by_hand() -> None:
            _, failed = ByHand.filter(frame)
            failed.invalid()

        theirs = count / seconds(by_hand)
        yield Row(
            f"gate, {count:,} rows × 7 rules", ours / 1e6, "M rows/s", "dataframely by hand", theirs / 1e6,
            ours / theirs, "≥ 0.8 ×", ours / theirs >= 0.8,
        )  # fmt: skip
        yield _datacontract(frame, contract.file, Path(folder), count, ours)


_PEER = """\
import sys, time
from datacontract.data_contract import DataContract
begun = time.perf_counter()
run = DataContract(data_contract_file=sys.argv[1]).test()
print(time.perf_counter() - begun, str(getattr(run.result, "value", run.result)), len(run.checks))
"""


def _datacontract(frame: pl.DataFrame, contract: Path, folder: Path, count: int, ours: float) -> Row:
    """The same rows as a Parquet file before the same contract. TINH_BENCH_DATACONTRACT names a
    Python that has datacontract-cli; without it this environment is tried."""
    what = f"gate, {count:,} rows × 7 rules"
    python = os.environ.get("TINH_BENCH_DATACONTRACT") or sys.executable
    absent = "datacontract-cli is not installed (optional, see bench/README.md): not compared"
    if python == sys.executable and importlib.util.find_spec("datacontract") is None:
        return Row(what, ours / 1e6, "M rows/s", note=absent)
    file = folder / "rows.parquet"
    frame.write_parquet(file)
    described = folder / "peer.odcs.yaml"
    text = contract.read_text().split("customProperties:")[0]
    described.write_text(
        text + f"servers: [{{server: local, type: local, path: '{file}', format: parquet}}]\n"
    )
    done = subprocess.run(
        [python, "-c", _PEER, str(described)], capture_output=True, text=True, timeout=900, check=False
    )
    if done.returncode:
        return Row(what, ours / 1e6, "M rows/s", note=f"datacontract-cli failed: {done.stderr[-200:]}")
    took, result, checks = done.stdout.split()[-3:]
    theirs = count / float(took)
    return Row(
        what, ours / 1e6, "M rows/s", "datacontract-cli", theirs / 1e6, ours / theirs, "≥ 5 ×",
        ours / theirs >= 5, note=f"it ran {checks} checks: {result}",
    )  # fmt: skip
