"""The value semantics, case by case."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from tinh.insight.api import BadSql, Circular, NoTime, TooFine, affected, compute
from tinh.packs.models import Formula, Life, Term

from .tiny import (
    NOW,
    TinyPlaces,
    catalogue,
    dataset,
    direct,
    indicator,
    lake_of,
    ratio,
    row,
)


def hours(day: str, count: int, place: str = "164", value: float = 1.0) -> list[dict[str, Any]]:
    return [row(place, f"{day}T{h:02d}", pm=value) for h in range(count)]


def one(frame: pl.DataFrame, place: str, period: str) -> dict[str, Any]:
    found = frame.filter((pl.col("place") == place) & (pl.col("period") == period)).to_dicts()
    assert len(found) == 1, frame
    return found[0]


AIR = dataset("air", {"pm": "number"}, kind="stream", every="hour")
MEAN = {"over_time": "mean", "over_places": "mean", "min_coverage": {"day": 0.75}}
MONTHLY = indicator("pm", "month", direct("air", "pm", "mean"), through=("hour", "day", "month"), **MEAN)
DAILY = indicator("pm-day", "day", direct("air", "pm", "mean"), through=("hour", "day"), **MEAN)


def test_a_day_below_its_coverage_keeps_its_row_without_a_value(places: TinyPlaces) -> None:
    cat = catalogue(AIR, DAILY)
    lake = lake_of(cat)
    lake.add("air", hours("2025-04-01", 18) + hours("2025-04-02", 17))
    frame = compute(DAILY, cat, lake, places, None, NOW)
    full, short = one(frame, "164", "2025-04-01"), one(frame, "164", "2025-04-02")
    assert (full["value"], full["cov_num"], full["cov_den"]) == (1.0, 18, 24)
    assert (short["value"], short["cov_num"], short["cov_den"]) == (None, 17, 24)


def test_the_same_hours_give_the_same_value_to_the_last_digit_in_any_order(places: TinyPlaces) -> None:
    cat = catalogue(AIR, DAILY)
    rows = [
        row("164", f"2025-04-01T{h:02d}", pm=(0.1, 46.9, 1e-3, 33.3)[h % 4] * (h + 0.7)) for h in range(23)
    ]
    seen = set()
    for step in (1, 5, 7, 11):
        lake = lake_of(cat)
        lake.add("air", [rows[(n * step) % 23] for n in range(23)])
        seen.add(one(compute(DAILY, cat, lake, places, None, NOW), "19", "2025-04-01")["value"])
    assert len(seen) == 1


def test_a_month_counts_its_days_and_is_the_mean_of_days_not_of_hours(places: TinyPlaces) -> None:
    cat = catalogue(AIR, MONTHLY)
    lake = lake_of(cat)
    lake.add("air", hours("2025-04-01", 24, value=10) + hours("2025-04-02", 18, value=40))
    lake.add("air", hours("2025-04-03", 3, value=1000))
    frame = compute(MONTHLY, cat, lake, places, None, NOW)
    for place in ("164", "19"):
        month = one(frame, place, "2025-04")
        assert (month["value"], month["cov_num"], month["cov_den"]) == (25.0, 2, 30)


def test_a_period_with_rows_but_no_value_is_kept_and_one_without_rows_is_not(places: TinyPlaces) -> None:
    cat = catalogue(AIR, DAILY)
    lake = lake_of(cat)
    lake.add("air", [row("164", "2025-04-01T05", pm=None)])
    frame = compute(DAILY, cat, lake, places, None, NOW)
    assert frame["period"].unique().to_list() == ["2025-04-01"]
    assert one(frame, "19", "2025-04-01")["value"] is None
    assert one(frame, "19", "2025-04-01")["cov_num"] == 0


def test_infinite_and_not_a_number_are_missing(places: TinyPlaces) -> None:
    cat = catalogue(AIR, DAILY)
    lake = lake_of(cat)
    lake.add("air", hours("2025-04-01", 20))
    lake.add(
        "air", [row("164", "2025-04-01T21", pm=float("inf")), row("164", "2025-04-01T22", pm=float("nan"))]
    )
    day = one(compute(DAILY, cat, lake, places, None, NOW), "164", "2025-04-01")
    assert (day["value"], day["cov_num"]) == (1.0, 20)


def test_both_old_provinces_count_into_the_province_of_today(places: TinyPlaces) -> None:
    cat = catalogue(AIR, DAILY)
    lake = lake_of(cat)
    lake.add("air", hours("2025-04-01", 24, "164", 10) + hours("2025-04-01", 24, "01840", 30))
    frame = compute(DAILY, cat, lake, places, None, NOW)
    province = one(frame, "19", "2025-04-01")
    assert (province["value"], province["cov_num"], province["cov_den"]) == (20.0, 48, 48)
    assert one(frame, "01840", "2025-04-01")["value"] == 30


def test_a_place_unknown_on_that_day_has_its_own_value_but_no_province(places: TinyPlaces) -> None:
    cat = catalogue(AIR, DAILY)
    lake = lake_of(cat)
    lake.add("air", hours("2025-08-01", 24, "164"))
    assert compute(DAILY, cat, lake, places, None, NOW)["place"].to_list() == ["164"]


TEL = dataset("tel", {"shared": "integer", "stations": "integer", "radio": "boolean"}, expect="communes")
SHARE = indicator(
    "share",
    "month",
    ratio(Term(dataset="tel", column="shared"), Term(dataset="tel", column="stations"), 100),
    places=("own", "commune", "province"),
)


def test_ratios_combine_as_ratios_of_sums_and_coverage_counts_the_communes_owed(places: TinyPlaces) -> None:
    cat = catalogue(TEL, SHARE)
    lake = lake_of(cat)
    lake.add(
        "tel",
        [
            row("10001", "2026-01", shared=1, stations=2),
            row("10002", "2026-01", shared=1, stations=98),
            row("10003", "2026-01", shared=5, stations=None),
        ],
    )
    frame = compute(SHARE, cat, lake, places, None, NOW)
    province = one(frame, "19", "2026-01")
    assert (province["value"], province["num"], province["den"]) == (2.0, 2.0, 100.0)
    assert (province["cov_num"], province["cov_den"]) == (2, 4)
    lone = one(frame, "10003", "2026-01")
    assert (lone["value"], lone["cov_num"], lone["cov_den"]) == (None, 0, 1)


def test_a_ratio_over_nothing_has_no_value(places: TinyPlaces) -> None:
    cat = catalogue(TEL, SHARE)
    lake = lake_of(cat)
    lake.add("tel", [row("10001", "2026-01", shared=0, stations=0)])
    found = one(compute(SHARE, cat, lake, places, None, NOW), "10001", "2026-01")
    assert (found["value"], found["den"], found["cov_num"]) == (None, 0.0, 1)


def test_a_provinces_own_figure_is_not_added_to_that_of_its_communes(places: TinyPlaces) -> None:
    cat = catalogue(TEL, SHARE)
    lake = lake_of(cat)
    lake.add(
        "tel", [row("19", "2026-01", shared=30, stations=100), row("10001", "2026-01", shared=1, stations=2)]
    )
    province = one(compute(SHARE, cat, lake, places, None, NOW), "19", "2026-01")
    assert (province["value"], province["cov_num"], province["cov_den"]) == (30.0, 1, 1)


def test_a_condition_that_cannot_be_judged_is_not_a_no(places: TinyPlaces) -> None:
    without = indicator("without", "month", direct("tel", how="count", where="not radio"), over_time="last")
    cat = catalogue(TEL, without)
    lake = lake_of(cat)
    lake.add(
        "tel",
        [
            row("10001", "2026-01", radio=False),
            row("10002", "2026-01", radio=True),
            row("10003", "2026-01", radio=None),
        ],
    )
    frame = compute(without, cat, lake, places, None, NOW)
    assert [one(frame, p, "2026-01")["value"] for p in ("10001", "10002", "10003", "19")] == [1, 0, None, 1]
    assert (one(frame, "19", "2026-01")["cov_num"], one(frame, "19", "2026-01")["cov_den"]) == (2, 4)


@pytest.mark.parametrize(
    ("over_time", "expected"), [("sum", 10.0), ("mean", 5.0), ("last", 3.0), ("min", 3.0), ("max", 7.0)]
)
def test_values_climb_in_time_as_declared(places: TinyPlaces, over_time: str, expected: float) -> None:
    quarterly = indicator(
        "q", "quarter", direct("tel", "stations"), through=("month", "quarter"), over_time=over_time
    )
    cat = catalogue(TEL, quarterly)
    lake = lake_of(cat)
    lake.add("tel", [row("10001", "2025-10", stations=7), row("10001", "2025-12", stations=3)])
    found = one(compute(quarterly, cat, lake, places, None, NOW), "10001", "2025-Q4")
    assert (found["value"], found["cov_num"], found["cov_den"]) == (expected, 2, 3)


@pytest.mark.parametrize(
    ("over_time", "expected"), [("min", 10.0), ("max", 50.0), ("last", 10.0), ("mean", 20.0)]
)
def test_ratios_climb_in_time_as_pairs(places: TinyPlaces, over_time: str, expected: float) -> None:
    yearly = SHARE.model_copy(update={"id": "y", "period": "year", "over_time": over_time})
    cat = catalogue(TEL, yearly)
    lake = lake_of(cat)
    lake.add(
        "tel",
        [row("10001", "2025-10", shared=10, stations=20), row("10001", "2025-12", shared=6, stations=60)],
    )
    assert one(compute(yearly, cat, lake, places, None, NOW), "10001", "2025")["value"] == expected


def test_weighted_means_weigh_over_places(places: TinyPlaces) -> None:
    weighted = indicator(
        "w",
        "month",
        Formula(kind="weighted", terms=(Term(dataset="tel", column="shared"),), weight="stations"),
    )
    cat = catalogue(TEL, weighted)
    lake = lake_of(cat)
    lake.add(
        "tel",
        [row("10001", "2026-01", shared=10, stations=1), row("10002", "2026-01", shared=20, stations=3)],
    )
    assert one(compute(weighted, cat, lake, places, None, NOW), "19", "2026-01")["value"] == 17.5


def test_simulated_rows_mark_every_value_they_are_in(places: TinyPlaces) -> None:
    cat = catalogue(TEL, SHARE)
    lake = lake_of(cat)
    lake.add("tel", [row("10001", "2026-01", shared=1, stations=2)])
    lake.add("tel", [row("10002", "2026-01", shared=1, stations=2)], simulated=True)
    frame = compute(SHARE, cat, lake, places, None, NOW)
    assert [one(frame, p, "2026-01")["simulated"] for p in ("10001", "10002", "19")] == [False, True, True]


FIRMS = dataset(
    "firms",
    {"id": "string", "began": "date", "ended": "date", "staff": "integer"},
    kind="register",
    every=None,
    life=Life(begins="began", ends="ended"),
    key=("id",),
)
COUNT = indicator("firms", "month", direct("firms", how="count"))


def firm(id: str, place: str, began: date, ended: date | None = None) -> dict[str, Any]:
    return {"id": id, "place": place, "_place": place, "began": began, "ended": ended, "staff": 5}


def test_a_register_counts_what_is_alive_at_each_periods_end(places: TinyPlaces) -> None:
    cat = catalogue(FIRMS, COUNT)
    lake = lake_of(cat)
    lake.add(
        "firms",
        [
            firm("a", "10001", date(2025, 11, 1)),
            firm("b", "10001", date(2025, 12, 31), date(2026, 1, 31)),
            firm("c", "10002", date(2026, 3, 15)),
            firm("d", "10002", date(2026, 3, 16)),
        ],
    )
    frame = compute(COUNT, cat, lake, places, None, NOW).filter(pl.col("place") == "19")
    assert dict(zip(frame["period"], frame["value"], strict=True)) == {
        "2025-11": 1, "2025-12": 2, "2026-01": 1, "2026-02": 1, "2026-03": 2,
    }  # fmt: skip


def test_a_place_whose_things_have_all_ended_shows_a_true_zero(places: TinyPlaces) -> None:
    cat = catalogue(FIRMS, COUNT)
    lake = lake_of(cat)
    lake.add("firms", [firm("a", "10001", date(2026, 1, 1), date(2026, 2, 1))])
    frame = compute(COUNT, cat, lake, places, None, NOW)
    assert one(frame, "10001", "2026-01")["value"] == 1
    assert one(frame, "10001", "2026-02")["value"] == 0


def test_a_moved_thing_leaves_its_old_place(places: TinyPlaces) -> None:
    cat = catalogue(FIRMS, COUNT)
    lake = lake_of(cat)
    lake.add("firms", [firm("a", "10001", date(2026, 1, 1))])
    lake.stored.append(compute(COUNT, cat, lake, places, None, NOW))
    lake.add("firms", [firm("a", "10002", date(2026, 1, 1))])
    frame = compute(COUNT, cat, lake, places, None, NOW)
    gone = one(frame, "10001", "2026-02")
    assert (gone["value"], gone["_gone"]) == (None, True)
    assert one(frame, "10002", "2026-02")["value"] == 1


def test_a_register_over_a_report_takes_the_newest_at_or_before(places: TinyPlaces) -> None:
    people = dataset("people", {"population": "integer"}, every="year")
    per = indicator(
        "per",
        "month",
        ratio(Term(dataset="firms", how="count"), Term(dataset="people", column="population"), 1000),
        places=("province",),
    )
    cat = catalogue(FIRMS, people, per)
    lake = lake_of(cat)
    lake.add("firms", [firm("a", "10001", date(2024, 12, 1)), firm("b", "10002", date(2026, 2, 1))])
    lake.add("people", [row("10001", "2025", population=1000), row("10002", "2025", population=1000)])
    lake.add("people", [row("10001", "2026", population=4000)])
    frame = compute(per, cat, lake, places, None, NOW)
    assert frame["period"].min() == "2025-01"
    assert one(frame, "19", "2025-06")["value"] == 0.5
    assert one(frame, "19", "2026-02")["value"] == 0.5


def test_two_reports_of_one_grain_meet_exactly(places: TinyPlaces) -> None:
    money = dataset("money", {"spent": "number"})
    per = indicator(
        "per", "month", ratio(Term(dataset="money", column="spent"), Term(dataset="tel", column="stations"))
    )
    cat = catalogue(TEL, money, per)
    lake = lake_of(cat)
    lake.add("tel", [row("10001", "2026-01", stations=2)])
    lake.add("money", [row("10001", "2026-01", spent=10), row("10001", "2026-02", spent=10)])
    frame = compute(per, cat, lake, places, None, NOW)
    assert one(frame, "10001", "2026-01")["value"] == 5
    assert one(frame, "10001", "2026-02")["value"] is None


def test_sql_files_give_cells_that_climb_like_any_others(places: TinyPlaces) -> None:
    sql = """SELECT _place AS place, _period AS period, sum(shared) AS num, sum(stations) AS den
             FROM "tel" GROUP BY 1, 2;"""
    by_file = SHARE.model_copy(
        update={"id": "f", "formula": Formula(kind="sql", sql=sql, datasets=("tel",), scale=100)}
    )
    cat = catalogue(TEL, SHARE, by_file)
    lake = lake_of(cat)
    lake.add(
        "tel", [row("10001", "2026-01", shared=1, stations=2), row("10002", "2026-01", shared=1, stations=98)]
    )
    ours, theirs = (compute(i, cat, lake, places, None, NOW).drop("indicator") for i in (SHARE, by_file))
    assert ours.equals(theirs)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 AS place",
        "SELECT nonsense FROM nowhere",
        "SELECT '19' AS place, 'soon' AS period, 1 AS value",
        "SELECT * FROM (VALUES ('19', '2026-01', 1), ('19', '2026-01', 2)) t(place, period, value)",
    ],
)
def test_sql_that_cannot_be_used_is_refused(places: TinyPlaces, sql: str) -> None:
    bad = indicator("bad", "month", Formula(kind="sql", sql=sql, datasets=("tel",)))
    cat = catalogue(TEL, bad)
    with pytest.raises(BadSql):
        compute(bad, cat, lake_of(cat), places, None, NOW)


def test_derived_values_meet_at_the_same_place_and_period(places: TinyPlaces) -> None:
    stations = indicator("all-stations", "month", direct("tel", "stations"))
    shared = indicator("shared", "month", direct("tel", "shared"))
    derived = indicator(
        "pct",
        "month",
        Formula(
            kind="derived", indicators=("shared", "all-stations"), expression="100 * shared / all_stations"
        ),
    )
    cat = catalogue(TEL, derived, stations, shared)
    lake = lake_of(cat)
    lake.add(
        "tel", [row("10001", "2026-01", shared=1, stations=4), row("10002", "2026-01", shared=1, stations=0)]
    )
    frame = compute(derived, cat, lake, places, None, NOW)
    assert one(frame, "10001", "2026-01")["value"] == 25
    assert one(frame, "10002", "2026-01")["value"] is None
    assert one(frame, "19", "2026-01")["value"] == 50
    assert (one(frame, "19", "2026-01")["cov_num"], one(frame, "19", "2026-01")["cov_den"]) == (2, 4)
    assert [i.id for i in affected(cat, "tel")] == ["shared", "all-stations", "pct"]


def test_circles_and_missing_time_and_too_fine_periods_are_refused(places: TinyPlaces) -> None:
    a = indicator("a", "month", Formula(kind="derived", indicators=("b",), expression="b"))
    b = indicator("b", "month", Formula(kind="derived", indicators=("a",), expression="a"))
    fine = indicator("fine", "day", direct("tel", "stations"))
    timeless = dataset("timeless", {"x": "number"}, every=None)
    never = indicator("never", "month", direct("timeless", "x"))
    cat = catalogue(TEL, timeless, a, b, fine, never)
    for wrong, error in ((a, Circular), (fine, TooFine), (never, NoTime)):
        with pytest.raises(error):
            compute(wrong, cat, lake_of(cat), places, None, NOW)


def test_an_empty_lake_gives_an_empty_frame(places: TinyPlaces) -> None:
    cat = catalogue(AIR, TEL, FIRMS, MONTHLY, SHARE, COUNT)
    for each in (MONTHLY, SHARE, COUNT):
        assert compute(each, cat, lake_of(cat), places, None, NOW).is_empty()


@pytest.mark.parametrize(
    ("over_time", "province", "old", "new"),
    [("mean", 10.0, 10.0, 10.0), ("last", 10.0, 10.0, 10.0), ("sum", 120.0, 60.0, 60.0)],
)
def test_a_year_that_a_reform_cuts_counts_each_place_for_its_own_time(
    places: TinyPlaces, over_time: str, province: float, old: float, new: float
) -> None:
    yearly = indicator(
        "y",
        "year",
        direct("stock", "n"),
        through=("month", "year"),
        over_time=over_time,
        min_coverage={"year": 0.75},
    )
    stock = dataset("stock", {"n": "integer"})
    cat = catalogue(stock, yearly)
    lake = lake_of(cat)
    lake.add("stock", [row("05440", f"2025-{m:02d}", n=10) for m in range(1, 7)])
    lake.add("stock", [row("10001", f"2025-{m:02d}", n=10) for m in range(7, 13)])
    frame = compute(yearly, cat, lake, places, None, NOW)
    for place, value in (("05440", old), ("10001", new)):
        found = one(frame, place, "2025")
        assert (found["value"], found["cov_num"], found["cov_den"]) == (value, 6, 6)
    whole = one(frame, "19", "2025")
    assert (whole["value"], whole["cov_num"], whole["cov_den"]) == (province, 12, 12)


@pytest.mark.parametrize(
    ("how", "where", "expected"),
    [
        ("sum", "", 16.0), ("mean", "", 4.0), ("min", "", 1.0), ("max", "", 9.0), ("last", "", 2.0),
        ("count", "", 4.0), ("sum", "x > 3", 13.0), ("mean", "x > 3", 6.5), ("last", "x > 3", 9.0),
        ("sum", "x > 100", 0.0), ("mean", "x > 100", None), ("count", "x > 100", 0.0),
    ],
)  # fmt: skip
def test_rows_of_one_cell_combine_as_declared(
    places: TinyPlaces, how: str, where: str, expected: float | None
) -> None:
    moments = dataset(
        "moments", {"x": "number", "period": "string", "num": "number"}, kind="stream", every="hour", key=()
    )
    each = indicator("each", "hour", direct("moments", "x", how, where), over_places="none", places=("own",))
    cat = catalogue(moments, each)
    lake = lake_of(cat)
    hour = {"_place": "164", "_period": "2025-04-01T05", "period": "p", "num": 77.0}
    for minute, x in ((10, 4.0), (50, 2.0), (20, 9.0), (5, 1.0), (55, None)):
        lake.add("moments", [{**hour, "at": f"2025-04-01T05:{minute:02d}", "x": x}])
    assert one(compute(each, cat, lake, places, None, NOW), "164", "2025-04-01T05")["value"] == expected


def test_moments_with_an_offset_fall_into_the_local_period(places: TinyPlaces) -> None:
    moved = dataset(
        "moved",
        {"id": "string", "began": "timestamp"},
        kind="register",
        every=None,
        life=Life(begins="began"),
        key=("id",),
    )
    count = indicator("moved", "month", direct("moved", how="count"))
    cat = catalogue(moved, count)
    lake = lake_of(cat)
    midnight_here = datetime(2026, 1, 31, 17, 0, tzinfo=UTC)
    lake.add("moved", [{"id": "a", "_place": "10001", "began": midnight_here}])
    assert compute(count, cat, lake, places, None, NOW)["period"].min() == "2026-02"
