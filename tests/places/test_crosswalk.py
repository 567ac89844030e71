from __future__ import annotations

from datetime import date

from tinh.places.api import REFORM, Gazetteer

BEFORE = date(2025, 4, 1)
AFTER = date(2025, 8, 1)


def test_nothing_is_lost_in_the_reform(book: Gazetteer) -> None:
    assert book.crosswalk.lacking() == ()
    for unit in book.units:
        if unit.valid_to == REFORM:
            assert book.successors(unit.code, BEFORE), unit
        if unit.valid_from == REFORM:
            assert book.predecessors(unit.code), unit


def test_links_stay_within_todays_province(book: Gazetteer) -> None:
    for unit in book.standing(BEFORE):
        assert {link.unit.province for link in book.successors(unit.code, BEFORE)} == {unit.province}


def test_links_read_the_same_from_both_ends(book: Gazetteer) -> None:
    for unit in book.standing(BEFORE):
        if unit.level == "commune":
            for link in book.successors(unit.code, BEFORE):
                back = {p.unit.code: (p.whole, p.main) for p in book.predecessors(link.unit.code)}
                assert back[unit.code] == (link.whole, link.main)


def test_a_unit_that_went_over_whole_has_one_heir_and_the_share_one(book: Gazetteer) -> None:
    links = book.successors("05815", BEFORE)
    assert [(link.unit.name, link.share, link.whole) for link in links] == [("Xã La Bằng", 1.0, True)]
    assert links[0].basis.startswith("NQ 1683/NQ-UBTVQH15")


def test_a_divided_unit_has_several_heirs_no_share_and_one_main(book: Gazetteer) -> None:
    divided = [
        links
        for unit in book.standing(BEFORE)
        if unit.level == "commune" and len(links := book.successors(unit.code, BEFORE)) > 1
    ]
    assert len(divided) == 471
    for links in divided:
        assert all(link.share is None and not link.whole for link in links)
        assert sum(link.main for link in links) == 1


def test_a_district_is_followed_through_its_communes(book: Gazetteer) -> None:
    heirs = {link.unit.name for link in book.successors("171", BEFORE)}
    assert {"Xã La Bằng", "Xã Đại Từ"} <= heirs
    islands = book.successors("755")
    assert [(link.unit.name, link.whole) for link in islands] == [("Đặc khu Côn Đảo", True)]


def test_provinces_link_to_provinces(book: Gazetteer) -> None:
    assert [link.unit.code for link in book.successors("06", BEFORE)] == ["19"]
    assert [link.unit.name for link in book.successors("44", BEFORE)] == ["Tỉnh Quảng Trị"]
    assert sorted(link.unit.code for link in book.predecessors("68")) == ["60", "67", "68"]


def test_a_unit_still_in_force_has_no_successor(book: Gazetteer) -> None:
    assert book.successors("05818", AFTER) == ()
    assert book.successors("99999") == ()
    assert book.predecessors("171") == ()


def test_a_link_prints_the_unit_and_how_it_went_over(book: Gazetteer) -> None:
    printed = book.successors("05815")[0].as_dict()
    assert printed["code"] == "05818"
    assert (printed["share"], printed["whole"], printed["main"]) == (1.0, True, True)
    assert "NQ 1683" in printed["basis"]
