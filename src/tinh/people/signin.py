"""Signing in by user name or e-mail address, then by a second factor where there is one.

The password alone begins no session for whoever has a second factor: who they are waits in the stranger's
session for ten minutes, and the key of that session changes when they are let in.
"""

from __future__ import annotations

import time
from typing import Any

from django.contrib import auth
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from tinh.people import brake, factors, sessions
from tinh.people.access import note
from tinh.people.addresses import address_of
from tinh.people.context import through
from tinh.people.errors import WrongPassword
from tinh.people.models import User
from tinh.people.policy import may_wait_until, must_have_second
from tinh.people.signin_errors import PasskeyRefused, SecondFactorNeeded, SignInLost, WrongCode

SERVICE = "service"  # the role of programs, which come in with keys only
_PENDING, _LASTS = "tinh.pending", 600


class NameOrEmail:
    """Django's door to our accounts."""

    @through("sign-in")
    def authenticate(
        self, _request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: Any
    ) -> User | None:
        if username is None or password is None:
            return None
        user = User.objects.by_name(username)
        if user is None:
            make_password(password)  # as slow as a real check, so that timing names nobody
            return None
        right = user.check_password(password)
        return user if right and user.is_active and user.role != SERVICE else None

    @through("sign-in")
    def get_user(self, user_id: int) -> User | None:
        return User.objects.filter(pk=user_id, is_active=True).exclude(role=SERVICE).first()


@through("sign-in")
def sign_in(request: HttpRequest, name: str, password: str) -> User:
    """Start a session for `name`; raises WrongPassword, TooManyAttempts or SecondFactorNeeded."""
    address, mark = address_of(request), brake.mark_of("password", name)
    brake.hold(address, mark)
    user = auth.authenticate(request, username=name, password=password)
    if not isinstance(user, User):
        brake.count(address, mark)
        note(name[:64], "sign in", allowed=False, address=address)
        raise WrongPassword
    brake.forgive(address, mark)
    come_in(request, user, "password")
    return user


@through("sign-in")
def come_in(request: HttpRequest, user: User, how: str, **facts: Any) -> None:
    """Let in whoever has shown a first factor; raises SecondFactorNeeded when there is a second."""
    if factors.has_second(user):
        request.session[_PENDING] = {"user": user.pk, "how": how, "at": time.time(), "facts": facts,
                                     "hash": user.get_session_auth_hash()}  # fmt: skip
        raise SecondFactorNeeded
    sessions.enter(request, user, how, **facts)


@through("sign-in")
def pending(request: HttpRequest) -> User:
    """Whoever has shown the first factor and owes the second; raises SignInLost."""
    found = request.session.get(_PENDING)
    if not isinstance(found, dict) or time.time() - found["at"] > _LASTS:
        raise SignInLost
    user = User.objects.filter(pk=found["user"], is_active=True).first()
    if user is None or user.get_session_auth_hash() != found["hash"]:
        raise SignInLost
    return user


@through("sign-in")
def answer_code(request: HttpRequest, code: str) -> User:
    """Finish a sign-in with a one-time or recovery code."""
    user = pending(request)
    _code(request, user, code)
    _finish(request, user, "code")
    return user


@through("sign-in")
def answer_passkey(request: HttpRequest, response: str) -> User:
    """Finish a sign-in with a passkey as the second factor."""
    user = pending(request)
    factors.check_passkey(request, user, response)
    _finish(request, user, "passkey")
    return user


@through("sign-in")
def sign_in_with_passkey(request: HttpRequest, response: str) -> User:
    """Start a session with a passkey alone: it is both what one has and what one knows or is."""
    address = address_of(request)
    mark = brake.mark_of("passkey", "")
    brake.hold(address, mark)
    try:
        user = factors.whose_passkey(request, response)
        if not user.is_active or user.role == SERVICE:
            raise PasskeyRefused
    except PasskeyRefused:
        brake.count(address, mark)
        note("", "sign in", "passkey", allowed=False, address=address)
        raise
    request.session.pop(_PENDING, None)
    sessions.enter(request, user, "passkey", second=True)
    return user


@through("sign-in")
def sign_out(request: HttpRequest) -> tuple[str, str]:
    """End the session; the OpenID provider it came from and a hint for it, else empty texts."""
    return sessions.leave(request)


@through("sign-in")
def prove_with_password(request: HttpRequest, user: User, password: str) -> None:
    """Prove again who one is, before a sensitive change."""
    address, mark = address_of(request), brake.mark_of("password", user.username)
    brake.hold(address, mark)
    if not user.check_password(password):
        brake.count(address, mark)
        note(user.username, "prove", allowed=False, address=address)
        raise WrongPassword
    brake.forgive(address, mark)
    sessions.prove(request)
    note(user.username, "prove", allowed=True, address=address)


@through("sign-in")
def prove_with_passkey(request: HttpRequest, user: User, response: str) -> None:
    factors.check_passkey(request, user, response)
    sessions.prove(request)
    note(user.username, "prove", "passkey", allowed=True, address=address_of(request))


@through("sign-in")
def prove_with_code(request: HttpRequest, user: User, code: str) -> None:
    """For accounts without a password here, which a provider opened."""
    _code(request, user, code)
    sessions.prove(request)
    note(user.username, "prove", "code", allowed=True, address=address_of(request))


@through("sign-in")
def owes_second(request: HttpRequest, user: User) -> bool:
    """Whether this person may do nothing before setting up a second factor."""
    return (  # what asks the database comes last
        not sessions.second_shown(request)
        and may_wait_until(user) is None
        and must_have_second(user)
        and not factors.has_second(user)
    )


def _code(request: HttpRequest, user: User, code: str) -> None:
    address, mark = address_of(request), brake.mark_of("code", str(user.pk))
    brake.hold(address, mark)
    if not factors.check_code(user, code):
        brake.count(address, mark)
        note(user.username, "second factor", allowed=False, address=address)
        raise WrongCode
    brake.forgive(address, mark)


def _finish(request: HttpRequest, user: User, second: str) -> None:
    found = request.session.pop(_PENDING)
    sessions.enter(request, user, f"{found['how']}+{second}", second=True, **found["facts"])
