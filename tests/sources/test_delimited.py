from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tinh.kit.errors import TinhError
from tinh.sources.api import Table, read
from tinh.sources.errors import (
    DuplicateHeader,
    EmptyFile,
    HeaderOnly,
    MissingColumns,
    NoHeader,
    NotATable,
    NulBytes,
    OpenQuote,
    WrongFile,
)

from .conftest import Reader, column, dataset


def rows(table: Table) -> list[tuple[Any, ...]]:
    return table.frame.rows()


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", "^", "~"])
def test_any_common_separator_is_found(reading: Reader, separator: str) -> None:
    table = reading(f"a{separator}b\r\n1{separator}x y\r\n")
    assert rows(table) == [(2, "1", "x y")]
    assert table.delimiter == separator


def test_a_row_number_is_what_a_spreadsheet_shows(reading: Reader) -> None:
    table = reading('BÁO CÁO THÁNG 10\n\na,b\n1,"x\ny"\n\n3,4\n')
    assert rows(table) == [(4, "1", "x\ny"), (6, "3", "4")]


def test_excels_separator_line_is_read(reading: Reader) -> None:
    assert reading("sep=;\na;b\n1;2,5\n").frame["b"].to_list() == ["2,5"]


def test_quotes_inside_values_survive(reading: Reader) -> None:
    text = 'a,b\nx"y,2\nz"w",5\n"he said ""no""",1\n'
    assert [r[1] for r in rows(reading(text))] == ['x"y', 'z"w"', 'he said "no"']


def test_a_row_with_more_cells_than_the_header_is_marked_not_cut(reading: Reader) -> None:
    table = reading("a,b\n1,2,9\n3\n4,5,\n")
    assert table.ragged == (2,)
    assert rows(table) == [(2, "1", "2"), (3, "3", None), (4, "4", "5")]


def test_a_last_line_cut_in_the_middle_is_marked(reading: Reader) -> None:
    assert reading("a,b\n1,2\n3").ragged == (3,)


def test_old_mac_line_ends_are_read(reading: Reader) -> None:
    assert rows(reading("a,b\r1,2\r")) == [(2, "1", "2")]


def test_headers_match_without_case_spaces_and_diacritics(reading: Reader) -> None:
    contract = dataset(column("wind_speed", "Tốc độ gió"), column("city", "Thành phố"))
    for header in (
        "Tốc độ gió,Thành phố",
        "TOC DO GIO , thanh pho",
        "Tốc độ gió (km/h),THÀNH PHỐ",
        "Wind Speed,City",
    ):
        assert reading(f"{header}\n5,Huế\n", contract).frame.columns == ["_row", "wind_speed", "city"]


def test_an_exact_header_wins_over_a_similar_one(reading: Reader) -> None:
    table = reading("A,a,b\n1,2,3\n")
    assert rows(table) == [(2, "2", "3")]
    assert table.unknown == ("A",)


def test_columns_nobody_declared_are_named(reading: Reader) -> None:
    table = reading("a,extra,b\n1,9,2\n")
    assert (table.unknown, table.missing) == (("extra",), ())
    assert rows(table) == [(2, "1", "2")]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", EmptyFile),
        (" \n\n \n", EmptyFile),
        ("a,b\n", HeaderOnly),
        ("a,b", HeaderOnly),
        ("a,b\n\n,\n", HeaderOnly),
        ("so_ho,dan_so\n1,2\n", WrongFile),
        ("pm25,pm10,o3\n1,2,3\n", WrongFile),
        ("1,2\n3,4\n", NoHeader),
        ("05443,3.9 km/h\n05449,2\n", NoHeader),
        ("TT,Tháng 1 / Dân số,Tháng 2 / Dân số\n1,2,3\n", WrongFile),
        ("a,b,a\n1,2,3\n", DuplicateHeader),
        ("a,b\n1\x00,2\n", NulBytes),
        ('a,b\n1,2\n3,"abc\nsd,4\n5,6', OpenQuote),
        ("<!DOCTYPE html><html><table>", NotATable),
    ],
)
def test_what_is_not_a_table_is_refused_with_a_cure(
    reading: Reader, text: str, error: type[TinhError]
) -> None:
    with pytest.raises(error) as caught:
        reading(text)
    shown = caught.value.as_dict()
    assert shown["detail"]["vi"] and shown["cure"]["vi"] and shown["cure"]["en"]


def test_a_file_without_a_required_column_is_refused(reading: Reader) -> None:
    contract = dataset("a", column("b", required=True))
    with pytest.raises(MissingColumns) as caught:
        reading("a\n1\n", contract)
    assert caught.value.facts["missing"] == "b"


def test_an_optional_column_may_be_missing(reading: Reader) -> None:
    assert reading("a\n1\n").missing == ("b",)


def test_the_real_files_are_read_whole(air_files: list[Path]) -> None:
    names = "timestamp city aqi weather_icon wind_speed humidity temperature pm25 pm10 o3 no2 so2 co"
    counts = {p.stem[-3:]: read(p, dataset(*names.split()), p.name).frame.height for p in air_files}
    assert counts == {"feb": 529, "mar": 704, "apr": 679, "may": 706, "jun": 578}


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(), st.from_regex(r'a,b\n([^\n]{0,9}[,"]?\n?){0,6}')))
def test_any_text_is_a_table_or_a_clear_refusal(reading: Reader, text: str) -> None:
    try:
        table = reading(text.encode("utf-8", "replace"))
    except TinhError as error:
        assert error.code.startswith("SRC")
    else:
        assert table.frame.height > 0


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400))
def test_any_bytes_are_a_table_or_a_clear_refusal(reading: Reader, content: bytes) -> None:
    for prefix in (
        b"",
        b"a,b\n",
        b"\xff\xfe",
        b"[",
        b"{",
        b"PAR1",
        b"ARROW1",
        b"PK\x03\x04",
        b"\x1f\x8b\x08",
    ):
        try:
            reading(prefix + content)
        except TinhError as error:
            assert error.code.startswith("SRC")


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.text("aăếộ \",;|\n'0.đ°", max_size=8), st.text('xyz",;\n', max_size=5)),
        min_size=1,
        max_size=20,
    )
)
def test_what_a_csv_writer_writes_is_what_is_read(reading: Reader, cells: list[tuple[str, str]]) -> None:
    import csv
    import io

    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([("a", "b"), *cells])
    wanted = [(i, a or None, b or None) for i, (a, b) in enumerate(cells, 2) if a.strip() or b.strip()]
    try:
        table = reading(out.getvalue())
    except HeaderOnly:
        assert not wanted
        return
    got = [(r, a or None, b or None) for r, a, b in rows(table)]
    assert [g for g in got if (g[1] or "").strip() or (g[2] or "").strip()] == wanted
