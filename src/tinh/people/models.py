"""Accounts, their tokens, and what they did.

Every field is named in its model's `personal`: "none", or what it says of a person and how
long it is kept; `lock` says who sees the rows. System checks refuse what nobody thought about.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from tinh.people.identities import Identity, Reset
from tinh.people.invitations import Invitation
from tinh.people.locks import Lock
from tinh.people.posts import Post
from tinh.people.shiftentries import ShiftEntry
from tinh.people.visits import Visit

__all__ = [
    "Access", "Accounts", "Attempt", "Identity", "Invitation", "Post", "Reset", "Role", "ShiftEntry", "Token",
    "User", "Visit",
]  # fmt: skip


class Role(models.TextChoices):
    VIEWER = "viewer"
    LEADER = "leader"
    OPERATOR = "operator"
    DATA_OFFICER = "data_officer"
    COMMUNE_OFFICER = "commune_officer"
    DESK_OFFICER = "desk_officer"
    CASE_OFFICER = "case_officer"
    PROGRAMME_OFFICE = "programme_office"
    SECURITY_OFFICER = "security_officer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    SERVICE = "service"


class Accounts(BaseUserManager["User"]):
    def create(self, **fields: Any) -> User:
        """A new account; `password` is hashed on the way."""
        password = fields.pop("password", None)
        user = self.model(**fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def by_name(self, text: str) -> User | None:
        """The account whose user name, else whose e-mail address, is `text` in any case."""
        wanted = Lower(models.Value(text.strip().replace("\0", "")))
        return self.filter(name_key=wanted).first() or (
            self.filter(address_key=wanted).first() if "@" in text else None
        )


class User(AbstractBaseUser):
    personal: ClassVar[Mapping[str, str]] = {
        "id": "none",
        "username": "identifier; as long as the account",
        "name_key": "identifier; as long as the account",
        "email": "contact; as long as the account",
        "address_key": "contact; as long as the account",
        "full_name": "name; as long as the account",
        "password": "secret, hashed; as long as the account",
        "role": "none",
        "agency": "employment; as long as the account",
        "place": "none",
        "sector": "none",
        "is_active": "none",
        "demo": "none",
        "created_at": "none",
        "last_login": "activity; as long as the account",
    }

    lock: ClassVar[Lock] = Lock(
        read="read accounts",
        write="manage accounts",
        account="id",
        agency="agency",
        doors=("sign-in", "grant"),
    )

    username: models.CharField[str, str] = models.CharField(max_length=64)
    email: models.EmailField[str, str] = models.EmailField(blank=True)
    full_name: models.CharField[str, str] = models.CharField(max_length=200, blank=True)
    role: models.CharField[str, str] = models.CharField(
        max_length=20, choices=Role.choices, default=Role.VIEWER
    )
    agency: models.CharField[str, str] = models.CharField(max_length=64, blank=True)
    place: models.CharField[str, str] = models.CharField(max_length=10, blank=True)
    sector: models.CharField[str, str] = models.CharField(max_length=64, blank=True)
    is_active: models.BooleanField[bool, bool] = models.BooleanField(default=True)
    demo: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    created_at: models.DateTimeField[Any, Any] = models.DateTimeField(auto_now_add=True)
    # Row-level security uses no index on lower(…), a function that might tell of hidden rows.
    name_key = models.GeneratedField(
        expression=Lower("username"), output_field=models.CharField(max_length=64), db_persist=True
    )
    address_key = models.GeneratedField(
        expression=Lower("email"), output_field=models.CharField(max_length=254), db_persist=True
    )

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    objects: ClassVar[Accounts] = Accounts()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(Lower("username"), name="one_account_per_name"),
            models.UniqueConstraint(
                Lower("email"), name="one_account_per_address", condition=~models.Q(email="")
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["name_key"], name="accounts_by_name"),
            models.Index(fields=["address_key"], name="accounts_by_address"),
            models.Index(fields=["agency", "username"], name="accounts_of_agency"),
            models.Index(fields=["username"], name="accounts_in_order"),
        ]

    def __str__(self) -> str:
        return self.username


class Token(models.Model):
    """A key a program shows. Only its SHA-256 is kept: the secret is 256 random bits."""

    personal: ClassVar[Mapping[str, str]] = {
        "id": "none",
        "owner": "link to an account; until it expires",
        "name": "none",
        "digest": "secret, hashed; until it expires",
        "datasets": "none",
        "actions": "none",
        "created_at": "none",
        "expires_at": "none",
        "revoked_at": "none",
        "last_used_at": "activity; until it expires",
    }

    lock: ClassVar[Lock] = Lock(
        read="manage accounts", write="manage accounts", account="owner_id", doors=("sign-in", "grant")
    )

    owner: models.ForeignKey[User, User] = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="tokens"
    )
    name: models.CharField[str, str] = models.CharField(max_length=200)
    digest: models.CharField[str, str] = models.CharField(max_length=64, unique=True)
    datasets: models.JSONField[list[str], list[str]] = models.JSONField(default=list, blank=True)
    actions: models.JSONField[list[str], list[str]] = models.JSONField(default=list, blank=True)
    created_at: models.DateTimeField[Any, Any] = models.DateTimeField(auto_now_add=True)
    expires_at: models.DateTimeField[Any, Any] = models.DateTimeField()
    revoked_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True, blank=True)
    last_used_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Attempt(models.Model):
    """A failed sign-in, kept an hour to slow down guessing."""

    personal: ClassVar[Mapping[str, str]] = {
        "id": "none",
        "at": "none",
        "address": "network address; 1 hour",
        "name": "identifier, hashed; 1 hour",
    }

    lock: ClassVar[Lock] = Lock(doors=("sign-in",))

    at: models.DateTimeField[Any, Any] = models.DateTimeField(db_index=True)
    address: models.CharField[str, str] = models.CharField(max_length=64)
    name: models.CharField[str, str] = models.CharField(max_length=64)

    class Meta:
        indexes: ClassVar[list[Any]] = [models.Index(fields=["address", "name", "at"], name="attempts_of")]

    def __str__(self) -> str:
        return f"{self.at} {self.address}"


# Django finds the models of a room here; each topic has its own module.
from tinh.people.lines import Access, Anchor, Chain, Unmasking  # noqa: E402
from tinh.people.subjects import Consent, Restriction, Subject, SubjectEvent, SubjectRequest, Task  # noqa: E402

__all__ = [
    "Access", "Anchor", "Attempt", "Chain", "Consent", "Restriction", "Role", "Subject", "SubjectEvent",
    "SubjectRequest", "Task", "Token", "Unmasking", "User",
]  # fmt: skip
