"""How `subscriptions/*.yaml` are written."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tinh.packs.shape import BothWords, Day, Declared, Duration, Id
from tinh.packs.subscription import Mode, Outcome, Severity


class WantedEntry(Declared):
    """Which events are told; at least one of `receipts`, `indicators` and `alerts`."""

    receipts: list[str] = Field(default_factory=list, description="datasets whose judged deliveries are told")
    outcomes: list[Outcome] = Field(
        default_factory=lambda: list[Outcome](("accepted", "in part")), min_length=1,
        description="verdicts of deliveries that are told",
    )  # fmt: skip
    indicators: list[str] = Field(
        default_factory=list, description="indicators whose changed values are told"
    )
    change: float = Field(0.0, ge=0, description="smallest difference of a value that is told; 0: any")
    alerts: list[str] = Field(default_factory=list, description="alert rules whose alerts open and close")
    severities: list[Severity] = Field(
        default_factory=list, description="only alerts as grave as this; empty: any"
    )
    places: list[str] = Field(
        default_factory=list,
        description="codes of places: values and alerts there and in what lies in them; empty: everywhere",
    )


class TargetEntry(Declared):
    """The receiver: a CloudEvents webhook. It must answer the handshake (OPTIONS, WebHook-Request-Origin)."""

    url: str = Field(description="https address that takes POST; http only with `allow_private`")
    allow_private: bool = Field(
        False,
        description="the host lies inside the network; an administrator must let it besides "
        "(`tinh connector allow`, TINH_PRIVATE_HOSTS)",
    )
    secret: str = Field(
        "", description="name of the secret of the HMAC signature; empty: signed with the axis's key"
    )
    token: str = Field("", description="name of the secret sent as `Authorization: Bearer`")
    mode: Mode = Field("structured", description="`structured`: one JSON body · `binary`: ce- headers")
    batch: int = Field(
        1, ge=1, le=500, description="events of one request (application/cloudevents-batch+json), structured"
    )
    timeout: Duration = Field("PT10S", description="how long an answer is waited for, a minute at most")
    keep_trying: Duration = Field("PT72H", description="how long an event is tried; then it is a dead letter")


class SubscriptionFile(Declared):
    """`subscriptions/<id>.yaml`, in a pack, in the province's folder or (made on the web) in its data
    folder: events sent to one agency's system as CloudEvents. Bodies never hold personal data."""

    format: Literal[1] = Field(description="number of this file format")
    id: Id = Field(description="id; the file's name")
    name: BothWords = Field(description="name for people")
    agency: str = Field(min_length=1, description="agency that is sent the events")
    events: WantedEntry = Field(description="which events")
    target: TargetEntry = Field(description="where they are sent")
    purpose: BothWords = Field(description="what the agency needs them for")
    legal_basis: str = Field(min_length=1, description="the rule or agreement it rests on")
    begins: Day | None = Field(None, alias="from", description="first day")
    ends: Day | None = Field(None, alias="until", description="last day")
    made_by: str = Field("", description="who made it, when made on the web")
    made_at: str = Field("", description="when, when made on the web")
