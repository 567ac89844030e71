"""Where a case stands in its process: the drawing, the steps gone through, those that wait, those ahead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tinh.cases.models import Case, Definition, Instance
from tinh.cases.reading import one_case
from tinh.cases.running import definition_of
from tinh.kit.errors import Text
from tinh.packs.api import ProcessDefinition, ProcessGraph, ProcessNode, drawn_process
from tinh.people import api as people

_TOLD = frozenset({"user", "receive", "catch", "service", "rule", "sub", "call", "end"})


@dataclass(frozen=True, slots=True)
class DrawnStep:
    """A step in words; `times` it has been gone through."""

    node: str
    name: Text
    kind: str
    status: Literal["passed", "waiting", "ahead"]
    times: int = 0


@dataclass(frozen=True, slots=True)
class Drawing:
    """A case's place in its process. `digest` names the drawing, which never changes under it.

    `waiting`: the nodes that wait, and the closed sub-processes around them."""

    process: Text
    digest: str
    waiting: tuple[str, ...]
    passed: tuple[str, ...]
    steps: tuple[DrawnStep, ...]


def drawing(case: Case) -> Drawing | None:
    """The place of a case one may read; None when its process is not kept."""
    with people.through("case"):
        state = Instance.objects.filter(case=case).values_list("state", flat=True).first()
    if state is None or not case.digest:
        return None
    from tinh.cases import process

    made = definition_of(case.process, case.digest)
    now = process.look(made, state)
    waiting = tuple(dict.fromkeys(s.node for s in now.waiting))
    times = {node: int(count) for node, count in state["passed"]}
    steps = []
    for id in _order(made.process.graph):
        node = made.node(id)
        if node is None or node.kind not in _TOLD or not node.vi:
            continue
        status: Literal["passed", "waiting", "ahead"] = (
            "waiting" if id in waiting else "passed" if id in times else "ahead"
        )
        if node.kind in ("service", "rule", "end") and status == "ahead":
            continue  # what people do and wait for is told beforehand, the machine's own steps once done
        steps.append(DrawnStep(id, Text(node.vi, node.en or node.vi), node.kind, status, times.get(id, 0)))
    holders = tuple(
        n.id for n in made.process.graph.every() if n.id not in waiting and _holds(n, waiting, made)
    )
    return Drawing(
        Text(made.vi, made.en or made.vi), made.digest, (*waiting, *holders), tuple(times), tuple(steps)
    )


def _holds(node: ProcessNode, waiting: tuple[str, ...], made: ProcessDefinition) -> bool:
    """Whether something that waits lies inside a sub-process or a called process."""
    graph = node.graph
    if node.kind == "call" and node.called in made.calls:
        graph = made.calls[node.called].graph
    return graph is not None and any(n.id in waiting for n in graph.every())


def diagram(code: str, actor: people.Actor) -> str:
    """The BPMN text of a case's process, with a drawing. NoSuchCase when the case is not theirs to see."""
    case = one_case(code, actor)
    return drawn_process(definition_of(case.process, case.digest))


def deeds_of(case: Case) -> dict[str, Text]:
    """What the actions of a case's process are called, by their ids; nothing when its process is not kept."""
    if not case.digest:
        return {}
    try:
        made = definition_of(case.process, case.digest)
    except Definition.DoesNotExist:
        return {}
    graphs = (made.process.graph, *(called.graph for called in made.calls.values()))
    return {
        one.id: Text(one.vi or one.id, one.en or one.vi or one.id)
        for graph in graphs for node in graph.every() for one in node.actions
    }  # fmt: skip


def _order(graph: ProcessGraph) -> list[str]:
    """Nodes by distance from the start, those of a sub-process after it."""
    starts = [n.id for n in graph.nodes.values() if n.kind == "start"]
    seen: dict[str, None] = {}
    waiting = starts or list(graph.nodes)[:1]
    while waiting:
        here = waiting.pop(0)
        if here in seen or here not in graph.nodes:
            continue
        seen[here] = None
        inner = graph.nodes[here].graph
        if inner is not None:
            seen.update(dict.fromkeys(_order(inner)))
        waiting += [f.target for f in graph.leaving(here)]
        waiting += [f.target for b in graph.boundary(here) for f in graph.leaving(b.id)]
    for id, node in graph.nodes.items():  # what its event begins stands behind
        if node.triggered and node.graph is not None and id not in seen:
            seen.update(dict.fromkeys((id, *_order(node.graph))))
    return list(seen)
