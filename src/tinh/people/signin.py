"""Signing in by user name or e-mail address, and slowing down who guesses.

The brake counts wrong passwords per address and name, and per address alone, so a stranger
can slow down nobody but those who share an address with him, and no account is ever locked.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.hashers import make_password
from django.db.models import Max
from django.http import HttpRequest
from django.utils import timezone

from tinh.people.access import note
from tinh.people.context import through
from tinh.people.errors import TooManyAttempts, WrongPassword
from tinh.people.models import Attempt, Role, User

WINDOW = timedelta(minutes=15)
PER_NAME, PER_ADDRESS = 5, 100  # wrong passwords in WINDOW before the brake takes hold
PAUSE = timedelta(seconds=60)


class NameOrEmail:
    """Django's door to our accounts."""

    def authenticate(
        self, _request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: Any
    ) -> User | None:
        if username is None or password is None:
            return None
        with through("sign-in"):
            user = User.objects.by_name(username)
            if user is None:
                make_password(password)  # as slow as a real check, so that timing names nobody
                return None
            good = user.is_active and user.role != Role.SERVICE
            return user if user.check_password(password) and good else None

    def get_user(self, user_id: int) -> User | None:
        with through("sign-in"):
            return User.objects.filter(pk=user_id, is_active=True).exclude(role=Role.SERVICE).first()


def address_of(request: HttpRequest) -> str:
    """Where a request came from; a proxy's word counts only where one is declared."""
    if getattr(settings, "SECURE_PROXY_SSL_HEADER", None):
        forwarded = request.headers.get("X-Forwarded-For", "").split(",")[-1].strip()
        if forwarded:
            return forwarded[:64]
    return str(request.META.get("REMOTE_ADDR", ""))[:64]


def sign_in(request: HttpRequest, name: str, password: str) -> User:
    """Start a session for `name`, or raise WrongPassword or TooManyAttempts."""
    address, mark = address_of(request), hashlib.sha256(name.strip().lower().encode()).hexdigest()
    with through("sign-in"):
        _brake(address, mark)
        user = auth.authenticate(request, username=name, password=password)
        if not isinstance(user, User):
            Attempt.objects.filter(at__lt=timezone.now() - WINDOW).delete()
            Attempt.objects.create(at=timezone.now(), address=address, name=mark)
            note(name[:64], "sign in", allowed=False, address=address)
            raise WrongPassword
        Attempt.objects.filter(address=address, name=mark).delete()
        auth.login(request, user)
    note(user.username, "sign in", allowed=True, address=address)
    return user


def sign_out(request: HttpRequest) -> None:
    if isinstance(request.user, User):
        note(request.user.username, "sign out", allowed=True, address=address_of(request))
    auth.logout(request)


def _brake(address: str, mark: str) -> None:
    now = timezone.now()
    recent = Attempt.objects.filter(address=address, at__gte=now - WINDOW)
    of_name = recent.filter(name=mark)
    if of_name.count() < PER_NAME and recent.count() < PER_ADDRESS:
        return
    last = (
        recent.aggregate(last=Max("at"))["last"]
        if of_name.count() < PER_NAME
        else of_name.aggregate(last=Max("at"))["last"]
    )
    left = (last + PAUSE - now).total_seconds()
    if left > 0:
        raise TooManyAttempts(seconds=int(left) + 1)
