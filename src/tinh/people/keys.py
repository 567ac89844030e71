"""The province's own key: it signs the head of the access log and fingerprints identifiers."""

from __future__ import annotations

import hashlib
import hmac
import os
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from tinh.kit.ids import fresh
from tinh.packs.api import plain_of

_NAME = "access-log"


@lru_cache(maxsize=4)
def _seed(home: Path) -> bytes:
    """Thirty-two random bytes in `<home>/keys`, made once and readable by this account alone."""
    path = home / "keys" / _NAME
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        own = path.with_name(f".{_NAME}-{fresh()}")
        handle = os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(os.urandom(32))
            file.flush()
            os.fsync(handle)
        try:
            os.link(own, path)  # the first of two starters wins
        except FileExistsError:
            pass
        finally:
            own.unlink()
    return path.read_bytes()


@lru_cache(maxsize=4)
def _private(home: Path) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(_seed(home))


def public_key() -> str:
    """The key that verifies, in hexadecimal."""
    raw = _private(Path(settings.TINH_HOME)).public_key()
    return raw.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def sign(text: str) -> str:
    return _private(Path(settings.TINH_HOME)).sign(text.encode()).hex()


def signed(text: str, signature: str) -> bool:
    """Whether this province signed a text."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key()))
        key.verify(bytes.fromhex(signature), text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def fingerprint(identifier: str) -> str:
    """A keyed digest of what names a person: equal identifiers are found, none can be read back."""
    seed = _finger(settings.TINH_HOME)
    return hmac.digest(seed, plain_of(identifier).encode(), "sha256").hex()[:32]


@lru_cache(maxsize=4)
def _finger(home: Path) -> bytes:
    return hashlib.sha256(b"fingerprint" + _seed(Path(home))).digest()
