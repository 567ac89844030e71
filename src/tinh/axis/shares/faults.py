"""A fault as the caller reads it: the body X-Road gives errors in, with our code and both languages."""

from __future__ import annotations

import json

from tinh.axis.exchange import Answer, Exchange
from tinh.axis.shares.errors import ShareError
from tinh.kit.errors import TinhError


def faulty(error: TinhError, exchange: Exchange) -> Answer:
    kind = error.fault if isinstance(error, ShareError) else _kind(error.status)
    body = {
        "type": kind,
        "message": f"{error.detail().en} {error.remedy().en}".strip(),
        "detail": exchange.request or exchange.id,
        "message_vi": f"{error.detail().vi} {error.remedy().vi}".strip(),
        "code": error.code,
    }
    headers = {"Content-Type": "application/json"}
    if error.retry:
        headers["Retry-After"] = str(error.facts.get("seconds", 1))
    if error.status == 405:
        headers["Allow"] = str(error.facts.get("allowed", "GET"))
    return Answer(error.status, headers, json.dumps(body, ensure_ascii=False).encode())


def _kind(status: int) -> str:
    return {410: "Client.Gone", 404: "Client.NotFound"}.get(
        status, "Client.BadRequest" if status < 500 else "Server.ServiceFailed"
    )
