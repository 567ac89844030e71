"""An officer asks for more time, the centre grants it, and the reminders follow."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Visit

PAGES = ("/du-lieu/xep-hang", "/du-lieu/nhac-viec", "/du-lieu/nhac-viec/gia-han", "/quan-tri/thu/")


def test_more_time_is_asked_for_granted_and_taken_back(visit: Visit) -> None:
    visitor = visit("data_officer")
    visitor.expected = ("422",)
    page = visitor.page
    page.goto("/du-lieu/")
    page.get_by_role("link", name="Nhắc việc", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thư nhắc của tôi")
    page.get_by_label("Một thư một tuần").check()
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_label("Một thư một tuần")).to_be_checked()
    page.get_by_role("link", name="Gia hạn").click()
    window = page.get_by_label("Kỳ số liệu")
    window.select_option(index=1)
    page.get_by_label("Đến hết ngày").fill("2020-01-01")
    page.get_by_label("Lý do", exact=True).fill("Hệ thống một cửa bảo trì")
    page.get_by_role("button", name="Gửi đề nghị").click()
    expect(page.get_by_role("alert")).to_contain_text("sau hạn cũ")
    page.get_by_label("Đến hết ngày").fill(
        page.evaluate("() => new Date(Date.now() + 60 * 864e5).toISOString().slice(0, 10)")
    )
    page.get_by_role("button", name="Gửi đề nghị").click()
    expect(page.locator("[data-part=waiting]")).to_contain_text("Hệ thống một cửa bảo trì")

    boss = visit("administrator").page
    boss.goto("/du-lieu/nhac-viec/gia-han")
    waiting = boss.locator("[data-part=waiting]")
    waiting.get_by_label("Lý do").fill("Đồng ý")
    waiting.get_by_role("button", name="Cho gia hạn").click()
    expect(boss.locator("[data-part=granted]")).to_contain_text("Đồng ý")
    boss.locator("[data-part=book] a").first.click()
    expect(boss.locator("main")).to_contain_text("được gia hạn đến")
    boss.goto("/du-lieu/nhac-viec/gia-han")
    granted = boss.locator("[data-part=granted]")
    granted.locator("summary").first.click()
    granted.get_by_label("Lý do").fill("Đã xong sớm")
    granted.get_by_role("button", name="Thu lại gia hạn").click()
    expect(boss.locator("[data-part=granted]")).to_have_count(0)


def test_without_a_mail_server_the_pages_say_so_and_reminders_can_be_paused(visit: Visit) -> None:
    page = visit("administrator").page
    page.goto("/du-lieu/nhac-viec")
    expect(page.locator("[data-part=no-server]")).to_contain_text("Chưa khai báo máy chủ thư")
    part = page.locator("[data-part=paused]")
    part.locator("summary").click()
    part.get_by_label("Bộ dữ liệu").select_option(index=1)
    part.get_by_label("Đến hết ngày").fill(
        page.evaluate("() => new Date(Date.now() + 9 * 864e5).toISOString().slice(0, 10)")
    )
    part.get_by_label("Lý do").fill("Đổi phần mềm")
    part.get_by_role("button", name="Tạm tắt nhắc").click()
    expect(page.locator("[data-part=paused]")).to_contain_text("Đổi phần mềm")
    page.get_by_role("button", name="Nhắc trở lại").click()
    expect(page.locator("[data-part=paused]")).not_to_contain_text("Đổi phần mềm")
    page.goto("/quan-tri/thu/")
    expect(page.locator("[data-part=no-server]")).to_contain_text("TINH_SMTP_URL")


@pytest.mark.parametrize("size", ["phone", "wall"])
def test_nothing_hangs_over_the_edge(visit: Visit, size: str) -> None:
    visitor = visit("administrator", size=size)
    for address in PAGES:
        visitor.page.goto(address)
        assert visitor.overflow() <= 0, address
