"""Messy names in bulk against their known truth: an answer may be missing, hardly ever wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from bench.names import LEVELS, SINCE, Tally, judged, labelled, lines

from tinh.places.api import Gazetteer

HARD = yaml.safe_load((Path(__file__).parent / "hard_names.yaml").read_text("utf-8"))["names"]
# Share of names that must be answered rightly, by kind, on any seed; where it is not named, nothing is asked.
RECALL = {
    "full": 0.995, "abbreviated": 0.99, "without kinds": 0.98, "without marks": 0.97, "upper case": 0.99,
    "decomposed": 0.99, "tone moved": 0.99, "spaces": 0.99, "no separators": 0.98, "middle left out": 0.96,
    "commune alone": 0.6, "province first": 0.99, "with its code": 0.995, "office": 0.99,
    "numbered": 0.95,
}  # fmt: skip


@pytest.fixture(scope="module", params=[False, True], ids=["anywhere", "within"])
def tallies(request: pytest.FixtureRequest) -> dict[str, Tally]:
    counted, _ = judged(labelled(8000, seed=20261122), request.param)
    return {tally.kind: tally for tally in counted}


def test_hardly_any_answer_is_wrong(tallies: dict[str, Tally]) -> None:
    assert tallies["all"].precision >= 0.999, "\n".join(lines(list(tallies.values())))
    assert all(t.precision >= 0.99 for t in tallies.values())


def test_names_written_as_officials_write_them_are_answered(tallies: dict[str, Tally]) -> None:
    short = {k: t.recall for k, t in tallies.items() if t.recall < RECALL.get(k, 0.0)}
    assert not short


def test_a_name_of_before_the_reform_is_left_open_after_it(tallies: dict[str, Tally]) -> None:
    old = [t for kind, t in tallies.items() if kind.startswith("old name")]
    assert len(old) == 2
    assert all(t.left + t.recall > 0.999 for t in old)


@pytest.mark.parametrize("case", HARD, ids=lambda case: f"{case['text']}@{case['day']}")
def test_hard_names(case: dict[str, Any], book: Gazetteer) -> None:
    levels = ("commune", "district", "province")
    got = book.resolve_many([case["text"]], [case["day"]], case.get("within"), levels)
    assert got == [case["code"]]
    assert (book.resolve(case["text"], case["day"], case.get("within"), levels).unit is None) == (
        got == [None]
    )


def test_names_that_differ_in_case_and_spaces_are_answered_alike(book: Gazetteer) -> None:
    names = [
        "Xã La Bằng, Thái Nguyên",
        "XÃ  LA BẰNG,\u00a0THÁI NGUYÊN",
        " xã la bằng , thái nguyên ",
        None,
        "",
    ]
    assert book.resolve_many(names, [SINCE] * 5, None, LEVELS) == ["05818", "05818", "05818", None, None]


def test_a_name_is_held_against_a_code_on_its_day(book: Gazetteer) -> None:
    names = ["Xã La Bằng", "La Bằng", "Xã Tân Cương", "Phường La Bằng", "Xã La Bằng, huyện Đại Từ"]
    days = [date(2026, 1, 1)] * 4 + [date(2025, 1, 1)]
    codes = ["05818"] * 4 + ["05815"]
    assert book.denotes_many(names, codes, days) == [True, True, False, False, True]
