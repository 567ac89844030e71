"""Five real files of hourly air quality, through the corridor, against arithmetic done by hand.

The expected figures come from the files by Python's csv module and sums, nothing of ours.
"""

from __future__ import annotations

import csv
import hashlib
import os
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean

import polars as pl
import pytest

from tinh.flow.api import Corridor, Home
from tinh.insight.api import compute, trace
from tinh.kit.clock import HeldClock
from tinh.packs.api import compile as compile_province

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("TINH_SHARED", ROOT.parent / "shared"))
FILES = sorted((SHARED / "data" / "air-quality").glob("*.csv"))
NOW = datetime(2025, 7, 10, tzinfo=UTC)

pytestmark = pytest.mark.skipif(
    not FILES or not (ROOT / "provinces" / "thai-nguyen").exists(),
    reason="needs the real air files (TINH_SHARED) and the demo province",
)


def by_hand() -> dict[str, dict[str, list[float]]]:
    """day → hour → PM2.5 readings, of all files."""
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for file in FILES:
        with file.open(encoding="utf-8-sig", newline="") as text:
            for line in csv.DictReader(text):
                hours = found[line["timestamp"][:10]][line["timestamp"][:13]]
                if line["pm25"] not in ("N/A", "-", ""):
                    hours.append(float(line["pm25"]))
    return found


def days_by_hand() -> dict[str, tuple[float | None, int]]:
    out = {}
    for day, hours in by_hand().items():
        means = [fmean(readings) for readings in hours.values() if readings]
        out[day] = (fmean(means) if len(means) >= 18 else None, len(means))
    return out


@pytest.fixture(scope="module")
def corridor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corridor]:
    catalogue = compile_province(ROOT / "provinces" / "thai-nguyen")
    loaded = Corridor(catalogue, Home(tmp_path_factory.mktemp("tn") / "home"), HeldClock(NOW))
    for file in reversed(FILES):
        loaded.load(file, "air-hourly")
    yield loaded
    loaded.close()


def test_daily_means_are_those_of_the_files(corridor: Corridor) -> None:
    values = corridor.lake.values("pm25-daily", places=["19"])
    ours = {r["period"]: (r["value"], r["cov_num"]) for r in values.iter_rows(named=True)}
    expected = days_by_hand()
    assert ours.keys() == expected.keys()
    for day, (value, hours) in expected.items():
        assert ours[day] == (pytest.approx(value) if value is not None else None, hours)
    assert set(values["cov_den"]) == {24}
    assert not values["simulated"].any()


def test_monthly_means_are_means_of_the_days_that_count(corridor: Corridor) -> None:
    months: dict[str, list[float]] = defaultdict(list)
    for day, (value, _) in days_by_hand().items():
        if value is not None:
            months[day[:7]].append(value)
    values = corridor.lake.values("pm25-monthly", places=["19"])
    ours = {r["period"]: r for r in values.iter_rows(named=True)}
    assert ours.keys() == months.keys()
    for month, days in months.items():
        assert ours[month]["value"] == pytest.approx(fmean(days))
        assert ours[month]["cov_num"] == len(days)
    assert [ours[m]["cov_den"] for m in sorted(ours)] == [28, 31, 30, 31, 30]


def test_april_stands_on_679_of_720_hours(corridor: Corridor) -> None:
    (april,) = corridor.lake.values("air-coverage", places=["19"], first="2025-04", last="2025-04").to_dicts()
    assert (april["cov_num"], april["cov_den"]) == (679, 720)


def test_what_loading_wrote_is_what_computing_everything_gives(corridor: Corridor) -> None:
    for indicator in corridor.catalogue.indicators.values():
        whole = compute(indicator, corridor.catalogue, corridor.lake, corridor.gazetteer, None, NOW)
        stored = corridor.lake.values(indicator.id).select(whole.drop("_gone").columns)
        both = whole.drop("_gone").join(stored, on=["place", "period"], how="full", suffix="_stored")
        assert both.height == whole.height == stored.height
        for column in ("value", "cov_num", "cov_den"):
            apart = both.select((pl.col(column) - pl.col(f"{column}_stored")).abs().max()).item()
            assert apart is None or apart < 1e-9


def test_a_month_traces_to_the_digest_and_to_every_row_with_a_reading(corridor: Corridor) -> None:
    (file,) = [f for f in FILES if f.stem.endswith("_apr")]
    with file.open(encoding="utf-8-sig", newline="") as text:
        expected = [n for n, line in enumerate(csv.DictReader(text), start=2) if line["pm25"] != "N/A"]
    counting = {day for day, (value, _) in days_by_hand().items() if value is not None}
    assert {f"2025-04-{d:02d}" for d in range(1, 31)} <= counting
    found = trace(
        corridor.catalogue, corridor.lake, corridor.gazetteer, "pm25-monthly", "19", "2025-04", now=NOW
    ).as_dict()
    (receipt,) = found["receipts"]
    assert receipt["digest"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert receipt["rows"] == expected
    assert len(expected) == 676 == found["rows_total"]
    (stored,) = corridor.lake.values(
        "pm25-monthly", places=["19"], first="2025-04", last="2025-04"
    ).to_dicts()
    assert found["value"] == pytest.approx(stored["value"])
