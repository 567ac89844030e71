"""What the REST door remembers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models

from tinh.people.api import Lock


class IdempotencyKey(models.Model):
    """A key a sender chose and the delivery it stands for; kept a week."""

    personal: ClassVar[Mapping[str, str]] = {
        "id": "none",
        "sender": "identifier; 7 days",
        "key": "none",
        "dataset": "none",
        "digest": "none",
        "created_at": "none",
    }

    lock: ClassVar[Lock] = Lock(name="sender", adding=True)

    sender: models.CharField[str, str] = models.CharField(max_length=300)
    key: models.CharField[str, str] = models.CharField(max_length=255)
    dataset: models.CharField[str, str] = models.CharField(max_length=200)
    digest: models.CharField[str, str] = models.CharField(max_length=64)
    created_at: models.DateTimeField[Any, Any] = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["sender", "key"], name="one_delivery_per_key")
        ]

    def __str__(self) -> str:
        return self.key
