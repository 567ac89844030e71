"""The page of a receipt says what was read from old fonts and why a place cannot be."""

from __future__ import annotations

import html
from typing import Any

from tests.harness.server import Site

HEADER = "Kú b¸o c¸o;M· x·;X·, ph­êng;D©n sè;Sè tr¹m BTS;Sè tr¹m dïng chung"


def test_the_page_says_what_was_converted_and_why_a_place_is_wrong(site: Site) -> None:
    rows = ["2026-08;05818;X· La B»ng;100;9;1", "2026-08;05815;X· §¹i Tõ;100;9;1", "2026-08;99999;X· X;5;9;1"]
    content = ("\n".join([HEADER, *rows]) + "\n").encode("cp1252")
    officer = site.program("data_officer", "so-khcn")
    sent = officer.post(
        "/api/v1/datasets/telecom-monthly/receipts", content=content,
        params={"wait": "true", "filename": "cu.csv"},
        headers={"content-type": "text/csv"},
    )  # fmt: skip
    body: dict[str, Any] = sent.json()
    page = site.person("administrator").get(f"/du-lieu/nhan/{body['receipt']}").text
    text = html.unescape(page)
    assert "chuyển từ TCVN3 (ABC) sang Unicode" in text
    assert "mã 05815 (Xã La Bằng) là mã cũ" in text
    assert "mã 99999 chưa từng là mã" in text
