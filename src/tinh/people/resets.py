"""One-time links to a new password: made by an administrator, handed over by whatever way is at hand."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from tinh.people import brake
from tinh.people.access import note
from tinh.people.accounts import set_password
from tinh.people.addresses import address_of
from tinh.people.context import through
from tinh.people.factors import drop_factors
from tinh.people.models import Reset, Role, User
from tinh.people.rights import Actor, require
from tinh.people.signin_errors import LinkSpent

LASTS = timedelta(hours=24)


def make_reset(actor: Actor | None, user: User, *, drops_factors: bool = False) -> str:
    """The secret part of a link with which `user` chooses a new password once, within a day.

    A new link ends the older ones. `drops_factors` also takes away second factors that are lost."""
    by = require(actor, "manage accounts")
    if user.role == Role.SERVICE:
        raise LinkSpent
    secret = secrets.token_urlsafe(32)
    now = timezone.now()
    Reset.objects.filter(user=user, used_at=None).update(used_at=now)
    Reset.objects.create(
        user=user, digest=_digest(secret), made_by=by.name[:200], drops_factors=drops_factors,
        expires_at=now + LASTS,
    )  # fmt: skip
    note(by.name, "reset link", user.username, allowed=True)
    return secret


@through("sign-in")
def whose_reset(secret: str) -> User:
    """Whom a link is for; raises LinkSpent."""
    user: User = _live(secret).user
    return user


@through("sign-in")
def use_reset(request: HttpRequest, secret: str, password: str) -> User:
    """Set the new password; every session and key of the account ends."""
    address, mark = address_of(request), brake.mark_of("link", "")
    brake.hold(address, mark)
    with transaction.atomic():
        try:
            link = _live(secret, lock=True)
        except LinkSpent:
            brake.count(address, mark)
            raise
        user: User = link.user
        set_password(user, password, keys=True)
        if link.drops_factors:
            drop_factors(user)
        Reset.objects.filter(pk=link.pk).update(used_at=timezone.now())
    note(user.username, "reset password", allowed=True, address=address)
    return user


def _live(secret: str, *, lock: bool = False) -> Reset:
    kept = Reset.objects.select_for_update(of=("self",)) if lock else Reset.objects
    found = (
        kept.select_related("user")
        .filter(digest=_digest(secret), used_at=None, expires_at__gt=timezone.now(), user__is_active=True)
        .first()
    )
    if found is None:
        raise LinkSpent
    return found


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
