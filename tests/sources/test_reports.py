"""Reports as people make them: titles, merged headers, totals, groups, footnotes, sheets, wide tables."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import polars as pl
import pytest
from openpyxl.utils import range_boundaries

from tests.sources.vietnamese_text import tcvn3
from tinh.packs.api import CleaningStep, FixedColumn, Layout, LearnedLayout, PlaceBinding, Unpivot
from tinh.sources.api import clean, read
from tinh.sources.errors import (
    FixedNotFound,
    HiddenColumns,
    MissingColumns,
    NothingToUnpivot,
    SecondTable,
    SideBySide,
    TwoTitles,
    Uncomputed,
)

from .conftest import Reader, column, dataset

AUTO = CleaningStep(do="number", decimal=",", group=".", auto=True)
TITLES = [
    ["ỦY BAN NHÂN DÂN", None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
    ["TỈNH THÁI NGUYÊN", None, None, "Độc lập - Tự do - Hạnh phúc"],
    [],
    ["BÁO CÁO KẾT QUẢ PHÁT TRIỂN THUÊ BAO NĂM 2025"],
    ["Đơn vị tính: thuê bao"],
]


def save(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def sheet_of(rows: list[list[Any]], merges: tuple[str, ...] = (), **more: Any) -> bytes:
    book = openpyxl.Workbook()
    fill(book.active, rows, merges)
    for name, (others, spans) in more.items():
        fill(book.create_sheet(name), others, spans)
    return save(book)


def fill(sheet: Any, rows: list[list[Any]], merges: tuple[str, ...] = ()) -> None:
    for row in rows:
        sheet.append(row)
    for merge in merges:
        assert range_boundaries(merge)
        sheet.merge_cells(merge)


def report(**layout: Any) -> Any:
    return dataset(
        column("xa", "Xã, phường", required=True),
        column("thang"),
        column("ke_hoach", "Kế hoạch", logical="number", cleaning=(AUTO,)),
        column("thuc_hien", "Thực hiện", logical="number", cleaning=(AUTO,)),
        place=PlaceBinding(column="xa", by="name"),
        layout=Layout(**layout),
    )


PROVINCIAL = [
    *TITLES,
    ["STT", "Xã, phường", "Tháng 1", None, "Tháng 2", None],
    [None, None, "Kế hoạch", "Thực hiện", "Kế hoạch", "Thực hiện"],
    ["A", "B", 1, 2, 3, 4],
    ["I", "Khu vực phía Nam", None, None, None, None],
    [1, "Phường Phan Đình Phùng", "1.234", "1.230,5", 1300, None],
    [2, "Xã Đại Phúc", "2.345,6", "2.000", "1.500", "12,5"],
    [None, "Cộng khu vực phía Nam", 3579.6, 3230.5, 2800, 12.5],
    ["II", "Khu vực phía Bắc", None, None, None, None],
    [3, "Xã Ba Bể", 10, 20, None, 30],
    [None, "Tổng cộng", 3589.6, 3250.5, 2800, 42.5],
    [],
    ["Ghi chú: số liệu đến hết ngày 28/02/2025"],
    ["(*) Số liệu sơ bộ"],
    [None, "Người lập biểu", None, None, "GIÁM ĐỐC"],
    [None, "Nguyễn Văn A", None, None, "Trần Thị B"],
]
MERGED = ("A6:A7", "B6:B7", "C6:D6", "E6:F6", "A4:F4", "A1:C1", "D1:F1", "A9:F9" if False else "B9:F9")
WIDE = Unpivot(
    columns=r"^Tháng \d+ /", names_to="thang", pattern=r"Tháng (?P<m>\d+)", template="{nam}-{m:02}"
)
YEAR = FixedColumn(column="nam", source="title", pattern=r"NĂM (\d{4})")


def test_a_provincial_report_is_read_as_people_read_it(reading: Reader) -> None:
    contract = report(unpivot=WIDE, fixed=(YEAR,))
    table = clean(reading(sheet_of(PROVINCIAL, MERGED), contract, "bao-cao.xlsx"), contract)
    assert table.frame.rows() == [
        (1, "Sheet!C10", "Phường Phan Đình Phùng", "2025-01", "1234", "1230.5"),
        (2, "Sheet!E10", "Phường Phan Đình Phùng", "2025-02", "1300", None),
        (3, "Sheet!C11", "Xã Đại Phúc", "2025-01", "2345.6", "2000"),
        (4, "Sheet!E11", "Xã Đại Phúc", "2025-02", "1500", "12.5"),
        (5, "Sheet!C14", "Xã Ba Bể", "2025-01", "10", "20"),
        (6, "Sheet!E14", "Xã Ba Bể", "2025-02", None, "30"),
    ]
    assert set(table.notes) == {
        "sheet:Sheet", "header-rows:2", "numbering:1", "totals:2", "groups:2", "footnotes:4",
    }  # fmt: skip


def test_notes_and_signatures_of_an_old_font_are_no_records(reading: Reader) -> None:
    contract = report(unpivot=WIDE, fixed=(YEAR,))
    typed = [[tcvn3(c).decode("latin-1") if isinstance(c, str) else c for c in row] for row in PROVINCIAL]
    table = clean(reading(sheet_of(typed, MERGED), contract, "bao-cao.xlsx"), contract)
    assert table.frame.height == 6
    assert {"footnotes:4", "totals:2", "groups:2"} <= set(table.notes)


def test_the_same_report_as_csv_reads_the_same(reading: Reader) -> None:
    contract = report(unpivot=WIDE, fixed=(YEAR,))
    text = "\n".join(";".join("" if c is None else str(c) for c in row) for row in PROVINCIAL)
    table = clean(reading(text, contract, "bao-cao.csv"), contract)
    assert [row[1:] for row in table.frame.rows()] == [
        ("C10", "Phường Phan Đình Phùng", "2025-01", "1234", "1230.5"),
        ("E10", "Phường Phan Đình Phùng", "2025-02", "1300", None),
        ("C11", "Xã Đại Phúc", "2025-01", "2345.6", "2000"),
        ("E11", "Xã Đại Phúc", "2025-02", "1500", "12.5"),
        ("C14", "Xã Ba Bể", "2025-01", "10", "20"),
        ("E14", "Xã Ba Bể", "2025-02", None, "30"),
    ]
    assert set(table.notes) == {"header-rows:2", "numbering:1", "totals:2", "groups:2", "footnotes:4"}


@pytest.mark.parametrize(
    "label",
    [
        "A. Tổng số", "A - Tổng số", "A Tổng số", "(A) Tổng số", "a) Tổng cộng", "I. Tổng số", "1. Tổng số",
        "* Tổng", "** Cộng", "+ Cộng", "- Tổng cộng", "* TỔNG CỘNG:", "Tổng số (1+2)", "Tổng số*",
        "Tổng cộng 3 xã, phường", "Tổng cộng: 3 xã", "TỔNG CỘNG (3 xã)",
    ],
)  # fmt: skip
@pytest.mark.parametrize("numbered", [True, False], ids=["numbers-apart", "numbers-in-names"])
def test_a_total_is_told_whatever_ranks_it(reading: Reader, label: str, numbered: bool) -> None:
    places = ["Xã Đồng Hỷ", "Xã Đại Phúc", "Xã Cộng Hòa"]
    rows = [[at, place, 10, 20] for at, place in enumerate(places, 1)]
    table = [["STT", "Xã, phường", "Kế hoạch", "Thực hiện"], [None, label, 30, 60], *rows]
    if not numbered:
        table = [[row[1] if row[0] in ("STT", None) else f"{row[0]}. {row[1]}", *row[2:]] for row in table]
    read_ = reading(sheet_of(table), report(), "bao-cao.xlsx")
    assert [text.split(". ")[-1] for text in read_.frame["xa"]] == places
    assert "totals:1" in read_.notes


def test_every_sheet_of_a_kind_is_read_and_its_name_fills_a_column(reading: Reader) -> None:
    month = [["BÁO CÁO"], ["Xã, phường", "Kế hoạch", "Thực hiện"], ["Xã Ba Bể", 1, 2], ["Xã Đại Phúc", 3, 4]]
    content = sheet_of(
        [["Hướng dẫn nhập liệu"]],
        **{"Tháng 1": (month, ()), "Tháng 2": (month[:3], ()), "Tổng hợp": ([["Tổng", 1]], ())},
    )
    contract = report(
        sheets="all",
        fixed=(
            FixedColumn(column="thang", source="sheet", pattern=r"Tháng (\d+)", mapping={"1": "2025-01"}),
        ),
    )
    table = reading(content, contract, "f.xlsx")
    assert table.frame.select("_row", "_at", "xa", "thang").rows() == [
        (1, "Tháng 1!3", "Xã Ba Bể", "2025-01"),
        (2, "Tháng 1!4", "Xã Đại Phúc", "2025-01"),
        (3, "Tháng 2!3", "Xã Ba Bể", "2"),
    ]
    assert {"sheet:Tháng 1", "sheet:Tháng 2", "sheet-skipped:Sheet", "sheet-skipped:Tổng hợp"} <= set(
        table.notes
    )


def test_a_sheet_that_should_fit_and_does_not_is_refused(reading: Reader) -> None:
    good = [["Xã, phường", "Kế hoạch"], ["Xã Ba Bể", 1]]
    content = sheet_of(good, T2=([["Tên", "Kế hoạch"], ["Xã Ba Bể", 1]], ()))
    contract = report(sheets="all", sheet_names="^(Sheet|T2)$")
    with pytest.raises(MissingColumns):
        reading(content, contract, "f.xlsx")


def test_another_sheet_that_fits_is_told_when_only_one_is_taken(reading: Reader) -> None:
    good = [["Xã, phường", "Kế hoạch"], ["Xã Ba Bể", 1]]
    table = reading(sheet_of(good, **{"Tháng 2": (good, ())}), report(), "f.xlsx")
    assert "sheet-unread:Tháng 2" in table.notes


def test_hidden_rows_columns_and_sheets_are_left_out_and_counted(reading: Reader) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    fill(sheet, [["Xã, phường", "Kế hoạch", "Thực hiện"], ["Xã A", 1, 2], ["Xã B", 3, 4], ["Xã C", 5, 6]])
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["C"].hidden = True
    other: Any = book.create_sheet("Nháp")
    fill(other, [["Xã, phường", "Kế hoạch", "Thực hiện"], ["Xã X", 1, 2]])
    other.sheet_state = "hidden"
    content = save(book)
    table = reading(content, report(), "f.xlsx")
    assert table.frame.rows() == [(2, "Xã A", "1"), (4, "Xã C", "5")]
    assert {"hidden-rows:1", "hidden-columns:1", "hidden-sheets:1"} <= set(table.notes)
    assert reading(content, report(hidden="read"), "f.xlsx").frame.height == 3
    sheet.column_dimensions["A"].hidden = True
    with pytest.raises(HiddenColumns, match="Xã, phường"):
        reading(save(book), report(), "f.xlsx")


def test_what_is_neither_record_nor_total_nor_footnote_is_judged(reading: Reader) -> None:
    rows = [
        ["STT", "Xã, phường", "Kế hoạch"],
        [1, "Xã Cộng Hòa", 5],  # a commune whose name begins like a total
        [2, "Xã Đại Phúc", None],  # a commune that reported nothing
        [3, None, 7],  # a value without a place
        ["Khối nông thôn", None, None],
        [4, "Tổng hợp khác", 9],
        [5, "Xã Ba Bể", 1],
    ]
    table = reading(sheet_of(rows), report(), "f.xlsx")
    assert table.frame["_row"].to_list() == [2, 3, 4, 6, 7]
    assert "groups:1" in table.notes


def test_a_contract_may_want_its_totals_read(reading: Reader) -> None:
    rows = [["Xã, phường", "Kế hoạch"], ["Xã Ba Bể", 1], ["Toàn tỉnh", 9]]
    assert reading(sheet_of(rows), report(), "f.xlsx").frame.height == 1
    assert reading(sheet_of(rows), report(totals=()), "f.xlsx").frame.height == 2
    assert reading(sheet_of(rows), report(totals=("Xã Ba Bể",)), "f.xlsx").frame["xa"].to_list() == [
        "Toàn tỉnh"
    ]


def test_cells_merged_downwards_name_each_row_they_cover(reading: Reader) -> None:
    contract = dataset("xa", "thang", column("so", logical="number"))
    rows = [["xa", "thang", "so"], ["Xã A", "1", 5], [None, "2", None], [None, "3", 7], ["Xã B", "1", 8]]
    table = reading(sheet_of(rows, ("A2:A4", "C2:C3")), contract, "f.xlsx")
    assert table.frame["xa"].to_list() == ["Xã A", "Xã A", "Xã A", "Xã B"]
    assert table.frame["so"].to_list() == ["5", None, "7", "8"]  # a figure is never doubled
    assert "merged-cells:2" in table.notes


def test_percentages_serials_and_1904_read_as_shown(reading: Reader) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    fill(sheet, [["a", "b"], [0.45, 45748], [0.07, 45748.5], [0.333, "x"]])
    for row in (2, 3, 4):
        sheet.cell(row, 1).number_format = "0.0%"
    share = CleaningStep(do="percent", as_="share")
    contract = dataset(
        column("a", logical="number", cleaning=(share,)),
        column("b", cleaning=(CleaningStep(do="date", formats=("serial",)),)),
    )
    table = reading(save(book), contract, "f.xlsx")
    assert table.frame["a"].to_list() == ["45%", "7%", "33.3%"]
    cleaned = clean(table, contract).frame
    assert cleaned["a"].to_list() == ["0.45", "0.07", "0.333"]
    assert cleaned["b"].to_list() == ["2025-04-01", "45748.5", "x"]
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    assert clean(reading(save(book), contract, "f.xlsx"), contract).frame["b"][0] == "2029-04-02"


def test_error_cells_and_formulas_without_results_are_marked(reading: Reader) -> None:
    rows = [["a", "b"], ["x", "#REF!"], ["y", "=A2&A3"], ["=1+1", "z"], ["w", "#N/A"], ["v", 1]]
    table = reading(sheet_of(rows), filename="f.xlsx")
    assert table.frame["b"].to_list() == ["#REF!", "=A2&A3", "z", "#N/A", "1"]
    assert table.faulty["b"].to_list() == [True, True, False, True, False]
    assert table.faulty["a"].to_list() == [False, False, True, False, False]
    assert {"error-cells:2", "uncomputed:2"} <= set(table.notes)
    with pytest.raises(Uncomputed):
        reading(sheet_of([["a", "b"], ["x", "=1+1"], ["y", "=2+2"]]), filename="f.xlsx")


def test_fixed_columns_come_from_titles_cells_names_and_values(reading: Reader) -> None:
    rows = [["Tháng 03 năm 2025"], ["Đơn vị:", "Xã Ba Bể"], ["Kế hoạch", "Thực hiện"], [1, 2]]
    layout = {
        "fixed": (
            FixedColumn(column="xa", source="cell", cell="B2"),
            FixedColumn(
                column="thang", source="title",
                pattern=r"Tháng (?P<m>\d+) năm (?P<y>\d+)", template="{y}-{m:02}",
            ),
        )
    }  # fmt: skip
    table = reading(sheet_of(rows), report(**layout), "f.xlsx")
    assert table.frame.rows() == [(4, "Xã Ba Bể", "2025-03", "1", "2")]
    named = report(
        fixed=(
            FixedColumn(column="xa", source="filename", pattern=r"^(.*?)-thang"),
            FixedColumn(column="thang", source="value", value="2025-04"),
        )
    )
    table = reading(sheet_of(rows), named, "Xã Ba Bể-thang4.xlsx")
    assert table.frame.rows() == [(4, "Xã Ba Bể", "2025-04", "1", "2")]
    with pytest.raises(FixedNotFound, match="xa"):
        reading(sheet_of(rows), named, "khac.xlsx")


MONTH = FixedColumn(
    column="thang", source="title",
    pattern=r"(?i)tháng (?P<m>\d+) năm (?P<y>\d+)", template="{y}-{m:02}",
)  # fmt: skip


@pytest.mark.parametrize(
    "titles",
    [
        ["So với tháng 1 năm 2026: BÁO CÁO THÁNG 3 NĂM 2026"],
        ["Căn cứ Kế hoạch tháng 1 năm 2025", "BÁO CÁO THÁNG 3 NĂM 2026"],
        ["BÁO CÁO THÁNG 1 - THÁNG 3 NĂM 2026"],
        ["Từ ngày 1 tháng 1 đến ngày 31 tháng 3 năm 2026"],
        ["BÁO CÁO THÁNG 1 NĂM 2026 - 3 NĂM 2026"],
        ["BÁO CÁO THÁNG 1 NĂM 2026 ĐẾN THÁNG 3 NĂM 2026"],
    ],
)
def test_titles_that_name_two_periods_are_refused_with_both(reading: Reader, titles: list[str]) -> None:
    rows = [*([t] for t in titles), ["Xã, phường", "Kế hoạch", "Thực hiện"], ["Xã Ba Bể", 1, 2]]
    with pytest.raises(TwoTitles, match=r"20(25|26)"):
        reading(sheet_of(rows), report(fixed=(MONTH,)), "f.xlsx")


@pytest.mark.parametrize(
    "titles",
    [
        ["BÁO CÁO THÁNG 3 NĂM 2026", "(Tháng 3 năm 2026)"],
        ["Thái Nguyên, ngày 5 tháng 4 năm 2026", "BÁO CÁO THÁNG 3 NĂM 2026"],
        ["Báo cáo số 12 - Tháng 3 năm 2026"],
    ],
)
def test_titles_that_name_one_period_give_it(reading: Reader, titles: list[str]) -> None:
    rows = [*([t] for t in titles), ["Xã, phường", "Kế hoạch", "Thực hiện"], ["Xã Ba Bể", 1, 2]]
    table = reading(sheet_of(rows), report(fixed=(MONTH,)), "f.xlsx")
    assert table.frame["thang"].to_list() == ["2026-03"]


@pytest.mark.parametrize(
    ("source", "sheet", "filename"),
    [
        ("sheet", "T3-2026 (so T1-2026)", "f.xlsx"),
        ("filename", "Sheet", "bao-cao-T3-2026-thay-T2-2026.xlsx"),
    ],
)
def test_a_name_that_holds_two_periods_is_refused_too(
    reading: Reader, source: str, sheet: str, filename: str
) -> None:
    month = FixedColumn(
        column="thang", source=source, pattern=r"T(?P<m>\d{1,2})-(?P<y>\d{4})", template="{y}-{m:02}"
    )
    book = openpyxl.Workbook()
    book.active.title = sheet
    fill(book.active, [["Xã, phường", "Kế hoạch", "Thực hiện"], ["Xã Ba Bể", 1, 2]])
    with pytest.raises(TwoTitles, match="2026-03"):
        reading(save(book), report(fixed=(month,)), filename)


def test_a_span_inside_one_year_names_its_year(reading: Reader) -> None:
    contract = report(unpivot=WIDE, fixed=(YEAR.model_copy(update={"pattern": r"(?i)năm (\d{4})"}),))
    rows = [*PROVINCIAL[:1], ["Từ tháng 1 năm 2025 đến tháng 2 năm 2025"], *PROVINCIAL[2:]]
    table = reading(sheet_of(rows, MERGED), contract, "f.xlsx")
    assert set(table.frame["thang"].to_list()) == {"2025-01", "2025-02"}


def test_days_across_become_rows(reading: Reader) -> None:
    contract = dataset(
        "xa",
        column("ngay", cleaning=(CleaningStep(do="date", formats=("d/M/yyyy",)),)),
        column("so", logical="number"),
        layout=Layout(unpivot=Unpivot(columns=r"^\d+/\d+/\d{4}$", names_to="ngay", values_to="so")),
    )  # fmt: skip
    text = "xa,1/1/2025,2/1/2025,3/1/2025\nA,1,,3\nB,4,5,6\n"
    table = clean(reading(text, contract), contract)
    assert table.frame.rows() == [
        (1, "B2", "A", "2025-01-01", "1"), (2, "D2", "A", "2025-01-03", "3"),
        (3, "B3", "B", "2025-01-01", "4"), (4, "C3", "B", "2025-01-02", "5"),
        (5, "D3", "B", "2025-01-03", "6"),
    ]  # fmt: skip
    assert "empty-cells:1" in table.notes
    with pytest.raises(NothingToUnpivot):
        reading("xa,ngay1\nA,1\n", contract)


def test_a_learned_layout_wins_where_its_headers_stand(tmp_path: Any) -> None:
    layout = Layout(columns={"xa": "Đơn vị hành chính", "ke_hoach": "Chỉ tiêu / Giao đầu năm"})
    learned = LearnedLayout(
        dataset="trial", name="so-tttt", headers=("Đơn vị hành chính", "Chỉ tiêu / Giao đầu năm"),
        layout=layout, file=tmp_path / "x.yaml",
    )  # fmt: skip
    rows = [["Đơn vị hành chính", "Chỉ tiêu", None], [None, "Giao đầu năm", "Điều chỉnh"], ["Xã A", 5, 6]]
    path = tmp_path / "f"
    path.write_bytes(sheet_of(rows, ("A1:A2", "B1:C1")))
    table = read(path, report(), "f.xlsx", (learned,))
    assert table.frame.select("_row", "xa", "ke_hoach").rows() == [(3, "Xã A", "5")]
    assert table.notes[0] == "layout:so-tttt"
    assert table.unknown == ("Chỉ tiêu / Điều chỉnh",)
    path.write_bytes(sheet_of([["Xã, phường", "Kế hoạch"], ["Xã A", 7]]))
    assert read(path, report(), "f.xlsx", (learned,)).frame["ke_hoach"].to_list() == ["7"]


def test_three_header_rows_and_repeated_headers(reading: Reader) -> None:
    head = [
        ["TT", "Tên xã", "Năm 2025", None, None],
        [None, None, "Thuê bao", None, "Dân số"],
        [None, None, "Di động", "Cố định", None],
    ]
    contract = dataset(
        column("xa", "Tên xã"), column("dd", "Di động", logical="integer"),
        column("cd", "Cố định", logical="integer"), column("ds", "Dân số", logical="integer"),
        place=PlaceBinding(column="xa", by="name"),
    )  # fmt: skip
    rows = [*head, [1, "Xã A", 1, 2, 3], *head, [2, "Xã B", 4, 5, 6]]
    merges = ("A1:A3", "B1:B3", "C1:E1", "C2:D2", "E2:E3")
    table = reading(sheet_of(rows, merges), contract, "f.xlsx")
    assert table.frame.rows() == [(4, "Xã A", "1", "2", "3"), (8, "Xã B", "4", "5", "6")]
    assert {"header-rows:3", "repeated-headers:3"} <= set(table.notes)


def test_frames_keep_their_order_and_types(reading: Reader) -> None:
    table = reading(sheet_of([["b", "a"], ["2", "1"]]), filename="f.xlsx")
    assert table.frame.schema == {"_row": pl.UInt32, "a": pl.String, "b": pl.String}


STATIONS = (
    column("xa", required=True),
    column("thang"),
    column("tram", "Tổng số trạm", logical="number", unit="trạm", cleaning=(AUTO,)),
    column("dung_chung", "Dùng chung", logical="number", cleaning=(AUTO,)),
)
HEAD = ["xa", "thang", "tram", "dung_chung"]


@pytest.mark.parametrize("merges", [("A2:A3", "B2:C2", "D2:E2"), ()])
@pytest.mark.parametrize("hidden", ["D", "CD"])
def test_a_hidden_column_never_moves_a_figure_into_another_month(
    reading: Reader, merges: tuple[str, ...], hidden: str
) -> None:
    rows = [
        ["BÁO CÁO NĂM 2026"],
        ["xa", "Tháng 1", None, "Tháng 2", None],
        [None, *["Tổng số trạm", "Dùng chung"] * 2],
        ["Xã Ba Bể", 10, 4, 20, 5],
        ["Xã Đại Phúc", 30, 6, 1, 7],
    ]
    book = openpyxl.Workbook()
    fill(book.active, rows, merges)
    for name in hidden:
        book.active.column_dimensions[name].hidden = True
    layout = Layout(unpivot=WIDE, fixed=(YEAR,), columns={"tram": "Tổng số trạm", "dung_chung": "Dùng chung"})
    contract = dataset(*STATIONS, place=PlaceBinding(column="xa", by="name"), layout=layout)
    frame = clean(reading(save(book), contract, "f.xlsx"), contract).frame
    january = None if hidden == "CD" else "4"
    assert frame.select("xa", "thang", "tram", "dung_chung").rows()[:2] == [
        ("Xã Ba Bể", "2026-01", "10", january),
        ("Xã Ba Bể", "2026-02", None, "5"),
    ]


def test_a_merged_figure_counts_once_and_a_merged_place_for_each_row(reading: Reader) -> None:
    contract = dataset(*STATIONS, place=PlaceBinding(column="xa", by="name"))
    rows = [HEAD, ["Xã Ba Bể", "2026-01", "12", 3], [None, "2026-02", None, 3], [None, "2026-03", None, 4]]
    frame = clean(reading(sheet_of(rows, ("A2:A4", "C2:C4")), contract, "f.xlsx"), contract).frame
    assert frame["tram"].to_list() == ["12", None, None]
    assert frame["xa"].to_list() == ["Xã Ba Bể"] * 3


def test_a_subtotal_under_a_merged_place_is_a_total(reading: Reader) -> None:
    contract = dataset(STATIONS[0], "mang", STATIONS[2], key=("xa", "mang"), place=PlaceBinding(column="xa"))
    rows = [
        ["xa", "mang", "tram"],
        ["05443", "Viettel", 10],
        [None, "VNPT", 20],
        [None, "Cộng", 30],
        ["05455", "Công ty B", 5],
        [None, "Cộng Hòa Mobile", 4],
        [None, "Cộng phường Quyết Thắng", 9],
    ]
    table = clean(reading(sheet_of(rows, ("A2:A4", "A5:A7")), contract, "f.xlsx"), contract)
    assert table.frame["mang"].to_list() == ["Viettel", "VNPT", "Công ty B", "Cộng Hòa Mobile"]
    assert "totals:2" in table.notes


@pytest.mark.parametrize(
    "second",
    [["xa", "thang", "dung_chung", "tram"], ["thang", "xa", "dung_chung", "tram"]],
)
@pytest.mark.parametrize("name", ["f.xlsx", "f.csv"])
def test_a_second_table_with_its_columns_in_another_order_is_refused(
    reading: Reader, second: list[str], name: str
) -> None:
    contract = dataset(*STATIONS, place=PlaceBinding(column="xa", by="name"))
    rows = [HEAD, ["Xã Ba Bể", "2026-01", 12, 3], second, ["Xã Đại Phúc", "2026-01", 4, 40]]
    text = "\n".join(",".join(map(str, row)) for row in rows)
    with pytest.raises(SecondTable) as refused:
        reading(sheet_of(rows) if name == "f.xlsx" else text, contract, name)
    assert "f." in str(refused.value)
    same = [*rows[:2], HEAD, *rows[3:]]
    table = reading(sheet_of(same), contract, "f.xlsx")
    assert table.frame.height == 2 and "repeated-headers:1" in table.notes


@pytest.mark.parametrize(
    ("aside", "taken"),
    [
        ("kế hoạch", False), ("nghìn trạm", False), ("lũy kế", False), ("2025", False), ("%", False),
        ("trạm", True), ("ĐVT: Trạm", True), ("1", True), ("3=1+2", True),
    ],
)  # fmt: skip
def test_an_aside_of_a_header_is_ignored_only_when_it_changes_nothing(
    reading: Reader, aside: str, taken: bool
) -> None:
    contract = dataset(STATIONS[0], STATIONS[2])
    table = reading(sheet_of([["xa", f"tram ({aside})"], ["Xã Ba Bể", 12]]), contract, "f.xlsx")
    assert ("tram" in table.frame.columns) is taken
    assert (table.unknown == (f"tram ({aside})",)) is not taken


def test_a_group_of_plans_is_not_taken_for_what_was_done(reading: Reader) -> None:
    rows = [["xa", "Kế hoạch", "Thực hiện"], [None, "tram", "ghi chú"], ["Xã Ba Bể", 12, 99]]
    table = reading(sheet_of(rows, ("A1:A2",)), dataset(STATIONS[0], STATIONS[2]), "f.xlsx")
    assert table.missing == ("tram",)


RANKED: list[list[Any]] = [
    ["TT", "Xã, phường", "Kế hoạch", "Thực hiện"],
    ["I", "Đại Từ", 30, 30],
    [1, "La Bằng", 10, 12],
    [2, "Phú Xuyên", 20, 18],
    ["II", "Võ Nhai", 5, 6],
    [1, "Tràng Xá", 5, 6],
]


def test_a_district_ranked_above_its_communes_is_their_sum_and_no_commune(reading: Reader) -> None:
    table = reading(sheet_of(RANKED), report(), "f.xlsx")
    assert table.frame["xa"].to_list() == ["La Bằng", "Phú Xuyên", "Tràng Xá"]
    assert "totals:2" in table.notes
    text = "\n".join(";".join(str(c) for c in row) for row in RANKED)
    by_text = reading(text.encode(), report(), "f.csv")
    assert by_text.frame["xa"].to_list() == ["La Bằng", "Phú Xuyên", "Tràng Xá"]


def test_a_commune_ranked_above_its_hamlets_stays_the_record(reading: Reader) -> None:
    rows = [RANKED[0], ["I", "Xã La Bằng", 10, 12], [1, "Xóm Đồng", 4, 5], ["II", "Phường Gia Sàng", 7, 7]]
    table = reading(sheet_of([*rows, [1, "Tổ 3", 7, 7]]), report(), "f.xlsx")
    assert table.frame["xa"].to_list() == ["Xã La Bằng", "Xóm Đồng", "Phường Gia Sàng", "Tổ 3"]


def test_units_ranked_by_letters_alone_are_records(reading: Reader) -> None:
    rows = [RANKED[0], ["I", "La Bằng", 10, 12], ["II", "Phú Xuyên", 20, 18], ["III", "Tràng Xá", 5, 6]]
    table = reading(sheet_of(rows), report(), "f.xlsx")
    assert table.frame["xa"].to_list() == ["La Bằng", "Phú Xuyên", "Tràng Xá"]


@pytest.mark.parametrize("name", ["f.xlsx", "f.csv"])
@pytest.mark.parametrize("between", [[[]], [["Bảng 2. Kinh phí"]], [[], ["Bảng 2. Kinh phí"], []]])
def test_a_second_table_of_other_words_is_refused(reading: Reader, name: str, between: list[Any]) -> None:
    first = [["Xã, phường", "Kế hoạch", "Thực hiện"], ["La Bằng", 10, 12], ["Phú Xuyên", 20, 18]]
    rows = [*first, *between, ["Đơn vị", "Dự toán", "Giải ngân"], ["La Bằng", 500, 450]]
    text = "\n".join(";".join(str(c) for c in [*row, "", "", ""][:3]) for row in rows).encode()
    with pytest.raises(SecondTable) as refused:
        reading(sheet_of(rows) if name == "f.xlsx" else text, report(), name)
    assert "Dự toán" in refused.value.detail().vi


def test_remarks_in_places_of_figures_and_signatures_are_no_second_table(reading: Reader) -> None:
    first = [
        ["Xã, phường", "Kế hoạch", "Thực hiện"],
        ["La Bằng", 10, 12],
        ["Phú Xuyên", "chưa giao", "đang rà soát"],
    ]
    signed = [
        ["Tràng Xá", 3, 4],
        [],
        ["Người lập biểu", "Trưởng phòng", "Giám đốc"],
        [None, "Lê Văn A", "Trần B"],
    ]
    table = reading(sheet_of([*first, *signed]), report(), "f.xlsx")
    assert table.frame["xa"].to_list()[:3] == ["La Bằng", "Phú Xuyên", "Tràng Xá"]


def test_two_tables_side_by_side_are_refused_with_what_to_do(reading: Reader) -> None:
    rows = [
        ["Xã, phường", "Kế hoạch", None, "Xã, phường", "Kế hoạch"],
        ["Xã Ba Bể", 1, None, "Xã Đại Phúc", 2],
    ]
    with pytest.raises(SideBySide) as refused:
        reading(sheet_of(rows), report(), "hai-bang.xlsx")
    assert "2 bảng" in refused.value.detail().vi and "xuống ngay dưới" in refused.value.remedy().vi


def test_a_file_none_of_whose_figures_is_known_is_refused_though_none_is_required(reading: Reader) -> None:
    rows = [["Xã, phường", "Giao năm", "Làm được tháng 3"], ["Xã Ba Bể", 1, 2], ["Xã Đại Phúc", 3, 4]]
    with pytest.raises(MissingColumns) as refused:
        reading(sheet_of(rows), report(), "khac-ten.xlsx")
    assert "Kế hoạch" in refused.value.detail().vi and "Làm được tháng 3" in refused.value.detail().vi
