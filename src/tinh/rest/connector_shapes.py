"""What sources made here look like, for the published OpenAPI."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from tinh.rest.shapes import Shape


class Connector(Shape):
    """`declared` holds names of secrets, never a value."""

    id: str
    kind: str
    dataset: str
    waits: bool
    declared: dict[str, Any]
    findings: list[dict[str, Any]]


class Connectors(Shape):
    items: list[Connector]
    next: str | None


class Steps(Shape):
    id: str
    ok: bool
    steps: list[dict[str, Any]]


class Looked(Shape):
    things: list[dict[str, str]]
    columns: list[str]
    types: list[str]
    keys: list[str]
    rows: list[list[str | None]]


class EventsTaken(Shape):
    source: str
    taken: int
    repeated: int


class Done(Shape):
    id: str
    done: Literal["paused", "resumed", "reset", "planned"]
    says: dict[str, str] | None


class SourceWanted(BaseModel):
    """A source as `feeds/*.yaml` declares it; secrets stand by their names."""

    model_config = ConfigDict(extra="forbid")

    declared: Annotated[dict[str, Any], Field(description="the declaration; see docs/reference/packs.md")]
    replace: bool = False


class Why(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Field(min_length=1, max_length=300)]
