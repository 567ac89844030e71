"""The chain of a case's history: each event carries the digest of the one before.

An event's digest is the SHA-256 of one line of JSON with sorted keys: the case's code, number, moment in UTC
to the microsecond, actor, role, account, action, reason, public facts, the digest of its personal payload and
the digest before. A payload's digest is the SHA-256 of its salt and its JSON, so that an erased one cannot be
guessed from what stays.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

_dump = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def canonical(content: Any) -> str:
    return _dump(content)


def said(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def new_salt() -> str:
    return secrets.token_hex(16)


def payload_digest(salt: str, content: Any) -> str:
    return hashlib.sha256(f"tinh case payload {salt} {canonical(content)}".encode()).hexdigest()


def event_digest(code: str, event: Mapping[str, Any], before: str) -> str:
    """`event`: seq, at (a datetime), actor, role, account, action, reason, facts, payload_digest."""
    line = {
        "case": code, "seq": event["seq"], "at": said(event["at"]), "actor": event["actor"],
        "role": event["role"], "account": event["account"], "action": event["action"],
        "reason": event["reason"], "facts": event["facts"], "payload": event["payload_digest"],
        "before": before,
    }  # fmt: skip
    return hashlib.sha256(canonical(line).encode()).hexdigest()
