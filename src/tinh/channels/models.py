"""The outbox: each notice, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models

from tinh.people.api import Lock


class State(models.TextChoices):
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class Outgoing(models.Model):
    """A notice on its way. `due_at`: when it is tried next; `leased_until`: somebody is trying it now."""

    personal: ClassVar[Mapping[str, str]] = {
        "id": "none",
        "channel": "none",
        "key": "none",
        "about": "none",
        "address": "contact; 180 days",
        "name": "name; 180 days",
        "language": "none",
        "subject": "activity; 180 days",
        "body": "activity; 180 days",
        "secret": "none",
        "state": "none",
        "created_at": "none",
        "due_at": "none",
        "leased_until": "none",
        "attempts": "none",
        "sent_at": "none",
        "answer": "none",
    }
    lock: ClassVar[Lock] = Lock(read="manage reminders", write="manage reminders", adding=True)

    channel: models.CharField[str, str] = models.CharField(max_length=16, default="mail")
    key: models.CharField[str, str] = models.CharField(max_length=200)
    about: models.CharField[str, str] = models.CharField(max_length=200, blank=True)
    address: models.EmailField[str, str] = models.EmailField()
    name: models.CharField[str, str] = models.CharField(max_length=200, blank=True)
    language: models.CharField[str, str] = models.CharField(max_length=2, default="vi")
    subject: models.CharField[str, str] = models.CharField(max_length=300)
    body: models.TextField[str, str] = models.TextField(blank=True)
    secret: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    state: models.CharField[str, str] = models.CharField(
        max_length=8, choices=State.choices, default=State.WAITING
    )
    created_at: models.DateTimeField[Any, Any] = models.DateTimeField()
    due_at: models.DateTimeField[Any, Any] = models.DateTimeField()
    leased_until: models.DateTimeField[Any, Any] = models.DateTimeField(null=True, blank=True)
    attempts: models.PositiveSmallIntegerField[int, int] = models.PositiveSmallIntegerField(default=0)
    sent_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True, blank=True)
    answer: models.TextField[str, str] = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["channel", "key", "address"], name="one_notice_per_key")
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["due_at"], name="notices_due", condition=models.Q(state="waiting")),
            models.Index(fields=["-created_at"], name="notices_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.key} → {self.address}"
