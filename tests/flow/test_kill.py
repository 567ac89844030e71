from __future__ import annotations

import contextlib
import os
import random
import time
from pathlib import Path

import polars as pl
import pytest
from flow_loader import work  # type: ignore[import-not-found]
from flow_province import COMMUNES, air_csv, catalogue, report_csv, stored  # type: ignore[import-not-found]
from tests.harness.at_hand import CONTEXT

from tinh.flow.api import Corridor, Home
from tinh.kit.ids import digest
from tinh.sources.api import Receipt

KILLS = int(os.environ.get("TINH_KILLS", "40"))


class Loader:
    """A real process of its own, with what it has promised so far."""

    def __init__(self, home: Home, way: str, deliveries: list[str]) -> None:
        self._said, theirs = CONTEXT.Pipe(duplex=False)
        self._process = CONTEXT.Process(target=work, args=(theirs, home.root, way, deliveries))
        self._process.start()
        theirs.close()

    def kill(self, after: float) -> list[str]:
        """End it without warning; the receipts it had promised."""
        if self._said.poll(60):
            time.sleep(after)
        self._process.kill()
        return self._promised()

    def finish(self) -> list[str]:
        promised = self._promised()
        assert self._process.exitcode == 0
        return promised

    def _promised(self) -> list[str]:
        said = []
        with contextlib.suppress(EOFError):
            while True:
                said.append(self._said.recv())
        self._process.join()
        return [s for s in said if s != "ready"]


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Reports that replace each other and batches of events that overlap."""
    out = []
    for n in range(40):
        rows = [(c, f"2026-{m:02}", 10 * n + m, n) for c in COMMUNES for m in (1, 2, 3)]
        out.append(f"stations={report_csv(tmp_path / f'report{n}.csv', rows)}")
        events = tmp_path / f"events{n}.csv"
        events.write_bytes(air_csv(f"s{n % 4}", range(n // 4 * 20, n // 4 * 20 + 30)))
        out.append(f"air={events}")
    return out


def receipt_of(delivery: str) -> str:
    dataset, _, path = delivery.partition("=")
    return Receipt.id_for(dataset, digest(Path(path).read_bytes()))


def check(corridor: Corridor, deliveries: list[str]) -> None:
    """Every receipt there is stands whole, once, and the values are those of the rows."""
    assert corridor.waiting() == 0
    ledger = corridor.lake.ledger()
    assert not ledger.get_column("id").is_duplicated().any()
    there = set(ledger.get_column("id"))
    for dataset in ("stations", "air"):
        rows = corridor.lake.rows(dataset, limit=None)
        if rows.is_empty():
            continue
        assert not rows.select("_receipt", "_row").is_duplicated().any()
        assert set(rows.get_column("_receipt")) <= there
    mine = [d for d in deliveries if receipt_of(d) in there]
    reports = ledger.filter(pl.col("dataset") == "stations")
    whole = corridor.lake.rows("stations", limit=None).group_by("_receipt").len() if len(reports) else None
    assert whole is None or (set(whole.get_column("len")) == {9} and len(whole) == len(reports))
    events = {
        line
        for d in mine
        if d.startswith("air=")
        for line in Path(d.partition("=")[2]).read_text().split()[1:]
    }
    if events:
        kept = stored(corridor, "air")
        assert len(kept) == len(events)
        assert not kept.get_column("_key").is_duplicated().any()


def values(corridor: Corridor) -> pl.DataFrame:
    return corridor.lake.values().select(
        "indicator", "place", "period", "value", "num", "den", "cov_num", "cov_den"
    )


def test_killing_loaders_at_any_moment_loses_and_doubles_nothing(home: Home, files: list[str]) -> None:
    """Two processes at work on one home, one loading (every other time piece by piece) and one
    draining pushes; both die each time."""
    random.seed(20260310)
    promised: set[str] = set()
    left = files
    for turn in range(KILLS // 2):
        ways = (("load", "pieces")[turn % 2], "drain")
        loaders = [Loader(home, way, random.sample(left, len(left))) for way in ways]
        for loader in loaders:
            promised |= set(loader.kill(after=random.uniform(0.0, 0.4)))
        corridor = Corridor(catalogue(), home)
        check(corridor, files)
        committed = set(corridor.lake.ledger().get_column("id"))
        assert promised <= committed
        left = [d for d in files if receipt_of(d) not in committed] or files
    assert set(Loader(home, "load", files).finish()) == {receipt_of(d) for d in files}
    corridor = Corridor(catalogue(), home)
    check(corridor, files)
    assert len(corridor.lake.ledger()) == len(files)
    before = values(corridor)
    corridor.recompute()
    assert values(corridor).equals(before)


def test_killing_a_server_loses_no_acknowledged_push(home: Home, files: list[str]) -> None:
    acknowledged: set[str] = set()
    for pause in (0.05, 0.1, 0.2, 0.3):
        loader = Loader(home, "push", files)
        acknowledged |= set(loader.kill(after=pause))
        corridor = Corridor(catalogue(), home)
        corridor.drain()
        check(corridor, files)
        assert acknowledged <= set(corridor.lake.ledger().get_column("id"))
    assert acknowledged


def test_four_processes_at_once_share_the_work_without_doubling_it(home: Home, files: list[str]) -> None:
    mixed = [random.sample(files, len(files)) for _ in range(4)]
    loaders = [
        Loader(home, way, part) for way, part in zip(("load", "drain", "load", "drain"), mixed, strict=True)
    ]
    for loader in loaders:
        assert set(loader.finish()) == {receipt_of(d) for d in files}
    corridor = Corridor(catalogue(), home)
    corridor.drain()
    check(corridor, files)
    assert len(corridor.lake.ledger()) == len(files)
    before = values(corridor)
    corridor.recompute()
    assert values(corridor).equals(before)


def test_killing_those_who_mend_leaves_no_row_without_its_event(home: Home, tmp_path: Path) -> None:
    """Two processes answer the same receipts at once and die; each held row enters once or stays."""
    corridor = Corridor(catalogue(), home)
    answers: list[str] = []
    for n in range(4):
        rows = [(c, f"20{10 + n}-{m:02}", -m, n) for c in COMMUNES for m in (1, 2, 3)]
        receipt = corridor.load(report_csv(tmp_path / f"wrong{n}.csv", rows), "stations").receipt.id
        for half in (range(2, 7), range(5, 11)):  # rows 5 and 6 are answered by both
            path = tmp_path / f"{receipt}-{half.start}.csv"
            path.write_text("_row,stations\n" + "".join(f"{row},{row + half.start}\n" for row in half))
            answers.append(f"{receipt}={path}")
    corridor.close()
    promised: set[str] = set()
    for _ in range(4):
        loaders = [Loader(home, "mend", random.sample(answers, len(answers))) for _ in range(2)]
        for loader in loaders:
            promised |= set(loader.kill(after=random.uniform(0.0, 0.8)))
        mended(Corridor(catalogue(), home), promised)
    for loader in [Loader(home, "mend", answers) for _ in range(2)]:
        promised |= set(loader.finish())
    after = Corridor(catalogue(), home)
    mended(after, promised)
    assert after.status().dataset("stations").held == 0
    assert len(after.lake.rows("stations", limit=None)) == 4 * 9


def mended(corridor: Corridor, promised: set[str]) -> None:
    """Every row that came in by an answer did so once, and its event says so."""
    assert corridor.waiting() == 0
    told = {event.other: event for event in corridor.lake.events()}
    assert promised <= set(told)
    rows = corridor.lake.rows("stations", limit=None)
    for id, original in corridor.lake.ledger().select("id", "answers").iter_rows():
        if original:
            came = rows.filter(pl.col("_receipt") == id).get_column("_row").to_list()
            assert told[id].receipt == original
            assert sorted(came) == sorted(told[id].rows)
    for original in {e.receipt for e in told.values()}:
        entered = [row for e in told.values() if e.receipt == original for row in e.rows]
        left = corridor.mending.left(original).frame.get_column("_row").to_list()
        assert sorted([*entered, *left]) == list(range(2, 11))
