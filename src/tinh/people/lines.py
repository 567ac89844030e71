"""The access log as it is stored: lines in a chain, its signed head, and anchors where old lines went."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from tinh.people.locks import Lock


class Access(models.Model):
    """One line: who did what to what, from where, whether it was let; of personal data also which
    fields, for which purpose, on which legal basis and why. `about` holds fingerprints of the people."""

    personal: ClassVar[Mapping[str, str]] = {
        "id": "none",
        "at": "none",
        "who": "identifier; 2 years",
        "action": "activity; 2 years",
        "subject": "activity; 2 years",
        "allowed": "none",
        "address": "network address; 2 years",
        "fields": "none",
        "purpose": "none",
        "basis": "none",
        "reason": "activity; 2 years",
        "about": "identifier, as a keyed digest; 2 years",
        "number": "none",
        "before": "none",
        "digest": "none",
    }

    lock: ClassVar[Lock] = Lock(read="read access log", name="who", doors=("record",), adding=True)

    at: models.DateTimeField[Any, Any] = models.DateTimeField(default=timezone.now, db_index=True)
    who: models.CharField[str, str] = models.CharField(max_length=200)
    action: models.CharField[str, str] = models.CharField(max_length=40)
    subject: models.CharField[str, str] = models.CharField(max_length=200, blank=True)
    allowed: models.BooleanField[bool, bool] = models.BooleanField()
    address: models.CharField[str, str] = models.CharField(max_length=64, blank=True)
    fields: models.JSONField[list[str], list[str]] = models.JSONField(default=list, blank=True)
    purpose: models.CharField[str, str] = models.CharField(max_length=200, blank=True)
    basis: models.CharField[str, str] = models.CharField(max_length=200, blank=True)
    reason: models.CharField[str, str] = models.CharField(max_length=1000, blank=True)
    about: models.JSONField[list[str], list[str]] = models.JSONField(default=list, blank=True)
    number: models.BigIntegerField[Any, Any] = models.BigIntegerField(null=True, unique=True)
    before: models.CharField[str, str] = models.CharField(max_length=64, blank=True)
    digest: models.CharField[str, str] = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["id"], condition=models.Q(number=None), name="access_unlinked"),
            models.Index(fields=["who", "at"], name="log_of"),
        ]

    def __str__(self) -> str:
        return f"{self.at} {self.who} {self.action} {self.subject}"


class Chain(models.Model):
    """The head of the chain, one row: how far it goes, signed. Whoever holds its lock links lines."""

    personal: ClassVar[Mapping[str, str]] = {
        "id": "none",
        "number": "none",
        "digest": "none",
        "signature": "none",
        "key": "none",
    }

    number: models.BigIntegerField[int, int] = models.BigIntegerField(default=0)
    digest: models.CharField[str, str] = models.CharField(max_length=64, blank=True)
    signature: models.CharField[str, str] = models.CharField(max_length=200, blank=True)
    key: models.CharField[str, str] = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.number} {self.digest}"


class Anchor(models.Model):
    """Where old lines went: everything up to `number` is gone, the last of it had `digest`; signed."""

    personal: ClassVar[Mapping[str, str]] = {
        "id": "none",
        "at": "none",
        "number": "none",
        "digest": "none",
        "count": "none",
        "signature": "none",
        "key": "none",
    }

    at: models.DateTimeField[Any, Any] = models.DateTimeField(default=timezone.now)
    number: models.BigIntegerField[int, int] = models.BigIntegerField(unique=True)
    digest: models.CharField[str, str] = models.CharField(max_length=64)
    count: models.BigIntegerField[int, int] = models.BigIntegerField()
    signature: models.CharField[str, str] = models.CharField(max_length=200)
    key: models.CharField[str, str] = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.number} {self.digest}"


class Unmasking(models.Model):
    """The leave to see the personal columns of one dataset, in one session, for a while, with a reason."""

    personal: ClassVar[Mapping[str, str]] = {
        "id": "none",
        "who": "identifier; 2 years",
        "session": "secret, hashed; 2 years",
        "dataset": "none",
        "fields": "none",
        "purpose": "none",
        "basis": "none",
        "reason": "activity; 2 years",
        "since": "none",
        "until": "none",
    }

    lock: ClassVar[Lock] = Lock(read="read access log", name="who", doors=("record",), adding=True)

    who: models.CharField[str, str] = models.CharField(max_length=200)
    session: models.CharField[str, str] = models.CharField(max_length=64)
    dataset: models.CharField[str, str] = models.CharField(max_length=200)
    fields: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    purpose: models.CharField[str, str] = models.CharField(max_length=200)
    basis: models.CharField[str, str] = models.CharField(max_length=200, blank=True)
    reason: models.CharField[str, str] = models.CharField(max_length=1000)
    since: models.DateTimeField[Any, Any] = models.DateTimeField(default=timezone.now)
    until: models.DateTimeField[Any, Any] = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["session", "dataset", "-until"], name="unmasking_of_session")
        ]

    def __str__(self) -> str:
        return f"{self.who} {self.dataset} {self.until}"
