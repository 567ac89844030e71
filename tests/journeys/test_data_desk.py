"""The data desk from end to end, as one officer lives it with a browser and a spreadsheet program."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.harness.wide import figures, in_tcvn3, slips, telecom
from tests.journeys.conftest import Visit
from tests.journeys.operating import ROOT, Operation, found
from tests.journeys.test_delivering import send
from tinh.places.api import gazetteer

SEED = 20250403
MONTHS = (1, 2, 3)
MISTYPED = 0  # the commune whose code is wrong: three rows, one a month
FAULT = "FFFDE3D8"


@pytest.fixture(scope="module")
def before_the_reform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operation]:
    """The province in April 2025, when its communes were the old ones and owed this report already."""
    folder = tmp_path_factory.mktemp("before")
    made = found(folder, with_copy=False)
    made.now = "2025-04-03T09:00:00+07:00"
    pack = folder / "packs" / "telecom"
    shutil.copytree(ROOT / "packs" / "telecom", pack)
    contract = pack / "datasets" / "telecom-monthly.odcs.yaml"
    text = contract.read_text(encoding="utf-8")
    assert 'start: "2025-07"' in text
    contract.write_text(text.replace('start: "2025-07"', 'start: "2025-01"'), encoding="utf-8")
    try:
        made.start()
        yield made
    finally:
        made.stop()


def scores(page: Page) -> dict[str, str]:
    """The four scores of the dataset, by name, as fractions."""
    page.goto("/du-lieu/telecom-monthly/")
    panel = page.locator("[data-part=scores] .four > div")
    return {
        one.locator(".label").inner_text(): one.locator(".score small").inner_text() for one in panel.all()
    }


def mended(sheet: Path, out: Path, codes: list[str]) -> int:
    """Every coloured cell of the held rows gets the right value; how many rows that were."""
    book = openpyxl.load_workbook(sheet)
    rows = book.worksheets[0]
    titles = [cell.value for cell in rows[1]]
    at = {name: titles.index(name) for name in ("Kỳ báo cáo", "Mã đơn vị hành chính cấp xã")}
    count = 0
    for line in rows.iter_rows(min_row=2):
        code = str(line[at["Mã đơn vị hành chính cấp xã"]].value)
        number = codes.index(code) if code in codes else MISTYPED
        right = figures(number, int(str(line[at["Kỳ báo cáo"]].value)[-2:]))
        by_title = {
            "Mã đơn vị hành chính cấp xã": codes[MISTYPED], "Dân số": right[0],
            "Số trạm thu phát sóng di động (BTS)": right[1],
            "Số trạm BTS dùng chung hạ tầng": right[2],
        }  # fmt: skip
        faults = [cell for cell in line if cell.fill.fgColor.rgb == FAULT]
        assert faults, [cell.value for cell in line]
        for cell in faults:
            cell.value = by_title[str(titles[cell.column - 1])]
        count += 1
    book.save(out)
    return count


def test_an_officer_maps_mends_and_is_done_with_it(
    visit: Visit, before_the_reform: Operation, tmp_path: Path
) -> None:
    codes = [unit.code for unit in gazetteer().communes("19", date(2025, 6, 1))]
    communes = len(codes)
    wrong = slips(SEED, MONTHS, communes)
    first = telecom(
        tmp_path / "Báo cáo quý I.xlsx", MONTHS, communes=communes, typed=in_tcvn3,
        wrong=wrong, codes={MISTYPED: "99999"},
    )  # fmt: skip
    page = visit("so-khcn", at=before_the_reform).page

    # Sent as it is, it is refused with the way out; the assistant proposes all of it.
    send(page, "telecom-monthly", first.name, first.read_bytes())
    expect(page.locator("main")).to_contain_text("Từ chối")
    page.get_by_role("link", name="Khai bố cục một lần").click()
    page.get_by_role("button", name="Đọc thử và đề xuất").click()
    page.wait_for_url("**/bo-cuc/thu/*")
    expect(page.locator("#xem-truoc .big").last).to_have_text("12")
    page.get_by_label("Tên bố cục").fill("Báo cáo ngang")
    page.get_by_role("button", name="Lưu", exact=True).click()
    page.wait_for_url(re.compile("/du-lieu/nhan/"))

    # Twelve rows are held, and seen with what was written and why.
    receipt = page.url
    expect(page.locator("main .title .status")).to_have_text("Chấp nhận một phần")
    expect(page.locator("table.held tbody tr")).to_have_count(12)
    expect(page.locator("table.held")).to_contain_text("chưa rõ")
    before = scores(page)

    page.goto(receipt)
    page.get_by_role("link", name="Sửa và gửi lại").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Tải bảng tính (12 dòng)").click()
    sheet, corrected = tmp_path / "bi-giu.xlsx", tmp_path / "đã sửa.xlsx"
    waiting.value.save_as(sheet)
    assert mended(sheet, corrected, codes) == 12
    page.get_by_label("Kéo bảng đã sửa vào đây").set_input_files(corrected)
    page.get_by_role("button", name="Gửi lại", exact=True).click()
    expect(page.locator("main .note.good")).to_contain_text("12 dòng đã vào kho")
    expect(page.locator("main")).to_contain_text("Không dòng nào bị giữ")

    after = scores(page)
    rows, due = 3 * communes, 2 * communes  # March is not due before the fifth
    lacking = sum(month < 3 for _, month in wrong) + 2
    assert before == {
        "Đúng": f"{rows - 12}/{rows}", "Đủ": f"{due - lacking}/{due}", "Sạch": f"{rows - 12}/{rows - 12}",
        "Sống": f"0/{due}",
    }  # fmt: skip
    assert after == {
        "Đúng": f"{rows}/{rows}", "Đủ": f"{due}/{due}", "Sạch": f"{rows}/{rows}", "Sống": f"0/{due}",
    }  # fmt: skip

    # A month later nothing has to be shown again.
    page.context.close()
    before_the_reform.halt()
    before_the_reform.now = "2025-05-04T09:00:00+07:00"
    before_the_reform.start()
    following = telecom(tmp_path / "Báo cáo tháng 4.xlsx", (4,), communes=communes, typed=in_tcvn3)
    page = visit("so-khcn", at=before_the_reform).page
    # March fell due in between and had come in time, what was mended among it.
    assert scores(page)["Sống"] == f"{communes}/{rows}"
    send(page, "telecom-monthly", following.name, following.read_bytes())
    page.wait_for_url(re.compile("/du-lieu/nhan/"))
    expect(page.locator("main .title .status")).to_have_text("Chấp nhận")
    expect(page.locator("main")).to_contain_text("bao-cao-ngang")
    expect(page.locator("main .four .big").first).to_have_text(str(communes))
