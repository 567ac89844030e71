"""Conflicts between sources, and values that failed a rule, as programs and pages see them."""

from __future__ import annotations

import re
from typing import Any

import pytest

HEADER = "period,commune_code,commune,population,stations,shared_stations"


def deliver(client: Any, *rows: str) -> dict[str, Any]:
    body = "\n".join([HEADER, *rows]) + "\n"
    response = client.post(
        "/api/v1/datasets/telecom-monthly/receipts?wait=true",
        content=body.encode(),
        headers={"Content-Type": "text/csv"},
    )
    assert response.status_code == 200, response.text
    return response.json()


@pytest.fixture(scope="module")
def two_senders(site) -> tuple[str, str]:
    """Two accounts that report one commune differently; the ids of their receipts."""
    first = deliver(site.program("administrator"), "2025-09,05443,Phường Phan Đình Phùng,90000,150,30")
    later = deliver(
        site.program("data_officer", "so-khcn"),
        "2025-09,05443,Phường Phan Đình Phùng,99000,150,30",
        "2025-09,05455,Phường Quyết Thắng,31000,45,46",
        "2025-09,99999,Xã Không Có,31000,45,9",
        "2025-09,05467,Phường Gia Sàng,52000,80,15",
    )
    return first["receipt"], later["receipt"]


def test_conflicts_name_both_figures_their_senders_and_receipts(site, two_senders) -> None:
    viewer = site.program("viewer")
    found = viewer.get("/api/v1/conflicts?dataset=telecom-monthly&period=2025&kind=senders").json()
    (one,) = found["items"]
    assert (one["place"], one["period"], one["why"], one["counts"]) == ("05443", "2025-09", "newest", "ours")
    assert (one["ours"]["value"], one["theirs"]["value"]) == (99000, 90000)
    assert one["share"] == pytest.approx(0.1)
    assert [one[s]["receipts"][0]["receipt"] for s in ("theirs", "ours")] == list(two_senders)
    assert one["ours"]["senders"] == ["data_officer-so-khcn/test"]


def test_conflicts_are_seen_by_the_agencies_of_either_side_only(site, two_senders) -> None:
    address = "/api/v1/conflicts?kind=senders&period=2025-09"
    assert len(site.program("data_officer", "so-khcn").get(address).json()["items"]) == 1
    assert site.program("data_officer", "so-nnmt").get(address).json()["items"] == []
    wrong = site.program("viewer").get("/api/v1/conflicts?agency=so-nao")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "RST040")
    assert site.program("viewer").get("/api/v1/conflicts?period=thang-9").status_code == 422


def test_the_page_of_conflicts_links_both_receipts_and_says_which_counts(site, two_senders) -> None:
    page = site.person("viewer").get("/du-lieu/mau-thuan?bo-du-lieu=telecom-monthly&ky=2025-09")
    assert page.status_code == 200
    for receipt in two_senders:
        assert f"/du-lieu/nhan/{receipt}" in page.text
    assert "99.000" in page.text and "90.000" in page.text
    assert "Tính số thứ nhất vì nhận sau." in page.text
    none = site.person("viewer").get("/du-lieu/mau-thuan?bo-du-lieu=air-hourly&loai=agree")
    assert "Không có mâu thuẫn nào như đang lọc." in none.text


def test_a_verdict_says_each_rule_in_words_and_shows_what_was_written(site, two_senders) -> None:
    address = f"/api/v1/receipts/{two_senders[1]}/verdict"
    told = {r["rule"]: r for r in site.program("viewer").get(address).json()["reasons"]}
    shared = told["shared-not-above-total"]
    assert shared["says"]["vi"] == "Số trạm dùng chung lớn hơn tổng số trạm."
    seen = {"stations": "45", "shared_stations": "46"}
    assert shared["examples"] == [{"row": 3, "at": None, "values": seen}]
    assert told["place"]["examples"][0]["values"]["commune_code"] == "99999"
    page = site.person("viewer").get(f"/du-lieu/nhan/{two_senders[1]}")
    text = re.sub(r"<[^>]+>", "", page.text)
    assert "Đã ghi: 99999 (dòng 4)" in text
