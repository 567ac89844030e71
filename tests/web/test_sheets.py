"""What leaves for a spreadsheet runs nothing there."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from tinh.web.sheets import harmless, sheet

WEB = Path(__file__).parents[2] / "src/tinh/web"
ONLY = {"sheets.py", "exchanges.py"}  # the second streams line by line, with the same cells


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x")', "+1+1", "-2", "@SUM(A1)", "\t=1", "\r=1"])
def test_text_that_would_run_is_marked_as_text(text: str) -> None:
    answer = sheet(["name", "value"], [[text, -2.5], [None, 1]], "a.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert rows == [["name", "value"], ["'" + text, "-2.5"], ["", "1"]]
    assert harmless(-2) == -2 and harmless("Xã A") == "Xã A"


def test_no_page_writes_a_table_of_its_own() -> None:
    own = {f.name for f in WEB.rglob("*.py") if "import csv\n" in f.read_text(encoding="utf-8")}
    assert own == ONLY
