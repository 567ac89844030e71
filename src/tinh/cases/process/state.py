"""A running process ↔ small JSON: the tokens that are left, never the way they came.

Kept are the unfinished tasks and, of the finished ones, only those that hold siblings together (a step
with events attached, an event gateway). The state of a process that goes round for years is as small as
on its first day.

{"v": 1, "digest", "facts", "next": task number, "ended", "passed": [[node, times]], "scopes":
 [{"in": task number of the sub-process, 0 for the process, "spec", "arrived", "tasks":
   [[number, parent's number, spec, state, own data]]}]}
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from tinh.cases.process import specs
from tinh.cases.process.build import Built
from tinh.cases.process.outcome import State

FORMAT = 1
_HOLDS = (specs.Around, specs.Race)
_FAR = 1 << 64  # a random task id is larger, a kept one smaller


def number(task: Any) -> int:
    """The number a task keeps for as long as it lives."""
    return int(task.id.int)


def save(workflow: Any, kept: State) -> State:
    """The state after a move; new tasks get their numbers (`kept["next"]` counts on)."""
    scopes = []
    ended = bool(workflow.completed)
    flows = [] if ended else [workflow, *(w for w in workflow.subprocesses.values() if not w.completed)]
    living: dict[Any, list[Any]] = {flow: _needed(flow) for flow in flows}
    numbers: dict[UUID, int] = {}
    for tasks in living.values():
        for task in tasks:
            if task.id.int >= _FAR:
                numbers[task.id] = kept["next"]
                kept["next"] += 1
            else:
                numbers[task.id] = number(task)
    for flow, tasks in living.items():
        if flow.parent_task_id is not None and flow.parent_task_id not in numbers:
            continue
        rows = []
        for task in tasks:
            parent = task.parent.id if task.parent is not None else None
            above = numbers.get(parent, 0) if parent is not None else 0
            rows.append([numbers[task.id], above, task.task_spec.name, int(task.state), task.internal_data])
        scopes.append(
            {
                "in": numbers[flow.parent_task_id] if flow.parent_task_id is not None else 0,
                "spec": flow.spec.name,
                "arrived": flow.data.get("arrived", {}),
                "tasks": rows,
            }
        )
    kept["numbers"] = numbers
    return {
        "v": FORMAT,
        "digest": kept["digest"],
        "facts": kept["facts"],
        "next": kept["next"],
        "ended": ended,
        "passed": kept["passed"],
        "scopes": scopes,
    }


def _needed(flow: Any) -> list[Any]:
    out: dict[Any, Any] = {}
    for task in specs.open_tasks(flow):
        above = task.parent
        if above is not None and (isinstance(above.task_spec, _HOLDS) or above.has_state(specs.OPEN)):
            out.setdefault(above.id, above)
        out[task.id] = task
    return list(out.values())


def restore(built: Built, state: State, mind: Any) -> Any:
    """The workflow as it was saved."""
    top = BpmnWorkflow(built.main, built.scopes, script_engine=mind, deserializing=True)
    for scope in state["scopes"]:
        flow = top
        if scope["in"]:
            host = UUID(int=scope["in"])
            flow = BpmnSubWorkflow(built.scopes[scope["spec"]], host, top, deserializing=True)
            top.subprocesses[host] = flow
            task = top.get_task_from_id(host)
            flow.completed_event.connect(task.task_spec._on_subworkflow_completed, task)
        root = flow.task_tree = Task(flow, flow.spec.start, state=TaskState.COMPLETED)
        flow.data["arrived"] = {gate: dict(counts) for gate, counts in scope["arrived"].items()}
        made = {0: root}
        for n, above, name, status, own in scope["tasks"]:
            task = Task(flow, flow.spec.task_specs[name], made.get(above, root), status, UUID(int=n))
            task.internal_data = dict(own)
            task.triggered = True
            made[n] = task
    if not state["scopes"]:
        top.task_tree = Task(top, built.main.start, state=TaskState.COMPLETED)
        top.completed = True
    return top
