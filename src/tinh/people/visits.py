"""Who is signed in where: the sessions a person sees and can end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models

from tinh.people.locks import Lock


class Visit(models.Model):
    """One signed-in session. The session itself stands in Django's table; this is what people see of it."""

    personal: ClassVar[Mapping[str, str]] = {
        "id": "none",
        "user": "identifier; as long as the session",
        "key": "secret; as long as the session",
        "how": "activity; as long as the session",
        "address": "network address; as long as the session",
        "agent": "activity, device; as long as the session",
        "provider": "none",
        "subject": "identifier, at the provider; as long as the session",
        "sid": "identifier, of the provider's session; as long as the session",
        "began": "activity; as long as the session",
        "seen": "activity; as long as the session",
    }

    lock: ClassVar[Lock] = Lock(account="user_id", doors=("sign-in",))

    user: models.ForeignKey[Any, Any] = models.ForeignKey(
        "people.User", on_delete=models.CASCADE, related_name="visits"
    )
    key: models.CharField[str, str] = models.CharField(max_length=40, unique=True)
    how: models.CharField[str, str] = models.CharField(max_length=20, blank=True)
    address: models.CharField[str, str] = models.CharField(max_length=64, blank=True)
    agent: models.CharField[str, str] = models.CharField(max_length=300, blank=True)
    provider: models.CharField[str, str] = models.CharField(max_length=60, blank=True)
    subject: models.CharField[str, str] = models.CharField(max_length=255, blank=True)
    sid: models.CharField[str, str] = models.CharField(max_length=255, blank=True)
    began: models.DateTimeField[Any, Any] = models.DateTimeField()
    seen: models.DateTimeField[Any, Any] = models.DateTimeField(db_index=True)

    class Meta:
        app_label = "people"
        indexes: ClassVar[list[Any]] = [models.Index(fields=["provider", "sid"], name="visits_of_provider")]

    def __str__(self) -> str:
        return f"{self.user} {self.began}"
