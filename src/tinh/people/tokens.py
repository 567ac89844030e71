"""Keys for programs that push data."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from tinh.people.context import through
from tinh.people.delegation import live_posts
from tinh.people.errors import KeyTooWide, TokenRefused
from tinh.people.models import Role, Token, User
from tinh.people.rights import MATRIX, Actor

MARK = "tinh_"  # lets a secret scanner find a leaked one


def create_token(
    owner: User, name: str, datasets: Sequence[str] = (), days: int = 90, actions: Sequence[str] = ()
) -> tuple[Token, str]:
    """A new token and its secret, shown this once.

    Without datasets it reaches as far as its owner; without actions it may what its owner may, and
    nothing at all for a service account, whose keys name theirs."""
    if owner.role == Role.SERVICE and not actions:
        raise KeyTooWide(key=name, odd="–")
    odd = sorted(one for one in actions if (owner.role, one) not in MATRIX)
    if odd:
        raise KeyTooWide(key=name, odd=", ".join(odd))
    secret = MARK + secrets.token_urlsafe(32)
    token = Token.objects.create(
        owner=owner, name=name, digest=_digest(secret), datasets=list(datasets), actions=list(actions),
        expires_at=timezone.now() + timedelta(days=days),
    )  # fmt: skip
    return token, secret


def live_tokens() -> list[Token]:
    """Tokens that open the door today, the youngest first."""
    live = Token.objects.select_related("owner").filter(revoked_at=None, expires_at__gt=timezone.now())
    return list(live.order_by("-pk"))


def revoke_token(token: Token) -> None:
    Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())


def revoke_tokens_of(user: User) -> int:
    """End every key of an account; how many there were."""
    now = timezone.now()
    return Token.objects.filter(owner=user, revoked_at=None, expires_at__gt=now).update(revoked_at=now)


def rotate_token(token: Token, overlap_hours: int = 24) -> tuple[Token, str]:
    """A key with the same name, scope and length of life; the old one opens for the overlap still."""
    now = timezone.now()
    days = max(1, round((token.expires_at - token.created_at).total_seconds() / 86400))
    made = create_token(token.owner, token.name, token.datasets, days, token.actions)
    until = min(token.expires_at, now + timedelta(hours=max(0, min(overlap_hours, 24 * 30))))
    Token.objects.filter(pk=token.pk).update(expires_at=until)
    return made


def actor_of_token(secret: str) -> Actor:
    """Who shows this secret; raises TokenRefused."""
    now = timezone.now()
    with through("sign-in"):
        token = (
            Token.objects.select_related("owner")
            .filter(digest=_digest(secret), revoked_at=None, expires_at__gt=now, owner__is_active=True)
            .first()
        )
        if token is None:
            raise TokenRefused
        if token.last_used_at is None or now - token.last_used_at > timedelta(minutes=5):
            Token.objects.filter(pk=token.pk).update(last_used_at=now)
        owner, further = token.owner, live_posts(token.owner)
    return Actor(
        name=f"{owner.username}/{token.name}", role=owner.role, agency=owner.agency, place=owner.place,
        sector=owner.sector, further=further, account=owner.pk,
        datasets=frozenset(token.datasets) or None, actions=frozenset(token.actions) or None, by_key=True,
    )  # fmt: skip


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
