"""Sitings of a province: declared as files, with every fault found."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tinh.packs.api import load

ROOT = Path(__file__).parents[2]
WELL = """format: 1
id: trial
name: {vi: Thử, en: Trial}
demand: {dataset: telecom-monthly, column: population}
sites: {communes: true}
radius: 2500
p: 3
"""


def compiled(tmp_path: Path, text: str):  # type: ignore[no-untyped-def]  # what load gives
    province = tmp_path / "thai-nguyen"
    shutil.copytree(ROOT / "provinces" / "thai-nguyen", province)
    (province / "sitings" / "trial.yaml").write_text(text, encoding="utf-8")
    return load(province, (ROOT / "packs",))


def test_siting_of_the_province_is_in_the_catalogue_and_in_its_json(tmp_path: Path) -> None:
    found = compiled(tmp_path, WELL)
    assert [f for f in found.findings if f.file.name == "trial.yaml"] == []
    assert found.catalogue.sitings["trial"].p == 3
    assert found.catalogue.as_json()["sitings"]["trial"]["radius"] == 2500


@pytest.mark.parametrize(
    ("code", "old", "new"),
    [
        ("PCK190", "telecom-monthly", "digital-enterprises"),
        ("PCK191", "communes: true", "communes: false"),
        ("PCK192", "p: 3", "p: 3\nbudget: 100"),
        ("PCK192", "p: 3\n", ""),
        ("PCK193", "radius: 2500\n", ""),
    ],
)
def test_fault_of_a_siting_is_found_with_its_code(code: str, old: str, new: str, tmp_path: Path) -> None:
    found = compiled(tmp_path, WELL.replace(old, new))
    assert code in {f.code for f in found.findings if f.file.name == "trial.yaml"}
