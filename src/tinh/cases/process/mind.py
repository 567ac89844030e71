"""What stands where SpiffWorkflow has its Python: facts, times, tables and throwing, nothing executed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from SpiffWorkflow.util.task import TaskState

from tinh.cases.errors import NothingCatches, NoWayOut, ProcessError
from tinh.cases.process import specs, timing
from tinh.cases.process.outcome import Raised, WorkingClock
from tinh.packs.api import ProcessDefinition as Definition
from tinh.packs.api import ProcessNode as Node
from tinh.packs.api import ProcessTimer as Timer
from tinh.packs.api import evaluate, holds

MOST_ITEMS = 200


class Mind:
    """The facts of one case during one move. Takes the place of SpiffWorkflow's script engine."""

    def __init__(
        self, definition: Definition, facts: dict[str, Any], moment: datetime, clock: WorkingClock | None
    ) -> None:
        self.definition, self.facts, self.moment, self.clock = definition, facts, moment, clock
        self.raised: list[Raised] = []
        self.went: list[str] = []

    def refused(self, *_: Any, **__: Any) -> Any:
        raise ProcessError(reason="không chạy mã / no code is run")

    evaluate = execute = call_service = validate = refused

    def seen(self, task: Any) -> dict[str, Any]:
        """The facts as a task sees them: its own item before those of the case."""
        out = dict(self.facts)
        for layer in reversed(self.layers(task)):
            out.update(layer)
        return out

    def layers(self, task: Any) -> list[dict[str, Any]]:
        """The items of the runs a task stands in, the innermost first."""
        layers = []
        here = task
        while here is not None:
            if "here" in here.internal_data:
                layers.append(here.internal_data["here"])
            flow = here.workflow
            above = here.parent
            if above is not None and above.has_state(specs.OPEN) and above is not flow.task_tree:
                here = above
            elif flow.parent_task_id is not None:
                here = flow.top_workflow.get_task_from_id(flow.parent_task_id)
            else:
                here = None
        return layers

    def holds(self, task: Any, condition: str, more: dict[str, Any] | None = None) -> bool:
        return holds(condition, {**self.seen(task), **(more or {})})

    def passed(self, node: str) -> None:
        self.went.append(node)

    def stuck(self, node: str) -> None:
        raise NoWayOut(node=self._named(node))

    def _named(self, node: str) -> str:
        found = self.definition.node(node)
        return found.vi if found is not None and found.vi else node

    def items(self, task: Any, node: Node) -> list[Any]:
        """What a multi-instance step runs over."""
        many = node.many
        if many is None:
            return []
        found = evaluate(many.items or many.count, self.seen(task))
        fits = isinstance(found, list | tuple) if many.items else isinstance(found, int | float)
        if found is not None and (not fits or isinstance(found, bool)):
            wanted = "danh sách / a list" if many.items else "một số / a number"
            said = f"{many.items or many.count} = {str(found)[:60]}"
            raise ProcessError(reason=f"{self._named(node.id)}: {said}; cần {wanted} is needed")
        size = len(found) if isinstance(found, list | tuple) else found or 0
        if not size <= MOST_ITEMS:  # nor what is no number
            said = f"{size:.12g} lượt, nhiều nhất {MOST_ITEMS} / {size:.12g} runs, {MOST_ITEMS} at most"
            raise ProcessError(reason=f"{self._named(node.id)}: {said}")
        return list(found) if isinstance(found, list | tuple) else list(range(1, int(size) + 1))

    def decide(self, task: Any, node: Node) -> None:
        """A decision table's outputs become facts."""
        table = self.definition.tables[node.decision]
        self.facts.update(table.decide(self.seen(task)))

    def arm(self, task: Any, node: Node, timer: Timer) -> None:
        there = timing.due(timer, self._named(node.id), self.seen(task), self.moment, self.clock)
        if there is None and timer.kind == "cycle" and node.kind == "catch":
            there = self.moment  # the last occurrence was past already: the way goes on
        task.internal_data["due"] = there.isoformat() if there is not None else None
        if timer.kind == "cycle":
            passed = timing.again(timer, self.moment, 0) if not timer.fact else None
            done = passed[1] - 1 if passed is not None else 0  # those that were past already
            task.internal_data.update(armed=self.moment.isoformat(), done=done)

    def rearm(self, task: Any, node: Node) -> None:
        """A non-interrupting event waits again: a message always, a cycle while it has turns left."""
        timer = node.event.timer
        own: dict[str, Any] = {}
        if timer is not None:
            if timer.kind != "cycle":
                return
            armed, done = task.internal_data["armed"], task.internal_data["done"] + 1
            found = timing.again(timer, datetime.fromisoformat(armed), done)
            if found is None:
                return
            own = {"due": found[0].isoformat(), "armed": armed, "done": found[1] - 1}
        again = task.parent._add_child(task.task_spec, TaskState.FUTURE)
        again.internal_data.update(own)
        again.task_spec._update(again)

    def throw(self, task: Any, node: Node) -> None:
        event = node.event
        if event.kind in ("message", "signal"):
            self.raised.append(Raised(event.kind, event.name, node.id))
            self.deliver(task.workflow.top_workflow, event.kind, event.name)
        elif event.kind in ("error", "escalation") and not self.climb(task.workflow, event.kind, event.name):
            self.raised.append(Raised(event.kind, event.name, node.id))

    def deliver(self, top: Any, kind: str, name: str) -> int:
        """Wakes what waits for a message (the first that waits) or a signal (all); how many."""
        woken = 0
        for task in waiting(top):
            event = task.task_spec.node.event
            if task.state == TaskState.WAITING and (event.kind, event.name) == (kind, name):
                wake(task)
                woken += 1
                if kind == "message":
                    break
        return woken

    def climb(self, flow: Any, kind: str, code: str) -> bool:
        """An error or escalation goes out of its scope until an event sub-process or an attached event
        catches it."""
        if self.triggered(flow, kind, code):
            return True
        while flow.parent_task_id is not None:
            host = flow.top_workflow.get_task_from_id(flow.parent_task_id)
            if self.caught(host, kind, code):
                return True
            flow = host.workflow
            if self.triggered(flow, kind, code):
                return True
        return False

    def triggered(self, flow: Any, kind: str, code: str) -> bool:
        """Whether an event sub-process of the scope catches it; the one naming the code comes first."""
        waits = [
            t for t in list(flow.tasks.values())
            if isinstance(t.task_spec, specs.Trigger) and t.state == TaskState.WAITING
            and t.task_spec.event.kind == kind and t.task_spec.event.name in ("", code)
        ]  # fmt: skip
        for task in sorted(waits, key=lambda t: not t.task_spec.event.name):
            self.facts["error" if kind == "error" else "escalation"] = code
            wake(task)
            task.run()
            return True
        return False

    def caught(self, host: Any, kind: str, code: str) -> bool:
        """Whether an event attached to `host` itself catches it; the one naming the code comes first."""
        if isinstance(host.parent.task_spec, specs.Each):
            host = host.parent
        events = [t for t in host.parent.children if isinstance(t.task_spec, specs.Boundary)]
        fits = [t for t in events if t.state == TaskState.WAITING and t.task_spec.node.event.kind == kind]
        for task in sorted(fits, key=lambda t: not t.task_spec.node.event.name):
            if task.task_spec.node.event.name in ("", code):
                self.facts["error" if kind == "error" else "escalation"] = code
                wake(task)
                task.run()
                return True
        return False

    def fail(self, task: Any, code: str) -> None:
        """A service failed with an error the diagram may catch."""
        if not self.caught(task, "error", code) and not self.climb(task.workflow, "error", code):
            raise NothingCatches(node=self._named(task.task_spec.bpmn_id), error=code)


def flows(top: Any) -> list[Any]:
    return [top, *(flow for flow in top.subprocesses.values() if not flow.completed)]


def waiting(top: Any) -> list[Any]:
    """Every event that waits, oldest first."""
    found = [
        task
        for flow in flows(top)
        for task in list(flow.tasks.values())
        if task.state == TaskState.WAITING and isinstance(task.task_spec, specs.Caught)
    ]
    return sorted(found, key=lambda t: t.id.int)


def wake(task: Any) -> None:
    task.internal_data["fired"] = True
    task.task_spec._update(task)
