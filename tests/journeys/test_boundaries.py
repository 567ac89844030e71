"""Official boundaries come in through the browser: looked at first, drawn with their faults, then in use."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import shapely
from playwright.sync_api import expect

from tests.journeys.conftest import Visit
from tests.journeys.operating import ROOT

SHARED = Path(os.environ.get("TINH_SHARED") or ROOT.parent / "shared")
OFFICIAL = SHARED / "data" / "thai-nguyen-communes-2025.geojson"
here = pytest.mark.skipif(not OFFICIAL.is_file(), reason="no official boundaries here (set TINH_SHARED)")


def spoilt() -> bytes:
    """The official file with one commune blown up over its neighbours and a hole in another."""
    raw: dict[str, Any] = json.loads(OFFICIAL.read_text("utf-8"))
    by_code = {f["id"]: f for f in raw["features"]}
    wide = shapely.from_geojson(json.dumps(by_code["05443"]["geometry"]))
    by_code["05443"]["geometry"] = json.loads(shapely.to_geojson(shapely.buffer(wide, 0.01)))
    holed = shapely.from_geojson(json.dumps(by_code["05818"]["geometry"]))
    gap = shapely.buffer(shapely.point_on_surface(holed), 0.004)
    by_code["05818"]["geometry"] = json.loads(shapely.to_geojson(shapely.difference(holed, gap)))
    return json.dumps(raw).encode()


def offer(page: Any, name: str, content: bytes, first: str = "2025-07-01") -> None:
    page.goto("/dia-ban/ranh-gioi")
    page.get_by_label("Tệp ranh giới").set_input_files(
        {"name": name, "mimeType": "application/geo+json", "buffer": content}
    )
    page.get_by_label("Ngày có hiệu lực").fill(first)
    page.get_by_label("Nguồn công bố").fill("Bản đồ hành chính, nhà xuất bản nhà nước")
    page.get_by_role("button", name="Kiểm tra tệp").click()


@here
def test_a_file_is_looked_at_then_taken_in_and_the_map_is_no_longer_approximate(visit: Visit) -> None:
    page = visit("administrator").page
    page.goto("/")
    expect(page.locator("div.under")).to_contain_text("xấp xỉ")
    offer(page, "xa.geojson", OFFICIAL.read_bytes())
    expect(page.locator("main")).to_contain_text("92/92")
    page.get_by_role("button", name="Nạp ranh giới").click()
    expect(page.locator("main")).to_contain_text("Bản đồ đang dùng ranh giới chính thức")
    try:
        page.goto("/")
        expect(page.locator("div.under")).not_to_contain_text("xấp xỉ")
    finally:
        page.goto("/dia-ban/ranh-gioi")
        page.get_by_role("button", name="Thôi dùng").click()
    expect(page.locator("main")).to_contain_text("Bản đồ đang vẽ xấp xỉ")


@here
def test_overlaps_and_gaps_are_drawn_with_numbers(visit: Visit) -> None:
    page = visit("administrator").page
    offer(page, "sai.geojson", spoilt())
    expect(page.get_by_role("heading", name="Chồng lấn và khoảng hở")).to_be_visible()
    assert page.locator("svg .flaw.overlap").count() >= 3
    assert page.locator("svg .flaw.gap").count() == 1
    expect(page.locator("main")).to_contain_text(re.compile("05443"))
    page.get_by_role("link", name="Không nạp").click()
    expect(page.locator("main")).to_contain_text("Bản đồ đang vẽ xấp xỉ")


def test_a_file_that_is_no_map_says_what_to_send(visit: Visit) -> None:
    visitor = visit("administrator")
    visitor.expected = ("422",)
    offer(visitor.page, "bao-cao.pdf", b"%PDF-1.4 ...")
    expect(visitor.page.get_by_role("alert")).to_contain_text("GeoPackage")


def test_a_viewer_sees_what_is_in_force_and_cannot_change_it(visit: Visit) -> None:
    visitor = visit("viewer")
    visitor.page.goto("/dia-ban/ranh-gioi")
    expect(visitor.page.get_by_role("button", name="Kiểm tra tệp")).to_have_count(0)
    expect(visitor.page.get_by_role("link", name="FlatGeobuf")).to_be_visible()
