"""More time for a delivery, and the league of agencies: on the same calendar, by the same arithmetic."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flow_province import COMMUNES, catalogue, report_csv  # type: ignore[import-not-found]

from tinh.flow.api import Corridor, ExtensionUnfit, Home, NoSuchExtension
from tinh.gate.api import Score
from tinh.kit.clock import HeldClock
from tinh.packs.api import Reminding

NOW = datetime(2026, 9, 14, 3, tzinfo=UTC)


@pytest.fixture
def corridor(tmp_path: Path) -> Corridor:
    made = Corridor(catalogue(), Home(tmp_path), HeldClock(datetime(2026, 6, 1, tzinfo=UTC)))
    for month, day in (("2026-06", 3), ("2026-07", 9), ("2026-08", 14)):
        year, number = month.split("-")
        made.clock.moment = datetime(int(year), int(number) + 1, day, tzinfo=UTC)  # type: ignore[attr-defined]
        path = report_csv(tmp_path / f"{month}.csv", [(code, month, 10, 5) for code in COMMUNES])
        made.load(path, "stations", sender="so-khcn")
    made.clock.moment = NOW  # type: ignore[attr-defined]
    return made


def grant(corridor: Corridor, until: date = date(2026, 9, 20), of: int = 0, window: str = "2026-08"):
    dataset = corridor.catalogue.datasets["stations"]
    due = corridor.board.due("stations", window)
    return corridor.extensions.grant(dataset, window, due, until, "truc", "Bão số 9", of)


def span(corridor: Corridor, window: str = "2026-08"):
    return next(s for s in corridor.board.deliveries("stations", NOW).spans if s.window == window)


def test_an_extended_window_is_shown_and_counts_as_on_time(corridor: Corridor) -> None:
    assert span(corridor).late == 3
    made = grant(corridor)
    extended = span(corridor)
    assert (extended.on_time, extended.late) == (3, 0)
    assert extended.extended_to == extended.due_at == datetime(2026, 9, 20, 17, tzinfo=UTC)
    corridor.extensions.undo(made.number, "truc", "Nhầm")
    assert span(corridor).late == 3 and span(corridor).extended_to is None
    assert [line.what for line in corridor.extensions.all()] == ["granted", "undone"]


def test_where_the_province_says_so_the_old_deadline_keeps_the_score(
    tmp_path: Path, corridor: Corridor
) -> None:
    strict = catalogue().model_copy(update={"reminders": Reminding.model_validate({"extended": "late"})})
    made = Corridor(strict, Home(tmp_path), HeldClock(NOW))
    grant(made)
    shown = span(made)
    assert shown.late == 3 and shown.extended_to == datetime(2026, 9, 20, 17, tzinfo=UTC)


def test_a_request_is_answered_once_by_whoever_comes_first(corridor: Corridor) -> None:
    dataset, due = corridor.catalogue.datasets["stations"], corridor.board.due("stations", "2026-08")
    asked = corridor.extensions.ask(dataset, "2026-08", due, date(2026, 9, 20), "lan", "Mất điện")
    assert corridor.extensions.waiting() == (asked,)
    assert span(corridor).extended_to is None
    done: list[str] = []

    def answer(refuse: bool) -> None:
        try:
            if refuse:
                corridor.extensions.refuse(asked.number, "truc", "Không đủ lý do")
            else:
                grant(corridor, of=asked.number)
            done.append("ok")
        except NoSuchExtension:
            done.append("late")

    threads = [threading.Thread(target=answer, args=(n % 2 == 0,)) for n in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(done) == ["late"] * 5 + ["ok"]
    assert corridor.extensions.waiting() == ()


@pytest.mark.parametrize(
    ("window", "until"),
    [("2026-08", date(2026, 9, 1)), ("2026-08", date(2028, 1, 1)), ("2026-08-01", date(2026, 9, 20))],
)
def test_a_deadline_that_cannot_be_is_refused(corridor: Corridor, window: str, until: date) -> None:
    dataset, due = corridor.catalogue.datasets["stations"], corridor.board.due("stations", "2026-08")
    with pytest.raises(ExtensionUnfit):
        corridor.extensions.grant(dataset, window, due, until, "truc", "Bão")
    with pytest.raises(ExtensionUnfit):
        corridor.extensions.grant(dataset, "2026-08", due, date(2026, 9, 20), "truc", "  ")


def test_a_line_cut_by_a_crash_spoils_neither_what_stands_nor_what_follows(corridor: Corridor) -> None:
    grant(corridor)
    book = corridor.home.root / "extensions.ndjson"
    book.write_bytes(book.read_bytes() + b'{"number": 2, "what": "gra')
    assert len(corridor.extensions.granted()) == 1
    made = grant(corridor, date(2026, 9, 25))
    assert made.number == 2
    assert [one.until for one in corridor.extensions.granted()] == [date(2026, 9, 25)]


def test_a_window_extended_past_the_next_one_is_still_owed_and_coming(corridor: Corridor) -> None:
    grant(corridor, date(2026, 10, 20), window="2026-09")
    now = datetime(2026, 10, 15, tzinfo=UTC)
    spans = corridor.board.deliveries("stations", now, 12, 2).spans
    assert [(s.window, s.state) for s in spans][-2:] == [("2026-09", "waiting"), ("2026-10", "waiting")]


def test_the_league_counts_what_the_calendar_shows(corridor: Corridor) -> None:
    found = corridor.board.league(3, NOW)
    ((rank, one),) = found.ranked("alive")
    assert (rank, one.agency, one.scores.alive) == (1, "so-khcn", Score(3, 9))
    assert (one.late, one.missing, one.datasets) == (6, 0, ("stations",))
    assert [p.agency for p in found.apart("alive")] == ["so-nnmt"]
    shown = [s for s in corridor.board.deliveries("stations", NOW).spans if found.since < s.due_at <= NOW]
    assert sum(s.late for s in shown) == one.late and sum(s.owed for s in shown) == one.scores.alive.den
    year = corridor.board.league(12, NOW).places[0].scores
    status = corridor.status().agencies[0].scores
    assert (year.correct, year.clean) == (status.correct, status.clean)
    assert year.alive == status.alive and year.sufficient == status.sufficient


def test_equal_shares_share_a_rank_and_the_span_before_tells_the_trend(corridor: Corridor) -> None:
    found = corridor.board.league(1, NOW)
    one = found.places[0]
    assert one.change("alive") == 0.0  # both months came late
    assert found.as_dict()["agencies"][0]["rank"] == 1
    assert found.as_dict()["agencies"][-1]["rank"] is None
