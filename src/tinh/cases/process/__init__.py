"""Processes at work: pure functions over a small JSON state.

`start`, `complete`, `fail`, `fire`, `message`, `refresh`, `look` take a `Definition`
(`packs.unpack_process(bundle)`) and give an `Outcome`; `move` takes a running case to a newer definition.
SpiffWorkflow is loaded on the first call only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tinh.cases.process.outcome import Call, Outcome, Raised, State, Step, WorkingClock

if TYPE_CHECKING:
    from tinh.cases.process.migrate import move
    from tinh.cases.process.run import complete, fail, fire, look, message, refresh, start

__all__ = [
    "Call",
    "Outcome",
    "Raised",
    "State",
    "Step",
    "WorkingClock",
    "complete",
    "fail",
    "fire",
    "look",
    "message",
    "move",
    "refresh",
    "start",
]

_MOVES = frozenset({"complete", "fail", "fire", "look", "message", "refresh", "start"})


_MIGRATIONS = frozenset({"move"})


def __getattr__(name: str) -> Any:
    if name in _MIGRATIONS:
        from tinh.cases.process import migrate

        return getattr(migrate, name)
    if name in _MOVES:
        from tinh.cases.process import run

        return getattr(run, name)
    raise AttributeError(name)
