"""The files of docs/examples: whoever copies a documented command has something to run it on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.cli.conftest import Tinh

EXAMPLES = Path(__file__).parents[2] / "docs/examples"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("anomalies", "series.csv"), "1 bất thường trong 2 chuỗi"),
        (("index", "score", "tree.yaml", "data.csv"), "0.794"),
        (("siting", "solve", "sites.yaml"), "đã chứng minh là tốt nhất"),
    ],
    ids=["anomalies", "index", "siting"],
)
def test_a_documented_command_runs_on_the_examples(
    tinh: Tinh, tmp_path: Path, words: tuple[str, ...], says: str
) -> None:
    out = tmp_path / "out.csv"
    said = tinh(*(EXAMPLES / word if "." in word else word for word in words), "-o", out)
    assert said.code == 0 and says in said.out, said
    assert out.stat().st_size > 0


def test_figures_are_written_as_the_language_writes_them(tinh: Tinh) -> None:
    words = ("siting", "solve", EXAMPLES / "sites.yaml")
    vi, en = tinh(*words).out, tinh(*words, "--lang", "en").out
    assert re.search(r"phục vụ \d+,\d\d%", vi) and not re.search(r"\d\.\d\d%", vi)
    assert re.search(r"reach \d+\.\d\d%", en) and not re.search(r"\d,\d\d%", en)
