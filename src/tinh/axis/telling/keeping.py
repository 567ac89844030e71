"""What is kept of subscriptions: how far each has been told, which alerts it knows of, and its outbox."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.db import models


class Following(models.Model):
    """How far one subscription has been told, and how its receiver fares.

    `since` and `turn` are the newest receipt and value looked at; `due_at` is when the receiver is tried
    next, `leased_until` that somebody is trying it now; `rate` is what its handshake allows (0: any).
    """

    ACTIVE, PAUSED, GONE = "active", "paused", "gone"
    personal: ClassVar[Mapping[str, str]] = {
        "id": "none", "subscription": "none", "begun": "none", "since": "none", "turn": "none",
        "alerts_known": "none", "state": "none", "reason": "none", "failures": "none", "due_at": "none",
        "leased_until": "none", "greeted_url": "none", "greeted_at": "none", "rate": "none", "minute": "none",
        "spent": "none", "told_at": "none",
    }  # fmt: skip

    subscription: models.CharField[str, str] = models.CharField(max_length=130, unique=True)
    begun: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    since: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    turn: models.BigIntegerField[int, int] = models.BigIntegerField()
    alerts_known: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    state: models.CharField[str, str] = models.CharField(max_length=8, default=ACTIVE)
    reason: models.CharField[str, str] = models.CharField(max_length=500, blank=True)
    failures: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)
    due_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    leased_until: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True, blank=True
    )
    greeted_url: models.TextField[str, str] = models.TextField(blank=True)
    greeted_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True, blank=True
    )
    rate: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)
    minute: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True, blank=True
    )
    spent: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)
    told_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True, blank=True
    )

    class Meta:
        app_label = "axis"
        db_table = "axis_following"

    def __str__(self) -> str:
        return f"{self.subscription} {self.state}"


class OpenAlert(models.Model):
    """An alert a subscription has been told is open, or found open when it began."""

    personal: ClassVar[Mapping[str, str]] = {
        "id": "none", "following": "none", "rule": "none", "place": "none", "opened_at": "none",
    }  # fmt: skip

    following: models.ForeignKey[Following, Following] = models.ForeignKey(
        Following, on_delete=models.CASCADE, related_name="alerts"
    )
    rule: models.CharField[str, str] = models.CharField(max_length=130)
    place: models.CharField[str, str] = models.CharField(max_length=16, blank=True)
    opened_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        app_label = "axis"
        db_table = "axis_open_alert"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["following", "rule", "place"], name="one_open_alert")
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.place}"


class Telling(models.Model):
    """An event on its way to one subscription; `event` is the whole of it, `key` its id."""

    WAITING, SENT, DEAD, DROPPED = "waiting", "sent", "dead", "dropped"
    personal: ClassVar[Mapping[str, str]] = {
        "id": "none", "following": "none", "key": "none", "kind": "none", "subject": "none", "event": "none",
        "state": "none", "created_at": "none", "attempts": "none", "tried_at": "none", "sent_at": "none",
        "answer": "none",
    }  # fmt: skip

    following: models.ForeignKey[Following, Following] = models.ForeignKey(
        Following, on_delete=models.CASCADE, related_name="tellings"
    )
    key: models.CharField[str, str] = models.CharField(max_length=120)
    kind: models.CharField[str, str] = models.CharField(max_length=60)
    subject: models.CharField[str, str] = models.CharField(max_length=300, blank=True)
    event: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    state: models.CharField[str, str] = models.CharField(max_length=8, default=WAITING)
    created_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    attempts: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)
    tried_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True, blank=True
    )
    sent_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True, blank=True
    )
    answer: models.CharField[str, str] = models.CharField(max_length=500, blank=True)

    class Meta:
        app_label = "axis"
        db_table = "axis_telling"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["following", "key"], name="one_telling_per_event")
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(
                fields=["following", "id"], name="tellings_waiting", condition=models.Q(state="waiting")
            ),
            models.Index(fields=["-created_at"], name="tellings_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.state}"
