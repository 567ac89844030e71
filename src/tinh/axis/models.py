"""Who is on the axis, what they offer, who may call it, and the log of what was said.

An agency of the province is a member by its id; a member without one lies outside. Nothing of the
log is ever changed: `messages` holds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models

from tinh.axis.messages import Batch, Entry, Kept, Stamp
from tinh.axis.shares.keeping import Demand, Spent, Tripped
from tinh.axis.telling.keeping import Following, OpenAlert, Telling
from tinh.people.api import Lock

__all__ = [
    "Batch", "Credential", "Demand", "Entry", "Following", "Group", "Kept", "Member", "OpenAlert", "Right",
    "Server", "Service", "Spent", "Stamp", "Subsystem", "Telling", "Tripped",
]  # fmt: skip


class Member(models.Model):
    """An organisation on the axis: `INSTANCE/CLASS/CODE`."""

    personal: ClassVar[Mapping[str, str]] = {
        "id": "none", "instance": "none", "klass": "none", "code": "none", "agency": "none", "name": "none",
        "contact": "contact, of an office; as long as the member", "active": "none", "created_at": "none",
    }  # fmt: skip
    lock: ClassVar[Lock] = Lock(doors=("person",))

    instance: models.CharField[str, str] = models.CharField(max_length=64)
    klass: models.CharField[str, str] = models.CharField(max_length=32)
    code: models.CharField[str, str] = models.CharField(max_length=64)
    agency: models.CharField[str, str] = models.CharField(max_length=64, blank=True)
    name: models.CharField[str, str] = models.CharField(max_length=300, blank=True)
    contact: models.CharField[str, str] = models.CharField(max_length=300, blank=True)
    active: models.BooleanField[bool, bool] = models.BooleanField(default=True)
    created_at: models.DateTimeField[Any, Any] = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["instance", "klass", "code"], name="one_member_per_identifier"),
            models.UniqueConstraint(
                fields=["agency"], name="one_member_per_agency", condition=~models.Q(agency="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instance}/{self.klass}/{self.code}"


class Subsystem(models.Model):
    """An information system of a member: what calls, and what offers services."""

    personal: ClassVar[Mapping[str, str]] = {
        "id": "none", "member": "none", "code": "none", "name": "none", "active": "none",
        "created_at": "none",
    }  # fmt: skip

    member: models.ForeignKey[Member, Member] = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="subsystems"
    )
    code: models.CharField[str, str] = models.CharField(max_length=64)
    name: models.CharField[str, str] = models.CharField(max_length=300, blank=True)
    active: models.BooleanField[bool, bool] = models.BooleanField(default=True)
    created_at: models.DateTimeField[Any, Any] = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["member", "code"], name="one_subsystem_per_code")
        ]

    def __str__(self) -> str:
        return f"{self.member}/{self.code}"


class Credential(models.Model):
    """How a subsystem is known: a key (its SHA-256) or a client certificate (its SHA-256 fingerprint)."""

    personal: ClassVar[Mapping[str, str]] = {
        "id": "none", "subsystem": "none", "kind": "none", "digest": "secret, hashed; until it expires",
        "name": "none", "created_at": "none", "created_by": "identifier; as long as the subsystem",
        "expires_at": "none", "revoked_at": "none",
    }  # fmt: skip
    lock: ClassVar[Lock] = Lock(doors=("person",))

    subsystem: models.ForeignKey[Subsystem, Subsystem] = models.ForeignKey(
        Subsystem, on_delete=models.CASCADE, related_name="credentials"
    )
    kind: models.CharField[str, str] = models.CharField(
        max_length=12, choices=[("key", "key"), ("certificate", "certificate")]
    )
    digest: models.CharField[str, str] = models.CharField(max_length=64, db_index=True)
    name: models.CharField[str, str] = models.CharField(max_length=200, blank=True)
    created_at: models.DateTimeField[Any, Any] = models.DateTimeField(auto_now_add=True)
    created_by: models.CharField[str, str] = models.CharField(max_length=200, blank=True)
    expires_at: models.DateTimeField[Any, Any] = models.DateTimeField()
    revoked_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["kind", "digest", "subsystem"], name="one_credential_per_secret")
        ]

    def __str__(self) -> str:
        return self.name


class Server(models.Model):
    """A security server in front of us that is believed when it names the client."""

    personal: ClassVar[Mapping[str, str]] = {
        "id": "none", "name": "none", "addresses": "none", "digest": "secret, hashed; as long as the server",
        "claims": "none", "active": "none", "created_at": "none",
    }  # fmt: skip
    lock: ClassVar[Lock] = Lock(doors=("person",))

    name: models.CharField[str, str] = models.CharField(max_length=64, unique=True)
    addresses: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    digest: models.CharField[str, str] = models.CharField(max_length=64)
    claims: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    active: models.BooleanField[bool, bool] = models.BooleanField(default=True)
    created_at: models.DateTimeField[Any, Any] = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Group(models.Model):
    """Subsystems that a provider gives rights to together."""

    personal: ClassVar[Mapping[str, str]] = {
        "id": "none", "owner": "none", "code": "none", "name": "none", "subsystems": "none",
    }  # fmt: skip

    owner: models.ForeignKey[Subsystem, Subsystem] = models.ForeignKey(
        Subsystem, on_delete=models.CASCADE, related_name="groups"
    )
    code: models.CharField[str, str] = models.CharField(max_length=64)
    name: models.CharField[str, str] = models.CharField(max_length=300, blank=True)
    subsystems: models.ManyToManyField[Subsystem, Any] = models.ManyToManyField(
        Subsystem, related_name="in_groups"
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["owner", "code"], name="one_group_per_code")
        ]

    def __str__(self) -> str:
        return f"{self.owner}:{self.code}"


class Service(models.Model):
    """What a subsystem offers. `provider` is `kind:reference`; `endpoints` are {method, path} with `*`
    for one part of a path and `**` for any; `keep` says whether bodies are kept in the log."""

    personal: ClassVar[Mapping[str, str]] = {
        "id": "none", "subsystem": "none", "code": "none", "title": "none", "title_en": "none",
        "provider": "none", "openapi": "none", "endpoints": "none", "keep": "none", "keep_days": "none",
        "max_bytes": "none", "timeout": "none", "active": "none", "notice": "none", "created_at": "none",
    }  # fmt: skip

    subsystem: models.ForeignKey[Subsystem, Subsystem] = models.ForeignKey(
        Subsystem, on_delete=models.PROTECT, related_name="services"
    )
    code: models.CharField[str, str] = models.CharField(max_length=64)
    title: models.CharField[str, str] = models.CharField(max_length=300, blank=True)
    title_en: models.CharField[str, str] = models.CharField(max_length=300, blank=True)
    provider: models.CharField[str, str] = models.CharField(max_length=300)
    openapi: models.BooleanField[bool, bool] = models.BooleanField(default=True)
    endpoints: models.JSONField[list[dict[str, str]], list[dict[str, str]]] = models.JSONField(default=list)
    keep: models.CharField[str, str] = models.CharField(
        max_length=8, choices=[("digest", "digest"), ("body", "body")], default="digest"
    )
    keep_days: models.IntegerField[int, int] = models.IntegerField(default=90)
    max_bytes: models.BigIntegerField[int, int] = models.BigIntegerField(default=50_000_000)
    timeout: models.IntegerField[int, int] = models.IntegerField(default=60)
    active: models.BooleanField[bool, bool] = models.BooleanField(default=True)
    notice: models.CharField[str, str] = models.CharField(max_length=300, blank=True)
    created_at: models.DateTimeField[Any, Any] = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["subsystem", "code"], name="one_service_per_code")
        ]

    def __str__(self) -> str:
        return f"{self.subsystem}/{self.code}"


class Right(models.Model):
    """A subsystem, or a group of them, may call a service: what for, on what ground, from when to when."""

    personal: ClassVar[Mapping[str, str]] = {
        "id": "none", "service": "none", "subsystem": "none", "group": "none", "method": "none",
        "path": "none", "purpose": "none", "basis": "none", "since": "none", "until": "none",
        "given_by": "identifier; as long as the right is on record", "given_at": "none", "reason": "none",
        "revoked_at": "none", "revoked_by": "identifier; as long as the right is on record",
        "revoked_why": "none",
    }  # fmt: skip
    lock: ClassVar[Lock] = Lock(doors=("person",))

    service: models.ForeignKey[Service, Service] = models.ForeignKey(
        Service, on_delete=models.PROTECT, related_name="rights"
    )
    subsystem: models.ForeignKey[Subsystem | None, Subsystem | None] = models.ForeignKey(
        Subsystem, on_delete=models.PROTECT, null=True, blank=True, related_name="rights"
    )
    group: models.ForeignKey[Group | None, Group | None] = models.ForeignKey(
        Group, on_delete=models.PROTECT, null=True, blank=True, related_name="rights"
    )
    method: models.CharField[str, str] = models.CharField(max_length=10, default="*")
    path: models.CharField[str, str] = models.CharField(max_length=300, default="**")
    purpose: models.CharField[str, str] = models.CharField(max_length=300)
    basis: models.CharField[str, str] = models.CharField(max_length=300)
    since: models.DateField[Any, Any] = models.DateField()
    until: models.DateField[Any, Any] = models.DateField(null=True, blank=True)
    given_by: models.CharField[str, str] = models.CharField(max_length=200)
    given_at: models.DateTimeField[Any, Any] = models.DateTimeField(auto_now_add=True)
    reason: models.CharField[str, str] = models.CharField(max_length=300, blank=True)
    revoked_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True, blank=True)
    revoked_by: models.CharField[str, str] = models.CharField(max_length=200, blank=True)
    revoked_why: models.CharField[str, str] = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=models.Q(subsystem__isnull=False) ^ models.Q(group__isnull=False),
                name="a_right_is_given_to_one",
            )
        ]

    def __str__(self) -> str:
        return f"{self.subsystem or self.group} → {self.service}"
