"""Files as offices, portals and yearbooks make them, what is in them known: nothing wrong passes silently."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tests.sources.vietnamese_text import tcvn3

from tinh.flow.api import FileProfile, Trial, compiled_contract, profile_file, proposed, tried
from tinh.gate.api import Proposal
from tinh.kit.clock import HeldClock
from tinh.packs.api import Catalogue, Dataset
from tinh.packs.api import compile as compile_province
from tinh.places.api import gazetteer

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 16, 2, tzinfo=UTC)
UNITS = [u.name for u in gazetteer().communes("19", date(2026, 3, 1))[:9]]
NUMBER = [
    {"do": "null_words", "words": ["-", "...", ".."]},
    {"do": "number", "decimal": ",", "group": ".", "auto": True},
]
Rows = Sequence[Sequence[Any]]


def column(name: str, header: str, logical: str = "integer", key: int = 0, **more: Any) -> str:
    block = {"headers": [header], "personal": "none", "clean": NUMBER if logical != "string" else [], **more}
    keyed = (
        f"\n        primaryKey: true\n        primaryKeyPosition: {key}\n        required: true"
        if key
        else ""
    )
    said = json.dumps(block, ensure_ascii=False)
    return (
        f"      - name: {name}\n        logicalType: {logical}{keyed}\n"
        f"        customProperties: [{{property: tinh, value: {said}}}]\n"
    )


def contract(*columns: str, every: str = "month") -> Dataset:
    """A report of communes with these figures."""
    text = (
        "apiVersion: v3.1.0\nkind: DataContract\nid: thu\nname: Thu\nversion: 1.0.0\nstatus: active\n"
        "customProperties:\n  - property: tinh\n    value:\n      kind: report\n"
        "      place: {column: commune, by: name, levels: [commune]}\n"
        f"      period: {{column: period, every: {every}}}\n"
        "schema:\n  - name: thu\n    properties:\n"
        + column("commune", "Xã, phường", "string", 1)
        + column("period", "Kỳ báo cáo", "string", 2)
        + "".join(columns)
    )
    made, findings = compiled_contract(text, "thu")
    assert made is not None, findings
    return made


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return compile_province(ROOT / "provinces" / "thai-nguyen")


class Desk:
    """An officer: what the assistant proposes for a file, and what it would do."""

    def __init__(self, folder: Path, catalogue: Catalogue) -> None:
        self.folder, self.catalogue = folder, catalogue

    def book(self, rows: Rows, merges: Sequence[str] = (), name: str = "tep.xlsx") -> Path:
        book = openpyxl.Workbook()
        sheet = book.active
        for row in rows:
            sheet.append(list(row))
        for merge in merges:
            sheet.merge_cells(merge)
        book.save(self.folder / name)
        return self.folder / name

    def text(self, text: str | bytes, name: str) -> Path:
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def shown(self, path: Path, dataset: Dataset) -> tuple[Proposal, Trial]:
        proposal = proposed(path, path.name, dataset, self.catalogue, NOW)
        return proposal, tried(path, path.name, dataset, proposal.layout, self.catalogue, NOW)

    def accepted(self, path: Path, dataset: Dataset) -> set[tuple[str, ...]]:
        """The first records, all of the file being accepted."""
        proposal, trial = self.shown(path, dataset)
        assert trial.verdict is not None, (proposal.layout, trial.problem)
        assert trial.verdict["verdict"] == "accepted" and not trial.verdict["held"], (proposal, trial)
        assert proposal.open == ()
        return {tuple(" ".join(cell.split()) for cell in row) for row in trial.rows}

    def profile(self, path: Path) -> FileProfile:
        return profile_file(path, path.name, self.catalogue, clock=HeldClock(NOW))


@pytest.fixture
def desk(tmp_path: Path, catalogue: Catalogue) -> Desk:
    return Desk(tmp_path, catalogue)


HOUSES = column("households", "Số hộ")
PAGE = (
    "<html><head><style>.x{{mso-number-format:'\\@';}}</style></head><body><div><table border=1>"
    "<tr><td colspan=4><b>BÁO CÁO HỒ SƠ</b></td></tr>"
    "<tr><td colspan=4>Từ ngày 01/09/2026 đến ngày 30/09/2026</td></tr>"
    "<tr><th rowspan=2>STT</th><th rowspan=2>Đơn vị</th><th colspan=2>Hồ sơ</th></tr>"
    "<tr><th>Tiếp nhận</th><th>Đúng hạn</th></tr>"
    "<tr><td>(1)</td><td>(2)</td><td>(3)=(4)+(5)</td><td>(4)</td></tr>{rows}"
    "<tr><td colspan=2><b>Tổng cộng</b></td><td>1</td><td>1</td></tr></table></div></body></html>"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_portal_s_page_saved_as_xls_goes_through_the_assistant(desk: Desk, encoding: str) -> None:
    rows = "".join(
        f"<tr><td>{i + 1}</td><td>&nbsp;UBND {n}</td><td>1.{100 + i}</td><td>{90 + i}</td></tr>"
        for i, n in enumerate(UNITS)
    )
    path = desk.text(PAGE.format(rows=rows).encode(encoding), "bao-cao.xls")
    dataset = contract(column("received", "Hồ sơ tiếp nhận"), column("intime", "Hồ sơ đúng hạn"))
    assert desk.accepted(path, dataset) == {
        (f"UBND {n}", "2026-09", f"1.{100 + i}", str(90 + i)) for i, n in enumerate(UNITS)
    }
    found = desk.profile(path)
    assert (found.header_rows, found.table.height) == ((3, 2), len(UNITS))
    assert found.verdict is not None and found.verdict["received"] == found.verdict["accepted"] == len(UNITS)


def test_excel_2003_xml_is_profiled(desk: Desk) -> None:
    rows = [["Xã, phường", "Số hộ"], *([n, str(i)] for i, n in enumerate(UNITS))]
    cells = "".join(
        "<Row>" + "".join(f'<Cell><Data ss:Type="String">{c}</Data></Cell>' for c in r) + "</Row>"
        for r in rows
    )
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    path = desk.text(
        f'<?xml version="1.0"?><Workbook xmlns="{space}" xmlns:ss="{space}"><Worksheet ss:Name="S"><Table>'
        f"{cells}</Table></Worksheet></Workbook>",
        "xuat.xls",
    )
    found = desk.profile(path)
    assert [c.kind for c in found.table.columns] == ["place", "integer"] and found.table.height == len(UNITS)


@pytest.mark.parametrize(
    ("title", "period"),
    [
        ("Từ ngày 01/09/2026 đến ngày 30/09/2026", "2026-09"),
        ("Từ ngày 01/08/2026 đến ngày 30/09/2026", ""),
        ("Tháng 8 - tháng 9 năm 2026", ""),
    ],
)
def test_a_span_within_one_month_is_that_month(desk: Desk, title: str, period: str) -> None:
    path = desk.book([[title], ["Xã, phường", "Số hộ"], *([n, 5] for n in UNITS)])
    _, trial = desk.shown(path, contract(HOUSES))
    assert {r[1] for r in trial.rows} == ({period} if period else set())
    assert (trial.problem or {}).get("code", "") == ("" if period else "SRC048")


def test_a_unicode_column_beside_one_of_an_old_font_stays_as_it_is(desk: Desk) -> None:
    rows = [[tcvn3(n).decode("latin-1"), "Tháng 9/2026", 7] for n in UNITS]
    path = desk.book([["Xã, phường", "Kỳ báo cáo", "Số hộ"], *rows])
    assert desk.accepted(path, contract(HOUSES)) == {(n, "Tháng 9/2026", "7") for n in UNITS}


@pytest.mark.parametrize(
    ("title", "header", "refused"),
    [
        ("Đơn vị tính: Nghìn người", "Dân số", True),
        ("ĐVT: 1.000 người", "Dân số", True),
        ("Nghìn người - Thous. persons", "Dân số", True),
        ("", "Dân số (nghìn người)", True),
        ("Đơn vị tính: Nghìn người", "Dân số (người)", False),
        ("Đơn vị tính: người", "Dân số", False),
        ("ĐVT: triệu đồng, người", "Dân số", False),
        ("ĐVT: triệu đồng", "Dân số", False),
        ("Đơn vị: UBND xã nghìn người", "Dân số", False),
    ],
)
def test_figures_in_another_unit_never_pass(desk: Desk, title: str, header: str, refused: bool) -> None:
    dataset = contract(column("population", "Dân số", unit="người"))
    path = desk.book([["DÂN SỐ THÁNG 9/2026"], [title], ["Xã, phường", header], *([n, 5] for n in UNITS)])
    proposal, trial = desk.shown(path, dataset)
    assert proposal.layout["columns"]["population"] == header
    assert (trial.problem or {}).get("code", "") == ("SRC049" if refused else "")


@pytest.mark.parametrize(
    ("theirs", "ours", "refused"),
    [
        ("Tỷ đồng", "triệu đồng", True),
        ("tr.đ", "đồng", True),
        ("trđ", "triệu đồng", False),
        ("Triệu VNĐ", "triệu đồng", False),
        ("nghìn tỷ đồng", "tỷ đồng", True),
        ("triệu", "đồng", True),
        ("%", "đồng", False),
    ],
)
def test_units_of_money_are_told_apart(desk: Desk, theirs: str, ours: str, refused: bool) -> None:
    dataset = contract(column("income", "Thu ngân sách", unit=ours))
    title = f"Đơn vị tính: {theirs}"
    path = desk.book(
        [["Tháng 9/2026"], ["", title], ["Xã, phường", "Thu ngân sách"], *([n, 5] for n in UNITS)]
    )
    _, trial = desk.shown(path, dataset)
    assert (trial.problem or {}).get("code", "") == ("SRC049" if refused else "")


OLD = [u.name for u in gazetteer().communes("19", date(2024, 12, 31))[:8]]


def test_a_yearbook_s_table_is_read_though_its_corner_is_blank(desk: Desk) -> None:
    years = [2022, None, 2023, None, "Sơ bộ\nPrel. 2024"]
    rows = [
        ["Dân số trung bình phân theo xã - Average population by commune"],
        [None, *years],
        ["TỔNG SỐ - TOTAL", 900, None, 900, None, 900],
        *(["     " + n, 10 + i, None, "..." if i == 2 else 20 + i, None, 30 + i] for i, n in enumerate(OLD)),
        [],
        ["(*) Số liệu sơ bộ. - Preliminary data."],
    ]
    dataset = contract(column("population", "Dân số"), every="year")
    proposal, trial = desk.shown(desk.book(rows), dataset)
    assert proposal.open == () and proposal.layout["columns"] == {"commune": "Cột A"}
    assert trial.verdict is not None and trial.verdict["verdict"] == "accepted", trial
    assert trial.verdict["received"] == 3 * len(OLD)
    assert [r[1:] for r in trial.rows[:3]] == [("2022", "10"), ("2023", "20"), ("2024", "30")]
    assert trial.rows[7][1:] == ("2023", "...")
    found = desk.profile(desk.book(rows))
    assert found.table.height == len(OLD) and found.table.columns[0].header == "Cột A"
    assert found.verdict is not None and found.verdict["accepted"] == found.verdict["received"] == len(OLD)


@pytest.mark.parametrize(
    ("title", "every", "period"),
    [
        ("Quý III/2026", "quarter", "Quý III/2026"),
        ("QUÝ II NĂM 2026", "quarter", "Quý II/2026"),
        ("Quý III năm 2026", "month", ""),
        ("6 tháng đầu năm 2026", "month", ""),
        ("6 tháng đầu năm 2026", "year", ""),
        ("Quý II năm 2026", "year", ""),
        ("Năm 2025", "year", "2025"),
    ],
)
def test_a_title_gives_the_period_only_of_the_contract_s_grain(
    desk: Desk, title: str, every: str, period: str
) -> None:
    path = desk.book([["BÁO CÁO"], [title], ["Xã, phường", "Số hộ"], *([n, 5] for n in UNITS)])
    proposal, trial = desk.shown(path, contract(HOUSES, every=every))
    assert proposal.open == (() if period else ("period",))
    assert {r[1] for r in trial.rows} == ({period} if period else set())


def test_quarters_in_roman_numbers_become_rows_and_what_adds_them_up_does_not(desk: Desk) -> None:
    head = ["TT", "Xã, phường", "Quý I/2026", "Quý II/2026", "Quý III/2026", "Lũy kế 9 tháng"]
    path = desk.book([head, *([i + 1, n, 1, 2, 3, 6] for i, n in enumerate(UNITS[:4]))])
    dataset = contract(column("tax", "Thu thuế"), every="quarter")
    assert desk.accepted(path, dataset) == {
        (n, f"Quý {q}/2026", v) for n in UNITS[:4] for q, v in (("I", "1"), ("II", "2"), ("III", "3"))
    }


def test_nine_months_are_not_a_year_among_years(desk: Desk) -> None:
    rows = [["Xã, phường", 2023, 2024, "9 tháng 2025"], *([n, 11, 25, 37] for n in OLD)]
    _, trial = desk.shown(desk.book(rows), contract(HOUSES, every="year"))
    assert {r[1] for r in trial.rows} == {"2023", "2024"}


def test_a_ministry_s_form_is_read_by_its_communes_alone(desk: Desk) -> None:
    rows = [
        ["UBND TỈNH THÁI NGUYÊN", None, None, "Biểu số: 01/BC"],
        ["KẾT QUẢ RÀ SOÁT HỘ NGHÈO"],
        ["Tháng 9 năm 2026"],
        [None, None, None, "Đơn vị tính: hộ"],
        ["STT", "Đơn vị", "Tổng số hộ dân cư", "Hộ nghèo", None],
        [None, None, None, "Số hộ", "Tỷ lệ (%)"],
        ["A", "B", "(1)", "(2)", "(3)=(2)/(1)"],
        [None, "TỔNG CỘNG (I+II)", 99, 9, 9],
        ["I", "Khu vực thành thị", 50, 5, 5],
        *([i + 1, n, 100 + i, 10 + i, 5.5] for i, n in enumerate(UNITS[:2])),
        ["II", "Khu vực nông thôn", 50, 5, 5],
        *([i + 1, n, 200 + i, 20 + i, 5.5] for i, n in enumerate(UNITS[2:7])),
        [],
        [None, None, None, "Thái Nguyên, ngày 05 tháng 10 năm 2026"],
        [None, "NGƯỜI LẬP BIỂU", None, "GIÁM ĐỐC"],
        [None, "Nguyễn Thị Hoa", None, "Trần Văn Bình"],
    ]
    path = desk.book(rows, ["A5:A6", "B5:B6", "C5:C6", "D5:E5"])
    dataset = contract(
        column("total", "Tổng số hộ dân cư", unit="hộ"), column("poor", "Số hộ nghèo", unit="hộ")
    )
    told = [(100 + i, 10 + i) for i in range(2)] + [(200 + i, 20 + i) for i in range(5)]
    assert desk.accepted(path, dataset) == {
        (n, "2026-09", str(a), str(b)) for n, (a, b) in zip(UNITS[:7], told, strict=True)
    }


@pytest.mark.parametrize(
    "head",
    [
        [["Xã, phường", "Số cơ sở", "Số lao động"], ["Commune", "Number of units", "Number of employees"]],
        [["Xã, phường\nCommune, ward", "Số cơ sở\nNumber of units", "Số lao động\nNumber of employees"]],
        [["Xã, phường (1)", "Số cơ sở(*)", "Số lao động¹"]],
    ],
)
def test_headers_in_two_languages_or_with_marks_are_known(desk: Desk, head: list[list[str]]) -> None:
    rows = [["Tháng 9/2026"], [], *head, ["Tổng số - Total", 9, 9], *([n, 5, 6] for n in UNITS)]
    dataset = contract(column("units", "Số cơ sở"), column("workers", "Số lao động"))
    assert desk.accepted(desk.book(rows), dataset) == {(n, "2026-09", "5", "6") for n in UNITS}


def test_a_foreign_word_in_a_header_is_no_translation(desk: Desk) -> None:
    rows = [["Xã, phường", "Số thuê bao Internet"], *([n, 5] for n in UNITS)]
    proposal, _ = desk.shown(desk.book([["Tháng 9/2026"], *rows]), contract(column("lines", "Số thuê bao")))
    match = proposal.matches[1]
    assert match.confidence < 0.93, match


def test_plan_and_actual_are_known_by_their_letters(desk: Desk) -> None:
    rows = [
        ["TIẾN ĐỘ NĂM 2026"],
        ["Xã, phường", "Tháng 8", None, "Tháng 9", None],
        [None, "KH", "TH", "KH", "TH"],
        *([n, 1, 2, 3, 4] for n in UNITS[:5]),
    ]
    dataset = contract(column("plan", "Kế hoạch"), column("actual", "Thực hiện"))
    path = desk.book(rows, ["A2:A3", "B2:C2", "D2:E2"])
    told = {(n, f"2026-{m}", a, b) for n in UNITS[:5] for m, a, b in (("08", "1", "2"), ("09", "3", "4"))}
    assert desk.accepted(path, dataset) == told


def test_a_table_that_begins_again_with_its_header_is_one_table(desk: Desk) -> None:
    head = ["STT", "Xã, phường", "Số hộ"]
    parts = [[["Bảng 1"], head, *([i + 1, n, 5] for i, n in enumerate(u)), [None, "Cộng", 9], []] for u in
             (UNITS[:4], UNITS[4:])]  # fmt: skip
    path = desk.book([["THÁNG 9/2026"], [], *parts[0], *parts[1]])
    assert desk.accepted(path, contract(HOUSES)) == {(n, "2026-09", "5") for n in UNITS}
    assert desk.profile(path).table.columns[1].header == "Xã, phường"


def test_rows_that_hold_but_a_running_number_are_no_records(desk: Desk) -> None:
    rows = [[i + 1, UNITS[i], 5] if i < 4 else [i + 1, None, None] for i in range(60)]
    found = desk.profile(desk.book([["STT", "Xã, phường", "Số hộ"], *rows]))
    assert found.table.height == 4 and found.table.place == "xa_phuong"


INNER = "<table><tr><th>STT</th><th>Xã, phường</th><th>Số hộ</th></tr>{rows}</table>"


@pytest.mark.parametrize(
    "page",
    [
        "<table><tr><td><b>BÁO CÁO THÁNG 9/2026</b></td></tr><tr><td>{inner}</td></tr></table>",
        "<h3>BÁO CÁO SỐ HỘ</h3><p>Tháng 9 năm 2026</p>{inner}<p>Tháng 10 năm 2026</p>",
        "<table><tr><td>UBND TỈNH</td></tr><tr><td colspan=2>Tháng 9 năm 2026</td></tr></table>"
        "{inner}<table><tr><td>Người lập</td><td>Giám đốc</td></tr></table>",
        "<p>Tháng 9 năm 2026</p><table><tr><td style='display:none'><table><tr>"
        "<td>Tháng 8/2026</td></tr></table></td><td>{inner}</td></tr></table>",
    ],
    ids=["in another table", "under paragraphs", "after another table", "beside what is hidden"],
)
def test_a_table_of_a_page_has_the_titles_a_person_sees_above_it(desk: Desk, page: str) -> None:
    rows = "".join(f"<tr><td>{i + 1}</td><td>{n}</td><td>{20 + i}</td></tr>" for i, n in enumerate(UNITS))
    text = f"<html><body>{page.format(inner=INNER.format(rows=rows))}</body></html>"
    got = desk.accepted(desk.text(text, "trang.xls"), contract(HOUSES))
    assert got == {(n, "2026-09", str(20 + i)) for i, n in enumerate(UNITS)}


@pytest.mark.parametrize(
    ("title", "periods"),
    [("SỐ HỘ NĂM 2025", {"2025-01", "2025-04"}), ("THÁNG 9/2026", {"2026-09-01", "2026-09-04"})],
)
def test_bare_numbers_across_are_months_unless_a_month_is_said(
    desk: Desk, title: str, periods: set[str]
) -> None:
    rows = [[title], ["Xã, phường", 1, 2, 3, 4], *([n, 11, 25, 37, 48] for n in UNITS[:3])]
    _, trial = desk.shown(desk.book(rows), contract(HOUSES))
    assert periods <= {r[1] for r in trial.rows}


def test_two_titles_over_two_columns_are_no_header(desk: Desk) -> None:
    rows = [["Tháng 9/2026", "ĐVT: hộ"], ["UBND TỈNH", "Biểu số"], ["Xã, phường", "Số hộ"]]
    path = desk.book([*rows, *([n, 5] for n in UNITS)])
    assert desk.accepted(path, contract(HOUSES)) == {(n, "2026-09", "5") for n in UNITS}


def test_a_column_for_each_commune_becomes_rows(desk: Desk) -> None:
    items = ["Dân số", "Số hộ", "Hộ nghèo"]
    rows = [["MỘT SỐ CHỈ TIÊU THÁNG 9/2026"], [], ["STT", "Chỉ tiêu", "ĐVT", *UNITS[:4]]]
    rows += [[i + 1, t, "hộ", *(10 * i + k for k in range(4))] for i, t in enumerate(items)]
    dataset = contract(column("item", "Chỉ tiêu", "string", 3), column("value", "Giá trị"))
    assert desk.accepted(desk.book(rows), dataset) == {
        (n, "2026-09", t, str(10 * i + k)) for k, n in enumerate(UNITS[:4]) for i, t in enumerate(items)
    }
