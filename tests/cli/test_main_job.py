"""The main job from the command line, on the real files."""

from __future__ import annotations

import csv
import hashlib
import statistics
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Tinh

Loaded = tuple[Tinh, list[dict[str, Any]]]


def _april(shared: Path) -> Path:
    return shared / "data" / "air-quality" / "thai-nguyen_2025_apr.csv"


def _by_hour(file: Path) -> dict[str, list[float]]:
    hours = defaultdict(list)
    for row in csv.DictReader(file.open()):
        if row["pm25"] != "N/A":
            hours[row["timestamp"][:13]].append(float(row["pm25"]))
    return hours


def _by_day(file: Path) -> dict[str, list[float]]:
    days = defaultdict(list)
    for hour, seen in _by_hour(file).items():
        days[hour[:10]].append(statistics.fmean(seen))
    return days


def test_every_real_file_is_accepted_with_its_digest_and_counts(loaded: Loaded, shared: Path) -> None:
    _, items = loaded
    received = {}
    for item in items:
        file = Path(item["file"])
        assert item["digest"] == hashlib.sha256(file.read_bytes()).hexdigest()
        assert (item["verdict"], item["held"]) == ("accepted", 0)
        assert item["received"] == item["accepted"]
        received[file.stem[-3:]] = item["received"]
    assert received == {"feb": 529, "mar": 704, "apr": 679, "may": 706, "jun": 578}


def test_april_has_679_of_its_720_hours(loaded: Loaded) -> None:
    _, items = loaded
    april = next(i for i in items if "apr" in i["file"])
    assert april["scores"]["correct"] == {"num": 679, "den": 679}
    assert april["scores"]["sufficient"] == {"num": 679, "den": 720}


def test_cleaning_is_counted_step_by_step(loaded: Loaded, shared: Path) -> None:
    _, items = loaded
    april = next(i for i in items if "apr" in i["file"])
    steps = {step["step"]: step["values"] for step in april["cleaning"]}
    absent = sum(row["o3"] == "N/A" for row in csv.DictReader(_april(shared).open()))
    assert steps["o3: null_words"] == absent == 679
    assert steps["pm25: null_words"] == 3
    assert steps["wind_speed: strip_unit"] == 679


def test_what_is_not_clean_is_named(loaded: Loaded) -> None:
    _, items = loaded
    for item in items:
        clean = item["scores"]["clean"]
        flagged = sum(flag["rows"] for flag in item["flags"])
        assert (flagged > 0) == (clean["num"] < clean["den"])
        assert flagged >= clean["den"] - clean["num"]


def test_a_day_counts_only_with_three_quarters_of_its_hours(loaded: Loaded, shared: Path) -> None:
    run, _ = loaded
    said = run(
        "values", "pm25-daily", "--place", "19", "--from", "2025-04-01", "--to", "2025-04-30", "--json"
    )
    rows = {row["period"]: row for row in said.json}
    expected = _by_day(_april(shared))
    assert set(rows) == set(expected)
    for day, hours in expected.items():
        assert rows[day]["coverage"] == {"num": len(hours), "den": 24}
        if len(hours) >= 18:
            assert rows[day]["value"] == pytest.approx(statistics.fmean(hours))
        else:
            assert rows[day]["value"] is None


def test_a_month_is_the_mean_of_its_counting_days(loaded: Loaded, shared: Path) -> None:
    run, _ = loaded
    days = [statistics.fmean(h) for h in _by_day(_april(shared)).values() if len(h) >= 18]
    said = run("values", "pm25-monthly", "--place", "19", "--from", "2025-04", "--to", "2025-04", "--json")
    (row,) = said.json
    assert row["value"] == pytest.approx(statistics.fmean(days))
    assert row["coverage"] == {"num": len(days), "den": 30}
    assert row["simulated"] is False


def test_a_value_traces_to_the_digest_and_the_rows_of_the_file(loaded: Loaded, shared: Path) -> None:
    run, _ = loaded
    said = run("trace", "pm25-daily", "19", "2025-04-14", "--json")
    assert said.code == 0, said.err
    trace = said.json
    (receipt,) = trace["receipts"]
    file = _april(shared)
    assert receipt["digest"] == hashlib.sha256(file.read_bytes()).hexdigest()
    lines = file.read_text().splitlines()
    picked = [lines[number - 1] for number in receipt["rows"]]
    assert len(picked) == sum(line.startswith("2025-04-14") for line in lines)
    assert all(line.startswith("2025-04-14") for line in picked)


def test_loading_twice_changes_nothing(tinh: Tinh, shared: Path) -> None:
    first = tinh("load", "air-hourly", _april(shared), "--json").json
    before = tinh("values", "pm25-daily", "--json").out
    again = tinh("load", "air-hourly", _april(shared), "--json").json
    assert again[0].pop("repeated") is True
    assert first[0].pop("repeated") is False
    assert again == first
    assert tinh("values", "pm25-daily", "--json").out == before
    (dataset,) = [d for d in tinh("status", "--json").json["datasets"] if d["dataset"] == "air-hourly"]
    assert dataset["receipts"] == 1


def test_a_day_before_the_load_has_no_values(loaded: Loaded) -> None:
    run, _ = loaded
    assert run("values", "pm25-daily", "--as-of", "2025-07-01", "--json").json == []
