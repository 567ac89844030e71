"""Looks at a province: what moved is read and judged, the rest is left; nobody judges inside a page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from tinh.flow.api import Corridor, Home
from tinh.jobs import api as jobs
from tinh.kit.clock import HeldClock
from tinh.kit.periods import between
from tinh.packs.api import compile as compile_province

ROOT = Path(__file__).parents[2]
FOUR, FIVE = "telecom-4g-coverage", "telecom-5g-coverage"
NOW = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)
MONTHS = between("2022-01", "2026-10")


def values(indicator: str, place: str, last: float = 0.0, level: float = 60.0) -> pl.DataFrame:
    line = level + np.random.default_rng(7).normal(size=len(MONTHS)) * 0.4
    line[-1] += last
    return pl.DataFrame(
        {
            "indicator": indicator, "version": 1, "place": place, "period": MONTHS, "grain": "month",
            "value": line, "num": line, "den": 100.0, "cov_num": 1, "cov_den": 1, "simulated": True,
        }
    )  # fmt: skip


@pytest.fixture
def corridor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Corridor:
    monkeypatch.setattr("tinh.lake.news.LATE", 0)
    made = Corridor(
        compile_province(ROOT / "provinces" / "thai-nguyen"), Home(tmp_path / "thai-nguyen"), HeldClock(NOW)
    )
    both = [values(FOUR, "05443", level=80), values(FIVE, "05443"), values(FIVE, "05467", -12)]
    made.lake.write_values(pl.concat(both), "run", NOW)
    return made


def asked(corridor: Corridor, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What is read of the values from here on."""
    seen: list[tuple[Any, ...]] = []
    real = corridor.lake.values
    monkeypatch.setattr(corridor.lake, "values", lambda *a, **k: (seen.append(a), real(*a, **k))[1])
    return seen


def test_nothing_is_judged_by_reading_the_list(corridor: Corridor) -> None:
    assert jobs.anomalies(corridor) == [] and not jobs.looked_at(corridor)


def test_a_look_reads_the_series_that_moved_and_what_relations_hold_them_to(
    corridor: Corridor, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = jobs.unusual(corridor=corridor)
    assert first is not None and (first.series, first.raised) == (3, 1)
    assert jobs.unusual(corridor=corridor) is None, "nothing moved"
    seen = asked(corridor, monkeypatch)
    corridor.clock.moment += timedelta(hours=1)
    corridor.lake.write_values(values(FIVE, "05443", 30), "later", NOW + timedelta(hours=1))
    again = jobs.unusual(corridor=corridor)
    assert again is not None and again.series == 1
    assert seen == [([FOUR, FIVE], ["05443"])]
    found = {(a.row["place"], a.row["kind"]): a.standing for a in jobs.anomalies(corridor)}
    assert found["05467", "dip"] == "open", "what was not looked at stands as it did"
    assert found["05443", "relation"] == "open" and found["05443", "spike"] == "open"
    corridor.clock.moment += timedelta(hours=1)
    corridor.lake.write_values(values(FIVE, "05443"), "mended", NOW + timedelta(hours=2))
    jobs.unusual(corridor=corridor)
    found = {(a.row["place"], a.row["kind"]): a.standing for a in jobs.anomalies(corridor)}
    assert found == {("05467", "dip"): "open", ("05443", "relation"): "gone", ("05443", "spike"): "gone"}


def test_the_first_look_of_a_day_takes_every_series(corridor: Corridor) -> None:
    jobs.unusual(corridor=corridor)
    corridor.clock.moment += timedelta(days=1)
    again = jobs.unusual(corridor=corridor)
    assert again is not None and again.series == 3


def test_a_province_without_values_is_looked_at_once(tmp_path: Path) -> None:
    bare = Corridor(
        compile_province(ROOT / "provinces" / "thai-nguyen"), Home(tmp_path / "thai-nguyen"), HeldClock(NOW)
    )
    assert jobs.unusual(corridor=bare) is not None and jobs.unusual(corridor=bare) is None


def test_a_page_of_what_nobody_has_looked_at_says_so(site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tinh.web.pages.anomalies.jobs.looked_at", dict)
    monkeypatch.setattr("tinh.web.pages.anomalies.jobs.anomalies", list)
    page = site.person("viewer").get("/bat-thuong/")
    assert "Chưa xem lần nào" in page.text and "Không có bất thường nào" not in page.text
