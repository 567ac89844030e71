"""Digests of the log: of an entry, of the tree over a batch, of what is signed.

An entry's digest is the SHA-256 of one line of JSON that names all its fields and the digest of the entry
before it. A tree's leaf is an entry's digest; a node is SHA-256(0x01 || left || right); an odd node goes
up as it is. Everything can be redone with `openssl dgst`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

START = "0" * 64  # what stands before the first entry and the first batch

# The fields of an entry in the order in which they are digested, `previous` first.
FIELDS = (
    "previous", "seq", "at", "exchange", "direction", "kind", "client", "service", "client_member",
    "service_member", "message_id", "user", "issue", "represented", "method", "path", "query", "status",
    "error", "took", "right", "head_digest", "body_digest", "body_size", "message_hash", "kept_until",
)  # fmt: skip


def moment(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")


def line(entry: Mapping[str, Any]) -> bytes:
    """What is digested of an entry; `at` is given as text."""
    return _dump({name: entry[name] for name in FIELDS}).encode()


_dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def root(leaves: Sequence[str]) -> str:
    level = [bytes.fromhex(leaf) for leaf in leaves]
    while len(level) > 1:
        level = _up(level)
    return level[0].hex()


def path(leaves: Sequence[str], at: int) -> list[tuple[str, str]]:
    """From the leaf at position `at` to the root: ("left" or "right", the digest that stands there)."""
    level = [bytes.fromhex(leaf) for leaf in leaves]
    steps: list[tuple[str, str]] = []
    while len(level) > 1:
        beside = at ^ 1
        if beside < len(level):
            steps.append(("left" if beside < at else "right", level[beside].hex()))
        level, at = _up(level), at // 2
    return steps


def _up(level: list[bytes]) -> list[bytes]:
    pairs = [hashlib.sha256(b"\x01" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)]
    return pairs + level[len(level) - len(level) % 2 :]


def statement(
    instance: str, number: int, first: int, last: int, previous: str, head: str, tree: str, at: datetime
) -> str:
    """What is signed of a batch. `previous` is the digest of the statement before it."""
    return (
        f"tinh axis batch 1\ninstance {instance}\nnumber {number}\nfirst {first}\nlast {last}\n"
        f"previous {previous}\nhead {head}\nroot {tree}\nat {moment(at)}\n"
    )


def stamp_statement(instance: str, number: int, first: int, last: int, tree: str) -> str:
    """What an authority stamps: the tree over the statements of the batches `first`..`last`."""
    return (
        f"tinh axis stamp 1\ninstance {instance}\nnumber {number}\nfirst {first}\nlast {last}\nroot {tree}\n"
    )
