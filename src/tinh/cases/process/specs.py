"""The kinds of steps, built on SpiffWorkflow's task tree.

What is ours and why: nothing is foreseen (SpiffWorkflow grows a tree of possible futures), joins count
tokens (its joins mix up rounds of a loop), boundary events and event gateways are siblings that cancel
each other, errors and escalations climb from scope to scope, timers never look at a clock of their
own, and no expression ever reaches Python.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.specs.StartTask import StartTask
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.util.task import TaskState

from tinh.packs.api import ProcessNode as Node

OPEN = TaskState.NOT_FINISHED_MASK


def open_tasks(workflow: Any) -> list[Any]:
    return [task for task in list(workflow.tasks.values()) if task.has_state(OPEN)]


class Bare(BpmnTaskSpec):  # type: ignore[misc]  # SpiffWorkflow is untyped
    """A step without a look ahead: what follows is made when it is done."""

    node: Node | None = None
    chooses = False

    def _predict(self, *_: Any, **__: Any) -> None:
        return

    def test(self) -> None:
        return

    def _on_complete_hook(self, my_task: Any) -> None:
        super()._on_complete_hook(my_task)
        if not self.chooses:
            for spec in self.outputs:
                my_task._add_child(spec, TaskState.FUTURE)


class Start(Bare, StartTask):  # type: ignore[misc]
    """Where a process or sub-process begins."""


class Finish(Bare):
    """Waits until no token is left, then ends the process."""

    def _update_hook(self, my_task: Any) -> bool:
        super()._update_hook(my_task)
        others = [t for t in open_tasks(my_task.workflow) if t is not my_task]
        tokens = [t for t in others if not isinstance(t.task_spec, Trigger)]
        if any(t.task_spec is not self for t in tokens):
            my_task._set_state(TaskState.WAITING)
            return False
        for other in others:
            halt(other)
        return True


class Ended(Bare):
    """The last task; SpiffWorkflow marks the process complete by its name."""


class Scope(BpmnProcessSpec):  # type: ignore[misc]
    """A process or sub-process."""

    def __init__(self, name: str) -> None:
        WorkflowSpec.__init__(self, name=name)
        self.start = Start(self, "Start")
        self.end = Finish(self, "|finish")
        self.end.connect(Ended(self, "End"))
        self.description, self.io_specification = "", None
        self.data_objects: dict[str, Any] = {}
        self.data_stores: dict[str, Any] = {}
        self.correlation_keys: dict[str, Any] = {}
        self.bpmn_start_events: list[Any] = []


class Arrow(Bare):
    """An arrow that a join must tell from another one of the same two steps."""


class Drawn(Bare):
    """A step that stands on the diagram."""

    def __init__(self, scope: Scope, node: Node, name: str = "", **kwargs: Any) -> None:
        super().__init__(scope, name or node.id, **kwargs)
        self.bpmn_id, self.node = node.id, node

    def _on_complete_hook(self, my_task: Any) -> None:
        super()._on_complete_hook(my_task)
        around = my_task.parent
        if isinstance(around.task_spec, Each) and self.name == around.task_spec.inner:
            around.task_spec.one_done(around, my_task)
            return
        my_task.workflow.script_engine.passed(self.bpmn_id)
        if isinstance(around.task_spec, Around) and not isinstance(self, Boundary):
            for sibling in around.children:
                if isinstance(sibling.task_spec, Boundary):
                    _stop(sibling, TaskState.WAITING)


class Asked(Drawn):
    """A step somebody else completes: a person or a service."""

    def __init__(self, scope: Scope, node: Node, name: str = "") -> None:
        super().__init__(scope, node, name, manual=True)

    def _on_ready_hook(self, my_task: Any) -> None:
        super()._on_ready_hook(my_task)
        if self.node is not None and self.node.due is not None:
            my_task.workflow.script_engine.arm(my_task, self.node, self.node.due)


class Ruled(Drawn):
    """A decision table."""

    def _run_hook(self, my_task: Any) -> bool:
        my_task.workflow.script_engine.decide(my_task, self.node)
        return True


class Exclusive(Drawn):
    """The first arrow whose condition holds, in the order of the file; else the default."""

    chooses = True
    ways: tuple[tuple[str, str], ...] = ()  # condition, name of what follows
    otherwise = ""

    def _chosen(self, my_task: Any) -> list[str]:
        engine = my_task.workflow.script_engine
        for condition, target in self.ways:
            if not condition or engine.holds(my_task, condition):
                return [target]
        return [self.otherwise] if self.otherwise else []

    def _run_hook(self, my_task: Any) -> bool:
        chosen = self._chosen(my_task)
        if not chosen:
            my_task.workflow.script_engine.stuck(self.bpmn_id)
        for name in chosen:
            my_task._add_child(self._wf_spec.task_specs[name], TaskState.FUTURE)
        return True


class Several(Exclusive):
    """The arrows out of a step with conditions: those that hold, the default when none does, and every arrow
    without a condition (BPMN 2.0.2 §13.3.1)."""

    def _on_complete_hook(self, my_task: Any) -> None:
        Bare._on_complete_hook(self, my_task)  # the step itself was passed already

    def _chosen(self, my_task: Any) -> list[str]:
        engine = my_task.workflow.script_engine
        held = [target for condition, target in self.ways if condition and engine.holds(my_task, condition)]
        always = [target for condition, target in self.ways if not condition]
        return always + (held or ([self.otherwise] if self.otherwise else []))


class _Join(Drawn):
    """Waits for tokens of several arrows; what has come is counted by the step it came from."""

    def _arrive(self, my_task: Any) -> dict[str, int]:
        arrived: dict[str, int] = my_task.workflow.data.setdefault("arrived", {}).setdefault(self.name, {})
        if "from" not in my_task.internal_data:
            source = my_task.internal_data["from"] = my_task.parent.task_spec.name
            arrived[source] = arrived.get(source, 0) + 1
        return arrived

    def _fire(self, my_task: Any, arrived: dict[str, int]) -> bool:
        """One token of each arrow that has one is used up; the tasks that brought them go."""
        used = {source for source, count in arrived.items() if count}
        for source in used:
            arrived[source] -= 1
            if not arrived[source]:
                del arrived[source]
        used.discard(my_task.internal_data["from"])
        for task in list(my_task.workflow.tasks.values()):
            if task.task_spec is self and task.state == TaskState.WAITING and task is not my_task:
                source = task.internal_data.get("from")
                if source in used:
                    used.discard(source)
                    halt(task)
        return True


class Parallel(_Join):
    """One token from every arrow in, one to every arrow out."""

    def _update_hook(self, my_task: Any) -> bool:
        super()._update_hook(my_task)
        arrived = self._arrive(my_task)
        if all(arrived.get(name) for name in set(self._inputs)):
            return self._fire(my_task, arrived)
        my_task._set_state(TaskState.WAITING)
        return False


class Inclusive(_Join, Exclusive):
    """Waits for every token that can still come; then all arrows whose conditions hold, or the default.

    Source: BPMN 2.0.2 §13.4.3: it waits while some token elsewhere can reach an empty arrow in and
    cannot reach one that has its token.
    """

    @cached_property
    def before(self) -> dict[str, frozenset[str]]:
        """For each arrow in, the steps that can reach it without going through this one."""
        return {i: _before(self._wf_spec, i, self.name) for i in set(self._inputs)}

    def _chosen(self, my_task: Any) -> list[str]:
        engine = my_task.workflow.script_engine
        held = [
            target for condition, target in self.ways if not condition or engine.holds(my_task, condition)
        ]
        return held or ([self.otherwise] if self.otherwise else [])

    def _update_hook(self, my_task: Any) -> bool:
        BpmnTaskSpec._update_hook(self, my_task)
        arrived = self._arrive(my_task)
        full = [name for name in set(self._inputs) if arrived.get(name)]
        empty = [name for name in set(self._inputs) if not arrived.get(name)]
        for task in open_tasks(my_task.workflow) if empty else ():
            here = task.task_spec.name
            if task.task_spec is self or isinstance(task.task_spec, Finish):
                continue
            if any(here in self.before[e] for e in empty) and not any(here in self.before[f] for f in full):
                my_task._set_state(TaskState.WAITING)
                return False
        return self._fire(my_task, arrived)


class Around(Bare):
    """Stands before a step with events attached: the step and the events are its children."""


class Race(Drawn):
    """An event gateway: its events are its children, and the first one stops the others."""


class Caught(Drawn):
    """Waits for a timer, message or signal; `fired` is said from outside."""

    def _update_hook(self, my_task: Any) -> bool:
        super()._update_hook(my_task)
        if my_task.internal_data.get("fired"):
            return True
        if my_task.state != TaskState.WAITING:
            my_task._set_state(TaskState.WAITING)
            event = self.node.event if self.node is not None else None
            if event is not None and event.timer is not None and "due" not in my_task.internal_data:
                my_task.workflow.script_engine.arm(my_task, self.node, event.timer)
        return False

    def _run_hook(self, my_task: Any) -> bool:
        around = my_task.parent
        if isinstance(around.task_spec, Race):
            for sibling in around.children:
                if sibling is not my_task:
                    _stop(sibling, OPEN)
        return True


class Boundary(Caught):
    """An event attached to a step; interrupting, it stops the step and the other events."""

    def _run_hook(self, my_task: Any) -> bool:
        if self.node is not None and self.node.interrupts:
            for sibling in my_task.parent.children:
                inside = isinstance(sibling.task_spec, Boundary)
                if sibling is not my_task:
                    _stop(sibling, TaskState.WAITING if inside else OPEN)
        elif self.node is not None:
            my_task.workflow.script_engine.rearm(my_task, self.node)
        return True


class Trigger(Caught):
    """The start of an event sub-process: it waits as long as its scope lives; interrupting, it stops all that
    goes on there."""

    def __init__(self, scope: Scope, node: Node, name: str) -> None:
        super().__init__(scope, node, name)
        self.event = node.event

    def _on_complete_hook(self, my_task: Any) -> None:
        Bare._on_complete_hook(self, my_task)  # the sub-process's own start says that it was passed

    def _run_hook(self, my_task: Any) -> bool:
        if self.node is not None and not self.node.interrupts:
            my_task.workflow.script_engine.rearm(my_task, self.node)
            return True
        for task in open_tasks(my_task.workflow):
            throwing = isinstance(task.task_spec, Thrown) and task.state == TaskState.STARTED
            if task is not my_task and not throwing and not isinstance(task.task_spec, Finish):
                halt(task)
        my_task.workflow.data["arrived"] = {}
        return True


class Thrown(Drawn):
    """Sends a message or signal, or escalates, and goes on."""

    def _run_hook(self, my_task: Any) -> bool:
        my_task.workflow.script_engine.throw(my_task, self.node)
        return True


class End(Thrown):
    """An end event; `terminate` stops everything else in its scope, an error leaves the scope."""

    def _on_complete_hook(self, my_task: Any) -> None:
        super()._on_complete_hook(my_task)
        if self.node is not None and self.node.event.kind == "terminate":
            for task in open_tasks(my_task.workflow):
                halt(task)
            my_task.workflow._mark_complete(my_task)


class Inside(SubWorkflowTask, Drawn):  # type: ignore[misc]
    """A sub-process or a called process."""

    def __init__(self, scope: Scope, node: Node, name: str, inner: str) -> None:
        Drawn.__init__(self, scope, node, name)
        self.spec, self.transaction = inner, False

    def copy_data(self, *_: Any) -> None:
        """Facts are the mind's; tasks carry none."""

    def _on_subworkflow_completed(self, _: Any, my_task: Any) -> None:
        if my_task.state == TaskState.STARTED:
            my_task._set_state(TaskState.READY)

    def _on_cancel(self, my_task: Any) -> None:
        inner = my_task.workflow.top_workflow.get_subprocess(my_task)
        if inner is not None:
            for task in open_tasks(inner):
                halt(task)
            inner.completed = True


class Each(Drawn):
    """A step of several runs (`tinh.cases.process.each`); `inner` is the name of the step that is run."""

    inner: str

    def one_done(self, my_task: Any, _child: Any) -> None:
        """One run is over; when no more are to come the step is done."""
        my_task._set_state(TaskState.READY)


def halt(task: Any) -> None:
    """Cancels a task and the runs of its own that are still open, with what goes on within them."""
    for child in list(task.children):
        if child.has_state(OPEN):
            halt(child)
    task.cancel()


def _stop(task: Any, mask: int) -> None:
    if task.has_state(mask):
        halt(task)


def _before(scope: Any, start: str, without: str) -> frozenset[str]:
    """The steps that can reach `start` without going through `without`; `start` among them."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        here = waiting.pop()
        if here in seen or here == without:
            continue
        seen.add(here)
        waiting.extend(scope.task_specs[here]._inputs)
    return frozenset(seen)
