from __future__ import annotations

import subprocess
import sys
from collections import Counter
from datetime import date, datetime

import pytest

from tinh.places.api import REFORM, Gazetteer, UnknownProvince, UnknownUnit

BEFORE = date(2025, 4, 1)
AFTER = date(2025, 8, 1)


def counts(book: Gazetteer, on: date) -> dict[str, int]:
    return dict(Counter(unit.level for unit in book.standing(on)))


def test_today_has_34_provinces_3321_communes_and_no_district(book: Gazetteer) -> None:
    for on in (REFORM, AFTER, date(2026, 5, 1), date(2026, 12, 1)):
        assert counts(book, on) == {"province": 34, "commune": 3321}


def test_before_the_reform_63_provinces_696_districts_and_10035_communes(book: Gazetteer) -> None:
    assert counts(book, date(2025, 6, 30)) == {"province": 63, "district": 696, "commune": 10035}


def test_the_10040_lowest_units_of_before_are_the_communes_and_five_islands_without(book: Gazetteer) -> None:
    islands = {
        unit.name
        for unit in book.standing(BEFORE)
        if unit.level == "district" and not book.children(unit.code, BEFORE)
    }
    assert islands == {
        "Huyện Bạch Long Vĩ", "Huyện Cồn Cỏ", "Huyện Côn Đảo", "Huyện Hoàng Sa", "Huyện Lý Sơn",
    }  # fmt: skip
    assert len(book.children("27", BEFORE)) == 121


def test_no_two_units_share_a_code_on_any_day(book: Gazetteer) -> None:
    for epoch in book.epochs:
        codes = [unit.code for unit in book.standing(book.epoch_day(epoch))]
        assert len(codes) == len(set(codes))


def test_the_same_code_denotes_another_unit_before_the_reform(book: Gazetteer) -> None:
    assert book.get("44", BEFORE).name == "Tỉnh Quảng Bình"
    assert book.get("44", AFTER).name == "Tỉnh Quảng Trị"
    assert book.get("05443", AFTER).name == "Phường Phan Đình Phùng"
    assert book.get("05443", REFORM) != book.find("05443", BEFORE)


def test_the_day_of_the_reform_belongs_to_the_new_units(book: Gazetteer) -> None:
    assert book.find("06", date(2025, 6, 30)) is not None
    assert book.find("06", REFORM) is None
    assert book.find("164", REFORM) is None


def test_a_moment_counts_as_its_day(book: Gazetteer) -> None:
    assert book.get("19", datetime(2025, 7, 1, 0, 5)).valid_from == REFORM
    assert book.resolve("Bắc Kạn", datetime(2025, 6, 30, 23, 59), levels=("province",)).status == "one"


def test_a_change_of_kind_keeps_the_code_and_begins_on_its_day(book: Gazetteer) -> None:
    assert book.get("75", date(2026, 4, 29)).name == "Tỉnh Đồng Nai"
    city = book.get("75", date(2026, 4, 30))
    assert (city.name, city.kind, city.legal_basis) == ("Thành phố Đồng Nai", "thành phố", "NQ 30/2026/QH16")
    assert book.get("26368", date(2026, 5, 1)).parent == "75"
    assert [link.unit.name for link in book.successors("75", AFTER)] == ["Thành phố Đồng Nai"]
    assert book.rollup("75", AFTER) == "75"


def test_unknown_codes_say_when_they_were_valid(book: Gazetteer) -> None:
    with pytest.raises(UnknownUnit) as error:
        book.get("06", AFTER)
    assert error.value.code == "PLC001"
    assert "Bắc Kạn" in error.value.remedy().vi


def test_a_province_is_found_by_code_or_name(book: Gazetteer) -> None:
    assert book.province("19", AFTER).short == "Thái Nguyên"
    assert book.province("tinh thai nguyen", AFTER).code == "19"
    with pytest.raises(UnknownProvince):
        book.province("Bắc Kạn", AFTER)
    with pytest.raises(UnknownProvince):
        book.province("05443", AFTER)


@pytest.mark.parametrize(
    ("today", "old"),
    [
        ("19", {"19", "06"}),
        ("31", {"31", "30"}),
        ("68", {"68", "67", "60"}),
        ("44", {"44", "45"}),
        ("52", {"52", "64"}),
        ("79", {"79", "74", "77"}),
        ("01", {"01"}),
    ],
)
def test_a_territory_of_before_holds_the_merged_provinces(book: Gazetteer, today: str, old: set[str]) -> None:
    territory = book.territory(today, BEFORE)
    assert {code for code in territory if len(code) == 2} == old
    assert {book.rollup(code, BEFORE) for code in territory} == {today}
    for province in old:
        assert {unit.code for unit in book.children(province, BEFORE, "district")} <= territory


def test_the_territory_of_thai_nguyen(book: Gazetteer) -> None:
    assert len(book.communes("19", AFTER)) == 92
    assert len(book.communes("19", BEFORE)) == 172 + 108
    assert len(book.children("19", BEFORE, "district")) == 9
    assert len(book.territory("19", AFTER)) == 93
    assert Counter(unit.kind for unit in book.communes("19", AFTER)) == {"xã": 77, "phường": 15}
    assert len(book.communes("31", AFTER)) == 114
    assert len(book.communes("68", AFTER)) == 124


def test_territories_part_the_country_without_rest_or_overlap(book: Gazetteer) -> None:
    for on in (BEFORE, AFTER):
        codes = [code for p in book.provinces(AFTER) for code in book.territory(p.code, on)]
        assert len(codes) == len(set(codes)) == len(book.standing(on))


def test_only_todays_provinces_have_a_territory(book: Gazetteer) -> None:
    with pytest.raises(UnknownProvince) as error:
        book.territory("06", BEFORE)
    assert "19" in error.value.remedy().en


def test_a_path_leads_from_the_province_down(book: Gazetteer) -> None:
    old = book.resolve("X. La Bằng, H. Đại Từ", BEFORE).unit
    assert old is not None
    assert [unit.name for unit in book.path(old)] == ["Tỉnh Thái Nguyên", "Huyện Đại Từ", "Xã La Bằng"]
    assert [unit.code for unit in book.path(book.get("05443", AFTER))] == ["19", "05443"]
    for unit in book.units:
        assert book.path(unit)[-1] == unit


def test_every_unit_names_its_legal_basis_and_prints_as_plain_data(book: Gazetteer) -> None:
    assert all(unit.legal_basis for unit in book.units)
    assert book.get("19", AFTER).legal_basis.startswith("NQ 202/2025/QH15")
    ward = book.get("05443", AFTER)
    assert ward.legal_basis == "NQ 1683/NQ-UBTVQH15; QĐ 19/2025/QĐ-TTg"
    assert ward.as_dict() == {
        "code": "05443", "name": "Phường Phan Đình Phùng", "short": "Phan Đình Phùng", "level": "commune",
        "kind": "phường", "parent": "19", "province": "19", "valid_from": "2025-07-01", "valid_to": None,
        "legal_basis": ward.legal_basis, "lat": ward.lat, "lon": ward.lon,
    }  # fmt: skip


def test_names_are_written_one_way(book: Gazetteer) -> None:
    assert book.get("058", BEFORE).name == "Thành phố Bắc Kạn"
    for unit in book.units:
        assert unit.name.lower().startswith(unit.kind + " ")
        assert unit.name == " ".join(unit.name.split())
        assert "(" not in unit.name and not unit.short.isdigit()


def test_the_gazetteer_loads_without_the_parser_of_its_data_package_or_geometry() -> None:
    script = (
        "import sys; from tinh.places.api import gazetteer; gazetteer();"
        "print([m for m in ('vietnamadminunits', 'shapely', 'scipy', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_province_slugs_are_plain_and_unique(book: Gazetteer) -> None:
    slugs = [unit.slug for unit in book.provinces(AFTER)]
    assert len(set(slugs)) == 34
    assert book.get("19", AFTER).slug == "thai-nguyen"
    assert book.get("66", AFTER).slug == "dak-lak"
    assert book.get("77", BEFORE).slug == "ba-ria-vung-tau"
    assert all(slug.replace("-", "").isascii() and slug.replace("-", "").isalpha() for slug in slugs)
