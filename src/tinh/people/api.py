"""Accounts, roles, tokens and the access log.

Comes in: a request's session or bearer token. Goes out: an `Actor`, and a yes or no to what
it may do. Refuses: anything the table in `rights` does not name.

`actor_of(request)` finds who is at the door; `require(actor, action, dataset)` is the one
question every door asks; `sign_in` and `sign_out` keep sessions; `create_token` makes a key
for a program that pushes; `demo_accounts` the sign-ins of a demonstration.
"""

from __future__ import annotations

import base64

from django.http import HttpRequest

from tinh.people.access import forget, note
from tinh.people.accounts import account_named, create_account, set_password
from tinh.people.demo import Debtor, SignIn, demo_accounts
from tinh.people.errors import (
    NotAllowed,
    PeopleError,
    SignInNeeded,
    TokenRefused,
    TooManyAttempts,
    WrongPassword,
)
from tinh.people.models import Role, Token, User
from tinh.people.rights import MATRIX, Action, Actor, among, may, require
from tinh.people.signin import address_of, sign_in, sign_out
from tinh.people.tokens import actor_of_token, create_token, live_tokens, revoke_token

__all__ = [
    "MATRIX",
    "Action",
    "Actor",
    "Debtor",
    "NotAllowed",
    "PeopleError",
    "Role",
    "SignIn",
    "SignInNeeded",
    "Token",
    "TokenRefused",
    "TooManyAttempts",
    "User",
    "WrongPassword",
    "account_named",
    "actor_of",
    "actor_of_token",
    "address_of",
    "among",
    "create_account",
    "create_token",
    "demo_accounts",
    "forget",
    "live_tokens",
    "may",
    "note",
    "require",
    "revoke_token",
    "set_password",
    "sign_in",
    "sign_out",
]


def _password(secret: str) -> str:
    """The password of HTTP Basic, where programs that know nothing else put their token."""
    try:
        return base64.b64decode(secret, validate=True).decode().partition(":")[2]
    except ValueError:
        return ""


def actor_of(request: HttpRequest) -> Actor | None:
    """Whoever the request's token (Bearer, or the password of Basic) or session speaks for; a bad token
    raises TokenRefused."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return actor_of_token(secret.strip())
    if scheme.lower() == "basic":
        return actor_of_token(_password(secret))
    user = request.user
    if not isinstance(user, User):
        return None
    return Actor(name=user.username, role=user.role, agency=user.agency, account=user.pk)
