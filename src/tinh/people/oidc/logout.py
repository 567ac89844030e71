"""Leaving: we tell the provider, or the provider tells us."""

from __future__ import annotations

import hashlib
import time
from urllib.parse import urlencode

from django.core.cache import cache

from tinh.people import sessions
from tinh.people.access import note
from tinh.people.context import through
from tinh.people.errors import PeopleError
from tinh.people.oidc import provider as there
from tinh.people.oidc.claims import BACKCHANNEL, verified
from tinh.people.signin_errors import TokenNotTrusted

_RECENT = 300  # seconds a logout token may be old


def leave_address(id: str, hint: str, back: str) -> str:
    """Where to send somebody who leaves, so that they are signed out there as well; empty when the
    provider offers nothing or does not answer."""
    try:
        provider = there.declared(id)
        address = str(there.metadata(provider).get("end_session_endpoint") or "")
    except PeopleError:
        return ""
    if not address:
        return ""
    asks = {"client_id": provider.client, "post_logout_redirect_uri": back}
    if hint:
        asks["id_token_hint"] = hint
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asks)}"


@through("sign-in")
def told(id: str, token: str, address: str) -> int:
    """A provider's own word that a session or a person is out (back-channel logout); sessions ended."""
    provider = there.declared(id)
    claims = verified(provider, token, ("iss", "aud", "iat", "jti"))

    def refuse(reason: str) -> TokenNotTrusted:
        return TokenNotTrusted(name=provider.name.vi, reason=reason)

    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(BACKCHANNEL), dict):
        raise refuse("events")
    if "nonce" in claims:
        raise refuse("nonce")
    if time.time() - float(claims["iat"]) > _RECENT:
        raise refuse("iat")
    sid, subject = str(claims.get("sid") or ""), str(claims.get("sub") or "")
    if not sid and not subject:
        raise refuse("sub")
    seen = hashlib.sha256(f"{id} {claims['jti']}".encode()).hexdigest()
    if not cache.add(f"tinh.logout.{seen}", 1, timeout=_RECENT * 2):
        raise refuse("jti")
    ended = sessions.end_at_provider(id, sid, subject)
    note(f"{id}/{subject}", "sign out", "provider", allowed=True, address=address)
    return ended
