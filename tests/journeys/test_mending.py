"""Held rows go home in a spreadsheet, come back mended, and the four scores move."""

from __future__ import annotations

from pathlib import Path

import openpyxl
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visit
from tests.journeys.operating import AIR
from tests.journeys.test_delivering import send

_WIDTH = len(AIR.split(","))


def row(day: int, hour: int, city: str = "Thái Nguyên", pm25: str = "31.4") -> str:
    cells = [f"2025-11-{day:02}T{hour:02}:04:00+07:00", city, "90", "", "3.9 km/h", "57%", "25.0°C", pm25]
    return ",".join([*cells, *["N/A"] * (_WIDTH - len(cells))])


def twelve(seed: int) -> bytes:
    """A day and a half of readings of which twelve are wrong in three ways."""
    good = [row(seed, h) for h in range(24)]
    wrong = [row(seed + 1, h, pm25="-7") for h in range(5)]
    wrong += [row(seed + 1, h, pm25="nhiều") for h in range(5, 9)]
    wrong += [row(seed + 1, h, city="Thái Nguyêm") for h in range(9, 12)]
    return ("\n".join([AIR, *good, *wrong]) + "\n").encode()


def scores(page: Page) -> dict[str, str]:
    first = page.locator("main .four").first
    names = first.locator(".label").all_inner_texts()
    return dict(zip(names, first.locator(".label + *").all_inner_texts(), strict=True))


def mended(path: Path, out: Path) -> Path:
    """What an officer does in Excel: look for the coloured cells and write the right value."""
    book = openpyxl.load_workbook(path)
    rows = book.worksheets[0]
    titles = [cell.value for cell in rows[1]]
    why = titles.index("Lý do bị giữ")
    for line in rows.iter_rows(min_row=2):
        assert line[why].value
        for cell in line[why + 1 :]:
            if cell.fill.fgColor.rgb == "FFFDE3D8":
                cell.value = "Thái Nguyên" if str(cell.value).startswith("Thái") else "28.5"
    book.save(out)
    return out


def test_an_officer_mends_twelve_held_rows_and_sees_the_scores_move(visit: Visit, tmp_path: Path) -> None:
    page = visit("data_officer").page
    send(page, "air-hourly", "tháng 11.csv", twelve(3))
    expect(page.locator("main .title .status")).to_have_text("Chấp nhận một phần")
    before = scores(page)
    assert before["Giữ lại"] == "12"
    page.get_by_role("link", name="Sửa và gửi lại").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sửa và gửi lại")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Tải bảng tính (12 dòng)").click()
    sheet = tmp_path / "bi-giu.xlsx"
    waiting.value.save_as(sheet)
    page.get_by_label("Kéo bảng đã sửa vào đây").set_input_files(mended(sheet, tmp_path / "đã sửa.xlsx"))
    page.get_by_role("button", name="Gửi lại", exact=True).click()
    expect(page.locator("main .note.good")).to_contain_text("12 dòng đã vào kho")
    after = scores(page)
    assert after["Giữ lại"] == "0"
    assert {n for n in ("Đúng", "Sạch") if before[n] != after[n]} == {"Đúng", "Sạch"}
    told = page.locator(".history li").first
    expect(told).to_contain_text("12 dòng sửa xong vào kho")
    expect(told).to_contain_text("24/36 → 36/36")
    page.goto("/du-lieu/air-hourly/")
    expect(page.locator("[data-part=receipts]")).to_contain_text("tháng 11.csv")


def test_proposals_are_taken_with_one_click_and_without_scripts(visit: Visit) -> None:
    page = visit("data_officer", java_script_enabled=False).page
    send(page, "air-hourly", "nhầm tên.csv", twelve(7))
    page.get_by_role("link", name="Sửa và gửi lại").click()
    offer = page.locator("table.offers tbody tr")
    expect(offer).to_have_count(1)
    expect(offer).to_contain_text("Thái Nguyêm")
    if offer.locator("input[type=radio]").count():
        offer.locator("input[type=radio]").nth(1).check()
    page.get_by_role("button", name="Chấp nhận các đề xuất đã chọn").click()
    expect(page.locator("main .note.good")).to_contain_text("3 dòng đã vào kho")
    expect(page.locator(".history li").first).to_contain_text("3 dòng sửa theo đề xuất")
    expect(page.locator("table.held tbody tr")).to_have_count(9)


def test_an_administrator_lets_a_row_through_with_a_reason(visit: Visit) -> None:
    page = visit("administrator").page
    send(page, "air-hourly", "âm.csv", twelve(11))
    page.get_by_role("checkbox", name="Dòng 26", exact=True).check()
    page.get_by_label("Lý do cho qua các dòng đã chọn").fill("Máy đo lệch không, đã hiệu chuẩn")
    page.get_by_role("button", name="Cho qua các dòng đã chọn").click()
    expect(page.locator(".history li").first).to_contain_text("1 dòng được cho qua")
    expect(page.locator(".history li").first).to_contain_text("đã hiệu chuẩn")
    page.get_by_role("checkbox", name="Dòng 31", exact=True).check()
    page.get_by_label("Lý do cho qua các dòng đã chọn").fill("vẫn đúng")
    page.get_by_role("button", name="Cho qua các dòng đã chọn").click()
    expect(page.get_by_role("alert")).to_contain_text("FLW016")


def test_a_mended_spreadsheet_of_another_receipt_is_told_where_it_belongs(
    visit: Visit, tmp_path: Path
) -> None:
    page = visit("data_officer").page
    sheets = []
    for seed in (15, 18):
        send(page, "air-hourly", f"lần {seed}.csv", twelve(seed))
        page.wait_for_url("**/du-lieu/nhan/*")
        sheets.append(page.url)
    body = page.request.get(f"{sheets[0]}/bi-giu.xlsx").body()
    page.goto(f"{sheets[1]}/sua")
    page.get_by_label("Kéo bảng đã sửa vào đây").set_input_files(
        {"name": "nhầm.xlsx", "mimeType": "application/octet-stream", "buffer": body}
    )
    page.get_by_role("button", name="Gửi lại", exact=True).click()
    expect(page.locator("main .note.bad").first).to_contain_text(sheets[0].rsplit("/", 1)[1])
    expect(page.locator("main")).to_contain_text("FLW013")
