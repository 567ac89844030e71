"""Who a request speaks for: a program by its key, or a person by their session."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import cast

from django.http import HttpRequest

from tinh.people.addresses import address_of
from tinh.people.brake import Flood
from tinh.people.context import through
from tinh.people.delegation import live_posts
from tinh.people.errors import TokenRefused, TooManyAttempts
from tinh.people.models import User
from tinh.people.rights import Actor
from tinh.people.signin import owes_second
from tinh.people.signin_errors import SecondFactorOwed
from tinh.people.tokens import actor_of_token


def _password(secret: str) -> str:
    """The password of HTTP Basic, where programs that know nothing else put their token."""
    try:
        return base64.b64decode(secret, validate=True).decode().partition(":")[2]
    except ValueError:
        return ""


def actor_named(user: User) -> Actor:
    """The account as an actor, with its posts of this moment."""
    with through("sign-in"):
        further = live_posts(user)
    return Actor(
        name=user.username, role=user.role, agency=user.agency, account=user.pk, place=user.place,
        sector=user.sector, further=further,
    )  # fmt: skip


_flood = Flood()


def _program(request: HttpRequest, secret: str) -> Actor:
    refused = getattr(request, "_tinh_refused", None)
    if refused is not None and refused[0] == secret:
        raise refused[1]  # asked for again in the same request: one wrong answer, not two
    try:
        try:
            return _kept(request, secret, lambda: actor_of_token(secret))
        except TokenRefused:
            address = address_of(request)
            if address:
                _flood.count(address)
            raise
    except (TokenRefused, TooManyAttempts) as fault:
        request._tinh_refused = secret, fault  # type: ignore[attr-defined]  # as in _kept
        raise


@through("sign-in")
def person_at(request: HttpRequest) -> User | None:
    """Whoever is signed in by a session; a program's key is nobody's hand on their own account."""
    if request.headers.get("Authorization"):
        return None
    return request.user if isinstance(request.user, User) else None


def face_of(request: HttpRequest) -> Actor | None:
    """Who is signed in, even one who owes a second factor: for the frame of a page, not for its rights."""
    user = person_at(request)
    return _kept(request, str(user.pk), lambda: actor_named(user)) if user is not None else None


def actor_of(request: HttpRequest) -> Actor | None:
    """Whoever the request's token (Bearer, or the password of Basic) or session speaks for; a bad token
    raises TokenRefused, a session without the second factor its role must have SecondFactorOwed. Asked
    once a request."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return _program(request, secret.strip())
    if scheme.lower() == "basic":
        return _program(request, _password(secret))
    user = person_at(request)
    if user is None:
        return None
    if getattr(request, "_tinh_owes_nothing", None) != user.pk:
        if owes_second(request, user):
            raise SecondFactorOwed
        request._tinh_owes_nothing = user.pk  # type: ignore[attr-defined]  # as in _kept
    return _kept(request, str(user.pk), lambda: actor_named(user))


def _kept(request: HttpRequest, key: str, found: Callable[[], Actor]) -> Actor:
    kept = getattr(request, "_tinh_actor", None)
    if kept is None or kept[0] != key:
        kept = (key, found())
        request._tinh_actor = kept  # type: ignore[attr-defined]  # Django's requests carry what is hung on them
    return cast(Actor, kept[1])
