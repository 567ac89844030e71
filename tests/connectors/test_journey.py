"""A newcomer's way on the command line: from an unknown table to the first pull judged."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.harness.commands import command
from tests.harness.databases import Server

PROVINCE = """\
# Tỉnh thử của người mới.
format: 1
id: thu
name: {vi: Thử, en: Trial}
place: "19"
packs: []  # chưa có
agencies:
  - id: so-noi-vu
    name: {vi: Sở Nội vụ, en: Home affairs}
"""


@pytest.fixture
def tinh(tmp_path: Path) -> Callable[..., tuple[int, str, str]]:
    folder = tmp_path / "tinh"
    folder.mkdir()
    (folder / "province.yaml").write_text(PROVINCE, "utf-8")
    env = {"TINH_HOME": str(tmp_path / "home")}

    def run(*words: str, given: str = "") -> tuple[int, str, str]:
        done = command(["--province", folder, *words], env, given=given)
        return done.code, done.out, done.err

    return run


def read(said: tuple[int, str, str]) -> Any:
    assert said[1], said
    return json.loads(said[1])


def test_from_an_unknown_table_to_a_contract_in_force_and_the_first_pull_judged(
    maria: Server, tinh, tmp_path: Path
) -> None:
    maria.run(
        "DROP TABLE IF EXISTS tiep_nhan",
        "CREATE TABLE tiep_nhan (id INT PRIMARY KEY AUTO_INCREMENT, ma_ho_so VARCHAR(30) NOT NULL, "
        "thu_tuc VARCHAR(200), le_phi DECIMAL(12,2), cap_nhat TIMESTAMP(6) NOT NULL DEFAULT now(6))",
        "INSERT INTO tiep_nhan (ma_ho_so, thu_tuc, le_phi) VALUES "
        + ",".join(f"('HS-{n:04}', 'Cấp giấy phép {n % 5}', {n * 1000}.50)" for n in range(1, 41)),
    )
    url = f"mariadb://doc@127.0.0.1:{maria.port}/motcua"
    assert tinh("secret", "set", "motcua", given=maria.password)[0] == 0
    made = tinh("connector", "add", "mot-cua", "--sql", url, "--password", "motcua", "--table", "tiep_nhan",
                "--cursor", "cap_nhat", "--key", "id", "--private", "--json")  # fmt: skip
    assert read(made)["waits"] is True, made
    steps = read(tinh("connector", "check", "mot-cua", "--json"))
    assert steps[-1]["ok"], steps
    assert read(tinh("connector", "look", "mot-cua", "--json"))["columns"][1] == "ma_ho_so"
    waiting = tinh("pull", "mot-cua", "--json")
    assert waiting[0] != 0 and "SRC123" in waiting[1] + waiting[2]

    drafted = tinh("profile", "--source", "mot-cua", "--owner", "so-noi-vu", "--dataset-id", "mot-cua",
                   "--title", "Hồ sơ một cửa", "--adopt")  # fmt: skip
    assert "tinh apply" in drafted[1], drafted
    text = (tmp_path / "tinh" / "province.yaml").read_text("utf-8")
    assert "# chưa có" in text and "ket-noi" in text
    checked = tinh("check")
    assert checked[0] == 0, checked
    assert "mot-cua" in tinh("plan")[1]
    applied = tinh("apply", "--reason", "nối cơ sở dữ liệu một cửa", "--yes")
    assert applied[0] == 0, applied

    pulled = read(tinh("pull", "mot-cua", "--json"))[0]
    assert (pulled["outcome"], pulled["records"]) == ("new", 40), pulled
    verdict = read(tinh("verdict", pulled["receipts"][0], "--json"))
    assert (verdict["accepted"], verdict["held"], verdict["sender"]) == (40, 0, "so-noi-vu"), verdict
    maria.run("INSERT INTO tiep_nhan (ma_ho_so, thu_tuc, le_phi) VALUES ('HS-0041', 'Cấp giấy phép 1', 1000)")
    assert read(tinh("pull", "mot-cua", "--json"))[0]["records"] == 1
    said = tinh("connector", "reset", "mot-cua")
    assert said[0] == 0 and "--yes" in said[1]
    listed = tinh("feeds", "--json")
    assert read(listed)[0]["condition"] == "ok" and maria.password not in listed[1]
    everything = b"".join(p.read_bytes() for p in (tmp_path / "home").rglob("*") if p.is_file())
    assert maria.password.encode() not in everything
    assert tinh("connector", "remove", "mot-cua")[0] == 0
    assert read(tinh("feeds", "--json")) == []
