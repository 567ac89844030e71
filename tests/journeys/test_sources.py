"""An administrator looks after a source in the browser; others see how it fares."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.conftest import Visit


def test_a_source_is_paused_with_a_reason_resumed_and_pulled(visit: Visit) -> None:
    page = visit("administrator").page
    page.goto("/du-lieu/")
    page.locator("[data-part=links] a", has_text="Nguồn dữ liệu").click()
    page.get_by_role("link", name="Hộp thả báo cáo viễn thông").click()
    page.get_by_role("button", name="Tạm dừng").click()
    expect(page.locator(".status").first).not_to_have_text("tạm dừng")  # without a reason nothing happens
    page.get_by_label("Lý do tạm dừng").fill("Sở đang nâng cấp máy chủ")
    page.get_by_role("button", name="Tạm dừng").click()
    expect(page.locator(".title .status")).to_have_text("tạm dừng")
    expect(page.locator("main")).to_contain_text("Sở đang nâng cấp máy chủ")
    expect(page.get_by_role("button", name="Lấy ngay")).to_have_count(0)
    page.get_by_role("button", name="Cho chạy lại").click()
    page.get_by_role("button", name="Lấy ngay").click()
    expect(page.locator(".title .status")).to_have_text("khỏe")
    expect(page.locator("[data-part=history] tbody tr").first).to_contain_text("không có gì mới")


def test_who_may_not_manage_sources_has_no_buttons_and_no_way_round(visit: Visit) -> None:
    page = visit("viewer").page
    page.goto("/nguon-du-lieu/vien-thong-thang/")
    expect(page.locator("[data-part=declared]")).to_contain_text("theo dõi một thư mục")
    expect(page.locator("main button")).to_have_count(0)
