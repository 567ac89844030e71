"""Passkeys with Chromium's virtual authenticator, codes of an app computed here, sessions and keys."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.conftest import SIZES, Visit
from tests.journeys.operating import Operation
from tests.journeys.test_every_page import axe

_AXE = """() => axe.run(document, {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  resultTypes: ["violations"],
}).then((r) => r.violations.map((v) => v.id + ": " + v.nodes[0].html.slice(0, 200)))"""


@pytest.fixture(scope="module")
def someone(operation: Operation) -> tuple[str, str]:
    said = json.loads(operation.cli("account", "add", "thu-hai", "--json").stdout)
    return said["name"], said["password"]


Open = Callable[..., Page]


@pytest.fixture
def browser(chromium: Browser, operation: Operation) -> Iterator[Open]:
    """A browser at the province's address by name, as passkeys need one, with an authenticator in it."""
    made: list[BrowserContext] = []
    faults: list[str] = []

    def open_(size: str = "desk", **options: Any) -> Page:
        width, height = SIZES[size]
        context = chromium.new_context(
            base_url=operation.address.replace("127.0.0.1", "localhost"), locale="vi-VN",
            viewport={"width": width, "height": height}, **options,
        )  # fmt: skip
        made.append(context)
        page = context.new_page()
        page.on("console", lambda m: faults.append(m.text) if m.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: faults.append(f"script: {error}"))
        return page

    yield open_
    for context in made:
        context.close()
    assert [f for f in faults if "401" not in f] == []


def key_in(page: Page, credentials: list[Any] | None = None) -> Any:
    """A platform authenticator that always finds its owner; with the keys of another, if given."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    number = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    for one in credentials or []:
        session.send("WebAuthn.addCredential", {"authenticatorId": number, "credential": one})
    return lambda: session.send("WebAuthn.getCredentials", {"authenticatorId": number})["credentials"]


def by_password(page: Page, someone: tuple[str, str]) -> None:
    page.goto("/sign-in")
    page.get_by_label("Tên đăng nhập").fill(someone[0])
    page.get_by_label("Mật khẩu").fill(someone[1])
    page.get_by_role("button", name="Vào", exact=True).click()


def code_of(secret: str) -> str:
    import base64
    import hashlib
    import hmac
    import struct

    key = base64.b32decode(secret.replace(" ", ""))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def clean(page: Page) -> None:
    page.evaluate("() => document.fonts.ready.then(() => undefined)")
    page.evaluate(f"() => {{ {axe()} }}")
    assert page.evaluate(_AXE) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_passkey_is_made_then_opens_alone_and_as_the_second_step(browser: Open, someone) -> None:
    page = browser()
    keys = key_in(page)
    by_password(page, someone)
    page.goto("/tai-khoan/")
    page.get_by_role("link", name="Thêm khóa truy cập").click()
    clean(page)
    page.get_by_label("Tên để nhận ra").fill("Máy ở cơ quan")
    page.get_by_role("button", name="Tạo khóa truy cập").click()
    expect(page.locator(".spare li")).to_have_count(10)
    clean(page)
    page.get_by_role("link", name="Tôi đã cất các mã").click()
    expect(page.locator("#cach")).to_contain_text("Máy ở cơ quan")
    clean(page)

    alone = browser()
    key_in(alone, keys())
    alone.goto("/sign-in?next=/du-lieu/")
    alone.get_by_role("button", name="Dùng khóa truy cập").click()
    expect(alone).to_have_url(re.compile(r":\d+/du-lieu/$"))
    alone.goto("/tai-khoan/")
    expect(alone.locator("#cach")).to_contain_text("dùng lần cuối")

    both = browser("phone")
    key_in(both, [one | {"signCount": one["signCount"] + 10} for one in keys()])
    by_password(both, someone)
    expect(both.get_by_role("heading", level=1)).to_have_text("Bước xác thực thứ hai")
    clean(both)
    both.get_by_role("button", name="Dùng khóa truy cập").click()
    expect(both.locator(".bar .menu summary")).to_have_text(someone[0])
    both.goto("/tai-khoan/")
    clean(both)


def test_without_scripts_an_app_does_what_a_passkey_would(browser: Open, operation: Operation) -> None:
    said = json.loads(operation.cli("account", "add", "khong-js", "--json").stdout)
    who = said["name"], said["password"]
    page = browser("phone", java_script_enabled=False)
    by_password(page, who)
    page.goto("/tai-khoan/")
    page.get_by_role("link", name="Thêm ứng dụng xác thực").click()
    expect(page.locator("svg.qr")).to_be_visible()
    secret = page.locator(".steps p.code").inner_text()
    page.get_by_label("Nhập mã 6 số").fill(code_of(secret))
    page.get_by_role("button", name="Dùng ứng dụng này").click()
    spare = page.locator(".spare li").first.inner_text()
    page.context.clear_cookies()
    by_password(page, who)
    page.get_by_label("Mã 6 số").fill("000000")
    page.get_by_role("button", name="Tiếp tục").click()
    expect(page.get_by_role("alert")).to_contain_text("Mã không đúng")
    page.get_by_label("Mã 6 số").fill(spare)
    page.get_by_role("button", name="Tiếp tục").click()
    page.goto("/tai-khoan/")
    expect(page.locator("#cach")).to_contain_text("Còn 9 mã")


def test_a_numeric_address_says_why_passkeys_do_not_work_there(visit: Visit) -> None:
    page = visit().page
    page.goto("/sign-in")
    page.get_by_role("button", name="Dùng khóa truy cập").click()
    expect(page.locator(".passkey [data-words]")).to_contain_text("tên miền")


def test_a_key_is_shown_once_and_works_until_revoked(visit: Visit) -> None:
    import httpx

    visitor = visit("data_officer")
    page = visitor.page
    page.get_by_label("Tài khoản").click()
    page.get_by_role("link", name="Tài khoản của tôi").click()
    page.get_by_role("link", name="Khóa của phần mềm").click()
    page.get_by_label("Tên khóa").fill("máy trạm")
    page.get_by_role("button", name="Cấp khóa").click()
    secret = page.locator(".secret").inner_text()
    headers = {"Authorization": f"Bearer {secret}"}
    assert httpx.get(f"{visitor.at.address}/api/v1/me", headers=headers).status_code == 200
    page.goto("/tai-khoan/khoa/")
    expect(page.locator("main")).not_to_contain_text(secret)
    page.get_by_role("button", name="Thu hồi máy trạm").click()
    assert httpx.get(f"{visitor.at.address}/api/v1/me", headers=headers).status_code == 401
