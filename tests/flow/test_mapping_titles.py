"""What the assistant makes of titles, names of sheets and headers that could be taken for another period."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tests.flow.test_mapping_files import NOW, OLD, poor

from tinh.flow.api import Trial, layout_of, proposed, proposed_choices, tried
from tinh.gate.api import Proposal
from tinh.packs.api import Catalogue
from tinh.packs.api import compile as compile_province

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return compile_province(ROOT / "provinces" / "thai-nguyen")


def look(
    tmp_path: Path, catalogue: Catalogue, every: str, rows: list[list[Any]], *names: str
) -> tuple[Proposal, Trial]:
    """The same rows in one sheet or in one of each name."""
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = names[0] if names else "Sheet1"
    for sheet in (book.active, *map(book.create_sheet, names[1:])):
        for row in rows:
            sheet.append(row)
    path = tmp_path / "bao cao.xlsx"
    book.save(path)
    made = proposed(path, path.name, poor(every), catalogue, NOW)
    return made, tried(path, path.name, poor(every), made.layout, catalogue, NOW)


BODY: list[list[Any]] = [["Xã, phường", "Số hộ nghèo"], *([name, 10 + i] for i, name in enumerate(OLD))]


def test_the_sheet_that_excel_names_is_no_january(tmp_path: Path, catalogue: Catalogue) -> None:
    proposal, _ = look(tmp_path, catalogue, "month", [["HỘ NGHÈO NĂM 2024"], *BODY])
    assert "period" in proposal.open
    assert not [f for f in proposal.layout.get("fixed", ()) if f["from"] == "sheet"]


@pytest.mark.parametrize("name", ["T3", "bc_t3", "Tháng 3", "thang3"])
def test_a_sheet_named_after_a_month_gives_it(name: str, tmp_path: Path, catalogue: Catalogue) -> None:
    _, trial = look(tmp_path, catalogue, "month", [["HỘ NGHÈO NĂM 2024"], *BODY], name)
    assert {row[1] for row in trial.rows} == {"2024-03"}


def test_a_yearly_dataset_hears_of_the_half_year_in_the_title(tmp_path: Path, catalogue: Catalogue) -> None:
    proposal, trial = look(tmp_path, catalogue, "year", [["HỘ NGHÈO 6 THÁNG ĐẦU NĂM 2024"], *BODY])
    assert trial.problem is not None and trial.problem["code"] == "SRC044"
    assert proposal.open == ("period",)


def test_a_monthly_dataset_hears_of_sums_in_the_title(tmp_path: Path, catalogue: Catalogue) -> None:
    _, trial = look(tmp_path, catalogue, "month", [["HỘ NGHÈO LŨY KẾ ĐẾN THÁNG 3 NĂM 2024"], *BODY])
    assert trial.problem is not None and trial.problem["code"] == "SRC045"


@pytest.mark.parametrize(
    "header",
    [
        "Số hộ cận nghèo", "Kế hoạch số hộ nghèo", "Tỷ lệ hộ nghèo (%)", "Số hộ thoát nghèo", "KH hộ nghèo",
        "Số hộ nghèo lũy kế", "Số hộ nghèo là nữ", "Số hộ không nghèo", "Hộ nghèo so với năm trước",
        "Số hộ nghèo / Kế hoạch",
    ],
)  # fmt: skip
def test_a_small_word_makes_another_figure(header: str, tmp_path: Path, catalogue: Catalogue) -> None:
    rows = [["HỘ NGHÈO THÁNG 3 NĂM 2024"], ["Xã, phường", header], *BODY[1:]]
    proposal, _ = look(tmp_path, catalogue, "month", rows)
    assert proposal.open == ("poor",)


def test_the_figure_meant_is_found_beside_the_others(tmp_path: Path, catalogue: Catalogue) -> None:
    rows: list[list[Any]] = [["HỘ NGHÈO THÁNG 3 NĂM 2024"]]
    rows += [["TT", "Xã, phường", "Số hộ cận nghèo", "Trong đó: số hộ nghèo", "Tỷ lệ hộ nghèo (%)"]]
    rows += [[i + 1, name, 700 + i, 10 + i, 5.5] for i, name in enumerate(OLD)]
    proposal, _ = look(tmp_path, catalogue, "month", rows)
    assert {m.header: m.column for m in proposal.matches if m.column} == {
        "Xã, phường": "commune", "Trong đó: số hộ nghèo": "poor",
    }  # fmt: skip


def test_a_summary_beside_the_months_is_left_out_and_told(tmp_path: Path, catalogue: Catalogue) -> None:
    names = ("Tháng 1", "Tháng 2", "Tổng hợp")
    proposal, trial = look(tmp_path, catalogue, "month", [["HỘ NGHÈO NĂM 2024"], *BODY], *names)
    assert trial.verdict is not None and trial.verdict["accepted"] == 2 * len(OLD)
    assert any("Tổng hợp" in remark.vi for remark in proposal.remarks)
    chosen = proposed_choices(proposal)
    assert layout_of(chosen, [m.header for m in proposal.matches], proposal) == dict(proposal.layout)


def test_sheets_whose_titles_give_the_month_are_all_read(tmp_path: Path, catalogue: Catalogue) -> None:
    path = tmp_path / "quy.xlsx"
    book = openpyxl.Workbook()
    for month in (1, 2, 3):
        sheet = book.create_sheet(f"Bieu{month}")
        for row in [[f"HỘ NGHÈO THÁNG {month} NĂM 2024"], *BODY]:
            sheet.append(row)
    del book["Sheet"]
    book.save(path)
    made = proposed(path, path.name, poor("month"), catalogue, NOW)
    trial = tried(path, path.name, poor("month"), made.layout, catalogue, NOW)
    assert trial.verdict is not None and trial.verdict["accepted"] == 3 * len(OLD)


def test_counts_that_run_are_no_header(tmp_path: Path, catalogue: Catalogue) -> None:
    rows: list[list[Any]] = [["HỘ NGHÈO NĂM 2024"], ["Xã, phường", "Tháng 1", "Tháng 2", "Tháng 3"]]
    rows += [[name, i + 1, i + 2, i + 3] for i, name in enumerate(OLD)]
    _, trial = look(tmp_path, catalogue, "month", rows)
    assert trial.verdict is not None and trial.verdict["accepted"] == 3 * len(OLD)


@pytest.mark.parametrize("numbered", [False, True])
def test_a_header_of_days_stays_one_above_figures_like_it(
    numbered: bool, tmp_path: Path, catalogue: Catalogue
) -> None:
    rows: list[list[Any]] = [["HỘ NGHÈO THÁNG 9 NĂM 2024"], ["Xã, phường", *range(1, 31), "Cộng"]]
    rows += [[name, *(d + i for d in range(1, 31)), 465] for i, name in enumerate(OLD)]
    if numbered:
        rows[1:] = [["STT", *rows[1]], *([i + 1, *row] for i, row in enumerate(rows[2:]))]
    _, trial = look(tmp_path, catalogue, "day", rows)
    assert trial.verdict is not None and trial.verdict["accepted"] == 30 * len(OLD)


def test_dates_across_head_their_columns(tmp_path: Path, catalogue: Catalogue) -> None:
    rows: list[list[Any]] = [["HỘ NGHÈO"], ["Xã, phường", *(datetime(2024, 9, d) for d in range(1, 9))]]
    rows += [[name, *range(10 + i, 18 + i)] for i, name in enumerate(OLD)]
    _, trial = look(tmp_path, catalogue, "day", rows)
    assert trial.verdict is not None and trial.verdict["accepted"] == 8 * len(OLD)


def test_a_title_is_no_header_though_it_is_called_as_a_column(tmp_path: Path, catalogue: Catalogue) -> None:
    rows: list[list[Any]] = [["Số hộ nghèo"], ["Xã, phường", "Năm 2023", "Năm 2024", "So sánh (%)"]]
    rows += [[name, 10 + i, 20 + i, 50] for i, name in enumerate(OLD)]
    _, trial = look(tmp_path, catalogue, "year", rows)
    assert trial.verdict is not None and trial.verdict["accepted"] == 2 * len(OLD)
    rows[0] = ["Năm 2024"]
    rows[1:2] = [["Xã, phường", "Số hộ nghèo", None, "Tốc độ"], [None, 2023, 2024, None]]
    _, trial = look(tmp_path, catalogue, "year", rows)
    assert trial.verdict is not None and trial.verdict["accepted"] == 2 * len(OLD)


@pytest.mark.parametrize(
    "said",
    [
        ("Tháng Một", "Tháng Hai", "Tháng Mười"),
        ("01/24", "02/24", "10/24"),
        ("Tháng 1/24", "Tháng 2/24", "Thg 10/24"),
    ],
)
def test_months_across_are_read_as_they_are_said(
    said: tuple[str, ...], tmp_path: Path, catalogue: Catalogue
) -> None:
    rows = [["HỘ NGHÈO NĂM 2024"], ["Xã, phường", *said], *([name, 5, 17, 11] for name in OLD)]
    _, trial = look(tmp_path, catalogue, "month", rows)
    assert trial.verdict is not None and trial.verdict["accepted"] == 3 * len(OLD)


def test_a_month_spelt_out_in_the_title_is_read(tmp_path: Path, catalogue: Catalogue) -> None:
    _, trial = look(tmp_path, catalogue, "month", [["HỘ NGHÈO THÁNG BA NĂM 2024"], *BODY])
    assert trial.verdict is not None and trial.verdict["accepted"] == len(OLD)


def test_a_state_at_a_day_or_a_sum_is_asked(tmp_path: Path, catalogue: Catalogue) -> None:
    proposal, trial = look(tmp_path, catalogue, "month", [["Tính đến hết tháng 3 năm 2024"], *BODY])
    assert trial.verdict is not None and trial.verdict["accepted"] == len(OLD)
    assert any("cộng dồn" in remark.vi for remark in proposal.remarks)
    proposal, _ = look(tmp_path, catalogue, "month", [["Tháng 3 năm 2024"], *BODY])
    assert not proposal.remarks


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (["82.903", "12.455", "7.310", "15"], "82903"),
        (["82,903", "12,455", "7,310", "15"], "82,903"),
        (["82.903", "1.234,5", "7.310", "15"], ""),
        ([82.903, 12.455, 7.310, 15], ""),
    ],
)
def test_figures_of_two_readings_are_asked(
    cells: list[Any], told: str, tmp_path: Path, catalogue: Catalogue
) -> None:
    dataset = poor("month")
    columns = tuple(
        c.model_copy(update={"logical": "number"}) if c.name == "poor" else c for c in dataset.columns
    )
    dataset = dataset.model_copy(update={"columns": columns})
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    for row in [["Tháng 3 năm 2024"], BODY[0], *([n, v] for n, v in zip(OLD, cells, strict=False))]:
        book.worksheets[0].append(row)
    book.save(path)
    remarks = [r.vi for r in proposed(path, path.name, dataset, catalogue, NOW).remarks]
    assert [told in remark for remark in remarks] == ([True] if told else [])


def test_a_summary_beside_the_communes_is_left_out_and_told(tmp_path: Path, catalogue: Catalogue) -> None:
    rows = [["HỘ NGHÈO NĂM 2024"], ["Tháng", "Số hộ nghèo"], *([f"Tháng {m}", 10 + m] for m in (1, 2, 3))]
    proposal, trial = look(tmp_path, catalogue, "month", rows, OLD[0], "Tổng hợp", OLD[1])
    assert trial.verdict is not None and trial.verdict["accepted"] == 6
    assert {row[0] for row in trial.rows} == {OLD[0], OLD[1]}
    assert any("Tổng hợp" in remark.vi for remark in proposal.remarks)


def test_two_days_head_the_years_they_end(tmp_path: Path, catalogue: Catalogue) -> None:
    rows = [["Số hộ nghèo"], ["Xã, phường", "31/12/2023", "31/12/2024"], *([n, 12, 9] for n in OLD)]
    _, trial = look(tmp_path, catalogue, "year", rows)
    assert trial.verdict is not None and trial.verdict["accepted"] == 2 * len(OLD)
