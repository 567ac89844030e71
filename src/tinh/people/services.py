"""Service accounts: programs with a name, an agency and keys that say what they may."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from tinh.people.accounts import create_account
from tinh.people.models import Role, Token, User
from tinh.people.rights import MATRIX, Actor, among_agencies, may, require
from tinh.people.signin_errors import LifetimeRefused, NoSuchKey, NotAService, ScopeUnknown
from tinh.people.tokens import create_token, revoke_token, rotate_token

LONGEST = 366  # days a key lives at most


def open_service(actor: Actor | None, name: str, agency: str, purpose: str = "") -> User:
    """A service account of `agency`; nobody signs in with it."""
    require(actor, "manage keys", agency=agency)
    return create_account(
        name, secrets.token_urlsafe(32), Role.SERVICE, agency=agency, full_name=purpose.strip()[:200]
    )


def close_service(actor: Actor | None, name: str) -> None:
    """Close a service account with all its keys."""
    user = service_named(actor, name)
    User.objects.filter(pk=user.pk).update(is_active=False)
    Token.objects.filter(owner=user, revoked_at=None).update(revoked_at=timezone.now())


def service_named(actor: Actor | None, name: str) -> User:
    user = User.objects.filter(username=name, role=Role.SERVICE).first()
    if user is None or not may(actor, "manage keys", agency=user.agency):
        raise NotAService(name=name)
    return user


def services_for(actor: Actor | None) -> list[User]:
    """Service accounts `actor` looks after."""
    found = User.objects.filter(role=Role.SERVICE, is_active=True).order_by("agency", "username")
    agencies = among_agencies(actor, "manage keys")
    return list(found if agencies is None else found.filter(agency__in=agencies))


def grantable(owner: User) -> tuple[str, ...]:
    """The actions a key of this account may name, in the table's order."""
    return tuple(action for role, action in MATRIX if role == owner.role)


def make_key(
    actor: Actor | None,
    owner: User,
    name: str,
    *,
    actions: Sequence[str] = (),
    datasets: Sequence[str] = (),
    days: int = 90,
    known: Collection[str] | None = None,
) -> tuple[Token, str]:
    """A key and its secret, shown this once. `known`: the datasets there are, to refuse others.

    One's own keys may be as wide as oneself; a service account's name their actions."""
    _allowed(actor, owner)
    if not 1 <= days <= LONGEST:
        raise LifetimeRefused(days=days, most=LONGEST)
    possible = grantable(owner)
    for scope in actions:
        if scope not in possible:
            raise ScopeUnknown(scope=scope)
    for scope in datasets:
        if known is not None and scope not in known:
            raise ScopeUnknown(scope=scope)
    if owner.role == Role.SERVICE:
        if not actions:
            raise ScopeUnknown(scope="–")
        actions = list(dict.fromkeys(("read", *actions)))  # the door of the API itself asks for it
    return create_token(owner, name.replace("\0", "").strip()[:200] or "key", datasets, days, actions)


def rotate_key(actor: Actor | None, number: int, overlap_hours: int = 24) -> tuple[Token, str]:
    """A new secret for a key; the old one opens for the overlap still."""
    return rotate_token(_key(actor, number), overlap_hours)


def revoke_key(actor: Actor | None, number: int) -> Token:
    token = _key(actor, number)
    revoke_token(token)
    return token


def keys_for(actor: Actor | None, account: int) -> tuple[list[Token], list[Token]]:
    """Live keys of the account itself, and of everybody else `actor` looks after."""
    live = Token.objects.select_related("owner").filter(revoked_at=None, expires_at__gt=timezone.now())
    live = live.order_by("owner__username", "-pk")
    own = list(live.filter(owner=account))
    rest = live.exclude(owner=account)
    if may(actor, "manage accounts"):
        return own, list(rest)
    agencies = among_agencies(actor, "manage keys")
    mine = Q() if agencies is None else Q(owner__agency__in=agencies)
    return own, list(rest.filter(mine, owner__role=Role.SERVICE))


def ends_soon(token: Token, now: datetime | None = None) -> bool:
    """Within a fortnight: time to rotate."""
    return bool((token.expires_at - (now or timezone.now())).days < 14)


def _key(actor: Actor | None, number: int) -> Token:
    token = Token.objects.select_related("owner").filter(pk=number, revoked_at=None).first()
    if token is None or actor is None:
        raise NoSuchKey
    if token.owner.pk != actor.account and not may(actor, "manage accounts"):
        service = token.owner.role == Role.SERVICE
        if not (service and may(actor, "manage keys", agency=token.owner.agency)):
            raise NoSuchKey
    return token


def _allowed(actor: Actor | None, owner: User) -> None:
    if owner.role == Role.SERVICE:
        require(actor, "manage keys", agency=owner.agency)
    elif actor is None or actor.account != owner.pk:
        require(actor, "manage accounts")
