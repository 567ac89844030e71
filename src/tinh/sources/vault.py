"""Secrets of a province, sealed at rest (AES-GCM) and never shown again.

A sealed value is bound to its name and to the key it was sealed with: a value moved to another
name, or a file changed by hand, does not open. `TINH_SECRET_<NAME>` wins over what is kept.
"""

from __future__ import annotations

import base64
import binascii
import fcntl
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tinh.kit.durable import write
from tinh.kit.ids import digest
from tinh.sources.vault_errors import SecretName, SecretValue, VaultDamaged, VaultKeyWrong

ENVIRONMENT = "TINH_SECRET_"
KEY = "TINH_VAULT_KEY"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}")
_MOST = 64 * 1024  # bytes of one secret
_SIZE = 32


@dataclass(frozen=True, slots=True)
class Kept:
    """What may be told of a secret."""

    name: str
    at: datetime
    by: str

    def as_dict(self) -> dict[str, str]:
        return {"name": self.name, "at": self.at.isoformat(), "by": self.by}


class Vault:
    """The secrets in a province's data folder: `vault.json`, opened with `keys/vault.key`."""

    def __init__(self, home: Path, environ: Mapping[str, str] | None = None) -> None:
        self._file = home / "vault.json"
        self._key_file = home / "keys" / "vault.key"
        self._environ = os.environ if environ is None else environ

    def __repr__(self) -> str:
        return f"Vault({str(self._file)!r})"

    def put(self, name: str, value: str, by: str = "", at: datetime | None = None) -> None:
        """Keep `value` under `name`, over what stood there."""
        if not _NAME.fullmatch(name):
            raise SecretName(name=name[:100])
        plain = value.encode("utf-8", "surrogatepass")
        if not plain.strip() or len(plain) > _MOST or "\x00" in value:
            raise SecretValue(name=name)
        with self._alone():
            key = self._key(make=True)
            nonce = os.urandom(12)
            sealed = AESGCM(key).encrypt(nonce, plain, _bound(name))
            kept = self._read()
            kept[name] = {
                "at": (at or datetime.now(UTC)).isoformat(), "by": by, "key": _mark(key),
                "nonce": base64.b64encode(nonce).decode(), "sealed": base64.b64encode(sealed).decode(),
            }  # fmt: skip
            self._write(kept)

    def get(self, name: str) -> str | None:
        """The value, from the environment first; None when there is none."""
        told = self._environ.get(ENVIRONMENT + name) or self._environ.get(ENVIRONMENT + name.upper())
        if told:
            return told
        entry = self._read().get(name)
        if entry is None:
            return None
        key = self._key(make=False)
        if entry.get("key") != _mark(key):
            raise VaultKeyWrong(
                why_vi="không phải chìa đã niêm phong", why_en="it is not the key that sealed it"
            )
        try:
            nonce, sealed = (
                base64.b64decode(str(entry[part]), validate=True) for part in ("nonce", "sealed")
            )
            return AESGCM(key).decrypt(nonce, sealed, _bound(name)).decode("utf-8", "surrogatepass")
        except (InvalidTag, KeyError, ValueError) as error:
            raise VaultDamaged(name=name) from error

    def names(self) -> tuple[Kept, ...]:
        """What is kept, by name."""
        return tuple(
            Kept(name, datetime.fromisoformat(entry["at"]), str(entry.get("by", "")))
            for name, entry in sorted(self._read().items())
        )

    def kept(self, name: str) -> Kept | None:
        return next((one for one in self.names() if one.name == name), None)

    def forget(self, name: str) -> bool:
        """Remove a secret; False when there was none."""
        with self._alone():
            kept = self._read()
            if kept.pop(name, None) is None:
                return False
            self._write(kept)
            return True

    # ── on disk ─────────────────────────────────────────────────────────────────────

    def _read(self) -> dict[str, dict[str, Any]]:
        try:
            value = json.loads(self._file.read_bytes())
            found = value["secrets"]
            if not isinstance(found, dict) or not all(isinstance(one, dict) for one in found.values()):
                raise ValueError
        except FileNotFoundError:
            return {}
        except (ValueError, KeyError, TypeError) as error:
            raise VaultDamaged(name=self._file.name) from error
        return found

    def _write(self, kept: dict[str, dict[str, Any]]) -> None:
        text = json.dumps({"format": 1, "secrets": kept}, ensure_ascii=True, indent=1, sort_keys=True)
        write(self._file, text.encode())
        with suppress(OSError):
            self._file.chmod(0o600)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._key_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._key_file.parent / "vault.lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _key(self, make: bool) -> bytes:
        told = self._environ.get(KEY, "").strip()
        if told:
            return _decoded(told, KEY)
        try:
            return _decoded(self._key_file.read_text("ascii").strip(), "keys/vault.key")
        except (FileNotFoundError, UnicodeDecodeError) as error:
            # A new key beside sealed secrets would hide that the old one is lost.
            if isinstance(error, UnicodeDecodeError) or not make or self._read():
                raise VaultKeyWrong(
                    why_vi="không thấy keys/vault.key", why_en="keys/vault.key is missing"
                ) from error
        key = os.urandom(_SIZE)
        handle = os.open(self._key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(base64.b64encode(key) + b"\n")
            out.flush()
            os.fsync(out.fileno())
        return key


def _decoded(text: str, where: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != _SIZE:
        raise VaultKeyWrong(
            why_vi=f"{where} không phải 32 byte base64", why_en=f"{where} is not 32 bytes in base64"
        )
    return key


def _bound(name: str) -> bytes:
    return b"tinh vault 1\x00" + name.encode("ascii")


def _mark(key: bytes) -> str:
    """Which key sealed an entry, without telling the key."""
    return digest(b"tinh vault key\x00" + key)[:16]
