"""What was done to a case: events in a chain, and what of it is personal, apart."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models

from tinh.cases.tables.case import KEPT, Case
from tinh.cases.tables.fields import Chars, Long, Moment, Said, moment
from tinh.people.api import Lock


class Event(models.Model):
    """One change. Never altered; `digest` covers it and the event before. `facts` hold nothing personal."""

    purpose_of: ClassVar[str] = "handling-cases"
    lock: ClassVar[Lock] = Lock(read="read cases", doors=("case",), append=True)
    personal: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(
            ("id", "case", "seq", "at", "action", "facts", "payload_digest", "before", "digest"), "none"
        ),
        "actor": "identifier; as long as the case",
        "role": "none",
        "account": "link to an account; as long as the case",
        "reason": "record; as long as the case",
    }

    case: models.ForeignKey[Case, Case] = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="events", db_index=False
    )
    seq: models.IntegerField[int, int] = models.IntegerField()
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    actor: Said = Chars(max_length=200)
    role: Said = Chars(max_length=20, blank=True)
    account: models.BigIntegerField[Any, Any] = models.BigIntegerField(null=True)
    action: Said = Chars(max_length=64)
    reason: Long = models.TextField(blank=True)
    facts: models.JSONField[Any, Any] = models.JSONField(default=dict)
    payload_digest: Said = Chars(max_length=64, blank=True)
    before: Said = Chars(max_length=64, blank=True)
    digest: Said = Chars(max_length=64)

    if TYPE_CHECKING:
        case_id: int

    class Meta:
        app_label = "cases"
        db_table = "cases_event"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["case", "seq"], name="one_event_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.seq} {self.action}"


class Payload(models.Model):
    """The personal part of an event. Erased, its digest in the chain stays and can be told of nobody."""

    purpose_of: ClassVar[str] = "handling-cases"
    lock: ClassVar[Lock] = Lock(doors=("case",), key="event_id")
    personal: ClassVar[Mapping[str, str]] = {
        "event": "none", "case": "none", "salt": "none", "content": f"record; {KEPT}", "erased_at": "none",
    }  # fmt: skip

    event: models.OneToOneField[Event, Event] = models.OneToOneField(
        Event, on_delete=models.PROTECT, related_name="payload", primary_key=True
    )
    case: models.ForeignKey[Case, Case] = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    salt: Said = Chars(max_length=64, blank=True)
    content: models.JSONField[Any, Any] = models.JSONField(null=True)
    erased_at: Moment = moment()

    class Meta:
        app_label = "cases"
        db_table = "cases_payload"

    def __str__(self) -> str:
        return str(self.event_id)

    if TYPE_CHECKING:
        event_id: int
