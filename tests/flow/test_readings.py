"""What a wrongly written number can only mean."""

from __future__ import annotations

import pytest

from tinh.flow.readings import number_readings
from tinh.packs.models import CleaningStep, Column

VIETNAMESE = (CleaningStep(do="number", decimal=",", group="."),)


@pytest.mark.parametrize(
    ("seen", "kind", "offers"),
    [
        ("(1.234,5)", "number", ["-1234,5"]), ("(1.234)", "integer", ["-1234"]),
        ("(12,5)", "number", ["-12,5"]), ("(45)", "integer", ["-45"]), ("(1)", "integer", []),
        ("(*)", "number", []),
        ("5,405", "integer", ["5405"]), ("5,405", "number", []), ("12,001,300", "number", ["12001300"]),
        ("5,5", "integer", []), ("1,234.5", "number", ["1234,5"]),
    ],
)  # fmt: skip
def test_a_number_is_offered_where_it_can_be_no_other(seen: str, kind: str, offers: list[str]) -> None:
    column = Column.model_validate({"name": "a", "headers": ("a",), "logical": kind, "cleaning": VIETNAMESE})
    assert number_readings(seen, column) == offers
