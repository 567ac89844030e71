"""An officer delivers a file: it is judged in the open, and the room knows at once."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visit
from tests.journeys.operating import ROOT, air_month, telecom_report

SAMPLES = ROOT / "packs" / "telecom" / "samples" / "telecom-monthly"


def send(page: Page, dataset: str, name: str, content: bytes) -> None:
    page.goto(f"/du-lieu/gui?dataset={dataset}")
    page.get_by_label("Kéo tệp vào đây").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="Gửi").click()


def test_a_delivery_changes_the_open_room_by_itself(visit: Visit) -> None:
    watching = visit("viewer")
    room = watching.page
    figure = room.locator('.tile[data-key="tile-telecom-sharing-rate"] .figure')
    before = figure.inner_text()
    expect(room.locator("[data-live]")).to_have_attribute("data-state", "open")
    room.evaluate("window.stayed = true")
    area = room.locator('svg.map a[data-name="Phường Đức Xuân"]')
    said = area.get_attribute("data-text")

    officer = visit("administrator").page
    report = telecom_report(("01840", "Phường Đức Xuân", 4000, 4000))
    send(officer, "telecom-monthly", "duc-xuan-2026-10.csv", report)
    expect(officer).to_have_url(re.compile("/du-lieu/nhan/"))
    expect(officer.locator("main")).to_contain_text("Chấp nhận")

    expect(figure).not_to_have_text(before, timeout=20_000)
    expect(area).not_to_have_attribute("data-text", said or "")
    expect(area).to_have_attribute("data-text", re.compile("^100"))
    assert room.evaluate("window.stayed") is True
    # Sentences that come or go move their neighbours a little; 0.1 in all is what Web Vitals calls good.
    assert sum(shift["value"] for shift in watching.shifts()) < 0.1, watching.shifts()


def test_what_another_process_loads_shows_in_the_open_room(visit: Visit, tmp_path: Path) -> None:
    visitor = visit("viewer")
    room = visitor.page
    tile = room.locator('.tile[data-key="tile-telecom-5g-coverage"]')
    before = tile.inner_text()
    expect(room.locator("[data-live]")).to_have_attribute("data-state", "open")
    file = tmp_path / "bao-cao.csv"
    file.write_bytes(telecom_report(*((f"{code:05d}", "", 40, 9) for code in (5443, 5455, 5467))))
    done = visitor.at.cli("load", "telecom-monthly", str(file), "--json")
    assert done.returncode == 0, done.stderr
    expect(tile).not_to_have_text(before, timeout=20_000, use_inner_text=True)


def test_held_rows_are_shown_with_their_reasons_and_the_faulty_cells_marked(visit: Visit) -> None:
    page = visit("administrator").page
    send(page, "telecom-monthly", "loi-tung-loai.csv", (SAMPLES / "loi-tung-loai.csv").read_bytes())
    expect(page.locator("main .title .status")).to_have_text("Chấp nhận một phần")
    held = page.locator("table.held tbody tr")
    assert held.count() >= 3
    for row in held.all():
        assert row.locator(".why").inner_text().strip()
        assert row.locator(".cell-fault").count() >= 1, row.inner_text()
    shared = page.locator("table.held tr", has_text="Phan Đình Phùng").first
    expect(shared.locator(".cell-fault", has_text="160")).to_have_count(1)
    expect(shared.get_by_role("checkbox", name="Dòng 3", exact=True)).to_have_count(1)


def test_the_same_file_again_is_said_to_have_changed_nothing(visit: Visit) -> None:
    page = visit("administrator").page
    content = telecom_report(("05443", "Phường Phan Đình Phùng", 152, 31), month="2025-09")
    send(page, "telecom-monthly", "mot.csv", content)
    expect(page).to_have_url(re.compile(r"/du-lieu/nhan/\w+$"))
    first = page.url
    send(page, "telecom-monthly", "ten-khac.csv", content)
    expect(page).to_have_url(re.compile(r"\?lai=1$"))
    assert page.url.split("?")[0] == first
    expect(page.locator("main")).to_contain_text("không có gì thay đổi")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("trong.csv", b"", "rỗng"),
        ("anh.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, r"\w"),
        ("sai-bang-ma.csv", None, r"\w"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_gets_a_clear_answer(
    visit: Visit, name: str, content: bytes | None, told: str
) -> None:
    visitor = visit("administrator")
    visitor.expected = ("400", "422", "415")
    page = visitor.page
    send(page, "telecom-monthly", name, (SAMPLES / name).read_bytes() if content is None else content)
    expect(page.locator("main")).to_contain_text(re.compile("Từ chối|Không thực hiện được"))
    expect(page.locator("main")).to_contain_text(re.compile(told))
    expect(page.locator("main")).to_contain_text(re.compile(r"(SRC|GAT|FLW|WEB)\d{3}"))


def test_the_file_comes_back_as_it_was_received(visit: Visit) -> None:
    page = visit("administrator").page
    content = telecom_report(("05455", "Phường Quyết Thắng", 45, 9), month="2025-08")
    send(page, "telecom-monthly", "báo cáo tháng 8.csv", content)
    expect(page.locator("main")).to_contain_text(hashlib.sha256(content).hexdigest())
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Tải tệp gốc").click()
    assert waiting.value.suggested_filename == "báo cáo tháng 8.csv"
    assert Path(waiting.value.path()).read_bytes() == content


def test_a_file_is_dropped_on_the_page(visit: Visit) -> None:
    page = visit("administrator").page
    page.goto("/du-lieu/gui?dataset=telecom-monthly")
    carried = page.evaluate_handle(
        """(text) => { const data = new DataTransfer();
           data.items.add(new File([text], "keo-tha.csv", { type: "text/csv" })); return data; }""",
        telecom_report(("05467", "Phường Gia Sàng", 80, 15), month="2025-10").decode(),
    )
    page.dispatch_event(".drop", "drop", {"dataTransfer": carried})
    expect(page.locator("[data-words]")).to_contain_text("keo-tha.csv")
    page.get_by_role("button", name="Gửi").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("keo-tha.csv")


def test_a_form_without_scripts_delivers_too(visit: Visit) -> None:
    page = visit("administrator", java_script_enabled=False).page
    content = telecom_report(("05443", "Phường Phan Đình Phùng", 152, 30), month="2025-11")
    send(page, "telecom-monthly", "khong-script.csv", content)
    expect(page.get_by_role("heading", level=1)).to_have_text("khong-script.csv")
    expect(page.locator("main")).to_contain_text("Chấp nhận")


def test_a_form_sent_without_a_file_says_what_is_missing(visit: Visit) -> None:
    visitor = visit("administrator", java_script_enabled=False)
    visitor.expected = ("400",)
    page = visitor.page
    page.goto("/du-lieu/gui?dataset=telecom-monthly")
    page.evaluate("document.querySelector('form[data-upload]').noValidate = true")
    page.get_by_role("button", name="Gửi").click()
    expect(page.get_by_role("alert")).to_have_text("Hãy chọn tệp cần gửi.")


def test_a_viewer_is_not_offered_to_send_and_is_told_why_and_whom_to_ask(visit: Visit) -> None:
    visitor = visit("viewer")
    visitor.expected = ("403",)
    page = visitor.page
    page.goto("/du-lieu/")
    expect(page.get_by_role("link", name="Gửi dữ liệu")).to_have_count(0)
    page.goto("/du-lieu/telecom-monthly/")
    expect(page.get_by_role("link", name="Gửi dữ liệu")).to_have_count(0)
    answer = page.goto("/du-lieu/gui")
    assert answer is not None and answer.status == 403
    expect(page.locator("main")).to_contain_text(re.compile(r"PPL\d{3}"))
    expect(page.locator("main")).to_contain_text(re.compile("hỏi quản trị|[Nn]hờ quản trị"))


def test_an_officer_sends_for_their_own_agency_only(visit: Visit) -> None:
    visitor = visit("data_officer")
    visitor.expected = ("403",)
    page = visitor.page
    page.goto("/du-lieu/gui")
    offered = page.locator("#dataset option").evaluate_all("all => all.map(o => o.value).filter(Boolean)")
    assert offered == ["air-hourly"]
    page.goto("/du-lieu/telecom-monthly/")
    expect(page.get_by_role("link", name="Gửi dữ liệu")).to_have_count(0)
    expect(page.locator("[data-part=receipts], [data-part=scores]")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("chỉ Sở Khoa học và Công nghệ")
    page.goto("/du-lieu/nhan/")
    expect(page.locator("[data-part=receipts]")).not_to_contain_text("vien-thong")
    reader = visit("viewer").page
    reader.goto("/du-lieu/telecom-monthly/")
    foreign = reader.locator("[data-part=receipts] tbody a").first.get_attribute("href") or ""
    for address in (foreign, f"{foreign}/tep", f"{foreign}/thu-hoi"):
        assert page.request.get(address).status == 403


def test_an_officer_s_own_delivery_opens_its_rows_and_its_file(visit: Visit) -> None:
    page = visit("data_officer").page
    content = air_month().replace("2026-10", "2025-12").encode()
    send(page, "air-hourly", "thai-nguyen_2025_dec.csv", content)
    expect(page.get_by_role("heading", level=1)).to_have_text("thai-nguyen_2025_dec.csv")
    expect(page.locator("main")).to_contain_text("672")
    expect(page.get_by_role("link", name="Tải tệp gốc")).to_be_visible()


def test_an_empty_province_comes_alive_with_its_first_file(visit: Visit, newborn) -> None:  # type: ignore[no-untyped-def]
    room = visit("viewer", at=newborn).page
    expect(room.locator("main")).to_contain_text("Chưa có dữ liệu nào.")
    expect(room.locator("svg.map a")).to_have_count(92)
    expect(room.locator("[data-live]")).to_have_attribute("data-state", "open")

    officer = visit("administrator", at=newborn).page
    send(officer, "telecom-monthly", "dau-tien.csv", telecom_report(("05443", "Phan Đình Phùng", 152, 31)))
    expect(officer.locator("main")).to_contain_text("Chấp nhận")
    tile = room.locator('.tile[data-key="tile-telecom-sharing-rate"] .figure')
    expect(tile).to_contain_text("20,4", timeout=20_000)
    expect(room.locator("main")).not_to_contain_text("Chưa có dữ liệu nào.")


def test_a_lost_connection_is_shown_and_mended(visit: Visit) -> None:
    visitor = visit("viewer")
    visitor.expected = ("ERR_INTERNET_DISCONNECTED", "ERR_NETWORK", "Failed to load")
    page = visitor.page
    live = page.locator("[data-live]")
    expect(live).to_have_attribute("data-state", "open")
    page.evaluate("""() => { const Real = EventSource; window.EventSource = function (address) {
        return new Real(window.broken ? "/khong-co" : address); }; window.broken = true; }""")
    visitor.context.set_offline(True)
    page.evaluate("dispatchEvent(new Event('offline'))")
    visitor.context.set_offline(False)
    page.evaluate("window.broken = false")
    expect(live).to_have_attribute("data-state", "open", timeout=15_000)
