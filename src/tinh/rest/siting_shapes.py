"""Shapes of siting studies."""

from __future__ import annotations

from typing import Any, Literal

from ninja import Schema

State = Literal["waiting", "running", "solved", "outdated", "refused"]


class SitingLine(Schema):
    """A study: `problem` says why it could not be solved."""

    id: str
    name: dict[str, str]
    description: dict[str, str]
    goal: Literal["cover", "cover-all", "median"]
    state: State
    problem: dict[str, Any] | None = None


class Siting(SitingLine):
    """A study with its `answer`: sites, phases, groups, value, bound and gap (docs/reference/sitings.md)."""

    answer: dict[str, Any] | None = None


class Sitings(Schema):
    items: list[SitingLine]


class Sites(Schema):
    """A GeoJSON FeatureCollection of points."""

    type: Literal["FeatureCollection"]
    features: list[dict[str, Any]]
    simulated: bool | None = None
    approximate: bool | None = None
