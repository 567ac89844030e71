"""An OpenID provider as it describes itself: discovery, keys, and plain requests to it.

Keys are fetched again when a token names one that is not known, at most five times in five minutes, so
that nobody makes us hammer a provider with invented names.
"""

from __future__ import annotations

import ipaddress
import json
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx
import jwt

from tinh.packs.api import OidcProvider
from tinh.people.policy import rules
from tinh.people.signin_errors import NoSuchProvider, ProviderSilent, TokenNotTrusted

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_FRESH = 600.0  # seconds discovery and keys are taken as they are
_REFETCHES, _IN = 5, 300.0
_LARGEST = 1_000_000


@dataclass(slots=True)
class Known:
    """What is known of a provider at the moment."""

    metadata: Mapping[str, Any]
    at: float
    keys: dict[str, Any] = field(default_factory=dict)
    keys_at: float = 0.0
    refetched: list[float] = field(default_factory=list)


_known: dict[str, Known] = {}
_lock = threading.RLock()


def declared(id: str) -> OidcProvider:
    """The provider of this id as the province declares it."""
    found = rules().sign_in().provider(id)
    if found is None:
        raise NoSuchProvider(name=id)
    return found


def forget(issuer: str = "") -> None:
    """Forget what is known, of one provider or all."""
    with _lock:
        for each in [issuer] if issuer else list(_known):
            _known.pop(each, None)


def metadata(provider: OidcProvider) -> Mapping[str, Any]:
    """What the provider says of itself; raises ProviderSilent."""
    return _of(provider).metadata


def _of(provider: OidcProvider) -> Known:
    with _lock:
        known = _known.get(provider.issuer)
        if known is not None and time.monotonic() - known.at < _FRESH:
            return known
    if not _private(provider.issuer):
        raise ProviderSilent(name=provider.name.vi, reason="http")
    found = asked(provider, "GET", provider.issuer.rstrip("/") + "/.well-known/openid-configuration")
    if found.get("issuer") != provider.issuer:
        raise ProviderSilent(name=provider.name.vi, reason=f"issuer {str(found.get('issuer'))[:120]!r}")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        if not isinstance(found.get(name), str) or not _private(found[name]):
            raise ProviderSilent(name=provider.name.vi, reason=name)
    for name in ("userinfo_endpoint", "end_session_endpoint"):
        if name in found and not (isinstance(found[name], str) and _private(found[name])):
            del found[name]
    with _lock:
        before = _known.get(provider.issuer)
        fresh = Known(found, time.monotonic())
        if before is not None:
            fresh.keys, fresh.keys_at, fresh.refetched = before.keys, before.keys_at, before.refetched
        _known[provider.issuer] = fresh
        return fresh


def key_for(provider: OidcProvider, kid: str) -> Any:
    """The public key called `kid`; raises TokenNotTrusted when the provider has none."""
    known = _of(provider)
    with _lock:
        now = time.monotonic()
        if kid in known.keys and now - known.keys_at < _FRESH:
            return known.keys[kid]
        known.refetched = [then for then in known.refetched if now - then < _IN]
        if len(known.refetched) >= _REFETCHES:
            raise TokenNotTrusted(name=provider.name.vi, reason="kid")
        known.refetched.append(now)
    fetched = asked(provider, "GET", str(known.metadata["jwks_uri"]))
    keys: dict[str, Any] = {}
    listed = fetched.get("keys")
    for one in listed if isinstance(listed, list) else []:
        if not isinstance(one, dict) or one.get("use", "sig") != "sig" or one.get("kty") == "oct":
            continue
        try:
            keys[str(one.get("kid", ""))] = jwt.PyJWK(one, one.get("alg") or _usual(one))
        except jwt.PyJWTError:
            continue
    with _lock:
        known.keys, known.keys_at = keys, time.monotonic()
    if kid not in keys:
        raise TokenNotTrusted(name=provider.name.vi, reason="kid")
    return keys[kid]


def _usual(key: Mapping[str, Any]) -> str:
    curves = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512", "Ed25519": "EdDSA", "Ed448": "EdDSA"}
    return curves.get(str(key.get("crv")), "RS256")


def asked(
    provider: OidcProvider, method: str, url: str, *, data: Mapping[str, str] | None = None,
    auth: tuple[str, str] | None = None, bearer: str = "",
) -> dict[str, Any]:  # fmt: skip
    """The provider's JSON answer to one request; raises ProviderSilent. Follows no redirect."""
    headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {bearer}"} if bearer else {})
    try:
        with (
            httpx.Client(timeout=10, verify=ssl.create_default_context(), trust_env=False) as client,
            client.stream(
                method, url, data=data, headers=headers, auth=httpx.BasicAuth(*auth) if auth else None
            ) as answer,
        ):
            body = b""
            for piece in answer.iter_bytes():
                body += piece
                if len(body) > _LARGEST:
                    raise ProviderSilent(name=provider.name.vi, reason=f"> {_LARGEST} B")
            status = answer.status_code
    except httpx.HTTPError as fault:
        raise ProviderSilent(name=provider.name.vi, reason=type(fault).__name__) from fault
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    if status != 200 or not isinstance(said, dict):
        error = str(said.get("error", ""))[:60] if isinstance(said, dict) else ""
        raise ProviderSilent(name=provider.name.vi, reason=f"HTTP {status} {error}".strip())
    return said


def _private(url: str) -> bool:
    """Whether nobody on the way reads what is sent there: https, or this machine itself."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        return bool(parts.hostname)
    if parts.scheme != "http" or not parts.hostname:
        return False
    try:
        return ipaddress.ip_address(parts.hostname).is_loopback
    except ValueError:
        return parts.hostname == "localhost"
