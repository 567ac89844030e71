from __future__ import annotations

import polars as pl
import pytest

from tinh.gate import moments
from tinh.packs.models import CleaningStep, PeriodBinding
from tinh.sources.api import Table, clean

from .conftest import Reader, column, dataset


def cleaned(
    values: list[str | None], *steps: CleaningStep, logical: str = "string"
) -> tuple[list[str | None], dict[str, int]]:
    frame = pl.DataFrame(
        {
            "_row": pl.Series(range(2, len(values) + 2), dtype=pl.UInt32),
            "a": pl.Series(values, dtype=pl.String),
        }
    )
    table = clean(Table(frame), dataset(column("a", cleaning=steps, logical=logical)))
    return table.frame["a"].to_list(), {c.step: c.values for c in table.cleaning}


def step(do: str, **more: object) -> CleaningStep:
    return CleaningStep.model_validate({"do": do, **more})


def test_units_go_whatever_the_space_and_case() -> None:
    values: list[str | None] = ["5.6 km/h", "5.6km/h", "7 KM/H", " 8  km / h ", "9 m/s", "9", None, "km/h"]
    got, counts = cleaned(values, step("strip_unit", units=["km/h"]))
    assert got == ["5.6", "5.6", "7", "8", "9 m/s", "9", None, "km/h"]
    assert counts == {"a: trim": 1, "a: strip_unit": 4}


@pytest.mark.parametrize(
    ("value", "unit", "wanted"),
    [
        ("57%", "%", "57"), ("15.0°C", "°C", "15.0"), ("15.0 º C", "°C", "15.0"), ("-3 °C", "°C", "-3"),
        ("12 µg/m³", "μg/m3", "12 µg/m³"), ("12 µg/m³", "μg/m³", "12"), ("1.234,5 đồng", "đồng", "1.234,5"),
        ("1e-5 m", "m", "1e-5"), ("5.6 km/h gió", "km/h", "5.6 km/h gió"), ("3 h", "km/h", "3 h"),
    ],
)  # fmt: skip
def test_a_unit_is_taken_only_when_it_is_the_declared_one(value: str, unit: str, wanted: str) -> None:
    assert cleaned([value], step("strip_unit", units=[unit]))[0] == [wanted]


def test_null_words_empty_a_cell_and_are_counted() -> None:
    got, counts = cleaned(
        ["N/A", "n/a", "-", "không có", "5", ""], step("null_words", words=["N/A", "-", "Không có"])
    )
    assert got == [None, None, None, None, "5", None]
    assert counts == {"a: empty": 1, "a: null_words": 4}


def test_the_default_cleaning_trims_composes_and_empties() -> None:
    got, counts = cleaned(["  x\u00a0", "Tha\u0301i", "   ", "", None, "y"])
    assert got == ["x", "Thái", None, None, None, "y"]
    assert counts == {"a: trim": 1, "a: nfc": 1, "a: empty": 2}


def test_undeclared_mending_marks_the_row_untidy_and_declared_does_not(reading: Reader) -> None:
    text = "a,b\n x,1\ny,2\n"
    loose = dataset("a", "b")
    untidy = clean(reading(text, loose), loose).untidy
    assert untidy is not None and untidy.to_list() == [2]
    strict = dataset(column("a", cleaning=(step("trim"),)), "b")
    table = clean(reading(text, strict), strict)
    assert table.untidy is None
    assert [(c.step, c.values) for c in table.cleaning if c.values] == [("a: trim", 1)]


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("1.234,5", "1234.5"),
        ("1.234.567", "1234567"),
        ("12,5", "12.5"),
        ("-3", "-3"),
        ("1.23,4", "1.23,4"),
        ("x", "x"),
    ],
)
def test_numbers_of_the_declared_form_become_plain(value: str, wanted: str) -> None:
    assert cleaned([value], step("number", decimal=",", group="."))[0] == [wanted]


COMMA = {"decimal": ",", "group": "."}


@pytest.mark.parametrize(
    ("values", "more", "logical", "wanted"),
    [
        (["1.23", "12.5", "7", "12,5"], COMMA, "number", [None, None, 7, 12.5]),
        (["1.234", "12,5", "1.234,5"], COMMA, "number", [1234, 12.5, 1234.5]),
        (["1.234", "12.5"], COMMA, "number", [None, None]),  # the column contradicts its declaration
        (["1,234", "1,234.5", "7"], COMMA, "number", [None, None, 7]),
        (["1,234", "12,5"], COMMA, "number", [1.234, 12.5]),
        (["1,000", "1.000", "5"], COMMA, "integer", [None, 1000, 5]),
        (["1.5", "2"], {"decimal": ",", "group": " "}, "number", [None, 2]),
        (["1.234", "1.234,5"], {"decimal": ".", "group": ","}, "number", [None, None]),
        (["1.234", "12.5"], {**COMMA, "auto": True}, "number", [1.234, 12.5]),
        (["1.234", "12,5"], {"auto": True}, "number", [1234, 12.5]),
        (["1.234", "1,234", "12,5", "12.5"], {**COMMA, "auto": True}, "number", [None, None, 12.5, 12.5]),
        (["1.234"], {**COMMA, "auto": True}, "number", [1234]),
    ],
)
def test_a_figure_that_could_be_two_numbers_is_settled_by_its_column_or_held(
    values: list[str | None], more: dict[str, object], logical: str, wanted: list[float | None]
) -> None:
    for times in (1, 10_000):  # many cells are cleaned by distinct value
        got, _ = cleaned(values * times, step("number", **more), logical=logical)
        typed = pl.Series(got[: len(values)], dtype=pl.String).cast(pl.Float64, strict=False)
        assert typed.to_list() == wanted


def test_a_period_typed_as_a_number_with_one_decimal_is_no_month(reading: Reader) -> None:
    contract = dataset(column("a"), "b", period=PeriodBinding(column="a", every="month"))
    text = '[{"a": 2026.10, "b": 1}, {"a": 2026.11, "b": 2}, {"a": "2026.1", "b": 3}]'
    table = clean(reading(text, contract, "f.json"), contract)
    read = [moments.parse(text, "month") for text in table.frame["a"].to_list()]
    assert read == [None, "2026-11", "2026-01"]


def test_a_csv_does_not_tell_january_from_an_october_that_lost_its_nought(reading: Reader) -> None:
    contract = dataset(column("a"), "b", period=PeriodBinding(column="a", every="month"))
    table = clean(reading("a,b\n2026.1,1\n2026.2,2\n2026.11,3\n2026.01,4\n", contract, "f.csv"), contract)
    read = [moments.parse(text, "month") for text in table.frame["a"].to_list()]
    assert read == [None, "2026-02", "2026-11", "2026-01"]


def test_a_cell_that_came_as_a_number_is_not_read_as_text(reading: Reader) -> None:
    contract = dataset(column("a", logical="number", cleaning=(step("number", decimal=",", group="."),)), "b")
    table = clean(reading('[{"a": 1.234, "b": 1}, {"a": "1.234", "b": 2}]', contract, "f.json"), contract)
    assert table.frame["a"].to_list() == ["1.234", "1234"]


def test_declared_dates_become_iso() -> None:
    forms = step("date", formats=["dd/MM/yyyy", "yyyyMMdd", "%d-%m-%Y"])
    got, counts = cleaned(
        ["05/10/2026", "5/1/2026", "20261005", "05-10-2026", "2026-10-05", "31/02/2026"], forms
    )
    assert got == ["2026-10-05", "2026-01-05", "2026-10-05", "2026-10-05", "2026-10-05", "31/02/2026"]
    assert counts == {"a: date": 4}


def test_codes_are_mapped_padded_and_cased() -> None:
    steps = (step("code_map", mapping={"Có": "1", "không": "0"}), step("zero_pad", width=3), step("upper"))
    assert cleaned(["có", "Không", "7", "ab"], *steps)[0] == ["001", "000", "007", "AB"]


def test_many_repeated_values_clean_the_same_way() -> None:
    values: list[str | None] = ["5 km/h", "6 m/s", None, "N/A"] * 10_000
    steps = (step("strip_unit", units=["km/h"]), step("null_words", words=["N/A"]))
    got, counts = cleaned(values, *steps)
    assert got == ["5", "6 m/s", None, None] * 10_000
    assert counts == {"a: strip_unit": 10_000, "a: null_words": 10_000}


def test_codes_typed_as_numbers_in_a_typed_file_get_their_zeros() -> None:
    frame = pl.DataFrame({"_row": pl.Series([1], dtype=pl.UInt32), "a": [6]})
    table = clean(Table(frame), dataset(column("a", cleaning=(step("zero_pad", width=2),))))
    assert table.frame["a"].to_list() == ["06"]


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("1.234*", "1234"), ("1.234 (*)", "1234"), ("1.234(1)", "1234"), ("12,5²", "12.5"), ("56 **", "56"),
        ("7[2]", "7"), ("10³", "10³"), ("(1.234)", "(1.234)"), ("12 (5)", "12 (5)"), ("12(34)", "12(34)"),
        ("5*3", "5*3"), ("12/5", "12/5"),
    ],
)  # fmt: skip
def test_the_mark_of_a_footnote_is_no_part_of_a_figure(value: str, wanted: str) -> None:
    """A figure in brackets, two figures in a cell, a power of ten stay as they are, and are held."""
    got, counts = cleaned([value], step("number", decimal=",", group="."), logical="number")
    assert got == [wanted]
    assert ("a: footnote_mark" in counts) == (wanted not in value or value[0] == "7" or value[:2] == "56")


def test_the_contract_s_own_unit_behind_a_figure_is_no_part_of_it() -> None:
    said = [step("number", decimal=",", group=".")]
    contract = dataset(column("a", cleaning=tuple(said), logical="number", unit="hộ"))
    frame = pl.DataFrame(
        {"_row": pl.Series([2, 3, 4, 5], dtype=pl.UInt32), "a": ["12 hộ", "1.236 Hộ", "7 người", "9"]}
    )
    table = clean(Table(frame), contract)
    assert table.frame["a"].to_list() == ["12", "1236", "7 người", "9"]
    assert {c.step: c.values for c in table.cleaning}["a: own_unit"] == 2


@pytest.mark.parametrize(
    ("values", "decimal", "told"),
    [
        (["82.903", "1.204", "512"], ",", {"a: read_thousands": 2}),
        (["82.903", "1.204", "512"], ".", {"a: read_fractions": 2}),
        (["82.903", "1.204.000"], ",", {}),
        (["82.903", "12,5"], ",", {}),
        (["82.90", "12.5"], ".", {}),
    ],
)
def test_how_figures_that_could_be_two_numbers_were_read_is_told(
    values: list[str | None], decimal: str, told: dict[str, int]
) -> None:
    group = "." if decimal == "," else ","
    _, counts = cleaned(values, step("number", decimal=decimal, group=group), logical="number")
    assert {name: n for name, n in counts.items() if "read_" in name} == told
