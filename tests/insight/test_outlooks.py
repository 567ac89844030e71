"""What is said of a target: counted over paths, kept in words, moved for a reason, judged afterwards."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from tinh.insight.api import (
    Made,
    Nature,
    Stamp,
    by_place,
    communes_lifted,
    foresee,
    likelihood,
    of_series,
    pace,
    pace_held,
    record,
)
from tinh.insight.outlooks import foreseeing, reconciling
from tinh.insight.outlooks.histories import due_period, histories
from tinh.insight.outlooks.likelihoods import word
from tinh.insight.outlooks.natures import nature_of
from tinh.insight.outlooks.records import wilson
from tinh.kit.periods import between
from tinh.lake.api import FORECASTS, OUTLOOKS, Lake
from tinh.packs.api import Catalogue, Target
from tinh.packs.api import compile as compile_province

ROOT = Path(__file__).parents[2]
LIMITS = (95.0, 70.0, 30.0, 5.0)
NOW = datetime(2026, 11, 10, 9, 0, tzinfo=UTC)
LOCAL = NOW.replace(tzinfo=None)
PLACES = ("05443", "05467", "05500", "05528")


@cache
def catalogue() -> Catalogue:
    return compile_province(ROOT / "provinces" / "thai-nguyen")


# ── counting over paths ─────────────────────────────────────────────────────────────


def test_a_likelihood_is_a_count_over_paths() -> None:
    paths = np.array([[1.0, 2.0, 3.0], [1.0, 5.0, 2.0], [0.0, 1.0, 1.0], [4.0, 4.0, 4.0]])
    found = likelihood(paths, np.array([0.0, 1.0]), 3.0, "up", 3)
    assert found.probability == 2 / 4  # at 3 or beyond at the last step
    assert found.ever == 3 / 4  # one was there and fell back
    assert found.expected == 2  # half of all paths have been there by the second step
    assert found.needed == pytest.approx(2 / 3)
    assert not found.reached


def test_where_less_is_better_the_same_paths_say_the_opposite() -> None:
    paths = np.array([[1.0], [2.0], [3.0], [4.0]])
    assert likelihood(paths, np.array([5.0]), 2.0, "down", 1).probability == 2 / 4
    assert likelihood(paths, np.array([5.0]), 2.0, "up", 1).probability == 3 / 4


def test_a_value_counts_as_reached_when_it_is_shown_as_reached() -> None:
    paths = np.array([[99.96], [99.94]])
    assert likelihood(paths, np.array([99.0]), 100.0, "up", 1, decimals=1).probability == 1 / 2
    assert likelihood(paths, np.array([99.0]), 100.0, "up", 1).probability == 0


def test_no_date_is_named_that_fewer_than_half_of_the_paths_reach() -> None:
    paths = np.array([[1.0, 9.0], [1.0, 1.0], [1.0, 1.0]])
    assert likelihood(paths, np.array([1.0]), 9.0, "up", 2).expected is None


def test_one_odd_value_does_not_move_the_pace() -> None:
    steady = np.arange(13.0)
    odd = steady.copy()
    odd[6] = 100.0
    assert pace(steady) == 1.0
    assert pace(odd) == pytest.approx(1.0)
    assert np.isnan(pace(np.array([np.nan, 3.0])))


@pytest.mark.parametrize(
    ("share", "said", "far"),
    [
        (0.95, "certain", "likely"),
        (0.70, "likely", "likely"),
        (0.30, "unclear", "unclear"),
        (0.05, "unlikely", "unlikely"),
        (0.0499, "no", "unlikely"),
    ],
)
def test_words_follow_the_declared_limits_and_leave_doubt_where_nothing_was_seen_that_far(
    share: float, said: str, far: str
) -> None:
    assert word(share, LIMITS) == said
    assert word(share, LIMITS, far=True) == far


# ── the record ──────────────────────────────────────────────────────────────────────


def test_the_brier_score_is_the_mean_squared_error_and_is_held_against_the_base_rate() -> None:
    found = record([0.9, 0.8, 0.2, 0.1], [True, True, False, True])
    assert found is not None
    assert found.brier == pytest.approx((0.01 + 0.04 + 0.04 + 0.81) / 4)
    assert found.base == 0.75
    assert found.plain == pytest.approx(0.1875)
    assert found.skill == pytest.approx(1 - found.brier / 0.1875)
    assert sum(b.count for b in found.bins) == 4
    assert record([], []) is None


def test_the_doubt_of_few_cases_is_wilsons() -> None:
    """Newcombe (1998), Statistics in Medicine 17, table I: 0 of 20 and 81 of 263."""
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)


def test_an_interval_counts_indicators_and_not_what_was_said_of_each() -> None:
    said, came = [0.5] * 40, [True, False] * 20
    alone = record(said, came)
    nested = record(said, came, owners=["a", "b", "c", "d"] * 10)
    assert alone is not None and nested is not None
    assert alone.bins[0].apart == 40 and nested.bins[0].apart == 4
    assert (nested.bins[0].share_low, nested.bins[0].share_high) == wilson(2, 4)
    assert nested.bins[0].share == alone.bins[0].share and nested.brier == alone.brier


def test_series_that_end_on_days_near_each_other_are_studied_in_one_run() -> None:
    rows = [
        (f"s{k}", f"2024-{m:02d}", 50 + 2.0 * m + (m * 7 + k) % 3) for k in range(3) for m in range(1, 13 - k)
    ]
    table = pl.DataFrame(rows, schema=["unique_id", "ds", "y"], orient="row")
    runs: set[int] = set()
    found = of_series(table, 90, "2025-12", "up", LIMITS, paths=200, progress=lambda _, of: runs.add(of))
    assert runs == {3} and found.table["due"].to_list() == ["2025-12"] * 3


# ── parts and the whole ─────────────────────────────────────────────────────────────


def test_without_known_correlation_the_gap_is_shared_by_variance() -> None:
    """ỹ = ŷ − W C'(C W C')⁻¹ C ŷ: with equal variances each of three takes a third of the gap of 2."""
    one = np.ones(1)
    whole, parts = reconciling.means(
        np.array([10.0]), np.array([[3.0], [5.0]]), np.ones(2), one, np.ones((2, 1)),
        np.full((2, 3), np.nan), Nature(),
    )  # fmt: skip
    assert whole[0] == pytest.approx(10 - 2 / 3)
    assert parts[:, 0] == pytest.approx([3 + 2 / 3, 5 + 2 / 3])


def test_parts_add_up_exactly_on_every_path_within_bounds_and_in_whole_numbers() -> None:
    dice = np.random.default_rng(4)
    whole = dice.poisson(30, 200).astype(float)
    parts = dice.normal(7, 6, (5, 200))
    top, counts = reconciling.paths(whole, parts, np.ones(5), Nature(lower=0.0, whole=True))
    assert np.array_equal(top, whole)
    assert np.array_equal(counts.sum(axis=0), whole)
    assert np.array_equal(counts, np.round(counts)) and counts.min() >= 0

    weights = np.array([0.5, 0.3, 0.2])
    rates = dice.normal(95, 8, (3, 200))
    province = np.clip(dice.normal(96, 3, 200), 0, 100)
    kept, shares = reconciling.paths(province, rates, weights, Nature(lower=0.0, upper=100.0))
    assert kept == pytest.approx(province, abs=1e-9)
    assert weights @ shares == pytest.approx(kept, abs=1e-12)
    assert shares.min() >= 0 and shares.max() <= 100


def test_correlations_of_few_periods_are_shrunk_and_of_three_are_none() -> None:
    dice = np.random.default_rng(1)
    common = dice.normal(size=(8, 1))
    some = reconciling.shrunk(common + 0.1 * dice.normal(size=(8, 3)))
    assert 0.3 < some[0, 1] < 1 and np.allclose(np.diag(some), 1)
    assert np.array_equal(reconciling.shrunk(common[:3] + np.zeros((3, 3))), np.eye(3))


# ── from values to forecasts and outlooks ───────────────────────────────────────────


def values(last: str = "2026-10", shift: float = 0.0, skip: tuple[str, ...] = ()) -> pl.DataFrame:
    """5G coverage of four communes and the province: covered people over people, rising unevenly."""
    dice = np.random.default_rng(7)
    rows = []
    for at, period in enumerate(between("2025-05", last)):
        num = den = 0.0
        for n, place in enumerate(PLACES):
            people = 4000.0 + 1500 * n
            covered = people * min(0.99, 0.2 + 0.03 * at + 0.05 * n + dice.normal(0, 0.006))
            covered += shift * (place == PLACES[0]) * (period == "2026-10") * people
            num, den = num + covered, den + people
            rows.append((place, period, 100 * covered / people, covered, people))
        rows.append(("19", period, 100 * num / den, num, den))
    return pl.DataFrame(
        [("telecom-5g-coverage", 1, p, t, v, n, d, 1, 1, True) for p, t, v, n, d in rows if t not in skip],
        schema=[
            "indicator", "version", "place", "period", "value", "num", "den", "cov_num", "cov_den",
            "simulated",
        ],
        orient="row",
    )  # fmt: skip


def made(frame: pl.DataFrame, before: Made | None = None, at: datetime = LOCAL, by: float = 99.0) -> Made:
    indicator = catalogue().indicators["telecom-5g-coverage"]
    aim = Target.model_validate({"value": by, "by": datetime(2027, 12, 31).date(), "source": "test"})
    passed = Target.model_validate({"value": 40.0, "by": datetime(2026, 6, 30).date(), "source": "test"})
    indicator = indicator.model_copy(update={"targets": (passed, aim)})
    kept = pl.DataFrame(before.forecasts if before else [], schema=FORECASTS)
    told = pl.DataFrame(
        [{n: r.get(n) for n in OUTLOOKS} for r in (before.outlooks if before else [])], schema=OUTLOOKS
    )
    return foresee(indicator, catalogue(), frame, kept, told, at, Stamp("run", NOW, 3))


@cache
def first() -> Made:
    return made(values())


def test_a_target_of_places_has_an_outlook_at_each_and_moves_only_where_values_do() -> None:
    indicator = catalogue().indicators["telecom-5g-coverage"]
    day = datetime(2027, 12, 31).date()
    each = Target.model_validate({"value": 90.0, "by": day, "places": ("each",)})
    one = Target.model_validate(
        {"value": 95.0, "by": datetime(2027, 6, 30).date(), "places": (PLACES[1], "00001")}
    )
    indicator = indicator.model_copy(update={"targets": (), "place_targets": (each, one)})

    def run(frame: pl.DataFrame, kept: list[Any], told: list[Any]) -> Made:
        stored = pl.DataFrame([{n: r.get(n) for n in OUTLOOKS} for r in told], schema=OUTLOOKS)
        return foresee(indicator, catalogue(), frame, full(kept), stored, LOCAL, Stamp("run", NOW, 3))

    begun = run(values(), [], [])
    found = {(r["place"], r["by"]): r for r in begun.outlooks}
    assert set(found) == {(p, "2027-12-31") for p in PLACES} | {(PLACES[1], "2027-06-30")}
    for row in found.values():
        assert row["state"] == "open" and 0 <= row["probability"] <= 1 and row["value"] < 90
    rows = {r["place"]: r for r in begun.forecasts}
    ends = np.array(rows[PLACES[0]]["ends"]).reshape(2, -1)[1]
    assert found[PLACES[0], "2027-12-31"]["probability"] == pytest.approx(np.mean(ends >= 89.95), abs=0.1)
    again = run(values(shift=-0.1), begun.forecasts, begun.outlooks)
    assert {r["place"] for r in again.outlooks} == {PLACES[0]}, "the others keep what was said of them"
    table = by_place(indicator, catalogue(), full(begun.forecasts), "2027-10")
    assert [t.period for t in table if t.place == PLACES[1]] == ["2027-06"]
    assert [t.likely for t in table] == sorted(t.likely for t in table if t.likely is not None)
    by = {t.place: t for t in table}[PLACES[0]]
    told = found[PLACES[0], "2027-12-31"]
    assert by.likely == told["probability"], "the table and the outlook are of the same paths"


def test_where_parts_and_whole_disagree_the_outlook_is_less_sure() -> None:
    """Two communes near their ceiling and two far from it: a line through the province's past runs on past
    what the four can reach together. What adding up then takes away counts as doubt."""
    rows, dice = [], np.random.default_rng(3)
    for at, period in enumerate(between("2025-05", "2026-10")):
        shares = [min(99.9, 86 + 0.9 * at), min(99.9, 84 + 1.0 * at), 30 + 1.2 * at, 25 + 1.3 * at]
        shares = [s + dice.normal(0, 0.15) for s in shares]
        whole = float(np.mean(shares))
        rows += [(p, period, s, s, 100.0) for p, s in zip(PLACES, shares, strict=True)]
        rows.append(("19", period, whole, 4 * whole, 400.0))
    frame = pl.DataFrame(
        [("telecom-5g-coverage", 1, p, t, v, n, d, 1, 1, True) for p, t, v, n, d in rows],
        schema=values().columns, orient="row",
    )  # fmt: skip
    found = made(frame, by=90.0)
    row = next(r for r in found.forecasts if r["place"] == "19")
    moved = np.abs(np.array(row["mean"]) - np.array(row["base"]))[:14]
    width = (np.array(row["hi_95"]) - np.array(row["lo_95"]))[:14]
    assert row["reconciled"] and moved.max() > 1 and (width / 3.92 >= 0.99 * moved).all()


def test_a_bound_that_cuts_one_side_of_an_interval_does_not_blow_up_the_other() -> None:
    line = next(h for h in histories(values(), catalogue().indicators["telecom-5g-coverage"], LOCAL))
    cut = foreseeing._Said(
        line, "", Nature(0.0, 100.0), base=np.array([99.5]),
        bands=np.array([[93.0], [100.0], [90.0], [100.0]]), paths=np.array([[90.0], [100.0]]),
    )  # fmt: skip
    moved = foreseeing._shifted(cut, {"reconciled": True, "mean": [89.5]})
    assert moved is not None and moved[0, 0] == pytest.approx(89.5 - np.sqrt(9.5**2 + (1.96 * 10) ** 2))


def full(rows: list[dict[str, object]]) -> pl.DataFrame:
    return pl.DataFrame([{n: r.get(n) for n in FORECASTS} for r in rows], schema=FORECASTS)


def test_every_place_is_forecast_and_communes_add_up_to_the_province_in_means_and_paths() -> None:
    rows = {r["place"]: r for r in first().forecasts}
    assert set(rows) == {"19", *PLACES} and all(r["reconciled"] for r in rows.values())
    people = np.array([4000.0, 5500.0, 7000.0, 8500.0])
    share = people / people.sum()
    for name in ("mean", "ends"):
        added = share @ np.array([rows[p][name] for p in PLACES])
        assert added == pytest.approx(np.array(rows["19"][name]), abs=1e-9)
    assert rows["19"]["dues"] == ["2027-12"]
    assert all(0 <= v <= 100 for r in rows.values() for v in (*r["mean"], *r["lo_95"], *r["ends"]))
    assert all(r["applied"] == 3 and r["simulated"] == 1.0 and r["run_id"] == "run" for r in rows.values())


def test_at_a_bound_paths_have_no_width_and_off_it_they_take_back_what_they_had() -> None:
    """All four communes run into 100 %; held there nothing is in doubt, moved off it something is."""
    whole = next(r for r in first().forecasts if r["place"] == "19")
    at = whole["periods"].index("2027-12")
    assert whole["mean"][at] == 100 and whole["lo_95"][at] == 100 and min(whole["ends"]) == 100

    line = next(h for h in histories(values(), catalogue().indicators["telecom-5g-coverage"], LOCAL))
    said = foreseeing._Said(
        line, "", Nature(0.0, 100.0), base=np.array([97.0, 100.0]),
        bands=np.array([[96.0, 100.0], [98.0, 100.0], [95.0, 100.0], [99.0, 100.0]]),
        paths=np.array([[96.0, 100.0], [98.0, 100.0]]),
    )  # fmt: skip
    stays = foreseeing._shifted(said, {"reconciled": True, "mean": [97.0, 100.0]})
    assert stays is not None and stays.tolist() == [[96.0, 100.0], [98.0, 100.0]]
    moved = foreseeing._shifted(said, {"reconciled": True, "mean": [96.0, 90.0]})
    far = np.array([1.0, 10.0]) * 3.92 / 4  # deviations moved: what parts and whole disagree on is doubt too
    wide, mean = np.sqrt(1 + far**2), np.array([96.0, 90.0])
    assert moved is not None and moved == pytest.approx(np.array([mean - wide, mean + wide]))


def test_an_open_target_has_a_likelihood_and_a_past_one_its_outcome() -> None:
    passed, coming = first().outlooks
    assert (passed["state"], passed["outcome"], passed.get("probability")) == ("met", True, None)
    assert coming["state"] == "open" and 0 <= coming["probability"] <= coming["ever"] <= 1
    ends = next(r for r in first().forecasts if r["place"] == "19")["ends"]
    assert coming["probability"] == pytest.approx(np.mean(np.array(ends) >= 98.95), abs=0.03)
    assert coming["needed"] == pytest.approx((99 - coming["value"]) / 14)
    assert coming["moved_vi"] == "Lần đầu được tính."


def test_what_has_not_moved_is_not_computed_again() -> None:
    again = made(values(), first())
    assert (again.forecasts, again.outlooks, again.computed) == ([], [], 0)


def test_only_the_series_that_moved_are_forecast_and_the_reason_is_told() -> None:
    moved = made(values(shift=-0.1), first())
    assert moved.computed == 2  # the commune and the province
    told = moved.outlooks[-1]
    assert told["by"] == "2027-12-31" and told["before"] == first().outlooks[-1]["probability"]
    assert "bổ sung hoặc sửa" in told["moved_vi"]
    rows = {r["place"]: r for r in moved.forecasts}
    people = np.array([4000.0, 5500.0, 7000.0, 8500.0])
    added = (people / people.sum()) @ np.array([rows[p]["mean"] for p in PLACES])
    assert added == pytest.approx(np.array(rows["19"]["mean"]), abs=1e-9)


def test_a_new_value_is_held_against_what_had_been_forecast_for_it() -> None:
    later = made(values("2026-11"), first(), at=datetime(2026, 12, 3, 9))
    said = later.outlooks[-1]["moved_en"]
    assert "November 2026" in said and "forecast" in said


def test_a_moved_target_is_a_reason_of_its_own() -> None:
    said = made(values(), first(), by=60.0).outlooks[-1]
    assert "mục tiêu đổi từ 99,0 % thành 60,0 %" in said["moved_vi"]
    assert said["probability"] >= first().outlooks[-1]["probability"]


def test_a_running_period_is_no_history_and_a_gap_stays_one() -> None:
    indicator = catalogue().indicators["telecom-5g-coverage"]
    found = {h.place: h for h in histories(values("2026-11", skip=("2026-03",)), indicator, LOCAL)}
    whole = found["19"]
    assert whole.origin == "2026-10"
    assert np.isnan(whole.values[whole.periods.index("2026-03")])
    assert whole.known == len(whole.periods) - 1
    assert all(ds != "2026-03" for _, ds, _ in whole.rows())


def test_a_target_is_due_at_the_last_period_that_is_over_on_its_day() -> None:
    assert due_period(datetime(2026, 12, 31).date(), "month") == "2026-12"
    assert due_period(datetime(2026, 12, 30).date(), "month") == "2026-11"
    assert due_period(datetime(2026, 12, 31).date(), "year") == "2026"
    assert due_period(datetime(2026, 8, 15).date(), "quarter") == "2026-Q2"


def test_natures_come_from_the_declaration() -> None:
    known = catalogue().indicators
    share = nature_of(known["telecom-5g-coverage"], catalogue())
    assert (share.lower, share.upper, share.whole) == (0, 100, False)
    assert nature_of(known["telecom-5g-coverage"], catalogue(), [20.0, 130.0]).upper is None
    count = nature_of(known["digital-enterprises-count"], catalogue())
    assert (count.lower, count.upper, count.whole) == (0, None, True)
    assert nature_of(known["aqi-hours-good"], catalogue()).upper == 744  # declared under `forecast`


# ── what if ─────────────────────────────────────────────────────────────────────────


def test_lifting_communes_lifts_the_province_by_their_weight() -> None:
    indicator = catalogue().indicators["telecom-5g-coverage"]
    aim = Target.model_validate({"value": 99.0, "by": datetime(2027, 12, 31).date(), "source": ""})
    kept = full(first().forecasts)
    few = communes_lifted(indicator, catalogue(), values(), kept, aim, 1)
    assert few is not None
    rows = {r["place"]: np.array(r["ends"]) for r in first().forecasts}
    last = min(PLACES, key=lambda place: float(np.median(rows[place])))
    assert few.places == (last,)
    level = np.median(np.stack([rows[p] for p in PLACES]), axis=0)
    share = (4000 + 1500 * PLACES.index(last)) / 25000
    gain = share * np.maximum(0, level - rows[last])
    assert few.middle == pytest.approx(np.median(rows["19"] + gain))
    assert few.after >= few.before


def test_a_held_pace_arrives_when_the_line_does() -> None:
    indicator = catalogue().indicators["telecom-5g-coverage"]
    aim = Target.model_validate({"value": 99.0, "by": datetime(2027, 12, 31).date(), "source": ""})
    frame = values()
    found = pace_held(indicator, catalogue(), frame, full(first().forecasts), aim, 3)
    mine = frame.filter(pl.col("place") == "19").sort("period").get_column("value").to_list()
    assert found is not None and found.pace == pytest.approx((mine[-1] - mine[-4]) / 3)
    ahead = between("2026-10", found.arrives or "")
    assert mine[-1] + found.pace * (len(ahead) - 1) >= 99.0 > mine[-1] + found.pace * (len(ahead) - 2)
    assert pace_held(indicator, catalogue(), frame, full([]), aim, 3) is None


# ── series of a file ────────────────────────────────────────────────────────────────


def test_series_of_a_table_are_judged_and_a_bad_one_does_not_stop_the_others() -> None:
    rising = [("a", f"2025-{m:02d}", str(60 + 2 * m)) for m in range(1, 13)]
    table = pl.DataFrame([*rising, ("b", "2025-01", "x"), ("c", "2025-01", "1")],
                         schema=["unique_id", "ds", "y"], orient="row")  # fmt: skip
    found = of_series(table, 88.0, "2026-06", "up", LIMITS, nature=Nature(upper=100.0), paths=400)
    assert set(found.refused) == {"b", "c"}
    row = found.table.row(0, named=True)
    assert (row["unique_id"], row["last"], row["due"]) == ("a", "2025-12", "2026-06")
    assert row["needed"] == pytest.approx(4 / 6) and row["seen"] == pytest.approx(2.0)
    assert row["probability"] > 0.9 and row["hi-95"] <= 100
    assert found.refused["b"].code == "INS025"
    late = of_series(table.head(12), 88.0, "2025-06", "up", LIMITS)
    assert late.refused["a"].code == "INS041"
    odd = of_series(table.head(12), 88.0, "khi nào", "up", LIMITS)
    assert odd.refused["a"].code == "INS043"


# ── kept in the lake ────────────────────────────────────────────────────────────────


def test_the_lake_gives_the_newest_the_one_of_a_day_and_forgets_only_forecasts(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    rows, told = first().forecasts, first().outlooks
    lake.foreseen.add(rows, told)
    newer = [{**r, "made_at": datetime(2027, 1, 5, tzinfo=UTC), "run_id": "later"} for r in rows]
    lake.foreseen.add(newer, [{**told[1], "made_at": datetime(2027, 1, 5, tzinfo=UTC), "probability": 0.5}])
    shown = lake.foreseen.forecasts(["telecom-5g-coverage"], ["19"])
    assert shown.get_column("run_id").to_list() == ["later"]
    assert shown.get_column("mean").to_list() == [r["mean"] for r in rows if r["place"] == "19"]
    then = lake.foreseen.outlooks(None, None, datetime(2026, 12, 1, tzinfo=UTC))
    assert then.sort("by").get_column("probability").to_list() == [None, told[1]["probability"]]
    assert len(lake.foreseen.every_outlook()) == 3
    assert lake.foreseen.retain(datetime(2027, 3, 1, tzinfo=UTC)) == len(rows)
    assert len(lake.foreseen.every_outlook()) == 3
    assert len(lake.foreseen.forecasts()) == len(rows)


@pytest.mark.parametrize(
    ("needed", "seen", "verdict", "says"),
    [
        (1.0, 1.6, "unlikely", "chậm dần"), (-1.0, -1.6, "no", "chậm dần"), (1.0, 0.4, "likely", "nhanh lên"),
        (1.0, 0.4, "no", ""), (1.0, -2.0, "unlikely", ""), (1.0, 1.6, "certain", ""),
        (-1.0, 0.5, "certain", "nhanh lên"),
        (0.0, 1.0, "no", ""), (None, 1.0, "no", ""), (1.0, None, "no", ""), (1.0, 1.6, "unclear", ""),
    ],
)  # fmt: skip
def test_a_verdict_that_the_paces_beside_it_do_not_explain_says_why(
    needed: float | None, seen: float | None, verdict: str, says: str
) -> None:
    from tinh.insight.api import turn_text

    said = turn_text(needed, seen, verdict)
    assert (said is None) is not bool(says) and (said is None or says in said.vi)
