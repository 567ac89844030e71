"""Old fonts cell by cell: what is theirs is converted, what is Unicode stays, doubt is refused."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinh.places.api import gazetteer
from tinh.sources.api import clean, mend_letters
from tinh.sources.errors import Garbled, LegacyFont, MixedLetters, SourceError

from .conftest import Reader, column, dataset
from .vietnamese_text import tcvn3, vni

FOREIGN = [
    "Île-de-France", "A-12/QĐ",
    "São Paulo", "Köln", "mañana", "où", "déjà vu", "Zürich", "Noël", "PM2.5 (µg/m³)", "25°C",
    "Москва", "東京", "5 m²", "x", "km/h", "Lan¹", "café", "naïve", "über", "1.234,5", "«non»", "1½",
]  # fmt: skip


@cache
def names() -> tuple[str, ...]:
    return tuple(sorted({u.name for u in gazetteer().units}))


def shown(data: bytes) -> str:
    return data.decode("cp1252")


def old(name: str, font: str) -> str:
    return shown(tcvn3(name) if font == "tcvn3" else vni(name))


def frame(*cells: str | None, **more: list[str | None]) -> pl.DataFrame:
    return pl.DataFrame({"a": list(cells), **more}, schema_overrides=dict.fromkeys(["a", *more], pl.String))


def mended(*cells: str | None) -> list[str | None]:
    return mend_letters(frame(*cells), "f.csv").frame["a"].to_list()


real_text = st.lists(
    st.one_of(st.sampled_from(names()), st.sampled_from(FOREIGN), st.text(max_size=8)), max_size=40
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(names()), st.sampled_from(FOREIGN)), max_size=60), st.booleans())
def test_real_unicode_stays_as_it_is(cells: list[str], upper: bool) -> None:
    cells = [c.upper() for c in cells] if upper else cells
    assert mended(*cells) == cells


def test_every_name_of_the_gazetteer_stays_as_it_is() -> None:
    cells = [*names(), *(n.upper() for n in names()), *(n.lower() for n in names())]
    found = mend_letters(frame(*cells), "f.csv")
    assert found.frame["a"].to_list() == cells
    assert not found.notes


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(names()), min_size=12, max_size=50, unique=True),
    st.lists(st.sampled_from(["05818", "12,5", "UBND", "x", "2025-01", "km2"]), max_size=10),
    st.sampled_from(["tcvn3", "vni"]),
)
def test_a_column_of_an_old_font_reads_back_as_it_was_written(
    plain: list[str], ascii: list[str], font: str
) -> None:
    meant = [n.lower() if font == "tcvn3" else n for n in plain]  # capitals with a tone do not exist there
    assert mended(*(old(n, font) for n in meant), *ascii) == [*meant, *ascii]


@pytest.mark.parametrize("font", ["tcvn3", "vni"])
def test_every_name_of_the_gazetteer_reads_back(font: str) -> None:
    meant = [n.lower() if font == "tcvn3" else n for n in names()]
    found = mend_letters(frame(*(old(n, font) for n in meant)), "f.csv")
    wrong = [(m, g) for m, g in zip(meant, found.frame["a"].to_list(), strict=True) if m != g]
    assert not wrong
    assert f"encoding:{font}" in found.notes


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(names()), min_size=20, max_size=60, unique=True), st.integers(1, 2**30))
def test_fonts_mixed_by_cell_are_read_right_or_refused(plain: list[str], dice: int) -> None:
    meant = [n.lower() for n in plain]
    cells = [old(n, "tcvn3") if dice >> (at % 30) & 1 else n for at, n in enumerate(meant)]
    try:
        got = mended(*cells)
    except MixedLetters as error:
        assert "UniKey" in error.remedy().vi
    except LegacyFont:
        pass
    else:
        assert got == meant or all(g in (m, c) for g, m, c in zip(got, meant, cells, strict=True))
        wrong = [g for g, m in zip(got, meant, strict=True) if g != m]
        assert len(wrong) <= 1  # a lone cell without evidence of its own may stay


def test_two_cells_of_an_old_font_that_are_whole_names_of_communes_are_enough() -> None:
    plain = ["Xã Ba Bể", "Phường Đức Xuân", "Xã Đại Phúc", "Xã An Khánh", "Xã Phú Bình", "Xã La Bằng"]
    assert mended("x· trung h¹", "x· tuy an nam", *plain) == ["xã trung hạ", "xã tuy an nam", *plain]
    assert mended("Lan¹", "Hoa·", *plain) == ["Lan¹", "Hoa·", *plain]  # marks of footnotes


def test_a_letter_no_old_font_has_keeps_its_whole_cell_as_it_is() -> None:
    old_ones = [old(n, "tcvn3") for n in ("huyện a lưới", "huyện bá thước", "huyện an lão", "huyện ba bể")]
    assert mended(*old_ones, "huyện lấp vò")[-1] == "huyện lấp vò"


def test_a_word_that_could_be_either_follows_its_column() -> None:
    said = ["Phó", "Lßng", "Hµ Néi", "Th¸i Nguyªn", "B¾c K¹n"]
    assert mended(*said)[0] == "Phú"
    assert mended("Phó", "Hà Nội", "Thái Nguyên") == ["Phó", "Hà Nội", "Thái Nguyên"]
    both = frame(*said, b=["Phó", "Hà Nội", "Thái Nguyên", "Đà Nẵng", "Bắc Kạn"])
    found = mend_letters(both, "f.csv")
    assert (found.frame["a"][0], found.frame["b"][0]) == ("Phú", "Phó")


GENUINE = ["Ô tô", "Lê", "Tô", "Lò", "Trê", "Ø 20", "1ª", "A§1"]


def test_two_cells_of_an_old_font_convert_no_genuine_word_beside_them() -> None:
    clear = [old("đường dây điện thoại", "tcvn3"), old("trạm phủ sóng tốt", "tcvn3")]
    with pytest.raises(MixedLetters):
        mended(*clear, *GENUINE)
    other = frame(*GENUINE[:5], b=[*clear, old("thái nguyên", "tcvn3"), old("bắc kạn", "tcvn3"), "Sè l­îng"])
    try:
        got = mend_letters(other, "f.csv").frame["a"].to_list()
    except MixedLetters:
        return
    assert got == GENUINE[:5]


def test_codes_lone_signs_and_words_beside_clear_unicode_stay() -> None:
    old_ones = [old(n, "tcvn3") for n in ("huyện a lưới", "huyện bá thước", "huyện an lão", "huyện ba bể")]
    kept = ["Ø 20", "1ª", "A§1", "x ¸1", "§5", "Ø"]
    assert mended(*old_ones, *kept, "Th«n3")[4:] == [*kept, "Thôn3"]
    told = ["Đại Từ", "Bắc Kạn", "Lạng Sơn", "Điện Biên", "Phước Long"] * 2
    try:
        got = mended("Lê", *old_ones, *told)
    except MixedLetters:
        return
    assert got[0] == "Lê"


def test_where_nothing_tells_the_delivery_is_refused_with_both_readings() -> None:
    cells = ["Tróc", "Th¸i Nguyªn", "B¾c K¹n", "Hà Nội", "Đà Nẵng"]
    try:
        got = mended(*cells)
    except MixedLetters as error:
        assert error.facts["sample"] == "Tróc"
        assert error.facts["meant"] == "Trúc"
    else:
        assert got[0] == "Trúc"  # a name of places, where the other is none


def test_capital_fonts_read_as_lower_case_and_typed_capitals_as_capitals() -> None:
    cells = ["tØnh th¸i nguyªn", "TH¸I NGUY£N", "UBND TØNH B¾C K¹N", "Q§ 124/2004/Q§-TTg", "®­îc"]
    assert mended(*cells) == [
        "tỉnh thái nguyên", "THÁI NGUYÊN", "UBND TỈNH BẮC KẠN", "QĐ 124/2004/QĐ-TTg", "được",
    ]  # fmt: skip


def test_units_and_foreign_words_survive_beside_old_fonts() -> None:
    cells = ["Th¸i Nguyªn", "B¾c K¹n", "§¹i Tõ", "25 µg/m³", "30°C", "C«ng ty Köln", "12 m²"]
    assert mended(*cells)[3:] == ["25 µg/m³", "30°C", "Công ty Köln", "12 m²"]


def test_every_conversion_is_counted_in_cleaning_and_notes(reading: Reader) -> None:
    content = "Tªn x·,D©n sè\nX· La B»ng,12\nX· La B»ng,13\nHuyÖn §¹i Tõ,14\nHà Nội,15\n"
    table = reading(content, dataset(column("name", "Tên xã"), column("people", "Dân số")))
    assert table.frame["name"].to_list() == ["Xã La Bằng", "Xã La Bằng", "Huyện Đại Từ", "Hà Nội"]
    assert [(c.step, c.values) for c in table.cleaning] == [("name: letters_tcvn3", 3)]
    assert {"encoding:tcvn3", "letters:tcvn3:3"} <= set(table.notes)


def test_a_header_alone_in_an_old_font_finds_its_column(reading: Reader) -> None:
    contract = dataset(column("city", "Tỉnh"), column("people", "Dân số"))
    table = reading("TØnh;Sè\n01;5\n".replace("Sè", "D©n sè"), contract)
    assert (table.missing, table.unknown) == ((), ())


def test_a_workbook_typed_in_old_fonts_is_read_cell_by_cell(tmp_path: Path, reading: Reader) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in [
        ["B¸o c¸o th¸ng", None, None],
        ["M· x·", "Tªn x·", "Ghi chó"],
        ["05818", "X· La B»ng", "Số liệu ước tính"],
        ["05815", "X· §¹i Tõ", "Sè liÖu ­íc tÝnh"],
        ["05817", "Xã Yên Lãng", None],
    ]:
        sheet.append(row)
    book.save(tmp_path / "b.xlsx")
    contract = dataset(column("code", "Mã xã"), column("name", "Tên xã"), column("note", "Ghi chú"))
    table = reading((tmp_path / "b.xlsx").read_bytes(), contract, "b.xlsx")
    assert table.frame.rows() == [
        (3, "05818", "Xã La Bằng", "Số liệu ước tính"),
        (4, "05815", "Xã Đại Từ", "Số liệu ước tính"),
        (5, "05817", "Xã Yên Lãng", None),
    ]
    assert "letters:tcvn3:3" in table.notes


def test_json_keys_and_values_in_an_old_font_are_read(reading: Reader) -> None:
    contract = dataset(column("code", "Mã xã"), column("name", "Tên xã"))
    table = reading(
        '[{"M· x·": "1", "Tªn x·": "Th¸i Nguyªn"}, {"M· x·": "2", "Tªn x·": "B¾c K¹n"}]', contract, "f.json"
    )
    assert table.frame["name"].to_list() == ["Thái Nguyên", "Bắc Kạn"]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(names()), min_size=1, max_size=20), st.integers(1, 2))
def test_garbled_text_is_repaired_exactly(plain: list[str], times: int) -> None:
    cells = plain
    for _ in range(times):
        cells = ["".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in c.encode()) for c in cells]
    assert mended(*cells) == plain


def test_garbled_text_that_lost_a_byte_is_refused() -> None:
    with pytest.raises(Garbled):
        mended("Huyện Đại Từ".encode().decode("cp1252", "replace"))


@settings(max_examples=150, deadline=None)
@given(real_text)
def test_any_cells_are_read_or_refused_with_a_cure(cells: list[str]) -> None:
    try:
        got = mended(*cells)
    except SourceError as error:
        assert error.remedy().vi
    else:
        assert len(got) == len(cells)


def test_letters_that_only_look_right_are_put_right_and_counted(reading: Reader) -> None:
    decomposed = unicodedata.normalize("NFD", "Đại Từ")
    cells = [
        "Xã Lа Bằng",
        "１２３",
        "La\u00a0Bằng",
        "La\u200b Bằng",
        "\u202eLa Bằng\u202c",
        decomposed,
        "Москва",
        "Ðại Từ",
    ]
    contract = dataset("a", "b")
    table = clean(reading("a,b\n" + "".join(f"{c},1\n" for c in cells), contract), contract)
    assert table.frame["a"].to_list() == [
        "Xã La Bằng", "123", "La Bằng", "La Bằng", "La Bằng", "Đại Từ", "Москва", "Đại Từ",
    ]  # fmt: skip
    counted = {c.step: c.values for c in table.cleaning}
    assert counted == {"a: nfc": 1, "a: unseen": 2, "a: spaces": 1, "a: lookalikes": 3}
    assert table.untidy is not None
    assert len(table.untidy) == 7


def test_headers_that_only_look_right_match_the_contract(reading: Reader) -> None:
    contract = dataset(column("code", "Mã xã"), column("name", "Tên xã"))
    header = f"\u202eMã\u00a0xã\u202c,{unicodedata.normalize('NFD', 'Tên')} хã".replace("х", "x\u200b")
    assert reading(f"{header}\n1,2\n", contract).missing == ()
