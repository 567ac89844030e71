"""Running cases that move to a newer definition, and those that cannot."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.cases.diagrams import definition, end, flow, node, start, timer, user
from tinh.cases import process
from tinh.cases.errors import CannotMove, StateForeign

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


def late(host: str, id: str, length: str) -> str:
    return (
        node("boundaryEvent", id, f'attachedToRef="{host}" cancelActivity="false"', timer(length))
        + flow(id, f"{id}_e") + end(f"{id}_e")
    )  # fmt: skip


def moved(old: Any, new: Any, state: Any, steps: dict[str, str] | None = None) -> process.Outcome:
    return process.move(old, new, json.loads(json.dumps(state)), steps or {}, LATER)


def test_a_waiting_step_moves_with_its_times_and_gains_what_is_attached_anew() -> None:
    old = definition(start("a") + user("a") + late("a", "t", "P5D") + flow("a", "e") + end())
    new = definition(
        start("b") + user("b", "ok") + late("b", "t", "P5D") + late("b", "t2", "P7D")
        + flow("b", "c") + user("c") + flow("c", "e") + end()
    )  # fmt: skip
    was = process.start(old, {"n": 1}, NOW)
    now = moved(old, new, was.state, {"a": "b"})
    steps = {s.node: s for s in now.waiting}
    assert set(steps) == {"b", "t", "t2"}
    assert steps["b"].id.split(":")[1] == was.waiting[0].id.split(":")[1]
    assert (steps["t"].due_at, steps["t2"].due_at) == (NOW + timedelta(days=5), LATER + timedelta(days=7))
    done = process.complete(new, now.state, steps["b"].id, "ok", {}, LATER)
    assert [s.node for s in done.waiting] == ["c"] and done.facts["n"] == 1
    with pytest.raises(StateForeign):
        process.look(new, was.state)


def fork(more: str = "") -> str:
    inner = '<bpmn:startEvent id="is"/>' + flow("is", "x") + user("x") + flow("x", "ie") + end("ie")
    return (
        start("f") + node("parallelGateway", "f") + flow("f", "sub") + flow("f", "b")
        + node("subProcess", "sub", "", inner) + user("b") + flow("sub", "j") + flow("b", "j")
        + node("parallelGateway", "j") + flow("j", "c") + user("c")
        + flow("c", "e") + end() + more
    )  # fmt: skip


def test_a_token_waiting_at_a_join_and_one_inside_a_sub_process_move() -> None:
    old, new = definition(fork()), definition(fork(late("c", "t", "P1D")))
    was = process.start(old, {}, NOW)
    was = process.complete(old, was.state, next(s.id for s in was.waiting if s.node == "b"), "done", {}, NOW)
    now = moved(old, new, was.state)
    assert [s.node for s in now.waiting] == ["x"]
    now = process.complete(new, now.state, now.waiting[0].id, "done", {}, LATER)
    assert [s.node for s in now.waiting] == ["c", "t"]


def test_the_events_of_an_event_gateway_move_together() -> None:
    def race(length: str) -> Any:
        return definition(
            start("g") + node("eventBasedGateway", "g") + flow("g", "m") + flow("g", "t")
            + node("intermediateCatchEvent", "m", "", '<bpmn:messageEventDefinition tinh:message="more"/>')
            + node("intermediateCatchEvent", "t", "", timer(length)) + flow("m", "a") + flow("t", "a")
            + user("a") + flow("a", "e") + end()
        )  # fmt: skip

    old, new = race("P5D"), race("P9D")
    now = moved(old, new, process.start(old, {}, NOW).state)
    assert sorted(s.node for s in now.waiting) == ["m", "t"]
    assert next(s for s in now.waiting if s.node == "t").due_at == NOW + timedelta(days=5)
    assert [s.node for s in process.message(new, now.state, "more", {}, LATER).waiting] == ["a"]


def test_a_case_whose_step_is_gone_says_so_before_it_is_moved() -> None:
    old = definition(start("a") + user("a") + flow("a", "e") + end())
    new = definition(start("w") + node("serviceTask", "w", 'tinh:service="notify"') + flow("w", "e") + end())
    state = process.start(old, {}, NOW).state
    with pytest.raises(CannotMove, match="CAS012"):
        moved(old, new, state)
    with pytest.raises(CannotMove):
        moved(old, new, state, {"a": "w"})
    assert [s.node for s in moved(old, old, state).waiting] == ["a"]
