"""Events as CloudEvents 1.0, and as requests of the HTTP binding: structured, batched, binary; signed.

The signature is the one this house checks on events sent to it (`tinh.sources.cloudevents.signature`), or
one of the axis's own key: `Tinh-Key-Signature: t=<seconds>,cert=<SHA-256 of the certificate>,es256=<base64>`,
ECDSA P-256 with SHA-256 (DER) over the very same bytes.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from tinh.axis.seals import Seal
from tinh.sources.api import sign_events, signed_events

STRUCTURED = "application/cloudevents+json; charset=utf-8"
BATCH = "application/cloudevents-batch+json; charset=utf-8"
JSON = "application/json"
_PLAIN = "".join(chr(n) for n in range(0x21, 0x7F) if chr(n) not in '"%')  # of the HTTP binding, 3.1.3.2


def event(
    id: str, source: str, kind: str, time: datetime, data: Mapping[str, Any], subject: str = "", **more: Any
) -> dict[str, Any]:
    """One event; `more` are extension attributes."""
    made = {
        "specversion": "1.0", "id": id, "source": source, "type": kind, "time": time.isoformat(),
        "datacontenttype": JSON, "subject": subject, **more, "data": dict(data),
    }  # fmt: skip
    return {name: value for name, value in made.items() if value not in ("", None)}


def request(events: Sequence[Mapping[str, Any]], mode: str, batched: bool) -> tuple[dict[str, str], bytes]:
    """The headers (names in lower case) and the body of a request that carries these events."""
    if mode == "binary":
        (one,) = events
        headers = {"content-type": str(one["datacontenttype"])}
        for name, value in one.items():
            if name not in ("data", "datacontenttype"):
                said = str(value).lower() if isinstance(value, bool) else str(value)
                headers[f"ce-{name}"] = quote(said, safe=_PLAIN)
        return headers, _json(one["data"])
    if batched:
        return {"content-type": BATCH}, _json(list(events))
    (one,) = events
    return {"content-type": STRUCTURED}, _json(one)


def signature(
    secret: str | None, seal: Seal, seconds: int, headers: Mapping[str, str], body: bytes
) -> dict[str, str]:
    """The header that proves who sends: by the secret, where there is one, else by the axis's key."""
    if secret:
        return {"tinh-signature": sign_events(secret, seconds, headers, body)}
    mark = base64.b64encode(seal.sign(signed_events(seconds, headers, body))).decode()
    return {"tinh-key-signature": f"t={seconds},cert={seal.fingerprint},es256={mark}"}


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
