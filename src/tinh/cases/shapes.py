"""What the room is handed and what it hands out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from tinh.cases.clock import Band, Limits
from tinh.cases.kinds import KeptFile
from tinh.cases.tables.case import Case
from tinh.cases.tables.talk import Attachment, Link, Note
from tinh.cases.tables.work import Step
from tinh.kit.errors import Text

State = Literal[
    "new", "accepted", "waiting", "assigned", "working", "answered", "published", "refused", "closed",
    "merged",
]  # fmt: skip
STATES: tuple[State, ...] = (
    "new", "accepted", "waiting", "assigned", "working", "answered", "published", "refused", "closed",
    "merged",
)  # fmt: skip
AT_WORK: frozenset[str] = frozenset({"new", "accepted", "waiting", "assigned", "working"})
ENDED: frozenset[str] = frozenset({"published", "refused", "closed", "merged"})
OUTCOMES = ("fixed", "answered", "planned", "not_found", "refused", "duplicate", "withdrawn")
SEVERITIES = ("urgent", "normal", "complex")
SOURCES = ("web", "app", "hotline", "email", "walk-in", "open311", "staff", "alert")
LINKS = ("duplicate_of", "part_of", "caused_by", "follows")


@dataclass(frozen=True, slots=True)
class Party:
    """A person of a case, as given. `wishes`: the channels of notices (`mail`, `sms`, `push:<device>`); none:
    mail where there is an address. `token` is the digest of a secret link (`cases.token_digest`); `shown`:
    the name may stand on the public page."""

    name: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    language: str = "vi"
    wishes: tuple[str, ...] = ()
    token: str = ""
    shown: bool = False
    account: int | None = None
    role: str = "reporter"

    @property
    def empty(self) -> bool:
        return not (self.name or self.phone or self.email or self.address or self.token or self.account)


@dataclass(frozen=True, slots=True)
class Opening:
    """A case to be opened. `key`: the same key opens one case however often it is sent. Coordinates are WGS
    84 degrees, `accuracy` metres; `place` a commune code; `at` the moment it was received, now when None;
    `finish_by` the deadline somebody set, in place of that of `limits`."""

    kind: str
    subject: str
    key: str
    category: str = ""
    body: str = ""
    severity: str = "normal"
    source: str = "web"
    place: str = ""
    latitude: float | None = None
    longitude: float | None = None
    accuracy: float | None = None
    address: str = ""
    agency: str = ""
    person: int | None = None
    party: Party | None = None
    limits: Limits = field(default_factory=Limits)
    process: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None
    simulated: bool = False
    public: str = "hidden"
    finish_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class File:
    """A file to be attached: its bytes lie in the desk's store under `digest`."""

    name: str
    media: str
    size: int
    digest: str
    original: str = ""
    kind: str = "photo"
    stage: str = "report"
    width: int | None = None
    height: int | None = None
    public: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Field:
    """What an action asks for. `kind`: text, choice, multi, number, date, boolean."""

    id: str
    says: Text
    kind: str = "text"
    required: bool = False
    options: tuple[tuple[str, Text], ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """Something this person may do now: a button. `step` is the waiting step it completes, "" for the
    engine's own acts (`assign`, `extend`, `pause`, `resume`, `reopen`, `merge`, `split`, `withdraw`)."""

    id: str
    says: Text
    needs_reason: bool = False
    fields: tuple[Field, ...] = ()
    step: str = ""


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as one person may see it. `files`: those attached to it and those a desk keeps of it, photos
    above all. `parties` is how many there are; who they are is asked for apart."""

    case: Case
    band: Band | None
    steps: tuple[Step, ...]
    notes: tuple[Note, ...]
    attachments: tuple[Attachment, ...]
    files: tuple[KeptFile, ...]
    links: tuple[Link, ...]
    linked: tuple[Link, ...]
    offers: tuple[Offer, ...]
    watching: bool
    watchers: int
    parties: int
    sees_parties: bool


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a case's history. `personal` is the erasable part, None where there is none, erased or not
    shown."""

    seq: int
    at: datetime
    actor: str
    role: str
    action: str
    reason: str
    facts: Mapping[str, Any]
    personal: Mapping[str, Any] | None
    erased: bool
    digest: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What `verify_history` found. `problem`: "", changed, missing, reordered, payload or cut, at event
    `seq`."""

    events: int
    erased: int
    problem: str = ""
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Filter:
    """What a work list holds; empty narrows nothing. `state` may be `open` or `closed` besides a state's
    name;
    `order` is `due` (the earliest first, only what has a due moment) or `newest`."""

    kind: str = ""
    state: str = ""
    band: str = ""
    category: str = ""
    agency: str = ""
    person: int | None = None
    place: str = ""
    severity: str = ""
    source: str = ""
    text: str = ""
    outcome: str = ""
    mine: bool = False
    watched: bool = False
    unassigned: bool = False
    simulated: bool | None = None
    since: datetime | None = None
    until: datetime | None = None
    order: str = "due"


@dataclass(frozen=True, slots=True)
class Page:
    """Cases in order, and the cursor of those after them ("" at the end)."""

    items: tuple[Case, ...]
    next: str


@dataclass(frozen=True, slots=True)
class Near:
    """A case near a point, and how far in metres."""

    case: Case
    metres: float


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one case of a bulk act: `error` is None where it went."""

    code: str
    case: Case | None
    error: Exception | None = None


Sequenced = Sequence[str]
