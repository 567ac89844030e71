"""Messages to browsers: encrypted for the device (RFC 8291), signed with our key (VAPID, RFC 8292).

A browser names its push service itself, so the address is somebody's input: only services of the makers
of browsers are spoken to, and those the settings add.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import time
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from tinh.channels.errors import DeviceUnfit
from tinh.channels.mail import Fault
from tinh.channels.models import Device, Outgoing
from tinh.people import api as people
from tinh.sources.api import SourceError, ask

if TYPE_CHECKING:
    from tinh.people.api import User

MOST_OF_PARTY = 5  # browsers that may follow one report for one person; the newest stay
PATIENCE = 15.0  # seconds a push service has to answer
KEPT = 3 * 24 * 3600  # seconds a push service keeps a message for a device that is off
_SERVICES = (
    "fcm.googleapis.com", "updates.push.services.mozilla.com", "web.push.apple.com", ".push.apple.com",
    ".notify.windows.com",
)  # fmt: skip
_SECRET, _POINT = 16, 65  # bytes of a device's keys


def sign_on(subscription: str, language: str = "vi", account: User | None = None, holder: str = "") -> int:
    """Remember a browser by what its PushManager gave as JSON, for an account or `holder` (`party:12`); its
    number. Raises DeviceUnfit."""
    endpoint, public, secret = _read(subscription)
    fields = {
        "endpoint": endpoint, "public": public, "secret": secret, "created_at": timezone.now(),
        "language": "en" if language == "en" else "vi", "account": account,
    }  # fmt: skip
    with people.through("work"):
        device, _ = Device.objects.update_or_create(
            digest=_digest(endpoint), holder=holder[:40] or (f"account:{account.pk}" if account else ""),
            defaults=fields,
        )  # fmt: skip
        if device.holder.startswith("party:"):  # a link passed on must not grow a list without end
            kept = Device.objects.filter(holder=device.holder).order_by("-created_at", "-pk")
            rest = list(kept.values_list("pk", flat=True)[MOST_OF_PARTY:])
            Device.objects.filter(pk__in=rest).delete()
    return int(device.pk)


def sign_off(endpoint: str, holder: str = "") -> bool:
    """Forget a browser by its address, for `holder` alone where one is named; whether it was known."""
    with people.through("work"):
        found = Device.objects.filter(digest=_digest(endpoint))
        return bool((found.filter(holder=holder) if holder else found).delete()[0])


def devices_of(holder: str) -> list[int]:
    """The browsers that stand for somebody: `account:5` or `party:12`."""
    with people.through("work"):
        return list(Device.objects.filter(holder=holder).order_by("pk").values_list("pk", flat=True))


def public_key() -> str:
    """Our key, as a browser's `applicationServerKey` wants it."""
    point = _key().public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )  # fmt: skip
    return _written(point)


class Pusher:
    """One round's messages to devices."""

    def __enter__(self) -> Pusher:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def send(self, one: Outgoing) -> Fault | None:
        number = one.address
        device = Device.objects.filter(pk=int(number)).first() if number.isdecimal() else None
        if device is None:
            return Fault("device signed off", final=True)
        try:
            host = urlsplit(device.endpoint).hostname or ""
            said = ask(
                "POST", device.endpoint, _headers(device.endpoint), _sealed(device, one),
                patience=PATIENCE, private={host} if _added(host) else (),
            )  # fmt: skip
        except SourceError as error:
            return Fault(error.detail().vi[:400], final=False)
        if said.status in (404, 410):  # RFC 8030 7.3: the subscription is gone
            with transaction.atomic():
                device.delete()
            return Fault(f"HTTP {said.status}", final=True)
        if 200 <= said.status < 300:
            Device.objects.filter(pk=device.pk).update(used_at=timezone.now())
            return None
        return Fault(f"HTTP {said.status} {said.text[:200]}".strip(), final=said.status in (400, 413))


def _sealed(device: Device, one: Outgoing) -> bytes:
    from pywebpush import WebPusher

    words = {
        "title": one.subject,
        "body": " ".join(one.body.split())[:900],
        "link": one.link,
        "tag": one.about,
    }
    keys = {"p256dh": device.public, "auth": device.secret}
    message = json.dumps(words, ensure_ascii=False).encode()[:3000]
    return bytes(WebPusher({"endpoint": device.endpoint, "keys": keys}).encode(message)["body"])


def _headers(endpoint: str) -> dict[str, str]:
    import jwt

    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}", "exp": int(time.time()) + 12 * 3600,
        "sub": settings.PUSH_CONTACT,
    }  # fmt: skip
    token = jwt.encode(claims, _key(), algorithm="ES256")
    return {
        "authorization": f"vapid t={token}, k={public_key()}", "content-encoding": "aes128gcm",
        "content-type": "application/octet-stream", "ttl": str(KEPT), "urgency": "normal",
    }  # fmt: skip


def _read(subscription: str) -> tuple[str, str, str]:
    try:
        found = json.loads(subscription[:5000])
        endpoint, keys = str(found["endpoint"]), found["keys"]
        public, secret = _bytes(str(keys["p256dh"])), _bytes(str(keys["auth"]))
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public)
    except (ValueError, TypeError, KeyError, RecursionError, UnsupportedAlgorithm):
        raise _unfit("đăng ký của trình duyệt không đọc được", "its subscription cannot be read") from None
    if len(public) != _POINT or len(secret) != _SECRET:
        raise _unfit("khóa của trình duyệt không đúng độ dài", "its keys have the wrong length")
    try:
        parts = urlsplit(endpoint)
        host, _ = (parts.hostname or "").lower(), parts.port
    except ValueError:
        host = ""
    known = any(host == one or (one.startswith(".") and host.endswith(one)) for one in _SERVICES)
    if not (_added(host) or (known and parts.scheme == "https")) or not endpoint.isascii():
        raise _unfit("không biết dịch vụ đẩy tin này", "its push service is not a known one")
    return endpoint, _written(public), _written(secret)


def _added(host: str) -> bool:
    return host.lower() in {one.strip().lower() for one in settings.PUSH_HOSTS.split(",") if one.strip()}


def _unfit(vi: str, en: str) -> DeviceUnfit:
    return DeviceUnfit(why_vi=vi, why_en=en)


def _digest(endpoint: str) -> str:
    return hashlib.sha256(endpoint.encode()).hexdigest()


def _bytes(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise ValueError(text[:20]) from error


def _written(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _key() -> ec.EllipticCurvePrivateKey:
    return _kept(Path(settings.TINH_HOME) / "keys" / "push.pem")


@lru_cache(maxsize=4)
def _kept(path: Path) -> ec.EllipticCurvePrivateKey:
    """Our key pair, made once: browsers that signed on know us by it."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        fresh = path.with_name(f".push-{os.getpid()}.new")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(made)
        try:
            os.link(fresh, path)  # whoever is first; the other takes theirs
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key
