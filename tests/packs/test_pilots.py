"""Pilots of a province: declared as files, with every fault found."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tinh.packs.api import PilotBook, load, read_pilot

ROOT = Path(__file__).parents[2]
WELL = """format: 1
id: trial
indicator: household-income
treated: [{units: ["05542"], start: "2026-01"}]
candidates: ["05551", "05563"]
"""


def compiled(tmp_path: Path, text: str):  # type: ignore[no-untyped-def]  # what load gives
    province = tmp_path / "thai-nguyen"
    if not province.exists():
        shutil.copytree(ROOT / "provinces" / "thai-nguyen", province)
    (province / "pilots" / "trial.yaml").write_text(text, encoding="utf-8")
    return load(province, (ROOT / "packs",))


@pytest.mark.parametrize(
    ("code", "old", "new"),
    [
        ("PCK180", "indicator: household-income\n", ""),
        ("PCK033", "household-income", "household-incom"),
        ("PCK181", 'treated: [{units: ["05542"], start: "2026-01"}]', "data: {start: since}"),
        ("PCK182", '"05551"', '"05542"'),
        ("PCK010", "candidates:", "candidate:"),
    ],
)
def test_fault_of_a_pilot_is_found_with_its_code(code: str, old: str, new: str, tmp_path: Path) -> None:
    found = compiled(tmp_path, WELL.replace(old, new))
    assert code in {f.code for f in found.findings if f.file.name == "trial.yaml"}


def test_pilot_of_the_province_is_in_the_catalogue_and_in_its_json(tmp_path: Path) -> None:
    found = compiled(tmp_path, WELL).catalogue
    assert found.pilots["trial"].units == ("05542",)
    assert found.as_json()["pilots"]["trial"]["indicator"] == "household-income"
    home = tmp_path / "home"
    (home / "pilots").mkdir(parents=True)
    (home / "pilots" / "own.yaml").write_text(WELL.replace("id: trial", "id: own"))
    (home / "pilots" / "twice.yaml").write_text(WELL)
    book = PilotBook(found, home)
    assert {"trial", "own"} <= set(book.all())
    assert [f.code for f in book.findings()] == ["PCK024"]


def test_table_given_by_hand_needs_no_province(tmp_path: Path) -> None:
    file = tmp_path / "spec.yaml"
    file.write_text("format: 1\nid: smoking\ntreated: [{units: [California], start: 1989}]\n")
    pilot, findings = read_pilot(file)
    assert not findings and pilot is not None and pilot.treated[0].start == 1989
