from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest
from lake_trials import START, dataset, entry, judged, receipt  # type: ignore[import-not-found]

from tinh.gate.api import Judgement
from tinh.lake.api import Entry, Lake, TypeChanged
from tinh.packs.models import Column


def test_lake_without_tables_answers_with_typed_empty_frames(lake: Lake, amounts) -> None:
    assert lake.version() == 0
    assert lake.receipts() == []
    assert lake.receipt("r1") is None
    assert amounts() == {}
    frame = lake.query('SELECT * FROM "figures"', {"figures": dataset()})
    assert frame.schema["amount"] == pl.Int64
    assert frame.schema["_received_at"] == pl.Datetime("us", "UTC")
    assert lake.values("x").is_empty()
    assert "cov_den" in lake.values().columns
    assert lake.held("r1").columns[:3] == ["_receipt", "_row", "_rules"]


def test_lake_keeps_the_rows_the_held_rows_and_the_receipt(lake: Lake, amounts) -> None:
    one = entry("a", [("01", "2026-01", 5), ("02", "2026-01", 6)], held=2)
    assert lake.commit([one]) == [True]
    assert amounts() == {("01", "2026-01"): 5, ("02", "2026-01"): 6}
    kept = lake.receipt(one.receipt.id)
    assert kept is not None
    assert kept.receipt == one.receipt
    assert kept.verdict == one.judgement.verdict.as_dict()
    assert kept.contract == "d" * 64
    held = lake.held(one.receipt.id)
    assert held.get_column("_rules").to_list() == [["place"], ["place"]]
    rows = lake.rows("figures", receipt=one.receipt.id, rows=[3])
    assert rows.select("_row", "commune", "amount").rows() == [(3, "02", 6)]


def test_lake_refuses_to_double_a_receipt(lake: Lake, amounts) -> None:
    one = entry("a", [("01", "2026-01", 5)])
    assert lake.commit([one, one]) == [True, False]
    version = lake.version()
    assert lake.commit([one]) == [False]
    assert lake.version() == version
    assert len(lake.rows("figures")) == 1


def test_lake_takes_the_newest_receipt_of_each_key(lake: Lake, amounts) -> None:
    lake.commit([entry("new", [("01", "2026-01", 9)], hours=5)])
    lake.commit([entry("old", [("01", "2026-01", 5), ("02", "2026-01", 1)], hours=1)])
    assert amounts() == {("01", "2026-01"): 9, ("02", "2026-01"): 1}


def test_lake_reads_as_of_a_moment(lake: Lake, amounts) -> None:
    for n in range(4):
        lake.commit([entry(f"n{n}", [("01", "2026-01", n)], hours=24 * n)])
    for n in range(4):
        moment = START + timedelta(hours=24 * n + 1)
        assert amounts(as_of=moment) == {("01", "2026-01"): n}
        assert lake.receipts(as_of=moment)[0].filename == f"n{n}.csv"
    assert amounts(as_of=START - timedelta(hours=1)) == {}


def test_lake_keeps_each_event_of_a_stream_once(lake: Lake, amounts) -> None:
    stream = dataset("stream")
    first = entry("a", [("01", "2026-01-01T00", 1), ("01", "2026-01-01T01", 2)], kind="stream")
    again = entry("b", [("01", "2026-01-01T01", 9), ("01", "2026-01-01T02", 3)], hours=1, kind="stream")
    twin = entry("c", [("01", "2026-01-01T02", 8)], hours=2, kind="stream")
    assert lake.commit([first]) == [True]
    assert lake.commit([again, twin]) == [True, True]
    assert amounts(stream) == {("01", f"2026-01-01T0{h}"): h + 1 for h in range(3)}
    stored = lake.receipt(again.receipt.id)
    assert stored is not None and stored.verdict is not None
    assert "known:1" in stored.verdict["notes"]
    asked = pl.DataFrame({"_key": ["01|2026-01-01T02", "x", None], "_period": ["2026-01-01T02"] * 3})
    assert lake.seen("figures", asked).to_list() == [True, False, False]


def test_lake_commits_many_receipts_of_a_dataset_in_one_commit(lake: Lake, amounts) -> None:
    entries = [entry(f"n{n}", [(f"{n:02}", "2026-01", n)], hours=n) for n in range(30)]
    assert lake.commit(entries) == [True] * 30
    assert lake.data_version("figures") == 2  # created, then one commit
    assert len(amounts()) == 30
    page = lake.receipts(limit=10)
    rest = lake.receipts(limit=100, before=page[-1].id)
    assert [r.filename for r in page + rest] == [f"n{n}.csv" for n in reversed(range(30))]


def test_lake_gives_a_refused_receipt_no_rows_but_a_verdict(lake: Lake, amounts) -> None:
    one = entry("a", [("01", "2026-01", 5)], held=3)
    from dataclasses import replace

    verdict = replace(one.judgement.verdict, outcome="refused", problem={"code": "SRC001"})
    empty = Judgement(verdict, pl.DataFrame(), pl.DataFrame())
    assert lake.commit([Entry(one.receipt, one.dataset, empty)]) == [True]
    assert amounts() == {}
    stored = lake.receipt(one.receipt.id)
    assert stored is not None and stored.verdict is not None
    assert stored.verdict["problem"] == {"code": "SRC001"}


def test_lake_grows_a_column_with_the_contract(lake: Lake) -> None:
    lake.commit([entry("a", [("01", "2026-01", 5)])])
    wider = dataset()
    wider = wider.model_copy(
        update={"columns": (*wider.columns, Column(name="note", headers=("note",), logical="string"))}
    )
    before = lake.query('SELECT note FROM "figures"', {"figures": wider})
    assert before.rows() == [(None,)]
    lake.commit([entry("b", [("02", "2026-01", 6)], hours=1, contract=wider, note=pl.Series(["đã kiểm"]))])
    after = lake.query('SELECT commune, note FROM "figures" ORDER BY 1', {"figures": wider})
    assert after.rows() == [("01", None), ("02", "đã kiểm")]


def test_lake_refuses_a_column_that_changed_its_type(lake: Lake) -> None:
    lake.commit([entry("a", [("01", "2026-01", 5)])])
    changed = judged([("02", "2026-01", 6)])
    changed = Judgement(
        changed.verdict, changed.accepted.with_columns(pl.lit("sáu").alias("amount")), changed.held
    )
    with pytest.raises(TypeChanged) as refused:
        lake.commit([Entry(receipt("b"), dataset(), changed)])
    assert refused.value.facts["column"] == "amount"
    fractions = Judgement(
        changed.verdict, changed.accepted.with_columns(pl.lit(1.5).alias("amount")), changed.held
    )
    with pytest.raises(TypeChanged):
        lake.commit([Entry(receipt("b"), dataset(), fractions)])


def test_lake_stores_nested_values_times_and_columns_without_a_value(lake: Lake) -> None:
    odd = entry(
        "a",
        [("01", "2026-01", 5)],
        tags=pl.Series([["a", "b"]]),
        shape=pl.Series([{"x": 1, "y": [1, 2]}]),
        opens=pl.Series(["07:30:00"]).str.to_time(),
        nothing=pl.Series([None]),
        count=pl.Series([3], dtype=pl.UInt8),
    )
    assert lake.commit([odd]) == [True]
    row = lake.rows("figures").select("tags", "shape", "opens", "nothing", "count").rows()[0]
    assert row == (["a", "b"], '{"x": 1, "y": [1, 2]}', "07:30:00", None, 3)


@pytest.mark.parametrize("name", ["telecom.monthly", "a/b", "..", "Dữ liệu 1", "x'; DROP", "A_b-1"])
def test_lake_holds_datasets_of_any_name(lake: Lake, amounts, name: str) -> None:
    contract = dataset(id=name)
    assert lake.commit([entry("a", [("01", "2026-01", 5)], contract=contract)]) == [True]
    assert amounts(contract) == {("01", "2026-01"): 5}
    assert lake.places(name) == frozenset({"01"})
    assert all(p.is_relative_to(lake.root) for p in lake.root.rglob("*.parquet"))
