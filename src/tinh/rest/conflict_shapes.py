"""What conflicts look like, for the published OpenAPI."""

from __future__ import annotations

from typing import Any, Literal

from tinh.rest.shapes import Shape


class ConflictSide(Shape):
    """One of two figures: whose, and the receipts behind it."""

    dataset: str
    column: str | None
    value: float | str | None
    senders: list[str]
    receipts: list[dict[str, Any]]


class Conflict(Shape):
    kind: Literal["agree", "adds_up", "senders"]
    rule: str | None
    dataset: str
    place: str | None
    period: str | None
    key: str | None
    ours: ConflictSide
    theirs: ConflictSide
    difference: float | None
    share: float | None
    tolerance: float | None
    tolerance_abs: float | None
    counts: Literal["both", "ours"]
    why: Literal["apart", "preferred", "newest"]
    trust: Literal["own", "their"] | None
    simulated: bool


class Conflicts(Shape):
    """`unjudged`: sums over communes that are not compared yet, because some communes lack."""

    items: list[Conflict]
    next: str | None
    unjudged: list[dict[str, Any]]
