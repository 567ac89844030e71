"""Steps that run several times: multi-instances and standard loops (BPMN 2.0.2 §10.3.8, §13.3.4-5)."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.util.task import TaskState

from tinh.cases.process.specs import OPEN, Drawn, Each, Scope, halt
from tinh.packs.api import ProcessNode as Node


class Runs(Each):
    """A multi-instance step: `inner` is run once for each item, all at once or one after another; of a
    standard loop, again while its condition holds."""

    def __init__(self, scope: Scope, node: Node, name: str, inner: str) -> None:
        Drawn.__init__(self, scope, node, name)
        if node.many is None:
            raise ValueError(node.id)
        self.inner, self.many = inner, node.many

    def _update_hook(self, my_task: Any) -> bool:
        super()._update_hook(my_task)
        many = self.many
        items = [] if many.loops else my_task.workflow.script_engine.items(my_task, self.node)
        my_task.internal_data.update(items=items, next=0, done=0, got={})
        if not (items or many.loops) or (many.loops and many.before and not self._more(my_task)):
            self._gather(my_task)
            return True
        my_task._set_state(TaskState.STARTED)
        for _ in range(1 if many.sequential or many.loops else len(items)):
            self._add(my_task)
        return False

    def _more(self, my_task: Any) -> bool:
        """Whether a standard loop goes round once more."""
        done = my_task.internal_data["done"]
        if self.many.most is not None and done >= self.many.most:
            return False
        engine = my_task.workflow.script_engine
        return not self.many.again or bool(engine.holds(my_task, self.many.again, {"loop": done}))

    def _add(self, my_task: Any) -> None:
        place = my_task.internal_data["next"]
        my_task.internal_data["next"] = place + 1
        child = my_task._add_child(self._wf_spec.task_specs[self.inner], TaskState.FUTURE)
        child.triggered = True
        here = {} if self.many.loops else {self.many.item: my_task.internal_data["items"][place]}
        child.internal_data["here"] = {**here, "loop": place + 1}
        child.task_spec._update(child)

    def one_done(self, my_task: Any, child: Any) -> None:
        if my_task.state != TaskState.STARTED:
            return
        own, many = my_task.internal_data, self.many
        own["done"] += 1
        if many.takes:
            seen = my_task.workflow.script_engine.seen(child)
            own["got"][str(child.internal_data["here"]["loop"] - 1)] = seen.get(many.takes)
        if many.loops:
            if self._more(my_task):
                self._add(my_task)
            else:
                my_task._set_state(TaskState.READY)
            return
        enough = bool(many.until) and my_task.workflow.script_engine.holds(
            child, many.until, self._counts(own)
        )
        if enough:
            for other in my_task.children:
                if other is not child and other.has_state(OPEN):
                    halt(other)
        if enough or own["done"] >= len(own["items"]):
            self._gather(my_task)
            my_task._set_state(TaskState.READY)
        elif own["next"] < len(own["items"]):
            self._add(my_task)

    def _counts(self, own: dict[str, Any]) -> dict[str, int]:
        """What a completion condition may ask: in the words of BPMN (table 10.32) and of Camunda."""
        whole, done = len(own["items"]), own["done"]
        counts = {
            "Instances": whole,
            "ActiveInstances": 1 if self.many.sequential else whole - done,
            "CompletedInstances": done,
            "TerminatedInstances": 0,
        }
        return {f"{head}{name}": n for name, n in counts.items() for head in ("numberOf", "nrOf")}

    def _gather(self, my_task: Any) -> None:
        if self.many.gathers:
            own = my_task.internal_data
            got = [own["got"].get(str(place)) for place in range(len(own["items"]))]
            my_task.workflow.script_engine.facts[self.many.gathers] = got
