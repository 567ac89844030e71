"""Processes of a pack in the catalogue: bundled with what they call, carried, compared, migrated."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cases.diagrams import HEAD, bpmn, end, flow, node, start, user
from tinh.packs.api import Compiled, changes, declared_texts, load, unpack_process

ERROR = '<bpmn:errorEventDefinition errorRef="E"/>'
CALLING = bpmn(
    start("c") + node("callActivity", "c", 'calledElement="inner"') + flow("c", "r")
    + node("businessRuleTask", "r", 'tinh:decision="limit"') + flow("r", "e") + end(), "trial"
)  # fmt: skip
INNER = bpmn(start("a") + user("a") + flow("a", "e") + end(), "inner")
LIMIT = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"><decision id="limit"><decisionTable>'
    '<input id="i"><inputExpression><text>severity</text></inputExpression></input><output name="days"/>'
    "<rule><inputEntry><text>-</text></inputEntry><outputEntry><text>5</text></outputEntry></rule>"
    "</decisionTable></decision></definitions>"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A province with one small pack that has processes."""
    pack = tmp_path / "packs" / "desk"
    (pack / "processes").mkdir(parents=True)
    (pack / "locale").mkdir()
    (pack / "pack.yaml").write_text("format: 1\nid: desk\n", encoding="utf-8")
    for language in ("vi", "en"):
        (pack / "locale" / f"{language}.yaml").write_text("pack: {name: Desk}\n", encoding="utf-8")
    for name, text in (("trial.bpmn", CALLING), ("inner.bpmn", INNER), ("limit.dmn", LIMIT)):
        (pack / "processes" / name).write_text(text, encoding="utf-8")
    (tmp_path / "province.yaml").write_text(
        'format: 1\nid: trial\nname: {vi: Thử, en: Trial}\nplace: "19"\npacks: [desk]\n', encoding="utf-8"
    )
    return tmp_path


def compiled(folder: Path) -> Compiled:
    return load(folder)


def faults(folder: Path) -> list[str]:
    return [f.code for f in compiled(folder).findings if f.level == "error"]


def test_a_process_is_bundled_with_all_it_calls_and_travels_with_its_texts(
    folder: Path, tmp_path: Path
) -> None:
    catalogue = compiled(folder).catalogue
    assert catalogue is not None, compiled(folder).findings
    trial = catalogue.processes["trial"]
    assert set(trial.definition.texts) == {"trial.bpmn", "inner.bpmn", "limit.dmn"}
    assert unpack_process(trial.bundle).digest == trial.digest and trial.version == trial.digest[:12]
    assert {"packs/desk/processes/trial.bpmn", "packs/desk/processes/limit.dmn"} <= set(
        declared_texts(catalogue)
    )
    assert catalogue.as_json()["processes"]["trial"]["digest"] == trial.digest


def test_a_change_of_a_called_process_changes_the_definition_and_is_said(folder: Path) -> None:
    before = compiled(folder).catalogue
    place = folder / "packs" / "desk" / "processes" / "inner.bpmn"
    place.write_text(place.read_text("utf-8").replace("Bước a", "Bước mới"), encoding="utf-8")
    after = compiled(folder).catalogue
    assert before is not None and after is not None
    assert before.processes["trial"].digest != after.processes["trial"].digest
    assert {(c.kind, c.id, c.what) for c in changes(before, after)} == {
        ("process", "trial", "changed"), ("process", "inner", "changed"),
    }  # fmt: skip


def test_a_file_that_says_another_process_than_its_name_is_found(folder: Path) -> None:
    processes = folder / "packs" / "desk" / "processes"
    shutil.copy(processes / "inner.bpmn", processes / "other.bpmn")
    assert faults(folder) == ["PCK201"]
    (processes / "other.bpmn").write_text(HEAD + "</bpmn:definitions>", encoding="utf-8")
    assert faults(folder) == ["PCK201"]


def test_an_event_that_waits_for_what_never_comes_is_a_warning(folder: Path) -> None:
    inner = '<bpmn:startEvent id="is"/>' + flow("is", "x") + user("x") + flow("x", "ie") + end("ie")
    text = bpmn(
        start("sub") + node("subProcess", "sub", "", inner) + flow("sub", "e") + end()
        + node("boundaryEvent", "b", 'attachedToRef="sub"', ERROR) + flow("b", "e"),
        "inner", '<bpmn:error id="E" errorCode="X"/>',
    )  # fmt: skip
    (folder / "packs" / "desk" / "processes" / "inner.bpmn").write_text(text, encoding="utf-8")
    assert [f.code for f in compiled(folder).findings if f.code == "PCK229"] == ["PCK229"]


def test_migrations_are_read_and_their_faults_found(folder: Path) -> None:
    catalogue = compiled(folder).catalogue
    assert catalogue is not None
    file = folder / "packs" / "desk" / "processes" / "inner.migration.yaml"
    text = "format: 1\nprocess: inner\nmoves:\n  - {from: abcdef012345, steps: {old: a}}\n"
    file.write_text(text, encoding="utf-8")
    found = compiled(folder).catalogue
    assert found is not None and found.processes["inner"].migrations[0].steps == {"old": "a"}
    file.write_text(text.replace("old: a", "old: zz"), encoding="utf-8")
    assert faults(folder) == ["PCK225"]
    file.write_text(text.replace("abcdef012345", catalogue.processes["inner"].version), encoding="utf-8")
    assert faults(folder) == ["PCK225"]
