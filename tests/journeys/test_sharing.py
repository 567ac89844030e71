"""An officer publishes an indicator to another agency, which calls it; a third one is told whom to ask."""

from __future__ import annotations

import json
import re
import time

import httpx
from playwright.sync_api import expect

from tests.journeys.conftest import Visit


def test_an_indicator_is_published_to_an_agency_called_and_refused_to_a_third(
    visit: Visit, operation
) -> None:
    visitor = visit("administrator")
    page = visitor.page
    page.goto("/du-lieu/")
    page.get_by_role("link", name="Dịch vụ dữ liệu").click()
    page.get_by_role("link", name="Công bố dịch vụ").click()
    page.get_by_label("Chỉ số", exact=True).select_option("telecom-sharing-rate")
    page.locator("form").filter(has=page.get_by_label("Chỉ số", exact=True)).get_by_role("button").click()
    page.get_by_label("Mã dịch vụ").fill("dung-chung-tram")
    page.get_by_label("Sở Tài chính").check()
    page.get_by_label("Mục đích").fill("Lập dự toán")
    page.get_by_label("Căn cứ pháp lý").fill("Quyết định 12/QĐ-UBND")
    page.get_by_role("button", name="Xem trước").click()
    preview = page.locator("[data-part=preview]")
    expect(preview).to_contain_text("Sở Tài chính sẽ thấy như sau")
    expect(preview.locator("tbody tr").first).to_contain_text("telecom-sharing-rate")
    page.get_by_role("button", name="Công bố", exact=True).click()
    expect(page.locator("main [role=status]")).to_contain_text("Đã công bố")
    address = page.locator("[data-part=how]").inner_text()
    identifier = re.search(r"\S+/data/dung-chung-tram", address)
    assert identifier

    def call(agency: str) -> httpx.Response:
        made = operation.cli("axis", "key", f"{agency}/ioc", "--json")
        if made.returncode:  # an agency nobody shared anything with has no system yet
            operation.cli("axis", "subsystem", f"{agency}/ioc")
            made = operation.cli("axis", "key", f"{agency}/ioc", "--json")
        secret = json.loads(made.stdout)
        until = time.monotonic() + 60  # the server hears of a new key within seconds
        while True:
            answer = httpx.get(
                f"{operation.address}/r1/{identifier[0]}", params={"limit": 3}, timeout=30,
                headers={"X-Road-Client": secret["subsystem"], "Authorization": f"Bearer {secret['secret']}"},
            )  # fmt: skip
            if "Server.ClientProxy." not in answer.text or time.monotonic() > until:
                return answer
            time.sleep(0.2)

    assert call("so-tc").json()["data"]
    refused = call("so-vhttdl")
    assert refused.status_code == 500 and "Khoa học và Công nghệ" in refused.text
