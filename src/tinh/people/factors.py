"""Second factors: passkeys, one-time codes of an app, recovery codes; kept by django-allauth.

Its models and its cryptography are used; its pages, forms and messages are not. What it keeps secret is
encrypted with a key drawn from the server's own.
"""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.core import context
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import DefaultMFAAdapter, get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.webauthn.internal import auth as webauthn
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from tinh.people.context import through
from tinh.people.models import User
from tinh.people.policy import must_have_second, rules
from tinh.people.signin_errors import LastFactor, PasskeyRefused, WrongCode

_SECRET, _CODES, _ASKED = "tinh.totp", "tinh.codes", "tinh.passkey"
_MOST = 10  # passkeys a person


class Kept(DefaultMFAAdapter):  # type: ignore[misc]  # django-allauth has no types
    """How django-allauth asks about us."""

    def get_totp_issuer(self) -> str:
        return rules().province()

    def _get_site_name(self) -> str:
        return rules().province()

    def _get_user_identifier(self, user: User) -> str:
        return user.username

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        facts: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return {**facts, "display_name": user.full_name or user.username}

    def encrypt(self, text: str) -> str:
        nonce = secrets.token_bytes(12)
        return base64.b64encode(nonce + _cipher().encrypt(nonce, text.encode(), None)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        data = base64.b64decode(encrypted_text)
        return _cipher().decrypt(data[:12], data[12:], None).decode()


def _cipher() -> AESGCM:
    key = HKDF(hashes.SHA256(), 32, None, b"tinh second factors").derive(settings.SECRET_KEY.encode())
    return AESGCM(key)


@dataclass(frozen=True, slots=True)
class Passkey:
    id: int
    name: str
    added: datetime
    used: datetime | None


@dataclass(frozen=True, slots=True)
class Factors:
    """What a person can show besides the password. `totp`: when the app was added."""

    totp: datetime | None
    totp_used: datetime | None
    passkeys: tuple[Passkey, ...]
    codes_left: int

    @property
    def any(self) -> bool:
        return self.totp is not None or bool(self.passkeys)


def factors_of(user: User) -> Factors:
    added = used = None
    passkeys, left = [], 0
    for one in Authenticator.objects.filter(user=user).order_by("pk"):
        if one.type == Authenticator.Type.TOTP:
            added, used = one.created_at, one.last_used_at
        elif one.type == Authenticator.Type.WEBAUTHN:
            passkeys.append(Passkey(one.pk, str(one.data.get("name", "")), one.created_at, one.last_used_at))
        else:
            left = len(RecoveryCodes(one).get_unused_codes())
    return Factors(added, used, tuple(passkeys), left)


def has_second(user: User) -> bool:
    types = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return bool(Authenticator.objects.filter(user=user, type__in=types).exists())


# ── one-time codes ───────────────────────────────────────────────────────────────────


def begin_totp(request: HttpRequest, user: User) -> tuple[str, str]:
    """The secret to enter in an app (kept in the session until a code confirms it) and its QR code as SVG."""
    adapter = get_adapter()
    kept = request.session.get(_SECRET)
    secret = adapter.decrypt(kept) if kept else totp.generate_totp_secret()
    if not kept:
        request.session[_SECRET] = adapter.encrypt(secret)
    return secret, _drawn(adapter.build_totp_url(user, secret))


def _drawn(text: str) -> str:
    """A QR code as one SVG path that takes its colours from the page."""
    import qrcode

    code = qrcode.QRCode(border=0, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    code.make()
    rows = code.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    size = len(rows)
    return (
        f'<svg class="qr" viewBox="-3 -3 {size + 6} {size + 6}" aria-hidden="true"><path d="{path}"/></svg>'
    )


def add_totp(request: HttpRequest, user: User, code: str) -> None:
    """Take the app into use; raises WrongCode when its code does not fit the secret shown."""
    kept = request.session.get(_SECRET)
    if not kept:
        raise WrongCode
    secret = get_adapter().decrypt(kept)
    step = _step(secret, code)
    if step is None:
        raise WrongCode
    with transaction.atomic():
        Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).delete()
        one = totp.TOTP.activate(user, secret).instance
        one.data["last_step"] = step  # this code opens nothing a second time
        one.save()
    request.session.pop(_SECRET, None)
    _first_codes(request, user)


def _step(secret: str, code: str) -> int | None:
    for counter in totp.yield_hotp_counters_from_time():
        expected = totp.format_hotp_value(totp.hotp_value(secret, counter))
        if compare_user_code(actual=code, expected=expected):
            return int(counter)
    return None


def check_code(user: User, code: str) -> bool:
    """Whether a one-time or recovery code opens; each does so once."""
    code = code.replace("\0", "")[:40]
    with transaction.atomic():
        kept = Authenticator.objects.select_for_update().filter(user=user)
        one = kept.filter(type=Authenticator.Type.TOTP).first()
        if one is not None:
            try:
                step = _step(get_adapter().decrypt(one.data["secret"]), code)
            except InvalidTag:  # the server's key has changed: this app opens nothing any more
                step = None
            if step is not None:
                if step <= one.data.get("last_step", -1):
                    return False
                one.data["last_step"] = step
                one.last_used_at = timezone.now()
                one.save()
                return True
        spare = kept.filter(type=Authenticator.Type.RECOVERY_CODES).first()
        try:
            if spare is not None and RecoveryCodes(spare).validate_code(code):
                Authenticator.objects.filter(pk=spare.pk).update(last_used_at=timezone.now())
                return True
        except InvalidTag:
            return False
    return False


# ── recovery codes ───────────────────────────────────────────────────────────────────


def new_codes(request: HttpRequest, user: User) -> None:
    """Fresh recovery codes; the old ones end. `shown_codes` gives them to the page once."""
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
    made = RecoveryCodes.activate(user)
    request.session[_CODES] = get_adapter().encrypt(" ".join(made.get_unused_codes()))


def _first_codes(request: HttpRequest, user: User) -> None:
    if not Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).exists():
        new_codes(request, user)


def shown_codes(request: HttpRequest) -> tuple[str, ...]:
    """Codes just made, this once."""
    kept = request.session.pop(_CODES, "")
    return tuple(get_adapter().decrypt(kept).split()) if kept else ()


# ── passkeys ─────────────────────────────────────────────────────────────────────────


def ask_passkey(request: HttpRequest, purpose: str, user: User | None) -> dict[str, Any]:
    """What the browser must sign: `register` (a new passkey), `sign-in` (whose it is shows then),
    `second` or `prove` (of `user`)."""
    with context.request_context(request):
        if purpose == "register":
            options = webauthn.begin_registration(user, True)
        else:
            options = webauthn.begin_authentication(None if purpose == "sign-in" else user)
    request.session[_ASKED] = purpose
    return dict(options)


def add_passkey(request: HttpRequest, user: User, response: str, name: str) -> None:
    credential = _answer(request, response, {"register"})
    name = name.replace("\0", "").strip()[:60] or f"Passkey {timezone.localdate():%d.%m.%Y}"
    try:
        with context.request_context(request):
            webauthn.parse_registration_response(credential)
            webauthn.complete_registration(credential)
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError) as fault:
        raise PasskeyRefused from fault
    if len(factors_of(user).passkeys) >= _MOST:
        raise PasskeyRefused
    webauthn.WebAuthn.add(user, name, credential)
    _first_codes(request, user)


def check_passkey(request: HttpRequest, user: User, response: str) -> None:
    """Raises PasskeyRefused unless a passkey of `user` signed what was asked."""
    _signed(request, user, _answer(request, response, {"second", "prove"}))


@through("sign-in")
def whose_passkey(request: HttpRequest, response: str) -> User:
    """Whoever's passkey signed what was asked of a stranger."""
    answer = _answer(request, response, {"sign-in"})
    try:
        with context.request_context(request):
            found = webauthn.extract_user_from_response(answer)
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError, OverflowError) as fault:
        raise PasskeyRefused from fault
    if not isinstance(found, User):
        raise PasskeyRefused
    _signed(request, found, answer)
    return found


def _answer(request: HttpRequest, response: str, purposes: set[str]) -> dict[str, Any]:
    """The browser's answer, to a question of one of these purposes; a question is answered once."""
    asked = request.session.pop(_ASKED, "")
    try:
        found = json.loads(response)
    except (ValueError, RecursionError) as fault:
        raise PasskeyRefused from fault
    if asked not in purposes or not isinstance(found, dict):
        raise PasskeyRefused
    return found


def _signed(request: HttpRequest, user: User, answer: dict[str, Any]) -> None:
    try:
        with context.request_context(request):
            parsed = webauthn.parse_authentication_response(answer)
            one = webauthn.complete_authentication(user, answer)
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError) as fault:
        raise PasskeyRefused from fault
    finally:
        request.session.pop(webauthn.STATE_SESSION_KEY, None)
    counter = int(parsed.response.authenticator_data.counter)
    with transaction.atomic():
        kept = Authenticator.objects.select_for_update().get(pk=one.pk)
        last = int(kept.data.get("counter", 0))
        if (counter or last) and counter <= last:  # a copy of the passkey has been used
            raise PasskeyRefused
        kept.data["counter"] = counter
        kept.last_used_at = timezone.now()
        kept.save()


def rename_passkey(user: User, number: int, name: str) -> None:
    one = Authenticator.objects.filter(user=user, pk=number, type=Authenticator.Type.WEBAUTHN).first()
    name = name.replace("\0", "").strip()[:60]
    if one is not None and name:
        one.data["name"] = name
        one.save()


@through("sign-in")
def remove_factor(user: User, number: int | None) -> None:
    """Remove a passkey by its number, or the app (None); the recovery codes end with the last of them."""
    chosen = Authenticator.objects.filter(user=user)
    chosen = (
        chosen.filter(type=Authenticator.Type.TOTP)
        if number is None
        else chosen.filter(pk=number, type=Authenticator.Type.WEBAUTHN)
    )
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        rest = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES)
        last = not rest.exclude(pk__in=chosen.values("pk")).exists()
        if last and must_have_second(user):
            raise LastFactor
        chosen.delete()
        if last:
            Authenticator.objects.filter(user=user).delete()


def drop_factors(user: User) -> None:
    """All of them, for somebody who has lost their devices."""
    Authenticator.objects.filter(user=user).delete()
