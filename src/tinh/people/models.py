"""Accounts, their tokens, and what they did.

Every field is named in its model's `personal`: "none", or what it says of a person and how
long it is kept. A system check refuses a field nobody thought about.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower


class Role(models.TextChoices):
    VIEWER = "viewer"
    DATA_OFFICER = "data_officer"
    ADMINISTRATOR = "administrator"


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
        wanted = text.strip().replace("\0", "")
        return self.filter(username__iexact=wanted).first() or (
            self.filter(email__iexact=wanted).first() if "@" in wanted else None
        )


class User(AbstractBaseUser):
    personal: ClassVar[Mapping[str, str]] = {
        "id": "none",
        "username": "identifier; as long as the account",
        "email": "contact; as long as the account",
        "full_name": "name; as long as the account",
        "password": "secret, hashed; as long as the account",
        "role": "none",
        "agency": "employment; as long as the account",
        "is_active": "none",
        "demo": "none",
        "created_at": "none",
        "last_login": "activity; as long as the account",
    }

    username: models.CharField[str, str] = models.CharField(max_length=64)
    email: models.EmailField[str, str] = models.EmailField(blank=True)
    full_name: models.CharField[str, str] = models.CharField(max_length=200, blank=True)
    role: models.CharField[str, str] = models.CharField(
        max_length=20, choices=Role.choices, default=Role.VIEWER
    )
    agency: models.CharField[str, str] = models.CharField(max_length=64, blank=True)
    is_active: models.BooleanField[bool, bool] = models.BooleanField(default=True)
    demo: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    created_at: models.DateTimeField[Any, Any] = models.DateTimeField(auto_now_add=True)

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
        "created_at": "none",
        "expires_at": "none",
        "revoked_at": "none",
        "last_used_at": "activity; until it expires",
    }

    owner: models.ForeignKey[User, User] = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="tokens"
    )
    name: models.CharField[str, str] = models.CharField(max_length=200)
    digest: models.CharField[str, str] = models.CharField(max_length=64, unique=True)
    datasets: models.JSONField[list[str], list[str]] = models.JSONField(default=list, blank=True)
    created_at: models.DateTimeField[Any, Any] = models.DateTimeField(auto_now_add=True)
    expires_at: models.DateTimeField[Any, Any] = models.DateTimeField()
    revoked_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True, blank=True)
    last_used_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Access(models.Model):
    """One line of the access log: who did what to what, from where, and whether it was let."""

    personal: ClassVar[Mapping[str, str]] = {
        "id": "none",
        "at": "none",
        "who": "identifier; 365 days",
        "action": "activity; 365 days",
        "subject": "activity; 365 days",
        "allowed": "none",
        "address": "network address; 365 days",
    }

    at: models.DateTimeField[Any, Any] = models.DateTimeField(auto_now_add=True, db_index=True)
    who: models.CharField[str, str] = models.CharField(max_length=200)
    action: models.CharField[str, str] = models.CharField(max_length=40)
    subject: models.CharField[str, str] = models.CharField(max_length=200, blank=True)
    allowed: models.BooleanField[bool, bool] = models.BooleanField()
    address: models.CharField[str, str] = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.at} {self.who} {self.action} {self.subject}"


class Attempt(models.Model):
    """A failed sign-in, kept a quarter of an hour to slow down guessing."""

    personal: ClassVar[Mapping[str, str]] = {
        "id": "none",
        "at": "none",
        "address": "network address; 15 minutes",
        "name": "identifier, hashed; 15 minutes",
    }

    at: models.DateTimeField[Any, Any] = models.DateTimeField(db_index=True)
    address: models.CharField[str, str] = models.CharField(max_length=64)
    name: models.CharField[str, str] = models.CharField(max_length=64)

    class Meta:
        indexes: ClassVar[list[Any]] = [models.Index(fields=["address", "name", "at"], name="attempts_of")]

    def __str__(self) -> str:
        return f"{self.at} {self.address}"
