"""What a server says at its start of a folder that has moved on from what is in force."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tinh.cli import province
from tinh.cli.server import _draft
from tinh.flow.api import Applied, home_for

ROOT = Path(__file__).parents[2]


def test_a_folder_that_differs_from_what_is_in_force_is_told_with_the_command_to_apply_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "provinces" / "thai-nguyen"
    shutil.copytree(ROOT / "provinces" / "thai-nguyen", folder)
    shutil.copytree(ROOT / "packs", tmp_path / "packs")
    monkeypatch.setenv("TINH_PROVINCE", str(folder))
    monkeypatch.setenv("TINH_HOME", str(tmp_path / "home"))
    first = province.catalogue()
    Applied(home_for(first)).bootstrap(first)
    assert _draft(province.catalogue()) == ""
    file = tmp_path / "packs" / "telecom" / "indicators" / "telecom-5g-coverage.yaml"
    said = file.read_text("utf-8")
    file.write_text(said.replace("value: 99", "value: 98"), "utf-8")
    told = _draft(province.catalogue())
    assert "1 chỗ" in told and "./tinh apply" in told
    file.write_text(said + "unknown: 1\n", "utf-8")
    assert "./tinh check" in _draft(province.catalogue())
