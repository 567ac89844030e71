from __future__ import annotations

import unicodedata
from datetime import date, datetime

import pytest

from tinh.places.api import Gazetteer, Level, UnknownProvince

BEFORE = date(2025, 4, 1)
AFTER = date(2025, 8, 1)
NOW = date(2026, 11, 1)
STATION: tuple[Level, ...] = ("commune", "district", "province")


@pytest.mark.parametrize(
    "text",
    [
        "X. La Bằng, H. Đại Từ",
        "xã La Bằng, huyện Đại Từ, tỉnh Thái Nguyên",
        "La Bằng, Đại Từ, Thái Nguyên",
        "La Bằng, Đại Từ, T. Thái Nguyên, Việt Nam",
        "LA BẰNG, ĐẠI TỪ",
        "la bang, dai tu",
        "x la bang h dai tu",
        "X.La Bằng,H.Đại Từ",
        "  Xã   La Bằng  ,,  Huyện   Đại  Từ ; ",
        "Xã La Bằng - Huyện Đại Từ - Tỉnh Thái Nguyên",
        "Thái Nguyên, Đại Từ, La Bằng",
        "tỉnh Thái Nguyên / huyện Đại Từ / xã La Bằng",
        "La Bằng (Đại Từ)",
        "La Bằng Đại Từ Thái Nguyên",
        "UBND xã La Bằng, huyện Đại Từ",
        "La Bang commune, Dai Tu district, Thai Nguyen province",
        "05815",
        "05815 - La Bằng",
        "Xã La Bằng (05815)",
        unicodedata.normalize("NFD", "X. La Bằng, H. Đại Từ"),
        "La\u00a0Bằng, Đại\u00a0Từ",
        "\ufeffLa Bằng, Ðại Từ",
    ],
)
def test_one_commune_is_found_however_it_is_written(book: Gazetteer, text: str) -> None:
    resolution = book.resolve(text, BEFORE)
    assert [unit.code for unit in resolution.units] == ["05815"]
    assert resolution.status == "one"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("TP Thái Nguyên", "164"),
        ("Tp.Thái Nguyên", "164"),
        ("thanh pho thai nguyen", "164"),
        ("Thai Nguyen city", "164"),
        ("T. Thái Nguyên", "19"),
        ("tinh thai nguyen", "19"),
        ("Thai Nguyen Province", "19"),
        ("TP.HCM", "79"),
        ("TPHCM", "79"),
        ("Tp. Hồ Chí Minh", "79"),
        ("Ho Chi Minh City", "79"),
        ("Hanoi", "01"),
        ("HaNoi, Vietnam", "01"),
        ("Quận 3", "770"),
        ("Q.3", "770"),
        ("Q3, TP.HCM", "770"),
        ("District 3", "770"),
        ("P.1, Q.3", "27160"),
        ("P1 Q3", "27160"),
        ("Phường 01, Quận 3, TP HCM", "27160"),
        ("Ward 1, District 3, Ho Chi Minh City", "27160"),
        ("Tỉnh Bắc Cạn", "06"),
        ("Dak Lak", "66"),
        ("Đăk Lăk", "66"),
        ("Đắc Lắc", "66"),
        ("Daklak", "66"),
        ("Qui Nhơn", "540"),
        ("Quy Nhơn", "540"),
        ("TP. Hoà Bình", "148"),
        ("TP. Hòa Bình", "148"),
        ("Thuỷ Nguyên, Hải Phòng", "311"),
        ("Thủy Nguyên, Hải Phòng", "311"),
        ("Phan Rang-Tháp Chàm", "582"),
        ("Phan Rang Tháp Chàm", "582"),
        ("Bà Rịa-Vũng Tàu", "77"),
        ("Ba Ria Vung Tau", "77"),
        ("Thừa Thiên Huế", "46"),
        ("huyện Ea H’leo", "645"),
        ("TX. Quảng Trị", "462"),
        ("19", "19"),
        ("19 - Thái Nguyên", "19"),
        ("Thái Nguyên (19)", "19"),
        ("164: Thành phố Thái Nguyên", "164"),
        ("Đại Từ, 19", "171"),
        ("Phường 12, Quận 10, TP.HCM", "27172"),
        ("P12 Q10", "27172"),
        ("TP. Phổ Yên", "172"),
        ("TT Hùng Sơn, Đại Từ", "05761"),
        ("Q. Ninh Kiều", "916"),
        ("thị trấn Yên Viên, Gia Lâm", "00526"),
    ],
)
def test_common_ways_of_writing_before_the_reform(book: Gazetteer, text: str, code: str) -> None:
    assert [unit.code for unit in book.resolve(text, BEFORE).units] == [code]


def test_diacritics_count_when_they_are_written(book: Gazetteer) -> None:
    assert book.resolve("Cẩm Giang, Hải Dương", BEFORE).unit == book.get("10888", BEFORE)
    assert book.resolve("Cẩm Giàng, Hải Dương", BEFORE).unit == book.get("295", BEFORE)
    assert book.resolve("Cẩm Giáng, Hải Dương", BEFORE).status == "none"


def test_without_diacritics_every_reading_is_a_candidate(book: Gazetteer) -> None:
    resolution = book.resolve("Cam Giang, Hai Duong", BEFORE)
    assert resolution.status == "several"
    assert {unit.code for unit in resolution.units} == {"10888", "295"}


def test_a_name_without_diacritics_of_its_own_is_exact_in_a_text_that_has_them(book: Gazetteer) -> None:
    assert book.resolve("tỉnh Long An", BEFORE).unit == book.get("80", BEFORE)


def test_the_kind_must_be_the_units_kind(book: Gazetteer) -> None:
    resolution = book.resolve("Phường La Bằng, Thái Nguyên", AFTER)
    assert resolution.status == "none"
    assert [(hint.reason, hint.unit.code) for hint in resolution.hints] == [("kind", "05818")]


@pytest.mark.parametrize(
    "text", ["", "   ", ",,;", "1", "01/", "Không Có Đâu", "N/A", "-", "La Bằng, Hà Nội", "😀"]
)
def test_nothing_is_guessed(book: Gazetteer, text: str) -> None:
    expected = ["01"] if text == "01/" else []
    assert [unit.code for unit in book.resolve(text, AFTER).units] == expected


def test_a_code_that_contradicts_the_name_denotes_nothing(book: Gazetteer) -> None:
    assert book.resolve("Hà Nội (05815)", BEFORE).status == "none"
    assert book.resolve("05815 05818", BEFORE).status == "none"


def test_a_code_is_read_on_its_day(book: Gazetteer) -> None:
    assert book.resolve("24", BEFORE).unit == book.get("24", BEFORE)
    assert book.resolve("24", BEFORE).units[0].name == "Tỉnh Bắc Giang"
    assert book.resolve("24", AFTER).units[0].name == "Tỉnh Bắc Ninh"
    assert book.resolve("164", AFTER).status == "none"


def test_an_old_name_on_a_new_day_denotes_nothing_and_hints_at_what_it_became(book: Gazetteer) -> None:
    resolution = book.resolve("X. La Bằng, H. Đại Từ", AFTER)
    assert resolution.status == "none"
    assert [(hint.reason, hint.unit.code) for hint in resolution.hints] == [("successor", "05818")]
    assert "Xã La Bằng" in resolution.hints[0].says.vi


def test_a_new_name_on_an_old_day_hints_at_its_days(book: Gazetteer) -> None:
    resolution = book.resolve("Phường Linh Sơn, Thái Nguyên", BEFORE)
    assert resolution.status == "none"
    assert [(hint.reason, hint.unit.code) for hint in resolution.hints] == [("other_day", "05710")]
    assert "từ 01/07/2025" in resolution.hints[0].says.vi


def test_a_name_given_up_by_a_change_of_kind_still_denotes_the_unit(book: Gazetteer) -> None:
    assert book.resolve("Tỉnh Đồng Nai", NOW).unit == book.get("75", NOW)
    assert book.resolve("Thành phố Đồng Nai", NOW).unit == book.get("75", NOW)
    assert book.resolve("Thành phố Đồng Nai", AFTER).status == "none"
    assert book.resolve("xã Long Thành, tỉnh Đồng Nai", NOW).unit == book.get("26368", NOW)


def test_a_slip_of_spelling_is_hinted_at_and_not_taken(book: Gazetteer) -> None:
    for text, code in (("Thái Nguyen", "19"), ("La Băng, Thái Nguyên", "05818"), ("Đức Xuânn", "01840")):
        resolution = book.resolve(text, AFTER)
        assert resolution.status == "none"
        assert code in [hint.unit.code for hint in resolution.hints]


def test_a_code_that_lost_its_zeros_is_hinted_at_and_not_taken(book: Gazetteer) -> None:
    resolution = book.resolve("5818", AFTER)
    assert resolution.status == "none"
    assert [(hint.reason, hint.unit.code) for hint in resolution.hints] == [("code", "05818")]


def test_names_of_before_the_earlier_mergers_are_hinted_at(book: Gazetteer) -> None:
    resolution = book.resolve("huyện Long Điền", BEFORE)
    assert resolution.status == "none"
    assert [(hint.reason, hint.unit.name) for hint in resolution.hints] == [("former", "Huyện Long Đất")]


def test_within_keeps_to_the_territory_of_that_day(book: Gazetteer) -> None:
    outside = book.resolve("La Bằng", AFTER, within="01")
    assert outside.status == "none"
    assert [(hint.reason, hint.unit.code) for hint in outside.hints] == [("elsewhere", "05818")]
    with pytest.raises(UnknownProvince):
        book.resolve("La Bằng", AFTER, within="06")


def test_the_first_level_with_any_candidate_decides(book: Gazetteer) -> None:
    assert book.resolve("Thái Nguyên", BEFORE, within="19").status == "several"
    assert book.resolve("Thái Nguyên", BEFORE, "19", STATION).unit == book.get("164", BEFORE)
    assert book.resolve("Thái Nguyên", BEFORE, "19", ("province", "district")).unit == book.get("19", BEFORE)
    assert book.resolve("Thái Nguyên", AFTER, "19", STATION).unit == book.get("19", AFTER)


@pytest.mark.parametrize(
    ("city", "province", "code"),
    [
        ("Thái Nguyên", "19", "164"),
        ("Thai Nguyen", "19", "164"),
        ("Bắc Kạn", "19", "058"),
        ("Hà Nội", "01", "01"),
        ("Hồ Chí Minh", "79", "79"),
        ("Ho Chi Minh City", "79", "79"),
        ("Đà Nẵng", "48", "48"),
        ("Hai Phong", "31", "31"),
        ("Hải Phòng", "31", "31"),
        ("Hải Dương", "31", "288"),
        ("Nha Trang", "56", "568"),
        ("Cần Thơ", "92", "92"),
        ("Huế", "46", "46"),
        ("Vinh", "40", "412"),
        ("Bắc Ninh", "24", "256"),
        ("Trà Vinh", "86", "842"),
        ("Da Lat", "68", "672"),
        ("Gia Nghĩa", "68", "660"),
        ("Phan Thiết", "68", "593"),
    ],
)
def test_names_of_stations_within_their_province(
    book: Gazetteer, city: str, province: str, code: str
) -> None:
    assert [unit.code for unit in book.resolve(city, BEFORE, province, STATION).units] == [code]


def test_a_column_of_names_is_resolved_by_its_own_days(book: Gazetteer) -> None:
    names = ["Thái Nguyên", "Thái Nguyên", None, "", "La Bằng", "Bắc Kạn"]
    days = [BEFORE, AFTER, AFTER, AFTER, AFTER, datetime_like(BEFORE)]
    expected = ["164", "19", None, None, "05818", "058"]
    assert book.resolve_many(names, days, within="19", levels=STATION) == expected


def datetime_like(day: date) -> date:
    return datetime(day.year, day.month, day.day, 12)


def test_an_answer_prints_as_plain_data(book: Gazetteer) -> None:
    printed = book.resolve("Da Lat", AFTER, within="68").as_dict()
    assert printed["status"] == "none"
    assert printed["units"] == []
    assert all(hint["reason"] == "successor" and hint["says"]["vi"] for hint in printed["hints"])
