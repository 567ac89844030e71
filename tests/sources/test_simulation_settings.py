"""What a pack may declare about simulation, and how a fault in it is said."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from tinh.sources.simulator import SimulationFault, dice
from tinh.sources.simulator.files import windows_1258
from tinh.sources.simulator.settings import (
    ColumnPlan,
    FaultKind,
    FaultPlan,
    Is,
    Late,
    Sender,
    Settings,
    parse,
)

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "simulation.md"


def test_every_setting_has_a_word_on_the_reference_page() -> None:
    said = set(re.findall(r"[a-z_0-9]+", PAGE.read_text(encoding="utf-8")))
    keys = {
        field.alias or name
        for model in (Settings, ColumnPlan, Sender, Late, FaultPlan)
        for name, field in model.model_fields.items()
    }
    assert (keys | set(get_args(Is)) | set(get_args(FaultKind))) - said == set()


def test_a_wrong_setting_says_file_place_and_reason() -> None:
    with pytest.raises(SimulationFault) as caught:
        parse(
            {"form": "report", "start": "2025-07", "columns": {"a": {"is": "magic"}}, "senders": []}, "x.yaml"
        )
    assert caught.value.facts["file"] == "x.yaml"
    assert caught.value.facts["where"] == "columns.a.is"
    assert "x.yaml" in caught.value.detail().vi


def test_a_curve_is_straight_between_points_and_flat_outside() -> None:
    curve = [(date(2025, 1, 1), 10.0), (date(2025, 1, 11), 20.0)]
    assert [dice.along(curve, date(2025, 1, day)) for day in (1, 6, 11)] == [10, 15, 20]
    assert dice.along(curve, date(2024, 1, 1)) == 10
    assert dice.along(curve, date(2026, 1, 1)) == 20


def test_chance_depends_on_its_name_only() -> None:
    assert dice.normal("a", "b") == dice.normal("a", "b")
    assert dice.normal("a", "b") != dice.normal("ab", "")
    assert 0 <= dice.uniform("a") < 1


def test_windows_1258_comes_back_as_it_went() -> None:
    text = "Xã La Bằng, phường Đức Xuân, Nguyễn Thị Ỷ Lan – tỷ lệ hộ nghèo được phủ sóng 4G: 5 %"
    back = windows_1258(text).decode("cp1258")
    assert unicodedata.normalize("NFC", back) == unicodedata.normalize("NFC", text)
