from __future__ import annotations

import pytest

from tinh.sources.errors import CutShort, Garbled, UnknownEncoding

from .conftest import Reader, column, dataset
from .vietnamese_text import TEXT, tcvn3, viscii, vni, windows_1258

CONTRACT = dataset("Thành phố", "Trạng thái")
ROWS = [
    (2, "Thái Nguyên", "không có dữ liệu"),
    (3, "Xã La Bằng", "huyện Đại Từ nghiêng khuỷu"),
    (4, "Phường Đồng Quang", "ước tính"),
]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8"),
        (TEXT.encode("utf-16"), "utf-16-le"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
        (windows_1258(TEXT), "cp1258"),
    ],
)
def test_every_promised_encoding_reads_the_same(reading: Reader, content: bytes, encoding: str) -> None:
    table = reading(content, CONTRACT)
    assert table.frame.rows() == ROWS
    assert table.encoding == encoding


def test_capital_windows_1258_is_recognised(reading: Reader) -> None:
    content = windows_1258("TỈNH,GHI CHÚ\nTHÁI NGUYÊN,KHÔNG\nBẮC KẠN,CÓ\n")
    assert reading(content, dataset("tỉnh", "ghi chú")).frame["tỉnh"].to_list() == ["THÁI NGUYÊN", "BẮC KẠN"]


@pytest.mark.parametrize(
    ("content", "font"),
    [
        (tcvn3(TEXT), "tcvn3"),
        (vni(TEXT), "vni"),
        (tcvn3(TEXT).decode("cp1252").encode(), "tcvn3"),
        (vni(TEXT).decode("cp1252").encode(), "vni"),
        (viscii(TEXT), "viscii"),
    ],
)
def test_old_encodings_are_read_and_the_reading_is_said(reading: Reader, content: bytes, font: str) -> None:
    table = reading(content, CONTRACT)
    shown = [tuple(c.lower() if isinstance(c, str) else c for c in row) for row in table.frame.rows()]
    assert shown == [tuple(c.lower() if isinstance(c, str) else c for c in row) for row in ROWS]
    assert f"encoding:{font}" in table.notes


@pytest.mark.parametrize("cut", [1, 2])
def test_utf8_cut_within_its_last_letter_is_said_to_be_cut_short(reading: Reader, cut: int) -> None:
    content = (TEXT + "Thái Nguyê").encode() + "ế".encode()[:cut]
    with pytest.raises(CutShort):
        reading(content, CONTRACT)


def test_one_name_in_an_old_font_is_enough(reading: Reader) -> None:
    table = reading(b"a,b\nTh\xb8i Nguy\xaan,1\n")
    assert table.frame["a"].to_list() == ["Thái Nguyên"]
    assert table.encoding == "tcvn3"
    assert "letters:tcvn3:1" in table.notes


@pytest.mark.parametrize("page", ["latin-1", "cp1252"])
def test_text_garbled_on_its_way_is_repaired_where_that_is_exact(reading: Reader, page: str) -> None:
    garbled = "".join(bytes([b]).decode(page, "ignore") or chr(b) for b in TEXT.encode())
    table = reading(garbled.encode(), CONTRACT)
    assert table.frame.rows() == ROWS
    assert any(note.startswith("letters:mojibake:") for note in table.notes)


def test_text_garbled_beyond_repair_is_refused_with_its_meaning(reading: Reader) -> None:
    with pytest.raises(Garbled) as caught:
        reading("a,b\nHuyện Đại Từ,1\n".encode().decode("cp1252", "replace").encode())
    assert "UTF-8" in caught.value.remedy().vi


@pytest.mark.parametrize("word", ["São Paulo", "Köln", "mañana", "Île-de-France"])
def test_western_text_stays_western(reading: Reader, word: str) -> None:
    for encoding in ("utf-8", "cp1252"):
        assert reading(f"a,b\n{word},1\n".encode(encoding)).frame["a"].to_list() == [word]


def test_signs_alone_read_alike_in_every_code_page(reading: Reader) -> None:
    assert reading("a,b\n5°C,µg/m³\n".encode("cp1252")).frame.rows() == [(2, "5°C", "µg/m³")]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("東京都,五", "shift-jis"), ("Москва,пять рублей", "cp1251"), ("北京市,五百", "gbk")],
)
def test_other_code_pages_are_refused_rather_than_guessed(reading: Reader, text: str, encoding: str) -> None:
    with pytest.raises(UnknownEncoding):
        reading(f"a,b\n{text}\n".encode(encoding))


def test_utf16_cut_in_the_middle_of_a_character_is_named(reading: Reader) -> None:
    with pytest.raises(CutShort):
        reading(TEXT.encode("utf-16")[:-1], CONTRACT)


def test_the_contract_may_name_its_encoding(reading: Reader) -> None:
    from tinh.packs.models import Layout

    contract = dataset(column("a"), column("b"), layout=Layout(encoding="cp1251"))
    assert reading("a,b\nМосква,1\n".encode("cp1251"), contract).frame["a"].to_list() == ["Москва"]
