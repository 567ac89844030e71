"""Periods as people write them, and which of them a dataset takes."""

from __future__ import annotations

import pytest

from tinh.gate.api import parse


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("03/25", "2025-03"), ("T3-25", "2025-03"), ("tháng 03 năm 25", "2025-03"), ("Thg 3 2025", "2025-03"),
        ("Th.3/2025", "2025-03"), ("Kỳ tháng 3/2025", "2025-03"), ("Kỳ báo cáo: tháng 3/2025", "2025-03"),
        ("Tháng Ba năm 2025", "2025-03"), ("tháng ba 2025", "2025-03"), ("THÁNG MƯỜI HAI/2025", "2025-12"),
        ("Tháng mười năm 2025", "2025-10"), ("Tháng giêng 2025", "2025-01"), ("Tháng tư/2025", "2025-04"),
        ("tháng năm/2025", "2025-05"), ("tháng năm năm 2025", "2025-05"), ("thang muoi mot 2025", "2025-11"),
        ("31/03/2025", "2025-03"), ("2025M03", "2025-03"),
    ],
)  # fmt: skip
def test_a_month_is_read_as_it_is_said(text: str, month: str) -> None:
    assert parse(text, "month") == month


@pytest.mark.parametrize(
    "text", ["03/04", "12/12", "Tháng năm 2025", "13/25", "3.25", "tháng ba mươi 2025", "ba"]
)
def test_what_may_be_two_things_is_no_month(text: str) -> None:
    assert parse(text, "month") is None


def test_a_quarter_of_a_short_year_is_read() -> None:
    assert parse("Q1/25", "quarter") == parse("Quý I/25", "quarter") == "2025-Q1"


@pytest.mark.parametrize("text", ["Quý I/2025", "2025-Q1", "2025-03", "03/2025", "Tháng ba/2025"])
def test_a_part_of_a_year_is_not_the_year(text: str) -> None:
    assert parse(text, "year") is None


def test_a_month_is_not_its_quarter_but_a_day_is_in_its_year() -> None:
    assert parse("03/2025", "quarter") is None
    assert parse("31/12/2025", "year") == "2025"
    assert parse("01/04/2025", "quarter") == "2025-Q2"
