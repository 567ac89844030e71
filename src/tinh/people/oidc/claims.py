"""What a provider vouches for: tokens verified, and the right their claims give here."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Any

import jwt

from tinh.packs.api import Grant, OidcProvider
from tinh.people.oidc.provider import ALGORITHMS, key_for
from tinh.people.signin_errors import TokenNotTrusted

_LEEWAY = 60  # seconds two clocks may differ
BACKCHANNEL = "http://schemas.openid.net/event/backchannel-logout"


def verified(provider: OidcProvider, token: str, needs: tuple[str, ...]) -> dict[str, Any]:
    """The claims of a token this provider signed for us, in time; raises TokenNotTrusted."""

    def refuse(reason: str) -> TokenNotTrusted:
        return TokenNotTrusted(name=provider.name.vi, reason=reason)

    try:
        header = jwt.get_unverified_header(token)
    except jwt.PyJWTError as fault:
        raise refuse("JWT") from fault
    algorithm = header.get("alg")
    if algorithm not in ALGORITHMS:  # also "none", and keyed hashes whose key we would have to share
        raise refuse(f"alg {str(algorithm)[:20]}")
    key = key_for(provider, str(header.get("kid", "")))
    try:
        claims: dict[str, Any] = jwt.decode(
            token, key, algorithms=[algorithm], audience=provider.client, issuer=provider.issuer,
            leeway=_LEEWAY, options={"require": list(needs), "verify_iat": True},
        )  # fmt: skip
    except jwt.ExpiredSignatureError as fault:
        raise refuse("exp") from fault
    except jwt.InvalidIssuerError as fault:
        raise refuse("iss") from fault
    except jwt.InvalidAudienceError as fault:
        raise refuse("aud") from fault
    except jwt.InvalidSignatureError as fault:
        raise refuse("signature") from fault
    except (jwt.PyJWTError, ValueError, TypeError) as fault:
        raise refuse(str(fault)[:80]) from fault
    audience = claims.get("aud")
    parties = audience if isinstance(audience, list) else [audience]
    if (len(parties) > 1 or "azp" in claims) and claims.get("azp") != provider.client:
        raise refuse("azp")
    return claims


def id_claims(provider: OidcProvider, token: str, nonce: str, access: str, code: str) -> dict[str, Any]:
    """The claims of an ID token that answers our own question."""
    claims = verified(provider, token, ("iss", "sub", "aud", "exp", "iat"))

    def refuse(reason: str) -> TokenNotTrusted:
        return TokenNotTrusted(name=provider.name.vi, reason=reason)

    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise refuse("nonce")
    if BACKCHANNEL in (claims.get("events") or {}):
        raise refuse("events")
    algorithm = str(jwt.get_unverified_header(token)["alg"])
    for name, whole in (("at_hash", access), ("c_hash", code)):
        if name in claims and not hmac.compare_digest(
            str(claims[name]).encode(), _half(whole, algorithm).encode()
        ):
            raise refuse(name)
    subject = claims["sub"]
    if not isinstance(subject, str) or not 1 <= len(subject) <= 255:
        raise refuse("sub")
    return claims


def _half(text: str, algorithm: str) -> str:
    hash_of = {"384": hashlib.sha384, "512": hashlib.sha512}.get(algorithm[-3:], hashlib.sha256)
    digest = (hashlib.sha512 if algorithm == "EdDSA" else hash_of)(text.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).decode().rstrip("=")


def grant_for(provider: OidcProvider, claims: Mapping[str, Any]) -> tuple[Grant, str] | None:
    """The first grant that fits and the agency it is for; None: no right here.

    A grant for an agency that the provider names counts only when that name is declared."""
    named = provider.agencies.get(str(claim(claims, provider.agency_claim) or ""), "")
    for grant in provider.grants:
        found = claim(claims, grant.claim)
        values = found if isinstance(found, list) else [found]
        if grant.value not in [str(value) for value in values if value is not None]:
            continue
        agency = grant.agency or named
        if provider.agency_claim and not agency:
            continue
        return grant, agency
    return None


def claim(claims: Mapping[str, Any], path: str) -> Any:
    """A claim by its name, else by a path of names with dots between."""
    if not path:
        return None
    if path in claims:
        return claims[path]
    found: Any = claims
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def address_in(claims: Mapping[str, Any]) -> str:
    """The e-mail address, if the provider says it has verified it; else empty."""
    email = claims.get("email")
    sure = claims.get("email_verified") in (True, "true")
    return email.strip()[:254] if sure and isinstance(email, str) and "@" in email else ""


def name_in(claims: Mapping[str, Any]) -> str:
    """A user name to begin with, from what the provider calls the person."""
    for key in ("preferred_username", "email", "sub"):
        found = claims.get(key)
        if isinstance(found, str) and found.strip():
            plain = re.sub(r"[^\w.\-]+", "-", found.partition("@")[0].strip(), flags=re.ASCII).strip("-.")
            if plain:
                return plain[:48].lower()
    return "nguoi-dung"
