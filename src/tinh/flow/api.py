"""Flow: runs the rooms in order, for one delivery or for many, and leaves nothing half done.

In: a province (Catalogue), its data folder (Home), bytes. Out: an Outcome with its verdict,
rows and values in the lake, the status of every dataset, alerts, a journal line a run.
Refuses: business rules; those stand in contracts, indicators and alert rules.

`Corridor.load` takes one file all the way. `accept` acknowledges a push as soon as it would
survive a crash; a `Committer` (or `drain`) finishes pushes in groups. The order is the
promise: bytes and intent on disk, rows, receipt, values, journal, intent gone. A crash at any
point is finished by whoever opens the corridor next; doing a step twice changes nothing.
"""

from __future__ import annotations

from tinh.flow.calendar import Late
from tinh.flow.committer import Committer
from tinh.flow.corridor import Corridor
from tinh.flow.effect import Broken, Effect, Moved, effect
from tinh.flow.errors import (
    FlowError,
    RawLost,
    ReasonNeeded,
    Stumbled,
    UnknownDataset,
    UnknownIndicators,
    WasRecalled,
)
from tinh.flow.home import Home, home_for
from tinh.flow.outcome import Outcome
from tinh.flow.recalls import Order, check, recall, reinstate
from tinh.flow.samples import bless, judge_sample
from tinh.flow.simulated import fill, send
from tinh.flow.status import AgencyStatus, DatasetStatus, Status

__all__ = [
    "AgencyStatus",
    "Broken",
    "Committer",
    "Corridor",
    "DatasetStatus",
    "Effect",
    "FlowError",
    "Home",
    "Late",
    "Moved",
    "Order",
    "Outcome",
    "RawLost",
    "ReasonNeeded",
    "Status",
    "Stumbled",
    "UnknownDataset",
    "UnknownIndicators",
    "WasRecalled",
    "bless",
    "check",
    "effect",
    "fill",
    "home_for",
    "judge_sample",
    "recall",
    "reinstate",
    "send",
]
