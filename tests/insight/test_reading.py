"""What doors read from stored values."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from tinh.insight.api import (
    Point,
    against_target,
    latest,
    map_classes,
    number_text,
    period_text,
    ranking,
    rows_of,
    series,
    trend,
)
from tinh.insight.finish import VALUES
from tinh.packs.foreseen import Target

from .tiny import catalogue, direct, indicator, lake_of

MONTHLY = indicator("m", "month", direct("d", "x"), through=("day", "month"), direction="down")


def stored(*rows: tuple[str, str, float | None], version: int = 1) -> pl.DataFrame:
    full = [
        ("m", version, place, period, "month", value, None, None, 20, 30, False, False)
        for place, period, value in rows
    ]
    return pl.DataFrame(full, schema={**VALUES, "_gone": pl.Boolean}, orient="row")


def test_a_series_shows_every_period_and_its_gaps_as_gaps() -> None:
    lake = lake_of(catalogue())
    lake.stored.append(stored(("19", "2025-01", 1.0), ("19", "2025-04", 4.0), ("10001", "2025-02", 9.0)))
    points = series(lake, MONTHLY, "19")
    assert [(p.period, p.value) for p in points] == [
        ("2025-01", 1.0), ("2025-02", None), ("2025-03", None), ("2025-04", 4.0),
    ]  # fmt: skip
    assert (points[1].num, points[1].den, points[1].gap) == (0, 28, True)
    assert [p.period for p in series(lake, MONTHLY, "19", "2024-12", "2025-02")] == [
        "2024-12",
        "2025-01",
        "2025-02",
    ]
    assert series(lake, MONTHLY, "00000") == []


def test_a_new_version_starts_a_new_series() -> None:
    lake = lake_of(catalogue())
    lake.stored += [stored(("19", "2025-01", 1.0)), stored(("19", "2025-02", 2.0), version=2)]
    assert [p.period for p in series(lake, MONTHLY.model_copy(update={"version": 2}), "19")] == ["2025-02"]


def test_the_newest_known_value_of_each_place_counts() -> None:
    frame = latest(stored(("19", "2025-01", 1.0), ("19", "2025-02", 2.0), ("19", "2025-03", None)))
    assert frame.select("period", "value").row(0) == ("2025-02", 2.0)


def test_equals_share_a_rank_and_levels_are_ranked_apart() -> None:
    lake = lake_of(catalogue())
    lake.stored.append(
        stored(
            ("19", "2025-01", 5.0),
            ("10001", "2025-01", 3.0),
            ("10002", "2025-01", 3.0),
            ("10003", "2025-01", 7.0),
        )
    )
    ranked = [(r["place"], r["rank"], r["among"]) for r in ranking(lake, MONTHLY, "2025-01")]
    assert ranked == [("10001", 1, 3), ("10002", 1, 3), ("10003", 3, 3), ("19", 1, 1)]
    upward = MONTHLY.model_copy(update={"direction": "up"})
    assert ranking(lake, upward, "2025-01")[0]["place"] == "10003"


def test_a_trend_looks_one_period_and_one_year_back_and_judges_by_direction() -> None:
    points = [Point("2024-03", 10.0), Point("2025-02", 4.0), Point("2025-03", 5.0), Point("2025-04", None)]
    found = trend(points, MONTHLY)
    assert found is not None and found.previous is not None and found.last_year is not None
    assert (found.point.period, found.previous.absolute, found.previous.judged) == ("2025-03", 1.0, "worse")
    assert (found.last_year.relative, found.last_year.judged) == (-0.5, "better")
    assert trend([Point("2025-01", None)], MONTHLY) is None
    gap = trend([Point("2025-01", 1.0), Point("2025-03", 2.0)], MONTHLY)
    assert gap is not None and gap.previous is None


def test_days_and_hours_look_back_to_the_same_day_last_year() -> None:
    daily = MONTHLY.model_copy(update={"period": "day"})
    found = trend([Point("2024-04-01", 1.0), Point("2025-04-01", 2.0)], daily)
    assert found is not None and found.last_year is not None and found.last_year.period == "2024-04-01"
    leap = trend([Point("2024-02-29", 1.0)], daily)
    assert leap is not None and leap.last_year is None


def test_a_target_is_the_next_one_due() -> None:
    aimed = MONTHLY.model_copy(
        update={
            "direction": "up",
            "targets": (Target(value=20, by=date(2025, 12, 31)), Target(value=40, by=date(2030, 12, 31))),
        }
    )
    now = against_target(aimed, 25, "2025-04")
    later = against_target(aimed, 25, "2026-01")
    assert now is not None and (now.target, now.met, now.gap) == (20, True, 0)
    assert later is not None and (later.target, later.met, later.gap) == (40, False, 15)
    assert against_target(MONTHLY, 1) is None


@pytest.mark.parametrize(
    ("values", "bands", "edges"),
    [
        ([1.0, None, 2.0], (30.0, 10.0), [10.0, 30.0]),
        ([float(n) for n in range(11)], (), [2.0, 4.0, 6.0, 8.0]),
        ([5.0, 5.0, 5.0], (), []),
        ([None], (), []),
    ],
)
def test_map_classes_are_the_bands_or_quantiles_without_repeats(
    values: list[float | None], bands: tuple[float, ...], edges: list[float]
) -> None:
    assert map_classes(values, bands) == edges


def test_periods_and_numbers_in_words() -> None:
    assert period_text("2025-04-01T07").vi == "7 giờ ngày 01/04/2025"
    assert [period_text(p).en for p in ("2025-04-01", "2025-04", "2025-Q2", "2025")] == [
        "1 April 2025", "April 2025", "Q2 2025", "2025",
    ]  # fmt: skip
    assert (number_text(1234.56, 1).vi, number_text(-0.04, 1).en) == ("1.234,6", "0.0")


def test_json_rows_name_their_place() -> None:
    (found,) = rows_of(
        stored(("19", "2025-01", 1.5)), catalogue(MONTHLY), lambda place, period: "Tỉnh Thái Nguyên"
    )
    assert (found["place_name"], found["coverage"], found["value"]) == (
        "Tỉnh Thái Nguyên",
        {"num": 20, "den": 30},
        1.5,
    )
