"""Numbers, ages and periods as each language writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tinh.web import formats
from tinh.web.templatetags.tinh import figures


@pytest.mark.parametrize(
    ("value", "decimals", "vi", "en"),
    [
        (1234.5, 1, "1.234,5", "1,234.5"),
        (20.68, 1, "20,7", "20.7"),
        (-0.04, 1, "0,0", "0.0"),
        (-3.25, 2, "-3,25", "-3.25"),
        (0, 0, "0", "0"),
    ],
)
def test_numbers_take_the_signs_of_their_language(value: float, decimals: int, vi: str, en: str) -> None:
    assert formats.number(value, decimals, "vi") == vi
    assert formats.number(value, decimals, "en") == en


def test_a_percent_sign_stays_with_its_number() -> None:
    assert formats.with_unit(20.7, 1, "%", "vi") == "20,7\u00a0%"
    assert formats.with_unit(20.7, 1, "%", "en") == "20.7%"
    assert formats.with_unit(5, 0, "", "vi") == "5"


def test_counts_are_shortened_only_when_they_would_not_fit() -> None:
    assert [formats.compact(n, "vi") for n in (9999, 49_212, 480_000, 2_500_000)] == [
        "9.999",
        "49,2k",
        "480k",
        "2,5M",
    ]


def test_a_share_is_full_or_empty_only_when_it_truly_is() -> None:
    assert formats.percent(999, 1000, "vi") == "99,9\u00a0%"
    assert formats.percent(35_612, 35_634, "vi") == "99,9\u00a0%"
    assert formats.percent(996, 1000, "en") == "99.6%"
    assert formats.percent(1, 10_000, "vi") == "<0,1\u00a0%"
    assert formats.percent(1000, 1000, "vi") == "100\u00a0%"
    assert formats.percent(0, 1000, "vi") == "0\u00a0%"
    assert formats.percent(0, 0, "vi") == "–"


def test_a_fraction_never_hides_what_is_missing() -> None:
    assert formats.fraction(35_612, 35_634, "vi") == "35.612/35.634"
    assert formats.fraction(2_500_001, 2_500_002, "en") == "2,500,001/2,500,002"
    assert formats.fraction(1_400_000, 2_500_000, "vi") == "1,4M/2,5M"


def test_ages_use_the_largest_unit_that_says_them() -> None:
    assert formats.age(30, "vi") == "vừa xong"
    assert formats.age(-5, "en") == "just now"
    assert formats.age(720, "vi") == "12\u00a0phút"
    assert formats.age(7300, "en") == "2\u00a0h"
    assert formats.age(1500 * 86_400, "vi") == "1.500\u00a0ngày"


@pytest.mark.parametrize(
    ("period", "vi", "en", "words"),
    [
        ("2025-04", "04.2025", "Apr 2025", "tháng 04.2025"),
        ("2025-04-01", "01.04.2025", "1 Apr 2025", "ngày 01.04.2025"),
        ("2025", "2025", "2025", "năm 2025"),
        ("2025-Q2", "Quý 2.2025", "Q2 2025", "quý 2.2025"),
        ("2025-04-01T07", "07:00 01.04.2025", "07:00 1 Apr 2025", "07:00 01.04.2025"),
        ("chưa rõ", "chưa rõ", "chưa rõ", "chưa rõ"),
    ],
)
def test_periods_are_written_short_in_tables_and_in_words_in_sentences(
    period: str, vi: str, en: str, words: str
) -> None:
    assert formats.period(period, "vi") == vi
    assert formats.period(period, "en") == en
    assert formats.period_words(period, "vi") == words
    assert formats.period_words(period, "en") == en


def test_moments_are_told_in_the_time_of_the_province() -> None:
    moment = datetime(2026, 11, 21, 18, 30, tzinfo=UTC)
    assert formats.minute(moment, "vi", "Asia/Ho_Chi_Minh") == "22.11.2026 01:30"
    assert formats.day(date(2026, 1, 5), "en") == "5 Jan 2026"


def test_arithmetic_is_written_with_the_signs_of_its_language() -> None:
    assert formats.expression("100 × 591 / 2859 = 20.67156348", "vi") == "100 × 591 / 2.859 ≈ 20,6716"
    assert formats.expression("100 × 591 / 2859 = 20.67156348", "en") == "100 × 591 / 2,859 ≈ 20.6716"
    assert formats.expression("(45.5 + 0.25) / 2 = 22.875", "vi") == "(45,5 + 0,25) / 2 = 22,875"
    assert formats.expression("max(1.5, 2.25) = 2.25", "vi") == "max(1,5; 2,25) = 2,25"
    assert formats.expression("? / 12 = ?", "vi") == "? / 12 = ?"
    assert formats.expression("20.123456", "vi") == "≈ 20,1235"


def test_names_with_digits_are_no_numbers() -> None:
    assert formats.expression("pm25 / 1000 = ?", "vi") == "pm25 / 1.000 = ?"


def test_a_column_needs_as_many_decimals_as_its_longest_number() -> None:
    assert formats.decimals_of([1.0, 2.5, None]) == 1
    assert formats.decimals_of([1.0, 2.0]) == 0
    assert formats.decimals_of([37.7777]) == 2
    assert formats.decimals_of([]) == 0


def test_figures_of_a_sentence_are_bold_and_its_dates_are_dotted() -> None:
    said = str(figures("ngày 21/11/2026 là 57,0\u00a0µg/m³, tháng 10/2026 còn 4 xã <b>"))
    assert "<b>21.11.2026</b>" in said and "<b>57,0\u00a0µg/m³</b>" in said
    assert "<b>10.2026</b>" in said and "<b>4</b>" in said and "&lt;b&gt;" in said


def test_figures_leave_names_and_laws_alone() -> None:
    assert str(figures("sóng 5G, PM2.5, Luật 24/2023/QH15")).count("24/2023/QH15") == 1
    assert "<b>5</b>G" not in str(figures("sóng 5G"))
