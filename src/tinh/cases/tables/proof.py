"""What shows that histories are as they were written: how far the walk is, what it found, and its anchors."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models

from tinh.cases.tables.case import Case
from tinh.cases.tables.fields import Chars, Moment, Said, moment


class Walk(models.Model):
    """One row: the case and the anchor the present walk has come to, what the last whole walk saw, and the
    event the next anchor may go up to once every change under way at `mark_xid` has ended."""

    personal: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("id", "after", "anchor", "began_at", "cases", "events", "whole_at", "whole_cases", "whole_events",
         "mark", "mark_xid"), "none",
    )  # fmt: skip

    after: models.BigIntegerField[int, int] = models.BigIntegerField(default=0)
    anchor: models.BigIntegerField[int, int] = models.BigIntegerField(default=0)
    began_at: Moment = moment()
    cases: models.BigIntegerField[int, int] = models.BigIntegerField(default=0)
    events: models.BigIntegerField[int, int] = models.BigIntegerField(default=0)
    whole_at: Moment = moment()
    whole_cases: models.BigIntegerField[int, int] = models.BigIntegerField(default=0)
    whole_events: models.BigIntegerField[int, int] = models.BigIntegerField(default=0)
    mark: models.BigIntegerField[Any, Any] = models.BigIntegerField(null=True)
    mark_xid: models.BigIntegerField[Any, Any] = models.BigIntegerField(null=True)

    class Meta:
        app_label = "cases"
        db_table = "cases_walk"

    def __str__(self) -> str:
        return f"{self.after}"


class Anchor(models.Model):
    """The digest of the events numbered `first` to `last`; the access log's own chain holds it as well."""

    personal: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("id", "at", "first", "last", "events", "digest"), "none"
    )

    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    first: models.BigIntegerField[int, int] = models.BigIntegerField()
    last: models.BigIntegerField[int, int] = models.BigIntegerField(unique=True)
    events: models.BigIntegerField[int, int] = models.BigIntegerField()
    digest: Said = Chars(max_length=64)

    class Meta:
        app_label = "cases"
        db_table = "cases_anchor"

    def __str__(self) -> str:
        return f"{self.first}-{self.last}"


class Broken(models.Model):
    """A history that is not as it was written (`case`), or an anchor that does not fit (`anchor`)."""

    personal: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("id", "case", "anchor", "problem", "number", "found_at", "mended_at"), "none"
    )

    case: models.ForeignKey[Any, Any] = models.ForeignKey(
        Case, null=True, on_delete=models.PROTECT, related_name="+"
    )
    anchor: models.ForeignKey[Any, Any] = models.ForeignKey(
        Anchor, null=True, on_delete=models.PROTECT, related_name="+"
    )
    problem: Said = Chars(max_length=12)
    number: models.IntegerField[int, int] = models.IntegerField(default=0)
    found_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    mended_at: Moment = moment()

    if TYPE_CHECKING:
        case_id: int | None
        anchor_id: int | None

    class Meta:
        app_label = "cases"
        db_table = "cases_broken"

    def __str__(self) -> str:
        return f"{self.case_id or self.anchor_id} {self.problem}"
