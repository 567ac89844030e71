"""Refusals as people read them."""

from __future__ import annotations

import pytest

from tinh.kit.errors import Text, TinhError, sentence


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("kiểm tra lại cả hai", "Kiểm tra lại cả hai."),
        ("Đã thôi.", "Đã thôi."),
        ("đọc gì?", "Đọc gì?"),
        ("Không có mã “PA-1”", "Không có mã “PA-1”."),
        ("Ông nói “được.”", "Ông nói “được.”"),
        ("pm25-daily không có", "pm25-daily không có."),
        ("", ""),
    ],
)
def test_a_text_stands_beside_others_as_a_sentence(written: str, read: str) -> None:
    assert sentence(written) == read


def test_a_refusal_is_told_in_whole_sentences() -> None:
    class Unmatched(TinhError):
        says = Text("mã {code} không khớp", "the code {code} does not match")
        cure = Text("kiểm tra lại", "check it")

    assert Unmatched(code="7").told() == Text(
        "Mã 7 không khớp. Kiểm tra lại.", "The code 7 does not match. Check it."
    )
    assert TinhError(reason="x").told().en == "Something failed: x."
