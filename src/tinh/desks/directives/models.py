"""What the desk keeps beside the case of a directive: who cooperates, the document, what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models

from tinh.people.api import Lock

KEPT = "5 years after it is closed"


class Directive(models.Model):
    """One directive beside its case. The lead agency is the case's; `cooperating` are ids of agencies.

    `causes`: what made the leader write, besides the cases it is tied to: `{kind, id, vi, en, link}`.
    `asked_until`: the later deadline the agency asks for, while nobody has decided; `result` and
    `answer` are what it reported last; `returned` counts how often that was sent back.
    """

    personal: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys((
            "case", "cooperating", "number", "signed_on", "causes", "done", "progress_at", "asked_until",
            "result", "reported_at", "returned",
        ), "none"),
        "issuer": "link to an account; as long as the account",
        "issued_by": "identifier; as long as the case",
        "progress": f"record; {KEPT}",
        "asked_why": f"record; {KEPT}",
        "answer": f"record; {KEPT}",
    }  # fmt: skip
    purpose_of: ClassVar[str] = "handling-cases"
    lock: ClassVar[Lock] = Lock(read="read cases", doors=("case",), key="case_id")

    case: models.OneToOneField[Any, Any] = models.OneToOneField(
        "cases.Case", on_delete=models.PROTECT, related_name="directive", primary_key=True
    )
    issuer: models.ForeignKey[Any, Any] = models.ForeignKey(
        "people.User", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    issued_by: models.CharField[str, str] = models.CharField(max_length=200)
    cooperating: models.JSONField[Any, Any] = models.JSONField(default=list)
    number: models.CharField[str, str] = models.CharField(max_length=60, blank=True)
    signed_on: models.DateField[Any, Any] = models.DateField(null=True)
    causes: models.JSONField[Any, Any] = models.JSONField(default=list)
    done: models.PositiveSmallIntegerField[Any, Any] = models.PositiveSmallIntegerField(null=True)
    progress: models.TextField[str, str] = models.TextField(blank=True)
    progress_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True)
    asked_until: models.DateField[Any, Any] = models.DateField(null=True)
    asked_why: models.TextField[str, str] = models.TextField(blank=True)
    result: models.CharField[str, str] = models.CharField(max_length=12, blank=True)
    answer: models.TextField[str, str] = models.TextField(blank=True)
    reported_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True)
    returned: models.PositiveSmallIntegerField[int, int] = models.PositiveSmallIntegerField(default=0)

    if TYPE_CHECKING:
        case_id: int
        issuer_id: int | None

    class Meta:
        app_label = "desks"
        db_table = "desks_directive"

    def __str__(self) -> str:
        return str(self.case_id)
