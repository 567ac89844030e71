"""Accounts, roles, tokens and the access log.

Comes in: a request's session or bearer token. Goes out: an `Actor`, and a yes or no to what
it may do. Refuses: anything the table in `rights` does not name.

`actor_of(request)` finds who is at the door; `require(actor, action, dataset, agency=…, place=…)`
is the one question every door asks, `through(door)` says who stands behind a query (docs/guide/
second-lock.md); `delegate` and `end_post` hand posts on; `sign_in` and `sign_out` keep sessions;
`create_token` makes a key for a program; `demo_accounts` the sign-ins of a demonstration.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import cast

from django.http import HttpRequest

from tinh.people.access import forget, note
from tinh.people.accounts import account_named, create_account, set_password
from tinh.people.context import as_person, stand, standing, through
from tinh.people.delegation import delegate, end_post, give_post, given_posts, live_posts
from tinh.people.demo import Debtor, SignIn, demo_accounts
from tinh.people.errors import (
    DelegationRefused,
    KeyTooWide,
    NoSuchPost,
    NotAllowed,
    PeopleError,
    ShiftRefused,
    ShiftTaken,
    SignInNeeded,
    TokenRefused,
    TooManyAttempts,
    WrongPassword,
)
from tinh.people.locks import Lock, close_locks
from tinh.people.models import Role, Token, User
from tinh.people.posts import Post
from tinh.people.rights import (
    ACTIONS,
    MATRIX,
    Action,
    Actor,
    among,
    among_agencies,
    may,
    may_anywhere,
    require,
    require_anywhere,
)
from tinh.people.scope import Ground, Scope, own_agencies, stand_on
from tinh.people.shifts import duty, hand_over_shift, note_in_shift, shift_book, take_shift
from tinh.people.signin import address_of, sign_in, sign_out
from tinh.people.table import REACHES, table
from tinh.people.tokens import actor_of_token, create_token, live_tokens, revoke_token

__all__ = [
    "ACTIONS",
    "MATRIX",
    "REACHES",
    "Action",
    "Actor",
    "Debtor",
    "DelegationRefused",
    "Ground",
    "KeyTooWide",
    "Lock",
    "NoSuchPost",
    "NotAllowed",
    "PeopleError",
    "Post",
    "Role",
    "Scope",
    "ShiftRefused",
    "ShiftTaken",
    "SignIn",
    "SignInNeeded",
    "Token",
    "TokenRefused",
    "TooManyAttempts",
    "User",
    "WrongPassword",
    "account_named",
    "actor_named",
    "actor_of",
    "actor_of_token",
    "address_of",
    "among",
    "among_agencies",
    "as_person",
    "close_locks",
    "create_account",
    "create_token",
    "delegate",
    "demo_accounts",
    "duty",
    "end_post",
    "forget",
    "give_post",
    "given_posts",
    "hand_over_shift",
    "live_posts",
    "live_tokens",
    "may",
    "may_anywhere",
    "note",
    "note_in_shift",
    "own_agencies",
    "require",
    "require_anywhere",
    "revoke_token",
    "set_password",
    "shift_book",
    "sign_in",
    "sign_out",
    "stand",
    "stand_on",
    "standing",
    "table",
    "take_shift",
    "through",
]


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


def actor_of(request: HttpRequest) -> Actor | None:
    """Whoever the request's token (Bearer, or the password of Basic) or session speaks for; a bad token
    raises TokenRefused. Asked once a request."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return _kept(request, secret, lambda: actor_of_token(secret.strip()))
    if scheme.lower() == "basic":
        return _kept(request, secret, lambda: actor_of_token(_password(secret)))
    with through("sign-in"):
        user = request.user
        if not isinstance(user, User):
            return None
    return _kept(request, str(user.pk), lambda: actor_named(user))


def _kept(request: HttpRequest, key: str, found: Callable[[], Actor]) -> Actor:
    kept = getattr(request, "_tinh_actor", None)
    if kept is None or kept[0] != key:
        kept = (key, found())
        request._tinh_actor = kept  # type: ignore[attr-defined]  # Django's requests carry what is hung on them
    return cast(Actor, kept[1])
