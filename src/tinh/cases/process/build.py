"""A definition → SpiffWorkflow's specs, once for each digest."""

from __future__ import annotations

from tinh.cases.process import specs
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
        entry = {id: f"{id}|around" if graph.boundary(id) else id for id in graph.nodes}
        for node in graph.nodes.values():
            spec = scope.task_specs[node.id]
            if node.kind == "start":
                scope.start.connect(spec)
            if node.kind == "end":
                spec.connect(scope.end)
            if graph.boundary(node.id):
                around = specs.Around(scope, f"{node.id}|around")
                around.connect(spec)
                for event in graph.boundary(node.id):
                    around.connect(scope.task_specs[event.id])
        for node in graph.nodes.values():
            self._flows(scope, graph, node, entry)
        for spec in scope.task_specs.values():
            if isinstance(spec, specs.Inclusive):
                spec.before = {i: _before(scope, i, spec.name) for i in set(spec._inputs)}
        return scope

    def _node(self, scope: specs.Scope, name: str, node: Node) -> None:
        own = node.id if node.many is None else f"{node.id}|one"
        if node.many is not None:
            specs.Each(scope, node, own)
        if node.kind == "sub" and node.graph is not None:
            specs.Inside(scope, node, own, f"{name}/{node.id}")
            self._scope(f"{name}/{node.id}", node.graph)
        elif node.kind == "call":
            specs.Inside(scope, node, own, f"={node.called}")
        else:
            _CLASSES[node.kind](scope, node, own)

    def _flows(self, scope: specs.Scope, graph: Graph, node: Node, entry: dict[str, str]) -> None:
        spec = scope.task_specs[node.id]
        ways = []
        for flow in graph.leaving(node.id):
            if flow.target not in entry:
                continue
            spec.connect(scope.task_specs[entry[flow.target]])
            if isinstance(spec, specs.Exclusive):
                if flow.id == node.default:
                    spec.otherwise = entry[flow.target]
                else:
                    ways.append((flow.condition, entry[flow.target]))
        if isinstance(spec, specs.Exclusive):
            spec.ways = tuple(ways)
        elif isinstance(spec, specs.Drawn) and not graph.leaving(node.id) and node.kind != "end":
            spec.connect(scope.end)  # an implicit end, which lint refuses but a sub-process of old may have


def _before(scope: specs.Scope, start: str, without: str) -> frozenset[str]:
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
