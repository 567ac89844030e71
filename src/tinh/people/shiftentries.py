"""The lines of the operations room's book."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models

from tinh.people.locks import Lock

if TYPE_CHECKING:
    from tinh.people.models import User


class ShiftEntry(models.Model):
    """One line of the book, with what was open at that moment."""

    TAKEN, NOTED, HANDED = "taken", "noted", "handed"
    personal: ClassVar[Mapping[str, str]] = {
        "id": "none",
        "at": "none",
        "account": "link to an account; as long as the account",
        "who": "identifier; five years",
        "name": "name; five years",
        "kind": "none",
        "note": "activity; five years",
        "open": "none",
    }
    lock: ClassVar[Lock] = Lock(read="hand over", account="account_id", append=True)

    at: models.DateTimeField[Any, Any] = models.DateTimeField(auto_now_add=True, db_index=True)
    account: models.ForeignKey[User | None, User | None] = models.ForeignKey(
        "people.User", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    who: models.CharField[str, str] = models.CharField(max_length=64)
    name: models.CharField[str, str] = models.CharField(max_length=200, blank=True)
    kind: models.CharField[str, str] = models.CharField(max_length=10)
    note: models.TextField[str, str] = models.TextField(blank=True)
    open: models.JSONField[list[Any], list[Any]] = models.JSONField(default=list, blank=True)

    class Meta:
        app_label = "people"

    def __str__(self) -> str:
        return f"{self.at} {self.who} {self.kind}"
