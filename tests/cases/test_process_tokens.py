"""Tokens by BPMN 2.0.2: joins, arrows with conditions, several runs of a step, and events that end them."""
# ruff: noqa: E501  # diagrams on one line

from __future__ import annotations

from typing import Any

import pytest

from tests.cases.diagrams import end, flow, node, start, timer, user
from tests.cases.test_process_foreign import HOUR, NOW, bare, fire, kept, lint, nodes, press, sound
from tests.cases.test_process_foreign import MODELER as HEAD
from tinh.cases import process

FACTS = "".join(f'<tinh:fact name="{n}" vi="{n}" en="{n}"/>' for n in ("people", "score", "x", "y", "n"))
KNOWN = f"<extensionElements>{FACTS}</extensionElements>"


def begun(body: str, **facts: Any) -> tuple[Any, process.Outcome]:
    made = sound(KNOWN + body)
    return made, process.start(made, facts, NOW)


def refused(body: str) -> list[str]:
    text = f'{HEAD}<process id="p" name="P" tinh:en="P" isExecutable="true">\n{KNOWN}\n{bare(body)}</process></definitions>'
    found = [f for f in lint(text, "p").findings if f.level == "error"]
    assert all(f.line > 1 and f.cure.vi and f.cure.en for f in found)
    return [f.code for f in found]


def marked(attributes: str, inside: str = "", mark: str = "multiInstanceLoopCharacteristics") -> str:
    return f"<bpmn:{mark} {attributes}>{inside}</bpmn:{mark}>"


def test_steps_may_be_called_start_and_end_as_many_tools_call_them() -> None:
    body = (
        '<startEvent id="Start"/><subProcess id="Root"><startEvent id="Begin"/><endEvent id="Done"/>'
        + flow("Begin", "Done") + "</subProcess>" + user("End") + flow("Start", "Root") + flow("Root", "End")
        + flow("End", "Finish") + end("Finish")
    )  # fmt: skip
    made, now = begun(body.replace('<subProcess id="Root"', '<subProcess id="Root" name="R"'))
    assert nodes(now) == ["End"]
    assert press(made, now, "End").ended


def test_a_join_tells_two_arrows_of_the_same_two_steps_apart() -> None:
    for kind in ("parallelGateway", "inclusiveGateway"):
        default = 'default="x2"' if kind == "inclusiveGateway" else ""
        said = "n = 1" if default else ""
        made, now = begun(
            start("f") + node(kind, "f", default) + flow("f", "j", said, id="x1") + flow("f", "j", id="x2")
            + node(kind, "j") + flow("j", "u") + user("u") + flow("u", "e") + end(), n=1,
        )  # fmt: skip
        assert nodes(now) == ["u"]
        assert press(made, now, "u").ended


def test_arrows_of_a_step_may_have_conditions_and_several_may_hold() -> None:
    body = (
        start("a") + user("a", attributes='default="a_c"') + flow("a", "x", "n > 1") + flow("a", "y", "n > 2")
        + flow("a", "c") + user("x") + user("y") + user("c") + "".join(flow(u, "e") for u in "xyc") + end()
    )  # fmt: skip
    for n, goes in ((3, ["x", "y"]), (2, ["x"]), (1, ["c"])):
        made, now = begun(body, n=n)
        now = press(made, now, "a")
        assert nodes(now) == goes and list(now.passed).count("a") == 1
    assert "PCK209" in refused(
        body.replace('default="a_c"', "").replace(flow("a", "c"), flow("a", "c", "n = 0"))
    )


def test_an_inclusive_join_goes_on_when_the_token_it_waits_for_takes_another_way() -> None:
    made, now = begun(
        start("g") + node("inclusiveGateway", "g", 'default="g_c"') + flow("g", "a", "x = 1") + flow("g", "b", "y = 1")
        + flow("g", "c") + user("a") + user("b") + user("c") + node("exclusiveGateway", "k", 'default="k_j"')
        + flow("b", "k") + flow("k", "o", "n = 9") + flow("k", "j") + user("o") + flow("o", "e2") + end("e2")
        + node("inclusiveGateway", "j") + flow("a", "j") + flow("c", "j") + flow("j", "z") + user("z") + flow("z", "e")
        + end(), x=1, y=1,
    )  # fmt: skip
    now = press(made, now, "a")
    assert nodes(now) == ["b"]
    assert nodes(press(made, now, "b", n=9)) == ["o", "z"]
    assert nodes(press(made, now, "b", n=1)) == ["z"]


WAYS = {  # the same three runs, as different tools write them
    "tinh": ('tinh:items="people" tinh:item="p" tinh:takes="score" tinh:gathers="scores"', ""),
    "camunda": ('camunda:collection="${people}" camunda:elementVariable="p"', ""),
    "the standard, as SpiffWorkflow": (
        "",
        "<bpmn:loopDataInputRef>people</bpmn:loopDataInputRef><bpmn:loopDataOutputRef>scores</bpmn:loopDataOutputRef>"
        '<bpmn:inputDataItem id="i" name="p"/><bpmn:outputDataItem id="o" name="score"/>',
    ),
    "zeebe": (
        "",
        '<extensionElements><zeebe:loopCharacteristics inputCollection="=people" inputElement="p" '
        'outputCollection="scores" outputElement="=score"/></extensionElements>',
    ),
}


@pytest.mark.parametrize("sequential", ["true", "false"])
@pytest.mark.parametrize("tool", WAYS)
def test_several_runs_are_read_as_every_tool_writes_them(tool: str, sequential: str) -> None:
    attributes, inside = WAYS[tool]
    field = '<tinh:field id="score" vi="s" en="s" kind="number"/>'
    mark = marked(f'{attributes} isSequential="{sequential}"', inside)
    made, now = begun(
        start("a") + user("a", inside=mark, fields=field) + flow("a", "e") + end(), people=["u", "v", "w"]
    )
    for turn in (3, 2, 1):
        assert len(now.waiting) == (1 if sequential == "true" else turn)
        last = now.waiting[-1]
        now = process.complete(made, kept(now), last.id, "done", {"score": "uvw".index(last.item)}, NOW)
    assert now.ended
    assert now.facts.get("scores", [0, 1, 2]) == [0, 1, 2]  # by item, in whatever order they were done


@pytest.mark.parametrize(
    ("until", "turns"),
    [
        ("${nrOfCompletedInstances >= 2}", 2), ("=numberOfCompletedInstances / numberOfInstances > 0.5", 2),
        ("item = 'c' or score = 9", 1), ("loop = 1", 3),
    ],
)  # fmt: skip
def test_the_condition_that_ends_several_runs_knows_the_run_and_the_counts(until: str, turns: int) -> None:
    inside = f"<bpmn:completionCondition><![CDATA[{until}]]></bpmn:completionCondition>"
    body = user("a", inside=marked('tinh:items="people"', inside))
    made, now = begun(start("a") + body + flow("a", "e") + end(), people=["a", "b", "c"])
    done = 0
    while not now.ended:
        now = process.complete(made, kept(now), now.waiting[-1].id, "done", {}, NOW)
        done += 1
    assert done == turns


def test_a_time_over_takes_all_runs_of_a_sub_process_away_with_what_goes_on_in_them() -> None:
    inner = '<startEvent id="is"/>' + flow("is", "q") + user("q") + flow("q", "ie") + end("ie")
    body = (
        start("sub") + node("subProcess", "sub", "", inner + marked('tinh:items="people"'))
        + node("boundaryEvent", "b", 'attachedToRef="sub"', timer("PT9H")) + flow("b", "w") + user("w")
        + flow("w", "e") + flow("sub", "e") + end()
    )  # fmt: skip
    made, now = begun(body, people=["a", "b", "c"])
    now = press(made, now, "q")
    assert nodes(now) == ["b", "q", "q"]
    assert nodes(fire(made, now, "b", NOW + 9 * HOUR)) == ["w"]


def test_a_loop_runs_again_while_its_condition_holds_and_no_more_than_its_maximum() -> None:
    def turns(attributes: str, condition: str = "", **facts: Any) -> int:
        inside = f"<bpmn:loopCondition>{condition}</bpmn:loopCondition>" if condition else ""
        mark = marked(attributes, inside, "standardLoopCharacteristics")
        made, now = begun(start("a") + user("a", inside=mark) + flow("a", "e") + end(), **facts)
        done = 0
        while not now.ended:
            done += 1
            assert nodes(now) == ["a"]
            now = press(made, now, "a", n=done)
        return done

    assert turns('loopMaximum="3"') == 3
    assert turns('testBefore="true"', "n &lt; 4", n=0) == 4
    assert turns('testBefore="true"', "n &lt; 4", n=4) == 0
    assert turns('testBefore="false"', "${n &lt; 1}", n=4) == 1
    assert turns('testBefore="true" loopMaximum="2"', "n &lt; 4", n=0) == 2
    assert turns('loopMaximum="0" testBefore="true"') == 0


def race(extra: str) -> str:
    return (
        start("g") + node("eventBasedGateway", "g") + flow("g", "r") + flow("g", "t")
        + node("receiveTask", "r", 'tinh:message="m"', extra if "<bpmn:multi" in extra else "")
        + node("intermediateCatchEvent", "t", "", timer("PT1H")) + flow("r", "e") + flow("t", "e") + end()
        + ("" if "<bpmn:multi" in extra else extra)
    )  # fmt: skip


REFUSED = {
    "an event gateway before a step with an attached event": (
        race(node("boundaryEvent", "b", 'attachedToRef="r"', timer("PT9H")) + flow("b", "e")), "PCK224",
    ),
    "an event gateway before several runs": (race(marked('tinh:items="people"')), "PCK224"),
    "runs that throw events": (start("a") + user("a", inside=marked('tinh:items="people" behavior="One"')), "PCK221"),
    "results of runs side by side": (
        start("a") + node("subProcess", "a", "", marked('tinh:items="people" tinh:takes="x" tinh:gathers="all"')),
        "PCK221",
    ),
    "a loop that never ends": (start("a") + user("a", inside=marked("", "", "standardLoopCharacteristics")), "PCK221"),
    "a count that counts from nought": (
        start("a") + user("a", inside=marked(
            'camunda:collection="people"', "<bpmn:completionCondition>${loopCounter == 1}</bpmn:completionCondition>"
        )), "PCK211",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_several_runs_cannot_do_here_is_refused(what: str) -> None:
    body, code = REFUSED[what]
    assert code in refused(body)


CONDITIONS = {
    "${x != null}": (False, True), "${x == null}": (True, False), "=x = null": (True, False),
    "${x gt 5 &amp;&amp; x le 7}": (False, True), "#{x eq 7}": (False, True), '=x = "a = null"': (False, False),
    "${x div 2 ge 3}": (False, True),
}  # fmt: skip


@pytest.mark.parametrize("said", CONDITIONS)
def test_conditions_of_other_tools_say_the_same_here(said: str) -> None:
    body = (
        start("g") + node("exclusiveGateway", "g", 'default="g_b"') + flow("g", "a", "?") + flow("g", "b")
        + user("a") + user("b") + flow("a", "e") + flow("b", "e") + end()
    ).replace("<![CDATA[?]]>", said)  # fmt: skip
    assert [nodes(begun(body, **({"x": x} if x else {}))[1]) == ["a"] for x in (None, 7)] == list(
        CONDITIONS[said]
    )


@pytest.mark.parametrize(
    "said", ["x = null", "${empty x}", "${a.b(1)}", "${x ? 1 : 2}", "=some y in x satisfies y > 1"]
)
def test_a_condition_that_says_nothing_here_is_refused_with_what_to_write(said: str) -> None:
    body = start("g") + node("exclusiveGateway", "g", 'default="g_b"') + flow("g", "a", said) + flow("g", "b")
    assert "PCK210" in refused(body + user("a") + user("b") + flow("a", "e") + flow("b", "e") + end())


def test_a_condition_in_a_language_of_scripts_is_refused() -> None:
    body = start("a") + user("a") + flow("a", "b", "n > 1") + flow("a", "c") + user("b") + user("c")
    body += flow("b", "e") + flow("c", "e") + end()
    assert refused(body) == []
    assert "PCK203" in refused(
        body.replace("conditionExpression>", 'conditionExpression language="groovy">', 1)
    )
