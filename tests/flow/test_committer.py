from __future__ import annotations

import threading
import time
from pathlib import Path

from flow_province import COMMUNES, air_csv, catalogue, report_csv, stored  # type: ignore[import-not-found]

from tinh.flow.api import Committer, Corridor, Home
from tinh.flow.journal import Journal
from tinh.kit.clock import HeldClock


def test_committer_finishes_pushes_while_more_are_acknowledged(corridor: Corridor) -> None:
    committer = Committer(corridor, every=0.05)
    committer.start()
    try:
        for n in range(20):
            corridor.accept(air_csv(f"s{n}", range(10)), "air")
            committer.nudge()
        deadline = time.monotonic() + 30
        while corridor.waiting() and time.monotonic() < deadline:
            time.sleep(0.02)
    finally:
        committer.stop()
    assert not committer.running
    assert len(stored(corridor, "air")) == 200


def test_a_version_tells_what_another_corridor_loads(
    corridor: Corridor, home: Home, clock: HeldClock, tmp_path: Path
) -> None:
    before = corridor.version()
    other = Corridor(catalogue(), home, clock)
    other.load(report_csv(tmp_path / "a.csv", [(COMMUNES[0], "2026-01", 1, 0)]), "stations")
    assert corridor.version() == other.version() > before


def test_threads_of_one_process_share_a_corridor(corridor: Corridor, tmp_path: Path) -> None:
    paths = [
        report_csv(tmp_path / f"{n}.csv", [(c, f"2025-{n + 1:02}", n, 0) for c in COMMUNES]) for n in range(8)
    ]
    failures: list[BaseException] = []

    def load(part: list[Path]) -> None:
        try:
            for path in part:
                corridor.load(path, "stations")
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=load, args=(paths[k:] + paths[:k],)) for k in (0, 3, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(stored(corridor, "stations")) == 24
    assert len(corridor.lake.ledger()) == 8


def test_journal_keeps_the_newest_days_and_survives_a_cut_line(tmp_path: Path, clock: HeldClock) -> None:
    journal = Journal(tmp_path / "journal")
    for day in range(70):
        clock.moment = clock.moment.fromtimestamp(clock.moment.timestamp() + 86_400, clock.moment.tzinfo)
        with journal.run("load", clock.now()) as run, run.step("read"):
            run.facts = {"day": day}
    files = sorted((tmp_path / "journal").glob("*"))
    assert len(files) == 60
    with files[-1].open("ab") as out:
        out.write(b'{"run": "cut')
    assert [r["day"] for r in journal.last(3)] == [69, 68, 67]


def test_journal_notes_a_run_that_failed(tmp_path: Path, clock: HeldClock) -> None:
    journal = Journal(tmp_path / "journal")
    try:
        with journal.run("load", clock.now()):
            raise OSError("đĩa đầy")
    except OSError:
        pass
    assert "đĩa đầy" in journal.last(1)[0]["failed"]
