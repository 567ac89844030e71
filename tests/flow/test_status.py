from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from flow_province import COMMUNES, air_csv, report_csv  # type: ignore[import-not-found]

from tinh.flow.api import Corridor
from tinh.kit.clock import HeldClock

A, B, C = COMMUNES


def test_status_counts_what_was_owed_what_came_and_when(
    corridor: Corridor, tmp_path: Path, clock: HeldClock
) -> None:
    # Due on the 6th of the next month (P5D after the month's end), local time.
    clock.moment = datetime(2026, 2, 3, tzinfo=UTC)
    corridor.load(report_csv(tmp_path / "a.csv", [(c, "2026-01", 10, 4) for c in COMMUNES]), "stations")
    clock.moment = datetime(2026, 3, 10, tzinfo=UTC)
    corridor.load(report_csv(tmp_path / "b.csv", [(A, "2026-02", 10, 4), (B, "2026-02", -3, 4)]), "stations")
    status = corridor.status()
    stations = status.dataset("stations")
    assert (stations.scores.sufficient.num, stations.scores.sufficient.den) == (4, 6)
    assert (stations.scores.alive.num, stations.scores.alive.den) == (3, 6)
    assert (stations.scores.correct.num, stations.scores.correct.den) == (4, 5)
    assert stations.receipts == 2
    assert [(x.place, x.window, x.days) for x in stations.late] == [(B, "2026-02", 4), (C, "2026-02", 4)]
    assert stations.next_window == "2026-03"
    assert stations.next_due == datetime(2026, 4, 5, 17, tzinfo=UTC)
    assert stations.newest_period == "2026-02"
    assert stations.age_seconds == 0
    science = next(a for a in status.agencies if a.agency == "so-khcn")
    assert science.scores == stations.scores
    assert science.late == 2
    assert status.as_dict()["datasets"][0]["late"][0]["place"] == B


def test_status_of_an_empty_province_asks_for_what_was_owed(corridor: Corridor) -> None:
    status = corridor.status()
    assert status.receipts == 0
    stations = status.dataset("stations")
    assert (stations.scores.alive.num, stations.scores.alive.den) == (0, 2)
    assert stations.age_seconds is None
    air = status.dataset("air")
    assert (air.scores.alive.den, air.scores.sufficient.den) == (0, 0)


def test_status_follows_what_is_waiting(corridor: Corridor) -> None:
    corridor.accept(air_csv("s1", range(5)), "air")
    assert corridor.status().waiting == 1
    corridor.drain()
    assert corridor.status().waiting == 0
    assert corridor.status().dataset("air").receipts == 1


def test_alerts_fire_over_current_values(corridor: Corridor, tmp_path: Path, clock: HeldClock) -> None:
    assert all(a.status != "firing" for a in corridor.alerts())
    corridor.load(report_csv(tmp_path / "a.csv", [(c, "2026-02", 10, 4) for c in COMMUNES]), "stations")
    assert [a.status for a in corridor.alerts()] == ["firing"]
