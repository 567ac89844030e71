"""A case, the process it runs through, and the definitions running cases keep."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models

from tinh.cases.tables.fields import Chars, Long, Moment, Said, moment
from tinh.people.api import Lock

KEPT = "5 years after it is closed"
CHILD = Lock(read="read cases", doors=("case",))
"""Rows of a case have no agency of their own: whoever may see the case is shown them through the door."""


class Case(models.Model):
    """One promise with a deadline. `due_at` is the next moment owed, None once nothing is; `since` is where
    the present promise starts (a reopening starts anew); `head` and `seq` are the end of its history."""

    purpose_of: ClassVar[str] = "handling-cases"
    lock: ClassVar[Lock] = Lock(read="read cases", agency="agency", doors=("case",))
    personal: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys((
            "id", "code", "kind", "category", "severity", "source", "place", "agency", "state", "outcome",
            "since", "opened_at", "accepted_at", "answered_at", "closed_at", "accept_by", "finish_by",
            "publish_by",
            "due_at",
            "soon_at", "grave_at", "paused_at", "paused_for", "extended", "reopened", "limits", "process",
            "digest", "simulated", "public", "supporters", "version", "key", "seq", "head", "band", "mark",
        ), "none"),
        "subject": f"record; {KEPT}",
        "body": f"record; {KEPT}",
        "facts": f"record; {KEPT}",
        "latitude": f"record; {KEPT}",
        "longitude": f"record; {KEPT}",
        "accuracy": "none",
        "address": f"record; {KEPT}",
        "person": "link to an account; as long as the account",
    }  # fmt: skip

    code: Said = Chars(max_length=32, unique=True)
    kind: Said = Chars(max_length=20)
    category: Said = Chars(max_length=64, blank=True)
    severity: Said = Chars(max_length=10, default="normal")
    source: Said = Chars(max_length=12, default="web")
    subject: Said = Chars(max_length=200)
    body: models.TextField[str, str] = models.TextField(blank=True)
    place: Said = Chars(max_length=10, blank=True)
    latitude: models.FloatField[Any, Any] = models.FloatField(null=True)
    longitude: models.FloatField[Any, Any] = models.FloatField(null=True)
    accuracy: models.FloatField[Any, Any] = models.FloatField(null=True)
    band: models.IntegerField[Any, Any] = models.IntegerField(null=True)  # of latitude; see near.py
    address: Said = Chars(max_length=300, blank=True)
    facts: models.JSONField[Any, Any] = models.JSONField(default=dict)
    agency: Said = Chars(max_length=64, blank=True)
    person: models.ForeignKey[Any, Any] = models.ForeignKey(
        "people.User", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    state: Said = Chars(max_length=12, default="new")
    outcome: Said = Chars(max_length=12, blank=True)
    opened_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    since: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    accepted_at: Moment = moment()
    answered_at: Moment = moment()
    closed_at: Moment = moment()
    accept_by: Moment = moment()
    finish_by: Moment = moment()
    publish_by: Moment = moment()  # while an answer waits for it
    due_at: Moment = moment()
    soon_at: Moment = moment()
    grave_at: Moment = moment()
    mark: Said = Chars(max_length=9, blank=True)  # of the limit, told last: soon, late, very_late
    paused_at: Moment = moment()
    paused_for: models.FloatField[float, float] = models.FloatField(default=0.0)
    extended: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    reopened: models.PositiveSmallIntegerField[int, int] = models.PositiveSmallIntegerField(default=0)
    limits: models.JSONField[Any, Any] = models.JSONField(default=dict)
    process: Said = Chars(max_length=64, blank=True)
    digest: Said = Chars(max_length=64, blank=True)
    simulated: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    public: Said = Chars(max_length=8, default="hidden")
    supporters: models.IntegerField[int, int] = models.IntegerField(default=0)
    version: models.IntegerField[int, int] = models.IntegerField(default=1)
    key: Said = Chars(max_length=120, unique=True)
    seq: models.IntegerField[int, int] = models.IntegerField(default=0)
    head: Said = Chars(max_length=64, blank=True)

    if TYPE_CHECKING:
        person_id: int | None

    class Meta:
        app_label = "cases"
        db_table = "cases_case"
        indexes: ClassVar[list[Any]] = [
            models.Index(
                fields=["agency", "due_at", "id"], name="cases_owed",
                condition=models.Q(due_at__isnull=False),
            ),
            models.Index(
                fields=["due_at", "id"], name="cases_due", condition=models.Q(due_at__isnull=False)
            ),
            models.Index(
                fields=["category", "due_at", "id"], name="cases_of_category",
                condition=models.Q(due_at__isnull=False),
            ),
            models.Index(
                fields=["place", "due_at", "id"], name="cases_of_place",
                condition=models.Q(due_at__isnull=False),
            ),
            models.Index(
                fields=["person", "due_at", "id"], name="cases_of_person",
                condition=models.Q(person__isnull=False),
            ),
            models.Index(fields=["agency", "-opened_at", "-id"], name="cases_newest_of"),
            models.Index(fields=["-opened_at", "-id"], name="cases_newest"),
            models.Index(fields=["agency", "category", "-opened_at", "-id"], name="cases_category_of"),
            models.Index(fields=["agency", "state", "-opened_at", "-id"], name="cases_state_of"),
            models.Index(fields=["place", "category", "-opened_at", "-id"], name="cases_newest_at"),
            models.Index(
                fields=["agency", "person"], name="cases_open_of", condition=models.Q(closed_at__isnull=True)
            ),
            models.Index(
                fields=["category", "band", "longitude"], name="cases_near",
                condition=models.Q(band__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.code


class Instance(models.Model):
    """Where the process of a case stands. The definition lies apart, once, under its digest."""

    purpose_of: ClassVar[str] = "handling-cases"
    lock: ClassVar[Lock] = Lock(doors=("case",))
    personal: ClassVar[Mapping[str, str]] = {"id": "none", "case": "none", "state": f"record; {KEPT}"}

    case: models.OneToOneField[Case, Case] = models.OneToOneField(
        Case, on_delete=models.PROTECT, related_name="instance"
    )
    state: models.JSONField[Any, Any] = models.JSONField()

    class Meta:
        app_label = "cases"
        db_table = "cases_instance"

    def __str__(self) -> str:
        return str(self.case)


class Definition(models.Model):
    """The texts of a process some case runs through, under their digest."""

    personal: ClassVar[Mapping[str, str]] = dict.fromkeys(("digest", "process", "texts", "at"), "none")

    digest: Said = Chars(max_length=64, primary_key=True)
    process: Said = Chars(max_length=64)
    texts: models.JSONField[Any, Any] = models.JSONField()
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        app_label = "cases"
        db_table = "cases_definition"

    def __str__(self) -> str:
        return f"{self.process} {self.digest[:12]}"


class Words(models.Model):
    """What a case can be found by: keyed digests of its words, from which no word can be had.

    They lie outside the lock because PostgreSQL uses no text index behind a policy; what is found is read
    from `cases_case`, behind it."""

    purpose_of: ClassVar[str] = "handling-cases"
    unlocked: ClassVar[str] = (
        "digests under the province's key; the cases themselves are read behind the lock"
    )
    personal: ClassVar[Mapping[str, str]] = {
        "case": "none",
        "words": f"record, as keyed digests; {KEPT}",
        "sent": f"record, as keyed digests; {KEPT}",
    }

    case: models.OneToOneField[Case, Case] = models.OneToOneField(
        Case, on_delete=models.PROTECT, related_name="+", primary_key=True
    )
    words: Long = models.TextField()  # a tsvector; see migration 0002
    sent: Long = models.TextField(null=True)  # the same of what was sent, where that is covered in the row

    class Meta:
        app_label = "cases"
        db_table = "cases_words"

    def __str__(self) -> str:
        return str(self.case_id)

    if TYPE_CHECKING:
        case_id: int
