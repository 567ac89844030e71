"""Files as agencies lay them out: what the assistant proposes reads the file, and the next one like it."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import xlsxwriter
from tests.harness.wide import in_tcvn3, telecom

from tinh.flow.api import (
    WIDE,
    Choices,
    Home,
    LayoutBook,
    TrialGone,
    WaitingRoom,
    compiled_contract,
    headers_needed,
    layout_of,
    proposed,
    proposed_choices,
    tried,
    written,
)
from tinh.packs.api import Catalogue, Dataset, learned
from tinh.packs.api import compile as compile_province
from tinh.places.api import gazetteer
from tinh.sources.api import clean, read

NOW = datetime(2026, 11, 16, 2, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: ho-ngheo
name: Hộ nghèo
version: 1.0.0
status: active
customProperties:
  - property: tinh
    value:
      kind: report
      place: {column: commune, by: name, levels: [commune]}
      period: {column: period, every: EVERY}
schema:
  - name: ho_ngheo
    properties:
      - name: commune
        logicalType: string
        required: true
        primaryKey: true
        primaryKeyPosition: 1
        customProperties: [{property: tinh, value: {headers: ["Xã, phường"], personal: none}}]
      - name: period
        logicalType: string
        required: true
        primaryKey: true
        primaryKeyPosition: 2
        customProperties: [{property: tinh, value: {headers: [Kỳ], personal: none}}]
      - name: poor
        logicalType: integer
        required: true
        logicalTypeOptions: {minimum: 0, maximum: 100000}
        customProperties:
          - property: tinh
            value:
              headers: [Số hộ nghèo]
              personal: none
              clean: [{do: number, decimal: ",", group: "."}]
"""
Write = Callable[[Path, int], Path]
UNITS = [u.name for u in gazetteer().communes("19", date(2026, 3, 1))[:8]]
OLD = [u.name for u in gazetteer().communes("19", date(2025, 3, 1))[:8]]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return compile_province(ROOT / "provinces" / "thai-nguyen")


def poor(every: str = "month") -> Dataset:
    made, findings = compiled_contract(CONTRACT.replace("EVERY", every), "ho-ngheo")
    assert made is not None, findings
    return made


def months_across(path: Path, turn: int) -> Path:
    lines = ["BÁO CÁO SỐ HỘ NGHÈO,,,", f"Tên xã,T{turn}/2025,T{turn + 1}/2025,T{turn + 2}/2025"]
    lines += [f"{n},{100 + i},{101 + i},1.{102 + i}" for i, n in enumerate(OLD)]
    path = path.with_suffix(".csv")
    path.write_text("\n".join([*lines, "Tổng cộng,900,900,900"]) + "\n", encoding="utf-8")
    return path


def years_across(path: Path, turn: int) -> Path:
    lines = [f"TT;Xã, phường;{2022 + turn};{2023 + turn}"]
    lines += [f"{i + 1};{n};{10 + i};{20 + i}" for i, n in enumerate(OLD)]
    path = path.with_suffix(".csv")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def period_in_the_title(path: Path, turn: int) -> Path:
    with xlsxwriter.Workbook(path.with_suffix(".xlsx")) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "DANH SÁCH HỘ NGHÈO")
        sheet.write(1, 0, f"Tháng {turn} năm 2026")
        sheet.write_row(3, 0, ["STT", "Địa phương", "Tổng số hộ nghèo (hộ)"])
        for i, name in enumerate(UNITS):
            sheet.write_row(4 + i, 0, [i + 1, name, 30 + i])
    return path.with_suffix(".xlsx")


def period_in_the_file_s_name(path: Path, turn: int) -> Path:
    path = path.with_name(f"ho-ngheo-2026-0{turn}.csv")
    path.write_text(
        "Ten xa,So ho ngheo\n" + "".join(f'"{n}",{i}\n' for i, n in enumerate(UNITS)), encoding="utf-8"
    )
    return path


def a_sheet_for_each_month(path: Path, turn: int) -> Path:
    with xlsxwriter.Workbook(path.with_suffix(".xlsx")) as book:
        for month in (turn, turn + 1):
            sheet = book.add_worksheet(f"Tháng {month}-2026")
            sheet.write_row(0, 0, ["Xã/phường", "Số hộ nghèo"])
            for i, name in enumerate(UNITS):
                sheet.write_row(1 + i, 0, [name, 30 + i])
    return path.with_suffix(".xlsx")


def month_in_a_column_year_above(path: Path, turn: int) -> Path:
    with xlsxwriter.Workbook(path.with_suffix(".xlsx")) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, f"TỔNG HỢP HỘ NGHÈO NĂM {2023 + turn}")
        sheet.write_row(2, 0, ["STT", "Địa phương", "Tháng", "Tổng số hộ nghèo (hộ)"])
        for i, name in enumerate(OLD):
            sheet.write_row(3 + 2 * i, 0, [2 * i + 1, name, turn, 30 + i])
            sheet.write_row(4 + 2 * i, 0, [2 * i + 2, name, f"Tháng {turn + 1}", 40 + i])
        sheet.write_row(3 + 2 * len(OLD), 0, [None, "Tổng cộng", None, 900])
    return path.with_suffix(".xlsx")


def month_and_year_in_columns(path: Path, turn: int) -> Path:
    lines = ["Năm,Tháng,Ten xa,So ho ngheo"]
    lines += [f"{y},{turn:02},{n},{i}" for y in (2024, 2025) for i, n in enumerate(OLD)]
    path = path.with_suffix(".csv")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def day_month_and_year_in_columns(path: Path, turn: int) -> Path:
    lines = ["Ngày;Tháng;Năm;Xã, phường;Số hộ nghèo"]
    lines += [f"{d};{turn};2025;{n};{i}" for d in (1, 15) for i, n in enumerate(OLD)]
    path = path.with_suffix(".csv")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def quarter_in_a_column(path: Path, turn: int) -> Path:
    lines = ["Năm;Quý;Xã, phường;Số hộ nghèo"]
    lines += [f"{2022 + turn};{q};{n};{i}" for q in ("I", "IV") for i, n in enumerate(OLD)]
    path = path.with_suffix(".csv")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def months_across_a_year_in_each_row(path: Path, turn: int) -> Path:
    lines = ["Xã, phường;Năm;Tháng 1;Tháng 2;Tháng 3"]
    lines += [f"{n};{y + turn};{i};{i + 1};{i + 2}" for y in (2021, 2022) for i, n in enumerate(OLD)]
    path = path.with_suffix(".csv")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def groups_under_a_wide_header(path: Path, turn: int) -> Path:
    """The title of the first group of communes stands right under the header."""
    with xlsxwriter.Workbook(path.with_suffix(".xlsx")) as book:
        sheet, centred = book.add_worksheet("BC"), book.add_format({"align": "center"})
        sheet.merge_range(0, 0, 0, 4, "TỔNG HỢP ĐIỀU TRA HỘ NGHÈO", centred)
        for column, text in enumerate(("STT", "Tên đơn vị hành chính", "Ghi chú")):
            sheet.merge_range(2, column, 3, column, text, centred)
        sheet.merge_range(2, 3, 2, 4, "Số hộ nghèo", centred)
        sheet.write_row(3, 3, [f"Tháng {turn}/2025", f"Tháng {turn + 1}/2025"])
        row = 4
        for group, units in enumerate((OLD[:4], OLD[4:]), 1):
            sheet.write(row, 0, "I" * group)
            sheet.merge_range(row, 1, row, 4, f"Khu vực {group}", centred)
            for i, name in enumerate(units, 1):
                sheet.write_row(row + i, 0, [i, name, None, 30 + i, 40 + i])
            sheet.write_row(row + 5, 1, ["Cộng khu vực", None, 130, 140])
            row += 6
    return path.with_suffix(".xlsx")


def english_months_across(path: Path, turn: int) -> Path:
    """As a health information system exports them."""
    lines = ["orgunitname;" + ";".join(f"{m} {2023 + turn}" for m in ("January", "February", "March"))]
    lines += [f"{n};{i};{i + 1};{i + 2}" for i, n in enumerate(OLD)]
    path = path.with_suffix(".csv")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def a_preliminary_year(path: Path, turn: int) -> Path:
    lines = ["HỘ NGHÈO;;;", f"Xã, phường;{2021 + turn};Sơ bộ năm {2022 + turn};Ước thực hiện {2023 + turn}"]
    lines += [f"{n};{10 + i};{20 + i};{30 + i}" for i, n in enumerate(OLD)]
    path = path.with_suffix(".csv")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def four_header_rows(path: Path, turn: int) -> Path:
    with xlsxwriter.Workbook(path.with_suffix(".xlsx")) as book:
        sheet, centred = book.add_worksheet("Biểu 01"), book.add_format({"align": "center"})
        sheet.merge_range(0, 0, 3, 0, "Xã, phường", centred)
        sheet.merge_range(0, 1, 0, 4, "Số hộ nghèo", centred)
        sheet.merge_range(1, 1, 1, 4, f"Năm {2022 + turn}", centred)
        sheet.merge_range(2, 1, 2, 2, "Quý I", centred)
        sheet.merge_range(2, 3, 2, 4, "Quý II", centred)
        for at, month in enumerate((1, 2, 4, 5)):
            sheet.write(3, 1 + at, f"Tháng {month}/{2022 + turn}")
        for i, name in enumerate(OLD):
            sheet.write_row(4 + i, 0, [name, i, i + 1, i + 2, i + 3])
    return path.with_suffix(".xlsx")


@pytest.mark.parametrize(
    ("write", "every", "rows"),
    [
        (english_months_across, "month", 24),
        (four_header_rows, "month", 32),
        (a_preliminary_year, "year", 24),
        (groups_under_a_wide_header, "month", 16),
        (month_in_a_column_year_above, "month", 16),
        (month_and_year_in_columns, "month", 16),
        (day_month_and_year_in_columns, "day", 16),
        (quarter_in_a_column, "quarter", 16),
        (months_across_a_year_in_each_row, "month", 48),
        (months_across, "month", 24),
        (years_across, "year", 16),
        (period_in_the_title, "month", 8),
        (period_in_the_file_s_name, "month", 8),
        (a_sheet_for_each_month, "month", 16),
    ],
)
def test_what_is_proposed_reads_the_file_and_the_next(
    write: Write, every: str, rows: int, tmp_path: Path, catalogue: Catalogue
) -> None:
    dataset = poor(every)
    first = write(tmp_path / "mot", 1)
    proposal = proposed(first, first.name, dataset, catalogue, NOW)
    assert proposal.open == (), proposal
    trial = tried(first, first.name, dataset, proposal.layout, catalogue, NOW)
    assert trial.verdict is not None and trial.verdict["verdict"] == "accepted", (proposal.layout, trial)
    assert trial.total == rows

    home = Home(tmp_path / "home")
    text = written("ho-ngheo", "lan-mot", list(proposal.headers), proposal.layout, "an", NOW)
    LayoutBook(catalogue, home).save(dataset, "lần một", text, "an", NOW)
    following = write(tmp_path / "hai", 2)
    table = clean(read(following, dataset, following.name, learned(home.root).of(dataset)), dataset)
    assert "layout:lan-mot" in table.notes
    assert table.frame.height == rows
    assert set(table.frame["period"].to_list()) - set(trial.rows[0][1:2])


def test_wide_columns_in_other_words_are_told_by_their_units_and_by_what_is_left(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    codes = [u.code for u in gazetteer().communes("19", date(2025, 3, 1))[:8]]
    path = tmp_path / "dieu-tra.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet, centred = book.add_worksheet("BC"), book.add_format({"align": "center"})
        sheet.merge_range(0, 0, 1, 0, "Mã số", centred)
        said = ("Số hộ điều tra", "Thu nhập BQ hộ (triệu đồng)", "CP khám BQ (nghìn đồng)")
        for at, month in enumerate((4, 5)):
            sheet.merge_range(0, 1 + 3 * at, 0, 3 + 3 * at, f"Tháng {month}/2025", centred)
            sheet.write_row(1, 1 + 3 * at, said)
        for i, code in enumerate(codes):
            sheet.write_row(2 + i, 0, [int(code), *(1000 + i, 8.5, 300) * 2])
    dataset = catalogue.datasets["household-monthly"]
    proposal = proposed(path, path.name, dataset, catalogue, NOW)
    assert proposal.open == ()
    assert proposal.facts["inner"] == {
        "households": said[0], "income": said[1], "hospital_cost": said[2],
    }  # fmt: skip
    trial = tried(path, path.name, dataset, proposal.layout, catalogue, NOW)
    assert trial.verdict is not None and (trial.verdict["verdict"], trial.total) == ("accepted", 16)


def test_choices_of_a_person_make_the_layout(tmp_path: Path, catalogue: Catalogue) -> None:
    dataset = catalogue.datasets["telecom-monthly"]
    path = telecom(tmp_path / "a.xlsx", (1, 2))
    proposal = proposed(path, path.name, dataset, catalogue, NOW)
    headers = [m.header for m in proposal.matches]
    chosen = Choices.of(proposed_choices(proposal).as_dict())
    assert layout_of(chosen, headers, proposal) == dict(proposal.layout)
    chosen.picks[headers.index("Tháng 2 / Số trạm")] = ""
    layout = layout_of(chosen, headers, proposal)
    assert layout["unpivot"]["columns"] == [headers[at] for at, c in chosen.picks.items() if c == WIDE]
    assert headers_needed(layout, headers) == ["Mã ĐVHC", "Tên xã, phường, thị trấn"]


def test_an_old_font_is_no_obstacle(tmp_path: Path, catalogue: Catalogue) -> None:
    dataset = catalogue.datasets["telecom-monthly"]
    path = telecom(tmp_path / "a.xlsx", (1, 2, 3), typed=in_tcvn3)
    proposal = proposed(path, path.name, dataset, catalogue, NOW)
    assert [m.header for m in proposal.matches][2:4] == ["Tên xã, phường, thị trấn", "Tháng 1 / Dân số"]
    trial = tried(path, path.name, dataset, proposal.layout, catalogue, NOW)
    assert trial.verdict is not None and trial.verdict["verdict"] == "accepted"
    assert trial.total == 60


def test_what_cannot_be_told_apart_is_left_open(tmp_path: Path, catalogue: Catalogue) -> None:
    path = tmp_path / "mo-ho.csv"
    path.write_text(
        "Xã,Kỳ,Số liệu A,Số liệu B\n" + "".join(f'"{n}",1/2026,{i},{i}\n' for i, n in enumerate(UNITS))
    )
    proposal = proposed(path, path.name, poor(), catalogue, NOW)
    assert proposal.open == ("poor",)
    assert [m.column for m in proposal.matches] == ["commune", "period", "", ""]


def test_a_waiting_file_is_for_its_owner_and_not_for_ever(tmp_path: Path) -> None:
    room = WaitingRoom(Home(tmp_path))
    one = room.put("lan@so-tc", "x", "a.csv", [b"a,b\n", b"1,2\n"])
    assert room.get(one.token, "lan@so-tc").path.read_bytes() == b"a,b\n1,2\n"
    for token, owner in (
        (one.token, "minh@so-tc"),
        ("../../etc/passwd", "lan@so-tc"),
        (one.token[::-1], "lan@so-tc"),
    ):
        with pytest.raises(TrialGone):
            room.get(token, owner)

    os.utime(tmp_path / "waiting" / one.token / "facts.json", (0, 0))
    with pytest.raises(TrialGone):
        room.get(one.token, "lan@so-tc")
    assert room.sweep() == 1 and not list((tmp_path / "waiting").iterdir())
    tokens = [room.put("lan@so-tc", "x", "a.csv", [b"x"]).token for _ in range(12)]
    assert len(list((tmp_path / "waiting").iterdir())) == 10
    assert room.get(tokens[-1], "lan@so-tc").filename == "a.csv"
