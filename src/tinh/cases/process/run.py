"""The moves of a process: pure functions from a state to an Outcome. No database, no clock, no Python.

A definition is `packs.unpack(bundle)`; `moment` is aware; `clock` counts working time. Every move may
bring new `facts`, which are laid over those the process has.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from tinh.cases.errors import NoMessageWaits, NoSuchStep, RunsInCircles, StateForeign
from tinh.cases.process import fields, specs, timing
from tinh.cases.process.build import built
from tinh.cases.process.mind import Mind, flows, waiting, wake
from tinh.cases.process.outcome import Call, Outcome, State, Step, WorkingClock
from tinh.cases.process.state import FORMAT, number, restore, save
from tinh.kit.errors import Text
from tinh.packs.api import ProcessDefinition as Definition
from tinh.packs.api import evaluate

MOST = 1000  # automatic steps in one move


def start(
    definition: Definition, facts: Mapping[str, Any], moment: datetime, clock: WorkingClock | None = None
) -> Outcome:
    """The process from its start to where it first waits."""
    move = _move(definition, None, facts, moment, clock)
    return move.outcome()


def complete(
    definition: Definition,
    state: State,
    step: str,
    action: str,
    data: Mapping[str, Any],
    moment: datetime,
    clock: WorkingClock | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Outcome:
    """A person has done `action`, or a service has come back with `data`.

    NoSuchStep, NoSuchAction, FieldWrong.
    """
    move = _move(definition, state, facts or {}, moment, clock)
    task = move.task(step, TaskState.READY)
    node = task.task_spec.node
    move.mind.facts.update(fields.taken(node, action, data))
    if node.kind == "user":
        move.mind.facts["action"] = action
    task.run()
    return move.outcome()


def fail(
    definition: Definition,
    state: State,
    step: str,
    error: str,
    moment: datetime,
    clock: WorkingClock | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Outcome:
    """A service failed for good with the error code `error`. NothingCatches when no event does."""
    move = _move(definition, state, facts or {}, moment, clock)
    move.mind.fail(move.task(step, TaskState.READY), error)
    return move.outcome()


def fire(
    definition: Definition,
    state: State,
    step: str,
    moment: datetime,
    clock: WorkingClock | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Outcome:
    """A timer's time has come. Before its time nothing happens. NoSuchStep when it waits no more."""
    move = _move(definition, state, facts or {}, moment, clock)
    task = move.task(step, TaskState.WAITING)
    due = task.internal_data.get("due")
    if due is not None and datetime.fromisoformat(due) <= moment:
        wake(task)
    return move.outcome()


def message(
    definition: Definition,
    state: State,
    name: str,
    payload: Mapping[str, Any],
    moment: datetime,
    clock: WorkingClock | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Outcome:
    """A message (or signal) for this case; its payload becomes facts. NoMessageWaits."""
    move = _move(definition, state, {**(facts or {}), **payload}, moment, clock)
    if not (
        move.mind.deliver(move.workflow, "message", name) or move.mind.deliver(move.workflow, "signal", name)
    ):
        raise NoMessageWaits(name=name)
    return move.outcome()


def refresh(
    definition: Definition,
    state: State,
    facts: Mapping[str, Any],
    moment: datetime,
    clock: WorkingClock | None = None,
) -> Outcome:
    """New facts (a pause, an extension): timers and due times that lean on a fact are told again."""
    return _move(definition, state, facts, moment, clock).outcome()


def look(definition: Definition, state: State) -> Outcome:
    """What the state says, without a move."""
    return _move(definition, state, {}, datetime.now(timing.ZONE), None).outcome()


def _move(
    definition: Definition, state: State | None, facts: Mapping[str, Any], moment: datetime,
    clock: WorkingClock | None,
) -> Move:  # fmt: skip
    if state is not None and (state.get("v"), state.get("digest")) != (FORMAT, definition.digest):
        raise StateForeign(found=str(state.get("digest"))[:12], expected=definition.digest[:12])
    held = copy.deepcopy(state["facts"]) if state is not None else {}
    held.update(facts)
    mind, made = Mind(definition, held, moment, clock), built(definition)
    if state is None:
        kept: State = {"digest": definition.digest, "next": 1, "passed": []}
        return Move(definition, mind, kept, BpmnWorkflow(made.main, made.scopes, script_engine=mind))
    kept = {"digest": definition.digest, "next": state["next"], "passed": state["passed"]}
    move = Move(definition, mind, kept, restore(made, state, mind))
    if facts:
        move.arm_again()
    return move


class Move:
    """One move of one case: a workflow that goes as far as it can by itself."""

    def __init__(self, definition: Definition, mind: Mind, kept: State, workflow: Any) -> None:
        self.definition, self.mind, self.kept, self.workflow = definition, mind, kept, workflow

    def arm_again(self) -> None:
        """Times that lean on a fact are told by the facts of now: a pause or an extension moves them."""
        for flow in flows(self.workflow):
            for task in specs.open_tasks(flow):
                node = getattr(task.task_spec, "node", None)
                timer = node and (node.due if node.kind == "user" else node.event.timer)
                if node is not None and timer and timer.fact and "due" in task.internal_data:
                    self.mind.arm(task, node, timer)

    def task(self, step: str, status: int) -> Any:
        tail = step.rpartition(":")[2]
        for flow in flows(self.workflow):
            for task in flow.tasks.values():
                if tail.isdecimal() and number(task) == int(tail) and task.state == status:
                    return task
        raise NoSuchStep(step=step)

    def outcome(self) -> Outcome:
        self._advance()
        times: dict[str, int] = dict(self.kept["passed"])
        for node in self.mind.went:
            times[node] = times.get(node, 0) + 1
        self.kept["passed"] = [[node, count] for node, count in times.items()]
        self.kept["facts"] = self.mind.facts
        state = save(self.workflow, self.kept)
        steps, calls = self._waiting()
        return Outcome(
            state,
            tuple(steps),
            tuple(calls),
            state["ended"],
            self.mind.facts,
            tuple(self.mind.raised),
            tuple(times),
            tuple(self.mind.went),
        )

    def _advance(self) -> None:
        taken = 0
        while not self.workflow.completed:
            ready = [
                task
                for flow in reversed(flows(self.workflow))
                for task in list(flow.tasks.values())
                if task.state == TaskState.READY and not task.task_spec.manual
            ]
            if not ready:
                return
            for task in ready:
                if task.state == TaskState.READY and not task.workflow.completed:
                    task.run()
                    taken += 1
                    if taken > MOST:
                        raise RunsInCircles(most=MOST)

    def _waiting(self) -> tuple[list[Step], list[Call]]:
        steps, calls = [], []
        if self.workflow.completed:
            return [], []
        asked = [
            task
            for flow in flows(self.workflow)
            for task in list(flow.tasks.values())
            if task.state == TaskState.READY and isinstance(task.task_spec, specs.Asked)
        ]
        numbers = self.kept["numbers"]
        for task in sorted([*asked, *waiting(self.workflow)], key=lambda t: numbers[t.id]):
            step = self._step(task, f"{task.task_spec.bpmn_id}:{numbers[task.id]}")
            if step is None:
                continue
            steps.append(step)
            if step.kind == "service":
                node, seen = task.task_spec.node, self.mind.seen(task)
                given = {name: evaluate(value, seen) for name, value in node.arguments}
                calls.append(Call(step.id, node.service, given, node.id))
        return steps, calls

    def _step(self, task: Any, id: str) -> Step | None:
        node = task.task_spec.node
        if node.kind in ("user", "service"):
            kind = node.kind
        elif node.event.kind in ("error", "escalation"):
            return None  # nobody outside can wake them
        else:
            kind = "timer" if node.event.kind == "timer" else "message"
        due = task.internal_data.get("due")
        layers = self.mind.layers(task)
        here = {name: item for layer in layers[:1] for name, item in layer.items() if name != "loop"}
        return Step(
            id,
            kind,
            node.id,
            Text(node.vi or node.id, node.en or node.vi or node.id),
            role=node.role or node.lane,
            due_at=datetime.fromisoformat(due) if due else None,
            actions=node.actions,
            state=node.state,
            pauses=node.pauses,
            message=node.event.name if kind == "message" else "",
            attached=node.attached,
            item=next(iter(here.values()), None),
        )
