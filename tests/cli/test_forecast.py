"""`tinh forecast` and `tinh backtest`: a file in, a file out, no province."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tinh.cli.errors import BadLevels, NoSuchFile
from tinh.cli.forecast import backtest, forecast
from tinh.insight.forecasting.errors import NotSeries


def series(folder: Path) -> Path:
    file = folder / "series.csv"
    wave = [10, 14, 18, 12, 11, 15, 19, 13, 12, 16, 20, 14, 13, 17, 21, 15, 14, 18.5, 22, 16]
    rows = [f"good,{2015 + t // 4}-Q{t % 4 + 1},{v}" for t, v in enumerate(wave)]
    file.write_text("\n".join(["unique_id,ds,y", *rows, "bad,1,1", "bad,2,two", "bad,3,3"]) + "\n")
    return file


def test_a_file_of_series_becomes_a_file_of_forecasts_and_the_refused_are_told(tmp_path: Path) -> None:
    out, models, paths = (tmp_path / name for name in ("out.csv", "models.csv", "paths.csv"))
    said = CliRunner().invoke(
        forecast,
        [str(series(tmp_path)), "--horizon", "4", "-o", str(out), "--models-file", str(models),
         "--paths", "20", "--paths-file", str(paths), "--lang", "vi"],
        standalone_mode=False, obj={},
    )  # fmt: skip
    assert said.return_value == 1
    assert "INS025" in said.stderr and "two" in said.stderr
    rows = list(csv.DictReader(out.open()))
    assert list(rows[0]) == ["unique_id", "ds", "mean", "lo-80", "hi-80", "lo-95", "hi-95"]
    assert [row["ds"] for row in rows] == ["2020-Q1", "2020-Q2", "2020-Q3", "2020-Q4"]
    assert max(rows, key=lambda row: float(row["mean"]))["ds"] == "2020-Q3"
    assert {row["season"] for row in csv.DictReader(models.open())} == {"4"}
    assert len(next(csv.DictReader(paths.open()))) == 22


def test_a_backtest_stands_our_method_beside_the_usual_ones(tmp_path: Path) -> None:
    said = CliRunner().invoke(
        backtest, [str(series(tmp_path)), "--horizon", "4", "--json"], standalone_mode=False, obj={}
    )
    assert said.return_value == 1
    answer = json.loads(said.stdout)
    assert {row["method"] for row in answer["results"]} == {"Tỉnh", "Theta", "ETS", "CES", "Seasonal naive"}
    assert [one["code"] for one in answer["refused"]] == ["INS025"]


def test_what_cannot_be_read_is_said_before_anything_is_computed(tmp_path: Path) -> None:
    def asked(*words: str) -> BaseException | None:
        return (
            CliRunner().invoke(forecast, [*words, "--horizon", "2"], standalone_mode=False, obj={}).exception
        )

    assert isinstance(asked(str(tmp_path / "none.csv")), NoSuchFile)
    assert isinstance(asked(str(series(tmp_path)), "--level", "80,x"), BadLevels)
    other = tmp_path / "other.csv"
    other.write_text("id,ds,y\na,1,2\n")
    with pytest.raises(NotSeries):
        raise asked(str(other)) or AssertionError
