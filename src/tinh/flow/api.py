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

from tinh.flow.applied import Applied, Version, differs, in_force
from tinh.flow.calendar import Late, Silence
from tinh.flow.choosing import SOURCES, WIDE, Choices, headers_needed, last_parts, layout_of, proposed_choices
from tinh.flow.committer import Committer
from tinh.flow.conflicts import Behind, behind, conflicts, narrowed, told
from tinh.flow.connecting import Adopted, Connecting, sql_declaration
from tinh.flow.corridor import Corridor
from tinh.flow.definitions import Definition, computed_by, definition
from tinh.flow.deliveries import AHEAD, LAST, MOST, Deliveries, Delivery, Span
from tinh.flow.drafting import compiled as compiled_contract
from tinh.flow.effect import Broken, Effect, Moved, effect
from tinh.flow.erasing import Erased, correct_person, erase_person, expire, personal_of, terms_of
from tinh.flow.errors import (
    FlowError,
    LayoutDeclared,
    LayoutFaulty,
    NoReason,
    NoSuchLayout,
    NoTable,
    NothingToApply,
    PlanStale,
    RawLost,
    ReasonNeeded,
    Stumbled,
    TrialGone,
    UnknownDataset,
    UnknownIndicators,
    WasRecalled,
    WouldBreak,
)
from tinh.flow.extension_errors import ExtensionUnfit, NoSuchExtension
from tinh.flow.extensions import Extension, Extensions
from tinh.flow.feeds import feeds
from tinh.flow.freshness import Freshness, freshness
from tinh.flow.held import Left, left_of, still_held
from tinh.flow.home import Home, home_for, home_of
from tinh.flow.indexes import Standing, index_of, standing
from tinh.flow.layouts import Kept, LayoutBook, name_for, written
from tinh.flow.league import MONTHS, SCORES, By, League
from tinh.flow.league import Place as LeaguePlace
from tinh.flow.lines import spelt
from tinh.flow.mapping import Trial, proposed, sheet_names, tried
from tinh.flow.mending import Mended, Mending
from tinh.flow.mending_errors import MendingError
from tinh.flow.outages import Down, Outage, explained, of_indicator, outages, sources_of
from tinh.flow.outcome import Outcome
from tinh.flow.owing import PlaceHealth, owing
from tinh.flow.plan import apply, plan, recompute
from tinh.flow.planned import Plan
from tinh.flow.plansays import rejudged as plan_rejudged
from tinh.flow.plansays import revalued as plan_revalued
from tinh.flow.plansays import sections as plan_sections
from tinh.flow.profiling import FileProfile, id_for, profile_file
from tinh.flow.proposals import Proposal
from tinh.flow.reasons import reasons
from tinh.flow.recalls import Order, check, recall, reinstate
from tinh.flow.samples import bless, judge_sample
from tinh.flow.sheet import write_sheet
from tinh.flow.simulated import fill, send
from tinh.flow.status import AgencyStatus, DatasetStatus, Status
from tinh.flow.todo import Task, todo
from tinh.flow.veiling import Veil
from tinh.flow.waiting import Waiting, WaitingRoom

__all__ = [
    "AHEAD",
    "LAST",
    "MONTHS",
    "MOST",
    "SCORES",
    "SOURCES",
    "WIDE",
    "Adopted",
    "AgencyStatus",
    "Applied",
    "Behind",
    "Broken",
    "By",
    "Choices",
    "Committer",
    "Connecting",
    "Corridor",
    "DatasetStatus",
    "Definition",
    "Deliveries",
    "Delivery",
    "Down",
    "Effect",
    "Erased",
    "Extension",
    "ExtensionUnfit",
    "Extensions",
    "FileProfile",
    "FlowError",
    "Freshness",
    "Home",
    "Kept",
    "Late",
    "LayoutBook",
    "LayoutDeclared",
    "LayoutFaulty",
    "League",
    "LeaguePlace",
    "Left",
    "Mended",
    "Mending",
    "MendingError",
    "Moved",
    "NoReason",
    "NoSuchExtension",
    "NoSuchLayout",
    "NoTable",
    "NothingToApply",
    "Order",
    "Outage",
    "Outcome",
    "PlaceHealth",
    "Plan",
    "PlanStale",
    "Proposal",
    "RawLost",
    "ReasonNeeded",
    "Silence",
    "Span",
    "Standing",
    "Status",
    "Stumbled",
    "Task",
    "Trial",
    "TrialGone",
    "UnknownDataset",
    "UnknownIndicators",
    "Veil",
    "Version",
    "Waiting",
    "WaitingRoom",
    "WasRecalled",
    "WouldBreak",
    "apply",
    "behind",
    "bless",
    "check",
    "compiled_contract",
    "computed_by",
    "conflicts",
    "correct_person",
    "definition",
    "differs",
    "effect",
    "erase_person",
    "expire",
    "explained",
    "feeds",
    "fill",
    "freshness",
    "headers_needed",
    "home_for",
    "home_of",
    "id_for",
    "in_force",
    "index_of",
    "judge_sample",
    "last_parts",
    "layout_of",
    "left_of",
    "name_for",
    "narrowed",
    "of_indicator",
    "outages",
    "owing",
    "personal_of",
    "plan",
    "plan_rejudged",
    "plan_revalued",
    "plan_sections",
    "profile_file",
    "proposed",
    "proposed_choices",
    "reasons",
    "recall",
    "recompute",
    "reinstate",
    "send",
    "sheet_names",
    "sources_of",
    "spelt",
    "sql_declaration",
    "standing",
    "still_held",
    "terms_of",
    "todo",
    "told",
    "tried",
    "write_sheet",
    "written",
]
