"""What a declared process is once read: frozen, with no XML left in it.

Process → Graph → Node, Flow. A sub-process's node holds a Graph of its own; a call activity names
another process of the same definition. `Definition` is what a case keeps: the process, those it calls,
its decision tables, and the texts they were read from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from tinh.packs.process.tables import Table

Kind = Literal[
    "start",
    "end",
    "user",
    "manual",
    "service",
    "rule",
    "send",
    "receive",
    "catch",
    "throw",
    "boundary",
    "call",
    "sub",
    "exclusive",
    "parallel",
    "inclusive",
    "events",
    "none",
]
EventKind = Literal["none", "timer", "message", "signal", "error", "escalation", "terminate"]


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a field."""

    id: str
    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class ActionField:
    """Something a person fills in with an action; it becomes a fact of that name."""

    id: str
    vi: str
    en: str
    kind: str = "text"  # text | choice | multi | number | date | boolean
    required: bool = False
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """A button of a user task. Done, the fact `action` is its id."""

    id: str
    vi: str
    en: str
    needs_reason: bool = False
    role: str = ""
    fields: tuple[ActionField, ...] = ()


@dataclass(frozen=True, slots=True)
class Timer:
    """When something is due: an ISO text, working time, or a moment held by a fact."""

    kind: Literal["date", "duration", "cycle"]
    text: str = ""
    working: bool = False  # days and hours of the working clock
    fact: str = ""  # the fact that holds the moment, instead of `text`


@dataclass(frozen=True, slots=True)
class Event:
    """What an event is about; `name` is the message, signal, error code or escalation code."""

    kind: EventKind = "none"
    name: str = ""
    timer: Timer | None = None


@dataclass(frozen=True, slots=True)
class Many:
    """A multi-instance: one run for each item of a list fact, or `count` times. `loops`: a standard loop,
    run again while `again` holds, `most` times at the most."""

    sequential: bool
    items: str = ""  # expression: a list
    count: str = ""  # expression: a number
    item: str = "item"  # the fact one run sees its item as
    until: str = ""  # condition that ends it early
    takes: str = ""  # the fact each run leaves …
    gathers: str = ""  # … and the fact that holds the list of them, in the order of the items
    loops: bool = False
    again: str = ""  # condition of a loop; empty: always
    before: bool = False  # asked before the first run too
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """One element of the diagram."""

    id: str
    kind: Kind
    vi: str
    en: str
    line: int
    lane: str = ""
    event: Event = field(default_factory=Event)
    attached: str = ""
    interrupts: bool = True
    default: str = ""
    actions: tuple[Action, ...] = ()
    role: str = ""
    due: Timer | None = None  # of a user task: when it should be done
    state: str = ""  # the case's state while it waits here
    pauses: bool = False  # the case's clock stands while it waits here
    service: str = ""
    arguments: tuple[tuple[str, str], ...] = ()  # name, expression
    gives: tuple[str, ...] = ()
    decision: str = ""
    called: str = ""
    graph: Graph | None = None
    triggered: bool = False  # an event sub-process: begun by the event of its start
    many: Many | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """An arrow. `condition` is an expression over the facts; empty means always."""

    id: str
    source: str
    target: str
    condition: str = ""
    vi: str = ""
    en: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Graph:
    """The nodes and arrows of a process or of a sub-process."""

    id: str
    nodes: Mapping[str, Node]
    flows: tuple[Flow, ...]
    _out: dict[str, list[Flow]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _in: dict[str, list[Flow]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _on: dict[str, list[Node]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for flow in self.flows:
            self._out.setdefault(flow.source, []).append(flow)
            self._in.setdefault(flow.target, []).append(flow)
        for node in self.nodes.values():
            if node.kind == "boundary":
                self._on.setdefault(node.attached, []).append(node)

    def leaving(self, node: str) -> list[Flow]:
        return self._out.get(node, [])

    def entering(self, node: str) -> list[Flow]:
        return self._in.get(node, [])

    def boundary(self, node: str) -> list[Node]:
        return self._on.get(node, [])

    def every(self) -> list[Node]:
        """Its nodes and those of its sub-processes."""
        return [
            found
            for n in self.nodes.values()
            for found in (n, *(n.graph.every() if n.graph is not None else ()))
        ]


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact a process says it reads or writes."""

    name: str
    vi: str = ""
    en: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Process:
    """One `<bpmn:process>`."""

    id: str
    vi: str
    en: str
    graph: Graph
    facts: tuple[Fact, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class Definition:
    """A process with everything it needs to run. `digest` names these very texts."""

    id: str
    vi: str
    en: str
    digest: str
    process: Process
    calls: Mapping[str, Process]
    tables: Mapping[str, Table]
    texts: Mapping[str, str]  # file name → text; the process's own file is `<id>.bpmn`

    @property
    def diagram(self) -> str:
        """The BPMN text to draw."""
        return self.texts[f"{self.id}.bpmn"]

    def node(self, id: str) -> Node | None:
        for process in (self.process, *self.calls.values()):
            for node in process.graph.every():
                if node.id == id:
                    return node
        return None
