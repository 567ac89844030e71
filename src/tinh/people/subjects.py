"""Data subjects, what they agreed to and what they ask for, as it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.utils import timezone

from tinh.people.locks import Lock

_LOCK = Lock(read="handle subject requests", write="handle subject requests", doors=("subject",))


class Subject(models.Model):
    """A person by one identifier. Erased, only the keyed digest stays: proof that it was done."""

    purpose_of: ClassVar[str] = "subject-requests"
    lock: ClassVar[Lock] = _LOCK
    personal: ClassVar[Mapping[str, str]] = {
        "id": "none",
        "kind": "none",
        "value": "identifier; as long as the subject's record",
        "name": "name; as long as the subject's record",
        "mark": "identifier, as a keyed digest; as long as the log",
        "account": "link to an account; as long as the account",
        "since": "none",
        "erased_at": "none",
    }

    kind: models.CharField[str, str] = models.CharField(max_length=60)
    value: models.CharField[str, str] = models.CharField(max_length=200, blank=True)
    name: models.CharField[str, str] = models.CharField(max_length=200, blank=True)
    mark: models.CharField[str, str] = models.CharField(max_length=32, unique=True)
    account: models.ForeignKey[Any, Any] = models.ForeignKey(
        "people.User", null=True, on_delete=models.SET_NULL, related_name="subjects"
    )
    since: models.DateTimeField[Any, Any] = models.DateTimeField(default=timezone.now)
    erased_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True, blank=True)

    if TYPE_CHECKING:
        account_id: int | None
        consents: Any  # the rows that point here
        requests: Any  # the rows that point here

    def __str__(self) -> str:
        return f"{self.kind} {self.mark}"


class Consent(models.Model):
    """An act of consent or of withdrawal. Never changed: the newest act of a purpose says what holds."""

    purpose_of: ClassVar[str] = "subject-requests"
    lock: ClassVar[Lock] = _LOCK
    personal: ClassVar[Mapping[str, str]] = {
        "id": "none",
        "subject": "link to a record of a person; as long as the subject's record",
        "purpose": "none",
        "version": "none",
        "text_digest": "none",
        "act": "activity; as long as the subject's record",
        "channel": "none",
        "proof": "record, as a digest or a number; as long as the subject's record",
        "proof_digest": "none",
        "at": "none",
        "by": "identifier; as long as the subject's record",
    }

    subject: models.ForeignKey[Subject, Subject] = models.ForeignKey(
        Subject, on_delete=models.PROTECT, related_name="consents"
    )
    purpose: models.CharField[str, str] = models.CharField(max_length=60)
    version: models.IntegerField[int, int] = models.IntegerField()
    text_digest: models.CharField[str, str] = models.CharField(max_length=64)
    act: models.CharField[str, str] = models.CharField(max_length=10)  # given or withdrawn
    channel: models.CharField[str, str] = models.CharField(max_length=20)
    proof: models.CharField[str, str] = models.CharField(max_length=300, blank=True)
    proof_digest: models.CharField[str, str] = models.CharField(max_length=64, blank=True)
    at: models.DateTimeField[Any, Any] = models.DateTimeField(default=timezone.now)
    by: models.CharField[str, str] = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"{self.purpose} {self.act} {self.at}"


class SubjectRequest(models.Model):
    """What a data subject asks for, with its clock and what was decided."""

    purpose_of: ClassVar[str] = "subject-requests"
    lock: ClassVar[Lock] = _LOCK
    personal: ClassVar[Mapping[str, str]] = {
        "id": "none",
        "subject": "link to a record of a person; 5 years after it is closed",
        "kind": "activity; 5 years after it is closed",
        "channel": "none",
        "details": "record; 5 years after it is closed",
        "purpose": "none",
        "processor": "none",
        "received_at": "none",
        "received_by": "identifier; 5 years after it is closed",
        "account": "link to an account; as long as the account",
        "identity": "record; 5 years after it is closed",
        "identity_by": "identifier; 5 years after it is closed",
        "identity_at": "none",
        "acknowledge_by": "none",
        "acknowledged_at": "none",
        "due": "none",
        "extended_from": "none",
        "extension_reason": "record; 5 years after it is closed",
        "state": "none",
        "decision": "none",
        "reason": "record; 5 years after it is closed",
        "answer": "record; 5 years after it is closed",
        "decided_at": "none",
        "decided_by": "identifier; 5 years after it is closed",
        "done": "none",
    }

    subject: models.ForeignKey[Subject, Subject] = models.ForeignKey(
        Subject, on_delete=models.PROTECT, related_name="requests"
    )
    kind: models.CharField[str, str] = models.CharField(max_length=20)
    channel: models.CharField[str, str] = models.CharField(max_length=20)
    details: models.TextField[str, str] = models.TextField(blank=True)
    purpose: models.CharField[str, str] = models.CharField(max_length=60, blank=True)
    processor: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    received_at: models.DateTimeField[Any, Any] = models.DateTimeField(default=timezone.now)
    received_by: models.CharField[str, str] = models.CharField(max_length=200)
    account: models.ForeignKey[Any, Any] = models.ForeignKey(
        "people.User", null=True, on_delete=models.SET_NULL, related_name="requests"
    )
    identity: models.CharField[str, str] = models.CharField(max_length=300, blank=True)
    identity_by: models.CharField[str, str] = models.CharField(max_length=200, blank=True)
    identity_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True, blank=True)
    acknowledge_by: models.DateField[Any, Any] = models.DateField()
    acknowledged_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True, blank=True)
    due: models.DateField[Any, Any] = models.DateField()
    extended_from: models.DateField[Any, Any] = models.DateField(null=True, blank=True)
    extension_reason: models.CharField[str, str] = models.CharField(max_length=1000, blank=True)
    state: models.CharField[str, str] = models.CharField(max_length=20, default="received")
    decision: models.CharField[str, str] = models.CharField(max_length=20, blank=True)
    reason: models.CharField[str, str] = models.CharField(max_length=2000, blank=True)
    answer: models.TextField[str, str] = models.TextField(blank=True)
    decided_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True, blank=True)
    decided_by: models.CharField[str, str] = models.CharField(max_length=200, blank=True)
    done: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)

    if TYPE_CHECKING:
        account_id: int | None
        events: Any  # the rows that point here
        tasks: Any  # the rows that point here
        restrictions: Any  # the rows that point here

    class Meta:
        indexes: ClassVar[list[Any]] = [models.Index(fields=["state", "due"], name="requests_open")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class SubjectEvent(models.Model):
    """A step of a request. Never changed."""

    purpose_of: ClassVar[str] = "subject-requests"
    lock: ClassVar[Lock] = _LOCK
    personal: ClassVar[Mapping[str, str]] = {
        "id": "none",
        "request": "none",
        "at": "none",
        "by": "identifier; 5 years after it is closed",
        "what": "none",
        "note": "record; 5 years after it is closed",
    }

    request: models.ForeignKey[SubjectRequest, SubjectRequest] = models.ForeignKey(
        SubjectRequest, on_delete=models.PROTECT, related_name="events"
    )
    at: models.DateTimeField[Any, Any] = models.DateTimeField(default=timezone.now)
    by: models.CharField[str, str] = models.CharField(max_length=200)
    what: models.CharField[str, str] = models.CharField(max_length=20)
    note: models.CharField[str, str] = models.CharField(max_length=2000, blank=True)

    def __str__(self) -> str:
        return f"{self.what} {self.at}"


class Task(models.Model):
    """What has to follow a withdrawal, by a day."""

    purpose_of: ClassVar[str] = "subject-requests"
    lock: ClassVar[Lock] = _LOCK
    personal: ClassVar[Mapping[str, str]] = {
        "id": "none",
        "request": "none",
        "hook": "none",
        "due": "none",
        "done_at": "none",
        "done_by": "identifier; 5 years after it is closed",
    }

    request: models.ForeignKey[SubjectRequest, SubjectRequest] = models.ForeignKey(
        SubjectRequest, on_delete=models.CASCADE, related_name="tasks"
    )
    hook: models.CharField[str, str] = models.CharField(max_length=60)
    due: models.DateField[Any, Any] = models.DateField()
    done_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True, blank=True)
    done_by: models.CharField[str, str] = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.hook


class Restriction(models.Model):
    """Processing of a person's data is restricted: nobody sees it, whatever leave they have."""

    purpose_of: ClassVar[str] = "subject-requests"
    lock: ClassVar[Lock] = _LOCK
    personal: ClassVar[Mapping[str, str]] = {
        "id": "none",
        "subject": "link to a record of a person; as long as the subject's record",
        "request": "none",
        "since": "none",
        "until": "none",
    }

    subject: models.ForeignKey[Subject, Subject] = models.ForeignKey(
        Subject, on_delete=models.PROTECT, related_name="restrictions"
    )
    request: models.ForeignKey[SubjectRequest, SubjectRequest] = models.ForeignKey(
        SubjectRequest, on_delete=models.PROTECT, related_name="restrictions"
    )
    since: models.DateTimeField[Any, Any] = models.DateTimeField(default=timezone.now)
    until: models.DateTimeField[Any, Any] = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.subject}"
