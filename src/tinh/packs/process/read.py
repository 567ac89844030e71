"""A BPMN file → Process, as far as it can be read; everything not taken is a finding, never a crash."""

from __future__ import annotations

import re
from dataclasses import replace

from tinh.packs.process import engines, extensions, foreign, loops, pools
from tinh.packs.process.faults import Noted
from tinh.packs.process.model import Action, Event, Fact, Flow, Graph, Node, Process
from tinh.packs.process.names import BPMN, DI, DRAWN, EVENTS, KINDS, TINH, WHY_NOT, T
from tinh.packs.process.tree import Element

_ID = re.compile(r"[\w.-]{1,200}")
_NODES = ("Task", "Gateway", "Event", "transaction", "SubProcess", "callChoreography")
_TOP = frozenset(
    {
        "message",
        "signal",
        "error",
        "escalation",
        "itemDefinition",
        "collaboration",
        "category",
        "import",
        "process",
        "extension",
        "relationship",
        "documentation",
        "extensionElements",
        "dataStore",
        "interface",
        "resource",
        "endPoint",
        "partnerEntity",
        "partnerRole",
        "correlationProperty",
    }
)


def process(root: Element, wanted: str, noted: Noted) -> Process | None:
    """The process of a file called `<wanted>.bpmn`; None with a finding when there is none to run."""
    if (root.space, root.name) != (BPMN, "definitions"):
        noted.add(
            root.line,
            "PCK201",
            f"gốc của tệp là “{root.name[:60]}”, không phải bpmn:definitions",
            f'the file begins with "{root.name[:60]}", not with bpmn:definitions',
            "lưu thành BPMN 2.0 (tệp .bpmn)",
            "save it as BPMN 2.0 (.bpmn)",
        )
        return None
    _foreign(root, noted)
    for child in root.children:
        if child.space == BPMN and child.name not in _TOP:
            _refuse(child, noted)
    one = pools.chosen(root, wanted, noted)
    if one is None:
        return None
    if one.get("id") != wanted:
        noted.add(
            one.line,
            "PCK201",
            f"mã quy trình “{one.get('id')}” khác tên tệp “{wanted}”",
            f'the process id "{one.get("id")}" is not the file\'s name "{wanted}"',
            f"đặt mã quy trình là {wanted}, hoặc đổi tên tệp",
            f"give the process the id {wanted}, or rename the file",
        )
    if not any(e.space == DI and e.name == "BPMNShape" for e in root.walk()):
        noted.add(
            one.line,
            "PCK222",
            "tệp không có hình vẽ (BPMN DI)",
            "the file has no drawing (BPMN DI)",
            "trang hồ sơ tự sắp hình từ trái sang phải; muốn tự vẽ, mở bằng trình vẽ BPMN rồi lưu lại",
            "the case's page lays it out from left to right; to draw it yourself, open it in a "
            "modeller and save it",
            "warning",
        )
    return _Reader(root, one, noted).whole()


def _foreign(root: Element, noted: Noted) -> None:
    """Attributes and elements of other engines, told once for each engine."""
    seen: dict[str, tuple[int, str]] = {}
    for element in root.walk():
        names = [key.rpartition("}") for key in element.attributes if key.startswith("{")]
        spaces = [(space.strip("{"), name) for space, _, name in names]
        spaces += [(element.space, element.name)] if element.space != BPMN else []
        for space, name in spaces:
            owner = engines.owner(space)
            if owner and name not in engines.TAKEN:
                seen.setdefault(owner, (element.line, name))
    for owner, (line, name) in seen.items():
        noted.add(
            line,
            "PCK227",
            f"phần của {owner} (“{name}”…) không có tác dụng ở đây",
            f'what {owner} adds ("{name}"…) has no effect here',
            f'khai lại bằng tinh: (xmlns:tinh="{TINH}")',
            f'declare it again with tinh: (xmlns:tinh="{TINH}")',
            "warning",
        )


def _refuse(element: Element, noted: Noted) -> None:
    why = WHY_NOT.get(element.name)
    code = "PCK203" if element.name == "scriptTask" else "PCK202"
    noted.add(
        element.line,
        code,
        f"không nhận phần tử “{element.name[:60]}”",
        f'the element "{element.name[:60]}" is not taken',
        why.vi if why else "dùng các phần tử trong docs/reference/processes.md",
        why.en if why else "use the elements of docs/reference/processes.md",
    )


class _Reader:
    def __init__(self, root: Element, one: Element, noted: Noted) -> None:
        self.one, self.noted = one, noted
        self.lanes: dict[str, str] = {}
        self.named: dict[str, dict[str, str]] = {}
        for kind, key in (
            ("message", "name"),
            ("signal", "name"),
            ("error", "errorCode"),
            ("escalation", "escalationCode"),
        ):
            self.named[kind] = {e.get("id"): e.get(key) or e.get("name") for e in root.all(BPMN, kind)}
        for element in one.walk():
            if element.space == BPMN and element.name == "lane":
                for reference in element.all(BPMN, "flowNodeRef"):
                    self.lanes[reference.text.strip()] = (
                        element.get(f"{T}role") or element.get("name") or element.get("id")
                    )
        self.ids: dict[str, int] = {}

    def whole(self) -> Process:
        graph = self.graph(self.one)
        vi, en = extensions.names(self.one)
        facts = tuple(
            Fact(name=f.get("name"), vi=f.get("vi"), en=f.get("en"), kind=f.get("kind"))
            for f in extensions.within(self.one, "fact")
        )
        return Process(self.one.get("id"), vi, en, graph, facts, self.one.line)

    def graph(self, inside: Element) -> Graph:
        nodes: dict[str, Node] = {}
        flows: list[Flow] = []
        for element in inside.children:
            if element.space != BPMN or element.name in DRAWN:
                continue
            if element.name == "sequenceFlow":
                self.claim(element)
                flows.append(self.flow(element))
            elif element.name in KINDS:
                self.claim(element)
                if element.get("id"):
                    nodes[element.get("id")] = self.node(element)
            elif element.name not in ("multiInstanceLoopCharacteristics", "standardLoopCharacteristics"):
                _refuse(element, self.noted)
                id = element.get("id")
                if id and id not in nodes and element.name.endswith(_NODES):  # its arrows are no faults too
                    nodes[id] = Node(id, "none", *extensions.names(element), element.line)
        flows += self.links(inside, nodes)
        return Graph(inside.get("id"), nodes, tuple(flows))

    def links(self, inside: Element, nodes: dict[str, Node]) -> list[Flow]:
        """Link events of one level are arrows: from every throwing one to the catching one of its name."""
        ends: dict[str, list[tuple[str, Element]]] = {"catch": [], "throw": []}
        for element in inside.children:
            link = element.first(BPMN, "linkEventDefinition")
            if link is not None and KINDS.get(element.name) in ends:
                ends[KINDS[element.name]].append((link.get("name") or element.get("name"), element))
                id = element.get("id")
                if id in nodes:
                    nodes[id] = replace(nodes[id], kind="none")
        goals = {name: element.get("id") for name, element in ends["catch"]}
        out = []
        for name, element in ends["throw"]:
            if not name or name not in goals or len([n for n, _ in ends["catch"] if n == name]) > 1:
                self.noted.add(
                    element.line,
                    "PCK205",
                    f"liên kết “{name[:60]}” không dẫn tới đúng một điểm nhận ở tầng này",
                    f'the link "{name[:60]}" does not lead to exactly one catching link on this level',
                    "đặt cùng tên cho hai đầu, hoặc nối bằng một mũi tên",
                    "give both ends one name, or join them by an arrow",
                )
                continue
            source = element.get("id")
            out.append(Flow(f"{source}~{goals[name]}", source, goals[name], line=element.line))
        return out

    def claim(self, element: Element) -> None:
        id = element.get("id")
        if id and not _ID.fullmatch(id):
            self.noted.add(
                element.line,
                "PCK204",
                f"mã “{id[:80]}” viết sai dạng",
                f'the id "{id[:80]}" is not well formed',
                "mã của XML: chữ, số, _, - và dấu chấm, nhiều nhất 200 ký tự",
                "an id of XML: letters, digits, _, - and dots, 200 at most",
            )
        if id and id not in self.ids:
            self.ids[id] = element.line
            return
        self.noted.add(
            element.line,
            "PCK204",
            f"mã “{id[:80]}” dùng hai lần" if id else f"“{element.name}” không có mã",
            f'the id "{id[:80]}" is used twice' if id else f'"{element.name}" has no id',
            "mỗi phần tử một mã riêng",
            "give each element an id of its own",
        )

    def flow(self, element: Element) -> Flow:
        condition = element.first(BPMN, "conditionExpression")
        text = foreign.condition(condition.text.strip()) if condition is not None else ""
        language = condition.get("language") if condition is not None else ""
        if condition is not None and language and not foreign.read(language):
            self.noted.add(
                condition.line,
                "PCK203",
                f"điều kiện viết bằng {language[:40]}",
                f"the condition is written in {language[:40]}",
                "viết bằng ngôn ngữ biểu thức của Tỉnh và bỏ thuộc tính language",
                "write it in Tỉnh's expression language and take the attribute language away",
            )
        if condition is not None and any(key.endswith("}resource") for key in condition.attributes):
            self.noted.add(
                condition.line,
                "PCK203",
                "điều kiện nằm trong một tệp mã",
                "the condition is a script file",
                "viết điều kiện ngay trên mũi tên",
                "write the condition on the arrow",
            )
        vi, en = extensions.names(element)
        return Flow(
            element.get("id"), element.get("sourceRef"), element.get("targetRef"), text, vi, en, element.line
        )

    def node(self, element: Element) -> Node:
        kind = KINDS[element.name]
        vi, en = extensions.names(element)
        id = element.get("id")
        self.unfit(element)
        sub = self.graph(element) if kind == "sub" else None
        said = extensions.said(element, self.noted)
        if kind == "none":
            self.noted.add(
                element.line,
                "PCK202",
                f"việc “{vi or id}” chưa có loại: quy trình đi qua ngay, không ai làm nó",
                f'the task "{en or vi or id}" has no type: it is passed at once, nobody does it',
                "chọn việc của người (userTask) hoặc việc tự động (serviceTask)",
                "make it a user task or a service task",
                "warning",
            )
        if kind == "user" and not said["actions"]:
            self.noted.add(
                element.line,
                "PCK214",
                f"“{vi or id}” không có nút bấm nào; dùng nút “Xong”",
                f'"{en or vi or id}" offers no action; it gets "Done"',
                "thêm tinh:actions với ít nhất một tinh:action",
                "add tinh:actions with at least one tinh:action",
                "warning",
            )
            said["actions"] = (Action("done", "Xong", "Done"),)
        return Node(
            id=id,
            kind=kind,
            vi=vi,
            en=en,
            line=element.line,
            lane=self.lanes.get(id, ""),
            event=self.event(element, kind),
            attached=element.get("attachedToRef"),
            interrupts="false" not in (element.get("cancelActivity"), element.get("isInterrupting")),
            triggered=element.get("triggeredByEvent") == "true",
            default=element.get("default"),
            called=engines.called(element),
            graph=sub,
            many=loops.many(element, self.noted),
            **said,
        )

    def unfit(self, element: Element) -> None:
        for child in element.children:
            if child.space == BPMN and child.name == "script":
                _refuse(child, self.noted)
        engines.judge(element, self.noted)
        if element.get("eventGatewayType") == "Parallel":
            self.noted.add(
                element.line,
                "PCK202",
                "nhánh chờ kiểu Parallel chỉ mở quy trình mới, ở đây không dùng được",
                "an event gateway of the type Parallel only begins processes, which is not done here",
                "bỏ eventGatewayType, hoặc dùng nhánh song song (parallelGateway) trước các sự kiện",
                "take eventGatewayType away, or put a parallel gateway before the events",
            )
        if element.get("instantiate") == "true":
            self.noted.add(
                element.line,
                "PCK202",
                "bước này không mở được hồ sơ",
                "this step cannot open a case",
                "bắt đầu bằng một sự kiện bắt đầu (startEvent)",
                "begin with a start event",
            )
        if element.get("isForCompensation") == "true":
            self.noted.add(
                element.line,
                "PCK202",
                "không nhận bước bù trừ",
                "a compensation step is not taken",
                "vẽ việc hoàn tác thành một nhánh",
                "draw the undoing as a branch",
            )
        for name, value in element.attributes.items():
            bare = name.rpartition("}")[2]
            if bare in (
                "class",
                "delegateExpression",
                "expression",
                "script",
            ) and name.startswith("{"):
                self.noted.add(
                    element.line,
                    "PCK203",
                    f"“{bare}” đòi chạy mã: {value[:80]}",
                    f'"{bare}" asks to run code: {value[:80]}',
                    "dùng tinh:service",
                    "use tinh:service",
                )

    def event(self, element: Element, kind: str) -> Event:
        definitions = [c for c in element.children if c.space == BPMN and c.name.endswith("EventDefinition")]
        if any(c.name == "eventDefinitionRef" for c in element.children) or len(definitions) > 1:
            self.noted.add(
                element.line,
                "PCK202",
                "một sự kiện chỉ chờ một điều",
                "an event is about one thing only",
                "tách thành nhiều sự kiện",
                "split it into several events",
            )
        for definition in definitions:
            if definition.name == "linkEventDefinition" and kind in ("catch", "throw"):
                return Event()
            if definition.name not in EVENTS:
                _refuse(definition, self.noted)
        if kind in ("send", "receive"):
            return Event("message", self.reference(element, "message", element))
        if not definitions or definitions[0].name not in EVENTS:
            return Event()
        what = EVENTS[definitions[0].name]
        if what == "timer":
            return Event("timer", "", extensions.timer(definitions[0], self.noted))
        if what == "terminate":
            return Event("terminate")
        return Event(what, self.reference(definitions[0], what, element))

    def reference(self, element: Element, what: str, owner: Element) -> str:
        """The message, signal, error or escalation an event is about; "" catches any error or escalation."""
        id = element.get(f"{what}Ref").rpartition(":")[2]
        catches = owner.name in ("boundaryEvent", "startEvent") and what in ("error", "escalation")
        name = self.named[what].get(id, "") if id else element.get(f"{T}{what}") or owner.get(f"{T}{what}")
        if (id and not name) or (not id and not name and not catches and what != "error"):
            self.noted.add(
                owner.line,
                "PCK216",
                f"sự kiện không nói rõ {what} nào",
                f"the event does not say which {what}",
                f"chọn hoặc đặt tên {what} trong trình vẽ",
                f"choose or name the {what} in the modeller",
            )
        return name
