"""The compiled shape of a share: what an agency gives others over the axis, to whom and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from tinh.kit.errors import Text
from tinh.packs.frozen import Frozen

ShareFormat = Literal["json", "ndjson", "csv", "parquet"]
Method = Literal["get", "head", "post", "put", "patch", "delete"]
Group = Literal["all", "department", "commune", "enterprise", "national", "other"]

VALUE_COLUMNS: Mapping[str, str] = {  # what an indicator gives: column → logical type
    "indicator": "string", "place": "string", "period": "string", "value": "number",
    "numerator": "number", "denominator": "number",
    "coverage_have": "integer", "coverage_due": "integer", "computed_at": "timestamp",
    "simulated": "boolean",
}  # fmt: skip


class PersonalRight(Frozen):
    """Personal columns one member may have, and by what right."""

    columns: tuple[str, ...]
    purpose: Text
    legal_basis: str


class Caller(Frozen):
    """Who may call: an agency (one of its systems), or every agency of a group."""

    agency: str = ""
    subsystem: str = ""
    group: Group | None = None
    columns: tuple[str, ...] = ()  # narrower than the share's own; empty: all of them
    personal: PersonalRight | None = None
    until: date | None = None


class Reach(Frozen):
    """The rows: `place` own is the place of the calling member and what lies in it."""

    place: Literal["all", "own"] = "all"
    places: tuple[str, ...] = ()
    first: str = ""  # periods
    last: str = ""
    where: str = ""  # in the expression language of kit.expr


class Quota(Frozen):
    minute: int = 60
    day: int = 20_000


class Breaker(Frozen):
    """Opens after `failures` within `within` seconds, stays open `pause` seconds, then lets one call at a
    time through; `probes` of them in a row must go well before it closes."""

    failures: int = 5
    within: float = 60.0
    pause: float = 30.0
    probes: int = 2


class ProxyWay(Frozen):
    """The owner's own API behind a proxied service."""

    base: str
    openapi: Mapping[str, Any] = Field(default_factory=dict)
    allow: Mapping[str, tuple[str, ...]]  # path of the OpenAPI file → methods, upper case
    headers: Mapping[str, str] = Field(default_factory=dict)
    timeout: float = 10.0
    allow_private: bool = False
    largest_request: int = 1 << 20  # bytes
    largest_answer: int = 16 << 20
    retries: int = 1  # of methods that may be repeated
    breaker: Breaker = Breaker()


class Share(Frozen):
    """One service an agency offers."""

    id: str
    version: int = 1
    pack: str = ""  # empty: the province's own folder, or made on the web
    name: Text
    description: Text = Text("", "")
    owner: str
    kind: Literal["data", "proxy"]
    dataset: str = ""
    indicators: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    reach: Reach = Reach()
    members: tuple[Caller, ...] = ()
    purpose: Text
    legal_basis: str
    begins: date | None = None
    ends: date | None = None
    quota: Quota = Quota()
    largest: int = 1000
    as_of: bool = True
    formats: tuple[ShareFormat, ...] = ("json", "ndjson", "csv", "parquet")
    proxy: ProxyWay | None = None
    made_by: str = ""
    made_at: str = ""
    file: Path
    digest: str

    def live(self, day: date) -> bool:
        """Whether it is offered on a day."""
        return (self.begins is None or self.begins <= day) and (self.ends is None or day <= self.ends)

    def personal(self) -> frozenset[str]:
        """The personal columns some member has a right to."""
        return frozenset(c for m in self.members if m.personal for c in m.personal.columns)
