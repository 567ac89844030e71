"""The operations room, and from any figure in it down to the file it came from."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visit


def test_what_needs_attention_is_said_in_sentences_each_with_an_action_that_opens(visit: Visit) -> None:
    page = visit("viewer").page
    notices = page.locator(".notices li")
    assert notices.count() >= 3
    assert sum(bool(re.search(r"\d", text)) for text in notices.locator("p").all_inner_texts()) >= 3
    addresses = []
    for notice in notices.all():
        addresses.append(notice.get_by_role("link").get_attribute("href") or "")
    for address in addresses:
        answer = page.goto(address)
        assert answer is not None and answer.status == 200, address


def test_every_commune_is_on_the_map_and_says_its_value(visit: Visit) -> None:
    page = visit("viewer").page
    areas = page.locator("svg.map a")
    assert areas.count() == 92
    labels = areas.evaluate_all("all => all.map(a => a.getAttribute('aria-label'))")
    assert all(re.match(r"(Xã|Phường) .+: (chưa có số liệu|[\d.,]+)", label) for label in labels), labels[:3]
    expect(page.locator(".where")).to_contain_text("xấp xỉ")
    expect(page.locator(".where")).to_contain_text("mô phỏng")


def test_another_indicator_and_another_month_recolour_the_map(visit: Visit) -> None:
    page = visit("viewer").page

    def bands() -> list[str]:
        return list(page.locator("svg.map a").evaluate_all("all => all.map(a => a.className.baseVal)"))

    first = bands()
    with page.expect_navigation():
        page.locator("select[name=map]").select_option("telecom-5g-coverage")
    expect(page).to_have_url(re.compile("map=telecom-5g-coverage"))
    second = bands()
    assert first != second
    with page.expect_navigation():
        page.locator("select[name=ky]").select_option("2025-08")
    assert "map=telecom-5g-coverage" in page.url
    assert bands() != second


def test_a_tile_leads_in_two_steps_to_the_digest_of_what_was_received(visit: Visit) -> None:
    page = visit("viewer").page
    page.locator('.tile[data-key="tile-telecom-sharing-rate"]').click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tỷ lệ trạm BTS dùng chung")
    page.get_by_role("link", name="Nguồn số liệu này").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nguồn của con số")
    assert re.search(r"\b[0-9a-f]{64}\b", page.locator("main").inner_text())
    page.locator(".steps a[href^='/du-lieu/nhan/']").first.click()
    expect(page.locator("main")).to_contain_text("SHA-256")


def test_a_commune_on_the_map_leads_to_the_source_of_its_value(visit: Visit) -> None:
    page = visit("viewer").page
    area = page.locator("svg.map a[href^='/nguon/']").first
    name = (area.get_attribute("data-name")) or ""
    address = area.get_attribute("href") or ""
    assert address.count("/") == 4
    page.goto(address)
    expect(page.locator("main")).to_contain_text(name)
    expect(page.locator(".formula")).to_contain_text(re.compile(r"\d"))


def test_the_map_is_read_with_the_keyboard(visit: Visit) -> None:
    page = visit("viewer").page
    page.locator("select[name=ky]").focus()
    page.keyboard.press("Tab")
    for _ in range(3):
        if page.evaluate("document.activeElement.closest('svg.map') !== null"):
            break
        page.keyboard.press("Tab")
    name = page.evaluate("document.activeElement.getAttribute('data-name')")
    expect(page.locator(".where .tip")).to_contain_text(name)
    address = page.evaluate("document.activeElement.getAttribute('href')")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(re.escape(address) + "$"))


def test_the_pointer_reads_a_commune_out(visit: Visit) -> None:
    page = visit("viewer").page
    area = page.locator("svg.map a").nth(40)
    name, text = area.get_attribute("data-name"), area.get_attribute("data-text")
    area.locator("path").hover(force=True)
    expect(page.locator(".where .tip")).to_contain_text(name or "?")
    expect(page.locator(".where .tip")).to_contain_text(text or "?")


def test_a_source_is_reached_without_a_mouse_and_the_focus_is_always_seen(visit: Visit) -> None:
    page = visit("viewer").page
    page.goto("/")

    def tab_to(wanted: str) -> None:
        for _ in range(160):
            page.keyboard.press("Tab")
            seen, there = page.evaluate(
                """(wanted) => {
                  const on = document.activeElement, ring = getComputedStyle(on).outlineStyle !== "none";
                  return [ring || on.closest("svg.map") !== null, on.matches(wanted)];
                }""",
                wanted,
            )
            assert seen, page.evaluate("document.activeElement.outerHTML.slice(0, 120)")
            if there:
                return
        raise AssertionError(f"never reached {wanted}")

    tab_to('[data-key="tile-telecom-sharing-rate"]')
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/chi-so/telecom-sharing-rate/$"))
    tab_to("a[href^='/nguon/']")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/nguon/telecom-sharing-rate/19/"))


def test_the_first_tab_skips_to_the_contents(visit: Visit) -> None:
    page = visit("viewer").page
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Đến nội dung chính")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_every_figure_carries_its_conditions(visit: Visit) -> None:
    page = visit("viewer").page
    for tile in page.locator(".tile:not(.blank)").all():
        text = tile.inner_text()
        assert re.search(r"\d+/\d+|\d[\d.,]*k?/\d", text), text
    simulated = page.locator('.tile[data-key="tile-telecom-sharing-rate"]')
    expect(simulated).to_contain_text("mô phỏng")
    expect(page.locator('.tile[data-key="tile-pm25-monthly"]')).not_to_contain_text("mô phỏng")


def test_a_hole_in_the_data_is_a_hole_in_the_line(visit: Visit) -> None:
    page = visit("viewer").page
    page.goto("/chi-so/pm25-daily/")
    assert page.locator(".plot:visible path.line").count() == 2
    expect(page.get_by_role("row", name=re.compile(r"13\.10\.2026"))).to_contain_text("–")


def test_a_chart_is_read_with_the_arrow_keys(visit: Visit) -> None:
    page = visit("viewer").page
    page.goto("/chi-so/pm25-daily/")
    page.locator("[data-chart]:visible").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-chart]:visible .tip")).to_contain_text(
        re.compile(r"10\.2026.*µg/m³", re.DOTALL)
    )


def test_indicators_are_found_without_diacritics(visit: Visit) -> None:
    page = visit("viewer").page
    page.goto("/chi-so/")
    page.get_by_role("searchbox").fill("phu song 5g")
    page.keyboard.press("Enter")
    expect(page.locator(".tile").first).to_contain_text("5G")
    page.get_by_role("searchbox").fill("không có gì như thế")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Không có chỉ số nào khớp")


def test_the_room_as_it_stood_before_the_last_reports(visit: Visit) -> None:
    page = visit("viewer").page
    figure = '.tile[data-key="tile-telecom-sharing-rate"] .figure'
    now = page.locator(figure).inner_text()
    page.goto("/?as-of=2026-03-01")
    assert page.locator(figure).inner_text() != now
    expect(page.locator("main")).to_contain_text("như đã thấy cuối ngày")
    page.get_by_role("link", name="Về hiện tại").click()
    assert page.locator(figure).inner_text() == now


@pytest.mark.parametrize("day", ["2999-01-01", "hom-qua", "2026-13-45"])
def test_a_day_to_come_or_none_at_all_is_now(visit: Visit, day: str) -> None:
    page = visit("viewer").page
    page.goto(f"/?as-of={day}")
    expect(page.locator("main")).not_to_contain_text("như đã thấy cuối ngày")
    expect(page.locator('.tile[data-key="tile-telecom-sharing-rate"]')).to_contain_text(re.compile(r"\d,\d"))


def _settled(page: Page) -> None:
    page.wait_for_load_state("load")
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(300)


@pytest.mark.parametrize("size", ["phone", "desk", "wall"])
def test_nothing_moves_while_the_room_appears(visit: Visit, size: str) -> None:
    visitor = visit("viewer", size=size)
    visitor.page.goto("/")
    _settled(visitor.page)
    shifts = visitor.shifts()
    assert sum(s["value"] for s in shifts) < 0.02, shifts


def test_the_wall_shows_the_whole_room_without_scrolling(visit: Visit) -> None:
    visitor = visit("viewer", size="wall", theme="dark")
    page = visitor.page
    page.goto("/")
    _settled(page)
    assert page.evaluate("document.documentElement.scrollHeight - innerHeight") <= 0
    for part in page.locator("[data-part]").all():
        box = part.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 2160 + 1, part.get_attribute("data-part")
    for tile in page.locator(".tile").all():
        box = tile.bounding_box()
        assert box is not None and box["y"] + box["height"] <= 2161


def test_the_menu_is_at_the_thumb_on_a_phone(visit: Visit) -> None:
    page = visit("viewer", size="phone").page
    for link in page.get_by_role("navigation").get_by_role("link").all():
        box = link.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["y"] > 600
    page.get_by_role("navigation").get_by_role("link", name="Dữ liệu").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dữ liệu")
