"""Somebody looks a place up, follows it through the reform, and compares."""

from __future__ import annotations

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Visit
from tests.journeys.operating import Operation, telecom_report
from tests.journeys.test_delivering import send
from tinh.places.api import gazetteer


@pytest.fixture
def old_report(operation: Operation) -> bytes:
    """The communes of June 2025 that are now Phan Đình Phùng and Gia Sàng."""
    spans = gazetteer().bridge("19", date(2025, 6, 30), date(2025, 7, 1))
    came = sorted({s.source for s in spans if s.target in ("05443", "05467")})
    return telecom_report(*((c, "", 10, 2) for c in came), month="2025-06")


def test_a_series_of_old_communes_is_seen_on_todays_and_opens_to_its_rows(
    visit: Visit, old_report: bytes
) -> None:
    page = visit("administrator").page
    send(page, "telecom-monthly", "cu.csv", old_report)
    page.goto("/chi-so/telecom-sharing-rate/?noi=05443")
    page.get_by_role("link", name="hiện nay").click()
    expect(page).to_have_url(re.compile("theo=hien-nay"))
    expect(page.locator("svg.plot").first).to_contain_text("quy đổi")
    row = page.locator("[data-part=rows] tr", has_text="06.2025")
    expect(row).to_contain_text(re.compile(r"quy đổi, \d+\s% ước lượng"))
    row.get_by_role("link").click()
    expect(page.locator("main")).to_contain_text("Quy đổi từ các đơn vị")
    line = page.locator("tr", has_text="05461")
    expect(line).to_contain_text("ước lượng")
    line.get_by_role("link", name="Phường Gia Sàng").click()
    expect(page.locator("[data-part=steps]")).to_contain_text("Phường Gia Sàng chia cho 2 đơn vị")
    page.locator("[data-part=steps]").get_by_role("link", name="Phường Phan Đình Phùng").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Phường Phan Đình Phùng")
    expect(page.locator("[data-part=health]")).to_contain_text("Báo cáo viễn thông hằng tháng theo xã")


def test_a_place_is_found_by_an_old_name_and_by_a_code_or_nothing_is_guessed(visit: Visit) -> None:
    page = visit("viewer").page
    page.get_by_role("link", name="Địa bàn").click()
    box = page.get_by_role("searchbox")
    box.fill("Huyện Đại Từ")
    box.press("Enter")
    expect(page.locator("[data-part=found]")).to_contain_text("đã hết hiệu lực")
    page.locator("[data-part=found]").get_by_role("link", name="Huyện Đại Từ").click()
    expect(page.locator("[data-part=ended]")).to_contain_text("Xã La Bằng")
    page.goto("/dia-ban/?tim=La+Bang+Tay")
    expect(page.locator("[data-part=found]")).to_contain_text("Không có đơn vị nào")
    page.goto("/dia-ban/?tim=05818")
    page.locator("[data-part=found]").get_by_role("link", name="La Bằng").first.click()
    expect(page).to_have_url(re.compile("/dia-ban/05818"))


def test_communes_are_compared_in_words_without_scripts(visit: Visit) -> None:
    page = visit("viewer", java_script_enabled=False).page
    page.goto("/dia-ban/so-sanh")
    expect(page.locator("main")).to_contain_text("Hãy chọn ít nhất hai xã, phường.")
    for at, name in enumerate(("Phường Phan Đình Phùng", "Phường Gia Sàng")):
        page.locator("select[name=xa]").nth(at).select_option(label=name)
    page.get_by_role("button", name="So sánh").click()
    row = page.locator("[data-part=table] tr", has_text="Dân số được phủ sóng 5G").first
    expect(row).to_contain_text(
        re.compile(r"Cao nhất Phường .+, thấp nhất Phường .+, chênh .+\sđiểm|Các nơi bằng nhau: .+\s%")
    )
