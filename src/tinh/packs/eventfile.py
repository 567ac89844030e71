"""How a source that sends CloudEvents is written."""

from __future__ import annotations

from pydantic import Field

from tinh.packs.shape import Declared


class EventEntry(Declared):
    """CloudEvents 1.0 sent to `POST /api/v1/events/<id>`. Acknowledged once on disk; known by id."""

    secret: str = Field(
        "", description="name of the secret that signs requests; empty: only service keys are let in"
    )
    types: list[str] = Field(
        default_factory=list, description="types taken, such as `vn.gov.thainguyen.*`; empty: any"
    )
    sources: list[str] = Field(default_factory=list, description="sources taken, as patterns; empty: any")
    records: str = Field("", description="where inside `data` the record or records are, dot separated")
    columns: dict[str, str] = Field(
        default_factory=dict,
        description="only these fields of a record (dot separated), each with its column",
    )
    attributes: dict[str, str] = Field(
        default_factory=dict, description="columns taken from the event, each with its attribute: `time`, …"
    )
    origins: list[str] = Field(
        default_factory=list, description="hosts that the handshake (WebHook-Request-Origin) lets send"
    )
    rate: int = Field(0, ge=0, le=100_000, description="requests a minute told to them; 0: no limit")
    most: int = Field(1000, ge=1, le=10_000, description="events of one request")
    largest_kb: int = Field(1024, ge=64, le=16_384, description="largest request, in kilobytes")
