"""A source goes silent: one state everywhere it matters, and none once it delivers again."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Visit
from tests.journeys.operating import Operation, found, telecom_report
from tests.journeys.test_delivering import send
from tinh.flow.api import Corridor, home_for
from tinh.kit.clock import HeldClock
from tinh.packs.api import compile as compile_province

WARD = ("05443", "Phan Đình Phùng", 100, 25)


@pytest.fixture(scope="module")
def silent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operation]:
    """A province whose telecom report came for August and never again; now it is the middle of November."""
    made = found(tmp_path_factory.mktemp("silent"), with_copy=False)
    os.environ["TINH_HOME"], before = str(made.home), os.environ.get("TINH_HOME")
    try:
        catalogue = compile_province(made.province)
        clock = HeldClock(datetime(2026, 9, 3, 2, tzinfo=UTC))
        corridor = Corridor(catalogue, home_for(catalogue), clock)
        corridor.load(telecom_report(WARD, month="2026-08"), "telecom-monthly", filename="08.csv")
        corridor.close()
        made.start()
        yield made
    finally:
        made.stop()
        if before is None:
            del os.environ["TINH_HOME"]
        else:
            os.environ["TINH_HOME"] = before


def test_a_silent_source_is_one_item_and_one_state_until_it_delivers(visit: Visit, silent: Operation) -> None:
    page = visit("administrator", at=silent).page
    stopped = page.locator(".notices li", has_text="Nguồn Báo cáo viễn thông")
    expect(stopped).to_have_count(1)
    expect(stopped).to_contain_text(re.compile(r"Sở KH&CN.*ngừng từ 06\.10\.2026.*chỉ số đang chờ"))
    expect(page.locator(".tile[data-key=tile-telecom-sharing-rate] .status")).to_have_text(
        "Nguồn ngừng từ 06.10.2026"
    )
    stopped.get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"/du-lieu/lich\?bo-du-lieu=telecom-monthly$"))
    strip = page.locator("[data-part=lich-telecom-monthly] .strip li")
    expect(strip).to_have_count(15)
    expect(page.locator("main")).to_contain_text("0/92 xã đúng hạn, 92 thiếu")
    expect(page.locator("main")).to_contain_text("hạn hết ngày 05.12.2026")
    page.goto("/chi-so/telecom-sharing-rate/")
    expect(page.locator(".headline")).to_contain_text("Nguồn ngừng từ 06.10.2026")
    page.goto("/canh-bao/")
    expect(page.locator("[data-part=outages]")).to_contain_text("Báo cáo viễn thông")

    send(page, "telecom-monthly", "10.csv", telecom_report(WARD))
    expect(page.locator("main")).to_contain_text("Chấp nhận")
    page.goto("/")
    expect(page.locator(".notices li", has_text="ngừng từ")).to_have_count(0)
    expect(page.locator(".tile[data-key=tile-telecom-sharing-rate]")).not_to_contain_text("Nguồn ngừng")
    page.goto("/du-lieu/lich?bo-du-lieu=telecom-monthly&noi=05443")
    marks = page.locator("[data-part=lich-telecom-monthly] .strip .mark")
    assert "late" in (marks.nth(11).get_attribute("class") or "")
    marks.nth(11).locator("..").click()
    expect(page).to_have_url(re.compile("/du-lieu/nhan/"))
