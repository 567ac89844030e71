from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Tinh
from tests.harness.commands import ROOT

SAMPLE = ROOT / "packs" / "telecom" / "samples" / "telecom-monthly" / "loi-tung-loai.csv"


def test_held_rows_are_mended_released_and_taken_as_proposed(tinh: Tinh, tmp_path: Path) -> None:
    receipt = tinh("load", "telecom-monthly", SAMPLE, "--json").json[0]["receipt"]
    offers = tinh("proposals", receipt, "--json").json
    assert [(o["seen"], o["offer"]) for o in offers if o["alone"]] == [("05452", "05443")]
    taken = tinh("proposals", receipt, "--accept", "all", "--json")
    assert (taken.code, taken.json["mended"]) == (1, [9])
    answer = tmp_path / "sửa.csv"
    answer.write_text("_row,population\n11,39000\n", encoding="utf-8")
    mended = tinh("mend", receipt, answer)
    assert "1 dòng vào kho" in mended.out, mended.err
    released = tinh("release", receipt, "5", "--reason", "đã kiểm tra", "--json")
    assert released.json["mended"] == [5]
    refused = tinh("release", receipt, "năm", "--reason", "x")
    assert (refused.code, "CLI130" in refused.err) == (2, True)
    left = {row["row"] for row in tinh("held", receipt, "--json").json}
    assert not left & {5, 9, 11}
