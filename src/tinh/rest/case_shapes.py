"""What cases look like, for the published OpenAPI."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from tinh.rest.shapes import Shape

Band = Literal["on_time", "soon", "late", "very_late"]


class Case(Shape):
    """`due_at`: the next moment owed, null once nothing is; `band` as of now; `version` goes into acts."""

    code: str
    kind: str
    category: str
    severity: Literal["urgent", "normal", "complex"]
    source: str
    subject: str
    state: str
    outcome: str
    band: Band | None
    place: str
    latitude: float | None
    longitude: float | None
    agency: str
    opened_at: datetime
    accept_by: datetime | None
    finish_by: datetime | None
    publish_by: datetime | None
    due_at: datetime | None
    accepted_at: datetime | None
    answered_at: datetime | None
    closed_at: datetime | None
    paused: bool
    extended: bool
    supporters: int
    simulated: bool
    version: int


class Option(Shape):
    id: str
    says: dict[str, str]


class AskedField(Shape):
    id: str
    says: dict[str, str]
    kind: str
    required: bool
    options: list[Option]


class Offer(Shape):
    """Something the caller may do now. Those without `process` are acts of the engine, done elsewhere."""

    id: str
    says: dict[str, str]
    needs_reason: bool
    fields: list[AskedField]
    process: bool


class Note(Shape):
    id: int
    at: datetime
    author: str
    public: bool
    text: str


class CaseEvent(Shape):
    """`personal` is the erasable part; `erased` says that there was one."""

    seq: int
    at: datetime
    actor: str
    role: str
    action: str
    reason: str
    facts: dict[str, Any]
    personal: dict[str, Any] | None
    erased: bool
    digest: str


class Tie(Shape):
    kind: str
    to: str


class File(Shape):
    """A file of the case: a photo a citizen sent or an officer took, or what was attached. `state` is `ready`
    when `address` opens a copy; `stage` is report, answer or note."""

    name: str
    kind: str
    stage: str
    state: str
    media: str
    size: int | None
    width: int | None
    height: int | None
    public: bool
    at: datetime
    address: str


class CaseWhole(Case):
    body: str
    address: str
    facts: dict[str, Any]
    files: list[File]
    offers: list[Offer]
    notes: list[Note]
    links: list[Tie]


class Cases(Shape):
    items: list[Case]
    next: str | None


class History(Shape):
    """`problem`: empty while the chain holds; else changed, missing, reordered, payload or cut, at `seq`."""

    items: list[CaseEvent]
    problem: str
    seq: int


class Act(Shape):
    """`version`: the one you saw; the act is refused (409) when somebody changed the case since."""

    action: str = Field(max_length=64)
    reason: str = Field("", max_length=5000)
    fields: dict[str, Any] = Field(default_factory=dict)
    version: int | None = None


class Remark(Shape):
    """`key`: the same remark sent twice under one key is kept once."""

    text: str = Field(max_length=20_000)
    public: bool = False
    key: str | None = Field(None, max_length=120)
