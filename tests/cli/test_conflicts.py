"""Two files that contradict each other, on the command line."""

from __future__ import annotations

from pathlib import Path

HEADER = "period,commune_code,population,stations,shared_stations\n"


def test_conflicts_and_failing_values_are_told_by_the_command_line(tinh, tmp_path: Path) -> None:
    first, later = tmp_path / "xã.csv", tmp_path / "sở.csv"
    first.write_text(HEADER + "2025-09,05443,90000,150,30\n", "utf-8")
    later.write_text(HEADER + "2025-09,05443,99000,150,30\n2025-09,05455,31000,45,46\n", "utf-8")
    assert tinh("load", "telecom-monthly", first, "--sender", "05443").code == 0
    loaded = tinh("load", "telecom-monthly", later, "--sender", "so-khcn")
    assert "Số trạm dùng chung lớn hơn tổng số trạm. [shared-not-above-total]" in loaded.out
    assert "dòng 3: stations = 45, shared_stations = 46" in loaded.out
    found = tinh("conflicts", "telecom-monthly", "--period", "2025", "--json")
    assert found.code == 1
    (one,) = found.json["conflicts"]
    assert (one["ours"]["value"], one["theirs"]["value"]) == (99000.0, 90000.0)
    assert (one["ours"]["senders"], one["theirs"]["senders"]) == (["so-khcn"], ["05443"])
    wrong = tinh("conflicts", "--agency", "so-nao")
    assert (wrong.code, "CLI200" in wrong.err) == (2, True)
