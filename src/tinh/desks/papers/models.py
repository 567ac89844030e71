"""A document of a case: an agency's answer in writing, or what a cooperating agency sent along."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models

from tinh.people.api import Lock

KEPT = "5 years after it is closed"


class Paper(models.Model):
    """`case` is the code of its case; `stage`: answer or note; `note` the note it came with; `shown`: whether
    everybody may have it. The bytes lie sealed in the data folder under `name`."""

    personal: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(
            ("id", "name", "case", "stage", "note", "media", "size", "digest", "shown", "at", "agency"),
            "none",
        ),
        "title": f"record; {KEPT}", "author": "identifier; as long as the case",
    }  # fmt: skip
    purpose_of: ClassVar[str] = "handling-cases"
    lock: ClassVar[Lock] = Lock(read="read cases", doors=("case",))

    name: models.CharField[str, str] = models.CharField(max_length=32, unique=True)
    case: models.CharField[str, str] = models.CharField(max_length=40, db_index=True)
    stage: models.CharField[str, str] = models.CharField(max_length=10, default="answer")
    note: models.BigIntegerField[Any, Any] = models.BigIntegerField(null=True)
    title: models.CharField[str, str] = models.CharField(max_length=200)
    media: models.CharField[str, str] = models.CharField(max_length=100)
    size: models.BigIntegerField[int, int] = models.BigIntegerField()
    digest: models.CharField[str, str] = models.CharField(max_length=64)
    shown: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    at: models.DateTimeField[Any, Any] = models.DateTimeField()
    author: models.CharField[str, str] = models.CharField(max_length=200, blank=True)
    agency: models.CharField[str, str] = models.CharField(max_length=64, blank=True)

    class Meta:
        app_label = "desks"
        db_table = "desks_paper"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["case", "stage", "digest", "note"], name="one_paper_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return self.name
