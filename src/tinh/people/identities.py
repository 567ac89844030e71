"""Who a person is at an OpenID provider, and one-time links to a new password."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models

from tinh.people.locks import Lock


class Identity(models.Model):
    """An account here and the same person there, known by issuer and subject and by nothing else."""

    personal: ClassVar[Mapping[str, str]] = {
        "id": "none",
        "user": "identifier; as long as the link",
        "issuer": "none",
        "subject": "identifier, at the provider; as long as the link",
        "rules": "none",
        "linked_at": "activity; as long as the link",
        "last_used_at": "activity; as long as the link",
    }

    lock: ClassVar[Lock] = Lock(account="user_id", doors=("sign-in",))

    user: models.ForeignKey[Any, Any] = models.ForeignKey(
        "people.User", on_delete=models.CASCADE, related_name="identities"
    )
    issuer: models.CharField[str, str] = models.CharField(max_length=300)
    subject: models.CharField[str, str] = models.CharField(max_length=255)
    # Whether the provider's claims decide role and agency, as they do for accounts it opened.
    rules: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    linked_at: models.DateTimeField[Any, Any] = models.DateTimeField(auto_now_add=True)
    last_used_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "people"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="one_account_per_identity")
        ]

    def __str__(self) -> str:
        return f"{self.issuer} {self.subject}"


class Reset(models.Model):
    """A one-time link with which a person chooses a new password."""

    personal: ClassVar[Mapping[str, str]] = {
        "id": "none",
        "user": "identifier; 30 days",
        "digest": "secret, hashed; 30 days",
        "made_by": "identifier; 30 days",
        "drops_factors": "none",
        "made_at": "activity; 30 days",
        "expires_at": "none",
        "used_at": "activity; 30 days",
    }

    lock: ClassVar[Lock] = Lock(read="manage accounts", write="manage accounts", doors=("sign-in",))

    user: models.ForeignKey[Any, Any] = models.ForeignKey(
        "people.User", on_delete=models.CASCADE, related_name="resets"
    )
    digest: models.CharField[str, str] = models.CharField(max_length=64, unique=True)
    made_by: models.CharField[str, str] = models.CharField(max_length=200)
    drops_factors: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    made_at: models.DateTimeField[Any, Any] = models.DateTimeField(auto_now_add=True)
    expires_at: models.DateTimeField[Any, Any] = models.DateTimeField()
    used_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "people"

    def __str__(self) -> str:
        return f"{self.user} {self.made_at}"
