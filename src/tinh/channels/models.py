"""The outbox: each notice, and what became of it; and what people were reminded of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models

from tinh.people import api as people
from tinh.people.api import Lock


class State(models.TextChoices):
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"  # overtaken by a newer one before it could go


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
        "citizen": "none",
        "state": "none",
        "created_at": "none",
        "due_at": "none",
        "leased_until": "none",
        "attempts": "none",
        "sent_at": "none",
        "answer": "none",
        "link": "none",
    }
    lock: ClassVar[Lock] = Lock(read="manage reminders", write="manage reminders", adding=True)

    channel: models.CharField[str, str] = models.CharField(max_length=16, default="mail")
    key: models.CharField[str, str] = models.CharField(max_length=200)
    about: models.CharField[str, str] = models.CharField(max_length=200, blank=True)
    address: models.CharField[str, str] = models.CharField(max_length=254)
    name: models.CharField[str, str] = models.CharField(max_length=200, blank=True)
    language: models.CharField[str, str] = models.CharField(max_length=2, default="vi")
    subject: models.CharField[str, str] = models.CharField(max_length=300)
    body: models.TextField[str, str] = models.TextField(blank=True)
    secret: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    citizen: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    state: models.CharField[str, str] = models.CharField(
        max_length=8, choices=State.choices, default=State.WAITING
    )
    created_at: models.DateTimeField[Any, Any] = models.DateTimeField()
    due_at: models.DateTimeField[Any, Any] = models.DateTimeField()
    leased_until: models.DateTimeField[Any, Any] = models.DateTimeField(null=True, blank=True)
    attempts: models.PositiveSmallIntegerField[int, int] = models.PositiveSmallIntegerField(default=0)
    sent_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True, blank=True)
    answer: models.TextField[str, str] = models.TextField(blank=True)
    link: models.CharField[str, str] = models.CharField(max_length=300, blank=True)

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


class Device(models.Model):
    """A browser that asked to be told things: where its push service takes them, and its keys (RFC 8291).

    `holder` names whom it stands for, where that is no account: `party:12`. One may stand for several.
    """

    personal: ClassVar[Mapping[str, str]] = {
        "id": "none",
        "endpoint": "identifier; until the device is signed off",
        "digest": "none",
        "public": "none",
        "secret": "none",
        "language": "none",
        "account": "link to an account; as long as the account",
        "holder": "link to an account; until the device is signed off",
        "created_at": "none",
        "used_at": "none",
    }
    lock: ClassVar[Lock] = Lock(read="manage reminders", account="account_id", adding=True)

    endpoint: models.TextField[str, str] = models.TextField()
    digest: models.CharField[str, str] = models.CharField(max_length=64)
    holder: models.CharField[str, str] = models.CharField(max_length=40, blank=True)
    public: models.CharField[str, str] = models.CharField(max_length=120)
    secret: models.CharField[str, str] = models.CharField(max_length=60)
    language: models.CharField[str, str] = models.CharField(max_length=2, default="vi")
    account: models.ForeignKey[people.User | None, people.User | None] = models.ForeignKey(
        people.User, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    created_at: models.DateTimeField[Any, Any] = models.DateTimeField()
    used_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["digest", "holder"], name="one_device_a_holder")
        ]
        indexes: ClassVar[list[Any]] = [models.Index(fields=["holder"], name="devices_of_holder")]

    def __str__(self) -> str:
        return f"{self.pk}"


class Round(models.Model):
    """One day's reminders, written together with its letters. `reason`: sent by somebody, for `agency`."""

    personal: ClassVar[Mapping[str, str]] = {
        "id": "none",
        "day": "none",
        "agency": "none",
        "at": "none",
        "letters": "none",
        "by": "identifier; 400 days",
        "reason": "activity; 400 days",
    }
    lock: ClassVar[Lock] = Lock(read="manage reminders", write="manage reminders")

    day: models.DateField[Any, Any] = models.DateField()
    agency: models.CharField[str, str] = models.CharField(max_length=64, blank=True)
    at: models.DateTimeField[Any, Any] = models.DateTimeField()
    letters: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)
    by: models.CharField[str, str] = models.CharField(max_length=200, blank=True)
    reason: models.CharField[str, str] = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["day"], name="one_round_a_day", condition=models.Q(agency=""))
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.agency}".strip()


class Reminded(models.Model):
    """Somebody was told that a matter reached a stage."""

    personal: ClassVar[Mapping[str, str]] = {
        "id": "none",
        "address": "contact; 400 days",
        "name": "name; 400 days",
        "agency": "none",
        "dataset": "none",
        "window": "none",
        "matter": "none",
        "stage": "none",
        "day": "none",
        "at": "none",
    }
    lock: ClassVar[Lock] = Lock(read="manage reminders", write="manage reminders")

    address: models.EmailField[str, str] = models.EmailField()
    name: models.CharField[str, str] = models.CharField(max_length=200, blank=True)
    agency: models.CharField[str, str] = models.CharField(max_length=64, blank=True)
    dataset: models.CharField[str, str] = models.CharField(max_length=100, blank=True)
    window: models.CharField[str, str] = models.CharField(max_length=40, blank=True)
    matter: models.CharField[str, str] = models.CharField(max_length=200)
    stage: models.CharField[str, str] = models.CharField(max_length=40)
    day: models.DateField[Any, Any] = models.DateField()
    at: models.DateTimeField[Any, Any] = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["address", "matter", "stage"], name="told_once")
        ]
        indexes: ClassVar[list[Any]] = [models.Index(fields=["-day", "-id"], name="told_newest")]

    def __str__(self) -> str:
        return f"{self.matter} {self.stage} → {self.address}"


class Preference(models.Model):
    """How often somebody wants letters; escalations always come."""

    personal: ClassVar[Mapping[str, str]] = {
        "id": "none",
        "account": "link to an account; as long as the account",
        "rhythm": "none",
    }
    lock: ClassVar[Lock] = Lock(read="manage reminders", account="account_id")

    account: models.OneToOneField[people.User, people.User] = models.OneToOneField(
        people.User, on_delete=models.CASCADE, related_name="+"
    )
    rhythm: models.CharField[str, str] = models.CharField(max_length=8, default="daily")

    def __str__(self) -> str:
        return self.rhythm


class Pause(models.Model):
    """No reminders of one dataset until a day, and why."""

    personal: ClassVar[Mapping[str, str]] = {
        "id": "none",
        "dataset": "none",
        "until": "none",
        "at": "none",
        "by": "identifier; 400 days",
        "reason": "activity; 400 days",
        "ended_at": "none",
        "ended_by": "identifier; 400 days",
    }
    lock: ClassVar[Lock] = Lock(read="manage reminders", write="manage reminders")

    dataset: models.CharField[str, str] = models.CharField(max_length=100)
    until: models.DateField[Any, Any] = models.DateField()
    at: models.DateTimeField[Any, Any] = models.DateTimeField()
    by: models.CharField[str, str] = models.CharField(max_length=200)
    reason: models.CharField[str, str] = models.CharField(max_length=500)
    ended_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True, blank=True)
    ended_by: models.CharField[str, str] = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.dataset} – {self.until}"
