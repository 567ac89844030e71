"""Text made to break a reader: what comes back is a table or a refusal that names the cure."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tinh.sources import limits
from tinh.sources.api import clean, grids
from tinh.sources.errors import BrokenUtf8, CellTooLarge, NulBytes, SourceError, TooDeep, TooLarge, TooWide

from .conftest import Reader, dataset


def test_a_row_of_too_many_columns_is_refused_by_its_line(reading: Reader) -> None:
    with pytest.raises(TooWide) as caught:
        reading("a,b" + ",c" * limits.COLUMNS + "\n1,2\n")
    assert caught.value.facts["line"] == 1


def test_a_line_of_separators_without_end_is_refused(reading: Reader) -> None:
    with pytest.raises((TooWide, TooLarge)):
        reading("," * 3_000_000)


def test_a_row_far_wider_than_its_header_is_held_not_fatal(reading: Reader) -> None:
    table = reading("a,b\n1,2\n3,4" + ",5" * 1_000_000 + "\n6,7\n")
    assert table.frame.height == 3
    assert table.ragged == (3,)


@pytest.mark.parametrize("quoted", [False, True])
def test_a_cell_of_more_than_sixteen_megabytes_is_refused(reading: Reader, quoted: bool) -> None:
    cell = "x" * (limits.FIELD_BYTES + 1)
    with pytest.raises(SourceError) as caught:
        reading(f'a,b\n1,"{cell}"\n' if quoted else f"a,b\n1,{cell}\n")
    assert isinstance(caught.value, CellTooLarge)
    assert caught.value.facts["line"] == 2
    assert "16.0 MB" in caught.value.facts["limit"]


def test_a_quote_that_never_closes_over_megabytes_is_refused(reading: Reader) -> None:
    with pytest.raises(SourceError) as caught:
        reading('a,b\n1,x"y\n2,"' + "line\n" * 500_000)
    assert caught.value.remedy().vi


def test_a_broken_byte_in_the_middle_of_utf8_is_shown_where_it_stands(reading: Reader) -> None:
    content = "a,b\nThái Nguyên,1\nĐại Từ,2\n".encode() + b"La B\xff\xfeng,3\n" + "Bắc Kạn,4\n".encode()
    with pytest.raises(BrokenUtf8) as caught:
        reading(content)
    assert caught.value.facts["line"] == 4
    assert "La B" in caught.value.facts["near"]
    assert "UTF-8" in caught.value.remedy().vi


def test_nul_bytes_are_refused_by_their_line(reading: Reader) -> None:
    with pytest.raises(NulBytes) as caught:
        reading("a,b\n1,2\n3,\x004\n")
    assert caught.value.facts["line"] == 3


@pytest.mark.parametrize("opened", ["[", '{"a":'])
def test_deep_json_is_refused(reading: Reader, opened: str) -> None:
    with pytest.raises(SourceError) as caught:
        reading('[{"a": ' + opened * 100_000, filename="f.json")
    assert caught.value.remedy().vi


def test_deep_json_that_closes_is_too_deep(reading: Reader) -> None:
    with pytest.raises(TooDeep):
        reading('[{"a": ' + "[" * 100_000 + "]" * 100_000 + "}]", filename="f.json")


def test_control_and_direction_signs_never_reach_the_lake(reading: Reader) -> None:
    cells = ["La\u202e Bằng", "\u2066x\u2069", "a\u0007b", "\u200fThái", "Th\u00adái", "a\ufeffb"]
    contract = dataset("a", "b")
    text = json.dumps([{"a": cell, "b": "1"} for cell in cells])
    table = clean(reading(text, contract, "f.json"), contract)
    assert table.frame["a"].to_list() == ["La Bằng", "x", "ab", "Thái", "Thái", "ab"]
    assert ("a: unseen", 6) in [(c.step, c.values) for c in table.cleaning]


def test_lone_surrogates_and_nul_escapes_in_json_do_no_harm(reading: Reader) -> None:
    contract = dataset("a", "b")
    table = clean(reading('[{"a": "x\\ud800y", "b": "\\u0000z"}]', contract, "f.json"), contract)
    assert table.frame.rows() == [(1, "x\ufffdy", "z")]
    keys = reading('[{"a": "1", "b": "2", "\\udfff": "3"}]', contract, "f.json")
    assert len(keys.unknown) == 1


def test_a_mark_in_the_middle_of_the_file_does_not_hide_a_name(reading: Reader) -> None:
    contract = dataset("a", "b")
    table = clean(reading("a,\ufeffb\n\ufeffThái Nguyên,\ufeff2\n", contract), contract)
    assert table.frame.rows() == [(2, "Thái Nguyên", "2")]


def test_a_look_at_a_file_is_bounded_as_reading_it_is(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("a,b" + ",c" * limits.COLUMNS + "\n1,2\n")
    with pytest.raises(TooWide):
        grids(path, "f.csv")
    path.write_text("a,b\n" + "1,2\n" * 300 + "3,4" + ",5" * 1_000_000 + "\n6,7\n")
    (found,) = grids(path, "f.csv")
    assert found.cells.width < 100 and found.cells.height == 303
