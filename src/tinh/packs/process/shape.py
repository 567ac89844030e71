"""Is the drawing whole: starts, ends, arrows, gateways, attached events. Findings only."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tinh.packs.process import tokens, ways
from tinh.packs.process.faults import Noted
from tinh.packs.process.model import Graph, Node
from tinh.packs.process.names import ACTIVITIES

_ATTACHED = frozenset({"timer", "message", "signal", "error", "escalation"})
_RACES = frozenset({"timer", "message", "signal"})
_FAILS = frozenset({"service", "sub", "call"})


def called(node: Node) -> str:
    """A node as people know it: its name, else its id."""
    return (node.vi or node.en or node.id)[:80]


_BEGINS = frozenset({"timer", "message", "signal", "error", "escalation"})


def judge(graph: Graph, line: int, noted: Noted, inner: bool = False, triggered: bool = False) -> None:
    """Every fault of the shape of a process, and of its sub-processes."""
    _arrows(graph, noted)
    starts = [n for n in graph.nodes.values() if n.kind == "start"]
    if len(starts) != 1:
        where = starts[1].line if starts else line
        noted.add(
            where,
            "PCK206",
            f"có {len(starts)} điểm bắt đầu, cần đúng một",
            f"there are {len(starts)} starts, exactly one is needed",
            "giữ một sự kiện bắt đầu; rẽ nhánh sau nó" if starts else "thêm một sự kiện bắt đầu (startEvent)",
            "keep one start event and branch after it" if starts else "add a start event (startEvent)",
        )
    for node in graph.nodes.values():
        _event(graph, node, noted, inner, triggered)
        if node.triggered:
            _triggered(graph, node, noted)
        if node.kind in ("exclusive", "inclusive"):
            _choice(graph, node, noted)
        elif node.kind in ACTIVITIES and any(f.condition for f in graph.leaving(node.id)):
            _conditions(graph, node, noted)
        elif node.kind == "events":
            _race(graph, node, noted)
        if node.graph is not None:
            judge(node.graph, node.line, noted, inner=True, triggered=node.triggered)
    if len(starts) == 1:
        before = len(noted.found)
        _ways(graph, starts[0], noted)
        if len(noted.found) == before:
            tokens.judge(graph, starts[0], {id: called(n) for id, n in graph.nodes.items()}, noted)


def _arrows(graph: Graph, noted: Noted) -> None:
    for flow in graph.flows:
        for end, word in ((flow.source, "sourceRef"), (flow.target, "targetRef")):
            if end not in graph.nodes:
                noted.add(
                    flow.line,
                    "PCK205",
                    f"mũi tên “{flow.id}”: {word} “{end[:60]}” không có ở tầng này",
                    f'the arrow "{flow.id}": {word} "{end[:60]}" is not there on this level',
                    "nối lại mũi tên; mũi tên không đi xuyên quy trình con",
                    "join the arrow again; arrows do not cross a sub-process",
                )
        source, target = graph.nodes.get(flow.source), graph.nodes.get(flow.target)
        if source is not None and source.kind == "end":
            _wrong(noted, flow.line, "mũi tên đi ra từ điểm kết thúc", "an arrow leaves an end")
        if target is not None and target.kind in ("start", "boundary"):
            _wrong(
                noted,
                flow.line,
                "mũi tên đi vào điểm bắt đầu hoặc sự kiện gắn",
                "an arrow enters a start or an attached event",
            )
        chooses = ACTIVITIES | {"exclusive", "inclusive"}
        if flow.condition and source is not None and source.kind not in chooses:
            noted.add(
                flow.line,
                "PCK209",
                f"mũi tên “{flow.id}” có điều kiện nhưng không đi từ nhánh rẽ",
                f'the arrow "{flow.id}" has a condition but leaves no gateway',
                "đặt một nhánh rẽ loại trừ trước nó",
                "put an exclusive gateway before it",
            )


def _wrong(noted: Noted, line: int, vi: str, en: str) -> None:
    noted.add(line, "PCK205", vi, en, "xóa mũi tên này", "take this arrow away")


def _triggered(graph: Graph, node: Node, noted: Noted) -> None:
    """An event sub-process is begun by its event alone, once for each time it comes."""

    def wrong(vi: str, en: str, cure_vi: str, cure_en: str) -> None:
        noted.add(node.line, "PCK202", f"“{called(node)}”: {vi}", f'"{called(node)}": {en}', cure_vi, cure_en)

    if graph.leaving(node.id) or graph.entering(node.id) or graph.boundary(node.id) or node.many is not None:
        wrong(
            "quy trình con do sự kiện kích hoạt đứng riêng, không có mũi tên, sự kiện gắn hay lặp",
            "an event sub-process stands alone, without arrows, attached events or repeats",
            "xóa mũi tên; muốn đi tiếp thì đặt bước ngay trong nó",
            "take the arrows away; what follows belongs inside it",
        )


def _begins(node: Node, noted: Noted) -> None:
    kind = node.event.kind
    if kind not in _BEGINS or (kind == "error" and not node.interrupts):
        noted.add(
            node.line,
            "PCK202",
            f"“{called(node)}” không bắt đầu được quy trình con theo sự kiện"
            + (": lỗi luôn ngắt" if kind == "error" else ""),
            f'"{called(node)}" cannot begin an event sub-process'
            + (": an error always interrupts" if kind == "error" else ""),
            "dùng hạn giờ, tin nhắn, tín hiệu, nâng cấp, hoặc lỗi có ngắt",
            "use a timer, message, signal, escalation, or an interrupting error",
        )


def _event(graph: Graph, node: Node, noted: Noted, inner: bool, triggered: bool) -> None:
    kind = node.event.kind
    if node.kind == "start" and triggered:
        _begins(node, noted)
    elif node.kind == "start" and kind not in (("none",) if inner else ("none", "message")):
        noted.add(
            node.line,
            "PCK202",
            f"quy trình không tự bắt đầu vì {kind}",
            f"a process does not start itself by a {kind}",
            "hồ sơ được mở từ ngoài: dùng sự kiện bắt đầu thường",
            "the case is opened from outside: use a plain start event",
        )
    if node.kind == "catch" and kind not in _RACES:
        noted.add(
            node.line,
            "PCK216",
            f"“{called(node)}” không nói chờ gì",
            f'"{called(node)}" does not say what it waits for',
            "chọn hạn giờ, tin nhắn hoặc tín hiệu",
            "choose a timer, a message or a signal",
        )
    if node.kind == "throw" and kind in ("timer", "error", "terminate"):
        noted.add(
            node.line,
            "PCK202",
            f"sự kiện giữa không phát được {kind}",
            f"an intermediate event cannot throw a {kind}",
            "dùng sự kiện kết thúc",
            "use an end event",
        )
    if node.kind == "boundary":
        _boundary(graph, node, noted)


def _boundary(graph: Graph, node: Node, noted: Noted) -> None:
    kind, host = node.event.kind, graph.nodes.get(node.attached)

    def wrong(vi: str, en: str, cure_vi: str, cure_en: str) -> None:
        noted.add(node.line, "PCK217", f"“{called(node)}”: {vi}", f'"{called(node)}": {en}', cure_vi, cure_en)

    if host is None or host.kind not in ACTIVITIES:
        wrong(
            "không gắn vào một bước",
            "it is attached to no step",
            "kéo sự kiện lên cạnh một bước",
            "drag the event onto the border of a step",
        )
    elif kind not in _ATTACHED:
        wrong(
            "không gắn được loại sự kiện này",
            "an event of this kind cannot be attached",
            "dùng hạn giờ, tin nhắn, lỗi hoặc nâng cấp",
            "use a timer, message, error or escalation",
        )
    elif kind == "error" and not node.interrupts:
        wrong(
            "sự kiện lỗi luôn ngắt bước",
            "an error event always interrupts",
            'bỏ cancelActivity="false"',
            'remove cancelActivity="false"',
        )
    elif kind == "error" and host.kind not in _FAILS:
        wrong(
            "bước của người không gây ra lỗi",
            "a step for people raises no error",
            "gắn vào việc tự động hoặc quy trình con",
            "attach it to a service or a sub-process",
        )
    elif kind in ("error", "escalation") and host.graph is not None and not _brought(host.graph, node):
        noted.add(
            node.line,
            "PCK229",
            f"“{called(node)}” chờ điều mà quy trình con không bao giờ gây ra",
            f'"{called(node)}" waits for what the sub-process never brings about',
            "thêm sự kiện kết thúc tương ứng, hoặc bỏ sự kiện gắn",
            "add the end event that brings it about, or take the attached event away",
            "warning",
        )
    elif kind == "escalation" and host.kind not in ("sub", "call"):
        wrong(
            "chỉ quy trình con mới nâng cấp ra ngoài",
            "only a sub-process escalates outwards",
            "gắn vào quy trình con",
            "attach it to a sub-process",
        )


def _brought(graph: Graph, event: Node) -> bool:
    return any(
        (
            n.kind in ("throw", "end")
            and n.event.kind == event.event.kind
            and event.event.name in ("", n.event.name)
        )
        or n.kind == "call"
        or (n.kind == "service" and event.event.kind == "error")
        for n in graph.every()
    )


def _conditions(graph: Graph, node: Node, noted: Noted) -> None:
    """Conditions on the arrows of a step: one arrow must always be open."""
    leaving = graph.leaving(node.id)
    if all(f.condition for f in leaving) and node.default not in {f.id for f in leaving}:
        noted.add(
            node.line,
            "PCK209",
            f"mọi mũi tên từ “{called(node)}” đều có điều kiện và không có nhánh mặc định",
            f'every arrow from "{called(node)}" has a condition and none is the default',
            "đặt một nhánh là mặc định, để hồ sơ không bao giờ kẹt",
            "make one branch the default, so that no case gets stuck",
        )


def _choice(graph: Graph, node: Node, noted: Noted) -> None:
    leaving = graph.leaving(node.id)
    if len(leaving) == 1 and not leaving[0].condition:
        return
    if node.default and node.default not in {f.id for f in leaving}:
        noted.add(
            node.line,
            "PCK209",
            f"nhánh mặc định “{node.default[:60]}” không đi ra từ “{called(node)}”",
            f'the default "{node.default[:60]}" does not leave "{called(node)}"',
            "chọn lại nhánh mặc định",
            "choose the default again",
        )
    elif leaving and not node.default:
        noted.add(
            node.line,
            "PCK209",
            f"nhánh rẽ “{called(node)}” không có nhánh mặc định",
            f'the gateway "{called(node)}" has no default',
            "đặt một nhánh là mặc định, để hồ sơ không bao giờ kẹt",
            "make one branch the default, so that no case gets stuck",
        )
    for flow in leaving:
        if not flow.condition and flow.id != node.default:
            noted.add(
                flow.line,
                "PCK209",
                f"mũi tên từ “{called(node)}” không có điều kiện",
                f'an arrow from "{called(node)}" has no condition',
                "viết điều kiện, hoặc đặt nó là nhánh mặc định",
                "write its condition, or make it the default",
            )


def _race(graph: Graph, node: Node, noted: Noted) -> None:
    leaving = graph.leaving(node.id)
    targets = [graph.nodes[f.target] for f in leaving if f.target in graph.nodes]
    alone = not any(graph.boundary(t.id) or t.many is not None for t in targets)
    fits = alone and all(
        t.kind == "receive" or (t.kind == "catch" and t.event.kind in _RACES) for t in targets
    )
    if len(leaving) < 2 or not fits or any(len(graph.entering(t.id)) > 1 for t in targets):
        noted.add(
            node.line,
            "PCK224",
            f"sau nhánh chờ “{called(node)}” cần ít nhất hai sự kiện chờ, chỉ nối từ nó",
            f'after the event gateway "{called(node)}" at least two waiting events must stand',
            "nối thẳng tới các hạn giờ, tin nhắn hoặc việc nhận, không sự kiện gắn và không lặp",
            "lead straight to timers, messages or receive tasks, without attached events or repeats",
        )


def _ways(graph: Graph, start: Node, noted: Noted) -> None:
    """What cannot be reached, what leads nowhere, and joins that wait for themselves."""
    after = {id: {f.target for f in graph.leaving(id) if f.target in graph.nodes} for id in graph.nodes}
    for node in graph.nodes.values():
        if node.kind == "boundary" and node.attached in after:
            after[node.attached] = after[node.attached] | {node.id}
    begins = [start.id, *(n.id for n in graph.nodes.values() if n.triggered)]
    reached = _spread(begins, lambda id: after[id])
    for node in graph.nodes.values():
        if node.id not in reached:
            noted.add(
                node.line,
                "PCK207",
                f"“{called(node)}” không bao giờ tới được",
                f'"{called(node)}" is never reached',
                "nối nó vào quy trình, hoặc xóa đi",
                "join it to the process, or take it away",
            )
    before: dict[str, set[str]] = {id: set() for id in graph.nodes}
    for id, targets in after.items():
        for target in targets:
            before[target].add(id)
    ends = [n.id for n in graph.nodes.values() if n.kind == "end"]
    closing = _spread(ends, lambda id: before[id])
    for node in graph.nodes.values():
        if (
            node.id in reached
            and not node.triggered
            and (node.id not in closing or not (graph.leaving(node.id) or node.kind == "end"))
        ):
            noted.add(
                node.line,
                "PCK208",
                f"từ “{called(node)}” không có đường tới kết thúc",
                f'from "{called(node)}" no way leads to an end',
                "nối tiếp tới một sự kiện kết thúc",
                "lead on to an end event",
            )
    behind = ways.behind(start.id, after)
    for node in graph.nodes.values():
        arrows = graph.entering(node.id)
        waits = node.kind == "parallel" and len(arrows) > 1 and node.id in reached
        if waits and any(behind(f.source, node.id) for f in arrows):
            noted.add(
                node.line,
                "PCK207",
                f"“{called(node)}” chờ một nhánh chỉ đi ra từ chính nó, nên chờ mãi",
                f'"{called(node)}" waits for a branch that only leaves from itself, so it waits for ever',
                "gộp vòng lặp bằng một nhánh loại trừ trước nó",
                "merge the loop by an exclusive gateway before it",
            )


def _spread(begin: Iterable[str], step: Callable[[str], set[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = list(begin)
    while waiting:
        here = waiting.pop()
        if here not in seen:
            seen.add(here)
            waiting.extend(step(here) - seen)
    return seen
