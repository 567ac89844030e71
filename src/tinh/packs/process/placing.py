"""A drawing for a process that came without one: steps in columns, left to right, by distance from the start.

Only the outermost level is laid out; sub-processes are drawn closed. Every text from the file is escaped.
"""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from tinh.packs.process.model import Definition, Graph, Node

_SIZES = {
    "start": (36, 36),
    "end": (36, 36),
    "catch": (36, 36),
    "throw": (36, 36),
    "boundary": (36, 36),
    "exclusive": (50, 50),
    "parallel": (50, 50),
    "inclusive": (50, 50),
    "events": (50, 50),
}
_COLUMN, _ROW, _LEFT, _TOP = 190, 130, 180, 90
_SPACES = (
    'xmlns:tinhdi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:tinhdc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:tinhd="http://www.omg.org/spec/DD/20100524/DI"'
)


def drawn(definition: Definition) -> str:
    """The BPMN text with a drawing: its own, or one laid out here."""
    text = definition.diagram
    end = text.rstrip().rfind("</")
    if "BPMNShape" in text or end < 0:
        return text
    graph = definition.process.graph
    places = _places(graph)
    parts = [_shape(graph.nodes[id], x, y) for id, (x, y) in places.items()]
    parts += [_edge(graph, flow.id, flow.source, flow.target, places) for flow in graph.flows]
    plane = (
        f'<tinhdi:BPMNDiagram {_SPACES} id="tinh_diagram"><tinhdi:BPMNPlane id="tinh_plane" '
        f"bpmnElement={quoteattr(definition.process.id)}>{''.join(parts)}</tinhdi:BPMNPlane>"
        "</tinhdi:BPMNDiagram>"
    )
    return text[:end] + plane + text[end:]


def _places(graph: Graph) -> dict[str, tuple[float, float]]:
    """The middle of each node."""
    depth = _depths(graph)
    columns: dict[int, list[str]] = {}
    for id in graph.nodes:
        if graph.nodes[id].kind != "boundary":
            columns.setdefault(depth.get(id, 0), []).append(id)
    out: dict[str, tuple[float, float]] = {}
    for column in sorted(columns):
        before = {id: n for n, id in enumerate(out)}
        ids = sorted(
            columns[column],
            key=lambda id: min(
                (before[f.source] for f in graph.entering(id) if f.source in before), default=0
            ),
        )
        for row, id in enumerate(ids):
            out[id] = (_LEFT + column * _COLUMN, _TOP + row * _ROW)
    for node in graph.nodes.values():
        if node.kind == "boundary" and node.attached in out:
            x, y = out[node.attached]
            beside = [b.id for b in graph.boundary(node.attached)].index(node.id)
            out[node.id] = (x - 28 + 40 * beside, y + 40)
        elif node.kind == "boundary":
            out[node.id] = (_LEFT, _TOP)
    return out


def _depths(graph: Graph) -> dict[str, int]:
    """How many steps from the start, the longest way without going in circles; bounded by the nodes."""
    after = {id: [f.target for f in graph.leaving(id) if f.target in graph.nodes] for id in graph.nodes}
    for node in graph.nodes.values():
        if node.kind == "boundary" and node.attached in after:
            after[node.attached] = [*after[node.attached], *after[node.id]]
    starts = [n.id for n in graph.nodes.values() if n.kind == "start"] or list(graph.nodes)[:1]
    order: list[str] = []
    state: dict[str, int] = {}
    for start in starts:
        waiting = [(start, iter(after.get(start, [])))]
        state.setdefault(start, 1)
        while waiting:
            here, rest = waiting[-1]
            step = next((t for t in rest if t not in state), None)
            if step is None:
                order.append(here)
                state[here] = 2
                waiting.pop()
            else:
                state[step] = 1
                waiting.append((step, iter(after[step])))
    rank = {id: n for n, id in enumerate(reversed(order))}
    depth = dict.fromkeys(rank, 0)
    for id in reversed(order):
        for target in after[id]:
            if rank.get(target, -1) > rank[id]:
                depth[target] = max(depth[target], depth[id] + 1)
    return depth


def _size(node: Node) -> tuple[int, int]:
    return _SIZES.get(node.kind, (120, 80))


def _shape(node: Node, x: float, y: float) -> str:
    width, height = _size(node)
    box = f'x="{x - width / 2:g}" y="{y - height / 2:g}" width="{width}" height="{height}"'
    closed = ' isExpanded="false"' if node.kind == "sub" else ""
    mark = ' isMarkerVisible="true"' if node.kind == "exclusive" else ""
    return (
        f"<tinhdi:BPMNShape id={quoteattr(f'tinh_{node.id}')} bpmnElement={quoteattr(node.id)}{closed}{mark}>"
        f"<tinhdc:Bounds {box}/></tinhdi:BPMNShape>"
    )


def _edge(graph: Graph, id: str, source: str, target: str, places: dict[str, tuple[float, float]]) -> str:
    if source not in places or target not in places:
        return ""
    (x1, y1), (x2, y2) = places[source], places[target]
    (w1, h1), (w2, _) = _size(graph.nodes[source]), _size(graph.nodes[target])
    if graph.nodes[source].kind == "boundary":
        points = [
            (x1, y1 + h1 / 2),
            (x1, y1 + 45),
            (x2 - w2 / 2 - 25, y1 + 45),
            (x2 - w2 / 2 - 25, y2),
            (x2 - w2 / 2, y2),
        ]
    elif x2 > x1:
        bend = x2 - w2 / 2 - 25
        points = [(x1 + w1 / 2, y1), (bend, y1), (bend, y2), (x2 - w2 / 2, y2)]
    else:  # back: below everything that lies between
        low = max(y for _, y in places.values()) + 70
        points = [(x1, y1 + h1 / 2), (x1, low), (x2, low), (x2, y2 + _size(graph.nodes[target])[1] / 2)]
    way = "".join(f'<tinhd:waypoint x="{x:g}" y="{y:g}"/>' for x, y in points)
    return (
        f"<tinhdi:BPMNEdge id={quoteattr(f'tinh_{id}')} bpmnElement={quoteattr(id)}>{way}</tinhdi:BPMNEdge>"
    )
