"""What a case waits for, what failed for good, and what is to be told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models

from tinh.cases.tables.case import CHILD, Case
from tinh.cases.tables.fields import Chars, Long, Moment, Said, moment
from tinh.people.api import Lock


class Step(models.Model):
    """One thing a case waits for: somebody's action, a moment, a message, a service.

    `due_at` of the kinds `timer`, `service` and `clock` is when the round takes it up; of `user` it is when
    it should be done. `clock` is the next mark of the case's own limit.
    """

    lock: ClassVar[Lock] = CHILD
    personal: ClassVar[Mapping[str, str]] = dict.fromkeys((
        "id", "case", "step", "task", "kind", "name", "vi", "en", "role", "lane", "state", "pauses",
        "actions", "arguments", "at", "due_at", "attempts", "error", "dead",
    ), "none")  # fmt: skip

    case: models.ForeignKey[Case, Case] = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="steps", db_index=False
    )
    step: Said = Chars(max_length=100)
    task: Said = Chars(max_length=100, blank=True)
    kind: Said = Chars(max_length=8)
    name: Said = Chars(max_length=100, blank=True)
    vi: Said = Chars(max_length=200, blank=True)
    en: Said = Chars(max_length=200, blank=True)
    role: Said = Chars(max_length=32, blank=True)
    lane: Said = Chars(max_length=100, blank=True)
    state: Said = Chars(max_length=12, blank=True)
    pauses: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    actions: models.JSONField[Any, Any] = models.JSONField(default=list)
    arguments: models.JSONField[Any, Any] = models.JSONField(default=dict)
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    due_at: Moment = moment()
    attempts: models.PositiveSmallIntegerField[int, int] = models.PositiveSmallIntegerField(default=0)
    error: Long = models.TextField(blank=True)
    dead: models.BooleanField[bool, bool] = models.BooleanField(default=False)

    if TYPE_CHECKING:
        case_id: int

    class Meta:
        app_label = "cases"
        db_table = "cases_step"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["case", "step"], name="one_step_each")
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(
                fields=["due_at"], name="steps_due",
                condition=models.Q(due_at__isnull=False, dead=False) & ~models.Q(kind="user"),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind} {self.step}"


class Dead(models.Model):
    """A service that failed as often as it may. It stays until somebody frees it."""

    lock: ClassVar[Lock] = CHILD
    personal: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(
            ("id", "case", "step", "task", "name", "arguments", "error", "attempts", "at", "freed_at", "how"),
            "none",
        ),
        "freed_by": "identifier; as long as the case",
        "reason": "record; as long as the case",
    }

    case: models.ForeignKey[Case, Case] = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="dead"
    )
    step: Said = Chars(max_length=100)
    task: Said = Chars(max_length=100, blank=True)
    name: Said = Chars(max_length=100)
    arguments: models.JSONField[Any, Any] = models.JSONField(default=dict)
    error: Long = models.TextField(blank=True)
    attempts: models.PositiveSmallIntegerField[int, int] = models.PositiveSmallIntegerField(default=0)
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    freed_at: Moment = moment()
    freed_by: Said = Chars(max_length=200, blank=True)
    how: Said = Chars(max_length=8, blank=True)  # retried, skipped
    reason: Long = models.TextField(blank=True)

    if TYPE_CHECKING:
        case_id: int

    class Meta:
        app_label = "cases"
        db_table = "cases_dead"
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["-at"], name="dead_open", condition=models.Q(freed_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.name}"


class Notice(models.Model):
    """Something one recipient is to be told over one channel, of one event: once. The address is looked up
    when it goes out, so that erasing a party leaves none behind."""

    lock: ClassVar[Lock] = Lock(read="supervise cases", doors=("case",))
    personal: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys((
            "id", "case", "seq", "audience", "channel", "template", "data", "state", "created_at", "due_at",
            "leased_until", "attempts", "settled_at", "answer", "receipt",
        ), "none"),
        "recipient": "record, as a number; as long as the case",
    }  # fmt: skip

    case: models.ForeignKey[Case, Case] = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="notices", db_index=False
    )
    seq: models.IntegerField[int, int] = models.IntegerField()  # of the event it tells of
    audience: Said = Chars(max_length=12)
    recipient: Said = Chars(max_length=40)  # party:<id>, account:<id>
    channel: Said = Chars(max_length=8)
    template: Said = Chars(max_length=64)
    data: models.JSONField[Any, Any] = models.JSONField(default=dict)
    state: Said = Chars(max_length=8, default="waiting")  # waiting, sent, failed, dropped
    created_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    due_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    leased_until: Moment = moment()
    attempts: models.PositiveSmallIntegerField[int, int] = models.PositiveSmallIntegerField(default=0)
    settled_at: Moment = moment()
    answer: Long = models.TextField(blank=True)
    receipt: models.JSONField[Any, Any] = models.JSONField(default=dict)

    if TYPE_CHECKING:
        case_id: int

    class Meta:
        app_label = "cases"
        db_table = "cases_notice"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["case", "seq", "recipient", "channel", "template"], name="one_case_notice_each"
            )
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(
                fields=["channel", "due_at"], name="case_notices_due", condition=models.Q(state="waiting")
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.seq} {self.audience} {self.channel}"
