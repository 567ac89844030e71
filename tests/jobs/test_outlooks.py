"""A round of forecasts: what moved is computed, told as it goes, kept, and shown at every door."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest
from click.testing import CliRunner

from tinh.flow.api import Corridor, Home
from tinh.jobs import api as jobs
from tinh.jobs.chores import Background, Mark
from tinh.jobs.outlooks import NAME, OUTLOOKS
from tinh.kit.clock import HeldClock
from tinh.kit.periods import between
from tinh.packs.api import compile as compile_province

ROOT = Path(__file__).parents[2]
ID = "telecom-5g-coverage"
NOW = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)


def values(last: float = 46.0) -> pl.DataFrame:
    listed = between("2025-07", "2026-10")
    line = [22 + 1.5 * n + (0.4 if n % 3 else -0.3) for n in range(len(listed) - 1)] + [last]
    return pl.DataFrame(
        {
            "indicator": ID,
            "version": 1,
            "place": "19",
            "period": listed,
            "grain": "month",
            "value": line,
            "num": line,
            "den": 100.0,
            "cov_num": 92,
            "cov_den": 92,
            "simulated": True,
        }
    )


@pytest.fixture
def corridor(tmp_path: Path) -> Corridor:
    made = Corridor(
        compile_province(ROOT / "provinces" / "thai-nguyen"), Home(tmp_path / "thai-nguyen"), HeldClock(NOW)
    )
    made.lake.write_values(values(), "run", NOW)
    return made


def test_a_round_writes_what_moved_and_a_second_one_nothing(corridor: Corridor) -> None:
    heard: list[tuple[str, int, int]] = []
    first = jobs.refresh(corridor, [ID], lambda *words: heard.append(words))
    assert first.series == 1 and first.outlooks == 1 and first.replays > 0
    assert heard[0] == (ID, 0, 1)
    told = corridor.lake.foreseen.outlooks()
    assert told.get_column("state").to_list() == ["open"] and told["probability"][0] is not None
    assert jobs.refresh(corridor, [ID]) == jobs.Round(0, 0, 0)
    corridor.lake.write_values(values(41.0), "later", datetime(2026, 11, 10, 3, tzinfo=UTC))
    again = jobs.refresh(corridor, [ID], replays=False)
    assert (again.series, again.outlooks) == (1, 1)
    assert len(corridor.lake.foreseen.every_outlook(None, "live")) == 2


def test_replays_are_judged_apart_from_what_was_published(corridor: Corridor) -> None:
    jobs.refresh(corridor, [ID])
    found = jobs.track_record(corridor)
    assert found["live"] is None  # nothing published has come due
    played = found["replay"]
    assert played is not None and played.count == len(jobs.settled(corridor, "replay")) > 0
    rows = jobs.settled(corridor, "replay")
    assert (rows["origin"] < rows["due"]).all() and rows["outcome"].null_count() == 0


def test_a_target_whose_day_has_come_settles_all_that_was_said_of_it(corridor: Corridor) -> None:
    base = {
        "kind": "live", "indicator": ID, "version": 1, "place": "19", "by": "2026-10-31", "target": 40.0,
        "direction": "up", "made_at": NOW, "run_id": "r", "method": "1",
    }  # fmt: skip
    said = [{**base, "origin": o, "digest": o, "probability": p, "state": "open"}
            for o, p in (("2026-08", 0.6), ("2026-09", 0.8))]  # fmt: skip
    done = {**base, "origin": "2026-10", "digest": "d", "state": "met", "outcome": True,
            "made_at": datetime(2026, 11, 11, tzinfo=UTC)}  # fmt: skip
    corridor.lake.foreseen.add([], [*said, done])
    found = jobs.track_record(corridor)["live"]
    assert found is not None and found.count == 2
    assert found.brier == pytest.approx((0.4**2 + 0.2**2) / 2)


def watching(corridor: Corridor) -> Background:
    served = SimpleNamespace(home=corridor.home.root, corridor=lambda: corridor, folder=corridor.home.root)
    return Background(served, OUTLOOKS)  # type: ignore[arg-type]  # what it asks of a house


def test_a_round_is_due_when_values_moved_and_one_that_died_is_not_running(corridor: Corridor) -> None:
    watch = watching(corridor)
    assert watch.due()
    jobs.refresh(corridor, [ID], replays=False)
    assert watch.due(), "the other indicators were not looked at"
    jobs.refresh(corridor, replays=False)
    assert not watch.due()
    for hour in range(3, 9):
        corridor.lake.write_values(values().head(1), f"run{hour}", datetime(2026, 11, 10, hour, tzinfo=UTC))
    jobs.refresh(corridor, replays=False)
    assert corridor.lake.compact()["indicator_values"] and not watch.due(), "gathering moves no value"
    corridor.lake.write_values(values(41.0), "later", datetime(2026, 11, 10, 9, tzinfo=UTC))
    assert watch.due()
    mark = Mark(corridor.home.root, NAME)
    mark.path.write_text(json.dumps({"running": {"at": ID, "done": 1, "of": 3, "pid": os.getpid()}}))
    assert not mark.progress().running, "another process may have its number by now"


def test_a_round_is_seen_by_other_processes_while_it_runs(corridor: Corridor) -> None:
    seen: list[bool] = []
    mark = Mark(corridor.home.root, NAME)
    for replays in (False, True):
        jobs.refresh(corridor, [ID], lambda *_: seen.append(mark.progress().running), replays=replays)
    assert seen[-1] and not mark.progress().running


def test_a_round_looks_through_the_indicators_that_moved_and_on_a_new_day_through_all(
    corridor: Corridor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tinh.lake.news.LATE", 0)
    jobs.refresh(corridor, replays=False)
    corridor.lake.write_values(values(41.0), "later", datetime(2026, 11, 10, 9, tzinfo=UTC))
    heard: list[str] = []
    jobs.refresh(corridor, None, lambda id, *_: heard.append(id), replays=False)
    assert heard == [ID]
    corridor.clock.moment += timedelta(days=1)
    heard.clear()
    jobs.refresh(corridor, None, lambda id, *_: heard.append(id), replays=False)
    assert set(heard) == set(corridor.catalogue.indicators)


def test_what_fails_is_tried_again_later_each_time_and_says_so(corridor: Corridor) -> None:
    """The folder holds no province, so every round fails."""
    watch, mark = watching(corridor), Mark(corridor.home.root, NAME)
    assert not watch.do()
    once = mark.progress()
    assert once.failures == 1 and once.again and not once.running
    assert not watch.due(), "it waits before it tries again"
    waits = [mark.failed("x", NOW, 30.0) - NOW for _ in range(9)]
    assert [w.total_seconds() for w in waits[:3]] == [60, 120, 240] and waits[-1].total_seconds() == 3600
    jobs.refresh(corridor, [ID], replays=False)
    assert mark.progress().failures == 0 and watch.due()


def test_the_command_line_judges_a_file_without_a_province(tmp_path: Path) -> None:
    from tinh.cli.main import tinh

    file = tmp_path / "series.csv"
    lines = [f"a,2025-{m:02d},{60 + 2 * m}" for m in range(1, 13)] + ["b,2025-01,x"]
    file.write_text("unique_id,ds,y\n" + "\n".join(lines), encoding="utf-8")
    said = CliRunner().invoke(
        tinh,
        ["outlook", str(file), "--target", "50", "--by", "2026-03", "--direction", "down", "--json"],
        standalone_mode=False,
    )
    answer = json.loads(said.output)
    assert said.return_value == 1  # one could not be judged
    assert answer["outlooks"][0]["probability"] < 0.1 and answer["outlooks"][0]["verdict"] in (
        "no",
        "unlikely",
    )
    assert answer["refused"]["b"]["code"] == "INS025"


def test_rest_gives_outlooks_forecasts_and_what_if(site) -> None:
    lake = jobs.corridor().lake
    row = {"indicator": ID, "version": 1, "place": "19", "made_at": NOW, "run_id": "r", "method": "1",
           "digest": "d", "applied": 1, "simulated": 1.0, "origin": "2026-10"}  # fmt: skip
    lake.foreseen.add(
        [{**row, "grain": "month", "periods": ["2026-11"], "mean": [47.5], "lo_80": [46.0], "hi_80": [49.0],
          "lo_95": [45.0], "hi_95": [50.0], "dues": [], "ends": [], "reconciled": False}],
        [{**row, "kind": "live", "by": "2030-12-31", "target": 99.0, "direction": "up", "state": "open",
          "probability": 0.42, "verdict": "unclear", "moved_vi": "Lần đầu.", "moved_en": "First."},
         {**row, "kind": "live", "by": "2019-12-31", "target": 1.0, "state": "met"}],  # declared no more
    )  # fmt: skip
    client = site.program("viewer")
    found = client.get("/api/v1/outlooks", params={"indicator": ID}).json()
    assert [(i["by"], i["probability"]) for i in found["items"]] == [("2030-12-31", 0.42)]
    assert found["items"][0]["verdict_words"] == {"vi": "Chưa rõ", "en": "Not clear"}
    assert "805/QĐ-TTg" in found["items"][0]["source"] and found["verdicts"]["likely"] == 70
    points = client.get(f"/api/v1/indicators/{ID}/forecasts?place=19").json()["items"][0]["points"]
    assert points == [
        {"period": "2026-11", "mean": 47.5, "lo_80": 46.0, "hi_80": 49.0, "lo_95": 45.0, "hi_95": 50.0}
    ]
    assert "2026-11,47.5" in client.get(f"/api/v1/indicators/{ID}/forecasts.csv").text
    none = client.get(f"/api/v1/indicators/{ID}/what-if?suppose=pace&count=3")
    assert none.status_code == 404 and none.json()["code"] == "RST001"
    assert client.get(f"/api/v1/indicators/{ID}/what-if?suppose=pace&count=0").json()["code"] == "RST002"
    assert set(client.get("/api/v1/outlooks/record").json()) == {"live", "replay"}
    assert client.get("/api/v1/outlooks?indicator=khong-co").status_code == 404
