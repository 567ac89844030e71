"""Shapes of pilots."""

from __future__ import annotations

from typing import Any, Literal

from ninja import Schema


class PilotLine(Schema):
    """A pilot: `simulated` is the share of the values used; `problem` says why it cannot be judged."""

    id: str
    name: dict[str, str]
    description: dict[str, str]
    indicator: str
    closed: bool
    state: Literal["ready", "computing", "empty", "refused"]
    simulated: float
    verdict: dict[str, Any] | None = None
    problem: dict[str, Any] | None = None


class PilotTreated(Schema):
    start: str
    units: list[str]


class Pilot(PilotLine):
    """A pilot with its `answer`: estimates, checks, path, weights (docs/reference/pilots.md)."""

    treated: list[PilotTreated]
    at: str | None = None
    answer: dict[str, Any] | None = None


class Pilots(Schema):
    items: list[PilotLine]
