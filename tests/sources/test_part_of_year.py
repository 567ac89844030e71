"""A yearly dataset, and titles that speak of a part of a year; a monthly one, and sums since January."""

from __future__ import annotations

from typing import Any

import pytest

from tinh.packs.api import FixedColumn, Layout, PeriodBinding, PlaceBinding
from tinh.sources.errors import SourceError
from tinh.sources.workbook_errors import Cumulated, OtherPeriod, PartOfYear

from .conftest import Reader, column, dataset
from .test_reports import sheet_of

ANYWHERE = r"(?:^|\D)((?:19|20)\d{2})(?:\D|$)"


def yearly(source: str = "title", pattern: str = r"(?i)năm (\d{4})") -> Any:
    entry = FixedColumn.model_validate({"column": "nam", "source": source, "pattern": pattern})
    return dataset(
        column("xa", "Xã, phường", required=True),
        column("nam", "Năm báo cáo", required=True),
        column("ho", "Số hộ", logical="number"),
        place=PlaceBinding(column="xa", by="name"),
        period=PeriodBinding(column="nam", every="year"),
        layout=Layout(fixed=(entry,)),
    )


def under(*titles: str) -> bytes:
    return sheet_of([*([title] for title in titles), ["Xã, phường", "Số hộ"], ["Xã Ba Bể", 12]])


@pytest.mark.parametrize(
    "titles",
    [
        ["BÁO CÁO 6 THÁNG ĐẦU NĂM 2025"],
        ["Kết quả 9 tháng năm 2025"],
        ["Số hộ quý III năm 2025"],
        ["Số hộ tháng 3 năm 2025"],
        ["BÁO CÁO SÁU THÁNG ĐẦU NĂM", "Năm 2025"],
        ["Năm 2025 (6 tháng đầu năm)"],
    ],
)
def test_figures_of_a_part_are_not_those_of_the_year(titles: list[str], reading: Reader) -> None:
    with pytest.raises(PartOfYear) as refused:
        reading(under(*titles), yearly(), "f.xlsx")
    assert titles[0] in str(refused.value)


@pytest.mark.parametrize(
    "titles",
    [
        ["BÁO CÁO NĂM 2025"],
        ["Kết quả 12 tháng năm 2025"],
        ["Dân số đến ngày 1 tháng 4 năm 2025"],
        ["BÁO CÁO NĂM 2025", "(Kèm theo văn bản tháng 5 năm 2025)"],
        ["Kế hoạch năm 2025"],
    ],
)
def test_a_whole_year_is_read(titles: list[str], reading: Reader) -> None:
    assert reading(under(*titles), yearly(), "f.xlsx").frame["nam"].to_list() == ["2025"]


def test_the_file_s_name_may_speak_of_a_part_too(reading: Reader) -> None:
    contract = yearly("filename", ANYWHERE)
    assert reading(under("Số hộ"), contract, "bao_cao_2025.xlsx").frame["nam"].to_list() == ["2025"]
    for name in ("bc_6_thang_dau_nam_2025.xlsx", "BC 6T-2025.xlsx", "bc-quy-2-2025.xlsx"):
        with pytest.raises(SourceError) as refused:
            reading(under("Số hộ"), contract, name)
        assert refused.value.code == "SRC044"


def monthly(**more: Any) -> Any:
    entry = FixedColumn.model_validate(
        {"column": "ky", "source": "title", "pattern": r"(?i)tháng (?P<m>\d+)(?: năm |/)(?P<y>\d{4})",
         "template": "{y}-{m:02}"}
    )  # fmt: skip
    return dataset(
        column("xa", "Xã, phường", required=True),
        column("ky", "Kỳ báo cáo", required=True),
        column("thu", more.pop("header", "Thu ngân sách"), logical="number"),
        place=PlaceBinding(column="xa", by="name"),
        period=PeriodBinding(column="ky", every=more.pop("every", "month")),
        layout=Layout(fixed=(entry,)),
    )


def income(*titles: str, header: str = "Thu ngân sách", more: tuple[str, ...] = ()) -> bytes:
    rows: list[list[Any]] = [[title] for title in titles]
    return sheet_of([*rows, ["Xã, phường", header, *more], ["Xã Ba Bể", 12, *(99 for _ in more)]])


@pytest.mark.parametrize(
    "titles",
    [
        ["THU NGÂN SÁCH LŨY KẾ ĐẾN THÁNG 3 NĂM 2026"],
        ["Thu ngân sách", "(Luỹ kế từ đầu năm đến tháng 3/2026)"],
        ["Báo cáo tháng 3/2026", "Số liệu cộng dồn"],
        ["Báo cáo ba tháng đầu năm", "Tháng 3 năm 2026"],
        ["Thu từ đầu năm đến hết tháng 3/2026"],
    ],
)
def test_sums_since_january_are_not_those_of_a_month(titles: list[str], reading: Reader) -> None:
    with pytest.raises(Cumulated):
        reading(income(*titles), monthly(), "f.xlsx")


def test_a_table_that_tells_sums_from_figures_of_the_month_is_read(reading: Reader) -> None:
    sent = income("Thu tháng 3/2026 và lũy kế từ đầu năm", more=("Lũy kế từ đầu năm",))
    table = reading(sent, monthly(), "f.xlsx")
    assert table.frame["thu"].to_list() == ["12"]


def test_a_contract_may_want_sums_and_states_at_a_day_are_none(reading: Reader) -> None:
    sums = "Thu lũy kế từ đầu năm"
    sent = income("Lũy kế đến tháng 3/2026", header=sums)
    assert reading(sent, monthly(header=sums), "f.xlsx").frame["ky"].to_list() == ["2026-03"]
    state = income("Số thu tính đến hết tháng 3/2026")
    assert reading(state, monthly(), "f.xlsx").frame["ky"].to_list() == ["2026-03"]


JANUARY: list[list[Any]] = [
    ["Tháng 1/2026"], ["Xã, phường", "Thu ngân sách"], ["Xã Ba Bể", 1], ["Xã Chợ Rã", 2]
]  # fmt: skip


@pytest.mark.parametrize(
    "second",
    [
        [[], ["Tháng 2/2026"], ["Xã, phường", "Thu ngân sách"], ["Xã Đồng Phúc", 3]],
        [["THU NGÂN SÁCH CỦA CÁC XÃ THÁNG 2 NĂM 2026"], ["Xã, phường", "Thu ngân sách"], ["Xã Đồng Phúc", 3]],
        [["Tháng 2/2026"], ["Xã Đồng Phúc", 3]],
        [[None, "Tháng 2/2026"], ["Xã Đồng Phúc", 3]],
    ],
)
def test_what_stands_under_another_month_is_not_of_the_first(
    second: list[list[Any]], reading: Reader
) -> None:
    with pytest.raises(OtherPeriod) as refused:
        reading(sheet_of([*JANUARY, *second]), monthly(), "f.xlsx")
    assert "tháng 2" in str(refused.value).lower()
    lines = "\n".join(";".join(str(c or "") for c in (*row, "", "")[:2]) for row in [*JANUARY, *second])
    with pytest.raises(OtherPeriod):
        reading(lines, monthly(), "f.csv")


@pytest.mark.parametrize(
    "row", [["Tháng 1/2026"], ["Các xã hợp nhất từ tháng 7/2025"], [None, "Ghi chú: so với tháng 12/2025"]]
)
def test_rows_that_name_a_month_in_passing_refuse_nothing(row: list[Any], reading: Reader) -> None:
    table = reading(sheet_of([*JANUARY, row, ["Xã Đồng Phúc", 3]]), monthly(), "f.xlsx")
    assert "3" in table.frame["thu"].to_list()
