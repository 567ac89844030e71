"""Taking a receipt back at a terminal: shown first, done only when said so."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Tinh
from tests.cli.test_answers import HEADER, ROW


def test_a_recall_is_shown_then_done_then_undone(tinh: Tinh, tmp_path: Path) -> None:
    file = tmp_path / "không khí.csv"
    file.write_text(HEADER + ROW, encoding="utf-8")
    (item,) = tinh("load", "air-hourly", file, "--json").json
    receipt = item["receipt"]
    asked = tinh("recall", receipt, "--reason", "Nhầm tệp")
    assert asked.code == 2 and "CLI140" in asked.err and "1 dòng thôi được tính" in asked.out
    seen = tinh("recall", receipt, "--json")
    assert (seen.code, seen.json["done"], seen.json["rows"]) == (0, False, 1)
    assert seen.json["values"]["total"] > 0
    assert tinh("recall", receipt, "--yes", "--json").json["problem"]["code"] == "FLW033"
    done = tinh("recall", receipt, "--reason", "Nhầm tệp", "--yes", "--json")
    assert (done.code, done.json["done"]) == (0, True)
    again = tinh("load", "air-hourly", file)
    assert again.code == 1 and "FLW034" in again.err and "Nhầm tệp" in again.err
    back = tinh("reinstate", receipt, "--reason", "Tệp đúng", "--yes", "--lang", "en")
    assert back.code == 0 and "is reinstated" in back.out
    assert tinh("recall", "r0", "--json").json["problem"]["code"] == "FLW030"
