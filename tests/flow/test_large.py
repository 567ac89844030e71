from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from flow_province import COMMUNES, air_csv, catalogue, report_csv, stored  # type: ignore[import-not-found]

from tinh.flow.api import Corridor, Home
from tinh.kit.clock import HeldClock
from tinh.sources import limits

A, B, C = COMMUNES


@pytest.fixture
def in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every delivery is a large one."""
    monkeypatch.setattr(limits, "STREAM_FROM", 0)
    monkeypatch.setattr(limits, "PIECE", 200)


def twin(tmp_path: Path, clock: HeldClock) -> Corridor:
    return Corridor(catalogue(), Home(tmp_path / "twin"), clock)


def told(corridor: Corridor, dataset: str) -> dict[str, Any]:
    """All that a lake tells of a dataset."""
    receipts = corridor.lake.receipts(dataset, limit=None)
    held = [corridor.lake.held(r.id) for r in receipts]
    ledger = corridor.lake.ledger(dataset).drop("committed_at")
    values = corridor.lake.values().drop("computed_at", "run_id")
    return {
        "verdicts": [r.verdict for r in receipts],
        "ledger": ledger.rows(),
        "held": [frame.rows(named=True) for frame in held],
        "rows": corridor.lake.rows(dataset, limit=None).drop("_received_at").rows(named=True),
        "current": stored(corridor, dataset).drop("_received_at").rows(named=True),
        "values": values.sort("indicator", "place", "period").rows(),
    }


def messy(path: Path, count: int = 120) -> Path:
    rows = [(COMMUNES[n % 3], f"{2020 + n // 36}-{n // 3 % 12 + 1:02}", n, n // 2) for n in range(count)]
    rows[40] = rows[5]  # the same row again, far away
    rows[90] = (rows[7][0], rows[7][1], 999, 0)  # the same key with another content
    rows[60] = (A, "2021-01", -4, "x")
    return report_csv(path, rows)


def test_a_large_report_leaves_what_a_small_one_would(
    corridor: Corridor, clock: HeldClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = twin(tmp_path, clock)
    paths = [messy(tmp_path / "a.csv"), report_csv(tmp_path / "b.csv", [(A, "2020-01", 7, 1)] * 3)]
    for path in paths:
        other.load(path, "stations")
    monkeypatch.setattr(limits, "STREAM_FROM", 0)
    monkeypatch.setattr(limits, "PIECE", 300)
    for path in paths:
        corridor.load(path, "stations")
    assert told(corridor, "stations") == told(other, "stations")
    files = corridor.lake._rows.data("stations").snapshot().files
    assert len(files) > 5, "the delivery was not taken in pieces"
    assert corridor.load(paths[0], "stations").repeated


def test_a_large_batch_of_events_brings_only_what_is_new(
    corridor: Corridor, clock: HeldClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = twin(tmp_path, clock)
    batches = [air_csv("s1", range(60)), air_csv("s1", range(30, 90)), air_csv("s1", range(10, 50))]
    for batch in batches:
        other.load(batch, "air", filename="air.csv")
    monkeypatch.setattr(limits, "STREAM_FROM", 0)
    monkeypatch.setattr(limits, "PIECE", 400)
    corridor.load(gzip.compress(batches[0]), "air", filename="air.csv.gz")
    for batch in batches[1:]:
        corridor.load(batch, "air", filename="air.csv")
    assert len(stored(corridor, "air")) == 90
    mine, theirs = told(corridor, "air"), told(other, "air")
    assert mine["verdicts"] == theirs["verdicts"]
    assert "known:30" in mine["verdicts"][1]["notes"]
    assert mine["values"] == theirs["values"]


def test_a_large_delivery_may_be_refused(corridor: Corridor, in_pieces: None, tmp_path: Path) -> None:
    rows = [(A, f"{year}-{month:02}", -1, 0) for year in range(2015, 2026) for month in range(1, 13)]
    outcome = corridor.load(report_csv(tmp_path / "bad.csv", rows), "stations")
    assert outcome.verdict.outcome == "refused"
    assert (outcome.verdict.accepted, outcome.verdict.held) == (0, len(rows))
    assert len(corridor.lake.held(outcome.receipt.id)) == len(rows)
    assert corridor.lake.rows("stations").is_empty()
    cut = corridor.load(b"commune,month,stations,shared\n" + b'05443,2020-01,"1,1\n' * 51, "stations")
    assert cut.verdict.problem is not None
    assert cut.verdict.problem["code"] == "SRC020"


def test_a_contract_that_has_grown_takes_large_deliveries_too(
    corridor: Corridor, in_pieces: None, home: Home, clock: HeldClock, tmp_path: Path
) -> None:
    corridor.load(messy(tmp_path / "a.csv"), "stations")
    grown = catalogue()
    report = grown.datasets["stations"]
    more = report.columns[-1].model_copy(
        update={"name": "remark", "headers": ("remark",), "logical": "string"}
    )
    wider = report.model_copy(update={"columns": (*report.columns, more), "digest": "9" * 64})
    grown = grown.model_copy(update={"datasets": {**grown.datasets, "stations": wider}})
    later = Corridor(grown, home, clock)
    path = tmp_path / "b.csv"
    path.write_text(
        "commune,month,stations,shared,remark\n" + f"{B},2026-02,4,1,mới\n" * 1 + f"{C},2026-02,4,1,\n"
    )
    assert later.load(path, "stations").verdict.outcome == "accepted"
    rows = later.lake.query("SELECT remark FROM stations ORDER BY remark NULLS LAST", {"stations": wider})
    assert rows["remark"][0] == "mới"
    assert rows["remark"].null_count() == len(rows) - 1


def test_nothing_of_a_large_delivery_is_left_over(
    corridor: Corridor, in_pieces: None, tmp_path: Path
) -> None:
    corridor.load(messy(tmp_path / "a.csv"), "stations")
    drafts = corridor.home.lake / ".drafts"
    assert list(drafts.iterdir()) == []
    abandoned = drafts / "r0-gone"
    abandoned.mkdir()
    (abandoned / "alive").touch()
    corridor.recover()
    assert not abandoned.exists()


LIMIT_MB = 300
_MEASURED = """\
import json, resource, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from flow_province import catalogue
from tinh.flow.api import Corridor, Home
from tinh.sources import limits
limits.STREAM_FROM, limits.PIECE = int(sys.argv[4]), 4 << 20
corridor = Corridor(catalogue(), Home(Path(sys.argv[2])))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
outcome = corridor.load(Path(sys.argv[3]), "air")
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(json.dumps([outcome.verdict.accepted, peak - before]))
"""


def test_memory_does_not_grow_with_the_delivery(tmp_path: Path) -> None:
    """A text of 45 MB, packed, in a process of its own; read whole it would take twice the limit."""
    count = 1_500_000
    frame = pl.DataFrame({"n": pl.arange(0, count, eager=True)}).select(
        sensor="s" + (pl.col("n") % 400).cast(pl.String),
        at=(pl.datetime(2020, 1, 1) + pl.duration(hours=pl.col("n") // 400)).dt.strftime("%Y-%m-%dT%H:%M:%S"),
        pm25=pl.col("n") % 97,
    )
    packed = tmp_path / "air.csv.gz"
    with gzip.open(packed, "wb", compresslevel=1) as out:
        frame.write_csv(out)
    here = str(Path(__file__).parent)
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, here, str(tmp_path / "home"), str(packed), str(8 << 20)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    accepted, grown = json.loads(done.stdout.splitlines()[-1])
    assert accepted == count
    assert grown < LIMIT_MB
