"""Further posts: a second office, or somebody else's for a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models

from tinh.people.locks import Lock
from tinh.people.scope import Scope

if TYPE_CHECKING:
    from tinh.people.models import User


class Post(models.Model):
    """A role with its scope, from a day and until a day. Delegation is a post `given_by` somebody
    out of one of theirs (`source`; none: their main post), and dies with it."""

    personal: ClassVar[Mapping[str, str]] = {
        "id": "none",
        "user": "employment; as long as the account",
        "role": "none",
        "agency": "employment; as long as the account",
        "place": "none",
        "sector": "none",
        "since": "none",
        "until": "none",
        "given_by": "link to an account; as long as the account",
        "source": "none",
        "reason": "activity; as long as the account",
        "acting_for": "identifier; as long as the account",
        "ended_at": "none",
    }

    lock: ClassVar[Lock] = Lock(
        read="read accounts", write="manage accounts", account="user_id", agency="agency",
        doors=("sign-in", "grant"),
    )  # fmt: skip

    user: models.ForeignKey[User, User] = models.ForeignKey(
        "people.User", on_delete=models.CASCADE, related_name="posts"
    )
    role: models.CharField[str, str] = models.CharField(max_length=20)
    agency: models.CharField[str, str] = models.CharField(max_length=64, blank=True)
    place: models.CharField[str, str] = models.CharField(max_length=10, blank=True)
    sector: models.CharField[str, str] = models.CharField(max_length=64, blank=True)
    since: models.DateTimeField[Any, Any] = models.DateTimeField()
    until: models.DateTimeField[Any, Any] = models.DateTimeField(null=True, blank=True)
    given_by: models.ForeignKey[User | None, User | None] = models.ForeignKey(
        "people.User", on_delete=models.CASCADE, null=True, blank=True, related_name="given_posts"
    )
    source: models.ForeignKey[Post | None, Post | None] = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="handed_on"
    )
    reason: models.CharField[str, str] = models.CharField(max_length=500, blank=True)
    acting_for: models.CharField[str, str] = models.CharField(max_length=64, blank=True)
    ended_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "people"
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["user", "since"], name="posts_of"),
            models.Index(fields=["agency", "user"], name="posts_in"),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.agency} {self.place} {self.sector}".strip()

    @property
    def scope(self) -> Scope:
        return Scope(self.role, self.agency, self.place, self.sector, self.pk, self.acting_for)
