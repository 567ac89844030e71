"""The way to an OpenID provider and back: authorization code, PKCE, state and nonce.

An account is found by (issuer, subject) alone. An e-mail address never finds one: whoever has an account
here signs in with it first and links the two, which is the consent.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from tinh.packs.api import Grant, OidcProvider
from tinh.people import brake, sessions
from tinh.people.access import note
from tinh.people.addresses import address_of
from tinh.people.context import through
from tinh.people.errors import PeopleError
from tinh.people.models import Identity, User
from tinh.people.oidc import provider as there
from tinh.people.oidc.claims import address_in, grant_for, id_claims, name_in
from tinh.people.policy import rules
from tinh.people.signin import come_in
from tinh.people.signin_errors import (
    AddressTaken,
    AlreadyLinked,
    NoRightGiven,
    ProviderDeclined,
    ProviderSilent,
    SignInLost,
    TokenNotTrusted,
)

_ASKED, _LASTS, _MOST = "tinh.oidc", 600, 5


@through("sign-in")
def begin(request: HttpRequest, id: str, back: str, *, next: str = "/", aim: str = "enter") -> str:
    """The provider's address to send the person to. `back`: the address of ours it sends them back to.

    `aim`: `enter`; `link` (to the account signed in); `prove` (that it is still they)."""
    provider = there.declared(id)
    about = there.metadata(provider)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    waiting = dict(request.session.get(_ASKED) or {})
    for old in sorted(waiting, key=lambda each: waiting[each]["at"])[: max(0, len(waiting) - _MOST + 1)]:
        del waiting[old]
    waiting[state] = {
        "provider": id, "nonce": nonce, "verifier": verifier, "back": back, "next": next, "aim": aim,
        "account": request.user.pk if isinstance(request.user, User) else None, "at": time.time(),
    }  # fmt: skip
    request.session[_ASKED] = waiting
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    asks = {
        "response_type": "code", "client_id": provider.client, "redirect_uri": back,
        "scope": " ".join(provider.scopes), "state": state, "nonce": nonce,
        "code_challenge": challenge, "code_challenge_method": "S256",
    }  # fmt: skip
    if aim == "prove":
        asks |= {"prompt": "login", "max_age": "0"}
    address = str(about["authorization_endpoint"])
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asks)}"


@through("sign-in")
def finish(request: HttpRequest, id: str, answer: Mapping[str, str]) -> str:
    """Take the person back in: signed in, linked or proved; where they were going. May raise
    SecondFactorNeeded when our own second factor is still to come."""
    provider = there.declared(id)
    address, mark = address_of(request), brake.mark_of("oidc", id)
    brake.hold(address, mark)
    asked = _asked(request, id, answer.get("state", ""))
    try:
        claims, token = _claims(provider, asked, answer)
    except PeopleError as fault:
        if isinstance(fault, TokenNotTrusted):
            brake.count(address, mark)
        note(f"{id}", "sign in", f"oidc {fault.code}", allowed=False, address=address)
        raise
    if asked["aim"] == "link":
        _link(request, provider, asked, claims)
    elif asked["aim"] == "prove":
        _prove(request, provider, claims)
    else:
        user = _account(provider, claims, address)
        request.session["tinh.next"] = asked["next"]
        facts = {"provider": id, "subject": claims["sub"], "sid": str(claims.get("sid", "")), "hint": token}
        if provider.second_factor:
            sessions.enter(request, user, "oidc", second=True, **facts)
        else:
            come_in(request, user, "oidc", **facts)
    return str(asked["next"])


def _asked(request: HttpRequest, id: str, state: str) -> dict[str, Any]:
    waiting = dict(request.session.get(_ASKED) or {})
    found = waiting.pop(state, None)
    if found is None:
        raise SignInLost
    request.session[_ASKED] = waiting
    if found["provider"] != id or time.time() - found["at"] > _LASTS:
        raise SignInLost
    return dict(found)


def _claims(
    provider: OidcProvider, asked: Mapping[str, Any], answer: Mapping[str, str]
) -> tuple[dict[str, Any], str]:
    about = there.metadata(provider)
    if answer.get("iss", provider.issuer) != provider.issuer:  # another provider's answer, mixed up
        raise TokenNotTrusted(name=provider.name.vi, reason="iss")
    if about.get("authorization_response_iss_parameter_supported") is True and "iss" not in answer:
        raise TokenNotTrusted(name=provider.name.vi, reason="iss")
    if "error" in answer:
        raise ProviderDeclined(name=provider.name.vi, reason=answer["error"][:60])
    code = answer.get("code", "")
    if not code:
        raise ProviderDeclined(name=provider.name.vi, reason="code")
    data = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": asked["back"],
        "code_verifier": asked["verifier"], "client_id": provider.client,
    }  # fmt: skip
    auth = None
    if provider.secret:
        secret = rules().secret(provider.secret)
        if secret is None:
            raise ProviderSilent(name=provider.name.vi, reason=f"TINH_SECRET_{provider.secret}")
        ways = about.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        if "client_secret_basic" in ways:
            auth = (_form(provider.client), _form(secret))
        else:
            data["client_secret"] = secret
    given = there.asked(provider, "POST", str(about["token_endpoint"]), data=data, auth=auth)
    token, access = given.get("id_token"), str(given.get("access_token", ""))
    if not isinstance(token, str):
        raise TokenNotTrusted(name=provider.name.vi, reason="id_token")
    claims = id_claims(provider, token, asked["nonce"], access, code)
    if asked["aim"] == "prove" and time.time() - float(claims.get("auth_time") or 0) > _LASTS:
        raise TokenNotTrusted(name=provider.name.vi, reason="auth_time")
    if access and "email" not in claims and "userinfo_endpoint" in about:
        more = there.asked(provider, "GET", str(about["userinfo_endpoint"]), bearer=access)
        if more.get("sub") != claims["sub"]:
            raise TokenNotTrusted(name=provider.name.vi, reason="userinfo sub")
        claims = more | claims
    return claims, token


def _form(text: str) -> str:
    """As RFC 6749 wants the two halves of Basic."""
    return urlencode({"": text})[1:]


def _link(
    request: HttpRequest, provider: OidcProvider, asked: Mapping[str, Any], claims: Mapping[str, Any]
) -> None:
    user = request.user
    if not isinstance(user, User) or user.pk != asked["account"]:
        raise SignInLost
    try:
        with transaction.atomic():
            found, _ = Identity.objects.get_or_create(
                issuer=provider.issuer, subject=claims["sub"], defaults={"user": user}
            )
    except IntegrityError as fault:
        raise AlreadyLinked(name=provider.name.vi) from fault
    if found.user.pk != user.pk:
        raise AlreadyLinked(name=provider.name.vi)
    note(user.username, "link identity", provider.id, allowed=True, address=address_of(request))


def _prove(request: HttpRequest, provider: OidcProvider, claims: Mapping[str, Any]) -> None:
    known = Identity.objects.filter(issuer=provider.issuer, subject=claims["sub"]).first()
    if known is None or not isinstance(request.user, User) or known.user.pk != request.user.pk:
        raise SignInLost
    sessions.prove(request)


def _account(provider: OidcProvider, claims: Mapping[str, Any], address: str) -> User:
    """The account of (issuer, subject), opened at the first time if the claims give a right."""
    subject = str(claims["sub"])
    given = grant_for(provider, claims)
    who = str(claims.get("preferred_username") or claims.get("name") or subject)[:80]
    known = Identity.objects.select_related("user").filter(issuer=provider.issuer, subject=subject).first()
    if known is None:
        opened = _opened(provider, claims, given, who, address)
        known = Identity.objects.create(user=opened, issuer=provider.issuer, subject=subject, rules=True)
    user: User = known.user
    if not user.is_active or (known.rules and given is None):
        note(user.username, "sign in", "oidc", allowed=False, address=address)
        if known.rules:
            sessions.end_visits(user)
        raise NoRightGiven(name=provider.name.vi, who=who)
    if known.rules and given is not None:
        grant, agency = given
        if (user.role, user.agency) != (grant.role, agency):
            sessions.end_visits(user)  # what they were let in with no longer holds
            user.role, user.agency = grant.role, agency
            user.save(update_fields=["role", "agency"])
            note(user.username, "role by provider", f"{grant.role} {agency}", allowed=True, address=address)
    Identity.objects.filter(pk=known.pk).update(last_used_at=timezone.now())
    return user


def _opened(
    provider: OidcProvider, claims: Mapping[str, Any], given: tuple[Grant, str] | None, who: str, address: str
) -> User:
    email = address_in(claims)
    if email and User.objects.filter(email__iexact=email).exists():
        raise AddressTaken(email=email, name=provider.name.vi)
    if given is None:
        note(who, "sign in", f"oidc {provider.id}", allowed=False, address=address)
        raise NoRightGiven(name=provider.name.vi, who=who)
    grant, agency = given
    wanted = name_in(claims)
    for _ in range(20):
        user = User(
            username=wanted, email=email, full_name=str(claims.get("name") or "")[:200].replace("\0", ""),
            role=grant.role, agency=agency,
        )  # fmt: skip
        user.set_unusable_password()
        try:
            with transaction.atomic():
                user.save()
        except IntegrityError:
            wanted = f"{name_in(claims)}-{secrets.randbelow(9000) + 1000}"
            continue
        note(user.username, "open account", f"oidc {provider.id}", allowed=True, address=address)
        return user
    raise AddressTaken(email=email or wanted, name=provider.name.vi)


def going_to(request: HttpRequest) -> str:
    """Where somebody was going who came back from a provider and owes a second factor."""
    return str(request.session.get("tinh.next") or "/")


@through("sign-in")
def identities_of(user: User) -> list[Identity]:
    return list(Identity.objects.filter(user=user).order_by("pk"))


@through("sign-in")
def unlink(user: User, number: int) -> bool:
    """Remove a link; not the one that opened the account, without which nobody could come in."""
    known = Identity.objects.filter(user=user, pk=number)
    if not user.has_usable_password() and not Identity.objects.filter(user=user).exclude(pk=number).exists():
        return False
    return known.delete()[0] > 0
