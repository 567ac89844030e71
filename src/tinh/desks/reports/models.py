"""What the desk keeps beside a case of the engine: what the public sees, the rating, who follows, abuse."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models

from tinh.people.api import Lock

KEPT = "5 years after it is closed"


class Report(models.Model):
    """One report beside its case. `subject` and `body` are screened: everybody may read them once shown;
    `answers` and `added` are covered for the agencies, as sent they lie in `Untold`.

    `asked` counts requests for more, `asked_at` is the first; `refuse_by` and `publish_by` are limits the
    case itself does not keep; `word` is the rating; `check_word` the answer to “is it really fixed?”.
    """

    personal: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys((
            "case", "group", "category", "subject", "body", "covered", "refusal", "asked", "asked_at",
            "ask_by",
            "refuse_by", "publish_by", "published_at", "word", "rated_at", "remark", "check_at", "check_word",
            "shown_at", "shown_by", "answer", "named", "answers", "added",
        ), "none"),
        "sent_from": "identifier, as a keyed digest; 90 days after the case is closed",
        "question": f"record; {KEPT}",
    }  # fmt: skip
    purpose_of: ClassVar[str] = "handling-cases"
    lock: ClassVar[Lock] = Lock(read="read cases", doors=("case",), key="case_id")

    case: models.OneToOneField[Any, Any] = models.OneToOneField(
        "cases.Case", on_delete=models.PROTECT, related_name="report", primary_key=True
    )
    group: models.CharField[str, str] = models.CharField(max_length=64)
    category: models.CharField[str, str] = models.CharField(max_length=64)
    subject: models.CharField[str, str] = models.CharField(max_length=200)
    body: models.TextField[str, str] = models.TextField(blank=True)
    covered: models.PositiveSmallIntegerField[int, int] = models.PositiveSmallIntegerField(default=0)
    answers: models.JSONField[Any, Any] = models.JSONField(default=dict)
    sent_from: models.JSONField[Any, Any] = models.JSONField(default=dict)
    named: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    shown_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True)
    shown_by: models.CharField[str, str] = models.CharField(max_length=64, blank=True)
    refusal: models.CharField[str, str] = models.CharField(max_length=64, blank=True)
    refuse_by: models.DateTimeField[Any, Any] = models.DateTimeField(null=True)
    asked: models.PositiveSmallIntegerField[int, int] = models.PositiveSmallIntegerField(default=0)
    asked_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True)
    ask_by: models.DateTimeField[Any, Any] = models.DateTimeField(null=True)
    question: models.TextField[str, str] = models.TextField(blank=True)
    added: models.JSONField[Any, Any] = models.JSONField(default=list)
    answer: models.TextField[str, str] = models.TextField(blank=True)
    published_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True)
    publish_by: models.DateTimeField[Any, Any] = models.DateTimeField(null=True)
    word: models.CharField[str, str] = models.CharField(max_length=12, blank=True)
    rated_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True)
    remark: models.TextField[str, str] = models.TextField(blank=True)
    check_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True)
    check_word: models.CharField[str, str] = models.CharField(max_length=12, blank=True)

    if TYPE_CHECKING:
        case_id: int

    class Meta:
        app_label = "desks"
        db_table = "desks_report"
        indexes: ClassVar[list[Any]] = [
            models.Index(
                fields=["-shown_at"], name="reports_shown", condition=models.Q(shown_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return str(self.case_id)


class Untold(models.Model):
    """What a citizen answered and added, as sent, where the report's row keeps it covered. `added` holds
    those additions alone that differ, each with its place `n` in the row's list."""

    personal: ClassVar[Mapping[str, str]] = {
        "case": "none", "answers": f"record; {KEPT}", "added": f"record; {KEPT}",
    }  # fmt: skip
    purpose_of: ClassVar[str] = "handling-cases"
    lock: ClassVar[Lock] = Lock(read="see reporters", doors=("case",), key="case_id")

    case: models.OneToOneField[Any, Any] = models.OneToOneField(
        "cases.Case", on_delete=models.PROTECT, related_name="untold", primary_key=True
    )
    answers: models.JSONField[Any, Any] = models.JSONField(default=dict)
    added: models.JSONField[Any, Any] = models.JSONField(default=list)

    if TYPE_CHECKING:
        case_id: int

    class Meta:
        app_label = "desks"
        db_table = "desks_untold"

    def __str__(self) -> str:
        return str(self.case_id)


class Support(models.Model):
    """Somebody follows a report: once a person or device, known by a keyed digest alone."""

    personal: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("id", "case", "at"), "none"),
        "mark": "identifier, as a keyed digest; as long as the case",
    }
    purpose_of: ClassVar[str] = "handling-cases"
    lock: ClassVar[Lock] = Lock(doors=("case",))

    case: models.ForeignKey[Any, Any] = models.ForeignKey(
        "cases.Case", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    mark: models.CharField[str, str] = models.CharField(max_length=64)
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        app_label = "desks"
        db_table = "desks_support"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["case", "mark"], name="one_support_each")
        ]

    def __str__(self) -> str:
        return f"{self.case_id}"

    if TYPE_CHECKING:
        case_id: int


class Tally(models.Model):
    """How often something was done in an hour from one network or device (a keyed digest); kept two days."""

    personal: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("id", "hour", "count"), "none"),
        "mark": "identifier, as a keyed digest; 2 days",
    }
    lock: ClassVar[Lock] = Lock(doors=("case",))

    mark: models.CharField[str, str] = models.CharField(max_length=64)
    hour: models.BigIntegerField[int, int] = models.BigIntegerField()
    count: models.IntegerField[int, int] = models.IntegerField(default=0)

    class Meta:
        app_label = "desks"
        db_table = "desks_tally"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["mark", "hour"], name="one_tally_an_hour")
        ]
        indexes: ClassVar[list[Any]] = [models.Index(fields=["hour"], name="tallies_by_hour")]

    def __str__(self) -> str:
        return f"{self.hour} {self.count}"


class Block(models.Model):
    """Nobody may send from a network or device until a day, for a reason that is told; an appeal is
    answered.
    """

    personal: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(
            ("id", "kind", "reason", "at", "until", "lifted_at", "appealed_at", "verdict"), "none"
        ),
        "mark": "identifier, as a keyed digest; 1 year after it ends",
        "by": "identifier; 1 year after it ends",
        "account": "identifier; 1 year after it ends",
        "lifted_by": "identifier; 1 year after it ends",
        "appeal": "record; 1 year after it ends",
    }
    purpose_of: ClassVar[str] = "handling-cases"
    lock: ClassVar[Lock] = Lock(read="manage desks", write="manage desks", doors=("case",))

    kind: models.CharField[str, str] = models.CharField(max_length=10)  # network, device, person
    mark: models.CharField[str, str] = models.CharField(max_length=64)
    reason: models.CharField[str, str] = models.CharField(max_length=300)
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    until: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    by: models.CharField[str, str] = models.CharField(max_length=200)
    account: models.BigIntegerField[Any, Any] = models.BigIntegerField(null=True)  # of `by`: names change
    appeal: models.TextField[str, str] = models.TextField(blank=True)
    appealed_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True)
    verdict: models.TextField[str, str] = models.TextField(blank=True)
    lifted_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True)
    lifted_by: models.CharField[str, str] = models.CharField(max_length=200, blank=True)

    class Meta:
        app_label = "desks"
        db_table = "desks_block"
        indexes: ClassVar[list[Any]] = [models.Index(fields=["mark", "until"], name="blocks_by_mark")]

    def __str__(self) -> str:
        return f"{self.pk} {self.kind}"
