"""What the lint of processes finds, says and survives."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.cases.diagrams import HEAD, bpmn, end, flow, node, start, timer, user
from tinh.packs.process import lint

GOOD = start("a") + user("a") + flow("a", "e") + end()
TRAP = "import os; os.system('touch /tmp/owned')"


def codes(text: str | bytes, **others: str) -> list[str]:
    data = text if isinstance(text, bytes) else text.encode()
    files = {Path("p.bpmn"): data} | {Path(k.replace("_", ".")): v.encode() for k, v in others.items()}
    return [f.code for f in lint.lint(files).findings if f.level == "error"]


def test_a_sound_process_has_only_the_word_about_its_missing_drawing() -> None:
    found = lint.lint({Path("p.bpmn"): bpmn(GOOD).encode()})
    assert [(f.code, f.level) for f in found.findings] == [("PCK222", "warning")]
    assert found.bundle("p") is not None


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("PCK202", start("a") + node("adHocSubProcess", "a") + flow("a", "e") + end()),
        (
            "PCK203",
            start("a")
            + node("scriptTask", "a", "", f"<bpmn:script>{TRAP}</bpmn:script>")
            + flow("a", "e")
            + end(),
        ),
        ("PCK202", start("a") + node("complexGateway", "a") + flow("a", "e") + end()),
        ("PCK206", GOOD + node("subProcess", "x", 'triggeredByEvent="true"')),
        ("PCK204", GOOD + user("a")),
        ("PCK205", GOOD + flow("a", "nowhere")),
        ("PCK206", GOOD + '<bpmn:startEvent id="s2"/>' + flow("s2", "a")),
        ("PCK207", GOOD + user("b") + flow("b", "e")),
        ("PCK208", start("a") + user("a") + flow("a", "b") + user("b") + flow("a", "e") + end()),
        (
            "PCK209",
            start("g")
            + node("exclusiveGateway", "g")
            + flow("g", "e", "action = 'x'")
            + flow("g", "e2")
            + end()
            + end("e2"),
        ),
        (
            "PCK210",
            start("g")
            + node("exclusiveGateway", "g", 'default="d"')
            + flow("g", "e", "${a.size() > 1}")
            + flow("g", "e2", id="d")
            + end()
            + end("e2"),
        ),
        (
            "PCK210",
            start("g")
            + node("exclusiveGateway", "g", 'default="d"')
            + flow("g", "e", "__import__('os')")
            + flow("g", "e2", id="d")
            + end()
            + end("e2"),
        ),
        (
            "PCK211",
            start("g")
            + node("exclusiveGateway", "g", 'default="d"')
            + flow("g", "e", "nobody > 1")
            + flow("g", "e2", id="d")
            + end()
            + end("e2"),
        ),
        (
            "PCK211",
            start("a")
            + user("a", "accept")
            + flow("a", "g")
            + node("exclusiveGateway", "g", 'default="d"')
            + flow("g", "e", "action = 'acept'")
            + flow("g", "e2", id="d")
            + end()
            + end("e2"),
        ),
        (
            "PCK212",
            start("t") + node("intermediateCatchEvent", "t", "", timer("5 days")) + flow("t", "e") + end(),
        ),
        (
            "PCK212",
            start("t")
            + node("intermediateCatchEvent", "t", "", timer("0 0 9 * * ?", "timeCycle"))
            + flow("t", "e")
            + end(),
        ),
        (
            "PCK212",
            start("t")
            + node("intermediateCatchEvent", "t", "", timer("", attributes='tinh:working="P1M"'))
            + flow("t", "e")
            + end(),
        ),
        ("PCK213", start("w") + node("serviceTask", "w", 'tinh:service="launch"') + flow("w", "e") + end()),
        (
            "PCK215",
            start("a") + user("a").replace('name="Bước a" tinh:en="Step a"', "") + flow("a", "e") + end(),
        ),
        (
            "PCK216",
            start("m")
            + node("intermediateCatchEvent", "m", "", "<bpmn:messageEventDefinition/>")
            + flow("m", "e")
            + end(),
        ),
        (
            "PCK217",
            GOOD
            + node("boundaryEvent", "b", 'attachedToRef="a"', "<bpmn:errorEventDefinition/>")
            + flow("b", "e"),
        ),
        ("PCK218", start("c") + node("callActivity", "c", 'calledElement="zz"') + flow("c", "e") + end()),
        ("PCK219", start("r") + node("businessRuleTask", "r", 'tinh:decision="zz"') + flow("r", "e") + end()),
        (
            "PCK221",
            start("a")
            + user("a", inside="<bpmn:multiInstanceLoopCharacteristics/>")
            + flow("a", "e")
            + end(),
        ),
        (
            "PCK223",
            start("a")
            + user("a", "ok", fields='<tinh:field id="Ô" vi="ô" en="f"/>')
            + flow("a", "e")
            + end(),
        ),
        (
            "PCK224",
            start("g") + node("eventBasedGateway", "g") + flow("g", "a") + user("a") + flow("a", "e") + end(),
        ),
        ("PCK226", start("c") + node("callActivity", "c", 'calledElement="p"') + flow("c", "e") + end()),
        ("PCK228", GOOD.replace("<bpmn:userTask", '<bpmn:userTask tinh:colour="red"')),
    ],
)
def test_each_fault_is_found_with_its_code_and_told_in_both_languages(code: str, body: str) -> None:
    found = lint.lint({Path("p.bpmn"): bpmn(body).encode()})
    hits = [f for f in found.findings if f.code == code]
    assert hits, [f.render("en") for f in found.findings]
    assert all(f.says.vi and f.says.en and f.cure.vi and f.cure.en for f in found.findings)
    assert found.bundle("p") is None


@pytest.mark.parametrize(
    ("cycle", "refused"),
    [("R/PT0.000001S", True), ("R/PT59S", True), ("R9/PT0.5S", True), ("R/PT1M", False), ("R3/PT10S", False)],
)
def test_a_timer_that_never_rests_is_refused(cycle: str, refused: bool) -> None:
    body = (
        start("u") + user("u") + flow("u", "e") + end()
        + node("boundaryEvent", "t", 'attachedToRef="u" cancelActivity="false"', timer(cycle, "timeCycle"))
        + flow("t", "e")
    )  # fmt: skip
    assert ("PCK212" in codes(bpmn(body))) is refused


def test_a_join_that_waits_for_itself_is_found() -> None:
    body = (
        start("f")
        + node("parallelGateway", "f")
        + flow("f", "a")
        + user("a")
        + flow("a", "g")
        + node("exclusiveGateway", "g", 'default="d"')
        + flow("g", "f", "action = 'done'")
        + flow("g", "e", id="d")
        + end()
    )
    assert "PCK207" in codes(bpmn(body))


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE d [<!ENTITY x "y">]><d>&x;</d>',
        '<!DOCTYPE d SYSTEM "http://127.0.0.1/x.dtd"><d/>',
        '<!DOCTYPE d [<!ENTITY a "a"><!ENTITY b "&a;&a;&a;">]>' + HEAD + "&b;</bpmn:definitions>",
        HEAD + "<bpmn:x>" * 5000,
        HEAD + "<a/>" * 30000 + "</bpmn:definitions>",
        "not xml at all",
        "",
        "<",
        "\0\0\0",
        "x" * 3_000_000,
    ],
    ids=["entity", "outside", "laughs", "deep", "many", "text", "nothing", "torn", "zeros", "huge"],
)
def test_hostile_xml_is_refused_in_words(text: str) -> None:
    assert codes(text) == ["PCK200"]


def test_other_encodings_are_read_and_kept_as_one_text() -> None:
    text = bpmn(GOOD).replace("Quy trình", "Quy trình Đặng")
    plain = lint.lint({Path("p.bpmn"): text.encode()})
    for data in (
        text.encode("utf-8-sig"),
        text.replace("UTF-8", "UTF-16").encode("utf-16"),
        text.encode() + b"\r\n",
    ):
        other = lint.lint({Path("p.bpmn"): data})
        assert other.processes["p"].vi == "Quy trình Đặng"
        assert other.bundle("p") == plain.bundle("p")


def test_what_another_engine_added_is_said_and_its_code_refused() -> None:
    body = GOOD + node(
        "serviceTask", "w", 'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" camunda:class="org.Evil"'
    )
    found = lint.lint({Path("p.bpmn"): bpmn(body).encode()})
    assert {"PCK203", "PCK227"} <= {f.code for f in found.findings}


def test_no_garbled_diagram_brings_the_lint_down() -> None:
    dice = random.Random(6)
    inner = user("x") + flow("is", "x") + '<bpmn:startEvent id="is"/>' + end("ie") + flow("x", "ie")
    whole = bpmn(
        start("f")
        + node("inclusiveGateway", "f", 'default="f_b"')
        + flow("f", "sub", "severity = 'urgent'")
        + flow("f", "b")
        + node("subProcess", "sub", "", inner)
        + user("b", inside='<bpmn:multiInstanceLoopCharacteristics tinh:items="tags"/>')
        + flow("sub", "e")
        + flow("b", "e")
        + end()
        + node("boundaryEvent", "t", 'attachedToRef="sub"', timer("R3/PT1H", "timeCycle"))
        + flow("t", "e")
    )
    pieces = [whole[i : i + 9] for i in range(0, len(whole), 9)]
    for _ in range(400):
        torn = list(pieces)
        for _ in range(dice.randint(1, 6)):
            place = dice.randrange(len(torn))
            torn[place] = dice.choice(["", torn[place] * 2, dice.choice(pieces), '"', "<", "e", "ệ", "\x01"])
        lint.lint({Path("p.bpmn"): "".join(torn).encode()})
    for name in ("id", "sourceRef", "targetRef", "attachedToRef", "default", "name"):
        lint.lint({Path("p.bpmn"): whole.replace(f" {name}=", " gone=").encode()})
