"""Identifiers: digests of bytes, and short codes that people can read aloud."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable

# Crockford's alphabet without look-alikes: a code survives a telephone.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def digest(data: bytes | Iterable[bytes]) -> str:
    """The SHA-256 of `data`, as 64 lower-case hexadecimal digits."""
    parts = (data,) if isinstance(data, bytes) else data
    h = hashlib.sha256()
    for part in parts:
        h.update(part)
    return h.hexdigest()


def code_of(*parts: str, length: int = 12) -> str:
    """A short code that depends on `parts` only: the same parts give the same code."""
    number = int.from_bytes(hashlib.sha256("\x1f".join(parts).encode()).digest()[:16], "big")
    return _spell(number, length)


def fresh(length: int = 12) -> str:
    """A new random code."""
    return _spell(secrets.randbits(length * 5), length)


def _spell(number: int, length: int) -> str:
    out = []
    for _ in range(length):
        number, rest = divmod(number, 32)
        out.append(_ALPHABET[rest])
    return "".join(out)
