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
    page.get_by_role("button", name="Giao xử lý", exact=True).click()
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


def test_a_slip_is_said_where_it_was_made_and_does_not_wait_for_the_line(
    comes: Callable[..., Visitor], opened: Callable[..., str]
) -> None:
    code, clerk = opened("Gộp nhầm vào mã lạ"), comes("desk_officer")
    clerk.expected = ("404", "Failed to load resource")
    page = clerk.page
    page.goto(f"/vu-viec/{code}/")
    page.locator("summary", has_text="Gộp vào vụ việc khác").click()
    form = page.locator("form:has(input[name=act][value=merge])")
    form.locator("[name=into]").fill("PA-0000-0000")
    form.locator("[name=reason]").fill("trùng")
    form.get_by_role("button").last.click()
    expect(page.locator("main")).to_contain_text("Không có vụ việc “PA-0000-0000”.")
    expect(page.locator("[data-outbox-list]")).to_be_hidden()
    expect(form.locator("[name=reason]")).to_have_value("trùng")


def test_photos_of_an_answer_are_seen_chosen_and_wait_with_it_while_the_line_is_down(
    comes: Callable[..., Visitor], opened: Callable[..., str], apart: Callable[..., Any]
) -> None:
    code = opened("Nắp cống vỡ trước chợ", accepted=True)

    def pictures_of() -> list[dict[str, Any]]:
        from tests.desks import pictures

        jpeg = pictures.encoded(pictures.scene(seed=31), quality=80)
        heic = pictures.heic(pictures.scene(seed=32))
        return [
            {"name": "sau.jpg", "mimeType": "image/jpeg", "buffer": jpeg},
            {"name": "sau.heic", "mimeType": "image/heic", "buffer": heic},
        ]

    def kept() -> list[str]:
        from tinh.desks.api import photos

        return [one.role for one in photos.of_case(code, public=False)]

    officer = comes("case_officer", OWN, size="phone")
    officer.expected = CUT
    page = officer.page
    page.goto(f"/vu-viec/{code}/")
    page.locator("#can-lam summary", has_text="Trả lời").click()
    chooser = page.get_by_label("Ảnh sau khi xử lý")
    box = chooser.bounding_box()
    assert box is not None and box["height"] >= 40  # to be hit with a thumb
    assert chooser.evaluate("field => getComputedStyle(field).opacity") == "1"
    page.get_by_label("Nội dung trả lời").fill("Đã thay nắp cống mới.")
    chooser.set_input_files(apart(pictures_of))
    officer.context.set_offline(True)
    page.locator("#can-lam form button", has_text="Trả lời").click()
    waiting = page.locator("[data-outbox-list]")
    expect(waiting).to_contain_text("2 ảnh")
    expect(waiting).to_contain_text("Đã thay nắp cống mới.")
    page.close()  # the phone is put away; what waits stays in it
    assert apart(kept) == []
    officer.context.set_offline(False)
    page = officer.new_page()
    page.goto("/vu-viec/")
    expect(page.locator("[data-outbox-told]")).to_contain_text("Đã gửi")
    page.goto(f"/vu-viec/{code}/")
    expect(page.locator(".case-head")).to_contain_text("Đã kết thúc")
    expect(page.locator("[data-outbox-list]")).to_be_hidden()
    assert apart(kept) == ["answer", "answer"]


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


def test_a_clerk_blurs_a_plate_with_the_pointer_and_a_face_with_the_keyboard_alone(
    comes: Callable[..., Visitor], opened: Callable[..., str], apart: Callable[..., Any]
) -> None:
    code = opened("Xe đỗ chắn lối đi")

    def photo() -> str:
        from tests.desks import pictures
        from tinh.desks.api import photos
        from tinh.kit.ids import fresh

        secret = fresh(26)
        name = photos.store(secret, pictures.encoded(pictures.scene(seed=77), quality=90))
        photos.claim(secret, code)
        while photos.photo(name).state == "received":
            photos.develop_waiting()
        return str(name)

    def boxes(name: str) -> list[list[float]]:
        from tinh.desks.api import photos

        return [list(box) for box in photos.photo(name).boxes]

    name = apart(photo)
    page = comes("desk_officer").page
    page.goto(f"/vu-viec/anh/{name}")
    stage = page.locator("[data-blur]")
    expect(stage.locator("img")).to_have_js_property("complete", True)
    at = stage.bounding_box()
    assert at is not None
    page.mouse.move(at["x"] + at["width"] * 0.6, at["y"] + at["height"] * 0.5)
    page.mouse.down()
    page.mouse.move(at["x"] + at["width"] * 0.4, at["y"] + at["height"] * 0.3, steps=4)
    page.mouse.up()
    expect(page.locator('.blur-box[data-on="true"]:visible')).to_have_count(1)
    page.locator("[data-blur-form] button").click()
    expect(page.get_by_role("status").first).to_be_visible()
    [drawn] = apart(boxes, name)
    assert drawn == pytest.approx([0.4, 0.3, 0.2, 0.2], abs=0.02)

    line = page.locator("fieldset.box-line").filter(has=page.locator("[data-side=left][value='']")).first
    line.get_by_role("checkbox").focus()
    page.keyboard.press("Space")
    for number in ("10", "12,5", "20", "15"):
        page.keyboard.press("Tab")
        page.keyboard.type(number)
    page.keyboard.press("Enter")
    expect(page.locator('.blur-box[data-on="true"]:visible')).to_have_count(2)
    assert [0.1, 0.125, 0.2, 0.15] in [[round(n, 3) for n in box] for box in apart(boxes, name)]


def test_a_clerk_puts_the_pin_for_a_caller_and_goes_from_case_to_case_by_keyboard(
    comes: Callable[..., Visitor], opened: Callable[..., str]
) -> None:
    for _ in range(2):
        opened("Cống bốc mùi ngõ bàn phím")
    page = comes("desk_officer").page
    page.goto("/vu-viec/?muc=all&tim=ngo+ban+phim")
    page.keyboard.press("Alt+n")
    page.wait_for_url("**ds=**")
    first = page.url
    page.keyboard.press("Alt+n")
    page.wait_for_url(lambda url: url != first and "ds=" in url)
    page.locator("#can-lam").get_by_role("button", name="Tiếp nhận, sang vụ tiếp theo").focus()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Đã đi hết danh sách này")

    page.goto("/vu-viec/moi")
    stage = page.locator(".leaflet-container[data-pin]")
    stage.scroll_into_view_if_needed()
    expect(stage.locator("path").first).to_be_attached()
    stage.focus()
    page.keyboard.press("Enter")  # the pin goes to the middle of the map
    expect(page.locator("input[name=lat]")).to_have_value(re.compile(r"2\d\.\d{6}"))
    expect(page.locator("#f-place")).not_to_have_value("")
    page.locator("#f-place").select_option(index=1)
    expect(page.locator("input[name=lat]")).to_have_value("")
