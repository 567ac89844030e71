"""Who reported a case or follows it: kept apart from the case, and seen only by who needs to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models

from tinh.cases.tables.case import KEPT as CASE_KEPT
from tinh.cases.tables.case import Case
from tinh.cases.tables.fields import Chars, Long, Moment, Said, moment
from tinh.people.api import Lock

KEPT = "2 years after the case is closed"


class Sent(models.Model):
    """What was sent, where the row of the case keeps it covered: people write their number into the text."""

    purpose_of: ClassVar[str] = "handling-cases"
    lock: ClassVar[Lock] = Lock(read="see reporters", doors=("case",), key="case_id")
    personal: ClassVar[Mapping[str, str]] = {
        "case": "none", **dict.fromkeys(("subject", "body", "address"), f"record; {CASE_KEPT}"),
    }  # fmt: skip

    case: models.OneToOneField[Case, Case] = models.OneToOneField(
        Case, on_delete=models.PROTECT, related_name="sent", primary_key=True
    )
    subject: Said = Chars(max_length=200)
    body: Long = models.TextField(blank=True)
    address: Said = Chars(max_length=300, blank=True)

    if TYPE_CHECKING:
        case_id: int

    class Meta:
        app_label = "cases"
        db_table = "cases_sent"

    def __str__(self) -> str:
        return str(self.case_id)


class Party(models.Model):
    """A person of a case: reporter, supporter or subject. `…_mark` are keyed digests to find them by."""

    purpose_of: ClassVar[str] = "handling-cases"
    lock: ClassVar[Lock] = Lock(read="see reporters", doors=("case",))
    personal: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("id", "case", "role", "language", "wishes", "shown", "at", "erased_at"), "none"),
        "name": f"name; {KEPT}",
        "phone": f"phone; {KEPT}",
        "email": f"e-mail; {KEPT}",
        "address": f"address; {KEPT}",
        "phone_mark": f"identifier, as a keyed digest; {KEPT}",
        "email_mark": f"identifier, as a keyed digest; {KEPT}",
        "token": f"secret, hashed; {KEPT}",
        "account": "link to an account; as long as the account",
    }

    case: models.ForeignKey[Case, Case] = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="parties"
    )
    role: Said = Chars(max_length=12, default="reporter")
    name: Said = Chars(max_length=200, blank=True)
    phone: Said = Chars(max_length=32, blank=True)
    email: Said = Chars(max_length=254, blank=True)
    address: Said = Chars(max_length=300, blank=True)
    phone_mark: Said = Chars(max_length=32, blank=True)
    email_mark: Said = Chars(max_length=32, blank=True)
    language: Said = Chars(max_length=2, default="vi")
    wishes: models.JSONField[Any, Any] = models.JSONField(default=list)
    shown: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    token: Said = Chars(max_length=64, blank=True)
    account: models.ForeignKey[Any, Any] = models.ForeignKey(
        "people.User", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    erased_at: Moment = moment()

    if TYPE_CHECKING:
        case_id: int
        account_id: int | None

    class Meta:
        app_label = "cases"
        db_table = "cases_party"
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["phone_mark"], name="party_by_phone", condition=~models.Q(phone_mark="")),
            models.Index(fields=["email_mark"], name="party_by_email", condition=~models.Q(email_mark="")),
            models.Index(fields=["token"], name="party_by_token", condition=~models.Q(token="")),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.case_id}"


class Watch(models.Model):
    """Somebody on the staff follows a case."""

    purpose_of: ClassVar[str] = "handling-cases"
    lock: ClassVar[Lock] = Lock(account="account_id", doors=("case",))
    personal: ClassVar[Mapping[str, str]] = {
        "id": "none", "case": "none", "account": "link to an account; as long as the account", "at": "none",
    }  # fmt: skip

    case: models.ForeignKey[Case, Case] = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="watches"
    )
    account: models.ForeignKey[Any, Any] = models.ForeignKey(
        "people.User", on_delete=models.CASCADE, related_name="+"
    )
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    if TYPE_CHECKING:
        case_id: int
        account_id: int

    class Meta:
        app_label = "cases"
        db_table = "cases_watch"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["account", "case"], name="one_watch_each")
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.case_id}"
