"""Coming in, going out, and choosing a language and a theme."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.conftest import Visit


def test_a_stranger_is_led_to_sign_in_and_then_to_where_they_were_going(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    page.goto("/du-lieu/telecom-monthly/")
    expect(page).to_have_url(re.compile("/sign-in"))
    name, password = visitor.at.passwords["viewer"]
    page.get_by_label("Tên đăng nhập").fill(name)
    page.get_by_label("Mật khẩu").fill(password)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/du-lieu/telecom-monthly/$"))


def test_a_wrong_password_is_said_in_words_and_the_name_stays_filled_in(visit: Visit) -> None:
    visitor = visit()
    visitor.expected = ("401", "403")
    page = visitor.page
    page.goto("/sign-in")
    page.get_by_label("Tên đăng nhập").fill("nguoi-la")
    page.get_by_label("Mật khẩu").fill("doan-mo")
    page.get_by_role("button", name="Vào").click()
    expect(page.get_by_role("alert")).to_contain_text("mật khẩu")
    expect(page.get_by_label("Tên đăng nhập")).to_have_value("nguoi-la")


def test_who_signs_out_is_out(visit: Visit) -> None:
    visitor = visit("viewer")
    del visitor.at.sessions["viewer"]
    page = visitor.page
    page.get_by_label("Tài khoản").click()
    page.get_by_role("button", name="Đăng xuất").click()
    expect(page).to_have_url(re.compile("/sign-in"))
    page.goto("/")
    expect(page).to_have_url(re.compile("/sign-in"))


def test_the_language_changes_on_the_page_one_is_on_and_is_remembered(visit: Visit) -> None:
    page = visit("viewer").page
    page.goto("/chi-so/?tim=bts")
    page.get_by_role("link", name="English").click()
    expect(page).to_have_url(re.compile(r"/chi-so/\?tim=bts$"))
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("heading", level=1)).to_have_text("Indicators")
    page.goto("/")
    expect(page.get_by_role("heading", name="Needs attention")).to_be_visible()


def test_a_theme_is_remembered_without_scripts(visit: Visit) -> None:
    page = visit("viewer", java_script_enabled=False).page
    page.get_by_label("Tài khoản").click()
    page.get_by_role("button", name="Tối").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto("/du-lieu/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_theme_follows_the_machine_until_one_is_chosen(visit: Visit) -> None:
    page = visit("viewer", color_scheme="dark").page
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_label("Tài khoản").click()
    page.get_by_role("button", name="Sáng").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")


def test_signing_in_needs_no_mouse(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    page.goto("/sign-in")
    name, password = visitor.at.passwords["viewer"]
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Cần chú ý")).to_be_visible()
