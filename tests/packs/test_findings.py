"""Every fault has a file, a line, a code and a cure, and all show at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tinh.packs.api import CODES, load

from .samples import CONTRACT, INDICATOR, PROVINCE

Write = Callable[..., Path]
C, IND, A = "datasets/stations.odcs.yaml", "indicators/sharing.yaml", "alerts/low.yaml"
ALERT = "format: 1\nid: low\nindicator: sharing\nbelow: 9\n"
RELATION = "format: 1\nid: r\nkind: {kind}\nindicator: sharing\nsays: {{vi: vì, en: for}}\n"
DERIVED = "format: 1\nid: {id}\nperiod: month\nformula: {{derived: {{from: [{of}], expression: {of}}}}}\n"


def changed(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


def tinh(extra: str) -> str:
    return changed(CONTRACT, "      kind: report\n", f"      kind: report\n      {extra}\n")


def place(entry: str) -> str:
    return changed(CONTRACT, "{column: commune, by: code}", entry)


THEIRS = "their: shared, tolerance: 0.1"
AGREE = f"rules: [{{id: r, agree: {{with: stations, %s, {THEIRS}}}}}]"
PREFER = "prefer: {senders: [so-khcn]}\n      "
TITLED = "{column: note, from: title, pattern: (.*)"
CASES: list[tuple[str, dict[str, str], str, int]] = [
    # code, files over the good pack, file of the finding, its line
    ("PCK010", {IND: INDICATOR + "unitt: x\n"}, IND, 9),
    ("PCK170", {"relations/r.yaml": RELATION.format(kind="ratio")}, "relations/r.yaml", 3),
    (
        "PCK170",
        {"relations/r.yaml": RELATION.format(kind="at_most") + "other: sharing\n"},
        "relations/r.yaml",
        3,
    ),
    (
        "PCK171",
        {
            "indicators/yearly.yaml": changed(
                changed(INDICATOR, "period: month", "period: year"), "id: sharing", "id: yearly"
            ),
            "relations/r.yaml": RELATION.format(kind="at_most") + "other: yearly\n",
        },
        "relations/r.yaml",
        4,
    ),
    ("PCK010", {C: changed(CONTRACT, "logicalType: date", "logicalTipe: date")}, C, 19),
    ("PCK011", {IND: changed(INDICATOR, "period: month\n", "")}, IND, 1),
    ("PCK012", {IND: changed(INDICATOR, "period: month", "period: month\nplaces: own")}, IND, 4),
    ("PCK013", {IND: changed(INDICATOR, "period: month", "period: moth")}, IND, 3),
    ("PCK014", {"pack.yaml": "format: 1\nid: ID\nversion: 1.0\nowner: so-khcn\n"}, "pack.yaml", 3),
    ("PCK015", {IND: changed(INDICATOR, "id: sharing", "id: Sharing Rate")}, IND, 2),
    ("PCK016", {A: ALERT + "silent_after: 5 days\n"}, A, 5),
    ("PCK016", {IND: INDICATOR + "targets: [{value: 1, by: 31/12/2025}]\n"}, IND, 9),
    ("PCK016", {IND: INDICATOR + "bands: [3, 2]\n"}, IND, 9),
    ("PCK017", {IND: changed(INDICATOR, "format: 1", "format: 2")}, IND, 1),
    ("PCK021", {"indicators/sharing.py": "print(1)\n"}, "indicators/sharing.py", 1),
    ("PCK023", {"pack.yaml": "format: 1\nid: other\nowner: so-khcn\n"}, "pack.yaml", 2),
    ("PCK024", {"indicators/again.yaml": INDICATOR}, IND, 2),
    ("PCK026", {"indicator/x.yaml": INDICATOR}, "indicator", 1),
    ("PCK026", {"datasets/notes.txt": "x"}, "datasets/notes.txt", 1),
    ("PCK030", {"pack.yaml": "format: 1\nid: ID\nowner: so-khcm\n"}, "pack.yaml", 3),
    ("PCK030", {C: tinh("owner: so-yt")}, C, 10),
    ("PCK030", {A: ALERT + "tell: [owner, so-nobody]\n"}, A, 5),
    ("PCK031", {IND: changed(INDICATOR, "of: {dataset: stations", "of: {dataset: station")}, IND, 6),
    ("PCK032", {IND: changed(INDICATOR, "column: shared", "column: sharde")}, IND, 6),
    ("PCK032", {C: changed(CONTRACT, "place: {column: commune", "place: {column: comune")}, C, 10),
    ("PCK033", {A: changed(ALERT, "indicator: sharing", "indicator: shairing")}, A, 3),
    ("PCK034", {"locale/en.yaml": "pack: {name: Telecom}\n"}, "locale/en.yaml", 1),
    ("PCK035", {"locale/en.yaml": "indicators: {shring: {name: x}}\n"}, "locale/en.yaml", 1),
    (
        "PCK036",
        {IND: "format: 1\nid: sharing\nperiod: month\nformula: {sql: {file: a.sql, reads: [stations]}}\n"},
        IND,
        4,
    ),
    (
        "PCK036",
        {
            IND: "format: 1\nid: sharing\nperiod: month\nformula: {sql: {file: a.sql, reads: [stations]}}\n",
            "indicators/a.sql": "select 1; drop table x",
        },
        IND,
        4,
    ),
    (
        "PCK037",
        {A: ALERT, "locale/vi.yaml": "alerts: {low: {name: x, says: '{giá}'}}\n"},
        "locale/vi.yaml",
        1,
    ),
    (
        "PCK040",
        {IND: changed(INDICATOR, "how: sum}\n    to", "how: sum, where: 'stations >'}\n    to")},
        IND,
        6,
    ),
    ("PCK044", {C: tinh(AGREE % "column: note")}, C, 10),
    ("PCK032", {C: tinh(AGREE % "column: staions")}, C, 10),
    ("PCK085", {C: tinh(f"rules: [{{id: r, agree: {{with: station, column: stations, {THEIRS}}}}}]")}, C, 10),
    ("PCK086", {C: tinh("rules: [{id: r, agree: {with: stations, column: shared, their: shared}}]")}, C, 10),
    ("PCK087", {C: tinh(AGREE % "column: stations")}, C, 10),
    (
        "PCK088",
        {C: changed(changed(CONTRACT, "kind: report", "kind: stream"), "place:", PREFER + "place:")},
        C,
        10,
    ),
    ("PCK089", {C: tinh("prefer: {senders: [so-khcm]}")}, C, 10),
    ("PCK024", {C: tinh("prefer: {senders: [so-khcn, so-khcn]}")}, C, 10),
    ("PCK041", {C: tinh("rules: [{id: r, expression: shared <= total}]")}, C, 10),
    (
        "PCK042",
        {
            "indicators/a.yaml": DERIVED.format(id="a", of="b"),
            "indicators/b.yaml": DERIVED.format(id="b", of="a"),
        },
        "indicators/a.yaml",
        4,
    ),
    ("PCK043", {IND: changed(INDICATOR, "period: month", "period: month\nthrough: [month, day]")}, IND, 4),
    ("PCK043", {IND: changed(INDICATOR, "period: month", "period: year\nthrough: [quarter, year]")}, IND, 4),
    ("PCK043", {IND: changed(INDICATOR, "period: month", "period: day")}, IND, 3),
    ("PCK044", {IND: changed(INDICATOR, "column: shared", "column: note")}, IND, 6),
    (
        "PCK045",
        {IND: changed(INDICATOR, "period: month", "period: month\nmin_coverage: {day: 0.75}")},
        IND,
        4,
    ),
    ("PCK046", {A: ALERT + "above: 3\n"}, A, 2),
    ("PCK046", {A: ALERT + "clear_at: 3\n"}, A, 5),
    ("PCK047", {C: changed(CONTRACT, "      place: {column: commune, by: code}\n", "")}, IND, 4),
    ("PCK105", {C: place("{column: commune, by: name, name_column: note}")}, C, 10),
    ("PCK106", {C: place("{column: commune, by: code, name_column: commune}")}, C, 10),
    ("PCK107", {C: place("{column: commune, by: code, name_column: shared}")}, C, 10),
    ("PCK050", {C: changed(CONTRACT, "name: note,", "name: note, required: no,")}, C, 20),
    ("PCK051", {C: CONTRACT[: CONTRACT.index("schema:")]}, C, 1),
    ("PCK052", {C: changed(CONTRACT, "{name: note, logicalType: string}", "{name: note}")}, C, 20),
    (
        "PCK053",
        {C: changed(CONTRACT, "name: note,", "name: note, quality: [{metric: average, mustBe: 0}],")},
        C,
        20,
    ),
    ("PCK054", {C: changed(CONTRACT, "name: note,", "name: note, relationships: [{to: no.where}],")}, C, 20),
    (
        "PCK055",
        {C: changed(CONTRACT, "logicalType: date", "logicalType: date, logicalTypeOptions: {minLength: 3}")},
        C,
        19,
    ),
    ("PCK056", {C: changed(CONTRACT, "name: note,", "name: shared,")}, C, 20),
    (
        "PCK057",
        {C: changed(CONTRACT, "name: note,", "name: note, logicalTypeOptions: {pattern: '('},")},
        C,
        20,
    ),
    (
        "PCK058",
        {
            C: changed(
                changed(CONTRACT, "kind: report", "kind: register"),
                "primaryKey: true, primaryKeyPosition: 1",
                "required: true",
            )
            .replace("primaryKey: true, primaryKeyPosition: 2", "required: true")
            .replace(
                "      place: {column: commune, by: code}\n      period: {column: month, every: month}\n", ""
            )
        },
        C,
        8,
    ),
    ("PCK059", {C: changed(CONTRACT, "v3.1.0", "v3.9.0")}, C, 1),
    ("PCK100", {C: tinh("layout: {sheets: all, sheet_names: '('}")}, C, 10),
    ("PCK100", {C: tinh(r"layout: {fixed: [{column: note, from: title, pattern: Tháng \d+}]}")}, C, 10),
    ("PCK095", {C: tinh("expect: {due: PT2H, at: '17:00'}")}, C, 10),
    ("PCK096", {C: tinh("expect: {due: {after: P5D, working_days: 5}}")}, C, 10),
    ("PCK101", {C: tinh("layout: {fixed: [{column: note, from: cell}]}")}, C, 10),
    ("PCK101", {C: tinh(f"layout: {{fixed: [{TITLED}, template: '{{y}}'}}]}}")}, C, 10),
    ("PCK032", {C: tinh("layout: {columns: {comune: Xã}}")}, C, 10),
    ("PCK102", {C: tinh("layout: {unpivot: {columns: [], names_to: month, values_to: shared}}")}, C, 10),
    ("PCK104", {C: tinh("layout: {columns: {note: A}, fixed: [{column: note, from: sheet}]}")}, C, 10),
    ("KIT103", {IND: INDICATOR + "id: twice\n"}, IND, 9),
]


@pytest.mark.parametrize(
    ("code", "files", "file", "line"), CASES, ids=[f"{c[0]}-{i}" for i, c in enumerate(CASES)]
)
def test_a_fault_has_its_place_code_and_cure(
    province: Write, code: str, files: dict[str, str], file: str, line: int
) -> None:
    home = province(telecom=files)
    findings = load(home).findings
    found = [f for f in findings if f.code == code]
    assert found, [f.render("en", home) for f in findings]
    assert (found[0].file.relative_to(home / "packs/telecom").as_posix(), found[0].line) == (file, line)
    assert found[0].says.vi and found[0].says.en and found[0].cure.vi and found[0].cure.en


@pytest.mark.parametrize(
    ("code", "old", "new", "line"),
    [
        ("PCK014", 'place: "19"', "place: 19", 4),
        ("PCK022", "packs: [PACKS]", "packs: [telecm]", 5),
        ("PCK024", "packs: [PACKS]", "packs: [PACKS, PACKS]", 5),
        ("PCK033", "agencies:", "room: {map: sharng}\nagencies:", 6),
        ("PCK016", 'place: "19"', 'place: "1"', 4),
        ("PCK012", "packs: [PACKS]", "packs: telecom", 5),
    ],
)
def test_a_fault_of_the_province_file_has_its_line(
    province: Write, code: str, old: str, new: str, line: int
) -> None:
    findings = load(province(changed(PROVINCE, old, new), telecom={})).findings
    assert (code, line) in [(f.code, f.line) for f in findings]


def test_a_number_where_a_code_belongs_is_told_to_stand_in_quotes(province: Write) -> None:
    finding = load(province(changed(PROVINCE, 'place: "19"', "place: 19"), telecom={})).findings[0]
    assert finding.cure.en == "write '19' in quotes"
    assert finding.cure.vi == "viết '19' trong dấu nháy"


def test_a_misspelt_key_is_asked_after(province: Write) -> None:
    home = province(telecom={IND: INDICATOR + "decimal: 2\n"})
    finding = next(f for f in load(home).findings if f.code == "PCK010")
    shown = 'packs/telecom/indicators/sharing.yaml:9 PCK010 no key "decimal" → did you mean "decimals"?'
    assert finding.render("en", home) == shown


def test_all_faults_show_at_once(province: Write) -> None:
    files = {
        IND: changed(INDICATOR, "column: shared", "column: sharde") + "targets: [{by: 1, valu: 2}]\n",
        C: tinh("owner: so-yt"),
        A: ALERT + "above: 3\n",
        "pack.yaml": "format: 1\nid: ID\nowner: nobody\n",
    }
    codes = {f.code for f in load(province(telecom=files)).findings}
    assert codes >= {"PCK010", "PCK011", "PCK030", "PCK046"}


def test_one_pack_takes_ids_of_another_under_its_own_name_with_a_remark(province: Write) -> None:
    compiled = load(province(first={}, second={}))
    assert compiled.catalogue is not None
    assert set(compiled.catalogue.indicators) == {"sharing", "second.sharing"}
    assert compiled.catalogue.indicators["second.sharing"].reads() == ("second.stations",)
    assert {f.code for f in compiled.findings} == {"PCK025"}


def test_every_code_has_a_title_and_a_case() -> None:
    tests = "".join(file.read_text("utf-8") for file in Path(__file__).parents[1].rglob("*.py"))
    shown = set(re.findall(r"""["'](PCK\d{3})["']""", tests))
    assert shown >= set(CODES), f"no test shows {sorted(set(CODES) - shown)}"
    assert all(t.vi and t.en for t in CODES.values())
