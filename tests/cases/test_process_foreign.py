"""Diagrams as other tools export them: what can run runs, the rest is refused by its line, none crashes."""
# ruff: noqa: E501  # as the tools write them

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cases.diagrams import end, flow, node, start, timer, user
from tinh.cases import process
from tinh.packs import api as packs

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MODELER = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:modeler="http://camunda.org/schema/modeler/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:bioc="http://bpmn.io/schema/bpmn/biocolor/1.0" xmlns:tinh="https://tinh.vn/bpmn" '
    'xmlns:vendor="urn:of:somebody" id="Definitions_1" targetNamespace="http://bpmn.io/schema/bpmn" '
    'exporter="Camunda Modeler" exporterVersion="5.20.0" modeler:executionPlatform="Camunda Cloud">\n'
)
POOLS = """<collaboration id="Collaboration_0x">
<participant id="P_1" name="Công dân" processRef="Process_citizen"/>
<participant id="P_2" name="Cơ quan" processRef="Process_office"/><participant id="P_3" name="Ngoài"/>
<messageFlow id="Flow_m" sourceRef="send" targetRef="begin"/><group id="g" categoryValueRef="cv"/>
<textAnnotation id="Text_1"><text>Ghi chú</text></textAnnotation>
<association id="As_1" sourceRef="P_1" targetRef="Text_1"/></collaboration>
<process id="Process_citizen" isExecutable="false"><startEvent id="cs"><outgoing>c1</outgoing></startEvent>
<sendTask id="send"/><sequenceFlow id="c1" sourceRef="cs" targetRef="send"/><scriptTask id="never"/></process>
"""
OFFICE = """<process id="Process_office" name="Cấp phép" isExecutable="true">
<documentation>…</documentation><extensionElements><zeebe:userTaskForm id="f">{}</zeebe:userTaskForm>
<vendor:thing deep="1"><vendor:in/></vendor:thing></extensionElements>
<laneSet id="ls"><lane id="l1" name="handle"><flowNodeRef>review</flowNodeRef><childLaneSet id="ls2">
<lane id="l2" name="triage"><flowNodeRef>check</flowNodeRef></lane></childLaneSet></lane></laneSet>
<dataObjectReference id="dor" dataObjectRef="do"/><dataObject id="do"/><dataStoreReference id="dsr"/>
<startEvent id="begin" name="Nhận đơn"/><sequenceFlow id="o1" sourceRef="begin" targetRef="note"/>
<task id="note" name="Ghi sổ"><incoming>o1</incoming><dataOutputAssociation id="doa">
<targetRef>dor</targetRef></dataOutputAssociation></task><sequenceFlow id="o2" sourceRef="note" targetRef="check"/>
<userTask id="check" name="Kiểm tra" camunda:assignee="demo" camunda:formKey="x"><extensionElements>
<zeebe:assignmentDefinition assignee="=owner"/><camunda:taskListener event="create" expression="${x.y()}"/>
<tinh:actions><tinh:action id="ok" vi="Đủ" en="Fine"><tinh:field id="amount" vi="Số tiền" en="Amount"
 kind="number"/></tinh:action></tinh:actions></extensionElements></userTask>
<sequenceFlow id="o3" sourceRef="check" targetRef="gw"/>
<exclusiveGateway id="gw" name="Lớn?" default="o5"/>
<sequenceFlow id="o4" sourceRef="gw" targetRef="review"><conditionExpression xsi:type="tFormalExpression">
${amount &gt;= 100 &amp;&amp; action == "ok"}</conditionExpression></sequenceFlow>
<sequenceFlow id="o5" sourceRef="gw" targetRef="to_end"/>
<intermediateThrowEvent id="to_end" name="L"><linkEventDefinition id="lk" name="xong"/></intermediateThrowEvent>
<intermediateCatchEvent id="from" name="L"><linkEventDefinition id="lk2" name="xong"/></intermediateCatchEvent>
<sequenceFlow id="o6" sourceRef="from" targetRef="done"/>
<userTask id="review" name="Thẩm định"/><sequenceFlow id="o7" sourceRef="review" targetRef="done"/>
<boundaryEvent id="slow" name="Chậm" attachedToRef="review"><timerEventDefinition id="td">
<timeDuration xsi:type="tFormalExpression">="P1DT12H"</timeDuration></timerEventDefinition></boundaryEvent>
<sequenceFlow id="o8" sourceRef="slow" targetRef="done"/><endEvent id="done" name="Xong"/></process>
<bpmndi:BPMNDiagram id="d"><bpmndi:BPMNPlane id="p" bpmnElement="Collaboration_0x">
<bpmndi:BPMNShape id="s1" bpmnElement="begin" bioc:stroke="#000"><dc:Bounds x="1" y="1" width="36" height="36"/>
</bpmndi:BPMNShape></bpmndi:BPMNPlane></bpmndi:BPMNDiagram></definitions>"""


def lint(text: str, name: str = "Process_office") -> Any:
    return packs.lint_processes({Path(f"{name}.bpmn"): text.encode()})


def errors(text: str, name: str = "p") -> list[str]:
    return [f.code for f in lint(text, name).findings if f.level == "error"]


def sound(body: str, top: str = "") -> packs.ProcessDefinition:
    text = f'{MODELER}{top}<process id="p" name="Quy trình" tinh:en="P" isExecutable="true">{bare(body)}</process></definitions>'
    found = lint(text, "p")
    bundle = found.bundle("p")
    assert bundle is not None, [f.render("en") for f in found.findings]
    return packs.unpack_process(bundle)


def bare(text: str) -> str:
    return text.replace("<bpmn:", "<").replace("</bpmn:", "</")


def kept(now: process.Outcome) -> Any:
    return json.loads(json.dumps(now.state))


def nodes(now: process.Outcome) -> list[str]:
    return sorted(s.node for s in now.waiting)


def press(made: Any, now: process.Outcome, at: str, **data: Any) -> process.Outcome:
    step = next(s for s in now.waiting if s.node == at)
    return process.complete(made, kept(now), step.id, step.actions[0].id, data, NOW)


def fire(made: Any, now: process.Outcome, at: str, when: datetime) -> process.Outcome:
    step = next(s for s in now.waiting if s.node == at)
    return process.fire(made, kept(now), step.id, when)


def test_a_file_of_a_modeller_with_pools_lanes_and_foreign_words_runs() -> None:
    text = MODELER + POOLS + OFFICE
    found = lint(text)
    assert [f.render("en") for f in found.findings if f.level == "error"] == []
    assert {f.code for f in found.findings} >= {"PCK201", "PCK202", "PCK214", "PCK215", "PCK227"}
    made = packs.unpack_process(found.bundle("Process_office") or "")
    now = process.start(made, {}, NOW)
    assert [(s.node, s.role) for s in now.waiting] == [("check", "triage")]
    small = press(made, now, "check", amount=5)
    assert small.ended and "from" in small.passed
    large = press(made, now, "check", amount=100)
    assert nodes(large) == ["review", "slow"]
    assert {s.due_at for s in large.waiting if s.node == "slow"} == {NOW + timedelta(hours=36)}
    assert press(made, large, "review").ended


def event_process(id: str, event: str, inside: str = "", attributes: str = "") -> str:
    inside = inside or user(f"{id}_u")
    return node(
        "subProcess", id, 'triggeredByEvent="true"',
        f'<bpmn:startEvent id="{id}_s" name="s" tinh:en="s" {attributes}>{event}</bpmn:startEvent>'
        + flow(f"{id}_s", f"{id}_u") + inside + flow(f"{id}_u", f"{id}_e") + end(f"{id}_e"),
    )  # fmt: skip


SMOOTH = 'isInterrupting="false"'
TWO = start("a") + user("a") + flow("a", "b") + user("b") + flow("b", "e") + end()


def test_an_interrupting_event_sub_process_takes_the_place_of_what_goes_on() -> None:
    made = sound(TWO + event_process("late", timer("PT36H")))
    now = process.start(made, {}, NOW)
    assert nodes(now) == ["a", "late_s"]
    assert nodes(fire(made, now, "late_s", NOW + HOUR)) == ["a", "late_s"]  # before its time: nothing
    late = fire(made, now, "late_s", NOW + 36 * HOUR)
    assert nodes(late) == ["late_u"]
    assert press(made, late, "late_u").ended
    quick = press(made, press(made, now, "a"), "b")
    assert quick.ended and "late_u" not in quick.passed  # what waits for its event holds nothing up


def test_an_event_sub_process_that_does_not_interrupt_comes_each_time_and_is_waited_for() -> None:
    message = '<bpmn:messageEventDefinition tinh:message="hỏi"/>'
    made = sound(
        TWO + event_process("ask", message, attributes=SMOOTH)
        + event_process("nag", timer("R2/PT1H", "timeCycle"), attributes=SMOOTH)
    )  # fmt: skip
    now = process.start(made, {}, NOW)
    for _ in range(2):
        now = process.message(made, kept(now), "hỏi", {}, NOW)
    assert nodes(now) == ["a", "ask_s", "ask_u", "ask_u", "nag_s"]
    now = fire(made, now, "nag_s", NOW + HOUR)
    now = fire(made, now, "nag_s", NOW + 2 * HOUR)
    assert nodes(now) == ["a", "ask_s", "ask_u", "ask_u", "nag_u", "nag_u"]  # the cycle has had its turns
    for at in ("a", "b", "ask_u", "ask_u", "nag_u"):
        now = press(made, now, at)
        assert not now.ended
    assert press(made, now, "nag_u").ended


def test_an_error_within_a_scope_is_caught_by_its_event_sub_process_before_what_is_attached_outside() -> None:
    error = '<bpmn:errorEventDefinition tinh:error="broken"/>'
    inner = (
        '<bpmn:startEvent id="is"/>' + flow("is", "f") + node("parallelGateway", "f") + flow("f", "x")
        + flow("f", "y") + user("x") + user("y") + flow("x", "bad") + end("bad", error) + flow("y", "ie")
        + end("ie") + event_process("mend", error)
    )  # fmt: skip
    outer = node("boundaryEvent", "out", 'attachedToRef="sub"', error) + flow("out", "w") + user("w")
    made = sound(
        start("sub") + node("subProcess", "sub", "", inner) + flow("sub", "after") + user("after")
        + flow("after", "e") + end() + outer + flow("w", "we") + end("we")
    )  # fmt: skip
    now = press(made, process.start(made, {}, NOW), "x")
    assert nodes(now) == ["mend_u"] and now.facts["error"] == "broken"
    assert nodes(press(made, now, "mend_u")) == ["after"]


def test_an_event_sub_process_moves_with_its_time_to_a_newer_definition() -> None:
    old, new = (
        sound(TWO + event_process("late", timer("PT9H"))),
        sound(TWO + event_process("late", timer("PT9H")) + event_process("more", timer("PT2H"))),
    )
    now = process.move(old, new, kept(process.start(old, {}, NOW)), {}, NOW + HOUR)
    due = {s.node: s.due_at for s in now.waiting if s.kind == "timer"}
    assert due == {"late_s": NOW + 9 * HOUR, "more_s": NOW + 3 * HOUR}


REFUSED = {
    "compensation": node("boundaryEvent", "c", 'attachedToRef="a"', "<bpmn:compensateEventDefinition/>")
    + node("userTask", "undo", 'isForCompensation="true"'),
    "a transaction": node("transaction", "t"),
    "ad hoc": node("adHocSubProcess", "t"),
    "a script": node("scriptTask", "t", 'scriptFormat="groovy"', "<bpmn:script>1</bpmn:script>"),
    "a complex gateway": node("complexGateway", "t"),
    "cancel": node("endEvent", "t", "", "<bpmn:cancelEventDefinition/>"),
    "a condition event": node("intermediateCatchEvent", "t", "", "<bpmn:conditionalEventDefinition/>"),
    "a loop without an end": node("userTask", "t", "", "<bpmn:standardLoopCharacteristics/>"),
    "a link to nowhere": node("intermediateThrowEvent", "t", "", '<bpmn:linkEventDefinition name="x"/>'),
    "an event sub-process with arrows": event_process("t", timer("PT1H")) + flow("a", "t"),
    "an event sub-process without an event": event_process("t", ""),
    "an error that does not interrupt": event_process(
        "t", '<bpmn:errorEventDefinition tinh:error="x"/>', attributes=SMOOTH
    ),
    "a computed time": event_process("t", timer("${now().plusDays(3)}")),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_run_here_is_refused_with_its_line_and_what_to_do(what: str) -> None:
    body = f"\n{TWO}\n{REFUSED[what]}"
    text = f'{MODELER}<process id="p" name="P" tinh:en="P" isExecutable="true">{bare(body)}</process></definitions>'
    found = [f for f in lint(text, "p").findings if f.level == "error"]
    assert found and all(f.line > 1 and f.cure.vi and f.cure.en for f in found)
    assert any(f.line >= 4 for f in found)


TIMES = {
    "P1Y2M": datetime(2027, 5, 2, 1, tzinfo=UTC), "PT36H": NOW + 36 * HOUR, "P2W": NOW + timedelta(days=14),
    "P1Y2M10DT2H30M": datetime(2027, 5, 12, 3, 30, tzinfo=UTC), "PT0.5H": NOW + HOUR / 2,
}  # fmt: skip
DATES = {
    "2026-04-01T08:00:00+07:00": datetime(2026, 4, 1, 1, tzinfo=UTC),
    "2026-04-01T08:00:00Z": datetime(2026, 4, 1, 8, tzinfo=UTC),
    "2026-04-01T08:00:00.000-05:00": datetime(2026, 4, 1, 13, tzinfo=UTC),
    "2026-04-01": datetime(2026, 3, 31, 17, tzinfo=UTC),
    "${until}": datetime(2026, 5, 1, 0, tzinfo=UTC),
}
CYCLES = {
    "R3/PT10M": NOW + HOUR / 6,
    "R/P1D": NOW + 24 * HOUR,
    "R-1/PT1H": NOW + HOUR,
    "R5/2026-03-10T08:00:00+07:00/P1M": datetime(2026, 3, 10, 1, tzinfo=UTC),
    "R/2026-03-01T08:00:00+07:00/P1D": datetime(2026, 3, 2, 1, tzinfo=UTC),
}


@pytest.mark.parametrize(
    ("kind", "text", "due"),
    [(k, t, d) for k, some in
     (("timeDuration", TIMES), ("timeDate", DATES), ("timeCycle", CYCLES)) for t, d in some.items()],
)  # fmt: skip
def test_times_of_every_form_fall_due_when_they_say(kind: str, text: str, due: datetime) -> None:
    facts = '<extensionElements><tinh:fact name="until" vi="h" en="u"/></extensionElements>'
    made = sound(
        facts + start("a") + user("a") + flow("a", "e") + end()
        + node("boundaryEvent", "t", 'attachedToRef="a" cancelActivity="false"', timer(text, kind))
        + flow("t", "te") + end("te")
    )  # fmt: skip
    now = process.start(made, {"until": "2026-05-01T07:00:00+07:00"}, NOW)
    assert {s.due_at for s in now.waiting if s.node == "t"} == {due}
