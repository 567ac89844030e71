from __future__ import annotations

import multiprocessing
from datetime import timedelta
from pathlib import Path

import polars as pl
from lake_trials import START, dataset, entry  # type: ignore[import-not-found]

from tinh.lake.api import ANOMALIES, MARKS, Lake


def test_compaction_keeps_answers_of_now_and_of_then(lake: Lake, amounts) -> None:
    for n in range(30):
        lake.commit([entry(f"n{n}", [(f"{n % 5:02}", "2026-01", n), ("99", "2026-01", n)], hours=n, held=1)])
    then = START + timedelta(hours=12.5)
    before = (amounts(), amounts(as_of=then), lake.receipts(limit=None), lake.held(lake.receipts()[3].id))
    done = lake.compact()
    assert done["figures"] >= 30
    assert done["receipts"] >= 30
    after = (amounts(), amounts(as_of=then), lake.receipts(limit=None), lake.held(lake.receipts()[3].id))
    assert before[:3] == after[:3]
    assert before[3].equals(after[3])
    assert lake.commit([entry("n3", [("03", "2026-01", 3), ("99", "2026-01", 3)], hours=3)]) == [False]
    assert len(lake.rows("figures", limit=None)) == 60


def test_forecasts_outlooks_and_anomalies_are_gathered_like_the_rest(lake: Lake) -> None:
    for n in range(6):
        row = {"indicator": "a", "version": 1, "place": f"{n}", "made_at": START, "run_id": f"{n}"}
        lake.foreseen.add([row], [{**row, "kind": "live", "by": "2030-12-31"}])
        found = {"id": f"{n}", "seen_at": START, "run_id": f"{n}"}
        lake.anomalies.write(pl.DataFrame([{k: found.get(k) for k in ANOMALIES}], schema=ANOMALIES), f"{n}")
        mark = {"id": f"{n}", "anomaly": f"{n}", "mark": "real", "note": "n", "by": "b", "at": START}
        lake.anomalies.mark(pl.DataFrame([mark], schema=MARKS))
    done = lake.compact()
    assert {name: done.get(name) for name in ("forecasts", "outlooks", "anomalies", "anomaly_marks")} == {
        "forecasts": 6, "outlooks": 6, "anomalies": 6, "anomaly_marks": 6,
    }  # fmt: skip
    assert len(lake.foreseen.outlooks()) == len(lake.anomalies.read()) == len(lake.anomalies.marks()) == 6


def _compact(root: Path, times: int) -> None:
    lake = Lake(root)
    for _ in range(times):
        lake.compact()


def test_two_processes_compacting_at_once_double_nothing(lake: Lake, amounts) -> None:
    for n in range(40):
        lake.commit([entry(f"n{n}", [(f"{n:02}", "2026-01", n)], hours=n)])
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_compact, args=(lake.root, 2)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for n in range(40, 60):
        lake.commit([entry(f"n{n}", [(f"{n:02}", "2026-01", n)], hours=n)])
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    lake = Lake(lake.root)
    assert len(lake.rows("figures", limit=None)) == 60
    assert len(lake.ledger()) == 60
    assert len(amounts(dataset())) == 60


def test_retention_drops_what_was_replaced_long_ago_and_nothing_else(lake: Lake, amounts, clock) -> None:
    odd = dataset(id="Số liệu")
    for contract in (dataset(), odd):
        for day in (0, 100, 200, 600):
            rows = [("01", "2026-01", day), (f"{day:03}", "2026-01", day)]
            lake.commit([entry(f"d{day}{contract.id}", rows, hours=24 * day, contract=contract)])
    clock.moment = START + timedelta(days=620)
    recent = [START + timedelta(days=d) for d in (221, 300, 599, 601)]
    before = [amounts(c, as_of=m) for c in (dataset(), odd) for m in recent]
    done = lake.retain(400)
    assert sorted(done.values()) == [2, 2]
    assert [amounts(c, as_of=m) for c in (dataset(), odd) for m in recent] == before
    assert len(lake.rows("figures", limit=None)) == 6
    assert lake.retain(400) == {}
