"""What looks like a number to Python and is none: `"²".isdigit()` holds, `int("²")` is a fault of ours."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "tinh"


def test_no_text_becomes_a_number_because_isdigit_says_so() -> None:
    wrong = [
        f"{file.relative_to(SOURCE)}:{number}"
        for file in SOURCE.rglob("*.py")
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if ".isdigit()" in line and re.search(r"\bint\(", line) and "isascii" not in line
    ]
    assert not wrong, f"ask isdecimal(), and how long it is, at {wrong}"


@pytest.mark.parametrize("number", ["²", "9" * 5000, "٣" * 5000], ids=["superscript", "long", "arabic"])
def test_strange_numbers_from_strangers_are_answered(site: Any, number: str) -> None:
    client = site.stranger()
    assert client.get("/phan-anh/thong-ke", params={"nam": number}).status_code == 200
    assert client.get("/phan-anh/thong-ke.csv", params={"nam": number}).status_code == 200
    client.get("/phan-anh/khieu-nai")
    said = client.post(
        "/phan-anh/khieu-nai",
        data={"csrfmiddlewaretoken": client.cookies.get("csrftoken", ""), "number": number, "text": "x" * 20},
    )
    assert said.status_code in (403, 404, 422)


def test_strange_addresses_from_officers_are_answered(site: Any) -> None:
    client = site.person("administrator")
    for period in ("9999-12-31", "9999-12-31T23", "0000-00-00", "2026-13-45", "9999", "²"):
        assert client.get("/du-lieu/mau-thuan", params={"ky": period}).status_code == 200, period
    assert client.get("/vu-viec/tu-canh-bao", params={"x": "9" * 17_000}).status_code < 500
    assert client.get("/du-lieu/bo-cuc/x/khong-co").status_code == 404
    assert client.get("/truc/nhat-ky/", params={"truoc": "²"}).status_code == 200
    client.get("/phan-anh/thong-ke.csv", params={"theo": "x\0\ny"})  # named after what was asked


def test_a_file_is_named_with_letters_alone() -> None:
    from tinh.web.sheets import named

    assert named("a\0b\r\nX: y.csv") == 'attachment; filename="abX: y.csv"'
    assert named("Thái Nguyên.csv") == "attachment; filename*=utf-8''Th%C3%A1i%20Nguy%C3%AAn.csv"


@pytest.mark.parametrize("proof", ["²", "9" * 5000, "99999999999.n.ệ", "99999999999.n.x"])
@pytest.mark.parametrize("answer", ["²", "²:1", "pow:²", "9" * 5000, ""])
def test_a_strange_answer_to_a_question_is_only_wrong(proof: str, answer: str) -> None:
    from tinh.desks.reports.challenge import answered

    assert not answered(b"secret", proof if "." in proof else f"{proof}.n.x", answer, lambda _: True)
