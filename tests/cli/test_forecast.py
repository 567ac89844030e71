"""`tinh forecast` and `tinh backtest`: a file in, a file out, no province."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from tinh.cli.errors import BadLevels, NoSuchFile
from tinh.cli.forecast import backtest, forecast
from tinh.insight.api import decimals
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


def test_clumsy_files_are_read_and_hopeless_ones_declared(tinh, tmp_path: Path) -> None:
    rows = [f"007;2020-{month:02d};{month * month % 7 + month}" for month in range(1, 13)]
    file, out = tmp_path / "s.csv", tmp_path / "out.csv"
    file.write_text("\ufeffunique_id; ds; y\r\n" + "\r\n".join(rows) + "\r\n")
    assert tinh("forecast", file, "--horizon", "2", "-o", out).code == 0
    assert [row["unique_id"] for row in csv.DictReader(out.open())] == ["007", "007"]
    hopeless = {
        "header": b"unique_id,ds,y\n",
        "wide": "unique_id,ds,y\na,1,2\n".encode("utf-16"),
        "twice": b"unique_id,ds,y,y\na,1,2,3\n",
        "empty": b"",
    }
    for name, text in hopeless.items():
        (bad := tmp_path / f"{name}.csv").write_bytes(text)
        for words in (["forecast", bad, "--horizon", "2"], ["anomalies", bad],
                      ["outlook", bad, "--target", "1", "--by", "9"]):  # fmt: skip
            done = tinh(*words)
            assert done.code == 2 and "CLI310" in done.err, (name, words)


def test_decimal_commas_are_read_where_semicolons_part_the_columns(tmp_path: Path) -> None:
    """As Excel writes a CSV in Viet Nam; one number that is none does not stop the others."""
    values = [f"{month * month % 7 + month},{month}" for month in range(1, 13)]
    dotted = [v.replace(",", ".") for v in values]
    rows = [f"{name};2020-{at:02d};{v}" for at, v in enumerate(values, 1) for name in ("a", "b")]
    answers = []
    for name, text in (
        ("semi", "unique_id;ds;y\n" + "\n".join([*rows, "c;2020-01;x"])),
        ("comma", "unique_id,ds,y\n" + "\n".join(
            f"{name},2020-{at:02d},{v}" for at, v in enumerate(dotted, 1) for name in ("a", "b"))),
    ):  # fmt: skip
        (file := tmp_path / f"{name}.csv").write_text(text)
        out = tmp_path / f"{name}-out.csv"
        CliRunner().invoke(
            forecast, [str(file), "--horizon", "2", "-o", str(out)], standalone_mode=False, obj={}
        )
        answers.append(list(csv.DictReader(out.open())))
    assert len(answers[0]) == 4 and answers[0] == answers[1]


@pytest.mark.parametrize(
    ("cells", "read"),
    [
        (["12,5", "7", "", "-3,25"], ["12.5", "7", "", "-3.25"]),
        (["1.234,5", "2.000", "12"], ["1234.5", "2000", "12"]),
        (["1,234", "5,678"], ["1,234", "5,678"]),  # may be thousands
        (["1.234", "5.678"], ["1.234", "5.678"]),
        (["Xã A, huyện B", "1,5", "tổ 3"], ["Xã A, huyện B", "1,5", "tổ 3"]),
        (["", ""], ["", ""]),
    ],
)
def test_only_a_column_of_numbers_has_decimal_commas(cells: list[str], read: list[str]) -> None:
    assert decimals(pl.Series(cells)).to_list() == read


def test_numbers_that_are_none_and_files_that_cannot_be_written_are_refused(tinh, tmp_path: Path) -> None:
    file = series(tmp_path)
    for words in (["--lower", "nan"], ["--upper", "inf"], ["--seed", "-1"]):
        done = tinh("forecast", file, "--horizon", "2", *words)
        assert done.code == 2 and "CLI112" in done.err
    assert "CLI112" in tinh("outlook", file, "--target", "nan", "--by", "2021-Q1").err
    assert "INS043" in tinh("outlook", file, "--target", "20", "--by", "9999-12").err
    done = tinh("forecast", file, "--horizon", "2", "-o", tmp_path / "no" / "out.csv")
    assert done.code == 2 and "CLI108" in done.err


def test_a_calendar_that_ends_refuses_that_series_only(tinh, tmp_path: Path) -> None:
    ends = [f"end,9999-{month:02d},{month * month % 7}" for month in range(1, 12)]
    counts = [f"ok,{month},{month * month % 7}" for month in range(1, 12)]
    file, out = tmp_path / "s.csv", tmp_path / "out.csv"
    file.write_text("\n".join(["unique_id,ds,y", *ends, *counts]) + "\n")
    done = tinh("forecast", file, "--horizon", "3", "-o", out)
    assert done.code == 1 and "INS034" in done.err
    assert [row["ds"] for row in csv.DictReader(out.open())] == ["12", "13", "14"]


def test_an_outlook_too_far_is_refused_and_a_series_without_a_name_is_judged(tinh, tmp_path: Path) -> None:
    file, out = tmp_path / "s.csv", tmp_path / "out.csv"
    rows = [f",{at},{at + at * at % 5}\nfine,{10_000 * at},{at + at * at % 7}" for at in range(1, 13)]
    file.write_text("\n".join(["unique_id,ds,y", *rows]) + "\n")
    done = tinh("outlook", file, "--target", "20", "--by", "130000", "-o", out)
    assert done.code == 1 and "INS042" in done.err
    assert [row["unique_id"] for row in csv.DictReader(out.open())] == ["fine"]
    done = tinh("outlook", file, "--target", "20", "--by", "15", "-o", out)
    assert [row["due"] for row in csv.DictReader(out.open())] == ["15"]
