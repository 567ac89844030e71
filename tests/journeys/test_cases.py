"""Cases from the officer's phone and from the clerk's desk, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.harness import casework
from tests.journeys.conftest import Visit, Visitor
from tests.journeys.test_every_page import barriers

OWN, OTHER = "so-khcn", "so-tc"
CUT = ("ERR_INTERNET_DISCONNECTED", "Failed to load resource")


@pytest.fixture(scope="module")
def apart() -> Iterator[Callable[..., Any]]:
    """Runs what speaks to the database in a thread of its own: the browser's event loop runs in this one."""
    with ThreadPoolExecutor(1) as threads:
        yield lambda work, *given, **named: threads.submit(work, *given, **named).result()


@pytest.fixture(scope="module")
def desk(site: Any, apart: Callable[..., Any]) -> Iterator[SimpleNamespace]:
    """The served province with cases in it, as a place visitors go to."""
    with casework.desk():
        yield SimpleNamespace(address=site.address, passwords={}, sessions={})


@pytest.fixture
def comes(visit: Visit, desk: Any, site: Any, apart: Callable[..., Any]) -> Callable[..., Visitor]:
    """Somebody of a role comes to the pages, signed in."""

    def cookie(role: str, agency: str) -> str:
        with site.person(role, agency) as client:
            return str(client.cookies.get("tinh_session"))

    def begin(role: str, agency: str = "", size: str = "desk", **options: Any) -> Visitor:
        visitor = visit("", size=size, language="vi", at=desk, **options)
        visitor.context.add_cookies(
            [{"name": "tinh_session", "value": apart(cookie, role, agency), "url": site.address}]
        )
        return visitor

    return begin


@pytest.fixture
def opened(desk: Any, apart: Callable[..., Any]) -> Callable[..., str]:
    def make(subject: str, agency: str = OWN, accepted: bool = False, days: int = 0) -> str:
        def work() -> str:
            code = casework.opened(subject, agency, casework.ago(days=days, hours=2))
            if accepted:
                casework.accepted(code)
            return code

        return str(apart(work))

    return make


def test_an_officer_takes_a_case_on_a_phone_loses_the_line_comes_back_and_answers(
    comes: Callable[..., Visitor], opened: Callable[..., str]
) -> None:
    code = opened("Đèn đường tắt trước nhà văn hóa", accepted=True)
    officer = comes("case_officer", OWN, size="phone")
    officer.expected = CUT
    page = officer.page
    page.goto("/vu-viec/?muc=agency")
    row = page.locator(f"tr[data-key='{code}']")
    expect(row).to_contain_text(re.compile(r"Còn \d+ ngày làm việc, đến \d\d:\d\d"))
    assert officer.overflow() <= 0
    row.get_by_role("link", name="Đèn đường tắt").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Đèn đường tắt")

    page.locator("summary", has_text="Giao xử lý").click()
    page.locator("button", has_text="Giao xử lý").click()
    expect(page.locator(".case-timeline")).to_contain_text("Giao xử lý")

    note = page.get_by_role("textbox", name="Ghi chú")
    note.fill("Đã đến nơi, hỏng bóng số 3.")
    officer.context.set_offline(True)
    page.get_by_role("button", name="Thêm ghi chú").click()
    waiting = page.locator("[data-outbox-list]")
    expect(waiting).to_contain_text("Chưa gửi")
    expect(waiting).to_contain_text("hỏng bóng số 3")
    note.fill("Viết dở lúc mất mạng")
    officer.context.set_offline(False)
    expect(waiting).to_be_hidden()
    page.goto(f"/vu-viec/{code}/")
    expect(page.locator(".remark")).to_have_count(1)
    expect(page.locator(".remark")).to_contain_text("hỏng bóng số 3")
    expect(page.get_by_role("textbox", name="Ghi chú")).to_have_value("Viết dở lúc mất mạng")

    page.locator("#can-lam summary", has_text="Trả lời").click()
    page.get_by_label("Nội dung trả lời").fill("Đã thay bóng đèn sáng nay.")
    page.locator("#can-lam button", has_text="Trả lời").click()
    expect(page.locator(".case-head")).to_contain_text("Đã kết thúc")
    expect(page.locator(".case-timeline")).to_contain_text("Đã thay bóng đèn sáng nay.")


def test_a_clerk_assigns_many_at_once_and_merges_two_duplicates(
    comes: Callable[..., Visitor], opened: Callable[..., str]
) -> None:
    codes = [opened("Rác đổ trộm bờ suối Mo Gà", OTHER) for _ in range(3)]
    clerk = comes("desk_officer")
    page = clerk.page
    page.goto("/vu-viec/?muc=all&tim=suoi+mo+ga")
    page.get_by_label("Chọn tất cả trên trang này").check()
    expect(page.locator("[data-chosen]")).to_have_text("Đã chọn 3")
    page.get_by_role("button", name="Giao", exact=True).click()
    page.get_by_label("Giao cho cơ quan").select_option(OWN)
    page.get_by_label("Lý do").fill("Đúng ngành")
    page.get_by_role("button", name="Thực hiện cho 3 vụ việc").click()
    expect(page.locator("#ket-qua")).to_contain_text("3/3 xong")

    page.goto("/vu-viec/?muc=all&tim=suoi+mo+ga")
    for code in codes[:2]:
        page.get_by_label(f"Chọn {code}").check()
    page.get_by_role("button", name="Gộp").click()
    page.get_by_role("radio", name=re.compile(codes[0])).check()
    page.get_by_role("button", name="Thực hiện cho 2 vụ việc").click()
    expect(page.locator("#ket-qua")).to_contain_text("1/1 xong")
    page.goto(f"/vu-viec/{codes[0]}/")
    expect(page.locator("#lien-quan")).to_contain_text("Được gộp vào đây")


def test_who_may_not_see_a_case_is_refused_and_learns_nothing(
    comes: Callable[..., Visitor], opened: Callable[..., str]
) -> None:
    code = opened("Việc của sở khác", OTHER)
    other, viewer = comes("case_officer", OWN), comes("viewer")
    other.expected = viewer.expected = ("404", "403")
    answer = other.page.goto(f"/vu-viec/{code}/")
    assert answer is not None and answer.status == 404
    expect(other.page.locator("main")).to_contain_text("CAS030")
    expect(other.page.locator("main")).not_to_contain_text("Việc của sở khác")
    answer = viewer.page.goto(f"/vu-viec/{code}/")
    assert answer is not None and answer.status == 403


def test_the_pages_of_cases_have_no_barrier_on_a_desk_and_hold_on_a_phone(
    comes: Callable[..., Visitor], opened: Callable[..., str]
) -> None:
    code = opened("Kiểm tra lối vào của trang", accepted=True)
    late = opened("Việc đã quá hạn của trang", days=60)
    boss = comes("administrator")
    for address in (
        "/vu-viec/?muc=all", f"/vu-viec/{code}/", f"/vu-viec/{late}/in", "/vu-viec/giam-sat",
        f"/vu-viec/hang-loat?viec=giao&ma={code}&ma={late}", "/quan-tri/ban-tiep-nhan/",
    ):  # fmt: skip
        boss.page.set_viewport_size({"width": 1280, "height": 800})
        boss.page.goto(address)
        assert barriers(boss) == [], address
        boss.page.set_viewport_size({"width": 360, "height": 780})
        assert boss.overflow() <= 0, address
        small = boss.page.locator("main button:visible, main .button:visible").evaluate_all(
            "all => all.filter(b => b.getBoundingClientRect().height < 43.5).map(b => b.outerHTML)"
        )
        assert small == [], address
    boss.prefers(language="en", theme="dark")
    for address in (
        "/vu-viec/?muc=all",
        f"/vu-viec/{code}/",
        "/vu-viec/giam-sat",
        "/quan-tri/ban-tiep-nhan/",
    ):
        boss.page.goto(address)
        assert barriers(boss, "color-contrast") == [], address
