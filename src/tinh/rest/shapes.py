"""What answers look like, for the published OpenAPI. Rooms may add members; these stay."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from tinh.packs.api import FeedKind


class Shape(BaseModel):
    model_config = ConfigDict(extra="allow")


class Words(BaseModel):
    vi: str
    en: str


class Share(BaseModel):
    num: int | float | None
    den: int | float | None


class Problem(Shape):
    """RFC 9457, with both languages in `titles`, `details` and `cures`."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    titles: Words
    details: Words
    cure: str | None = None
    cures: Words | None = None


class Unit(Shape):
    code: str
    level: Literal["province", "district", "commune"]
    name: str
    short: str
    kind: str
    parent: str | None
    valid_from: str | None
    valid_to: str | None
    legal_basis: str
    lat: float | None
    lon: float | None


class Units(Shape):
    items: list[Unit]
    next: str | None


class Changes(Shape):
    """`share`: the part of the older unit that went over; `estimated`: the part of it that is a guess."""

    unit: Unit
    until: str
    origins: list[dict[str, Any]]
    before: list[dict[str, Any]]
    after: list[dict[str, Any]]
    now: list[dict[str, Any]]


class Resolution(Shape):
    status: Literal["one", "several", "none"]
    units: list[Unit]


class Located(Shape):
    unit: Unit
    approximate: bool


class Feature(Shape):
    type: Literal["Feature"]
    geometry: dict[str, Any] | None
    properties: dict[str, Any] | None


class FeatureCollection(Shape):
    type: Literal["FeatureCollection"]
    features: list[Feature]


class BoundarySet(Shape):
    """Official boundaries, valid from a day; `remarks` counts what their survey found."""

    id: str
    filename: str
    digest: str
    valid_from: str
    valid_to: str | None
    source: str
    areas: int
    km2: float
    remarks: int


class BoundarySets(Shape):
    items: list[BoundarySet]
    next: str | None


class Pack(Shape):
    id: str
    name: Words
    version: str
    maturity: str


class Packs(Shape):
    items: list[Pack]
    next: str | None


class Province(Shape):
    id: str
    name: Words
    place: str
    digest: str
    languages: list[str]
    timezone: str
    packs: list[str]
    datasets: list[str]
    indicators: list[str]


class Dataset(Shape):
    id: str
    pack: str
    name: Words
    kind: Literal["report", "register", "stream"]
    version: str
    owner: str


class Datasets(Shape):
    items: list[Dataset]
    next: str | None


class Deliveries(Shape):
    """The calendar of deliveries of a dataset; `window` is the span one delivery answers for."""

    dataset: str
    owner: str
    window: str | None
    windows: list[dict[str, Any]]


class Indicator(Shape):
    id: str
    pack: str
    version: int
    name: Words
    unit: Words
    period: str


class Indicators(Shape):
    items: list[Indicator]
    next: str | None


class Accepted(Shape):
    """A delivery on disk. `state` turns from `waiting` to `judged`."""

    receipt: str
    dataset: str
    digest: str
    size: int
    filename: str
    received_at: str
    state: Literal["waiting", "judged"]
    repeated: bool


class Several(Shape):
    items: list[Accepted]
    next: str | None


class Receipt(Shape):
    receipt: str
    dataset: str
    digest: str
    size: int
    filename: str
    received_at: str
    state: Literal["waiting", "judged"]


class Receipts(Shape):
    items: list[Receipt]
    next: str | None


class Scores(BaseModel):
    correct: Share
    sufficient: Share
    clean: Share
    alive: Share


class Verdict(Shape):
    receipt: str
    dataset: str
    verdict: Literal["accepted", "in part", "refused"]
    received: int
    accepted: int
    held: int
    scores: Scores
    reasons: list[dict[str, Any]]
    flags: list[dict[str, Any]] = Field(default_factory=list)
    cleaning: list[dict[str, Any]]


class Standing(Shape):
    """What a verdict has become: the first counts and everything that happened since."""

    accepted: int
    held: int
    scores: Scores
    recalled: bool


class Moved(BaseModel):
    before: Standing
    after: Standing


class Mended(Shape):
    """An answer, a release or accepted proposals: its own verdict, the rows of the receipt it answers
    that entered, and what became of that receipt."""

    receipt: str
    answers: str
    verdict: Literal["accepted", "in part", "refused"]
    mended: list[int]
    standing: Moved
    repeated: bool


class Event(Shape):
    at: str
    kind: str
    actor: str
    reason: str
    other: str
    rows: list[int]
    standing: Moved


class Events(Shape):
    items: list[Event]
    next: str | None


class Proposal(Shape):
    id: str
    group: str
    kind: Literal["place", "value", "number", "date"]
    column: str
    seen: str
    offer: str
    says: Words
    rows: list[int]
    alone: bool


class Proposals(Shape):
    items: list[Proposal]
    next: str | None


class Held(Shape):
    row: int
    at: str | None
    rules: list[str]
    values: dict[str, Any]


class HeldRows(Shape):
    items: list[Held]
    next: str | None


class Value(Shape):
    indicator: str
    version: int
    place: str
    place_name: str | None
    period: str
    value: float | None
    coverage: Share
    simulated: bool
    unit: str
    age: float | None = None
    late_since: str | None = None
    due: str | None = None
    applied: int | None = Field(None, description="applied version in force when the value was computed")


class Values(Shape):
    items: list[Value]
    next: str | None


class Trace(Shape):
    indicator: Any
    place: Any
    period: str
    value: float | None
    receipts: list[dict[str, Any]]


class Alerts(Shape):
    items: list[dict[str, Any]]
    next: str | None


class Anything(Shape):
    pass


class Me(Shape):
    name: str
    role: str
    agency: str
    may: list[str]


class Token(Shape):
    id: int
    name: str
    owner: str
    datasets: list[str]
    actions: list[str]
    expires_at: str


class Tokens(Shape):
    items: list[Token]
    next: str | None


class Feed(Shape):
    feed: str
    name: Words
    dataset: str
    kind: FeedKind
    condition: Literal["ok", "slow", "down", "paused", "new"]
    since: str | None
    last_try: str | None
    last_success: str | None
    last_change: str | None
    next_due: str | None
    failures: int
    error: dict[str, Any] | None


class Feeds(Shape):
    items: list[Feed]
    next: str | None


class Pulled(Shape):
    feed: str
    state: Literal["done", "pulling"]
    result: dict[str, Any] | None


class Layout(Shape):
    dataset: str
    name: str
    made_by: str
    made_at: str
    headers: list[str]
    declared: bool


class Layouts(Shape):
    items: list[Layout]
    next: str | None
