"""A province declares what became of its units after 2025; faults have a line and a cure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tinh.packs.api import Catalogue, load
from tinh.places.api import boundaries, changes, gazetteer

Write = Callable[..., Path]
BEFORE, SINCE = date(2026, 12, 31), date(2027, 1, 1)
GOOD = """\
format: 1
changes:
  - day: 2027-01-01
    kind: merge
    basis: "NQ 99/NQ-UBTVQH16"
    from: ["05500", "05467"]
    to: [{code: "05467", name: Phường Gia Sàng Mới}]
  - day: 2027-01-01
    kind: split
    basis: "NQ 99/NQ-UBTVQH16"
    from: ["05818"]
    to: [{code: "05818"}, {code: "99001", name: Xã La Bằng Tây, lat: 21.6, lon: 105.6}]
    shares: [{by: population, parts: {"05818": 0.6, "99001": 0.4}, source: Niên giám 2026}]
  - {day: 2027-01-01, kind: recode, basis: "QĐ 9", from: ["05443"], to: [{code: "99002"}]}
  - {day: 2027-06-01, kind: kind, basis: "NQ 100", from: ["99001"], to: [{code: "99001", name: Phường Tây}]}
shares:
  - {from: "05461", day: 2025-07-01, by: population, parts: {"05443": 0.7, "05467": 0.3}, source: NGTK}
sizes:
  - {on: 2025-06-30, by: population, units: {"05461": 9000, "05467": 8000.5}, source: Niên giám 2024}
"""


def declared(home: Path, text: str) -> Path:
    (home / "places").mkdir(exist_ok=True)
    (home / "places" / "2027.yaml").write_text(text, "utf-8")
    return home


def compiled(home: Path) -> Catalogue:
    found = load(home)
    assert found.catalogue is not None, [f.render("en", home) for f in found.findings]
    return found.catalogue


def test_everything_follows_a_declared_reform(province: Write) -> None:
    book = gazetteer(compiled(declared(province(telecom={}), GOOD)).units)
    before = {u.code for u in book.communes("19", BEFORE)}
    since = {u.code for u in book.communes("19", SINCE)}
    assert (before - since, since - before) == ({"05500", "05443"}, {"99001", "99002"})
    assert book.turns("19") == (date(2025, 7, 1), SINCE)
    assert book.resolve("Xã La Bằng Tây", SINCE, within="19").unit == book.get("99001", SINCE)
    assert book.resolve("Phường Gia Sàng Mới", BEFORE, within="19").unit is None
    assert book.get("99002", SINCE).name == book.get("05443", BEFORE).name
    assert book.get("99001", date(2027, 6, 1)).kind == "phường"
    assert [link.unit.code for link in book.successors("05500", BEFORE)] == ["05467"]
    assert {link.unit.code for link in book.predecessors("05467", SINCE)} == {"05467", "05500"}
    assert {(p.newer, p.share, p.estimated, p.source) for p in book.parts("05818", BEFORE)} == {
        ("05818", 0.6, False, "Niên giám 2026"),
        ("99001", 0.4, False, "Niên giám 2026"),
    }
    assert {(p.newer, p.share) for p in book.parts("05461", date(2025, 6, 30))} == {
        ("05443", 0.7),
        ("05467", 0.3),
    }
    national = {u.code for u in gazetteer().communes("19", SINCE)}
    assert national == before  # another province's declarations are not mixed in


def test_an_old_unit_is_followed_through_every_reform(province: Write) -> None:
    book = gazetteer(compiled(declared(province(telecom={}), GOOD)).units)
    found = changes(book, "05461", date(2025, 6, 30), date(2027, 3, 1))
    assert [(e.day, e.how, e.unit.code) for e in found.after] == [
        (date(2025, 7, 1), "divided", "05461"),
        (SINCE, "recoded", "05443"),
        (SINCE, "merged", "05467"),
    ]
    assert {h.unit.code: round(h.share or 0, 9) for h in found.now} == {"99002": 0.7, "05467": 0.3}
    until_then = changes(book, "05461", date(2025, 6, 30), BEFORE)
    assert {h.unit.code for h in until_then.now} == {"05443", "05467"}


def test_dong_nai_became_a_city_and_its_series_did_not_break() -> None:
    book, day = gazetteer(), date(2026, 4, 30)
    found = changes(book, "75", date(2026, 1, 1), date(2026, 11, 22))
    assert [(e.day, e.how, e.into[0].unit.name) for e in found.after] == [(day, "kind", "Thành phố Đồng Nai")]
    assert {h.unit.code for h in found.origins} == {"70", "75"}
    assert book.turns("75") == (date(2025, 7, 1),)


def test_a_district_says_where_its_territory_is_now() -> None:
    found = changes(gazetteer(), "164", date(2025, 6, 30), date(2026, 11, 22))
    assert found.unit.level == "district"
    assert {"Phường Phan Đình Phùng", "Phường Gia Sàng"} <= {h.unit.name for h in found.now}


CASES = [
    ("PCK070", 'from: ["05500", "05467"]', 'from: ["05500", "05468"]', 6),
    ("PCK070", 'from: ["05500", "05467"]', 'from: ["05500", "00004"]', 6),
    ("PCK070", '{from: "05461", day', '{from: "05815", day', 17),
    ("PCK070", '"05467": 8000.5', '"99001": 8000', 19),
    ("PCK071", '"99001": 0.4', '"99001": 0.5', 13),
    ("PCK071", '{"05443": 0.7, "05467": 0.3}', '{"05443": 0.7, "05500": 0.3}', 17),
    ("PCK072", 'to: [{code: "99002"}]', 'to: [{code: "05908"}]', 14),
    ("PCK072", 'from: ["05443"], to: [{code: "99002"}]', 'from: ["05500"], to: [{code: "99002"}]', 14),
    ("PCK073", "kind: merge", "kind: split", 4),
    ("PCK073", '{code: "99001", name: Xã La Bằng Tây, lat: 21.6, lon: 105.6}', '{code: "99001"}', 12),
    ("PCK074", "name: Phường Gia Sàng Mới", "name: Gia Sàng Mới", 7),
    ("PCK074", "day: 2027-01-01\n    kind: merge", "day: 2025-07-01\n    kind: merge", 3),
    ("PCK010", "basis: \"NQ 99/NQ-UBTVQH16\"\n    from: [\"05500\"", "bassis: x\n    from: [\"05500\"", 5),
    ("PCK016", '"99001": 0.4', '"99001": 1.4', 13),
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "old", "new", "line"), CASES, ids=[f"{c[0]}-{n}" for n, c in enumerate(CASES)]
)
def test_a_fault_of_a_places_file_has_its_line_and_cure(
    province: Write, code: str, old: str, new: str, line: int
) -> None:
    assert old in GOOD
    home = declared(province(telecom={}), GOOD.replace(old, new, 1))
    findings = load(home).findings
    assert (code, line) in {(f.code, f.line) for f in findings}, [f.render("en", home) for f in findings]
    found = next(f for f in findings if f.code == code)
    assert found.file.name == "2027.yaml"
    assert found.says.vi and found.says.en and found.cure.vi and found.cure.en


def test_points_and_areas_follow_a_declared_reform(province: Write) -> None:
    book = gazetteer(compiled(declared(province(telecom={}), GOOD)).units)
    ward = book.get("05443", BEFORE)
    found = book.at(ward.lat, ward.lon, SINCE)
    assert found is not None and found[0].code == "99002"
    before, since = boundaries("19", BEFORE, None, book), boundaries("19", SINCE, None, book)
    assert set(since.shapes) == {u.code for u in book.communes("19", SINCE)}
    merged = before.shapes["05500"].area + before.shapes["05467"].area
    assert since.shapes["05467"].area == pytest.approx(merged, rel=1e-6)
    whole = sum(shape.area for shape in before.shapes.values())
    assert sum(shape.area for shape in since.shapes.values()) == pytest.approx(whole, rel=1e-6)
