from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest
from flow_province import COMMUNES, air_csv, catalogue, report_csv, stored  # type: ignore[import-not-found]

from tinh.flow.api import Corridor, Home, UnknownDataset
from tinh.kit.clock import HeldClock
from tinh.packs.models import Formula

A, B, C = COMMUNES


def test_load_takes_a_file_to_rows_verdict_and_values(corridor: Corridor, tmp_path: Path) -> None:
    path = report_csv(
        tmp_path / "a.csv", [(A, "2026-01", 10, 4), (B, "2026-01", 30, 6), (C, "2026-01", -1, 0)]
    )
    outcome = corridor.load(path, "stations", sender="sở")
    assert not outcome.repeated
    assert (outcome.verdict.received, outcome.verdict.accepted, outcome.verdict.held) == (3, 2, 1)
    printed = outcome.as_dict()
    assert printed["receipt"] == outcome.receipt.id
    assert printed["verdict"] == "in part"
    assert printed["scores"]["correct"] == {"num": 2, "den": 3}
    assert {"rule": "stations-range", "rows": 1} in printed["reasons"]
    assert json.loads(json.dumps(printed)) == printed
    assert len(stored(corridor, "stations")) == 2
    values = corridor.lake.values("sharing", places=["19"])
    assert values.select("period", "value").rows() == [("2026-01", 25.0)]
    assert corridor.waiting() == 0
    run = corridor.journal.last(1)[0]
    assert run["receipts"] == [outcome.receipt.id]
    assert {"receive", "read", "judge", "commit", "compute"} <= set(run["steps"])


def test_load_of_the_same_bytes_changes_nothing(corridor: Corridor, tmp_path: Path) -> None:
    path = report_csv(tmp_path / "a.csv", [(A, "2026-01", 10, 4)])
    first = corridor.load(path, "stations")
    version, values = corridor.version(), corridor.lake.values_version()
    again = corridor.load(report_csv(tmp_path / "b.csv", [(A, "2026-01", 10, 4)]), "stations", sender="khác")
    assert again.repeated
    assert again.receipt == first.receipt
    assert again.verdict == first.verdict
    assert (corridor.version(), corridor.lake.values_version()) == (version, values)


def test_load_replaces_reported_rows_and_their_values_but_keeps_the_past(
    corridor: Corridor, tmp_path: Path, clock: HeldClock
) -> None:
    corridor.load(report_csv(tmp_path / "a.csv", [(A, "2026-01", 10, 4), (B, "2026-01", 10, 0)]), "stations")
    before = clock.now() + timedelta(minutes=1)
    clock.moment += timedelta(days=1)
    corridor.load(report_csv(tmp_path / "b.csv", [(A, "2026-01", 40, 4)]), "stations")
    now = corridor.lake.values("stations-total", places=["19"]).get_column("value").to_list()
    then = corridor.lake.values("stations-total", places=["19"], as_of=before).get_column("value").to_list()
    assert (now, then) == ([50.0], [20.0])


def test_load_at_one_moment_lets_the_later_file_win(corridor: Corridor, tmp_path: Path) -> None:
    for n in range(6):
        corridor.load(report_csv(tmp_path / f"{n}.csv", [(A, "2026-01", n, 0)]), "stations")
    assert stored(corridor, "stations").get_column("stations").to_list() == [5]


def test_load_of_rubbish_leaves_a_receipt_with_its_reason(corridor: Corridor, tmp_path: Path) -> None:
    rubbish = tmp_path / "x.csv"
    rubbish.write_bytes(b"\x00\x01\x02" * 500)
    outcome = corridor.load(rubbish, "stations")
    assert outcome.verdict.outcome == "refused"
    assert outcome.verdict.problem is not None
    assert outcome.verdict.problem["detail"]["vi"]
    assert corridor.raw.path(outcome.receipt.digest).read_bytes() == rubbish.read_bytes()
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    assert corridor.load(empty, "stations").verdict.outcome == "refused"
    assert [r.filename for r in corridor.lake.receipts()] == ["empty.csv", "x.csv"]


def test_load_names_the_datasets_when_the_asked_one_is_unknown(corridor: Corridor, tmp_path: Path) -> None:
    with pytest.raises(UnknownDataset) as refused:
        corridor.load(report_csv(tmp_path / "a.csv", []), "nothing")
    assert "air, stations" in refused.value.remedy().vi


def test_push_is_acknowledged_before_it_is_judged_and_drained_in_groups(corridor: Corridor) -> None:
    receipts = [corridor.accept(air_csv("s1", range(n * 10, n * 10 + 15)), "air") for n in range(12)]
    assert corridor.version() == 0
    assert corridor.waiting() == 12
    assert corridor.drain() == 12
    assert corridor.waiting() == 0
    assert len(stored(corridor, "air")) == 125
    assert corridor.lake.data_version("air") == 2  # created, then one commit for all
    assert [corridor.lake.receipt(r.id) is not None for r in receipts] == [True] * 12
    accepted = [r.verdict["accepted"] for r in corridor.lake.receipts() if r.verdict]
    assert accepted == [15] * 12
    assert corridor.drain() == 0


def test_push_of_the_same_bytes_is_acknowledged_with_the_first_receipt(
    corridor: Corridor, clock: HeldClock
) -> None:
    first = corridor.accept(air_csv("s1", range(5)), "air")
    clock.moment += timedelta(minutes=1)
    assert corridor.accept(air_csv("s1", range(5)), "air") == first
    corridor.drain()
    clock.moment += timedelta(minutes=1)
    assert corridor.accept(air_csv("s1", range(5)), "air") == first
    assert corridor.waiting() == 0


def test_push_left_by_a_process_that_is_gone_is_finished_at_the_next_start(
    corridor: Corridor, home: Home, clock: HeldClock
) -> None:
    corridor.accept(air_csv("s1", range(5)), "air")
    assert Corridor(catalogue(), home, clock).waiting() == 1  # its owner still lives
    corridor.close()
    again = Corridor(catalogue(), home, clock)
    assert again.waiting() == 0
    assert len(stored(again, "air")) == 5


def test_delivery_whose_bytes_are_lost_is_withdrawn(corridor: Corridor, home: Home, clock: HeldClock) -> None:
    lost = corridor.accept(air_csv("s1", range(5)), "air")
    kept = corridor.accept(air_csv("s2", range(5)), "air")
    corridor.raw.path(lost.digest).unlink()
    assert corridor.drain() == 2
    assert corridor.waiting() == 0
    assert corridor.lake.receipt(lost.id) is None
    assert corridor.lake.receipt(kept.id) is not None
    assert corridor.journal.last(1)[0]["withdrawn"] == [lost.id]


def test_recompute_gives_the_values_that_loading_gave(corridor: Corridor, tmp_path: Path) -> None:
    for n in range(3):
        rows = [(c, f"2026-0{n + 1}", 10 + n, n) for c in COMMUNES]
        corridor.load(report_csv(tmp_path / f"{n}.csv", rows), "stations")
    keys = ["indicator", "place", "period", "value", "num", "den", "cov_num", "cov_den"]
    before = corridor.lake.values().select(keys)
    assert corridor.recompute() >= len(before) > 0
    assert corridor.lake.values().select(keys).equals(before)


def test_delivery_the_lake_cannot_take_is_refused_with_the_reason_and_blocks_nobody(
    corridor: Corridor, home: Home, clock: HeldClock
) -> None:
    corridor.accept(air_csv("s1", range(5)), "air")
    corridor.drain()
    changed = catalogue()
    air = changed.datasets["air"]
    columns = tuple(
        c.model_copy(update={"logical": "boolean"}) if c.name == "pm25" else c for c in air.columns
    )
    air = air.model_copy(update={"columns": columns, "digest": "9" * 64})
    changed = changed.model_copy(update={"datasets": {**changed.datasets, "air": air}, "indicators": {}})
    other = Corridor(changed, home, clock)
    bad = other.accept(b"sensor,at,pm25\ns9,2026-03-01T00:00:00+07:00,true\n", "air")
    other.drain()
    assert other.waiting() == 0
    stored_bad = other.lake.receipt(bad.id)
    assert stored_bad is not None and stored_bad.verdict is not None
    assert stored_bad.verdict["verdict"] == "refused"
    assert stored_bad.verdict["problem"]["code"] == "LAK001"


def test_indicator_that_cannot_be_computed_stops_no_delivery(
    home: Home, clock: HeldClock, tmp_path: Path
) -> None:
    whole = catalogue()
    broken = whole.indicators["stations-total"].model_copy(
        update={
            "id": "broken",
            "formula": Formula(kind="sql", sql="SELECT nothing FROM stations", datasets=("stations",)),
        }
    )
    corridor = Corridor(
        whole.model_copy(update={"indicators": {"broken": broken, **whole.indicators}}), home, clock
    )
    outcome = corridor.load(report_csv(tmp_path / "a.csv", [(A, "2026-01", 10, 4)]), "stations")
    assert outcome.verdict.accepted == 1
    assert corridor.waiting() == 0
    assert not corridor.lake.values("stations-total").is_empty()
    assert "broken" in corridor.journal.last(1)[0]["failed_indicators"]


def test_what_was_received_is_closed_to_other_accounts(corridor: Corridor, tmp_path: Path) -> None:
    corridor.load(report_csv(tmp_path / "a.csv", [(A, "2026-01", 10, 4)]), "stations")
    home = corridor.home
    for folder in (home.raw, home.intents, home.lake, home.journal):
        assert folder.stat().st_mode & 0o077 == 0, folder


def test_what_a_killed_writer_left_in_the_raw_store_is_swept(corridor: Corridor) -> None:
    left = corridor.home.raw / ".incoming" / "1-left"
    left.parent.mkdir(exist_ok=True)
    left.write_bytes(b"half")
    os.utime(left, (0, 0))
    corridor.recover()
    assert not left.exists()
