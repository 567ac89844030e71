"""A delivery that fails by how its numbers are written hears so."""

from __future__ import annotations

import pytest

from tinh.packs.models import CleaningStep

from .conftest import Judge, column, dataset

VIETNAMESE = (CleaningStep(do="number", decimal=",", group="."),)


@pytest.mark.parametrize(
    ("logical", "cells", "wanted"),
    [
        ("integer", ["5,405", "6,112", "12,001"], "1.234"),
        ("number", ["1,234.5", "345.7", "2,000.25"], "1.234,5"),
        ("number", ["(1.234)", "(12,5)", "(7,25)"], "1.234,5"),
        ("integer", ["1 234", "2 345", "12 001"], "1.234"),
    ],
)
def test_the_cure_names_the_column_and_how_it_is_read(
    logical: str, cells: list[str], wanted: str, judging: Judge
) -> None:
    contract = dataset(column("a"), column("b", logical, cleaning=VIETNAMESE), refuse_below=0.5)
    verdict = judging(contract, a=["x", "y", "z"], b=cells).verdict
    assert verdict.problem is not None and verdict.problem["code"] == "GAT004"
    assert cells[0] in verdict.problem["detail"]["vi"] and f"“{wanted}”" in verdict.problem["detail"]["vi"]


def test_other_failures_keep_the_general_cure(judging: Judge) -> None:
    contract = dataset(column("a"), column("b", "integer", cleaning=VIETNAMESE), refuse_below=0.5)
    verdict = judging(contract, a=["x", "y", "z"], b=["không rõ", "chưa có", "5,405"]).verdict
    assert verdict.problem is not None and verdict.problem["code"] == "GAT002"
