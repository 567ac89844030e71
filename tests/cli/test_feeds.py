"""Sources from the command line, as an operator or cron pulls them."""

from __future__ import annotations

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "packs/telecom/samples/telecom-monthly/bao-cao-vien-thong-2026-01.xlsx"


def test_a_dropped_report_is_pulled_judged_and_put_away(tinh, tmp_path: Path) -> None:
    before = tinh("feeds", "--json")
    assert (before.code, before.json[0]["feed"], before.json[0]["condition"]) == (
        0,
        "vien-thong-thang",
        "new",
    )
    box = tmp_path / "home" / "thai-nguyen" / "drop" / "vien-thong"
    box.mkdir(parents=True)
    shutil.copy(SAMPLE, box)
    looked = tinh("pull", "--all", "--dry-run", "--json")
    assert [looked.json[0][k] for k in ("outcome", "taken", "receipts")] == ["new", 1, []]
    pulled = tinh("pull", "--due", "--json")
    assert pulled.json[0]["outcome"] == "new", pulled.out
    assert (box / "done" / SAMPLE.name).is_file()
    verdict = tinh("verdict", pulled.json[0]["receipts"][0], "--json")
    assert verdict.json["filename"] == SAMPLE.name and verdict.json["received"] > 0
    again = tinh("pull", "--due")
    assert again.code == 0 and "đến hạn" in again.out
    after = tinh("feeds")
    assert "khỏe" in after.out


def test_a_pull_of_nothing_and_of_an_unknown_feed_name_what_there_is(tinh) -> None:
    nothing = tinh("pull")
    assert nothing.code == 2 and "CLI150" in nothing.err and "vien-thong-thang" in nothing.err
    unknown = tinh("pull", "khong-co", "--json")
    assert unknown.code == 2 and unknown.json["problem"]["code"] == "SRC065"
