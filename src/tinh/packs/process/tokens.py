"""Does every run come to an end: the drawing is played with tokens, and joins that wait for ever are found.

Tokens lie on arrows. Each arrow leads to one node, so the order of moves does not change where a run gets
stuck; only choices do, and every choice is tried, whatever its conditions say. Joins are BPMN 2.0.2
§13.4.1–3. A drawing with too many runs to try is not judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from tinh.packs.process.faults import Noted
from tinh.packs.process.model import Graph, Node

MOST = 60_000  # tokens looked at, and ten more for each position
_CROWD = 3  # tokens on one arrow
_WIDE = 6  # arrows out of an inclusive choice of which every selection is tried

Marking = frozenset[tuple[str, int]]  # arrow, tokens on it


def judge(graph: Graph, start: Node, said: dict[str, str], noted: Noted) -> None:
    """A parallel join that never goes on is an error; one that may not is a warning. `said`: names by id."""
    played = _Play(graph)
    if not played.whole(start):
        return
    for id in sorted(played.stuck):
        node = graph.nodes[id]
        never = id not in played.gone
        vi, en = ("sẽ", "gets") if never else ("có thể", "may get")
        noted.add(
            node.line,
            "PCK208",
            f"“{said[id]}” chờ mọi mũi tên vào, mà có lối đi chỉ mang tới một phần: hồ sơ {vi} kẹt",
            f'"{said[id]}" needs every arrow in, but on some ways only some come: the case {en} stuck',
            "gộp bằng cùng loại nhánh đã rẽ: loại trừ với loại trừ, bao hàm với bao hàm",
            "merge by the kind of gateway that branched: exclusive with exclusive, inclusive with inclusive",
            "error" if never else "warning",
        )


class _Play:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.arrows = {f.id: f for f in graph.flows if f.source in graph.nodes and f.target in graph.nodes}
        self.out = {id: [f.id for f in graph.leaving(id) if f.id in self.arrows] for id in graph.nodes}
        self.into = {id: [f.id for f in graph.entering(id) if f.id in self.arrows] for id in graph.nodes}
        self.stuck: set[str] = set()
        self.gone: set[str] = set()

    def whole(self, start: Node) -> bool:
        """Whether every position was tried."""
        waiting = [frozenset(_counted({}, self.out[start.id]).items())]
        seen: set[Marking] = set()
        work = 0
        while waiting:
            here = waiting.pop()
            if here in seen:
                continue
            seen.add(here)
            work += len(here) + 10
            if work > MOST:
                return False
            for after in self.moves(dict(here)):
                if any(count > _CROWD for count in after.values()):
                    return False
                waiting.append(frozenset(after.items()))
        return True

    def moves(self, at: dict[str, int]) -> Iterator[dict[str, int]]:
        """The positions after one node's move, for each of its choices."""
        late: Node | None = None
        for arrow in sorted(at):
            node = self.graph.nodes[self.arrows[arrow].target]
            entering = self.into[node.id]
            if node.kind == "parallel" and not all(at.get(a) for a in entering):
                continue
            if node.kind == "inclusive" and len(entering) > 1:
                late = late or node
                continue
            yield from self.gone_on(node, at, entering if node.kind == "parallel" else [arrow])
            return
        if late is not None:  # nothing else can come any more
            yield from self.gone_on(late, at, [a for a in self.into[late.id] if at.get(a)])
            return
        self.stuck |= {self.arrows[arrow].target for arrow in at}

    def gone_on(self, node: Node, at: dict[str, int], used: list[str]) -> Iterator[dict[str, int]]:
        self.gone.add(node.id)
        rest = dict(at)
        for arrow in used:
            rest[arrow] -= 1
        rest = {arrow: count for arrow, count in rest.items() if count}
        if node.kind == "end" and node.event.kind in ("terminate", "error"):
            yield {}
            return
        for taken in self.choices(node):
            yield _counted(rest, taken)

    def choices(self, node: Node) -> Iterator[list[str]]:
        out = self.out[node.id]
        if node.kind in ("exclusive", "events"):
            yield from ([arrow] for arrow in out)
        elif node.kind == "inclusive":
            yield from _selections(out)
        else:
            free = [a for a in out if not self.arrows[a].condition and a != node.default]
            bound = [a for a in out if a not in free]
            ways = [free + some for some in _selections(bound)] if len(bound) > 1 or not free else [out]
            if any(self.arrows[a].condition for a in bound) and free:
                ways.append(free)
            events = self.graph.boundary(node.id)
            beside = [self.out[e.id] for e in events if not e.interrupts]
            for way in ways or [[]]:
                yield way
                yield from (way + more for more in beside)
            yield from (self.out[e.id] for e in events if e.interrupts)


def _selections(arrows: list[str]) -> Iterator[list[str]]:
    """Every selection that is not empty; of many arrows each alone and all."""
    if len(arrows) > _WIDE:
        yield from ([arrow] for arrow in arrows)
        yield list(arrows)
        return
    for size in range(1, len(arrows) + 1):
        yield from (list(some) for some in combinations(arrows, size))


def _counted(at: dict[str, int], more: list[str]) -> dict[str, int]:
    out = dict(at)
    for arrow in more:
        out[arrow] = out.get(arrow, 0) + 1
    return out
