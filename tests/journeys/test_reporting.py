"""A citizen on a small phone: a report with photos, with scripts and without, until it is opened again."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.desks import pictures
from tests.journeys.conftest import Visit
from tests.journeys.test_every_page import barriers

TRANSFER = """() => performance.getEntries().filter((e) => "transferSize" in e)
  .filter((e) => !e.name.includes("/phan-anh/anh/")).reduce((sum, e) => sum + e.transferSize, 0)"""


@pytest.fixture(scope="module")
def shots(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Two photos as a phone takes them, with the place inside."""
    folder = tmp_path_factory.mktemp("shots")
    made = []
    for n in range(2):
        path = Path(folder) / f"IMG_{n}.jpg"
        picture = pictures.scene(1600, 1200, seed=70 + n)
        path.write_bytes(pictures.encoded(picture, exif=pictures.exif(gps=pictures.GPS), quality=85))
        made.append(str(path))
    return made


def offered(page: Page, act: str, **fields: str) -> None:
    """A step of the case's process, taken on its page by a clerk."""
    form = page.locator(f"form:has(input[name=act][value={act}])")
    form.wait_for(state="attached")
    fold = page.locator("details", has=form)
    if fold.count():
        fold.first.evaluate("one => one.open = true")
    for name, value in fields.items():
        field = form.locator(f"[name=f-{name}]")
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    form.get_by_role("button").last.click()
    expect(form).to_have_count(0)


def test_a_report_from_a_small_phone_to_its_outcome_and_back(visit: Visit, shots: list[str]) -> None:
    citizen = visit(size="phone")
    page = citizen.page
    page.goto("/phan-anh/gui")
    assert barriers(citizen) == []
    page.locator("#f-photos").set_input_files(shots)
    page.get_by_label("Chuyện gì đang xảy ra?").fill("Ổ gà rất sâu giữa đường Bến Tượng, xe máy hay ngã")
    page.locator(".pin-area").first.wait_for(state="attached")
    page.get_by_role("button", name="Lấy vị trí ghi trong ảnh").click(timeout=90_000)
    expect(page.get_by_label("Xã, phường")).not_to_have_value("")
    expect(page.get_by_role("radio", name=re.compile("Ổ gà"))).to_be_checked()
    assert barriers(citizen) == [] and citizen.overflow() <= 0
    page.locator("[data-send]").click()
    page.wait_for_url("**/theo-doi/**")
    code, link = page.locator(".code-large").inner_text(), page.url.split("?")[0]
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    assert barriers(citizen) == []

    clerk = visit("administrator")
    desk = clerk.page
    desk.goto(f"/vu-viec/{code}/anh")
    until = time.monotonic() + 120  # copies are made by a process that gives way to all others
    while desk.get_by_text("Đang xử lý ảnh").count() and time.monotonic() < until:
        desk.wait_for_timeout(300)
        desk.reload()
    desk.get_by_role("button", name="Công khai phản ánh", exact=True).click()
    for _ in shots:
        desk.locator("button[value=open]").first.click()
    expect(desk.locator("button[value=open]")).to_have_count(0)
    assert barriers(clerk) == []
    desk.goto(f"/vu-viec/{code}/")
    offered(desk, "accept")
    offered(desk, "start")
    offered(desk, "answer", result="fixed", answer="Đã vá mặt đường.")
    offered(desk, "publish")

    page.goto(f"/phan-anh/{code}")
    expect(page.locator("main")).to_contain_text("Đã vá mặt đường.")
    weight = page.evaluate(TRANSFER)
    assert 0 < weight < 150_000, f"{weight} bytes without photos"
    assert barriers(citizen) == [] and citizen.overflow() <= 0
    page.goto("/phan-anh/?tim=Bến Tượng")
    page.get_by_role("link", name="Bản đồ", exact=True).click()
    page.locator(".on-map .dot-mark").first.click()
    page.locator(".leaflet-popup a").click()
    expect(page).to_have_url(re.compile(code))
    page.goto(link)
    page.get_by_label("Không hài lòng").check()
    page.get_by_role("button", name="Gửi đánh giá").click()
    expect(page.get_by_role("status").first).to_contain_text("mở lại để giải quyết thêm một lần")
    expect(page.locator("main")).to_contain_text("Người gửi đã đánh giá")

    neighbour = visit(size="phone", java_script_enabled=False).page
    neighbour.goto("/phan-anh/")
    neighbour.get_by_role("link", name=re.compile("Bến Tượng")).click()
    neighbour.get_by_role("button", name="Theo dõi phản ánh này").click()
    expect(neighbour.locator("main")).to_contain_text("1 người theo dõi")


def test_a_report_without_scripts_from_a_small_phone(visit: Visit, shots: list[str]) -> None:
    citizen = visit(size="phone", java_script_enabled=False)
    citizen.expected = ("422",)  # the place is left out at first
    page = citizen.page
    page.goto("/phan-anh/gui")
    page.get_by_label(re.compile("Chụp hoặc chọn ảnh")).set_input_files(shots)
    page.get_by_label("Chuyện gì đang xảy ra?").fill("Thùng rác đầy tràn ra đường, rác chưa thu gom")
    page.get_by_role("button", name="Tiếp tục").click()
    page.get_by_role("link", name="Cho biết ở xã, phường nào.").click()
    expect(page.get_by_label("Xã, phường")).to_be_focused()
    page.get_by_label("Xã, phường").select_option("05443")
    page.get_by_label("Địa chỉ hoặc mốc gần đó").fill(
        "cổng chợ Thái " + "a" * 200
    )  # an address of the net, say
    page.get_by_role("button", name="Tiếp tục").click()
    expect(page.locator("[data-photo]")).to_have_count(2)
    asked = re.search(r"(\w+) cộng (\w+) bằng mấy", page.locator("main").inner_text())
    if asked:  # other journeys have sent from this network
        names = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười")
        page.locator("#f-answer").fill(str(sum(names.index(one) for one in asked.groups())))
    page.get_by_role("button", name="Gửi phản ánh", exact=True).click()
    expect(page.locator(".code-large")).to_have_text(re.compile(r"PA-\d{4}-\d+"))
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_what_the_form_still_asks_for_goes_when_it_is_given(visit: Visit) -> None:
    page = visit(size="phone").page
    page.goto("/phan-anh/gui")
    page.get_by_label("Chuyện gì đang xảy ra?").fill("Ổ gà rất to giữa đường, xe máy ngã hôm qua")
    page.get_by_label("Xã, phường").select_option("05443")
    needs = page.get_by_text("Việc này cần chỗ cụ thể")
    expect(needs).to_be_visible()
    page.get_by_label("Địa chỉ hoặc mốc gần đó").fill("trước cổng chợ Thái")
    expect(needs).to_have_count(0)
    expect(page.get_by_label("Địa chỉ hoặc mốc gần đó")).to_be_focused()


def test_what_the_server_refuses_is_said_at_its_field_too(visit: Visit) -> None:
    visitor = visit(size="phone")
    visitor.expected = ("422",)
    page = visitor.page
    page.goto("/phan-anh/gui")
    page.get_by_label("Chuyện gì đang xảy ra?").fill("Cột đèn đường trước cổng trường tắt ba đêm liền")
    page.get_by_label("Xã, phường").select_option("05443")
    page.get_by_label("Địa chỉ hoặc mốc gần đó").fill("trước cổng chợ Thái")
    page.get_by_text("Muốn được báo kết quả?").click()
    page.get_by_label("Điện thoại").fill("12")
    page.get_by_role("button", name="Gửi phản ánh").click()
    phone = page.get_by_label("Điện thoại")
    expect(phone).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#phone-fault")).to_have_text("Số điện thoại gồm 9 đến 15 chữ số.")
    phone.fill("0912 345 678")
    expect(page.locator("#phone-fault")).to_have_count(0)
    page.get_by_role("button", name="Gửi phản ánh").click()
    question = page.locator("#second ~ .field", has_text="Đèn bị sao?")
    expect(question.locator(".fault")).to_have_text(re.compile("chưa trả lời"))
