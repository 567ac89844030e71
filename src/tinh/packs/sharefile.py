"""How `shares/*.yaml` are written."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tinh.packs.shape import NO_WORDS, BothWords, Day, Declared, Duration, Id, Period
from tinh.packs.share import Group, Method, ShareFormat


class PersonalEntry(Declared):
    """Personal columns this member may have; nobody else can select, filter or sort by them."""

    columns: list[str] = Field(min_length=1, description="personal columns of the dataset")
    purpose: BothWords = Field(description="what this member needs them for")
    legal_basis: str = Field(min_length=1, description="the rule that allows it")


class CallerEntry(Declared):
    """One who may call: an `agency` or a `group`, exactly one of the two."""

    agency: str = Field("", description="agency id")
    subsystem: str = Field("", description="one information system of that agency; empty: all of them")
    group: Group | None = Field(None, description="every agency of a kind, or `all` members of the axis")
    columns: list[str] = Field(default_factory=list, description="fewer columns than the share's own")
    personal: PersonalEntry | None = Field(None, description="personal columns, for an `agency` only")
    until: Day | None = Field(None, description="last day of this right")


class PeriodsEntry(Declared):
    """A span of periods."""

    first: Period = Field("", description="first period given")
    last: Period = Field("", description="last period given")


class ReachEntry(Declared):
    """Which rows are given; what is not given here can never be asked for."""

    place: Literal["all", "own"] = Field(
        "all", description="`own`: the place of the calling member, and what lies in it"
    )
    places: list[str] = Field(default_factory=list, description="codes of places, and what lies in them")
    periods: PeriodsEntry = Field(
        default_factory=lambda: PeriodsEntry.model_validate({}), description="periods"
    )
    where: str = Field("", description="expression over the columns of the dataset that picks rows")


class QuotaEntry(Declared):
    """Calls a calling system may make."""

    minute: int = Field(60, ge=1, le=100_000, description="in a minute")
    day: int = Field(20_000, ge=1, le=100_000_000, description="in a day of the province's calendar")


class BreakerEntry(Declared):
    """When a failing API is left alone: closed, open, half-open."""

    failures: int = Field(5, ge=1, le=1000, description="failures that open it")
    within: Duration = Field("PT1M", description="within this long")
    pause: Duration = Field("PT30S", description="how long it stays open before a call is let through")
    probes: int = Field(2, ge=1, le=100, description="good calls in a row that close it again")


class ProxyEntry(Declared):
    """The agency's own API. Requests and answers are checked against its OpenAPI file."""

    base: str = Field(description="address the paths are added to, http or https")
    openapi: str = Field(description="OpenAPI file beside this one, named `*.openapi.yaml`")
    allow: dict[str, list[Method]] = Field(
        default_factory=dict, description="paths of the OpenAPI file and methods let through; empty: all"
    )
    headers: dict[str, str] = Field(
        default_factory=dict, description="headers sent along; secrets as `{secret.NAME}`"
    )
    timeout: Duration = Field("PT10S", description="how long an answer is waited for, all tries together")
    allow_private: bool = Field(
        False, description="the host lies inside the network; TINH_PRIVATE_HOSTS must name it as well"
    )
    largest_request_kb: int = Field(1024, ge=1, le=65_536, description="largest request body, in kilobytes")
    largest_answer_kb: int = Field(16_384, ge=1, le=262_144, description="largest answer, in kilobytes")
    retries: int = Field(1, ge=0, le=5, description="times a get, head, put or delete is tried again")
    breaker: BreakerEntry = Field(
        default_factory=lambda: BreakerEntry.model_validate({}), description="circuit breaker"
    )


class ShareFile(Declared):
    """`shares/<id>.yaml`, in a pack, in the province's folder or (made on the web) in its data folder: one
    service offered over the axis."""

    format: Literal[1] = Field(description="number of this file format")
    id: Id = Field(description="id; the file's name and the code of the service")
    version: int = Field(1, ge=1, description="raised when what is given changes")
    name: BothWords = Field(description="name for people")
    description: BothWords = Field(NO_WORDS, description="what it gives")
    owner: str = Field("", description="agency that offers it; empty: the owner of the dataset")
    kind: Literal["data", "proxy"] = Field("data", description="from the lake, or another agency's own API")
    dataset: str = Field("", description="dataset whose rows are given")
    indicator: str = Field("", description="indicator whose values are given")
    indicators: list[str] = Field(default_factory=list, description="several indicators, one row a value")
    columns: list[str] = Field(
        default_factory=list, description="columns given, in this order; empty: all that are not personal"
    )
    reach: ReachEntry = Field(
        default_factory=lambda: ReachEntry.model_validate({}), description="which rows are given"
    )
    members: list[CallerEntry] = Field(min_length=1, description="who may call it")
    purpose: BothWords = Field(description="what it may be used for")
    legal_basis: str = Field(min_length=1, description="the rule or agreement it rests on")
    begins: Day | None = Field(None, alias="from", description="first day it is offered")
    ends: Day | None = Field(None, alias="until", description="last day it is offered")
    quota: QuotaEntry = Field(
        default_factory=lambda: QuotaEntry.model_validate({}), description="calls a client may make"
    )
    largest: int = Field(1000, ge=1, le=50_000, description="rows of the largest page")
    as_of: Literal["allowed", "no"] = Field("allowed", description="may rows be read as of an earlier day")
    formats: list[ShareFormat] = Field(
        default_factory=lambda: list[ShareFormat](("json", "ndjson", "csv", "parquet")),
        min_length=1, description="formats it answers in",
    )  # fmt: skip
    proxy: ProxyEntry | None = Field(None, description="for `kind: proxy`")
    made_by: str = Field("", description="who published it, when made on the web")
    made_at: str = Field("", description="when, when made on the web")
