"""What the page of an index says of its own making."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tinh.insight import api as insight
from tinh.packs import api as packs
from tinh.web.pages.index_method import RULES, WAYS, method
from tinh.web.words import words

COMPARED = (
    "compare: {index: [[[1, 2, 4], [0.5, 1, 2], [0.25, 0.5, 1]], [[1, 9, 0.2], [0.1111, 1, 5], [5, 0.2, 1]]]}"
)


def lines(tmp_path: Path, rule: str, way: str, language: str) -> list[str]:
    file = tmp_path / "tree.yaml"
    said = {"ahp": f", {COMPARED}", "budget": ", budgets: [{a: 1, b: 2, c: 3}]"}.get(way, "")
    file.write_text(
        f"format: 1\nid: index\nmethod: {{normalise: {{kind: minmax, low: 1, high: 100}}, aggregate: {rule},"
        f" weights: {{kind: {way}{said}}}}}\n"
        "tree: {id: index, name: {vi: Bộ, en: Set}, children: [{id: a}, {id: b}, {id: c}]}\n",
        "utf-8",
    )
    index = packs.index_file(file)
    rows = pl.DataFrame(
        {"unit": list("pqrst"), "a": [1, 5, 2, 4, 3], "b": [2, 4, 1, 5, 3], "c": [3, 1, 4, 2, 5]}
    )
    built = insight.Builder(index, insight.unit_table(rows, index)).build()
    return method(built, language, words(language))


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_rule_and_way_of_weighing_is_told_in_words(tmp_path: Path, language: str) -> None:
    plain = lines(tmp_path, "arithmetic", "given", language)
    for rule in RULES:
        told = lines(tmp_path, rule, "given", language)
        assert len(told) == len(plain) + 1, rule
        assert not any("method_" in line for line in told)
    for way in WAYS:
        told = lines(tmp_path, "arithmetic", way, language)
        assert len(told) == len(plain) + (3 if way == "ahp" else 1), way


def test_experts_who_contradict_themselves_are_told_apart(tmp_path: Path) -> None:
    told = lines(tmp_path, "arithmetic", "ahp", "vi")
    assert "Bộ, chuyên gia 1: tỷ số nhất quán 0,00, dưới 0,1 là các so sánh khớp nhau." in told
    assert any(line.startswith("Bộ, chuyên gia 2: ") and "mâu thuẫn" in line for line in told)
