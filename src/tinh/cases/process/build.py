"""A definition → SpiffWorkflow's specs, once for each digest."""

from __future__ import annotations

from collections import Counter

from tinh.cases.process import each, specs
from tinh.packs.api import ProcessDefinition as Definition
from tinh.packs.api import ProcessGraph as Graph
from tinh.packs.api import ProcessNode as Node

_CLASSES: dict[str, type[specs.Drawn]] = {
    "user": specs.Asked,
    "manual": specs.Asked,
    "service": specs.Asked,
    "rule": specs.Ruled,
    "send": specs.Thrown,
    "throw": specs.Thrown,
    "receive": specs.Caught,
    "catch": specs.Caught,
    "boundary": specs.Boundary,
    "exclusive": specs.Exclusive,
    "inclusive": specs.Inclusive,
    "parallel": specs.Parallel,
    "events": specs.Race,
    "end": specs.End,
    "start": specs.Drawn,
    "none": specs.Drawn,
}


def named(id: str) -> str:
    """The name of a step's spec: its id, unless SpiffWorkflow goes by that name for its own start and end."""
    return f"{id}|own" if id in ("Start", "End") else id


class Built:
    """The specs of a definition: `main` and, by name, every sub-process and called process."""

    def __init__(self, definition: Definition) -> None:
        self.scopes: dict[str, specs.Scope] = {}
        self.main = self._scope(definition.id, definition.process.graph)
        for id, process in definition.calls.items():
            self._scope(f"={id}", process.graph)

    def _scope(self, name: str, graph: Graph) -> specs.Scope:
        scope = self.scopes[name] = specs.Scope(name)
        for node in graph.nodes.values():
            self._node(scope, name, node)
        entry = {id: f"{id}|around" if graph.boundary(id) else named(id) for id in graph.nodes}
        for node in graph.nodes.values():
            spec = scope.task_specs[named(node.id)]
            if node.kind == "start":
                scope.start.connect(spec)
            if node.kind == "end":
                spec.connect(scope.end)
            if node.triggered and node.graph is not None:
                begins = next(n for n in node.graph.nodes.values() if n.kind == "start")
                trigger = specs.Trigger(scope, begins, f"{node.id}|on")
                scope.start.connect(trigger)
                trigger.connect(spec)
            if graph.boundary(node.id):
                around = specs.Around(scope, f"{node.id}|around")
                around.connect(spec)
                for event in graph.boundary(node.id):
                    around.connect(scope.task_specs[named(event.id)])
        for node in graph.nodes.values():
            self._flows(scope, graph, node, entry)
        return scope

    def _node(self, scope: specs.Scope, name: str, node: Node) -> None:
        own = named(node.id) if node.many is None else f"{node.id}|one"
        if node.many is not None:
            each.Runs(scope, node, named(node.id), own)
        if node.kind == "sub" and node.graph is not None:
            specs.Inside(scope, node, own, f"{name}/{node.id}")
            self._scope(f"{name}/{node.id}", node.graph)
        elif node.kind == "call":
            specs.Inside(scope, node, own, f"={node.called}")
        else:
            _CLASSES[node.kind](scope, node, own)

    def _flows(self, scope: specs.Scope, graph: Graph, node: Node, entry: dict[str, str]) -> None:
        spec = scope.task_specs[named(node.id)]
        ways, leaving = [], graph.leaving(node.id)
        if not isinstance(spec, specs.Exclusive) and any(flow.condition for flow in leaving):
            choice = specs.Several(scope, node, f"{node.id}|out")
            spec.connect(choice)
            spec = choice
        goals = Counter(flow.target for flow in leaving)
        for flow in leaving:
            if flow.target not in entry:
                continue
            there = entry[flow.target]
            if goals[flow.target] > 1 and graph.nodes[flow.target].kind in ("parallel", "inclusive"):
                arrow = specs.Arrow(scope, f"{flow.id}|arrow")
                arrow.connect(scope.task_specs[there])
                there = arrow.name
            spec.connect(scope.task_specs[there])
            if isinstance(spec, specs.Exclusive):
                if flow.id == node.default:
                    spec.otherwise = there
                else:
                    ways.append((flow.condition, there))
        if isinstance(spec, specs.Exclusive):
            spec.ways = tuple(ways)
        elif isinstance(spec, specs.Drawn) and not graph.leaving(node.id) and node.kind != "end":
            spec.connect(scope.end)  # an implicit end, which lint refuses but a sub-process of old may have


_KEPT: dict[str, Built] = {}
_MOST = 128


def built(definition: Definition) -> Built:
    """The specs of `definition`; they are read only, so every case shares them."""
    found = _KEPT.get(definition.digest)
    if found is None:
        while len(_KEPT) >= _MOST:
            _KEPT.pop(next(iter(_KEPT)), None)
        found = _KEPT[definition.digest] = Built(definition)
    return found
