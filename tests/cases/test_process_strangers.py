"""Strangers' files against lint: words of other engines, drawings that get stuck, and files made to hurt."""
# ruff: noqa: E501  # diagrams on one line

from __future__ import annotations

import random
import re
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cases.diagrams import end, flow, node, start, timer, user
from tests.cases.test_process_foreign import MODELER, NOW, OFFICE, POOLS, bare, fire, kept, nodes, press
from tests.cases.test_process_tokens import KNOWN, marked
from tinh.cases import process
from tinh.packs import api as packs

SPIFF = 'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'


def text(body: str, id: str = "p") -> str:
    return f'{MODELER}<process id="{id}" name="P" tinh:en="P" isExecutable="true">\n{KNOWN}\n{bare(body)}</process></definitions>'


def folder(**bodies: str) -> Any:
    return packs.lint_processes({Path(f"{id}.bpmn"): text(body, id).encode() for id, body in bodies.items()})


def found(body: str, level: str = "error", **others: str) -> set[str]:
    linted = folder(p=body, **others)
    for one in linted.findings:
        assert one.line >= 1 and one.says.vi and one.says.en and one.cure.vi and one.cure.en
    return {f.code for f in linted.findings if f.level == level and f.file.name == "p.bpmn"}


def made(**bodies: str) -> Any:
    bundle = folder(**bodies).bundle("p")
    assert bundle is not None
    return packs.unpack_process(bundle)


def one(step: str) -> str:
    return start("n") + step + flow("n", "e") + end()


def call(inside: str = "", attributes: str = 'calledElement="low"') -> str:
    return one(node("callActivity", "n", attributes, f"<extensionElements>{inside}</extensionElements>"))


LOW = start("a") + user("a") + flow("a", "e") + end()


def test_a_call_is_read_as_other_tools_write_it_and_a_renaming_is_refused() -> None:
    for body in (
        call(
            '<camunda:in variables="all"/><camunda:in source="x" target="x"/><camunda:in businessKey="#{k}"/>'
        ),
        call('<zeebe:calledElement processId="low"/>', ""),
        call("", 'calledElement="bpmn:low"'),
    ):
        assert found(body, low=LOW) == set()
        assert nodes(process.start(made(p=body, low=LOW), {}, NOW)) == ["a"]
    for moved in (
        '<camunda:in source="x" target="z"/>', '<camunda:out sourceExpression="${x + 1}" target="x"/>',
        '<zeebe:ioMapping><zeebe:input source="=x" target="z"/></zeebe:ioMapping>',
        '<camunda:inputOutput><camunda:inputParameter name="z">${x}</camunda:inputParameter></camunda:inputOutput>',
    ):  # fmt: skip
        assert found(call(moved), low=LOW) == {"PCK202"}
    assert found(call("", 'calledElement="${x}"'), low=LOW) == {"PCK218"}
    assert found(call("", 'calledElement="p"')) == {"PCK226"}
    assert found(call(), low=one(node("callActivity", "n", 'calledElement="p"'))) == {"PCK226"}


def test_code_around_a_step_is_refused_and_so_are_several_tokens() -> None:
    script = f"<extensionElements><spiffworkflow:postScript {SPIFF}>x = 1</spiffworkflow:postScript></extensionElements>"
    assert found(one(node("userTask", "n", "", script))) == {"PCK203"}
    assert found(one(user("n", attributes='completionQuantity="2"'))) == {"PCK202"}
    assert "PCK203" in found(one(node("serviceTask", "n", 'camunda:delegateExpression="${bean}"')))


def test_a_rule_task_names_its_table_as_other_tools_do() -> None:
    for body in (
        node("businessRuleTask", "n", 'camunda:decisionRef="dish" camunda:resultVariable="r"'),
        node("businessRuleTask", "n", "", '<extensionElements><zeebe:calledDecision decisionId="dish" resultVariable="r"/></extensionElements>'),
        node("businessRuleTask", "n", "", f"<extensionElements><spiffworkflow:calledDecisionId {SPIFF}>dish</spiffworkflow:calledDecisionId></extensionElements>"),
    ):  # fmt: skip
        said = [f.says.en for f in folder(p=one(body)).findings if f.level == "error"]
        assert said == ['no decision table "dish"']


def gates(split: str, join: str, more: str = "", attributes: str = "") -> str:
    return (
        start("g") + node(split, "g", attributes) + flow("g", "a", "x = 1" if attributes else "") + flow("g", "b")
        + user("a") + user("b") + flow("a", "j") + flow("b", "j") + more + node(join, "j") + flow("j", "e") + end()
    )  # fmt: skip


def test_a_join_that_waits_for_what_never_comes_is_refused_and_one_that_may_is_told() -> None:
    default = 'default="g_b"'
    assert found(gates("exclusiveGateway", "parallelGateway", "", default)) == {"PCK208"}
    may = gates("inclusiveGateway", "parallelGateway", "", default)
    assert found(may) == set() and "PCK208" in found(may, "warning")
    for split, join, said in (
        ("parallelGateway", "parallelGateway", ""), ("exclusiveGateway", "exclusiveGateway", default),
        ("inclusiveGateway", "inclusiveGateway", default), ("exclusiveGateway", "inclusiveGateway", default),
        ("parallelGateway", "exclusiveGateway", ""),
    ):  # fmt: skip
        body = gates(split, join, "", said)
        assert found(body) == set() and "PCK208" not in found(body, "warning")
    away = node("boundaryEvent", "t", 'attachedToRef="a"', timer("PT1H")) + flow("t", "e")
    assert "PCK208" in found(gates("parallelGateway", "parallelGateway", away), "warning")


ERROR = '<errorEventDefinition tinh:error="{}"/>'


def test_an_error_climbs_through_calls_to_the_event_that_names_it() -> None:
    def attached(id: str, on: str, inside: str) -> str:
        return (
            node("boundaryEvent", id, f'attachedToRef="{on}"', inside)
            + flow(id, f"w{id}")
            + user(f"w{id}")
            + flow(f"w{id}", "e")
        )

    ways = made(
        p=start("c") + node("callActivity", "c", 'calledElement="mid"') + flow("c", "e") + end()
        + attached("any", "c", "<errorEventDefinition/>") + attached("named", "c", ERROR.format("deep")),
        mid=start("c") + node("callActivity", "c", 'calledElement="low"') + flow("c", "e") + end()
        + attached("other", "c", ERROR.format("else")),
        low=start("a") + user("a") + flow("a", "e") + end("e", ERROR.format("deep")),
    )  # fmt: skip
    assert nodes(press(ways, process.start(ways, {}, NOW), "a")) == ["wnamed"]


def test_a_terminate_end_ends_one_called_run_and_the_others_know_their_item() -> None:
    low = (
        start("f") + node("parallelGateway", "f") + flow("f", "a") + flow("f", "b") + user("a") + user("b")
        + flow("a", "t") + end("t", "<terminateEventDefinition/>") + flow("b", "e") + end()
    )  # fmt: skip
    runs = made(
        p=one(node("callActivity", "n", 'calledElement="low"', marked('tinh:items="people"'))), low=low
    )
    now = process.start(runs, {"people": ["u", "v"]}, NOW)
    assert sorted((s.node, s.item) for s in now.waiting) == [("a", "u"), ("a", "v"), ("b", "u"), ("b", "v")]
    now = press(runs, now, "a")
    assert [s.item for s in now.waiting] == ["v", "v"]
    assert press(runs, now, "a").ended


def test_a_cycle_up_to_an_end_lies_on_it_and_one_that_is_over_never_fires() -> None:
    def due(text: str) -> list[str]:
        body = one(user("n")) + node(
            "boundaryEvent", "t", 'attachedToRef="n" cancelActivity="false"', timer(text, "timeCycle")
        )
        walk = made(p=body + flow("t", "e"))
        now, out = process.start(walk, {}, NOW), []
        for _ in range(4):
            when = next((s.due_at for s in now.waiting if s.node == "t"), None)
            if when is None:
                break
            out.append(f"{when:%m-%d %H}")
            now = fire(walk, now, "t", when + timedelta(seconds=1))
        return out

    assert due("R3/P1D/2026-03-10T08:00:00+07:00") == ["03-08 08", "03-09 08", "03-10 08"]
    assert due("R/P1D/2026-03-04T17:00:00+07:00") == ["03-02 17", "03-03 17", "03-04 17"]
    assert due("R3/2026-01-31T00:00:00+07:00/P1M") == ["03-31 00"]
    assert due("R999999/0001-01-01T00:00:00Z/PT1S") == due("R2/2020-01-01/P1D") == []
    assert due("R/9990-01-01/P5Y") == ["01-01 00", "01-01 00"]


CATCH = one(node("intermediateCatchEvent", "n", "", timer("R2/2020-01-01/P1D", "timeCycle")))


def test_a_wait_for_a_cycle_that_is_over_goes_on_at_once() -> None:
    walk = made(p=CATCH)
    now = process.start(walk, {}, NOW)
    assert fire(walk, now, "n", NOW).ended


def chain(kind: str, count: int, extra: str = "") -> str:
    steps = "".join(f'<{kind} id="n{i}" name="N{i}" {extra}/>' for i in range(count))
    return (
        start("n0")
        + steps
        + "".join(flow(f"n{i}", f"n{i + 1}") for i in range(count - 1))
        + flow(f"n{count - 1}", "e")
        + end()
    )


HURTS = {
    "five thousand calls of nothing": chain("callActivity", 5000, 'calledElement="nope"'),
    "joins one after another": chain("parallelGateway", 2000).replace("</process>", ""),
    "a name as long as a book": one(user("n")).replace("Bước n", "A" * 900_000),
    "an id as long as a book": one(user("u" * 900_000)),
    "conditions of dots": start("g") + node("exclusiveGateway", "g") + flow("g", "e", "${" + "a." * 200_000 + "}") + end(),
    "levels": "".join(f'<subProcess id="n{i}" name="N"><startEvent id="s{i}"/>' for i in range(50)) + "</subProcess>" * 50,
}  # fmt: skip


@pytest.mark.parametrize("what", HURTS)
def test_a_file_made_to_hurt_is_judged_in_seconds(what: str) -> None:
    begun = time.process_time()
    linted = folder(p=HURTS[what])
    assert time.process_time() - begun < 5
    assert linted.findings
    assert all(len(f.render("vi")) < 1500 for f in linted.findings)


@pytest.mark.parametrize(
    "data",
    [
        b'<?xml version="1.0" encoding="idna"?><a>\xc3</a>', b'<?xml version="1.0" encoding="undefined"?><a/>',
        b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><a>&b;</a>', b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b"", b"\x00", b"{}", b"<a", b"<a>" * 70,
    ],
)  # fmt: skip
def test_what_is_no_xml_we_take_is_refused_in_words(data: bytes) -> None:
    for name in ("p.bpmn", "p.dmn"):
        linted = packs.lint_processes({Path(name): data})
        assert [f.code for f in linted.findings] == ["PCK200"]


def _broken(whole: str, dice: random.Random) -> str:
    """The file with a tag dropped or doubled, an id changed for another one, or a kind of step for another."""
    tags = list(re.finditer(r"<[^<>]+>", whole))
    tag = dice.choice(tags)
    ids = re.findall(r'(?:id|Ref|default)="([^"]*)"', whole)
    kinds = [
        "userTask",
        "parallelGateway",
        "inclusiveGateway",
        "exclusiveGateway",
        "endEvent",
        "subProcess",
        "callActivity",
    ]
    a, b = dice.choice(kinds), dice.choice(kinds)
    return dice.choice([
        whole[: tag.start()] + whole[tag.end() :],
        whole[: tag.end()] + tag[0] * tag[0].endswith("/>") + whole[tag.end() :],
        whole.replace(f'"{dice.choice(ids)}"', f'"{dice.choice(ids)}"', 1),
        re.sub(rf"(</?){a}\b", rf"\g<1>{b}", whole),
        re.sub(rf"<{a}\b([^<>]*/>)", rf"<{b}\1", whole, count=1),
    ])  # fmt: skip


def test_broken_files_end_with_findings_or_run_and_never_crash() -> None:
    dice = random.Random(7)
    bases = [
        ("Process_office", MODELER + POOLS + OFFICE),
        ("p", text(gates("inclusiveGateway", "inclusiveGateway", "", 'default="g_b"'))),
    ]
    ran = 0
    for _ in range(400):
        id, whole = dice.choice(bases)
        for _ in range(dice.choice((1, 1, 2, 4))):
            whole = _broken(whole, dice)
        linted = packs.lint_processes({Path(f"{id}.bpmn"): whole.encode()})
        bundle = linted.bundle(id)
        assert bundle is not None or any(f.level == "error" and f.line >= 1 for f in linted.findings)
        if bundle is not None:
            walk = packs.unpack_process(bundle)
            now = process.start(walk, {"x": 1}, NOW)
            ran += 1
            if now.waiting and now.waiting[0].kind == "user":
                now = process.complete(
                    walk, kept(now), now.waiting[0].id, now.waiting[0].actions[0].id, {}, NOW
                )
    assert ran > 50
