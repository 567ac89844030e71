"""Service accounts: programs with a name, an agency and keys that say what they may."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from tinh.people.accounts import create_account
from tinh.people.context import through
from tinh.people.models import Role, Token, User
from tinh.people.rights import MATRIX, Actor, among_agencies, may, not_allowed, require
from tinh.people.scope import own_agencies
from tinh.people.signin_errors import LifetimeRefused, NoSuchKey, NotAService, ScopeUnknown
from tinh.people.tokens import create_token, revoke_token, rotate_token

LONGEST = 366  # days a key lives at most


def open_service(actor: Actor | None, name: str, agency: str, purpose: str = "") -> User:
    """A service account of `agency`; nobody signs in with it. It reaches no further than the post it is
    opened from: one held to a place or a sector opens accounts that are held to them too."""
    place, sector = _held_to(require(actor, "manage keys", agency=agency), agency)
    with through("grant"):
        return create_account(
            name, secrets.token_urlsafe(32), Role.SERVICE, agency=agency, place=place, sector=sector,
            full_name=purpose.strip()[:200],
        )  # fmt: skip


def _held_to(actor: Actor, agency: str) -> tuple[str, str]:
    """Place and sector of the widest of the posts from which `actor` looks after keys of `agency`."""
    able = [
        (post.place, post.sector)
        for post in actor.posts
        if MATRIX.get((post.role, "manage keys")) == "all"
        or (MATRIX.get((post.role, "manage keys")) == "own agency" and agency in own_agencies(post.agency))
    ]
    whole = [("", "") for post in actor.posts if MATRIX.get((post.role, "manage keys")) == "all"]
    return min([*whole, *able], key=lambda held: (bool(held[0]) + bool(held[1]), held))


def _covers(actor: Actor | None, owner: User) -> bool:
    """Whether `actor` looks after the keys of this service account, as wide as it is."""
    if actor is None or not may(
        actor, "manage keys", agency=owner.agency, place=owner.place, sector=owner.sector
    ):
        return False
    place, sector = _held_to(actor, owner.agency)
    return place in ("", owner.place) and sector in ("", owner.sector)


def close_service(actor: Actor | None, name: str) -> None:
    """Close a service account with all its keys."""
    user = service_named(actor, name)
    with through("grant"):
        User.objects.filter(pk=user.pk).update(is_active=False)
        Token.objects.filter(owner=user, revoked_at=None).update(revoked_at=timezone.now())


def service_named(actor: Actor | None, name: str) -> User:
    user = User.objects.filter(username=name, role=Role.SERVICE).first()
    if user is None or not _covers(actor, user):
        raise NotAService(name=name)
    return user


def services_for(actor: Actor | None) -> list[User]:
    """Service accounts `actor` looks after."""
    found = User.objects.filter(role=Role.SERVICE, is_active=True).order_by("agency", "username")
    agencies = among_agencies(actor, "manage keys")
    mine = found if agencies is None else found.filter(agency__in=agencies)
    return [one for one in mine if _covers(actor, one)]


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
    with through("grant"):
        return create_token(owner, name.replace("\0", "").strip()[:200] or "key", datasets, days, actions)


def rotate_key(actor: Actor | None, number: int, overlap_hours: int = 24) -> tuple[Token, str]:
    """A new secret for a key; the old one opens for the overlap still."""
    token = _key(actor, number)
    with through("grant"):
        return rotate_token(token, overlap_hours)


def revoke_key(actor: Actor | None, number: int) -> Token:
    token = _key(actor, number)
    with through("grant"):
        revoke_token(token)
    return token


def keys_for(actor: Actor | None, account: int) -> tuple[list[Token], list[Token]]:
    """Live keys of the account itself, and of everybody else `actor` looks after."""
    live = Token.objects.select_related("owner").filter(revoked_at=None, expires_at__gt=timezone.now())
    live = live.order_by("owner__username", "-pk")
    rest = live.exclude(owner=account)
    agencies = among_agencies(actor, "manage keys")
    mine = Q() if agencies is None else Q(owner__agency__in=agencies)
    with through("grant"):
        own = list(live.filter(owner=account))
        if may(actor, "manage accounts"):
            return own, list(rest)
        theirs = list(rest.filter(mine, owner__role=Role.SERVICE))
    return own, [token for token in theirs if _covers(actor, token.owner)]


def ends_soon(token: Token, now: datetime | None = None) -> bool:
    """Within a fortnight: time to rotate."""
    return bool((token.expires_at - (now or timezone.now())).days < 14)


def _key(actor: Actor | None, number: int) -> Token:
    with through("grant"):
        token = Token.objects.select_related("owner").filter(pk=number, revoked_at=None).first()
    if token is None or actor is None:
        raise NoSuchKey
    if token.owner.pk != actor.account and not may(actor, "manage accounts"):
        service = token.owner.role == Role.SERVICE
        if not (service and _covers(actor, token.owner)):
            raise NoSuchKey
    return token


def _allowed(actor: Actor | None, owner: User) -> None:
    if owner.role == Role.SERVICE:
        who = require(actor, "manage keys", agency=owner.agency)
        if not _covers(who, owner):
            raise not_allowed(who, "manage keys", subject=owner.username)
    elif actor is None or actor.account != owner.pk:
        require(actor, "manage accounts")
