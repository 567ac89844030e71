"""Forecasts through the room's front door: what goes on, what is refused, and whether intervals hold."""

from __future__ import annotations

import math
import sys
import warnings
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
import pytest

from tinh.insight.api import Forecasts, Nature, backtest, forecast

Rows = list[tuple[str, Any, Any]]


def table(rows: Iterable[tuple[str, Any, Any]]) -> pl.DataFrame:
    return pl.DataFrame(
        [(a, str(b), None if c is None else str(c)) for a, b, c in rows],
        schema=["unique_id", "ds", "y"], orient="row",
    )  # fmt: skip


def wobbly(n: int, seed: int = 0) -> list[float]:
    dice = np.random.default_rng(seed)
    return [float(v) for v in 100 + np.cumsum(dice.normal(0.5, 2, n))]


STEPS = {
    "whole numbers": (["1", "2", "3", "4", "5"], ["6", "7"]),
    "whole numbers led by zeros": (["007", "008", "009"], ["010", "011"]),
    "whole numbers by ten": (["10", "20", "30", "50"], ["60", "70"]),
    "years": (["2019", "2020", "2021", "2022"], ["2023", "2024"]),
    "quarters": (["2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4"], ["2025-Q1", "2025-Q2"]),
    "months": (["2024-09", "2024-10", "2024-11", "2024-12"], ["2025-01", "2025-02"]),
    "weeks": (["2020-W50", "2020-W51", "2020-W52", "2020-W53"], ["2021-W01", "2021-W02"]),
    "ends of months": (["2024-10-31", "2024-11-30", "2024-12-31"], ["2025-01-31", "2025-02-28"]),
    "the 30th": (["2024-10-30", "2024-11-30", "2024-12-30"], ["2025-01-30", "2025-02-28"]),
    "ends of quarters": (["2024-06-30", "2024-09-30", "2024-12-31"], ["2025-03-31", "2025-06-30"]),
    "ends of years": (["2021-12-31", "2022-12-31", "2024-12-31", "2025-12-31"], ["2026-12-31", "2027-12-31"]),
    "days": (["2024-02-27", "2024-02-28", "2024-02-29"], ["2024-03-01", "2024-03-02"]),
    "every week": (["2024-12-16", "2024-12-23", "2024-12-30"], ["2025-01-06", "2025-01-13"]),
    "hours": (["2024-12-31 21:00:00", "2024-12-31 22:00:00", "2024-12-31 23:00:00"],
              ["2025-01-01 00:00:00", "2025-01-01 01:00:00"]),
    "hours with an offset": (["2024-12-31T21:00+07:00", "2024-12-31T22:00+07:00", "2024-12-31T23:00+07:00"],
                             ["2025-01-01T00:00+07:00", "2025-01-01T01:00+07:00"]),
    "months as a sheet writes them": (["10/2024", "11/2024", "12/2024"], ["01/2025", "02/2025"]),
    "months without a mark": (["202410", "202411", "202412"], ["202501", "202502"]),
    "months of a statistics office": (["2024M10", "2024M11", "2024M12"], ["2025M01", "2025M02"]),
    "months without a zero": (["9/2024", "10/2024", "12/2024"], ["1/2025", "2/2025"]),
    "days as a sheet writes them": (["30/12/2024", "31/12/2024", "01/01/2025"], ["02/01/2025", "03/01/2025"]),
    "days after their month": (["12/30/2024", "12/31/2024", "01/01/2025"], ["01/02/2025", "01/03/2025"]),
    "days without a mark": (["20241229", "20241230", "20241231"], ["20250101", "20250102"]),
    "days between slashes": (["2024/12/29", "2024/12/30", "2024/12/31"], ["2025/01/01", "2025/01/02"]),
    "days without a zero": (["2025-1-8", "2025-1-9", "2025-1-10"], ["2025-1-11", "2025-1-12"]),
    "firsts of months as a sheet writes them": (["01/10/2024", "01/11/2024", "01/12/2024"],
                                                ["01/01/2025", "01/02/2025"]),
    "hours as a sheet writes them": (["31/12/2024 21:00", "31/12/2024 22:00", "31/12/2024 23:00"],
                                     ["01/01/2025 00:00", "01/01/2025 01:00"]),
    "quarters before their year": (["Q2/2024", "Q3/2024", "Q4/2024"], ["Q1/2025", "Q2/2025"]),
    "Roman quarters": (["II/2024", "III/2024", "IV/2024"], ["I/2025", "II/2025"]),
    "working days": ([str(date(2024, 12, 2) + timedelta(d)) for d in range(19) if d % 7 < 5],
                     ["2024-12-23", "2024-12-24"]),
}  # fmt: skip

WRONG: dict[str, tuple[Rows, str]] = {
    "a word among numbers": ([("", 1, 1), ("", 2, "x"), ("", 3, 2)], "INS025"),
    "one moment twice": ([("", 1, 1), ("", 1, 2), ("", 2, 3)], "INS023"),
    "infinite": ([("", 1, 1), ("", 2, "inf"), ("", 3, 2)], "INS026"),
    "empty": ([("", 1, None), ("", 2, "")], "INS027"),
    "two values": ([("", 1, 1), ("", 2, 2)], "INS028"),
    "more holes than values": ([("", t, t * t) for t in (1, 2, 3, 30, 60)], "INS030"),
    "moments of two kinds": ([("", "2024-01", 1), ("", "x", 2), ("", "2024-03", 1)], "INS022"),
    "no thirteenth month": ([("", "2024-12", 1), ("", "2024-13", 2), ("", "2025-01", 1)], "INS022"),
    "no even step": ([("", f"2024-01-0{d}", d[0]) for d in ("1 00", "1 12", "2 00", "2 07")], "INS024"),
}  # fmt: skip


@cache
def mixed() -> Forecasts:
    rows: Rows = []
    for name, (moments, _) in STEPS.items():
        rows += [(name, moment, value) for moment, value in zip(moments, wobbly(30), strict=False)]
    for name, (bad, _) in WRONG.items():
        rows += [(name, moment, value) for _, moment, value in bad]
    return forecast(table(rows), 2)


@pytest.mark.parametrize("name", STEPS)
def test_moments_go_on_as_they_came(name: str) -> None:
    found = mixed().table.filter(pl.col("unique_id") == name)
    assert found["ds"].to_list() == STEPS[name][1]


@pytest.mark.parametrize("name", WRONG)
def test_a_series_that_cannot_be_forecast_is_refused_by_name_and_stops_no_other(name: str) -> None:
    error = mixed().refused[name]
    assert error.code == WRONG[name][1]
    assert name in error.detail().vi
    assert error.remedy().vi
    assert set(mixed().table["unique_id"]) == set(STEPS)


def test_intervals_hold_the_mean_widen_with_the_level_and_with_the_lead() -> None:
    found = forecast(table(("a", t, v) for t, v in enumerate(wobbly(40))), 8, levels=(50, 80, 95)).table
    lows = [found[f"lo-{level}"].to_numpy() for level in (95, 80, 50)]
    highs = [found[f"hi-{level}"].to_numpy() for level in (50, 80, 95)]
    bands = [*lows, found["mean"].to_numpy(), *highs]
    assert all((below <= above).all() for below, above in pairwise(bands))
    width = highs[1] - lows[1]
    assert (np.diff(width) > -0.05 * width[0]).all()
    assert width[-1] > 1.5 * width[0]


def test_paths_spread_as_the_intervals_say_and_hang_together() -> None:
    rows = table(("a", t, v) for t, v in enumerate(wobbly(40)))
    found = forecast(rows, 6, paths=4000, seed=3)
    paths = found.paths["a"]
    assert paths.shape == (4000, 6)
    inside = (paths >= found.table["lo-80"].to_numpy()) & (paths <= found.table["hi-80"].to_numpy())
    assert np.allclose(inside.mean(axis=0), 0.8, atol=0.01)
    assert np.corrcoef(paths[:, 4], paths[:, 5])[0, 1] > 0.5
    assert np.array_equal(paths, forecast(rows, 6, paths=4000, seed=3).paths["a"])


def test_what_is_known_of_a_series_bounds_its_forecast_and_its_paths() -> None:
    dice = np.random.default_rng(1)
    share = np.clip(97 + np.cumsum(dice.normal(0.05, 0.8, 40)), 90, 100)
    summed = np.cumsum(dice.poisson(2, 40))
    counts = dice.poisson(0.4, 60)
    rows = [(name, t, v) for name, y in (("share", share), ("sum", summed), ("counts", counts))
            for t, v in enumerate(y)]  # fmt: skip
    nature = {"share": Nature(0, 100), "sum": Nature(cumulative=True), "counts": Nature(0, whole=True)}
    found = forecast(table(rows), 6, nature=nature, paths=200)
    part = {name: found.table.filter(pl.col("unique_id") == name) for name in nature}
    assert part["share"]["hi-95"].max() <= 100 and found.paths["share"].max() <= 100
    assert part["share"]["hi-95"].max() > 99
    assert (np.diff(found.paths["sum"], axis=1) >= 0).all() and found.paths["sum"].min() >= summed[-1]
    assert part["sum"]["lo-95"].min() >= summed[-1]
    assert part["counts"]["lo-95"].min() >= 0
    assert set(np.unique(found.paths["counts"] % 1)) == {0.0}
    assert 0.1 < part["counts"]["mean"].mean() < 0.9


def test_a_value_beyond_the_declared_bounds_refuses_the_series() -> None:
    found = forecast(table(("a", t, v) for t, v in enumerate([10, 50, 120])), 2, nature={"a": Nature(0, 100)})
    assert found.refused["a"].code == "INS032"


def test_one_value_always_goes_on_with_an_interval_that_widens_as_it_is_young_and_is_said() -> None:
    rows = [("old", t, 5) for t in range(99)] + [("young", t, 5) for t in range(4)]
    found = forecast(table([*rows, *(("a", t, v) for t, v in enumerate(wobbly(12)))]), 4, paths=3)
    assert {name: error.code for name, error in found.noted.items()} == {"old": "INS029", "young": "INS029"}
    assert not found.refused
    old, young = (found.table.filter(pl.col("unique_id") == name) for name in ("old", "young"))
    assert old["mean"].to_list() == [5.0] * 4 == old["lo-95"].to_list()
    assert young["mean"].to_list() == [5.0] * 4
    assert young["lo-80"].to_list() == [5.0, 4.5, 4.5, 4.5] and young["hi-80"][3] == 5.5
    assert found.paths["old"].tolist() == [[5.0] * 4] * 3


@pytest.mark.parametrize("size", [1e-140, 1e147])
def test_the_size_of_numbers_changes_nothing_but_the_size_of_the_forecast(size: float) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plain, scaled = (
            forecast(table(("a", t, v * by) for t, v in enumerate(wobbly(20))), 3, paths=5)
            for by in (1.0, size)
        )
    for column in ("mean", "lo-80", "hi-95"):
        assert np.allclose(scaled.table[column] / size, plain.table[column], rtol=0.02)
    assert np.allclose(scaled.paths["a"] / size, plain.paths["a"], rtol=0.02)


def test_hours_counted_in_whole_numbers_keep_their_week() -> None:
    dice = np.random.default_rng(3)
    week = np.where(np.arange(168) < 120, 1.0, 0.4) * (2 + np.sin(np.arange(168) * math.pi / 12))
    values = 100 * np.resize(week, 168 * 5) + dice.normal(0, 2, 168 * 5)
    found = forecast(table(("a", t, v) for t, v in enumerate(values)), 48, season=24).table
    assert np.abs(found["mean"].to_numpy() - 100 * week[:48]).mean() < 6


def test_holes_are_filled_for_the_models_and_counted() -> None:
    rows = [("a", f"{2015 + t // 12}-{t % 12 + 1:02d}", 100 + 10 * math.sin(t * math.pi / 6) + 0.1 * t)
            for t in range(48) if t not in (13, 14, 30)]  # fmt: skip
    found = forecast(table(rows), 12)
    assert found.models["filled"].unique().to_list() == [3]
    truth = np.array([100 + 10 * math.sin(t * math.pi / 6) + 0.1 * t for t in range(48, 60)])
    assert np.abs(found.table["mean"].to_numpy() - truth).max() < 1.0


def test_tet_is_seen_and_moves_with_the_lunar_year() -> None:
    days = "01-31 02-19 02-08 01-28 02-16 02-05 01-25 02-12 02-01 01-22 02-10 01-29"
    first_days = dict(zip(range(2014, 2026), days.split(), strict=True))
    dice = np.random.default_rng(5)

    def lost(year: int, month: int) -> int:
        first = date.fromisoformat(f"{year}-{first_days[year]}")
        return sum((first + timedelta(d)).month == month for d in range(-1, 8))

    months = [(year, month) for year in range(2014, 2026) for month in range(1, 13)]
    values = [
        1000 * math.exp(0.003 * t - 0.04 * lost(*m) + dice.normal(0, 0.01)) for t, m in enumerate(months)
    ]
    past = [("a", f"{y}-{m:02d}", v) for (y, m), v in zip(months, values, strict=True) if y < 2025]
    found = forecast(table(past), 3)
    assert found.models["tet"].all()
    assert np.abs(found.table["mean"].to_numpy() / np.array(values[-12:-9]) - 1).max() < 0.05
    assert not forecast(table(past), 3, nature={"a": Nature(holidays=False)}).models["tet"].any()


def test_three_values_borrow_growth_and_restlessness_from_their_kin() -> None:
    dice = np.random.default_rng(2)
    kin = [(f"k{i}", 2000 + t, v) for i in range(8)
           for t, v in enumerate(100 * np.exp(np.cumsum(dice.normal(0.1, 0.04, 24))))]  # fmt: skip
    young = [("young", 2021 + t, v) for t, v in enumerate([100.0, 100.5, 101.0])]
    alone = forecast(table(young), 3).table
    among = forecast(table([*kin, *young]), 3).table.filter(pl.col("unique_id") == "young")
    assert among["mean"][2] > alone["mean"][2] + 5
    assert (among["hi-80"] - among["lo-80"])[2] > (alone["hi-80"] - alone["lo-80"])[2]


@cache
def trading() -> pl.DataFrame:
    """Sixty yearly series whose ways differ: walks, fading trends and levels, on a logarithmic scale."""
    dice = np.random.default_rng(11)
    rows: Rows = []
    for number in range(60):
        n = int(dice.integers(18, 40))
        drift, loud, held = dice.normal(0.02, 0.03), dice.choice([0.03, 0.08]), dice.choice([1.0, 1.0, 0.6])
        steps = loud * dice.standard_t(6, n)
        line = np.zeros(n)
        for t in range(1, n):
            line[t] = held * line[t - 1] + steps[t]
        rows += [
            (f"s{number}", 1980 + t, v) for t, v in enumerate(1000 * np.exp(line + drift * np.arange(n)))
        ]
    return table(rows)


def test_intervals_cover_what_they_say_and_score_better_than_those_of_single_methods() -> None:
    found = backtest(trading(), 6).table
    by = {row["method"]: row for row in found.iter_rows(named=True)}
    ours = by["Tỉnh"]
    assert 0.74 <= ours["coverage-80"] <= 0.86
    assert 0.90 <= ours["coverage-95"] <= 0.99
    assert ours["msis-95"] < by["ETS"]["msis-95"]
    assert ours["mase"] < min(by[m]["mase"] for m in ("Theta", "ETS", "CES")) * 1.02


def test_a_backtest_says_which_series_are_too_short_to_hold_back() -> None:
    rows = [("long", t, v) for t, v in enumerate(wobbly(20))] + [
        ("brief", t, v) for t, v in enumerate(wobbly(7))
    ]
    found = backtest(table(rows), 6)
    assert found.refused["brief"].code == "INS028"
    assert found.each["unique_id"].unique().to_list() == ["long"]


@pytest.fixture
def a_main_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker of pytest-xdist has a main module without a file, which pyspark takes for its own doctests."""
    monkeypatch.setattr(sys.modules["__main__"], "__file__", __file__, raising=False)


def test_a_cluster_gives_what_this_machine_gives(a_main_file: None) -> None:
    from pysail.spark import SparkConnectServer

    rows = table((f"s{n}", t, v) for n in range(3) for t, v in enumerate(wobbly(25, n)))
    server = SparkConnectServer(ip="127.0.0.1", port=0)
    server.start(background=True)
    try:
        _, port = server.listening_address
        there = forecast(rows, 4, engine=f"sc://127.0.0.1:{port}")
    finally:
        server.stop()
    assert there.table.equals(forecast(rows, 4).table)


def test_a_cluster_that_is_not_there_is_said_at_once(a_main_file: None) -> None:
    from tinh.insight.forecasting.errors import NoEngine

    with pytest.raises(NoEngine):
        forecast(table(("a", t, v) for t, v in enumerate(wobbly(10))), 2, engine="sc://127.0.0.1:1")


def test_a_level_that_shifted_for_good_is_forecast_from_and_its_season_is_kept() -> None:
    dice = np.random.default_rng(11)
    wave = np.tile([9.0, -4.0, -8.0, 3.0], 18)
    still = 100 + wave + dice.normal(0, 2, 72)
    shifted = still - 45 * (np.arange(72) < 34)
    both = {"still": still, "shifted": shifted}
    rows = [(name, t, v) for name, y in both.items() for t, v in enumerate(y[:64])]
    found = forecast(table(rows), 8, season=4).table
    width = {}
    for name in both:
        one = found.filter(pl.col("unique_id") == name)
        assert np.mean(np.abs(one["mean"].to_numpy() - still[64:])) < 3.5
        width[name] = float((one["hi-95"] - one["lo-95"]).mean())
    assert width["shifted"] < 1.5 * width["still"]


def test_a_walk_with_one_great_step_is_left_as_it_is() -> None:
    from tinh.insight.forecasting.levelshifts import levelled

    dice = np.random.default_rng(12)
    walk = 1000 + np.cumsum(dice.normal(0, 5, 80))
    walk[50:] += 80
    spike = 100 + dice.normal(0, 2, 80)
    spike[40] += 60
    assert levelled(walk, 1) is walk
    assert levelled(spike, 1) is spike
