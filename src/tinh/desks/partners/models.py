"""Other Open311 systems this desk works with, what was sent to them, and what they told of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models

from tinh.people.api import Lock


class Partner(models.Model):
    """A system reports are handed on to: those of `agency`, in the categories of `services` (category → its
    service code). The key lies in the province's vault under `secret`."""

    personal: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("id", "slug", "name", "url", "jurisdiction", "secret", "agency", "services", "identity", "private",
         "active", "pulled_until", "due_at", "failures", "said", "made_at", "made_by", "leased_until"),
        "none",
    )  # fmt: skip
    lock: ClassVar[Lock] = Lock(read="manage desks", write="manage desks", doors=("case",))

    slug: models.CharField[str, str] = models.CharField(max_length=40, unique=True)
    name: models.CharField[str, str] = models.CharField(max_length=200)
    url: models.CharField[str, str] = models.CharField(max_length=500)
    jurisdiction: models.CharField[str, str] = models.CharField(max_length=100, blank=True)
    secret: models.CharField[str, str] = models.CharField(max_length=100, blank=True)
    agency: models.CharField[str, str] = models.CharField(max_length=64)
    services: models.JSONField[Any, Any] = models.JSONField(default=dict)
    identity: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    private: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    active: models.BooleanField[bool, bool] = models.BooleanField(default=True)
    pulled_until: models.DateTimeField[Any, Any] = models.DateTimeField(null=True)
    due_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    leased_until: models.DateTimeField[Any, Any] = models.DateTimeField(null=True)
    failures: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)
    said: models.CharField[str, str] = models.CharField(max_length=500, blank=True)
    made_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    made_by: models.CharField[str, str] = models.CharField(max_length=200)

    class Meta:
        app_label = "desks"
        db_table = "desks_partner"

    def __str__(self) -> str:
        return self.slug


class Handed(models.Model):
    """One case handed to a partner: written down before it is sent, so that it is sent once. `tried_at`: it
    was being sent then, and no answer has said yet what became of it; `unsure`: a person must look."""

    WAITING, SENT, FAILED, UNSURE = "waiting", "sent", "failed", "unsure"
    STATES: ClassVar[tuple[str, ...]] = (WAITING, SENT, FAILED, UNSURE)
    personal: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("id", "partner", "case", "remote", "token", "state", "status", "notes", "at", "due_at", "attempts",
         "said", "sent_at", "seen_at", "tried_at"), "none",
    )  # fmt: skip
    lock: ClassVar[Lock] = Lock(read="manage desks", write="manage desks", doors=("case",))

    partner: models.ForeignKey[Partner, Partner] = models.ForeignKey(
        Partner, on_delete=models.PROTECT, related_name="handed"
    )
    case: models.ForeignKey[Any, Any] = models.ForeignKey(
        "cases.Case", on_delete=models.PROTECT, related_name="+"
    )
    remote: models.CharField[str, str] = models.CharField(max_length=100, blank=True)
    token: models.CharField[str, str] = models.CharField(max_length=200, blank=True)
    state: models.CharField[str, str] = models.CharField(max_length=8, default=WAITING)
    status: models.CharField[str, str] = models.CharField(max_length=40, blank=True)
    notes: models.CharField[str, str] = models.CharField(max_length=500, blank=True)
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    due_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    attempts: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)
    said: models.CharField[str, str] = models.CharField(max_length=500, blank=True)
    sent_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True)
    seen_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True)
    tried_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True)

    if TYPE_CHECKING:
        case_id: int
        partner_id: int

    class Meta:
        app_label = "desks"
        db_table = "desks_handed"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["partner", "case"], name="one_case_a_partner")
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["partner", "remote"], name="handed_by_remote"),
            models.Index(fields=["due_at"], name="handed_due", condition=models.Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id}/{self.case_id} {self.state}"


class Passed(models.Model):
    """An update taken once: told by a partner of ours (`side` its number), or by a program that sends."""

    personal: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("id", "side", "mark", "case", "at", "answer"), "none"
    )
    lock: ClassVar[Lock] = Lock(doors=("case",))

    side: models.CharField[str, str] = models.CharField(max_length=40)
    mark: models.CharField[str, str] = models.CharField(max_length=200)
    case: models.ForeignKey[Any, Any] = models.ForeignKey(
        "cases.Case", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    answer: models.CharField[str, str] = models.CharField(max_length=100, blank=True)
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        app_label = "desks"
        db_table = "desks_passed"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["side", "mark"], name="one_update_a_mark")
        ]

    def __str__(self) -> str:
        return f"{self.side} {self.mark}"
