"""The two messages of an exchange on their way into the log."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from tinh.axis import faults, wire
from tinh.axis.chain import moment
from tinh.axis.exchange import Body
from tinh.axis.faults import Fault
from tinh.axis.reading import Call
from tinh.axis.running import writer
from tinh.axis.snapshot import Offer
from tinh.axis.writer import Draft
from tinh.kit.errors import Text


def of_request(call: Call, offer: Offer | None, right: int) -> Draft:
    head = wire.request_head(call.method, call.target, tuple(call.passed))
    return _draft(call, offer, right, "request", head, call.body, 0, "", call.at, 0)


def of_response(
    call: Call, offer: Offer | None, right: int, status: int, headers: Iterable[tuple[str, str]], body: Body,
    error: str,
) -> Draft:  # fmt: skip
    took = int((time.perf_counter() - call.begun) * 1_000_000)
    head = wire.response_head(status, headers)
    return _draft(call, offer, right, "response", head, body, status, error, datetime.now(UTC), took)


def _draft(
    call: Call, offer: Offer | None, right: int, kind: str, head: str, body: Body | None, status: int,
    error: str, at: datetime, took: int,
) -> Draft:  # fmt: skip
    kept = wire.discreet(head)
    keeping = offer is not None and offer.keep and body is not None and body.size > 0
    until = moment(at + timedelta(days=offer.keep_days)) if keeping and offer is not None else ""
    client = call.client
    return Draft(
        {
            "at": moment(at), "exchange": call.request, "direction": "in", "kind": kind,
            "client": client.text if client else "", "service": call.service.text,
            "client_member": client.member if client else "", "service_member": call.service.member,
            "message_id": call.id, "user": call.headers.get("x-road-userid", ""),
            "issue": call.headers.get("x-road-issue", ""), "represented": call.represented,
            "method": call.method, "path": call.path, "query": call.query, "status": status, "error": error,
            "took": took, "right": right, "head_digest": wire.digest(kept),
            "body_digest": body.digest.hex() if body is not None else wire.EMPTY,
            "body_size": body.size if body is not None else 0, "message_hash": wire.hash_of(head, body),
            "kept_until": until,
        },
        kept,
        bytes(body) if keeping and body is not None else None,
    )  # fmt: skip


async def written(drafts: list[Draft]) -> None:
    loop = asyncio.get_running_loop()
    settled: asyncio.Future[None] = loop.create_future()

    def done(fault: BaseException | None) -> None:
        loop.call_soon_threadsafe(_settle, settled, fault)

    writer().hand_in(drafts, done)
    try:
        await settled
    except Exception as fault:
        said = Text("Không ghi được nhật ký thông điệp", "The message log cannot be written")
        raise Fault(faults.LOGGING_FAILED, said) from fault


def _settle(future: asyncio.Future[None], fault: BaseException | None) -> None:
    if future.done():
        return
    if fault is None:
        future.set_result(None)
    else:
        future.set_exception(fault)
