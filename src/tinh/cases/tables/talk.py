"""What is said about a case: notes, attachments, links, and answers prepared beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models

from tinh.cases.tables.case import CHILD, KEPT, Case
from tinh.cases.tables.fields import Chars, Long, Moment, Said, moment
from tinh.people.api import Lock


class Note(models.Model):
    """A remark on a case, for the staff alone or for everybody. Never changed; blanked when erased."""

    purpose_of: ClassVar[str] = "handling-cases"
    lock: ClassVar[Lock] = CHILD
    personal: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("id", "case", "at", "public", "mentions", "key", "erased_at"), "none"),
        "author": "identifier; as long as the case",
        "account": "link to an account; as long as the case",
        "text": f"record; {KEPT}",
    }

    case: models.ForeignKey[Case, Case] = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="notes"
    )
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    author: Said = Chars(max_length=200)
    account: models.BigIntegerField[Any, Any] = models.BigIntegerField(null=True)
    text: Long = models.TextField()
    public: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    mentions: models.JSONField[Any, Any] = models.JSONField(default=list)  # numbers of accounts
    key: models.CharField[Any, Any] = models.CharField(max_length=120, null=True, unique=True)
    erased_at: Moment = moment()

    if TYPE_CHECKING:
        case_id: int

    class Meta:
        app_label = "cases"
        db_table = "cases_note"

    def __str__(self) -> str:
        return f"{self.case_id} {self.at}"


class Attachment(models.Model):
    """A file of a case. The bytes lie in the desk's own store under `digest`; `original` names the untouched
    one, kept apart."""

    purpose_of: ClassVar[str] = "handling-cases"
    lock: ClassVar[Lock] = CHILD
    personal: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys((
            "id", "case", "note", "at", "kind", "media", "size", "width", "height", "digest", "public",
            "facts", "stage", "erased_at",
        ), "none"),
        "original": f"record; {KEPT}",
        "name": f"record; {KEPT}",
        "author": "identifier; as long as the case",
    }  # fmt: skip

    case: models.ForeignKey[Case, Case] = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="attachments"
    )
    note: models.ForeignKey[Any, Any] = models.ForeignKey(
        Note, null=True, on_delete=models.PROTECT, related_name="attachments"
    )
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    author: Said = Chars(max_length=200, blank=True)
    kind: Said = Chars(max_length=10, default="photo")
    stage: Said = Chars(max_length=10, default="report")  # report, answer, note
    name: Said = Chars(max_length=200, blank=True)
    media: Said = Chars(max_length=100, blank=True)
    size: models.BigIntegerField[int, int] = models.BigIntegerField(default=0)
    width: models.IntegerField[Any, Any] = models.IntegerField(null=True)
    height: models.IntegerField[Any, Any] = models.IntegerField(null=True)
    digest: Said = Chars(max_length=64)
    original: Said = Chars(max_length=64, blank=True)
    public: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    facts: models.JSONField[Any, Any] = models.JSONField(default=dict)
    erased_at: Moment = moment()

    if TYPE_CHECKING:
        case_id: int
        note_id: int | None

    class Meta:
        app_label = "cases"
        db_table = "cases_attachment"
        indexes: ClassVar[list[Any]] = [models.Index(fields=["digest"], name="attachments_by_digest")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.name}"


class Link(models.Model):
    """One case and another, or something elsewhere (`to` None; `ref` is `alert:<id>`)."""

    lock: ClassVar[Lock] = CHILD
    personal: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("id", "case", "kind", "to", "ref", "at"), "none"),
        "author": "identifier; as long as the case",
    }

    case: models.ForeignKey[Case, Case] = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="links"
    )
    kind: Said = Chars(max_length=16)
    to: models.ForeignKey[Any, Any] = models.ForeignKey(
        Case, null=True, on_delete=models.PROTECT, related_name="linked"
    )
    ref: Said = Chars(max_length=200, blank=True)
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    author: Said = Chars(max_length=200)

    if TYPE_CHECKING:
        case_id: int
        to_id: int | None

    class Meta:
        app_label = "cases"
        db_table = "cases_link"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["case", "kind", "to"], name="one_link_each", condition=models.Q(to__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["case", "kind", "ref"], name="one_reference_each", condition=~models.Q(ref="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind} {self.to_id or self.ref}"


class Canned(models.Model):
    """An answer prepared beforehand. `{code}`, `{subject}`, `{agency}`, `{due}` are filled in."""

    personal: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(
            ("id", "title", "text", "text_en", "action", "kind", "category", "agency", "active", "at"), "none"
        ),
        "author": "identifier; as long as the answer",
    }
    lock: ClassVar[Lock] = Lock(doors=("person", "case"))

    title: Said = Chars(max_length=120)
    text: Long = models.TextField()
    text_en: Long = models.TextField(blank=True)
    action: Said = Chars(max_length=64, blank=True)
    kind: Said = Chars(max_length=20, blank=True)
    category: Said = Chars(max_length=64, blank=True)
    agency: Said = Chars(max_length=64, blank=True)
    active: models.BooleanField[bool, bool] = models.BooleanField(default=True)
    author: Said = Chars(max_length=200)
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        app_label = "cases"
        db_table = "cases_canned"

    def __str__(self) -> str:
        return self.title
