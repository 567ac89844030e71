"""`reports/*.yaml`: what may be declared, and what is said about what may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tinh.packs import api as packs

PACK = """format: 1
id: calls
version: 1.0.0
"""
PROVINCE = """format: 1
id: nowhere
name: Nơi thử
place: "19"
packs: [calls]
agencies:
  - {id: so-xd, name: Sở Xây dựng}
"""
REPORTS = """format: 1
process: flow
limits:
  every: {accept_hours: 8, finish_days: 15}
  urgent: {accept_hours: 4, finish_hours: 24}
groups:
  - {id: roads, name: {vi: Đường, en: Roads}}
categories:
  - id: hole
    name: {vi: Ổ gà, en: Pothole}
    group: roads
    owner: so-xd
    keywords: {vi: [ổ gà], en: [pothole]}
    questions:
      - {id: depth, label: Sâu mấy cm?, kind: number, required: true}
  - id: lamp
    name: Đèn đỏ
    group: roads
    owner: commune
    severity: urgent
    limits: {accept_hours: 2}
refusals:
  - {id: unclear, name: Không rõ, says: Không rõ, go: Gửi lại}
answers:
  - {id: done, name: Xong, text: "Đã xong {code}", groups: [roads]}
"""


@pytest.fixture
def declared(tmp_path: Path):
    """Loads a province whose only pack has this `reports/all.yaml`."""
    (tmp_path / "nowhere").mkdir()
    pack = tmp_path / "packs" / "calls"
    (pack / "reports").mkdir(parents=True)
    (pack / "processes").mkdir()
    (pack / "pack.yaml").write_text(PACK, "utf-8")
    (pack / "processes" / "flow.bpmn").write_text(FLOW, "utf-8")
    (tmp_path / "nowhere" / "province.yaml").write_text(PROVINCE, "utf-8")

    def load(text: str) -> packs.Compiled:
        (pack / "reports" / "all.yaml").write_text(text, "utf-8")
        return packs.load(tmp_path / "nowhere")

    return load


_OURS = Path(__file__).parents[2] / "packs" / "citizen-reports" / "processes" / "citizen-report.bpmn"
FLOW = _OURS.read_text("utf-8").replace('"citizen-report"', '"flow"')


def test_a_category_takes_the_limits_of_its_severity_and_changes_some(declared) -> None:
    catalogue = declared(REPORTS).catalogue
    assert catalogue is not None
    hole, lamp = (catalogue.report_categories[id].limits for id in ("hole", "lamp"))
    assert (hole.accept_hours, hole.finish_days, hole.finish_hours) == (8, 15, None)
    assert (lamp.accept_hours, lamp.finish_days, lamp.finish_hours) == (2, None, 24)
    assert catalogue.canned_answers["done"].groups == ("roads",)
    assert catalogue.refusals["unclear"].go.vi == "Gửi lại"


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("group: roads\n    owner: so-xd", "group: road\n    owner: so-xd", "PCK230", 11),
        ("kind: number, required: true", "kind: choice", "PCK232", 15),
        ("kind: number,", "kind: number, options: [{id: a, name: A}, {id: b, name: B}],", "PCK232", 15),
        ("limits: {accept_hours: 2}", "limits: {accept_hours: 30}", "PCK233", 21),
        ("limits: {accept_hours: 2}", "limits: {finish_hours: 5, finish_days: 1}", "PCK233", 21),
        ("process: flow", "process: flows", "PCK234", 2),
        ("vi: [ổ gà]", "vi: [ổ gà, Ổ  gà]", "PCK235", 13),
        ("{code}", "{ma}", "PCK237", 25),
        ("id: lamp", "id: hole", "PCK024", 16),
        ("radius", "radius", "", 0),
        ("severity: urgent", "severity: khan", "PCK013", 20),
        ("kind: number,", "kinds: number,", "PCK010", 15),
    ],
)
def test_a_fault_is_told_with_its_line_and_code(declared, old: str, new: str, code: str, line: int) -> None:
    found = [f for f in declared(REPORTS.replace(old, new, 1)).findings if f.level == "error"]
    assert [(f.code, f.line) for f in found] == ([(code, line)] if code else [])
    assert all(f.cure.vi and f.cure.en for f in found)


def test_limits_stand_in_one_file_of_a_pack(declared, tmp_path: Path) -> None:
    again = "format: 1\nlimits:\n  every: {accept_hours: 4, finish_days: 3}\n"
    (tmp_path / "packs" / "calls" / "reports" / "more.yaml").write_text(again, "utf-8")
    found = [f for f in declared(REPORTS).findings if f.level == "error"]
    assert [(f.code, f.file.name, f.line) for f in found] == [("PCK236", "more.yaml", 2)]


def test_an_agency_the_province_does_not_have_leaves_its_reports_at_the_desk(declared) -> None:
    found = declared(REPORTS.replace("owner: so-xd", "owner: so-gt", 1))
    (odd,) = [f for f in found.findings if f.code == "PCK231"]
    assert (odd.line, odd.level) == (12, "warning")
    assert found.catalogue is not None


def test_what_changed_in_a_category_is_told_in_words(declared) -> None:
    before = declared(REPORTS).catalogue
    changed = REPORTS.replace("owner: so-xd", "owner: commune").replace("accept_hours: 2", "accept_hours: 3")
    after = declared(changed).catalogue
    told = [c.says.en for c in packs.changes(before, after)]
    assert "Category of reports hole: owner so-xd → commune" in told
    assert any(says.startswith("Category of reports lamp: limits ") for says in told)


def test_the_pack_covers_a_province() -> None:
    catalogue = packs.load(Path(__file__).parents[2] / "provinces" / "thai-nguyen").catalogue
    assert catalogue is not None
    categories = catalogue.report_categories.values()
    assert len(categories) >= 40
    assert {c.group for c in categories} == set(catalogue.report_groups)
    for category in categories:
        assert category.name.vi != category.name.en and category.examples
        assert category.limits.source and category.process == "citizen-report"
        assert category.limits.accept_hours <= (4 if category.severity == "urgent" else 8)
    assert sum(bool(c.questions) for c in categories) >= 20
    assert all(r.go.vi and r.says.en for r in catalogue.refusals.values())
