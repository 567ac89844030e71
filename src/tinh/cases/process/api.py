"""The cases' side door: moves of a process without a database, for the command line and for trials.

Comes in: a definition (`packs.unpack_process`), facts, a state. Goes out: an Outcome. Refuses: what the
process does not offer. `clock` is Vietnam's working time; a running province has its own.
"""

from __future__ import annotations

from tinh.cases.process.migrate import move
from tinh.cases.process.outcome import Call, Outcome, Raised, Step, WorkingClock
from tinh.cases.process.run import complete, fail, fire, look, message, refresh, start
from tinh.cases.worktime import WorkingClock as clock

__all__ = [
    "Call",
    "Outcome",
    "Raised",
    "Step",
    "WorkingClock",
    "clock",
    "complete",
    "fail",
    "fire",
    "look",
    "message",
    "move",
    "refresh",
    "start",
]
