"""Flow: runs the rooms in order, for one delivery or for many, and leaves nothing half done.

In: a province (Catalogue), its data folder (Home), bytes. Out: an Outcome with its verdict,
rows and values in the lake, the status of every dataset, alerts, a journal line a run.
Refuses: business rules; those stand in contracts, indicators and alert rules.

`Corridor.load` takes one file all the way. `accept` acknowledges a push as soon as it would
survive a crash; a `Committer` (or `drain`) finishes pushes in groups. `Corridor.mending` takes
corrected held rows, releases and accepted proposals, each a delivery that answers another. The
order is the promise: bytes and intent on disk, rows, receipt, values, event of the receipt that
was answered, journal, intent gone. A crash at any point is finished by whoever opens the
corridor next; doing a step twice changes nothing.
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
from tinh.flow.feeds import feeds
from tinh.flow.held import Left, left_of, still_held
from tinh.flow.home import Home, home_for
from tinh.flow.lines import spelt
from tinh.flow.mending import Mended, Mending
from tinh.flow.mending_errors import MendingError
from tinh.flow.outcome import Outcome
from tinh.flow.owing import PlaceHealth, owing
from tinh.flow.proposals import Proposal
from tinh.flow.reasons import reasons
from tinh.flow.recalls import Order, check, recall, reinstate
from tinh.flow.samples import bless, judge_sample
from tinh.flow.sheet import write_sheet
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
    "Left",
    "Mended",
    "Mending",
    "MendingError",
    "Moved",
    "Order",
    "Outcome",
    "PlaceHealth",
    "Proposal",
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
    "feeds",
    "fill",
    "home_for",
    "judge_sample",
    "left_of",
    "owing",
    "reasons",
    "recall",
    "reinstate",
    "send",
    "spelt",
    "still_held",
    "write_sheet",
]
