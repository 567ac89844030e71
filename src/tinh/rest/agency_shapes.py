"""An agency as the API tells it."""

from __future__ import annotations

from typing import Any, Literal

from tinh.rest.shapes import Shape, Words


class Alias(Shape):
    """A predecessor (`id`) or another name; `until` is the last day it stood by itself."""

    id: str | None
    name: Words
    until: str | None


class Agency(Shape):
    """`origin`: declared in the province's folder, made in the data folder, or declared and changed there."""

    id: str
    name: Words
    short: Words
    kind: Literal["department", "commune", "enterprise", "national", "other"]
    identifiers: dict[str, str]
    aliases: list[Alias]
    parent: str | None
    place: str | None
    sectors: list[str]
    contact: dict[str, Any]
    since: str | None
    until: str | None
    origin: Literal["declared", "home", "changed"]
    datasets: list[str]


class Agencies(Shape):
    items: list[Agency]
    next: str | None
