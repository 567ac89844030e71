"""What a process says after each move: plain values, ready for JSON and for rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from tinh.kit.errors import Text
from tinh.packs.api import ProcessAction as Action

State = dict[str, Any]


class WorkingClock(Protocol):
    """The province's working hours (tinh.cases.clock)."""

    def add_working(self, moment: datetime, *, days: int | None = None, hours: float = 0.0) -> datetime:
        """So many working hours after `moment`, or the end of work of the `days`-th working day after."""
        ...


@dataclass(frozen=True, slots=True)
class Step:
    """Something the case waits for. `id` stays the same as long as it waits."""

    id: str
    kind: Literal["user", "timer", "message", "service"]
    node: str
    name: Text
    role: str = ""
    due_at: datetime | None = None
    actions: tuple[Action, ...] = ()
    state: str = ""  # the case's state while it waits here, when the diagram says one
    pauses: bool = False
    message: str = ""
    attached: str = ""  # of a boundary event: the node it hangs on
    item: Any = None  # of a multi-instance: what this one is about


@dataclass(frozen=True, slots=True)
class Call:
    """A service to run; its result comes back by `complete`, its failure by `fail`."""

    step: str
    name: str
    arguments: Mapping[str, Any]
    node: str = ""


@dataclass(frozen=True, slots=True)
class Raised:
    """What left the process: a message sent, an escalation or an error that nothing caught."""

    kind: Literal["message", "signal", "escalation", "error"]
    name: str
    node: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The case after a move. `state` is small JSON; `passed` are the nodes gone through, oldest first."""

    state: State
    waiting: tuple[Step, ...]
    services: tuple[Call, ...]
    ended: bool
    facts: Mapping[str, Any]
    raised: tuple[Raised, ...] = ()
    passed: tuple[str, ...] = ()
    moved: tuple[str, ...] = field(default=())  # nodes completed by this very move, in order
