"""What is raised in series, and what is left in peace."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from tinh.cli.main import tinh
from tinh.insight.anomalies.budget import within
from tinh.insight.anomalies.detect import Options, detect


def days(n: int, first: date = date(2025, 3, 3)) -> list[str]:
    return [str(first + timedelta(days=i)) for i in range(n)]


def hours(n: int) -> list[str]:
    return [f"{datetime(2025, 3, 3) + timedelta(hours=i):%Y-%m-%dT%H}" for i in range(n)]


def months(n: int) -> list[str]:
    return [f"{2014 + i // 12}-{i % 12 + 1:02d}" for i in range(n)]


def table(ds: Sequence[Any], *series: np.ndarray) -> pl.DataFrame:
    return pl.concat(
        pl.DataFrame({"unique_id": [f"s{k}"] * len(ds), "ds": list(ds), "y": y}) for k, y in enumerate(series)
    )


def raised(frame: pl.DataFrame, options: Options | None = None) -> pl.DataFrame:
    return detect(frame, options).table.filter("is_anomaly")


def weekly(n: int, seed: int = 3) -> np.ndarray:
    g = np.random.default_rng(seed)
    return 100 + 6 * np.sin(np.arange(n) * 2 * np.pi / 7) + g.normal(size=n)


@pytest.mark.parametrize(
    ("kind", "at", "length"), [("spike", 150, 1), ("dip", 200, 2), ("shift", 180, 1), ("flat", 120, 12)]
)
def test_each_kind_is_found_where_it_is_and_named(kind: str, at: int, length: int) -> None:
    y = weekly(300)
    if kind == "spike":
        y[at] += 9
    elif kind == "dip":
        y[at : at + length] -= 9
    elif kind == "shift":
        y[at:] += 8
    else:
        y[at : at + length] = y[at]
    found = raised(table(days(300), y))
    assert found["kind"].unique().to_list() == [kind]
    where = [days(300).index(d) for d in found["ds"]]
    assert min(abs(w - at) for w in where) <= 1
    assert len(where) <= length + 1


def test_a_level_that_comes_back_is_raised_over_all_its_points() -> None:
    y = weekly(300)
    y[100:112] -= 8
    found = raised(table(days(300), y))
    assert [days(300).index(d) for d in found["ds"]] == list(range(100, 112))
    assert found["kind"].unique().to_list() == ["shift"]
    assert found["event"].n_unique() == 1


def test_seasons_trends_skew_and_heavy_tails_alone_raise_next_to_nothing() -> None:
    g = np.random.default_rng(11)
    n, t = 730, np.arange(730)
    series = [100 + 0.05 * t + 8 * np.sin(t * 2 * np.pi / 7 + k) + g.normal(size=n) for k in range(20)]
    series += [(50 + 0.1 * t) * np.exp(0.1 * g.normal(size=n)) for _ in range(20)]
    series += [g.poisson(6, n).astype(float) for _ in range(20)]
    series += [np.cumsum(g.normal(size=n)) for _ in range(20)]
    found = raised(table(days(n), *series))
    assert found["event"].n_unique() <= 8  # of 80 series and 58,400 points


def test_seasons_of_a_day_and_a_week_are_found_without_a_clock() -> None:
    g = np.random.default_rng(5)
    t = np.arange(1500)
    day = 10 * np.sin(t * 2 * np.pi / 24)
    y = 50 + day + 6 * ((t // 24) % 7 >= 5) + g.normal(size=1500)
    y[700] -= 8  # well within the range of the day
    answer = detect(table(list(range(1500)), y))
    assert answer.seasons["s0"] == (24, 168)
    assert answer.table.filter("is_anomaly")["ds"].to_list() == ["700"]


def test_tet_is_expected_and_a_dip_beside_it_is_not() -> None:
    g = np.random.default_rng(8)
    first, n = date(2022, 3, 1), 1250
    y = 200 + g.normal(size=n) * 2
    for new in (date(2023, 1, 22), date(2024, 2, 10), date(2025, 1, 29)):
        at = (new - first).days
        y[at - 3 : at + 6] -= 60
    plain = date(2024, 6, 12)
    y[(plain - first).days] -= 60
    frame = table(days(n, first), y)
    assert raised(frame)["ds"].to_list() == [str(plain)]
    assert len(raised(frame, Options(country=""))) > 5


def test_bursts_of_rare_events_are_found_and_zeros_are_no_dips_nor_flat_lines() -> None:
    g = np.random.default_rng(2)
    y = g.poisson(0.3, 500).astype(float)
    y[250] = 9
    assert raised(table(list(range(500)), y))["ds"].to_list() == ["250"]


def test_missing_pulses_get_a_row_of_their_own_inside_and_at_the_end() -> None:
    ds = hours(400)
    frame = table(ds, weekly(400), weekly(400, 4), weekly(400, 5))
    gone = (pl.col("unique_id") == "s1") & (
        pl.col("ds").is_in([ds[200], ds[201]]) | (pl.col("ds") >= ds[397])
    )
    found = raised(frame.filter(~gone)).filter(pl.col("kind") == "missing")
    assert found["ds"].to_list() == [ds[200], ds[201], ds[397], ds[398], ds[399]]
    assert found["y"].null_count() == 5
    assert raised(frame.filter(~gone), Options(missing=False)).is_empty()


def test_weekends_that_never_report_are_no_gap() -> None:
    ds = [d for d in days(400) if date.fromisoformat(d).weekday() < 5]
    assert raised(table(ds, weekly(len(ds)))).is_empty()


def test_values_beyond_the_bounds_are_impossible_however_usual() -> None:
    y = weekly(200)
    y[50] = 104.0
    found = raised(table(days(200), y), Options(upper=103.9))
    assert "impossible" in found["kind"].to_list()
    assert found.filter(pl.col("kind") == "impossible")["y"].min() > 103.9


def test_ten_years_of_months_with_a_season_that_grows() -> None:
    g = np.random.default_rng(4)
    t = np.arange(120)
    y = 1000 * np.exp(0.01 * t + 0.2 * np.sin(t * 2 * np.pi / 12) + 0.02 * g.normal(size=120))
    y[77] *= 1.2
    assert raised(table(months(120), y))["ds"].to_list() == [months(120)[77]]


def test_a_bad_series_is_named_and_stops_no_other() -> None:
    good = table(days(100), weekly(100)).with_columns(pl.col("y").cast(pl.String))
    bad = pl.DataFrame(
        {
            "unique_id": ["short"] * 3 + ["text"] * 9 + ["twice"] * 10 + ["still"] * 9,
            "ds": days(3) + days(9) + days(9) + days(1) + days(9),
            "y": ["1", "2", "3"] + ["1", "x"] * 4 + ["2"] + [str(i) for i in range(10)] + ["7"] * 9,
        }
    )
    answer = detect(pl.concat([bad, good]))
    codes = {id: error.code for id, error in answer.refused.items()}
    assert codes == {"short": "INS050", "text": "INS053", "twice": "INS052", "still": "INS051"}
    assert answer.table.filter(pl.col("unique_id") == "s0")["score"].null_count() == 0
    assert len(answer.table) == len(bad) + len(good)


def test_a_budget_keeps_the_most_surprising_of_each_day() -> None:
    a, b = weekly(200, 1), weekly(200, 2)
    a[100], b[100], b[150] = a[100] + 8, b[100] + 15, b[150] + 8
    answer = detect(table(days(200), a, b)).table
    kept = within(answer, 1).filter("is_anomaly")
    assert answer["is_anomaly"].sum() == 3
    assert kept.select("unique_id", "ds").rows() == [("s1", days(200)[100]), ("s1", days(200)[150])]


def test_the_command_adds_four_columns_to_the_rows_it_was_given(tmp_path: Path) -> None:
    y = weekly(200)
    y[90] += 12
    given = table(days(200), y).with_columns(note=pl.lit("kept"))
    given.write_csv(tmp_path / "in.csv")
    ran = CliRunner().invoke(
        tinh, ["anomalies", str(tmp_path / "in.csv"), "-o", str(tmp_path / "out.csv"), "--lang", "en"]
    )
    assert ran.exit_code == 0, ran.output
    out = pl.read_csv(tmp_path / "out.csv")
    assert out.columns == ["unique_id", "ds", "y", "note", "score", "is_anomaly", "kind", "why"]
    assert out["ds"].to_list() == days(200)
    hit = out.filter("is_anomaly")
    assert hit.select("ds", "kind").rows() == [(days(200)[90], "spike")]
    assert f"{y[90]:.1f}".rstrip("0").rstrip(".") in hit["why"][0]
    shown = CliRunner().invoke(tinh, ["anomalies", str(tmp_path / "in.csv"), "--json"])
    assert json.loads(shown.output)["anomalies"][0]["ds"] == days(200)[90]


def test_the_command_says_what_a_table_lacks(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("unique_id,when,y\na,1,2\n")
    ran = CliRunner().invoke(tinh, ["anomalies", str(tmp_path / "in.csv")])
    assert getattr(ran.exception, "code", "") == "INS055"


def test_what_was_written_comes_back_and_one_bad_moment_stops_no_other(tmp_path: Path) -> None:
    rows = [f"05542,a,{at:03d},{at * 7 % 5}" for at in range(20)]
    rows += [f"1,b,2026-03-{at + 1:02d},{at * 7 % 5}" for at in range(20)]
    rows += ["1,c,0,1", "1,c,soon,2"]
    file, out, again = tmp_path / "in.csv", tmp_path / "out.csv", tmp_path / "again.csv"
    file.write_text("\n".join(["row,unique_id,ds,y", *rows]) + "\n")
    ran = CliRunner().invoke(tinh, ["anomalies", str(file), "-o", str(out)], standalone_mode=False)
    assert ran.return_value == 1 and "INS054" in ran.stderr
    assert "“a”" not in ran.stderr and "“b”" not in ran.stderr
    found = pl.read_csv(out, infer_schema=False)
    assert found["ds"].to_list() == [row.split(",")[2] for row in rows]
    assert found.columns[3] == "row" and found["row"].to_list() == [row.split(",")[0] for row in rows]
    CliRunner().invoke(tinh, ["anomalies", str(out), "-o", str(again)], standalone_mode=False)
    assert again.read_text() == out.read_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--holidays", "ZZ"], "ZZ"),
        (["--lower", "5", "--upper", "1"], "--lower 5"),
        (["--lower", "nan"], "nan"),
        (["--until", "soon"], "soon"),
    ],
)
def test_options_that_mean_nothing_are_refused(tmp_path: Path, words: list[str], said: str) -> None:
    file = tmp_path / "in.csv"
    file.write_text("unique_id,ds,y\n" + "".join(f"a,{at},{at * 7 % 5}\n" for at in range(20)))
    ran = CliRunner().invoke(tinh, ["anomalies", str(file), *words], standalone_mode=False)
    assert said in str(ran.exception)


@pytest.mark.parametrize("much", [float("inf"), -1e308])
def test_values_nobody_can_count_with_refuse_their_series(much: float) -> None:
    y = [1.0, 2, 3, much, 2, 1, 2, 3, 1, 2]
    found = detect(pl.DataFrame({"unique_id": ["a"] * 10, "ds": range(10), "y": y}))
    assert found.refused["a"].code == "INS053"


def test_a_sheet_of_other_headings_spellings_and_empty_rows_is_the_same_sheet(tmp_path: Path) -> None:
    rows = [(f"{i % 12 + 1:02d}", 2022 + i // 12, i * 7 % 5 + (40 if i == 30 else 0)) for i in range(40)]
    plain, loose = tmp_path / "plain.csv", tmp_path / "loose.csv"
    plain.write_text("unique_id,ds,y\n" + "".join(f"a,{year}-{month},{y}\n" for month, year, y in rows))
    loose.write_text(
        "\ufeffUnique_ID, DS ,Y\r\n"
        + "".join(f"a,{month}/{year}, {y}\r\n" for month, year, y in rows)
        + "\r\n,,\r\n"
    )
    scores = []
    for file in (plain, loose):
        out = tmp_path / f"{file.stem}-out.csv"
        CliRunner().invoke(tinh, ["anomalies", str(file), "-o", str(out)], standalone_mode=False)
        scores.append(pl.read_csv(out).select("score", "is_anomaly", "kind"))
    assert scores[0].equals(scores[1]) and scores[0]["is_anomaly"][30] and len(scores[0]) == 40


def test_moments_in_two_time_zones_are_refused_in_the_words_of_the_forecast(tmp_path: Path) -> None:
    walk = [f"{datetime(2025, 3, 30) + timedelta(hours=i):%Y-%m-%dT%H:%M:%S}" for i in range(40)]
    file = tmp_path / "in.csv"
    lines = [f"torn,{at}{'+01:00' if i < 2 else '+02:00'},{i * 7 % 5}" for i, at in enumerate(walk)]
    file.write_text("\n".join(["unique_id,ds,y", *lines]) + "\n")
    said = {}
    for words in (["anomalies", str(file)], ["forecast", str(file), "--horizon", "2"]):
        ran = CliRunner().invoke(tinh, [*words, "--json"], standalone_mode=False)
        refused = json.loads(ran.stdout)["refused"]
        said[words[0]] = (
            refused["torn"]
            if isinstance(refused, dict)
            else next(r for r in refused if r["unique_id"] == "torn")
        )
    assert said["anomalies"]["code"] == said["forecast"]["code"] == "INS022"
    assert said["anomalies"]["detail"] == said["forecast"]["detail"]


def test_weather_that_turns_is_no_shift_of_level_and_a_step_within_it_is() -> None:
    """Fronts that rise within hours and pass over days raise little; a sudden step among them is found."""
    g, t, calm = np.random.default_rng(4), np.arange(1500), []
    for _ in range(8):
        y = 20 + g.normal(size=1500) * 0.8
        for at in g.integers(20, 1480, 14):
            y += g.gamma(1.5, 6) * np.where(t < at, np.exp((t - at) / 3), np.exp(-(t - at) / 30))
        calm.append(y)
    assert raised(table(hours(1500), *calm))["event"].n_unique() <= 24
    found = raised(table(hours(1500), *(y + 60 * (t >= 900) for y in calm)))
    assert found.filter(pl.col("ds").is_in(hours(1500)[896:905]))["unique_id"].n_unique() == 8


def test_a_season_that_grows_halfway_hides_no_spike() -> None:
    g, t, series = np.random.default_rng(9), np.arange(1680), []
    for k in range(6):
        day = 15 * np.sin(t * 2 * np.pi / 24 + k) + 10 * np.sin(t * 2 * np.pi / 12)
        y = np.where(t < 840, 1, 4) * day + 10 * np.sin(t * 2 * np.pi / 168) + g.normal(size=1680)
        y[[400, 1300]] += 12  # a fifth of the season's swing
        series.append(y)
    found = raised(table(list(range(1680)), *series))
    assert found.filter(pl.col("ds").is_in(["400", "1300"])).height >= 6


def test_medians_of_windows_are_those_of_numpy() -> None:
    from tinh.insight.anomalies.networks import sliding

    x = np.random.default_rng(1).normal(size=(4, 90)).round(1)
    for width in (1, 2, 3, 6, 9, 12, 16, 17, 24, 49):
        view = np.lib.stride_tricks.sliding_window_view(x, width, axis=1)
        assert np.array_equal(sliding(x, width), np.median(view, axis=-1)), width
