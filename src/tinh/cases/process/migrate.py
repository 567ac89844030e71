"""Running cases of an older definition → a newer one: every token keeps its number, its item and its times.

A token may move when the step it is mapped to (itself, unless the migration says otherwise) stands on the
same level of the new definition and is of the same kind. Events attached anew are armed from the moment
of the move; events that are gone are dropped. It is pure: tried, it moves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from tinh.cases.errors import CannotMove
from tinh.cases.process import specs
from tinh.cases.process.build import built
from tinh.cases.process.mind import Mind, flows
from tinh.cases.process.outcome import Outcome, State, WorkingClock
from tinh.cases.process.run import Move
from tinh.cases.process.state import restore
from tinh.packs.api import ProcessDefinition as Definition

_LOST = specs.Finish | specs.Boundary | specs.Around | specs.Race | specs.Trigger


def move(
    old: Definition, new: Definition, state: State, steps: Mapping[str, str], moment: datetime,
    clock: WorkingClock | None = None,
) -> Outcome:  # fmt: skip
    """The case as it stands in the new definition. CannotMove for the first token that has no place."""
    mind = Mind(new, dict(state["facts"]), moment, clock)
    if state["ended"]:
        raise CannotMove(step="", why="đã kết thúc / it has ended")
    shifted = _Shift(restore(built(old), state, mind), new, dict(steps), mind).whole()
    passed: dict[str, int] = {}
    for node, count in state["passed"]:
        name = steps.get(node, node)
        passed[name] = passed.get(name, 0) + count
    kept = {"digest": new.digest, "next": state["next"], "passed": [list(item) for item in passed.items()]}
    return Move(new, mind, kept, shifted).outcome()


class _Shift:
    def __init__(self, before: Any, new: Definition, steps: dict[str, str], mind: Mind) -> None:
        self.before, self.steps, self.mind = before, steps, mind
        self.built = built(new)
        self.top = BpmnWorkflow(self.built.main, self.built.scopes, script_engine=mind, deserializing=True)
        self.made: dict[UUID, Any] = {}
        self.fresh: list[Any] = []

    def whole(self) -> Any:
        for flow in flows(self.before):
            self.scope(flow)
        for task in self.fresh:
            task.task_spec._update(task)
        return self.top

    def name(self, spec: str) -> str:
        """The name of a spec in the new definition: `id`, `id|one`, `id|around`."""
        id, bar, tail = spec.partition("|")
        return f"{self.steps.get(id, id)}{bar}{tail}"

    def scope(self, flow: Any) -> None:
        place = self.top
        if flow.parent_task_id is not None:
            host = self.made[flow.parent_task_id]
            place = BpmnSubWorkflow(
                self.built.scopes[host.task_spec.spec], host.id, self.top, deserializing=True
            )
            self.top.subprocesses[host.id] = place
            place.completed_event.connect(host.task_spec._on_subworkflow_completed, host)
        place.task_tree = Task(place, place.spec.start, state=TaskState.COMPLETED)
        for gate, counts in flow.data.get("arrived", {}).items():
            if counts:
                there = self.spec(place, gate, specs.Drawn)
                moved = {self.name(source): count for source, count in counts.items()}
                if not set(moved) <= set(there._inputs):
                    raise CannotMove(step=gate, why="nhánh gộp đã đổi / the join has other arrows")
                place.data.setdefault("arrived", {})[there.name] = moved
        tokens = [t for t in specs.open_tasks(flow) if not isinstance(t.task_spec, _LOST)]
        for task in sorted(tokens, key=lambda t: not isinstance(t.task_spec, specs.Each)):
            self.token(place, task)
        self.triggers(flow, place)

    def triggers(self, flow: Any, place: Any) -> None:
        """Starts of event sub-processes wait in the new definition too: those that waited with their times,
        new ones from now on; one that has fired and interrupts waits no more."""
        waits = {self.name(t.task_spec.name): t for t in flow.tasks.values() if t.state == TaskState.WAITING}
        before = {self.name(name) for name in flow.spec.task_specs}
        for spec in place.spec.start.outputs:
            if not isinstance(spec, specs.Trigger) or (spec.name in before and spec.name not in waits):
                continue
            was = waits.get(spec.name)
            same = was is not None and was.task_spec.node.event == spec.event
            made = Task(
                place, spec, place.task_tree, TaskState.WAITING if same else TaskState.FUTURE,
                was.id if was is not None and same else None,
            )  # fmt: skip
            if was is not None and same:
                made.internal_data = dict(was.internal_data)
            else:
                self.fresh.append(made)

    def spec(self, place: Any, old: str, kind: type) -> Any:
        name = self.name(old)
        found = place.spec.task_specs.get(name)
        if not isinstance(found, kind):
            raise CannotMove(step=old, why=f"không có bước “{name}” cùng loại / no such step of its kind")
        return found

    def token(self, place: Any, task: Any) -> None:
        was = task.task_spec
        there = self.spec(place, was.name, type(was))
        same = (was.node.kind, was.node.event.kind, was.node.event.name)
        if same != (there.node.kind, there.node.event.kind, there.node.event.name):
            raise CannotMove(step=was.name, why="loại bước đã đổi / the step is of another kind")
        above = place.task_tree
        if isinstance(task.parent.task_spec, specs.Each) and task.parent.id in self.made:
            above = self.made[task.parent.id]
        else:
            above = self.beside(place, task, there) or above
        made = Task(place, there, above, task.state, task.id)
        made.internal_data = dict(task.internal_data)
        if "from" in made.internal_data:
            made.internal_data["from"] = self.name(made.internal_data["from"])
        made.triggered = True
        self.made[task.id] = made

    def beside(self, place: Any, task: Any, there: Any) -> Any:
        """What holds the step and its events together in the new definition, with the other events."""
        holder = next((s for s in there.inputs if isinstance(s, specs.Around | specs.Race)), None)
        if holder is None:
            return None
        was = task.parent
        old = (
            {t.task_spec.name: t for t in was.children}
            if isinstance(was.task_spec, specs.Around | specs.Race)
            else {}
        )
        kept = next(
            (t for t in place.tasks.values() if t.internal_data.get("was") == str(was.id) and old), None
        )
        if kept is not None:
            return kept
        above = Task(place, holder, place.task_tree, TaskState.COMPLETED)
        above.internal_data["was"] = str(was.id)
        names = {self.name(name): t for name, t in old.items() if t.state == TaskState.WAITING}
        arrived = {self.name(t.task_spec.name) for t in specs.open_tasks(task.workflow)}
        for spec in holder.outputs:
            if spec is there or (isinstance(holder, specs.Race) and spec.name in arrived):
                continue
            before = names.get(spec.name)
            same = before is not None and before.task_spec.node.event == spec.node.event
            beside = Task(
                place,
                spec,
                above,
                TaskState.WAITING if same else TaskState.FUTURE,
                before.id if before and same else None,
            )
            if before is not None and same:
                beside.internal_data = dict(before.internal_data)
            else:
                self.fresh.append(beside)
        return above
