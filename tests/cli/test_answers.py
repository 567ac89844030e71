"""What the command line answers to bad input, and to programs."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from tests.cli.conftest import Tinh

HEADER = "timestamp,city,aqi,weather_icon,wind_speed,humidity,temperature,pm25,pm10,o3,no2,so2,co\n"
ROW = "2025-04-01T00:01:57+07:00,Thái Nguyên,129,x.svg,3.9 km/h,57%,15.0°C,46.9,N/A,N/A,N/A,N/A,N/A\n"


def _file(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("header-only.csv", HEADER.encode()),
        ("another.csv", b"a;b\n1;2\n"),
        ("binary.csv", bytes(range(256)) * 40),
        ("truncated.xlsx", b"PK\x03\x04" + b"\x00" * 200),
        ("truncated.parquet", b"PAR1" + b"\x00" * 64),
        ("cut.json", b'[{"timestamp": "2025-04-01T00:01:57+07:00", "ci'),
        ("spoiled.csv", HEADER.encode() + ROW.replace("Thái Nguyên", "ThÃ¡i NguyÃ�n").encode()),
    ],
)  # fmt: skip
def test_an_unusable_file_is_refused_in_both_languages_with_a_cure(
    tinh: Tinh, tmp_path: Path, name: str, content: bytes
) -> None:
    said = tinh("load", "air-hourly", _file(tmp_path, name, content), "--json")
    assert said.code == 1, said.err
    (item,) = said.json
    assert (item["verdict"], item["accepted"]) == ("refused", 0)
    problem = item["problem"]
    assert problem["detail"]["vi"] != problem["detail"]["en"]
    assert problem["cure"]["vi"]
    assert problem["cure"]["en"]
    assert "Traceback" not in said.err


def test_a_file_with_bad_rows_is_accepted_in_part_and_says_which(tinh: Tinh, tmp_path: Path) -> None:
    bad = ROW.replace("46.9", "bốn mươi").replace("00:01", "01:01")
    nowhere = ROW.replace("Thái Nguyên", "Hải Phòng").replace("00:01", "02:01")
    file = _file(tmp_path, "x.csv", (HEADER + ROW + bad + nowhere + ROW.replace("00:01", "03:01")).encode())
    said = tinh("load", "air-hourly", file, "--json")
    (item,) = said.json
    assert (said.code, item["verdict"], item["accepted"], item["held"]) == (1, "in part", 2, 2)
    held = tinh("held", item["receipt"], "--json").json
    assert [(row["row"], row["rules"]) for row in held] == [(3, ["pm25-type"]), (4, ["place"])]
    assert held[0]["values"]["pm25"] == "bốn mươi"


def test_an_unknown_dataset_names_those_that_exist(tinh: Tinh, tmp_path: Path) -> None:
    said = tinh("load", "air-hurly", _file(tmp_path, "x.csv", b"a\n1\n"))
    assert said.code == 2
    assert "air-hourly" in said.err


def test_a_missing_file_is_a_usage_error(tinh: Tinh) -> None:
    assert tinh("load", "air-hourly", "nowhere.csv").code == 2


def test_the_province_checks_clean(tinh: Tinh) -> None:
    said = tinh("check", "--json")
    assert (said.code, said.json["findings"]) == (0, [])


def test_a_name_as_people_write_it_resolves_to_one_unit(tinh: Tinh) -> None:
    said = tinh("places", "resolve", "X. La Bằng, H. Đại Từ", "--on", "2025-06-30", "--json")
    (unit,) = said.json
    assert (unit["name"], unit["level"]) == ("Xã La Bằng", "commune")


@pytest.mark.parametrize("code", ["31", "68"])
def test_a_province_made_for_another_code_runs_the_air_quality_pack_unchanged(
    tinh: Tinh, tmp_path: Path, code: str
) -> None:
    folder = tmp_path / f"p{code}"
    assert tinh("new", "province", code, folder).code == 0
    assert tinh("check", province=folder).code == 0
    city = {"31": "Hải Phòng", "68": "Đà Lạt"}[code]
    file = _file(tmp_path, f"air-{code}.csv", (HEADER + ROW.replace("Thái Nguyên", city)).encode())
    said = tinh("load", "air-hourly", file, "--json", province=folder)
    assert said.json[0]["verdict"] == "accepted", said.out
    rows = tinh("values", "pm25-daily", "--place", code, "--json", province=folder).json
    assert [row["coverage"] for row in rows] == [{"num": 1, "den": 24}]


def test_options_stand_before_or_after_the_verb(tinh: Tinh) -> None:
    assert tinh("--json", "--lang", "en", "places", "successors", "01").json == tinh(
        "places", "successors", "01", "--lang", "en", "--json"
    ).json  # fmt: skip


def test_a_period_that_is_none_is_said_and_not_taken_for_an_empty_answer(tinh: Tinh) -> None:
    said = tinh("values", "pm25-daily", "--from", "tháng tư")
    assert (said.code, said.err[:6]) == (2, "CLI107")
    assert "2025-04" in said.err


def test_a_data_folder_out_of_reach_is_said_with_its_path(tinh: Tinh, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    said = tinh("status", TINH_HOME=str(tmp_path / "taken"))
    assert (said.code, said.err[:6]) == (2, "CLI108")
    assert str(tmp_path / "taken") in said.err
    assert "Traceback" not in said.err


def test_held_rows_outlive_the_contract_that_held_them(tinh: Tinh, tmp_path: Path) -> None:
    folder = tmp_path / "p19"
    assert tinh("new", "province", "19", folder).code == 0
    bad = ROW.replace("46.9", "bốn mươi")
    file = _file(tmp_path, "x.csv", (HEADER + bad).encode())
    (item,) = tinh("load", "air-hourly", file, "--json", province=folder).json
    page = folder / "province.yaml"
    declared = yaml.safe_load(page.read_text())
    page.write_text(yaml.safe_dump({**declared, "packs": ["telecom"], "room": {}}, allow_unicode=True))
    said = tinh("held", item["receipt"], province=folder)
    assert (said.code, "Traceback" in said.err) == (1, False), said.err
    assert "bốn mươi" in said.out
