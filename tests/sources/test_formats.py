"""Excel, JSON, NDJSON, Parquet, Arrow and gzip: real files, whole and damaged."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import zipfile
from typing import Any

import openpyxl
import polars as pl
import pytest

from tinh.kit.errors import TinhError
from tinh.packs.models import CleaningStep, Layout
from tinh.sources.api import clean
from tinh.sources.errors import (
    BadJson,
    CutShort,
    HeaderOnly,
    Inflates,
    MissingColumns,
    NoRecords,
    NoSuchSheet,
    NotATable,
    PasswordProtected,
    PdfFile,
    Picture,
    TooDeep,
    Unparsable,
    WordFile,
)

from .conftest import Reader, column, dataset


def workbook(*rows: list[Any], **sheets: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for name, more in sheets.items():
        other = book.create_sheet(name)
        for row in more:
            other.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_excel_cells_read_as_people_see_them(reading: Reader) -> None:
    content = workbook(
        ["a", "b"],
        [1, 2.5],
        ["007", dt.date(2025, 4, 1)],
        [True, dt.datetime(2025, 4, 1, 7, 30)],
        [0.125, "x "],
    )
    assert reading(content, filename="f.xlsx").frame.rows() == [
        (2, "1", "2.5"),
        (3, "007", "2025-04-01"),
        (4, "true", "2025-04-01 07:30:00"),
        (5, "0.125", "x "),
    ]


def test_excel_row_numbers_are_those_of_the_sheet(reading: Reader) -> None:
    content = workbook([], ["BÁO CÁO"], ["Số liệu"], ["A", "B", "ghi chú"], [1, 2], [], [3, 4])
    table = reading(content, filename="f.xlsx")
    assert table.frame.rows() == [(5, "1", "2"), (7, "3", "4")]
    assert table.unknown == ("ghi chú",)


def test_the_sheet_that_fits_is_chosen(reading: Reader) -> None:
    content = workbook(["Hướng dẫn"], Dulieu=[["a", "b"], [1, 2]])
    assert "sheet:Dulieu" in reading(content, filename="f.xlsx").notes


def test_a_declared_sheet_must_be_there(reading: Reader) -> None:
    contract = dataset("a", "b", layout=Layout(sheet="Biểu 1"))
    with pytest.raises(NoSuchSheet):
        reading(workbook(["a", "b"], [1, 2]), contract, "f.xlsx")


def test_a_wrong_extension_is_noticed(reading: Reader) -> None:
    assert "extension:csv-is-xlsx" in reading(workbook(["a", "b"], [1, 2]), filename="f.csv").notes
    assert "extension:json-is-csv" in reading("a,b\n1,2\n", filename="f.json").notes


def test_a_cut_workbook_is_named(reading: Reader) -> None:
    content = workbook(["a", "b"], *[[i, i] for i in range(500)])
    for keep in (len(content) - 30, len(content) // 2, 100):
        with pytest.raises(CutShort):
            reading(content[:keep], filename="f.xlsx")


def test_a_workbook_behind_a_password_is_named(reading: Reader) -> None:
    ole = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\0" * 600
        + "EncryptedPackage".encode("utf-16-le")
        + b"\0" * 600
    )
    with pytest.raises(PasswordProtected):
        reading(ole, filename="f.xlsx")


def test_a_zip_bomb_is_refused_before_it_is_opened(reading: Reader) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"<row/>" * 30_000_000)
    with pytest.raises(Inflates):
        reading(out.getvalue(), filename="f.xlsx")


def test_a_cell_at_the_far_corner_does_not_take_the_memory(reading: Reader) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["XFD1048576"] = "a", 1
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(Inflates):
        reading(out.getvalue(), filename="f.xlsx")


def test_a_plain_zip_is_not_a_workbook(reading: Reader) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("data.csv", "a,b\n1,2\n")
    with pytest.raises(NotATable):
        reading(out.getvalue(), filename="f.zip")


@pytest.mark.parametrize(
    "text",
    [
        '[{"a": 1, "b": "x"}]',
        '{"a": 1, "b": "x"}',
        '{"data": {"items": [{"a": 1, "b": "x"}], "total": 1}}',
        '\ufeff[{"a": 1, "b": "x", "c": {"d": [1]}}]',
        '{"a": 1, "b": "x"}\n\n',
    ],
)
def test_json_records_are_found(reading: Reader, text: str) -> None:
    assert reading(text, filename="f.json").frame.rows() == [(1, "1", "x")]


def test_json_records_are_found_where_the_contract_says(reading: Reader) -> None:
    text = '{"meta": [{"x": 1}], "result": {"rows": [{"a": 1}]}}'
    assert reading(text, dataset("a", layout=Layout(records="result.rows"))).frame.rows() == [(1, "1")]
    with pytest.raises(NoRecords):
        reading(text, dataset("a", layout=Layout(records="result.lines")))


def test_ndjson_keeps_nested_values_as_json(reading: Reader) -> None:
    table = reading('{"a":1,"b":true}\n\n{"a":2.50,"b":{"z":"ế"}}\n', filename="f.ndjson")
    assert table.frame.rows() == [(1, "1", "true"), (2, "2.5", '{"z": "ế"}')]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('[{"a":1,"b":2},{"a"', CutShort),
        ('[{"a":1,"b":"xy', CutShort),
        ('{"a":1,"b":2}\n{"a":3,"b"', CutShort),
        ('[{"a":1 "b":2}]', BadJson),
        ('{"a":1,"b":2}\n{oops}\n{"a":1}\n', BadJson),
        ("[" * 100_000, TooDeep),
        ('[{"a":' + "[" * 50_000 + "]" * 50_000 + "}]", TooDeep),
        ('[{"a":' + "9" * 5000 + "}]", BadJson),
        ("[]", HeaderOnly),
        ("[1,2]", TinhError),
        ('{"a":', CutShort),
    ],
)
def test_damaged_json_is_named(reading: Reader, text: str, error: type[TinhError]) -> None:
    with pytest.raises(error):
        reading(text, filename="f.json")


def parquet(frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.write_parquet(out)
    return out.getvalue()


def test_parquet_and_arrow_keep_their_types(reading: Reader) -> None:
    frame = pl.DataFrame({"a": [1, None], "B": [dt.date(2025, 1, 1), None], "c": ["x", "y"]})
    arrow, stream = io.BytesIO(), io.BytesIO()
    frame.write_ipc(arrow)
    frame.write_ipc_stream(stream)
    for content in (parquet(frame), arrow.getvalue(), stream.getvalue()):
        table = reading(content, filename="f.parquet")
        assert table.frame.schema == {"_row": pl.UInt32(), "a": pl.Int64(), "b": pl.Date()}
        assert table.frame.rows() == [(1, 1, dt.date(2025, 1, 1)), (2, None, None)]
        assert table.unknown == ("c",)


def test_cut_parquet_and_arrow_are_named(reading: Reader) -> None:
    frame = pl.DataFrame({"a": range(1000), "b": range(1000)})
    arrow = io.BytesIO()
    frame.write_ipc(arrow)
    for content in (
        parquet(frame)[:-30],
        parquet(frame)[:20],
        arrow.getvalue()[:-300],
        b"PAR1" + b"x" * 50 + b"PAR1",
    ):
        with pytest.raises((CutShort, Unparsable)):
            reading(content, filename="f.parquet")


def test_a_parquet_file_without_a_required_column_is_refused_fast(reading: Reader) -> None:
    with pytest.raises(MissingColumns):
        reading(parquet(pl.DataFrame({"a": [1]})), dataset("a", column("b", required=True)))


def test_gzipped_text_is_read_cut_named_and_bombs_refused(reading: Reader) -> None:
    plain = b"a,b\n" + b"1,2\n" * 1000
    assert reading(gzip.compress(plain), filename="f.csv.gz").frame.height == 1000
    assert reading(gzip.compress(b"a,b\n1,2\n") + gzip.compress(b"3,4\n")).frame.height == 2
    with pytest.raises(CutShort):
        reading(gzip.compress(plain)[:-9])
    with pytest.raises(Inflates):
        reading(gzip.compress(b"a,b\n" + b"0" * 140_000_000))


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"%PDF-1.7 ...", PdfFile),
        (b"\x89PNG\r\n\x1a\n", Picture),
        (b"II*\x00\x08\x00", Picture),
        (b"{\\rtf1 x}", WordFile),
        (b"Rar!\x1a\x07", NotATable),
        (bytes(range(256)) * 8, NotATable),
    ],
)
def test_other_files_are_called_what_they_are(
    reading: Reader, content: bytes, error: type[TinhError]
) -> None:
    with pytest.raises(error):
        reading(content, filename="f.csv")


def test_numbers_typed_into_excel_are_not_read_as_text(reading: Reader) -> None:
    form = CleaningStep(do="number", decimal=",", group=".")
    contract = dataset(column("a", logical="number", cleaning=(form,)), "b")
    content = workbook([], [None, "a", "b"], [None, 1.234, 1], [None, "1.234", 2], [None, "1.234,5", 3])
    assert clean(reading(content, contract, "f.xlsx"), contract).frame["a"].to_list() == [
        "1.234",
        "1234",
        "1234.5",
    ]
