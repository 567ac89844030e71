"""What is read without a pointer: gaps on the map, the wall from five metres, the room on paper."""

from __future__ import annotations

import re

from tests.journeys.conftest import Visit


def test_an_area_without_a_value_is_hatched_and_says_so(visit: Visit) -> None:
    page = visit("viewer").page
    page.goto("/?map=pm25-daily")
    blank = page.locator("svg.map a.cn")
    assert 1 <= blank.count() <= 92
    assert "gap" in blank.first.locator("path").evaluate("path => getComputedStyle(path).fill")
    assert "chưa có số liệu" in (blank.first.get_attribute("aria-label") or "")


def test_the_wall_is_written_large_and_cuts_nothing(visit: Visit) -> None:
    page = visit("viewer", size="wall", theme="dark").page
    page.goto("/")
    size = "element => parseFloat(getComputedStyle(element).fontSize)"
    assert page.locator(".notices p").first.evaluate(size) >= 32, "about 10 mm on a 55 inch wall"
    cut = "tiles => tiles.filter(t => t.scrollHeight > t.clientHeight + 1).map(t => t.innerText)"
    assert page.locator(".tile").evaluate_all(cut) == []


def test_the_room_goes_on_one_sheet_of_paper_in_either_theme(visit: Visit) -> None:
    for theme in ("light", "dark"):
        page = visit("viewer", theme=theme).page
        page.goto("/")
        page.emulate_media(media="print")
        assert page.evaluate("getComputedStyle(document.body).color") == "rgb(22, 33, 30)", "ink on white"
        sheet = page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1


def test_a_day_to_come_or_no_day_at_all_is_now(visit: Visit) -> None:
    page = visit("viewer").page
    for asked in ("2999-01-01", "hom-qua"):
        page.goto(f"/?as-of={asked}")
        assert page.locator(".past").count() == 0
