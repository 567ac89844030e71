"""`tinh calendar`: what is due, what came, what is missing."""

from __future__ import annotations

from tests.cli.conftest import Tinh


def test_the_calendar_says_what_is_overdue_and_leaves_with_one(tinh: Tinh) -> None:
    said = tinh("calendar", "telecom-monthly", "--last", "2", "--next", "1", "--json")
    (found,) = said.json
    assert said.code == 1
    assert [w["state"] for w in found["windows"]] == ["missing", "missing", "waiting"]
    shown = tinh("calendar", "telecom-monthly", "--last", "1", "--next", "1")
    assert shown.code == 1
    assert "▲ thiếu" in shown.out
    assert "○ chưa đến hạn" in shown.out


def test_a_dataset_that_owes_nothing_yet_says_so(tinh: Tinh) -> None:
    said = tinh("calendar", "air-hourly")
    assert (said.code, "chưa có kỳ nào phải gửi" in said.out) == (0, True)
