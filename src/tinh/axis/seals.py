"""The keys that sign the log: ECDSA on P-256, each with a self-issued certificate, kept in `<home>/keys/`.

A new key takes over at once and the old certificates stay, so that what they signed can be verified.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tinh.kit import durable

LASTS = timedelta(days=730)
RENEWED = timedelta(days=60)  # before its end a successor is made
_RULE = ec.ECDSA(hashes.SHA256())


@dataclass(frozen=True)
class Seal:
    """One key and its certificate."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @cached_property
    def fingerprint(self) -> str:
        return self.certificate.fingerprint(hashes.SHA256()).hex()

    def sign(self, data: bytes) -> bytes:
        return self.key.sign(data, _RULE)


class Seals:
    """The keys of one home. `current()` signs; `certificate()` gives any there ever was."""

    def __init__(self, folder: Path, instance: str) -> None:
        self.folder = folder
        self._instance = instance
        self._seen = 0
        self._current: Seal | None = None

    def current(self) -> Seal:
        """The newest key; made when there is none or the newest is near its end."""
        with suppress(FileNotFoundError):
            seen = self.folder.stat().st_mtime_ns
            if self._current is not None and seen == self._seen:
                return self._current
        found = self._newest()
        if found is None or found.certificate.not_valid_after_utc - datetime.now(UTC) < RENEWED:
            found = self._renew()
        self._seen, self._current = self.folder.stat().st_mtime_ns, found
        return found

    def rotate(self) -> Seal:
        """A new key from now on; the old certificates stay."""
        with self._alone():
            return self._make()

    def certificates(self) -> list[x509.Certificate]:
        """Every certificate there is, the oldest first."""
        found = [x509.load_pem_x509_certificate(p.read_bytes()) for p in self.folder.glob("axis-*.crt")]
        return sorted(found, key=lambda c: (c.not_valid_before_utc, c.serial_number))

    def certificate(self, fingerprint: str) -> x509.Certificate | None:
        """By its SHA-256; None when it is not there or is another's."""
        return _read(self.folder / f"axis-{fingerprint[:32]}.crt", fingerprint)

    def _newest(self) -> Seal | None:
        for certificate in reversed(self.certificates()):
            key = self.folder / f"axis-{certificate.fingerprint(hashes.SHA256()).hex()[:32]}.key"
            if key.exists():
                loaded = serialization.load_pem_private_key(key.read_bytes(), None)
                assert isinstance(loaded, ec.EllipticCurvePrivateKey)
                return Seal(certificate, loaded)
        return None

    def _renew(self) -> Seal:
        with self._alone():
            found = self._newest()  # another process may have been first
            if found and found.certificate.not_valid_after_utc - datetime.now(UTC) >= RENEWED:
                return found
            return self._make()

    def _make(self) -> Seal:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name(
            [
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, self._instance),
                x509.NameAttribute(NameOID.COMMON_NAME, f"{self._instance} axis message log"),
            ]
        )
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            # The later is the greater: times of certificates count in whole seconds.
            .serial_number(time.time_ns() << 64 | secrets.randbits(64))
            .not_valid_before(now - timedelta(minutes=5))
            .not_valid_after(now + LASTS)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(
                x509.KeyUsage(
                    digital_signature=True, content_commitment=True, key_encipherment=False,
                    data_encipherment=False, key_agreement=False, key_cert_sign=False, crl_sign=False,
                    encipher_only=False, decipher_only=False,
                ),
                critical=True,
            )
            .sign(key, hashes.SHA256())
        )  # fmt: skip
        made = Seal(certificate, key)
        stem = f"axis-{made.fingerprint[:32]}"
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        handle = os.open(self.folder / f"{stem}.key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(handle)
        durable.write(
            self.folder / f"{stem}.crt", certificate.public_bytes(serialization.Encoding.PEM)
        )  # last: what has a certificate has its key
        return made

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        with (self.folder / ".axis-lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


@lru_cache(64)
def _read(path: Path, fingerprint: str) -> x509.Certificate | None:
    if not path.exists():
        return None
    found = x509.load_pem_x509_certificate(path.read_bytes())
    return found if found.fingerprint(hashes.SHA256()).hex() == fingerprint else None


def signed_by(certificate: x509.Certificate, signature: bytes, data: bytes) -> bool:
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return False
    try:
        key.verify(signature, data, _RULE)
    except InvalidSignature:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Shown:
    """A certificate as anybody may see it."""

    fingerprint: str  # SHA-256, hexadecimal
    since: datetime
    until: datetime
    current: bool
    pem: str

    @property
    def spelt(self) -> str:
        """The fingerprint as openssl writes it."""
        upper = self.fingerprint.upper()
        return ":".join(upper[n : n + 2] for n in range(0, len(upper), 2))


def certificates(keys: Seals) -> list[Shown]:
    """Every certificate there ever was, the newest first; the keys themselves are not told."""
    now = keys.current().fingerprint
    found = [
        Shown(
            fingerprint := one.fingerprint(hashes.SHA256()).hex(), one.not_valid_before_utc,
            one.not_valid_after_utc, fingerprint == now,
            one.public_bytes(serialization.Encoding.PEM).decode(),
        )
        for one in keys.certificates()
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.since, reverse=True)
