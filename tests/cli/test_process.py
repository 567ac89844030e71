"""`tinh process`: a drawing judged, and walked from the terminal."""

from __future__ import annotations

from pathlib import Path

from tests.cases.diagrams import bpmn, end, flow, node, start, timer, user

TIMED = bpmn(
    start("a") + user("a", "accept refuse") + flow("a", "g") + node("exclusiveGateway", "g", 'default="g_w"')
    + flow("g", "e", "action = 'refuse'") + flow("g", "w") + node("serviceTask", "w", 'tinh:service="accept"')
    + flow("w", "e") + end()
    + node("boundaryEvent", "t", 'attachedToRef="a"', timer("", attributes='tinh:working="P2D"'))
    + flow("t", "e"), "trial"
)  # fmt: skip


def drawn(folder: Path, text: str, name: str = "trial") -> Path:
    path = folder / f"{name}.bpmn"
    path.write_text(text, "utf-8")
    return path


def test_a_process_is_judged_and_walked_move_by_move(tinh, tmp_path: Path) -> None:
    file = drawn(tmp_path, TIMED)
    judged = tinh("process", "lint", file, "--json")
    assert judged.code == 0 and len(judged.json["processes"]["trial"]) == 64
    walked = tinh("process", "try", file, "--do", "a=accept", "--at", "2026-03-02T08:00", "--json")
    first, last = walked.json
    assert first["waiting"][0]["actions"] == ["accept", "refuse"]
    assert [s["service"] for s in last["services"]] == ["accept"] and last["ended"]
    late = tinh("process", "try", file, "--do", "wait", "--at", "2026-03-02T08:00", "--json").json[-1]
    assert late["ended"] and late["at"].startswith("2026-03-04T10:00")  # 17:00 of Wednesday, in UTC


def test_a_faulty_drawing_is_told_with_line_and_cure_and_is_not_walked(tinh, tmp_path: Path) -> None:
    file = drawn(
        tmp_path, bpmn("\n" + start("a") + '<bpmn:complexGateway id="a"/>' + flow("a", "e") + end(), "trial")
    )
    said = tinh("process", "lint", file, "--lang", "en")
    assert said.code == 1 and "trial.bpmn:2 PCK202" in said.out
    assert tinh("process", "try", file).err.startswith("CLI370")


def test_a_move_the_step_does_not_know_is_refused(tinh, tmp_path: Path) -> None:
    file = drawn(tmp_path, TIMED)
    assert tinh("process", "try", file, "--do", "b=accept").err.startswith("CLI371")
    assert tinh("process", "try", file, "--at", "soon").err.startswith("CLI372")
    assert "CAS003" in tinh("process", "try", file, "--do", "a=burn").err


def test_a_walk_tells_items_and_what_became_of_the_facts(tinh, tmp_path: Path) -> None:
    mark = (
        '<bpmn:multiInstanceLoopCharacteristics tinh:items="people" tinh:takes="score" tinh:gathers="all"/>'
    )
    known = '<bpmn:extensionElements><tinh:fact name="people" vi="n" en="p"/></bpmn:extensionElements>'
    field = '<tinh:field id="score" vi="s" en="s" kind="number"/>'
    file = drawn(
        tmp_path,
        bpmn(known + start("a") + user("a", inside=mark, fields=field) + flow("a", "e") + end(), "trial"),
    )
    given = ("--facts", '{"people": ["Lan", "Minh"]}', "--lang", "en")
    done = ("--do", 'a=done:{"score": 3}', "--do", 'a=done:{"score": 5}')
    said = tinh("process", "try", file, *given, *done).out
    assert "Lan" in said and "Minh" in said and "all = [3, 5]" in said
    assert "CAS001" in tinh("process", "try", file, "--facts", '{"people": "Lan"}').err  # not passed over
