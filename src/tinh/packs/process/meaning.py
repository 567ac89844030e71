"""Does the drawing mean something: names, actions, services, times, conditions. Findings only."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from tinh.kit import expr
from tinh.kit.errors import ExpressionError, Level, Text
from tinh.packs.process import iso8601, loops
from tinh.packs.process.faults import Noted
from tinh.packs.process.model import Graph, Node, Process, Timer
from tinh.packs.process.names import CASE_FACTS, SERVICES
from tinh.packs.process.shape import called
from tinh.packs.process.tables import Table

_NAMED = frozenset({"user", "service", "rule", "send", "receive", "call", "sub", "catch", "boundary"})
_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a process may name: the processes and tables beside it."""

    processes: Mapping[str, Process] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    services: Collection[str] = tuple(SERVICES)


def facts_of(process: Process, shelf: Shelf) -> set[str]:
    """The facts a process brings about or says it knows."""
    out = {f.name for f in process.facts}
    for node in process.graph.every():
        out |= {f.id for a in node.actions for f in a.fields} | set(node.gives)
        out |= set(SERVICES[node.service].gives) if node.service in SERVICES else set()
        if node.kind == "rule" and node.decision in shelf.tables:
            out |= shelf.tables[node.decision].gives
        if node.many is not None and node.many.gathers:
            out.add(node.many.gathers)
        if node.event.kind == "escalation":
            out.add("escalation")
    return out


def judge(process: Process, shelf: Shelf, noted: Noted) -> None:
    """Every fault of meaning of a process."""
    if not process.vi or not process.en:
        level: Level = "warning" if process.vi or process.en else "error"
        _unnamed(noted, process.line, "quy trình", "the process", level)
    related = {process.id: process, **_related(process, shelf)}
    known = set(CASE_FACTS)
    for one in related.values():
        known |= facts_of(one, shelf)
    actions = {a.id for one in related.values() for n in one.graph.every() for a in n.actions}
    _Judge(noted, shelf, known, actions).graph(process.graph, ())
    _circle(process, shelf, noted)


def _related(process: Process, shelf: Shelf) -> dict[str, Process]:
    """Those it calls and those that call it: they share the case's facts."""
    links: dict[str, set[str]] = {}
    for one in (*shelf.processes.values(), process):
        for node in one.graph.every():
            if node.kind == "call":
                links.setdefault(one.id, set()).add(node.called)
                links.setdefault(node.called, set()).add(one.id)
    seen, waiting = {process.id}, [process.id]
    while waiting:
        for other in links.get(waiting.pop(), set()) - seen:
            seen.add(other)
            waiting.append(other)
    return {id: shelf.processes[id] for id in seen if id in shelf.processes}


def _circle(process: Process, shelf: Shelf, noted: Noted) -> None:
    waiting, seen = [process], set()
    while waiting:
        for node in waiting.pop().graph.every():
            if node.kind != "call":
                continue
            if node.called == process.id:
                noted.add(
                    process.line,
                    "PCK226",
                    f"“{process.id}” gọi tới chính nó",
                    f'"{process.id}" comes to call itself',
                    "bỏ một lời gọi",
                    "take one of the calls away",
                )
                return
            if node.called in shelf.processes and node.called not in seen:
                seen.add(node.called)
                waiting.append(shelf.processes[node.called])


def _unnamed(noted: Noted, line: int, vi: str, en: str, level: Level = "error") -> None:
    noted.add(
        line,
        "PCK215",
        f"{vi} thiếu tên tiếng Việt hoặc tiếng Anh",
        f"{en} lacks its Vietnamese or English name",
        "ghi name (tiếng Việt) và tinh:en",
        "write name (Vietnamese) and tinh:en",
        level,
    )


class _Judge:
    def __init__(self, noted: Noted, shelf: Shelf, known: set[str], actions: set[str]) -> None:
        self.noted, self.shelf, self.known, self.actions = noted, shelf, known, actions

    def graph(self, graph: Graph, items: tuple[str, ...]) -> None:
        for node in graph.nodes.values():
            self.node(node, items)
        for flow in graph.flows:
            if flow.condition:
                self.expression(
                    flow.condition, flow.line, Text(f"mũi tên “{flow.id}”", f'the arrow "{flow.id}"'), items
                )

    def node(self, node: Node, items: tuple[str, ...]) -> None:
        said = called(node)
        if node.kind in _NAMED and not (node.vi and node.en):
            one: Level = (
                "warning" if node.vi or node.en else "error"
            )  # the name there is stands in for the other
            _unnamed(self.noted, node.line, f"“{said}”", f'"{said}"', one)
        if node.many is not None:
            self.many(node, items)
            items = (*items, *(() if node.many.loops else (node.many.item,)), "loop")
        for timer in (node.event.timer, node.due):
            if timer is not None:
                self.timer(timer, node)
        if node.kind == "user":
            self.asked(node)
        elif node.kind == "service":
            self.service(node, items)
        elif node.kind == "rule" and node.decision not in self.shelf.tables:
            extra = Text(
                "đặt tệp <mã>.dmn cạnh tệp .bpmn và ghi tinh:decision",
                "put <id>.dmn beside the .bpmn file and write tinh:decision",
            )
            self.noted.unknown(
                node.line,
                "PCK219",
                Text("bảng quyết định", "decision table"),
                node.decision,
                self.shelf.tables,
                extra,
            )
        elif node.kind == "rule":
            for name in sorted(self.shelf.tables[node.decision].reads):
                self.name(
                    name, node.line, Text(f"bảng “{node.decision}”", f'the table "{node.decision}"'), items
                )
        elif node.kind == "call" and node.called not in self.shelf.processes:
            extra = Text("đặt tệp <mã>.bpmn vào cùng thư mục", "put <id>.bpmn into the same folder")
            self.noted.unknown(
                node.line, "PCK218", Text("quy trình", "process"), node.called, self.shelf.processes, extra
            )
        if node.graph is not None:
            self.graph(node.graph, items)

    def asked(self, node: Node) -> None:
        ids = [a.id for a in node.actions]
        for id in sorted({i for i in ids if ids.count(i) > 1}):
            self.noted.add(
                node.line,
                "PCK223",
                f"“{called(node)}”: mã “{id}” dùng hai lần",
                f'"{called(node)}": the id "{id}" is used twice',
                "đổi mã",
                "choose another id",
            )

    def service(self, node: Node, items: tuple[str, ...]) -> None:
        if node.service not in self.shelf.services:
            listed = ", ".join(sorted(self.shelf.services))
            extra = Text(
                f"ghi tinh:service bằng một trong: {listed}", f"write tinh:service with one of: {listed}"
            )
            self.noted.unknown(
                node.line, "PCK213", Text("việc tự động", "service"), node.service, self.shelf.services, extra
            )
        for name, value in node.arguments:
            wanted = SERVICES[node.service].arguments if node.service in SERVICES else ()
            if wanted and name not in wanted:
                listed = ", ".join(wanted)
                self.noted.unknown(
                    node.line,
                    "PCK213",
                    Text("tham số", "argument"),
                    name,
                    wanted,
                    Text(f"dùng: {listed}", f"use: {listed}"),
                )
            self.expression(value, node.line, Text(f"tham số “{name}”", f'the argument "{name}"'), items)

    def many(self, node: Node, items: tuple[str, ...]) -> None:
        many = node.many
        if many is None:
            return
        loops.judge(node, called(node), self.noted)
        where = Text(f"bước lặp “{called(node)}”", f'the multi-instance "{called(node)}"')
        asked = ("loop",) if many.loops else (many.item, "loop", *loops.COUNTS)
        for text, extra in ((many.items, ()), (many.count, ()), (many.until, asked), (many.again, asked)):
            if text:
                self.expression(text, node.line, where, (*items, *extra))

    def timer(self, timer: Timer, node: Node) -> None:
        if timer.fact:
            self.name(
                timer.fact, node.line, Text(f"hạn của “{called(node)}”", f'the time of "{called(node)}"'), ()
            )
            return
        try:
            if timer.kind == "date":
                iso8601.moment(timer.text, _ZONE)
            elif timer.kind == "cycle":
                self.pace(iso8601.Cycle.parse(timer.text, _ZONE), timer, node)
            else:
                length = iso8601.Duration.parse(timer.text)
                if timer.working and (length.months or length.nothing or length.days % 1):
                    raise iso8601.NotATime(timer.text)
        except (iso8601.NotATime, OverflowError):
            computed = timer.text.startswith(("${", "#{", "="))
            self.noted.add(
                node.line,
                "PCK212",
                f"hạn “{timer.text[:60]}” của “{called(node)}” không đọc được",
                f'the time "{timer.text[:60]}" of "{called(node)}" cannot be read',
                'hạn tính từ dữ kiện: tinh:until="<dữ kiện>"'
                if computed
                else "viết ISO 8601: PT4H, P15D, 2026-01-31T17:00+07:00, R3/PT1H; tinh:working",
                'a time taken from a fact: tinh:until="<fact>"'
                if computed
                else "write ISO 8601: PT4H, P15D, 2026-01-31T17:00+07:00, R3/PT1H; tinh:working",
            )

    def pace(self, cycle: iso8601.Cycle, timer: Timer, node: Node) -> None:
        """A repeat without end at most once a minute, a counted one at most once a second."""
        every = cycle.every
        if every.months or every.days * 86_400 + every.seconds >= (60 if cycle.times is None else 1):
            return
        self.noted.add(
            node.line,
            "PCK212",
            f"hạn “{timer.text[:60]}” của “{called(node)}” lặp dày quá",
            f'the time "{timer.text[:60]}" of "{called(node)}" repeats too often',
            "lặp mãi: cách nhau ít nhất một phút (R/PT1M); lặp có số lần: ít nhất một giây (R3/PT1S)",
            "without end: a minute apart at least (R/PT1M); counted: a second at least (R3/PT1S)",
        )

    def expression(self, text: str, line: int, where: Text, items: tuple[str, ...]) -> None:
        try:
            read = expr.parse(text)
        except ExpressionError as error:
            self.noted.expression(line, where, text, error)
            return
        except RecursionError:
            self.noted.add(
                line,
                "PCK210",
                f"{where.vi}: lồng quá sâu",
                f"{where.en}: nested too deep",
                "viết ngắn lại",
                "write it shorter",
            )
            return
        for name in sorted(read.names):
            self.name(name, line, where, items)
        if _asks_null(read.root):
            self.noted.add(
                line,
                "PCK210",
                f"{where.vi}: so sánh bằng null không bao giờ đúng",
                f"{where.en}: a comparison with null never holds",
                "viết: <dữ kiện> is null, hoặc <dữ kiện> is not null",
                "write: <fact> is null, or <fact> is not null",
            )
        for wrong in sorted(_compared(read.root) - self.actions):
            self.noted.unknown(
                line,
                "PCK211",
                Text("nút bấm", "action"),
                wrong,
                self.actions,
                Text("so với mã của một tinh:action", "compare with the id of a tinh:action"),
            )

    def name(self, name: str, line: int, where: Text, items: tuple[str, ...]) -> None:
        if (
            name in self.known
            or name.split(".")[0] in self.known
            or name in items
            or name.split(".")[0] in items
        ):
            return
        extra = Text(
            "khai bằng tinh:fact, hoặc bằng ô nhập của một nút bấm",
            "declare it by tinh:fact, or by a field of an action",
        )
        self.noted.unknown(
            line,
            "PCK211",
            Text(f"dữ kiện ({where.vi})", f"fact ({where.en})"),
            name,
            {*self.known, *items},
            extra,
        )


def _asks_null(node: Any) -> bool:
    null = node.op in ("binary", "in") and any(p.op == "word" and p.text == "null" for p in node.parts)
    return null or any(_asks_null(part) for part in node.parts)


def _compared(node: Any) -> set[str]:
    """Texts the fact `action` is compared with."""
    out: set[str] = set()
    if (node.op == "in" or (node.op == "binary" and node.text in ("=", "<>"))) and any(
        p.op == "name" and p.text == "action" for p in node.parts
    ):
        out |= {p.text for p in node.parts if p.op == "string"}
    for part in node.parts:
        out |= _compared(part)
    return out
