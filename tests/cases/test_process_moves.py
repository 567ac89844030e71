"""How a declared process moves: people, services, gateways, times, messages, errors, scopes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.cases.diagrams import bpmn, definition, end, flow, node, start, timer, user
from tinh.cases import process
from tinh.cases.errors import FieldWrong, NoSuchAction, NoSuchStep, ProcessError, RunsInCircles

NOW = datetime(2026, 1, 31, 2, 0, tzinfo=UTC)


class Run:
    """One case at its desk; every move goes through JSON, as in a database."""

    def __init__(self, made: Any, facts: Mapping[str, Any] | None = None, clock: Any = None) -> None:
        self.made, self.clock, self.moment = made, clock, NOW
        self.now = process.start(made, facts or {}, NOW, clock)

    @property
    def state(self) -> dict[str, Any]:
        out: dict[str, Any] = json.loads(json.dumps(self.now.state))
        return out

    def nodes(self, kind: str = "") -> list[str]:
        return sorted(s.node for s in self.now.waiting if not kind or s.kind == kind)

    def step(self, name: str) -> process.Step:
        return next(s for s in self.now.waiting if s.node == name)

    def do(self, name: str, action: str = "done", **data: Any) -> Run:
        self.now = process.complete(
            self.made, self.state, self.step(name).id, action, data, self.moment, self.clock
        )
        return self

    def fire(self, name: str, after: timedelta) -> Run:
        self.moment += after
        self.now = process.fire(self.made, self.state, self.step(name).id, self.moment, self.clock)
        return self

    def say(self, name: str, **payload: Any) -> Run:
        self.now = process.message(self.made, self.state, name, payload, self.moment, self.clock)
        return self


def test_a_person_acts_a_service_answers_and_the_case_ends() -> None:
    run = Run(
        definition(
            start("a")
            + user("a", "accept refuse")
            + flow("a", "g")
            + node("exclusiveGateway", "g", 'default="g_e"')
            + flow("g", "w", "action = 'accept'")
            + flow("g", "e")
            + '<bpmn:serviceTask id="w" name="Báo" tinh:service="notify">'
            '<bpmn:extensionElements><tinh:argument name="audience" '
            "value=\"coalesce(agency, 'reporter')\"/></bpmn:extensionElements></bpmn:serviceTask>"
            + flow("w", "e")
            + end()
        )
    )
    assert [a.id for a in run.step("a").actions] == ["accept", "refuse"]
    run.do("a", "accept")
    (call,) = run.now.services
    assert (call.name, call.arguments, call.step) == ("notify", {"audience": "reporter"}, run.step("w").id)
    run.now = process.complete(run.made, run.state, call.step, "", {"told": 2}, NOW)
    assert run.now.ended and run.now.facts["told"] == 2 and run.now.facts["action"] == "accept"
    assert list(run.now.passed) == ["s", "a", "g", "w", "e"]


def test_the_default_way_is_taken_when_a_fact_is_missing() -> None:
    run = Run(
        definition(
            start("g")
            + node("exclusiveGateway", "g", 'default="g_b"')
            + flow("g", "a", "size > 3")
            + flow("g", "b")
            + user("a")
            + user("b")
            + flow("a", "e")
            + flow("b", "e")
            + end()
        )
    )
    assert run.nodes() == ["b"]


def test_an_action_the_step_does_not_offer_is_refused_and_so_is_a_step_that_is_over() -> None:
    run = Run(
        definition(
            start("a")
            + user(
                "a",
                "accept",
                fields='<tinh:field id="size" vi="Cỡ" en="Size" kind="number" required="true"/>',
            )
            + flow("a", "e")
            + end()
        )
    )
    with pytest.raises(NoSuchAction):
        run.do("a", "burn", size=1)
    with pytest.raises(FieldWrong):
        run.do("a", "accept")
    with pytest.raises(FieldWrong):
        run.do("a", "accept", size="many")
    over = run.step("a").id
    run.do("a", "accept", size="4")
    assert run.now.facts["size"] == 4 and run.now.ended
    with pytest.raises(NoSuchStep):
        process.complete(run.made, run.state, over, "accept", {"size": 1}, NOW)


def _parallel() -> Any:
    return definition(
        start("m")
        + node("exclusiveGateway", "m")
        + flow("m", "f")
        + node("parallelGateway", "f")
        + flow("f", "a")
        + flow("f", "b")
        + user("a")
        + user("b")
        + flow("a", "j")
        + flow("b", "j")
        + node("parallelGateway", "j")
        + flow("j", "c")
        + user("c", "again stop")
        + flow("c", "g")
        + node("exclusiveGateway", "g", 'default="g_e"')
        + flow("g", "m", "action = 'again'")
        + flow("g", "e")
        + end()
    )


def test_a_join_waits_for_both_branches_in_every_round_of_a_loop_in_any_order() -> None:
    run = Run(_parallel())
    for first, second in (("a", "b"), ("b", "a"), ("a", "b"), ("b", "a")):
        assert run.nodes() == ["a", "b"]
        assert run.do(first).nodes() == [second]
        assert run.do(second).nodes() == ["c"]
        run.do("c", "again")
    run.do("a").do("b").do("c", "stop")
    assert run.now.ended


def test_a_long_loop_leaves_a_state_as_small_as_the_first() -> None:
    run = Run(_parallel())
    sizes = []
    for _ in range(60):
        run.do("a").do("b").do("c", "again")
        sizes.append(len(json.dumps(run.now.state)))
    assert sizes[-1] < sizes[0] + 60 and sizes[-1] < 1200


def test_an_inclusive_join_waits_only_for_the_branches_taken() -> None:
    made = definition(
        start("f")
        + node("inclusiveGateway", "f", 'default="f_d"')
        + flow("f", "a", "x > 1")
        + flow("f", "b", "x > 2")
        + flow("f", "d")
        + user("a")
        + user("b")
        + user("d")
        + flow("a", "j")
        + flow("b", "j")
        + flow("d", "j")
        + node("inclusiveGateway", "j")
        + flow("j", "c")
        + user("c")
        + flow("c", "e")
        + end()
    )
    assert Run(made, {"x": 0}).do("d").nodes() == ["c"]
    assert Run(made, {"x": 2}).do("a").nodes() == ["c"]
    both = Run(made, {"x": 3})
    assert both.nodes() == ["a", "b"]
    assert both.do("b").nodes() == ["a"]
    assert both.do("a").nodes() == ["c"]
    assert both.do("c").now.ended


def test_an_interrupting_timer_takes_the_step_away_and_never_fires_early() -> None:
    run = Run(
        definition(
            start("a")
            + user("a")
            + flow("a", "e")
            + end()
            + node("boundaryEvent", "t", 'attachedToRef="a"', timer("P1M"))
            + flow("t", "b")
            + user("b")
            + flow("b", "e2")
            + end("e2")
        )
    )
    assert run.nodes("timer") == ["t"] and run.step("t").attached == "a"
    assert run.step("t").due_at == datetime(2026, 2, 28, 2, 0, tzinfo=UTC)
    assert run.fire("t", timedelta(days=27)).nodes() == ["a", "t"]
    assert run.fire("t", timedelta(days=1)).nodes() == ["b"]
    assert run.do("b").now.ended


def test_a_finished_step_takes_its_timers_with_it() -> None:
    run = Run(
        definition(
            start("a")
            + user("a")
            + flow("a", "b")
            + user("b")
            + flow("b", "e")
            + end()
            + node("boundaryEvent", "t", 'attachedToRef="a" cancelActivity="false"', timer("PT1H"))
            + flow("t", "r")
            + user("r")
            + flow("r", "e2")
            + end("e2")
        )
    )
    assert run.do("a").nodes() == ["b"]
    assert run.do("b").now.ended


def test_a_repeating_timer_reminds_as_often_as_it_says_and_the_step_stays() -> None:
    run = Run(
        definition(
            start("a")
            + user("a")
            + flow("a", "e")
            + end()
            + node(
                "boundaryEvent",
                "t",
                'attachedToRef="a" cancelActivity="false"',
                timer("R3/PT1H", "timeCycle"),
            )
            + flow("t", "n")
            + node("intermediateThrowEvent", "n", "", '<bpmn:messageEventDefinition tinh:message="x"/>')
            + flow("n", "e2")
            + end("e2")
        )
    )
    dues = []
    while "t" in run.nodes():
        due = run.step("t").due_at
        assert due is not None
        dues.append((due - NOW).total_seconds() / 3600)
        run.fire("t", due - run.moment)
    assert dues == [1, 2, 3]
    assert run.nodes() == ["a"]
    assert run.do("a").now.ended


def test_working_time_is_counted_by_the_clock_it_is_given() -> None:
    class Clock:
        def add_working(self, moment: datetime, *, days: int | None = None, hours: float = 0.0) -> datetime:
            return moment + timedelta(days=10 * (days or 0), hours=10 * hours)

    made = definition(
        start("a")
        + user("a", attributes='tinh:working="P5D"')
        + flow("a", "t")
        + node("intermediateCatchEvent", "t", "", timer("PT1H", attributes='tinh:working-hours="8"'))
        + flow("t", "e")
        + end()
    )
    run = Run(made, clock=Clock())
    assert run.step("a").due_at == NOW + timedelta(days=50)
    assert run.do("a").step("t").due_at == NOW + timedelta(hours=80)


def test_a_timer_that_leans_on_a_fact_moves_with_it() -> None:
    made = definition(
        start("a")
        + user("a")
        + flow("a", "e")
        + end()
        + node("boundaryEvent", "t", 'attachedToRef="a"', timer("", attributes='tinh:until="finish_by"'))
        + flow("t", "e2")
        + end("e2")
    )
    run = Run(made, {"finish_by": "2026-03-01T08:00:00+07:00"})
    run.now = process.refresh(made, run.state, {"finish_by": "2026-04-01T08:00:00+07:00"}, NOW)
    assert run.step("t").due_at == datetime(2026, 4, 1, 1, 0, tzinfo=UTC)
    later = {"finish_by": "2026-05-01T08:00:00+07:00"}
    april = datetime(2026, 4, 2, tzinfo=UTC)
    run.now = process.fire(made, run.state, run.step("t").id, april, facts=later)
    assert run.nodes() == ["a", "t"] and run.step("t").due_at == datetime(2026, 5, 1, 1, 0, tzinfo=UTC)


def test_of_an_event_gateway_only_the_first_event_counts() -> None:
    made = definition(
        start("g")
        + node("eventBasedGateway", "g")
        + flow("g", "m")
        + flow("g", "t")
        + node("intermediateCatchEvent", "m", "", '<bpmn:messageEventDefinition messageRef="M"/>')
        + node("intermediateCatchEvent", "t", "", timer("P5D"))
        + flow("m", "a")
        + flow("t", "b")
        + user("a")
        + user("b")
        + flow("a", "e")
        + flow("b", "e")
        + end(),
        top='<bpmn:message id="M" name="bổ sung"/>',
    )
    assert Run(made).say("bổ sung", pages=3).nodes() == ["a"]
    assert Run(made).fire("t", timedelta(days=5)).nodes() == ["b"]


def test_a_failing_service_goes_where_its_error_event_leads() -> None:
    made = definition(
        start("w")
        + node("serviceTask", "w", 'tinh:service="notify"')
        + flow("w", "e")
        + end()
        + node("boundaryEvent", "b", 'attachedToRef="w"', '<bpmn:errorEventDefinition errorRef="E"/>')
        + flow("b", "a")
        + user("a")
        + flow("a", "e"),
        top='<bpmn:error id="E" errorCode="GATEWAY"/>',
    )
    run = Run(made)
    run.now = process.fail(made, run.state, run.now.services[0].step, "GATEWAY", NOW)
    assert run.nodes() == ["a"] and run.now.facts["error"] == "GATEWAY"


def test_an_error_inside_a_sub_process_leaves_it_and_stops_what_runs_there() -> None:
    inner = (
        '<bpmn:startEvent id="is"/>'
        + flow("is", "if")
        + node("parallelGateway", "if")
        + flow("if", "x")
        + flow("if", "y")
        + user("x", "ok bad")
        + user("y")
        + flow("x", "ig")
        + node("exclusiveGateway", "ig", 'default="ig_ie"')
        + flow("ig", "ier", "action = 'bad'")
        + flow("ig", "ie")
        + end("ie")
        + end("ier", '<bpmn:errorEventDefinition errorRef="E"/>')
        + flow("y", "ie2")
        + end("ie2")
    )
    made = definition(
        start("sub")
        + node("subProcess", "sub", "", inner)
        + flow("sub", "c")
        + user("c")
        + flow("c", "e")
        + end()
        + node("boundaryEvent", "b", 'attachedToRef="sub"', '<bpmn:errorEventDefinition errorRef="E"/>')
        + flow("b", "d")
        + user("d")
        + flow("d", "e"),
        top='<bpmn:error id="E" errorCode="BAD"/>',
    )
    run = Run(made)
    assert run.do("x", "bad").nodes() == ["d"]
    assert run.do("d").now.ended
    assert Run(made).do("x", "ok").do("y").nodes() == ["c"]


def test_an_escalation_warns_the_outer_process_and_the_inner_one_goes_on() -> None:
    inner = (
        '<bpmn:startEvent id="is"/>'
        + flow("is", "up")
        + node("intermediateThrowEvent", "up", "", '<bpmn:escalationEventDefinition escalationRef="U"/>')
        + flow("up", "x")
        + user("x")
        + flow("x", "ie")
        + end("ie")
    )
    made = definition(
        start("sub")
        + node("subProcess", "sub", "", inner)
        + flow("sub", "e")
        + end()
        + node(
            "boundaryEvent",
            "b",
            'attachedToRef="sub" cancelActivity="false"',
            '<bpmn:escalationEventDefinition escalationRef="U"/>',
        )
        + flow("b", "boss")
        + user("boss")
        + flow("boss", "e2")
        + end("e2"),
        top='<bpmn:escalation id="U" escalationCode="late"/>',
    )
    run = Run(made)
    assert run.nodes() == ["boss", "x"] and not run.now.raised
    assert run.do("x").do("boss").now.ended


def test_a_called_process_runs_on_the_same_facts() -> None:
    made = definition(
        start("c")
        + node("callActivity", "c", 'calledElement="q"')
        + flow("c", "a")
        + user("a")
        + flow("a", "e")
        + end(),
        q=bpmn(
            start("u")
            + user("u", fields='<tinh:field id="n" vi="n" en="n" kind="number"/>')
            + flow("u", "e")
            + end(),
            "q",
        ),
    )
    run = Run(made).do("u", n=5)
    assert run.nodes() == ["a"] and run.now.facts["n"] == 5


def test_a_terminate_end_stops_every_branch() -> None:
    run = Run(
        definition(
            start("f")
            + node("parallelGateway", "f")
            + flow("f", "a")
            + flow("f", "b")
            + user("a")
            + user("b")
            + flow("a", "e")
            + end()
            + flow("b", "k")
            + end("k", "<bpmn:terminateEventDefinition/>")
        )
    )
    assert run.do("b").now.ended and not run.now.waiting


@pytest.mark.parametrize(("sequential", "first"), [("false", ["x", "x", "x"]), ("true", ["x"])])
def test_a_step_for_each_item_is_done_once_for_each(sequential: str, first: list[str]) -> None:
    loop = "bpmn:multiInstanceLoopCharacteristics"
    many = f'<{loop} isSequential="{sequential}" tinh:items="agencies" tinh:item="one"/>'
    run = Run(
        definition(start("x") + user("x", inside=many) + flow("x", "a") + user("a") + flow("a", "e") + end()),
        {"agencies": ["y-te", "giao-duc", "cong-an"]},
    )
    assert run.nodes() == first and run.step("x").item == "y-te"
    for _ in range(3):
        run.do("x")
    assert run.nodes() == ["a"]


@pytest.mark.parametrize("count", ["100000000000", "1e300"])
def test_a_count_beyond_all_measure_is_refused_before_a_list_of_it_is_made(count: str) -> None:
    loop = "bpmn:multiInstanceLoopCharacteristics"
    many = f"<{loop}><bpmn:loopCardinality>{count}</bpmn:loopCardinality></{loop}>"
    with pytest.raises(ProcessError) as refused:
        Run(definition(start("x") + user("x", inside=many) + flow("x", "e") + end()))
    assert "200 at most" in refused.value.detail().en and len(refused.value.detail().en) < 200


def test_a_loop_without_a_waiting_step_is_stopped_and_said() -> None:
    with pytest.raises(RunsInCircles):
        Run(
            definition(
                start("g")
                + node("exclusiveGateway", "g", 'default="g_h"')
                + flow("g", "e", "n = 1")
                + flow("g", "h")
                + node("exclusiveGateway", "h")
                + flow("h", "g")
                + end()
            )
        )
