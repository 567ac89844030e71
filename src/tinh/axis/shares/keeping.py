"""What is kept of services: calls spent, breakers that are open, requests for access."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.db import models

from tinh.people.api import Lock

OPEN, GRANTED, REFUSED = "open", "granted", "refused"


class Spent(models.Model):
    """Calls taken from a quota in the minute or day that `began`."""

    personal: ClassVar[Mapping[str, str]] = {
        "id": "none",
        "service": "none",
        "client": "none",
        "unit": "none",
        "began": "none",
        "count": "none",
    }

    service: models.CharField[str, str] = models.CharField(max_length=255)
    client: models.TextField[str, str] = models.TextField()
    unit: models.CharField[str, str] = models.CharField(max_length=8)
    began: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    count: models.BigIntegerField[int, int] = models.BigIntegerField()

    class Meta:
        app_label = "axis"
        db_table = "axis_spent"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["service", "client", "unit"], name="one_count_per_quota")
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.client} {self.unit} {self.count}"


class Tripped(models.Model):
    """Until when the API behind a share is left alone."""

    personal: ClassVar[Mapping[str, str]] = {
        "id": "none",
        "share": "none",
        "until": "none",
        "since": "none",
        "reason": "none",
    }

    share: models.CharField[str, str] = models.CharField(max_length=130, unique=True)
    until: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    since: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    reason: models.CharField[str, str] = models.CharField(max_length=300, blank=True)

    class Meta:
        app_label = "axis"
        db_table = "axis_tripped"

    def __str__(self) -> str:
        return f"{self.share} {self.until}"


class Demand(models.Model):
    """One agency's request for one service, and what became of it."""

    personal: ClassVar[Mapping[str, str]] = {
        "id": "none", "share": "none", "owner": "none", "agency": "none", "state": "none",
        "asked_by": "identifier; as long as the right is on record", "asked_at": "none", "purpose": "none",
        "basis": "none", "answered_by": "identifier; as long as the right is on record",
        "answered_at": "none", "answer": "none", "right": "none",
    }  # fmt: skip
    lock: ClassVar[Lock] = Lock(doors=("person",))

    share: models.CharField[str, str] = models.CharField(max_length=130)
    owner: models.CharField[str, str] = models.CharField(max_length=64, db_index=True)
    agency: models.CharField[str, str] = models.CharField(max_length=64, db_index=True)
    state: models.CharField[str, str] = models.CharField(max_length=8, default=OPEN)
    asked_by: models.CharField[str, str] = models.CharField(max_length=200)
    asked_at: models.DateTimeField[Any, Any] = models.DateTimeField(auto_now_add=True)
    purpose: models.CharField[str, str] = models.CharField(max_length=300)
    basis: models.CharField[str, str] = models.CharField(max_length=300)
    answered_by: models.CharField[str, str] = models.CharField(max_length=200, blank=True)
    answered_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)
    answer: models.CharField[str, str] = models.CharField(max_length=300, blank=True)
    right: models.BigIntegerField[int, int] = models.BigIntegerField(default=0)

    class Meta:
        app_label = "axis"
        db_table = "axis_demand"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["share", "agency"], name="one_open_demand", condition=models.Q(state="open")
            )
        ]

    def __str__(self) -> str:
        return f"{self.agency} → {self.share} ({self.state})"
