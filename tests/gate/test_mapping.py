"""The assistant's guesses, counted over headers that agencies distort."""

from __future__ import annotations

import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from tests.gate.distorted import cases
from tinh.gate.api import World, propose
from tinh.packs.api import compile as compile_province
from tinh.places.api import gazetteer

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def catalogue():
    return compile_province(ROOT / "provinces" / "thai-nguyen")


@pytest.fixture(scope="module")
def world():
    return World(gazetteer(), "19", date(2026, 11, 16))


def test_most_distorted_headers_find_their_column_and_hardly_any_a_wrong_one(catalogue, world) -> None:
    units = gazetteer().communes("19", date(2026, 3, 31))[:30]
    places = [(u.code, u.name) for u in units]
    told: Counter[tuple[str, str]] = Counter()
    for dataset, case in cases(list(catalogue.datasets.values()), places, seed=20261116, count=20):
        proposal = propose([case.sample], dataset, "tep.xlsx", world)
        for match in proposal.matches:
            truth, kind = case.truth[match.position], case.kinds[match.position]
            found = "correct" if match.column == truth else "open" if not match.column else "wrong"
            told[kind, found] += 1
    kinds = sorted({k for k, _ in told})
    sys.stdout.write(f"\n{'distortion':<16}{'correct':>9}{'wrong':>7}{'open':>6}" + "\n")
    for kind in kinds:
        sys.stdout.write(
            f"{kind:<16}{told[kind, 'correct']:>9}{told[kind, 'wrong']:>7}{told[kind, 'open']:>6}" + "\n"
        )
    sums = {what: sum(n for (_, w), n in told.items() if w == what) for what in ("correct", "wrong", "open")}
    total = sum(sums.values())
    sys.stdout.write(f"{'all':<16}{sums['correct']:>9}{sums['wrong']:>7}{sums['open']:>6}  of {total}" + "\n")
    assert sums["correct"] >= 0.93 * total
    assert sums["wrong"] <= 0.02 * total
