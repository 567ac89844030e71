"""A new agency, its officer by a one-time link, and what that officer sees of the own agency and no other."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visit

PASSWORD = "đồi chè xanh buổi sớm"


def invite(page: Page, name: str, agency: str, role: str = "data_officer", email: str = "") -> str:
    page.goto(f"/moi/?co-quan={agency}")
    page.get_by_label("Họ tên").fill(name)
    page.get_by_label("Thư điện tử").fill(email)
    page.get_by_label("Vai trò", exact=True).select_option(role)
    page.get_by_role("button", name="Tạo lời mời").click()
    return page.get_by_label("Liên kết một lần").input_value()


def test_an_agency_is_made_its_officer_invited_and_sees_the_own_deliveries_alone(visit: Visit) -> None:
    admin = visit("administrator").page
    admin.goto("/co-quan/")
    admin.get_by_role("link", name="Thêm cơ quan").click()
    admin.get_by_label("Tên chính thức").fill("Trung tâm Chuyển đổi số")
    admin.get_by_label("Tên ngắn", exact=True).fill("TT CĐS")
    admin.get_by_label("Mã định danh điện tử").fill("H55.99")
    admin.get_by_role("button", name="Thêm cơ quan").click()
    expect(admin).to_have_url(re.compile("/co-quan/tt-cds/"))
    expect(admin.locator("[data-part=facts]")).to_contain_text("H55.99")
    admin.goto("/co-quan/?tim=chuyen doi so")
    expect(admin.get_by_role("link", name="Trung tâm Chuyển đổi số")).to_be_visible()

    link = invite(admin, "Lê Thị Sen", "so-khcn", email="sen@example.vn")
    officer = visit(size="phone")
    page = officer.page
    page.goto(link)
    expect(page.locator("main")).to_contain_text("Sở Khoa học và Công nghệ")
    expect(page.get_by_label("Tên đăng nhập")).to_have_value("sen")
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    page.get_by_label("Nhập lại mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Mở tài khoản và vào").click()
    expect(page).to_have_url(re.compile("/viec-cua-toi/$"))
    expect(page.locator("main")).to_contain_text("Sở Khoa học và Công nghệ")
    expect(page.locator("[data-part=urgent]")).to_contain_text("Báo cáo viễn thông hằng tháng")
    assert "không khí" not in page.locator("main").inner_text()
    assert officer.overflow() <= 0
    officer.expected = ("403", "410")
    assert page.goto("/viec-cua-toi/?co-quan=so-nnmt").status == 403
    assert page.goto("/nguoi-dung/quantri/").status == 403
    assert page.goto("/co-quan/moi").status == 403
    page.goto("/nguoi-dung/")
    expect(page.locator("[data-part=people]")).to_contain_text("Lê Thị Sen")
    assert "quantri" not in page.locator("[data-part=people]").inner_text()

    stranger = visit()
    stranger.expected = ("410",)
    again = stranger.page
    assert again.goto(link).status == 410
    expect(again.locator("main")).to_contain_text("đã được dùng")


def test_an_agency_without_datasets_teaches_its_officer_what_will_come(visit: Visit) -> None:
    admin = visit("administrator").page
    link = invite(admin, "Ngô Văn Tre", "so-vhttdl")
    page = visit().page
    page.goto(link)
    page.get_by_label("Tên đăng nhập").fill("tre")
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    page.get_by_label("Nhập lại mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Mở tài khoản và vào").click()
    expect(page.locator("[data-part=empty]")).to_contain_text("chưa phải gửi bộ dữ liệu nào")
    expect(page.get_by_role("navigation").get_by_role("link", name="Cần làm")).to_be_visible()


def test_somebody_leaves_in_one_step_and_their_duties_go_to_a_colleague(visit: Visit) -> None:
    admin = visit("administrator").page
    for name in ("mai", "lan"):
        link = invite(admin, name, "so-tc")
        page = visit().page
        page.goto(link)
        page.get_by_label("Tên đăng nhập").fill(name)
        page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
        page.get_by_label("Nhập lại mật khẩu").fill(PASSWORD)
        page.get_by_role("button", name="Mở tài khoản và vào").click()
        expect(page).to_have_url(re.compile("/viec-cua-toi/$"))
    admin.goto("/nguoi-dung/lan/")
    admin.get_by_role("heading", name="Cho thôi việc").click()
    leaving = admin.locator("[data-part=leave]")
    expect(leaving).to_contain_text("1 phiên đăng nhập")
    leaving.get_by_label("Người nhận bàn giao").select_option("mai")
    leaving.get_by_label("Lý do").fill("chuyển công tác")
    leaving.get_by_role("button", name="Cho thôi việc và bàn giao").click()
    expect(admin.locator("main")).to_contain_text("Đã ngừng")
    page.goto("/viec-cua-toi/")
    expect(page).to_have_url(re.compile("/sign-in"))
