"""Watched folders: whole files once, links and escapes never, nothing half after a kill."""

from __future__ import annotations

import contextlib
import os
import time
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from flow_feeds import feeds_over, with_feed  # type: ignore[import-not-found]
from flow_province import COMMUNES, catalogue, report_csv, stored  # type: ignore[import-not-found]
from flow_puller import work  # type: ignore[import-not-found]
from tests.harness.at_hand import CONTEXT
from tests.harness.source import Said, source

from tinh.flow.api import Corridor, Home
from tinh.kit.clock import HeldClock
from tinh.packs.api import FolderWay


@pytest.fixture
def box(home: Home) -> Path:
    folder = home.root / "drop" / "hop"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def watching(home: Home, clock: HeldClock) -> Any:
    def made(**way: Any) -> Any:
        return feeds_over(with_feed(FolderWay(**{"path": "hop", "settle": 0.0, **way})), home, clock)

    return made


def put(path: Path, stations: int = 5) -> Path:
    return report_csv(path, [(c, "2026-02", stations, 1) for c in COMMUNES])


def test_files_are_taken_once_and_left_where_they_lie(box, watching, home, clock) -> None:
    put(box / "a.csv")
    put(box / "b.csv", 6)
    feeds = watching()
    done = feeds.pull("thu")
    assert (done.outcome, done.taken, len(done.receipts)) == ("new", 2, 2)
    assert feeds.pull("thu").outcome == "nothing"
    os.utime(box / "a.csv", (1, 1))
    again = feeds.pull("thu")
    assert (again.outcome, again.receipts[0]) == ("repeated", done.receipts[0])
    assert sorted(p.name for p in box.iterdir()) == ["a.csv", "b.csv"]
    assert len(Corridor(catalogue(), home, clock).lake.ledger()) == 2


def test_files_are_moved_to_done_or_failed_and_never_over_another(box, watching) -> None:
    feeds = watching(after="move")
    for stations in (5, 6):
        put(box / "bc.csv", stations)
        (box / "hỏng.csv").write_text(f"khác,cột\n1,{stations}\n", "utf-8")
        done = feeds.pull("thu")
        assert (done.outcome, done.refused, done.error["code"]) == ("refused", 1, "SRC089")
    assert sorted(p.name for p in (box / "done").iterdir()) == ["bc (2).csv", "bc.csv"]
    assert sorted(p.name for p in (box / "failed").iterdir()) == ["hỏng (2).csv", "hỏng.csv"]
    assert feeds.pull("thu").outcome == "nothing"
    assert feeds.health("stations").condition == "ok"


def test_a_file_that_is_still_written_waits(box, watching) -> None:
    feeds = watching(settle=40.0)
    put(box / "a.csv")
    first = feeds.pull("thu")
    assert (first.outcome, first.waiting, first.taken) == ("nothing", 1, 0)
    put(box / "a.csv", 66)
    assert feeds.pull("thu").waiting == 1
    patient = watching(settle=0.3)
    begin = time.monotonic()
    done = patient.pull("thu")
    assert (done.outcome, done.waiting) == ("new", 0) and time.monotonic() - begin >= 0.3


def test_a_file_that_grows_while_it_is_read_is_not_taken(box, watching, monkeypatch) -> None:
    path = put(box / "a.csv")
    feeds = watching()
    read, grown = os.read, []

    def growing(handle: int, size: int) -> bytes:
        if not grown and os.fstat(handle).st_ino == path.stat().st_ino:
            grown.append(1)
            with path.open("a") as out:
                out.write("05443,2026-01,1,1\n")
        return read(handle, size)

    monkeypatch.setattr(os, "read", growing)
    done = feeds.pull("thu")
    assert grown and (done.outcome, done.waiting, done.receipts) == ("nothing", 1, ())
    assert feeds.pull("thu").outcome == "new"


def test_links_and_what_lies_outside_are_refused(box, watching, tmp_path, monkeypatch) -> None:
    secret = put(tmp_path / "kín.csv")
    (box / "lối tắt.csv").symlink_to(secret)
    os.mkfifo(box / "ống.csv")
    done = watching().pull("thu")
    assert (done.outcome, [n["code"] for n in done.notes], done.receipts) == ("nothing", ["SRC071"], ())
    for path in (str(tmp_path), "../../x", "hop/../../../.."):
        assert (watching(path=path).pull("thu").error or {})["code"] == "SRC069", path
    (box / "ra").symlink_to(tmp_path)
    assert watching(path="hop/ra").pull("thu").error["code"] == "SRC069"
    monkeypatch.setenv("TINH_FEED_ROOTS", f"/khong-co{os.pathsep}{tmp_path}")
    assert watching(path=str(tmp_path), patterns=("kín*",)).pull("thu").outcome == "new"


def test_a_folder_that_is_not_there_says_so_and_is_tried_again(watching, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("TINH_FEED_ROOTS", str(tmp_path))
    done = watching(path=str(tmp_path / "chưa gắn")).pull("thu")
    assert (done.error["code"], done.error["retry"]) == ("SRC070", True)


def test_names_in_any_unicode_fit_patterns_and_unfinished_ones_are_passed_over(
    box, watching, home, clock
) -> None:
    put(box / unicodedata.normalize("NFD", "Báo cáo tháng 2.CSV"))
    put(Path(os.fsdecode(bytes(box) + b"/b\xe1o c\xe1o.csv")), 7)
    for name in (".ẩn.csv", "~$a.csv", "tải.csv.part", "ghi chú.txt"):
        put(box / name, 8)
    done = watching(patterns=("*áo*.csv", "*.csv")).pull("thu")
    assert (done.outcome, done.taken) == ("new", 2)
    names = {r.filename for r in Corridor(catalogue(), home, clock).lake.receipts()}
    assert "Báo cáo tháng 2.CSV" in names and len(names) == 2


def test_each_sender_has_a_subfolder_and_an_unknown_one_is_named(box, watching, home, clock) -> None:
    for folder in ("so-nnmt", "05443", "ai-đó"):
        (box / folder).mkdir()
    for n, folder in enumerate(("so-nnmt", "05443", "ai-đó")):
        put(box / folder / "a.csv", n)
    done = watching(senders=True, after="move").pull("thu")
    assert (done.taken, [n["code"] for n in done.notes]) == (2, ["SRC072"])
    senders = {r.sender for r in Corridor(catalogue(), home, clock).lake.receipts()}
    assert senders == {"so-nnmt", "05443"}
    assert (box / "05443" / "done" / "a.csv").is_file() and (box / "ai-đó" / "a.csv").is_file()


# ── several processes ───────────────────────────────────────────────────────────────


def start(home: Path, url: str = "", times: int = 1) -> tuple[Any, Any]:
    said, theirs = CONTEXT.Pipe(duplex=False)
    process = CONTEXT.Process(target=work, args=(theirs, home, url, times))
    process.start()
    theirs.close()
    return process, said


def heard(process: Any, said: Any) -> list[str]:
    out = []
    with contextlib.suppress(EOFError):
        while True:
            out.append(said.recv())
    process.join()
    return [one for one in out if one != "ready"]


def test_of_two_processes_one_pulls_and_the_other_says_busy(home, clock) -> None:
    body = put(home.root.parent.parent / "nguồn.csv").read_bytes()

    def slow(_: Any) -> Said:
        time.sleep(1.0)
        return Said(body)

    with source() as server:
        server.answer = slow
        Corridor(catalogue(), home, clock)
        pair = [start(home.root, server.address) for _ in range(2)]
        outcomes = sorted(one for process, said in pair for one in heard(process, said))
        assert outcomes in (["busy", "new"], ["new", "repeated"])
    assert len(Corridor(catalogue(), home, clock).lake.ledger()) == 1


def test_a_kill_at_any_moment_of_a_pull_leaves_nothing_half(home, clock) -> None:
    body = put(home.root.parent.parent / "nguồn.csv").read_bytes()

    def drip(out: Any) -> None:
        out.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode())
        for byte in range(0, len(body), 10):
            out.write(body[byte : byte + 10])
            out.flush()
            time.sleep(0.01)

    with source() as server:
        server.answer = lambda _: Said(raw=drip)
        for after in (0.04, 0.12, 0.3):
            process, said = start(home.root, server.address)
            assert said.poll(60) and said.recv() == "ready"
            time.sleep(after)
            process.kill()
            process.join()
            corridor = Corridor(catalogue(), home, clock)
            assert corridor.waiting() == 0 and len(corridor.lake.ledger()) <= 1
            rows = corridor.lake.rows("stations", limit=None)
            assert len(rows) in (0, len(COMMUNES))
        process, said = start(home.root, server.address)
        assert heard(process, said)[-1] in ("new", "repeated")
    corridor = Corridor(catalogue(), home, clock)
    assert len(corridor.lake.ledger()) == 1 and len(stored(corridor, "stations")) == len(COMMUNES)
    assert not list((home.root / "feeds" / "spool").iterdir())
