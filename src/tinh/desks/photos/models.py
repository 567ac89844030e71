"""A photo's row: how far it has come, and what stands open to whom. The pictures themselves lie in files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from tinh.people.api import Lock


class State(models.TextChoices):
    RECEIVING = "receiving"
    RECEIVED = "received"  # durable; its copies are still to be made
    READY = "ready"
    REFUSED = "refused"


class Photo(models.Model):
    """One photo. `draft` is the digest of the draft's secret; `case` the code of its case, or "".

    `copies` counts the sets of public copies made so far: it is part of their address, so that a blurred
    picture is never mistaken for the one before. `boxes` are burnt into the copies: `[left, top, width,
    height]`, parts of the picture. `bands` are four pieces of the likeness: like pictures share one.
    """

    personal: ClassVar[Mapping[str, str]] = {
        "id": "none", "name": "none", "draft": "none", "key": "none", "case": "none", "role": "none",
        "place": "none", "kind": "none", "length": "none", "state": "none", "fault": "none",
        "about": "none", "digest": "none", "width": "none", "height": "none", "copies": "none",
        "boxes": "none", "proposals": "none", "blur": "none", "likeness": "none", "bands": "none",
        "shown": "none", "created_at": "none", "expires_at": "none", "leased_until": "none",
        "attempts": "none",
    }  # fmt: skip

    name: models.CharField[str, str] = models.CharField(max_length=32, unique=True)
    draft: models.CharField[str, str] = models.CharField(max_length=64)
    key: models.CharField[str, str] = models.CharField(max_length=64)
    case: models.CharField[str, str] = models.CharField(max_length=40, blank=True, default="")
    role: models.CharField[str, str] = models.CharField(max_length=8, default="report")
    place: models.PositiveSmallIntegerField[int, int] = models.PositiveSmallIntegerField(default=0)
    kind: models.CharField[str, str] = models.CharField(max_length=8, blank=True, default="")
    length: models.BigIntegerField[int, int] = models.BigIntegerField()
    state: models.CharField[str, str] = models.CharField(max_length=9, choices=State.choices)
    fault: models.CharField[str, str] = models.CharField(max_length=8, blank=True, default="")
    about: models.JSONField[Any, Any] = models.JSONField(default=dict)
    digest: models.CharField[str, str] = models.CharField(max_length=64, blank=True, default="")
    width: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)
    height: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)
    copies: models.PositiveSmallIntegerField[int, int] = models.PositiveSmallIntegerField(default=0)
    boxes: models.JSONField[Any, Any] = models.JSONField(default=list)
    proposals: models.JSONField[Any, Any] = models.JSONField(null=True, default=None)
    blur: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    likeness: models.BigIntegerField[Any, Any] = models.BigIntegerField(null=True)
    bands: ArrayField[Any, Any] = ArrayField(models.IntegerField(), default=list)
    shown: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    created_at: models.DateTimeField[Any, Any] = models.DateTimeField()
    expires_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True)
    leased_until: models.DateTimeField[Any, Any] = models.DateTimeField(null=True)
    attempts: models.PositiveSmallIntegerField[int, int] = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["draft", "key"], name="one_photo_per_key")
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["created_at"], name="photos_waiting", condition=models.Q(state="received")),
            models.Index(
                fields=["expires_at"], name="photos_expiring", condition=models.Q(expires_at__isnull=False)
            ),
            models.Index(fields=["case", "place"], name="photos_of_case", condition=~models.Q(case="")),
            models.Index(fields=["digest"], name="photos_alike_exactly", condition=~models.Q(digest="")),
            GinIndex(fields=["bands"], name="photos_alike"),
        ]

    def __str__(self) -> str:
        return self.name


class Origin(models.Model):
    """What a photo's metadata said of whoever took it. Offered to the reporter; never shown."""

    personal: ClassVar[Mapping[str, str]] = {
        "id": "none", "photo": "none", "taken": "activity; 2 years", "latitude": "location; 2 years",
        "longitude": "location; 2 years",
    }  # fmt: skip
    lock: ClassVar[Lock] = Lock(read="see reporters")

    photo: models.OneToOneField[Any, Any] = models.OneToOneField(
        Photo, on_delete=models.CASCADE, related_name="origin"
    )
    taken: models.CharField[str, str] = models.CharField(max_length=32, blank=True, default="")
    latitude: models.FloatField[Any, Any] = models.FloatField(null=True)
    longitude: models.FloatField[Any, Any] = models.FloatField(null=True)

    def __str__(self) -> str:
        return f"origin {self.pk}"
