"""Periods that stand in two places: a month in a column, its year in another, in a title, in a header."""

from __future__ import annotations

from typing import Any

import pytest

from tinh.packs.api import FixedColumn, Layout, PeriodBinding, PlaceBinding, Unpivot
from tinh.sources.errors import MissingColumns

from .conftest import Reader, column, dataset
from .test_reports import sheet_of

YEAR_ABOVE = FixedColumn(column="nam", source="title", pattern=r"(?i)năm (\d{4})")
YEAR_BESIDE = FixedColumn(column="nam", source="column", header="Năm", pattern=r"(\d{4})")
MONTH = FixedColumn(
    column="ky", source="column", header="Tháng", pattern=r"(?P<m>\d{1,2})", template="{nam}-{m:02}"
)


def monthly(**layout: Any) -> Any:
    return dataset(
        column("xa", "Xã, phường", required=True),
        column("ky", "Kỳ báo cáo", required=True),
        column("ho", "Số hộ", logical="number"),
        place=PlaceBinding(column="xa", by="name"),
        period=PeriodBinding(column="ky", every="month"),
        layout=Layout(**layout),
    )


def told(content: Any, contract: Any, reading: Reader, name: str) -> list[tuple[Any, ...]]:
    return reading(content, contract, name).frame.select("xa", "ky", "ho").rows()


def test_a_month_in_each_row_and_the_year_above_the_table_are_one_period(reading: Reader) -> None:
    rows = [
        ["BÁO CÁO HỘ NGHÈO NĂM 2025"],
        ["Xã, phường", "Tháng", "Số hộ"],
        ["Xã Ba Bể", "Tháng 3", 12],
        ["Xã Ba Bể", 11, 10],
        ["Tổng cộng", None, 22],
    ]
    contract = monthly(fixed=(YEAR_ABOVE, MONTH))
    expected = [("Xã Ba Bể", "2025-03", "12"), ("Xã Ba Bể", "2025-11", "10")]
    assert told(sheet_of(rows), contract, reading, "f.xlsx") == expected
    text = "\n".join(";".join("" if c is None else str(c) for c in row) for row in rows)
    assert told(text, contract, reading, "f.csv") == expected


def test_a_year_and_a_month_in_two_columns_are_one_period(reading: Reader) -> None:
    text = 'Năm,Tháng,"Xã, phường",Số hộ\n2024,12,Xã Ba Bể,9\n2025,1,Xã Ba Bể,8\n'
    contract = monthly(fixed=(YEAR_BESIDE, MONTH))
    table = reading(text, contract, "f.csv")
    assert table.frame.select("ky", "ho").rows() == [("2024-12", "9"), ("2025-01", "8")]
    assert table.unknown == () and table.missing == ()


def test_a_cell_that_says_no_month_stands_as_it_is_for_the_gate_to_hold(reading: Reader) -> None:
    text = 'Năm,Tháng,"Xã, phường",Số hộ\n2025,cả năm,Xã Ba Bể,9\n,5,Xã Ba Bể,8\n2025,,Xã Ba Bể,7\n'
    contract = monthly(fixed=(YEAR_BESIDE, MONTH))
    assert reading(text, contract, "f.csv").frame["ky"].to_list() == ["cả năm", "5", None]


def test_the_year_of_a_row_completes_the_months_that_are_columns(reading: Reader) -> None:
    text = '"Xã, phường",Năm,Tháng 1,Tháng 2\nXã Ba Bể,2024,1,2\nXã Ba Bể,2025,3,4\n'
    contract = monthly(
        fixed=(YEAR_BESIDE,),
        unpivot=Unpivot(
            columns=r"^Tháng \d+$", names_to="ky", values_to="ho",
            pattern=r"(?P<m>\d+)", template="{nam}-{m:02}",
        ),
    )  # fmt: skip
    assert told(text, contract, reading, "f.csv") == [
        ("Xã Ba Bể", "2024-01", "1"),
        ("Xã Ba Bể", "2024-02", "2"),
        ("Xã Ba Bể", "2025-01", "3"),
        ("Xã Ba Bể", "2025-02", "4"),
    ]


def test_a_column_that_a_period_is_made_of_and_that_is_not_there_refuses_the_file(reading: Reader) -> None:
    with pytest.raises(MissingColumns) as refused:
        reading('"Xã, phường",Số hộ,Kỳ\nXã Ba Bể,9,1\n', monthly(fixed=(YEAR_BESIDE, MONTH)), "f.csv")
    assert "Năm" in refused.value.detail().vi


def test_what_was_found_may_mean_another_word(reading: Reader) -> None:
    quarter = FixedColumn(
        column="ky", source="column", header="Quý", template="{nam}-Q{q}", pattern=r"(?P<q>IV|I{1,3})",
        mapping={"2025-QI": "2025-Q1", "2025-QIV": "2025-Q4"},
    )  # fmt: skip
    text = 'Năm,Quý,"Xã, phường",Số hộ\n2025,I,Xã Ba Bể,9\n2025,Quý IV,Xã Ba Bể,8\n'
    contract = monthly(fixed=(YEAR_BESIDE, quarter))
    assert reading(text, contract, "f.csv").frame["ky"].to_list() == ["2025-Q1", "2025-Q4"]
