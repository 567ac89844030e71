"""An operator takes the shift, on a phone and at the desk, in both languages."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Visit, Visitor
from tests.journeys.operating import Operation
from tests.journeys.test_every_page import barriers


@pytest.fixture
def on_duty(operation: Operation, visit: Visit) -> Visit:
    """`visit`, which knows an operator besides the sign-ins of the demonstration."""
    if "operator" not in operation.passwords:
        made = operation.cli("account", "add", "truc", "--role", "operator", "--agency", "vp-ubnd", "--json")
        assert made.returncode == 0, made.stderr
        operation.passwords["operator"] = ("truc", json.loads(made.stdout)["password"])
    return visit


def opened(visitor: Visitor) -> Visitor:
    visitor.page.get_by_role("link", name="Giao ca trực").or_(
        visitor.page.get_by_role("link", name="Shift handover")
    ).first.click()
    visitor.page.wait_for_url("**/giao-ca/")
    return visitor


def test_an_operator_takes_the_shift_and_hands_it_over(on_duty: Visit) -> None:
    page = opened(on_duty("operator")).page
    if page.locator("[data-part=take]").count():
        page.get_by_role("checkbox").check()
        why = page.get_by_label("Lý do nhận ca")
        if why.count():
            why.fill("Thử")
        page.get_by_role("button", name="Nhận ca").click()
    page.get_by_label("Ghi chú cho ca sau").fill("Gọi lại Sở Tài chính")
    page.get_by_role("button", name="Giao ca").click()
    expect(page.locator("[data-part=handed]")).to_contain_text("Gọi lại Sở Tài chính")
    expect(page.locator("[data-part=book] tbody tr")).not_to_have_count(0)


@pytest.mark.parametrize(("size", "language", "theme"), [("phone", "vi", "light"), ("desk", "en", "dark")])
def test_the_shift_page_has_no_barrier(on_duty: Visit, size: str, language: str, theme: str) -> None:
    visitor = opened(on_duty("operator", size=size, language=language, theme=theme))
    assert barriers(visitor) == []
    assert visitor.overflow() <= 0
