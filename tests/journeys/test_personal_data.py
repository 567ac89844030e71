"""An officer sees clear values with a reason; a person's request is taken in, decided and answered."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.harness.residents import BINH, LAN, MINH, residents, rows
from tests.journeys.conftest import Visit, Visitor
from tests.journeys.operating import Operation
from tests.journeys.test_every_page import barriers


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operation]:
    """A province with a register of people, one delivery in it, being served."""
    root = tmp_path_factory.mktemp("nguoi")
    made = Operation(residents(root), Path(tempfile.mkdtemp(prefix="tinh-nguoi-")))
    (root / "so.csv").write_bytes(rows(LAN, BINH, MINH))
    told = made.cli("load", "residents", str(root / "so.csv"), "--sender", "so-yt")
    assert told.returncode in (0, 1), told.stderr
    try:
        for name, role in (("canbo", "data_officer"), ("tiepnhan", "desk_officer")):
            told = made.cli("account", "add", name, "--role", role, "--agency", "so-yt", "--json")
            assert told.returncode == 0, told.stderr
            made.passwords[name] = (name, json.loads(told.stdout)["password"])
        made.start()
        yield made
    finally:
        made.stop()


def fits(visitor: Visitor, name: str) -> None:
    """Nothing is cut off on this screen, and axe has nothing to say."""
    assert visitor.overflow() <= 0, name
    assert barriers(visitor) == [], name


def test_an_officer_gives_a_reason_and_sees_clearly_for_a_while(clinic: Operation, visit: Visit) -> None:
    officer = visit("canbo", at=clinic, size="phone")
    page = officer.page
    page.goto("/du-lieu/residents/")
    page.locator("[data-part=receipts] tbody a").first.click()
    expect(page.locator("#dong")).to_contain_text("•••777")
    expect(page.locator("#dong")).not_to_contain_text(MINH[0])
    page.get_by_role("link", name="Xem rõ, có nêu lý do").click()
    fits(officer, "unmask")
    page.get_by_label("Lý do").fill("xem")
    page.get_by_role("button", name="Xem rõ trong 15 phút").click()
    expect(page.get_by_role("alert")).to_contain_text("quá ngắn")
    page.get_by_label("Lý do").fill("đối chiếu số căn cước với sổ giấy")
    page.get_by_role("button", name="Xem rõ trong 15 phút").click()
    expect(page.locator("#dong")).to_contain_text(MINH[0])
    page.get_by_role("button", name="Che lại ngay").click()
    expect(page.locator("#dong")).not_to_contain_text(MINH[0])
    officer.expected = ("422",)


def test_a_request_goes_from_intake_to_its_answer(clinic: Operation, visit: Visit) -> None:
    desk = visit("tiepnhan", at=clinic)
    page = desk.page
    page.goto("/du-lieu-ca-nhan/")
    fits(desk, "purposes")
    page.get_by_role("link", name="Yêu cầu của chủ thể dữ liệu").click()
    fits(desk, "requests")
    page.get_by_label("Yêu cầu gì").select_option("export")
    page.get_by_label("Số căn cước, điện thoại hoặc thư điện tử").fill(BINH[0])
    page.get_by_label("Đã xác minh danh tính bằng").fill("đối chiếu căn cước tại quầy")
    page.get_by_role("button", name="Tiếp nhận yêu cầu").click()
    expect(page.locator("[data-part=clock]")).to_contain_text("Trong hạn")
    page.get_by_role("button", name="Xác nhận đã nhận").click()
    fits(desk, "request")
    page.get_by_label("Lý do quyết định").fill("đúng người, đúng quyền")
    page.get_by_role("button", name="Chấp thuận và thực hiện").click()
    expect(page.locator("[data-part=done]")).to_contain_text("data/residents: 1")
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Tải bản sao dữ liệu").click()
    assert fetched.value.suggested_filename.endswith(".zip")
    page.goto("/du-lieu-ca-nhan/dong-y/")
    fits(desk, "consents")
