"""An officer with only a browser shows once how a file is laid out; the next one goes through untouched."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.harness.wide import in_tcvn3, telecom
from tests.journeys.conftest import Visit
from tests.journeys.operating import Operation
from tests.journeys.test_delivering import send
from tinh.places.api import gazetteer

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(scope="module")
def officer(operation: Operation) -> str:
    """A data officer of the agency that owes the telecom report."""
    made = operation.cli(
        "account", "add", "vien-thong", "--role", "data_officer", "--agency", "so-khcn", "--json"
    )
    told = json.loads(made.stdout)
    operation.passwords["telecom officer"] = (told.get("username") or told["name"], told["password"])
    return "telecom officer"


def test_a_wide_old_file_is_mapped_once_and_next_month_goes_through_untouched(
    visit: Visit, officer: str, tmp_path: Path
) -> None:
    first = telecom(tmp_path / "quy-1.xlsx", (1, 2, 3), typed=in_tcvn3)
    following = telecom(tmp_path / "thang-4.xlsx", (4,), typed=in_tcvn3)
    page = visit(officer).page
    send(page, "telecom-monthly", first.name, first.read_bytes())
    expect(page.locator("main")).to_contain_text("Từ chối")
    page.get_by_role("link", name="Khai bố cục một lần").click()
    page.get_by_role("button", name="Đọc thử và đề xuất").click()
    page.wait_for_url("**/bo-cuc/thu/*")

    preview = page.locator("#xem-truoc")
    expect(preview).to_contain_text("Chấp nhận")
    expect(preview.locator("tbody tr").first).to_contain_text("2025-01")
    page.reload()
    expect(preview).to_contain_text("2025-01")
    # A change by hand is looked at again at once, and stays through a reload.
    page.get_by_label("Tháng 3 / Số trạm", exact=True).select_option("")
    page.wait_for_url("**/bo-cuc/thu/*#xem-truoc")
    expect(preview.locator(".big").last).to_have_text("20")
    page.get_by_label("Tháng 3 / Số trạm", exact=True).select_option("@wide")
    expect(preview.locator(".big").last).to_have_text("0")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0

    page.get_by_label("Tên bố cục").fill("Báo cáo ngang theo tháng")
    page.get_by_role("button", name="Lưu", exact=True).click()
    page.wait_for_url(re.compile("/du-lieu/nhan/"))
    expect(page.locator("main")).to_contain_text("60")

    send(page, "telecom-monthly", following.name, following.read_bytes())
    page.wait_for_url(re.compile("/du-lieu/nhan/"))
    expect(page.locator("main .title")).to_contain_text("Chấp nhận")
    expect(page.locator("main")).to_contain_text("bao-cao-ngang-theo-thang")

    page.goto("/du-lieu/bo-cuc/")
    line = page.locator("tr", has_text="bao-cao-ngang-theo-thang")
    expect(line).to_contain_text("vien-thong")
    with page.expect_download() as download:
        line.get_by_role("link", name="Tải về").click()
    assert "unpivot" in Path(download.value.path()).read_text(encoding="utf-8")


def test_a_year_and_a_month_in_two_columns_are_one_period_by_the_assistant_s_own_proposal(
    visit: Visit, officer: str
) -> None:
    units = gazetteer().communes("19", date(2025, 6, 1))[40:52]
    lines = ["Năm,Tháng,Mã ĐVHC,Dân số,Số trạm,Trạm dùng chung"]
    lines += [f"2024,{m},{u.code},{5000 + i},20,5" for m in (9, 10) for i, u in enumerate(units)]
    page = visit(officer).page
    page.goto("/du-lieu/bo-cuc/?dataset=telecom-monthly")
    file = {"name": "hai-cot.csv", "mimeType": "text/csv", "buffer": "\n".join(lines).encode()}
    page.get_by_label("Tệp đầu tiên").set_input_files(file)  # type: ignore[arg-type]  # a dict will do
    page.get_by_role("button", name="Đọc thử và đề xuất").click()
    preview = page.locator("#xem-truoc")
    expect(preview).to_contain_text("2024-09")
    expect(preview).to_contain_text("Chấp nhận")
    page.get_by_text("Giá trị nằm ngoài bảng", exact=True).first.click()
    expect(page.locator("#f0_from")).to_have_value("@0")
    expect(page.locator("#f1_from option:checked")).to_have_text("Tháng")
    # A person may say so by hand: the month of another column, and the choice stays.
    page.locator("#f1_from").select_option("title")
    expect(page.locator("main")).to_contain_text("SRC")
    page.locator("#f1_from").select_option("@1")
    expect(preview).to_contain_text("2024-09")
    page.get_by_label("Tên bố cục").fill("Năm và tháng")
    page.get_by_role("button", name="Lưu", exact=True).click()
    page.wait_for_url(re.compile("/du-lieu/nhan/"))
    expect(page.locator("main")).to_contain_text("24")


def test_the_form_works_without_scripts(visit: Visit, officer: str, tmp_path: Path) -> None:
    file = telecom(tmp_path / "quy-3.xlsx", (1, 2), 2024)
    page = visit(officer, java_script_enabled=False).page
    page.goto("/du-lieu/bo-cuc/?dataset=telecom-monthly")
    page.get_by_label("Tệp đầu tiên").set_input_files(file)
    page.get_by_role("button", name="Đọc thử và đề xuất").click()
    page.get_by_label("Tháng 2 / Dân số", exact=True).select_option("")
    page.get_by_role("button", name="Xem lại").click()
    expect(page.locator("#xem-truoc .big").last).not_to_have_text("0")


def test_somebody_else_s_waiting_file_is_not_there(visit: Visit, officer: str, tmp_path: Path) -> None:
    file = telecom(tmp_path / "quy-2.xlsx", (5, 6))
    page = visit(officer).page
    page.goto("/du-lieu/bo-cuc/?dataset=telecom-monthly")
    page.get_by_label("Tệp đầu tiên").set_input_files(file)
    page.get_by_role("button", name="Đọc thử và đề xuất").click()
    page.wait_for_url("**/bo-cuc/thu/*")
    other = visit("administrator")
    other.expected = ("404",)
    answer = other.page.goto(page.url)
    assert answer is not None and answer.status == 404


def test_a_file_is_profiled_and_its_draft_checked(visit: Visit, officer: str, tmp_path: Path) -> None:
    page = visit(officer).page
    page.goto("/du-lieu/ho-so")
    content = "Mã xã,Kỳ,Số hộ\n05443,03/2026,1.234\n05449,03/2026,987\n".encode()
    page.get_by_label("Tệp", exact=True).set_input_files(
        {"name": "ho-ngheo.csv", "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="Xem hồ sơ").click()
    expect(page.locator("main")).to_contain_text("hàng nghìn hay phần thập phân")
    page.get_by_role("button", name="Kiểm tra").click()
    expect(page.locator("main")).to_contain_text("Hợp đồng hợp lệ")
