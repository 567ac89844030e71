"""Errors of the command line: both languages, a cure, and JSON where JSON was asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Tinh


@pytest.mark.parametrize(
    "words",
    [
        ("frobnicate",),
        ("values", "pm25-daily", "--bogus"),
        ("values",),
        ("--lang", "fr", "status"),
        ("places", "at", "abc", "1"),
        ("load", "nosuch", __file__),
        ("new", "sector", "Bad Name"),
        ("new", "province", "99", "nowhere"),
        ("--province", "nowhere", "status"),
        ("trace", "pm25-daily", "19", "junk"),
    ],
)
def test_what_is_not_understood_is_said_in_both_languages_with_a_cure(
    tinh: Tinh, words: tuple[str, ...]
) -> None:
    said = tinh(*words)
    assert said.code == 2
    assert said.out == ""
    assert "Traceback" not in said.err
    assert sum("→" in line for line in said.err.splitlines()) == 2


@pytest.mark.parametrize(
    ("words", "vi", "en"),
    [
        (("forcast",), "không có lệnh “forcast”", "No such command 'forcast'"),
        (
            ("siting", "solve", "khong-co.yaml"),
            "không thấy “khong-co.yaml”",
            "'khong-co.yaml' does not exist",
        ),
        (("forecast", "a.csv", "--horizon", "mai"), "“mai” không phải số nguyên", "not a valid integer"),
        (("status", "thua"), "thừa “thua”", "unexpected extra argument"),
    ],
)
def test_the_vietnamese_of_what_is_not_understood_holds_no_english(
    tinh: Tinh, words: tuple[str, ...], vi: str, en: str
) -> None:
    said = tinh(*words).err.splitlines()
    assert vi in said[0] and en not in said[0]
    assert any(en in line for line in said[1:])


def test_an_error_is_json_where_json_was_asked_for(tinh: Tinh) -> None:
    for words in (("load", "nosuch", __file__, "--json"), ("--json", "values", "--bogus")):
        said = tinh(*words)
        problem = json.loads(said.out)["problem"]
        assert said.code == 2
        assert problem["code"].startswith("CLI")
        assert {*problem["detail"], *problem["cure"]} == {"vi", "en"}
        assert said.err == ""


def test_the_wanted_language_stands_first_in_an_error(tinh: Tinh, tmp_path: Path) -> None:
    said = tinh("load", "air-hourly", tmp_path / "none.csv", "--lang", "en")
    assert said.err.splitlines()[0].startswith("CLI101  There is no file")
