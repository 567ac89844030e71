"""A serving process pulls what is due by itself, and leaves at once when it is told to."""

from __future__ import annotations

import time
from pathlib import Path

from flow_feeds import feeds_over, with_feed
from flow_province import COMMUNES, report_csv
from tests.harness.source import Said, source
from tests.harness.waiting import until

from tinh.flow.api import Home
from tinh.jobs.house import House
from tinh.jobs.puller import Puller
from tinh.kit.clock import SystemClock
from tinh.packs.api import FolderWay, HttpWay


def test_what_is_due_is_pulled_while_the_server_runs(tmp_path: Path) -> None:
    home = Home(tmp_path / "nhà")
    made = with_feed(FolderWay(path="hop", settle=0.0, after="move"))
    box = home.root / "drop" / "hop"
    box.mkdir(parents=True)
    report_csv(box / "a.csv", [(c, "2026-02", 5, 1) for c in COMMUNES])
    puller = Puller(House(made, home.root, SystemClock()), every=0.1)
    puller.start()
    try:
        until((box / "done" / "a.csv").is_file)
    finally:
        puller.stop()
    feeds = feeds_over(made, home, SystemClock())
    assert [t.outcome for t in feeds.history(feeds.one("thu"))][-1] == "new"


def test_a_pull_on_its_way_is_left_when_the_server_stops(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("TINH_PRIVATE_HOSTS", "127.0.0.1")
    home = Home(tmp_path / "nhà")
    with source() as server:
        server.answer = lambda _: Said(raw=lambda out: (out.write(b"HTTP/1.1 200 OK\r\n"), time.sleep(60)))
        made = with_feed(HttpWay(url=server.address, format="csv", allow_private=True))
        puller = Puller(House(made, home.root, SystemClock()), every=0.1)
        puller.start()
        until(lambda: bool(server.asked))
        begin = time.monotonic()
        puller.stop()
        assert time.monotonic() - begin < 9  # after ten seconds it would give up waiting
    feeds = feeds_over(made, home, SystemClock())
    assert feeds.history(feeds.one("thu")) == () and feeds.of(feeds.one("thu")).condition == "new"
    assert feeds.due() and not list((home.root / "feeds" / "spool").iterdir())
