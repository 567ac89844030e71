"""One engine for every promise with a deadline: case, process, clock, history, outbox of notices.

Comes in: what somebody opens (`open_case`), and what is done to it (`act`, `assign`, `extend`, `merge` …).
Goes out: cases with their state, their clock in working hours and their chained history (`case`, `history`,
`verify_history`); work lists (`queue`, `search`, `counts`, `near`); notices to be sent (`claim`, `settle`).
Refuses: a change without an actor, a closed case without an outcome, a diagram that runs Python.

Desks register what they bring at start: `register_kind`, `register_service`, `register_letters`; the
clock calls `round_of_steps`. Every change is one transaction that locks its case: docs/reference/cases.md.
"""

from __future__ import annotations

from tinh.cases import clock, process
from tinh.cases.acting import act, act_all, actions_of, tell_process
from tinh.cases.alerts import open_from_alert
from tinh.cases.canned import canned, filled, keep_canned
from tinh.cases.case_errors import (
    CaseClosed,
    CaseError,
    CaseOpen,
    FieldMissing,
    LinkUnfit,
    NoSuchCase,
    NoSuchDead,
    NoSuchKind,
    NoSuchPerson,
    NoSuchProcess,
    NotOffered,
    OpeningUnfit,
    ReasonMissing,
    ServiceFailed,
    StaleCase,
)
from tinh.cases.changes import (
    assign,
    extend,
    hand_over,
    merge,
    pause,
    reopen,
    resume,
    split,
    support,
    withdraw,
)
from tinh.cases.clock import BANDS, Band, Limit, Limits, WorkingClock, clock_of
from tinh.cases.codes import new_code, read_code
from tinh.cases.drawn import Drawing, DrawnStep, diagram, drawing
from tinh.cases.ground import Ground, ground, stand_on
from tinh.cases.history import erase_party, history, verify_histories, verify_history
from tinh.cases.kinds import (
    Kind,
    kind_of,
    kinds,
    register_eraser,
    register_kind,
    register_reopener,
    register_service,
    register_veil,
)
from tinh.cases.letters import register_letters, register_link
from tinh.cases.lists import counts, queue, search
from tinh.cases.models import Attachment, Canned, Case, Dead, Event, Link, Note, Notice, Step, Watch
from tinh.cases.near import metres_between, near
from tinh.cases.notices import Claimed, claim, notices_of, settle, tell
from tinh.cases.opening import open_case
from tinh.cases.parties import known_by, known_by_token, reporter_of, token_digest, wish_push
from tinh.cases.past import Happened, Past, open_past
from tinh.cases.reading import band_of, case, one_case, parties_of, told_of
from tinh.cases.retention import erase_person, forget, held_of
from tinh.cases.shapes import (
    ENDED,
    LINKS,
    OUTCOMES,
    SEVERITIES,
    SOURCES,
    STATES,
    CaseView,
    Checked,
    Done,
    Field,
    File,
    Filter,
    Near,
    Offer,
    Opening,
    Page,
    Party,
    Told,
)
from tinh.cases.showing import set_public
from tinh.cases.steps import dead_letters, retry_dead, round_of_steps, skip_dead
from tinh.cases.supervision import Load, loads, recent_notices, urge
from tinh.cases.talking import attach, link, note, unwatch, watch

__all__ = [
    "BANDS",
    "ENDED",
    "LINKS",
    "OUTCOMES",
    "SEVERITIES",
    "SOURCES",
    "STATES",
    "Attachment",
    "Band",
    "Canned",
    "Case",
    "CaseClosed",
    "CaseError",
    "CaseOpen",
    "CaseView",
    "Checked",
    "Claimed",
    "Dead",
    "Done",
    "Drawing",
    "DrawnStep",
    "Event",
    "Field",
    "FieldMissing",
    "File",
    "Filter",
    "Ground",
    "Happened",
    "Kind",
    "Limit",
    "Limits",
    "Link",
    "LinkUnfit",
    "Load",
    "Near",
    "NoSuchCase",
    "NoSuchDead",
    "NoSuchKind",
    "NoSuchPerson",
    "NoSuchProcess",
    "NotOffered",
    "Note",
    "Notice",
    "Offer",
    "Opening",
    "OpeningUnfit",
    "Page",
    "Party",
    "Past",
    "ReasonMissing",
    "ServiceFailed",
    "StaleCase",
    "Step",
    "Told",
    "Watch",
    "WorkingClock",
    "act",
    "act_all",
    "actions_of",
    "assign",
    "attach",
    "band_of",
    "canned",
    "case",
    "claim",
    "clock",
    "clock_of",
    "counts",
    "dead_letters",
    "diagram",
    "drawing",
    "erase_party",
    "erase_person",
    "extend",
    "filled",
    "forget",
    "ground",
    "hand_over",
    "held_of",
    "history",
    "keep_canned",
    "kind_of",
    "kinds",
    "known_by",
    "known_by_token",
    "link",
    "loads",
    "merge",
    "metres_between",
    "near",
    "new_code",
    "note",
    "notices_of",
    "one_case",
    "open_case",
    "open_from_alert",
    "open_past",
    "parties_of",
    "pause",
    "process",
    "queue",
    "read_code",
    "recent_notices",
    "register_eraser",
    "register_kind",
    "register_letters",
    "register_link",
    "register_reopener",
    "register_service",
    "register_veil",
    "reopen",
    "reporter_of",
    "resume",
    "retry_dead",
    "round_of_steps",
    "search",
    "set_public",
    "settle",
    "skip_dead",
    "split",
    "stand_on",
    "support",
    "tell",
    "tell_process",
    "token_digest",
    "told_of",
    "unwatch",
    "urge",
    "verify_histories",
    "verify_history",
    "watch",
    "wish_push",
    "withdraw",
]
