"""A directive from the leader's desk to the agency's and back, in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.harness import casework
from tests.journeys.conftest import Visit, Visitor

LEAD, HELPS = "so-xd", "so-nnmt"


@pytest.fixture(scope="module")
def apart() -> Iterator[Callable[..., Any]]:
    """Runs what speaks to the database in a thread of its own: the browser's event loop runs in this one."""
    with ThreadPoolExecutor(1) as threads:
        yield lambda work, *given: threads.submit(work, *given).result()


@pytest.fixture
def comes(visit: Visit, site: Any, apart: Callable[..., Any]) -> Callable[..., Visitor]:
    served = SimpleNamespace(address=site.address, passwords={}, sessions={})

    def cookie(role: str, agency: str) -> str:
        with site.person(role, agency) as client:
            return str(client.cookies.get("tinh_session"))

    def begin(role: str, agency: str = "") -> Visitor:
        visitor = visit("", size="desk", language="vi", at=served)
        visitor.context.add_cookies(
            [{"name": "tinh_session", "value": apart(cookie, role, agency), "url": site.address}]
        )
        return visitor

    return begin


def _report() -> str:
    with casework.desk():
        return casework.opened("Hố ga mất nắp trước cổng trường", LEAD, casework.ago(hours=3))


def _press(page: Page, name: str, *, fills: dict[str, str] | None = None) -> None:
    """Open a step of the process, fill in what it asks for, and take it."""
    fold = page.locator("details", has=page.locator("summary", has_text=name)).first
    if not fills:
        page.get_by_role("button", name=name, exact=True).first.click()
        return
    fold.locator("summary").click()
    for label, value in fills.items():
        field = fold.get_by_label(label)
        if field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(label=value)
        else:
            field.fill(value)
    fold.get_by_role("button", name=name).click()


def test_a_leader_orders_the_agency_reports_the_leader_confirms_and_the_case_shows_it(
    comes: Callable[..., Visitor], apart: Callable[..., Any]
) -> None:
    report = apart(_report)
    leader = comes("leader")
    page = leader.page
    page.goto(f"/vu-viec/{report}/")
    page.get_by_role("link", name="Giao chỉ đạo").click()
    page.get_by_label("Trích yếu").fill("Thay nắp hố ga trước cổng trường")
    page.get_by_label("Nội dung chỉ đạo").fill("Kiểm tra, thay toàn bộ nắp hố ga hỏng trên tuyến.")
    expect(page.get_by_label("Cơ quan chủ trì")).to_have_value(LEAD)
    page.get_by_text("Cơ quan phối hợp", exact=True).click()
    page.get_by_role("checkbox", name="Sở Nông nghiệp và Môi trường").check()
    page.get_by_role("button", name="Ban hành").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thay nắp hố ga")
    address = page.url.removesuffix("/")
    code = address.rpartition("/")[2]
    assert code.startswith("CD-") and "/chi-dao/" in address

    officer = comes("case_officer", LEAD)
    there = officer.page
    there.goto("/chi-dao/")
    there.get_by_role("link", name="Thay nắp hố ga trước cổng trường").first.click()
    _press(there, "Tiếp nhận chỉ đạo")
    _press(
        there,
        "Báo cáo kết quả",
        fills={"Kết quả": "Đã thực hiện xong", "Nội dung báo cáo": "Đã thay 12 nắp."},
    )
    expect(there.locator("#ket-qua")).to_contain_text("Đã thay 12 nắp.")
    expect(there.locator(".case-head")).to_contain_text("Chờ xác nhận")

    helper = comes("case_officer", HELPS).page
    helper.goto(f"/chi-dao/{code}/")
    expect(helper.locator("main")).to_contain_text("Cơ quan bạn phối hợp với Sở Xây dựng")
    assert helper.locator("main form").count() == 1  # what a cooperating agency may write, and nothing else
    helper.get_by_label("Nội dung").fill("Đã cấp nắp dự phòng.")
    helper.get_by_role("button", name="Gửi ý kiến").click()
    expect(helper.locator("#phoi-hop")).to_contain_text("Đã cấp nắp dự phòng.")

    page.goto("/chi-dao/?muc=decide")
    page.locator(f"tr[data-key='{code}'] a").click()
    page.locator("summary", has_text="Xác nhận, kết thúc").or_(
        page.get_by_role("button", name="Xác nhận, kết thúc")
    ).first.click()
    if page.locator("details[open] button", has_text="Xác nhận, kết thúc").count():
        page.locator("details[open] button", has_text="Xác nhận, kết thúc").click()
    expect(page.locator(".case-head")).to_contain_text("Đã kết thúc")
    page.goto(f"/vu-viec/{report}/")
    expect(page.locator("#chi-dao")).to_contain_text("Đã thay 12 nắp.")
    expect(page.locator("#chi-dao")).to_contain_text("Đã kết thúc")

    there.goto(f"/chi-dao/{code}/")
    there.get_by_role("link", name="Trả lời 1 vụ việc còn mở").click()
    expect(there.get_by_label("Ghi chú")).to_have_value(
        f"Theo kết quả thực hiện chỉ đạo {code} của Sở Xây dựng: Đã thay 12 nắp."
    )
