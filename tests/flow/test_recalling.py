"""A recall is shown before it is done, survives crashes and company, and leaves the past alone."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from flow_province import COMMUNES, air_csv, catalogue, report_csv, stored  # type: ignore[import-not-found]

from tinh.flow.api import Corridor, FlowError, Home, WasRecalled, effect, recall, reinstate
from tinh.kit.clock import HeldClock
from tinh.kit.errors import Text
from tinh.lake.api import Event, Wanted
from tinh.packs.models import Catalogue, Column, Dataset, Rule

WHY = "Gửi nhầm tệp"


def first_and_second(corridor: Corridor, tmp_path: Path) -> tuple[str, str]:
    """Two monthly reports; the second replaces one row of the first and brings another commune."""
    one = [(COMMUNES[0], "2026-01", 10, 1), (COMMUNES[1], "2026-01", 200, 1)]
    two = [(COMMUNES[0], "2026-01", 40, 4), (COMMUNES[2], "2026-01", 7, 1)]
    return tuple(  # type: ignore[return-value]
        corridor.load(report_csv(tmp_path / f"{n}.csv", rows), "stations").receipt.id
        for n, rows in (("one", one), ("two", two))
    )


def values(corridor: Corridor, **more: Any) -> dict[tuple[str, str], float | None]:
    frame = corridor.lake.values(["stations-total", "sharing"], **more)
    return {(r["indicator"], r["place"]): r["value"] for r in frame.iter_rows(named=True)}


def test_what_a_recall_would_change_is_what_it_changes(corridor: Corridor, tmp_path: Path) -> None:
    one, two = first_and_second(corridor, tmp_path)
    before = values(corridor)
    seen = effect(corridor, two)
    assert (seen.rows, seen.others) == (2, ((one, 1),))
    assert values(corridor) == before, "looking changes nothing"
    recall(corridor, two, WHY, "lan")
    after = values(corridor)
    told = {(m.indicator, m.place): (m.before, m.after) for m in seen.moved}
    keys = before.keys() | after.keys()
    assert told == {k: (before.get(k), after.get(k)) for k in keys if before.get(k) != after.get(k)}
    assert told["stations-total", COMMUNES[0]] == (40.0, 10.0)
    assert told["stations-total", COMMUNES[2]] == (7.0, None)
    assert seen.values == len(told) == sum(n for _, n in seen.moved_by)
    status = corridor.status().dataset("stations")
    assert seen.after == status.scores != seen.before
    back = effect(corridor, two)
    assert not back.out and back.standing is not None and back.standing.reason == WHY
    assert {(m.indicator, m.place): (m.after, m.before) for m in back.moved} == told
    assert (back.rows, back.others, back.after) == (2, ((one, 1),), seen.before)


def test_alerts_that_would_start_and_end_are_told(corridor: Corridor, tmp_path: Path) -> None:
    """Fewer than 100 stations raise an alarm."""
    low = report_csv(tmp_path / "low.csv", [(COMMUNES[0], "2026-01", 5, 1)])
    high = report_csv(tmp_path / "high.csv", [(COMMUNES[0], "2026-01", 500, 1)])
    corridor.load(low, "stations")
    high_id = corridor.load(high, "stations").receipt.id
    assert corridor.alerts() == ()
    assert [a.rule for a in effect(corridor, high_id).begin] == ["few"]
    recall(corridor, high_id, WHY, "lan")
    assert [a.rule for a in corridor.alerts()] == ["few"]
    assert [a.rule for a in effect(corridor, high_id).end] == ["few"]


def test_references_that_would_point_nowhere_are_told(home: Home, clock: HeldClock) -> None:
    def column(name: str) -> Column:
        return Column(name=name, headers=(name,), logical="string", required=True)

    def dataset(id: str, columns: tuple[str, ...], rules: tuple[Rule, ...] = ()) -> Dataset:
        return Dataset(
            id=id, pack="trial", name=Text(id, id), kind="register", columns=tuple(map(column, columns)),
            key=("id",), rules=rules, file=Path(f"{id}.yaml"), digest=id * 8,
        )  # fmt: skip

    points = Rule(
        id="mast-reference",
        kind="reference",
        columns=("mast",),
        arguments={"dataset": "masts", "column": "id"},
    )
    made: Catalogue = catalogue()
    masts, cells = dataset("masts", ("id", "owner")), dataset("cells", ("id", "mast"), (points,))
    corridor = Corridor(made.model_copy(update={"datasets": {"masts": masts, "cells": cells}}), home, clock)
    first = corridor.load(b"id,owner\nm1,a\n", "masts").receipt.id
    second = corridor.load(b"id,owner\nm2,a\nm1,b\n", "masts").receipt.id
    corridor.load(b"id,mast\nc1,m1\nc2,m2\nc3,m2\n", "cells")
    (broken,) = effect(corridor, second).broken
    assert (broken.dataset, broken.column, broken.rows, broken.values) == ("cells", "mast", 2, ("m2",))
    assert effect(corridor, first).broken == (), "what another receipt still says is not lost"


def test_days_before_a_recall_stay_as_they_were(corridor: Corridor, clock: HeldClock, tmp_path: Path) -> None:
    one, two = first_and_second(corridor, tmp_path)
    clock.moment += timedelta(days=1)
    then, before = clock.now(), values(corridor)
    clock.moment += timedelta(days=1)
    recall(corridor, two, WHY, "lan")
    assert values(corridor, as_of=then) == before != values(corridor)
    stations = {"stations": corridor.catalogue.datasets["stations"]}
    by = "SELECT _receipt AS r, count(*) AS n FROM stations GROUP BY 1"
    assert dict(corridor.lake.query(by, stations, as_of=then).iter_rows()) == {one: 1, two: 2}
    assert dict(corridor.lake.query(by, stations).iter_rows()) == {one: 2}


def test_the_same_bytes_again_say_who_recalled_them_and_why(corridor: Corridor, tmp_path: Path) -> None:
    _, two = first_and_second(corridor, tmp_path)
    recall(corridor, two, "  Gửi   nhầm\ntệp ", "lan")
    for way in (corridor.load, corridor.accept):
        with pytest.raises(WasRecalled) as told:
            way(tmp_path / "two.csv", "stations")
        assert told.value.facts["actor"] == "lan" and told.value.facts["reason"] == WHY
        assert two in told.value.remedy().vi
    assert corridor.waiting() == 0
    reinstate(corridor, two, "Tệp đúng", "minh")
    assert corridor.load(tmp_path / "two.csv", "stations").repeated


def test_a_recall_needs_a_reason_and_a_receipt_that_counts(corridor: Corridor, tmp_path: Path) -> None:
    one, two = first_and_second(corridor, tmp_path)
    recall(corridor, two, WHY, "lan")
    for act, receipt, reason, code in (
        (recall, one, " \n", "FLW033"), (recall, one, "x" * 1001, "FLW033"), (recall, "r123", WHY, "FLW030"),
        (recall, two, WHY, "FLW031"), (reinstate, one, WHY, "FLW032"),
    ):  # fmt: skip
        with pytest.raises(FlowError) as told:
            act(corridor, receipt, reason, "lan")
        assert told.value.code == code
    kinds = [(e.kind, e.actor, e.reason) for e in corridor.lake.events(two)]
    assert kinds == [("recalled", "lan", WHY)]


@pytest.mark.parametrize("broken", ["event", "values"])
def test_a_crash_in_a_recall_is_finished_by_whoever_comes_next(
    home: Home, clock: HeldClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    corridor = Corridor(catalogue(), home, clock)
    _, two = first_and_second(corridor, tmp_path)
    expected = {
        k: a
        for k, (_, a) in {(m.indicator, m.place): (0, m.after) for m in effect(corridor, two).moved}.items()
    }

    def crash(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(
            *(
                (corridor.lake, "add_events", crash)
                if broken == "event"
                else (corridor.values, "after", crash)
            )
        )
        with pytest.raises(KeyboardInterrupt):
            recall(corridor, two, WHY, "lan")
    corridor.close()
    after = Corridor(catalogue(), home, clock)
    assert [e.kind for e in after.lake.events(two)] == ["recalled"]
    now = values(after)
    assert {k: now.get(k) for k in expected} == expected
    assert not list((home.intents / "recalls").glob("*.json"))
    reinstate(after, two, "Tệp đúng", "lan")
    assert after.recover() == 0


def test_of_two_recalls_at_once_one_is_done(home: Home, clock: HeldClock, tmp_path: Path) -> None:
    corridor = Corridor(catalogue(), home, clock)
    _, two = first_and_second(corridor, tmp_path)
    ends: list[str] = []
    start = threading.Barrier(4)

    def try_it(name: str) -> None:
        mine = Corridor(catalogue(), home, clock)
        start.wait()
        try:
            recall(mine, two, WHY, name)
            ends.append("done")
        except FlowError as error:
            ends.append(error.code)

    threads = [threading.Thread(target=try_it, args=(f"n{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["FLW031", "FLW031", "FLW031", "done"]
    assert len(corridor.lake.events(two)) == 1


def test_a_stream_loaded_while_its_forerunner_is_recalled_loses_no_row(
    corridor: Corridor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The later delivery is judged while the earlier one counts, and committed after it does not."""
    early = corridor.load(air_csv("s", range(4)), "air").receipt.id
    judge = corridor.judge

    def meanwhile(run: Any, dataset: Any, intent: Any, group: Any) -> Any:
        judged = judge(run, dataset, intent, group)
        if intent.receipt.id != early and not group.blind and not corridor.lake.recalls.why(early):
            recall(corridor, early, WHY, "lan")
        return judged

    monkeypatch.setattr(corridor, "judge", meanwhile)
    late = corridor.load(air_csv("s", range(2, 6)), "air").receipt.id
    assert set(stored(corridor, "air").get_column("_receipt")) == {late}
    assert len(stored(corridor, "air")) == 4
    seen = values_of(corridor)
    corridor.recompute()
    assert values_of(corridor).equals(seen)


def test_a_recall_reads_again_only_what_may_hold_its_rows(
    corridor: Corridor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of many deliveries that overlap, those that sent other hours again stay closed."""
    ids = [corridor.load(air_csv("s", range(n, n + 4)), "air").receipt.id for n in range(0, 24, 3)]
    read: list[str] = []
    judge = corridor.judge
    monkeypatch.setattr(
        corridor,
        "judge",
        lambda run, dataset, i, group: read.append(i.receipt.id) or judge(run, dataset, i, group),
    )
    seen = effect(corridor, ids[3])
    assert seen.others == ((ids[4], 1),)
    assert read == [ids[4]]
    recall(corridor, ids[3], WHY, "lan")
    assert read == [ids[4]], "what was read once is at hand"


def values_of(corridor: Corridor) -> pl.DataFrame:
    return corridor.lake.values("air-daily").select("place", "period", "value", "cov_num", "cov_den")


def test_answers_go_with_the_receipt_they_answer(
    corridor: Corridor, tmp_path: Path, clock: HeldClock
) -> None:
    one, two = first_and_second(corridor, tmp_path)
    corridor.lake.add_events([Event(receipt=one, at=clock.now(), kind="answered", other=two)])
    recall(corridor, one, WHY, "lan")
    assert stored(corridor, "stations").is_empty()
    why = corridor.lake.recalls.why(two)
    assert why is not None and why.receipt == one
    with pytest.raises(FlowError) as told:
        reinstate(corridor, two, WHY, "lan")
    assert told.value.code == "FLW035"
    reinstate(corridor, one, "Tệp đúng", "lan")
    assert len(stored(corridor, "stations")) == 3


def test_upkeep_keeps_what_a_recall_brought_back_and_what_it_took(
    corridor: Corridor, clock: HeldClock, tmp_path: Path
) -> None:
    one, two = first_and_second(corridor, tmp_path)
    corridor.load(air_csv("s", range(4)), "air")
    air = corridor.load(air_csv("s", range(1, 6)), "air")
    first_air = corridor.lake.receipts(dataset="air")[-1].id
    recall(corridor, two, WHY, "lan")
    recall(corridor, first_air, WHY, "lan")
    corridor.load(air_csv("s", range(3)), "air")
    seen = {d: stored(corridor, d) for d in ("stations", "air")}
    clock.moment += timedelta(days=500)
    corridor.upkeep(400)
    assert all(stored(corridor, d).equals(frame) for d, frame in seen.items())
    assert effect(corridor, two).beyond
    reinstate(corridor, two, "Tệp đúng", "lan")
    reinstate(corridor, first_air, "Tệp đúng", "lan")
    rows = stored(corridor, "stations")
    assert dict(rows.group_by("_receipt").len().iter_rows()) == {one: 1, two: 2}
    owners = dict(stored(corridor, "air").group_by("_receipt").len().iter_rows())
    assert owners == {first_air: 4, air.receipt.id: 2}


def test_lists_know_who_is_recalled(corridor: Corridor, tmp_path: Path) -> None:
    one, two = first_and_second(corridor, tmp_path)
    recall(corridor, two, WHY, "lan")

    def ids(**more: Any) -> list[str]:
        return [r.id for r in corridor.lake.receipts(wanted=Wanted(**more))]

    assert (ids(), ids(recalled=True), ids(recalled=False)) == ([two, one], [two], [one])
    assert ids(datasets=()) == [] and ids(text="ONE") == [one] and ids(text=two) == [two]
    assert corridor.lake.count(Wanted(recalled=True)) == 1
