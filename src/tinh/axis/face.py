"""`/r1`: the X-Road Message Protocol for REST, as an ASGI application beside Django.

A call goes: read, prove, look up the right, ask the provider, log, answer. What is refused after it is
known who asks is logged as well. A call that may change something at the provider is logged before the
provider hears of it; every answer leaves after its messages are on disk.
"""

from __future__ import annotations

import asyncio
import inspect
import uuid
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

import structlog
from django.db import connections

from tinh.axis import faults, metaservices, strangers, wire
from tinh.axis.drafts import of_request, of_response, written
from tinh.axis.errors import ProviderMissing, Unreachable
from tinh.axis.exchange import Answer, Body, Exchange, Headers
from tinh.axis.faults import Fault, bad_request
from tinh.axis.ground import ground
from tinh.axis.lanes import LaneFull, Lanes
from tinh.axis.names import Name
from tinh.axis.parties import claimed, party
from tinh.axis.providers import provider_of
from tinh.axis.reading import (
    Call,
    Receive,
    Scope,
    address_of,
    body_of,
    headers_of,
    read,
    take_headers,
    towards_us,
)
from tinh.axis.running import memory
from tinh.axis.snapshot import Client, Held, Offer, Snapshot
from tinh.kit.errors import Text

log = structlog.get_logger()

Send = Callable[[dict[str, Any]], Awaitable[None]]

SAFE = frozenset(("GET", "HEAD", "OPTIONS", "TRACE"))
_threads = ThreadPoolExecutor(16, thread_name_prefix="axis-face")
_lanes = Lanes()


class Axis:
    """The application; `scope["raw_path"]` begins with `/r1/`, or is `/listClients`."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = str(uuid.uuid4())
        call: Call | None = None
        try:
            raw = bytes(scope.get("raw_path") or scope["path"].encode())
            if raw.rstrip(b"/") == b"/listClients":
                await self._clients(scope, send)
                return
            call = read(scope, raw, request)
            await self._serve(call, scope, receive, send)
        except Fault as fault:
            await _say_fault(send, call, scope, fault, request)
        except Exception:
            log.exception("axis.failed", request=request)
            said = Text("Lỗi trong trục", "Internal error of the axis")
            await _say_fault(send, call, scope, Fault("Server.ServerProxy.InternalError", said), request)
        finally:
            if call is not None and call.body is not None:
                call.body.close()

    async def _clients(self, scope: Scope, send: Send) -> None:
        headers = headers_of(scope)
        snapshot = await _snapshot()
        party(snapshot, ground(), dict(headers), address_of(scope))
        asked = parse_qs(scope["query_string"].decode("latin-1")).get("xRoadInstance", [ground().instance])
        answer = metaservices.clients(snapshot, asked[0], dict(headers).get("accept", ""))
        data = answer.body if isinstance(answer.body, bytes) else b"".join(answer.body)
        await _send(send, answer.status, _answered(answer.headers), [data], scope["method"], len(data))

    async def _serve(self, call: Call, scope: Scope, receive: Receive, send: Send) -> None:
        snapshot = await _snapshot()
        try:
            client = _proven(call, snapshot, address_of(scope))
        except Fault as fault:
            if fault.type == faults.BAD_REQUEST:
                raise
            snapshot = await asyncio.to_thread(memory().renewed)  # a key made this moment opens at once
            try:
                client = _proven(call, snapshot, address_of(scope))
            except Fault as refused:
                if refused.type in strangers.KINDS and strangers.HERE.take(address_of(scope)):
                    await written(strangers.drafts(call, refused, refused.status))
                raise
        towards_us(call, snapshot)
        if call.service.parts[4] in metaservices.NAMES:
            answer = await self._meta(call, snapshot, client)
            await self._finish(call, None, None, answer, send)
            return
        offer, held = await self._right(call, snapshot, client, send)
        if held is None:
            return
        call.body = await body_of(receive, offer.max_bytes, call.headers)
        if call.method not in SAFE:
            await written([of_request(call, offer, held.id)])
            call.logged = True
        try:
            answer = await _asked(call, offer, held)
        except Fault as fault:
            await self._refuse(call, offer, fault, send, held.id)
            return
        await self._finish(call, offer, held, answer, send)

    async def _right(
        self, call: Call, snapshot: Snapshot, client: Client | None, send: Send
    ) -> tuple[Offer, Held | None]:
        """The service and the right to it; a refusal is logged and said, and gives None."""
        offer, held = _looked_up(call, snapshot, client)
        if held is None or offer is None or not offer.active:  # as it was remembered: look once more
            snapshot = await asyncio.to_thread(memory().renewed)
            offer, held = _looked_up(call, snapshot, client)
        if offer is None:
            await self._refuse(call, None, metaservices.unknown_service(call.service), send, 0)
        elif held is None:
            await self._refuse(call, offer, _denied(call, offer), send, 0)
        elif not offer.active:
            held = None
            notice = f": {offer.notice}" if offer.notice else ""
            said = Text(
                f"Dịch vụ {call.service.spoken} tạm ngừng{notice}",
                f"Service {call.service.spoken} is disabled{notice}",
            )
            await self._refuse(call, offer, Fault(faults.SERVICE_DISABLED, said), send, 0)
        return offer, held  # type: ignore[return-value]  # without an offer there is no right either

    async def _meta(self, call: Call, snapshot: Snapshot, client: Client | None) -> Answer:
        owner, code = call.service.parts[:4], call.service.parts[4]
        if call.method not in ("GET", "HEAD") or call.path.strip("/"):
            raise bad_request(f"{code} chỉ nhận GET", f"{code} takes GET only")
        if owner not in snapshot.subsystems:
            raise Fault(
                "Server.ServerProxy.UnknownMember",
                Text(f"Không có hệ thống “{Name(owner).spoken}”", f"Client '{Name(owner).spoken}' not found"),
            )
        if code == "getOpenAPI":
            query = parse_qs(call.query)
            return await asyncio.get_running_loop().run_in_executor(
                _threads, _in_thread, metaservices.openapi, snapshot, owner, query
            )
        day = None if code == "listMethods" else _today()
        return metaservices.methods(snapshot, owner, client, day)

    async def _finish(
        self, call: Call, offer: Offer | None, held: Held | None, answer: Answer, send: Send
    ) -> None:
        headers = _answered(answer.headers)
        pieces = answer.body
        if isinstance(pieces, bytes):
            body = Body(pieces)
        else:
            body = await asyncio.get_running_loop().run_in_executor(_threads, _in_thread, _gathered, pieces)
        try:
            head = wire.request_head(call.method, call.target, tuple(call.passed))
            asked = wire.hash_of(head, call.body)
            client = call.client.text if call.client else ""
            headers += [
                ("x-road-id", call.id), ("x-road-client", client), ("x-road-service", call.service.text),
                ("x-road-request-id", call.request), ("x-road-request-hash", asked),
            ]  # fmt: skip
            right = held.id if held else 0
            drafts = [] if call.logged else [of_request(call, offer, right)]
            drafts.append(of_response(call, offer, right, answer.status, headers, body, ""))
            await written(drafts)
            await _send(send, answer.status, headers, body, call.method, body.size)
        finally:
            body.close()

    async def _refuse(self, call: Call, offer: Offer | None, fault: Fault, send: Send, right: int) -> None:
        kind, data = faults.answer(fault, call.request, call.accept, call.headers.get("accept-language", ""))
        headers = [("content-type", kind.decode()), ("x-road-error", fault.type), ("x-road-id", call.id)]
        drafts = [] if call.logged else [of_request(call, offer, right)]
        drafts.append(of_response(call, offer, right, fault.status, headers, Body(data), fault.type))
        await written(drafts)
        await _send(send, fault.status, headers, [data], call.method, len(data))


async def _snapshot() -> Snapshot:
    found = memory().current()
    if found is not None:
        return found
    try:
        return await asyncio.to_thread(memory().renewed)
    except Exception as fault:
        said = Text("Không đọc được sổ đăng ký của trục", "The registry of the axis cannot be read")
        raise Fault(faults.DATABASE_ERROR, said) from fault


# ── deciding and asking ─────────────────────────────────────────────────────────────


def _proven(call: Call, snapshot: Snapshot, address: str) -> Client | None:
    """Whom the call is from; Fault when that is not proven."""
    who = party(snapshot, ground(), call.headers, address)
    if call.client is None:
        take_headers(call, who)
    assert call.client is not None
    return claimed(snapshot, who, call.client)


def _today() -> Any:
    return ground().now().astimezone(ground().zone).date()


def _looked_up(call: Call, snapshot: Snapshot, client: Client | None) -> tuple[Offer | None, Held | None]:
    offer = snapshot.offers.get(call.service.parts)
    if offer is None or client is None:
        return offer, None
    return offer, offer.right(client.id, call.method, call.path, _today())


def _denied(call: Call, offer: Offer) -> Fault:
    asked = f" ({offer.contact})" if offer.contact else ""
    return Fault(
        faults.ACCESS_DENIED,
        Text(
            f"Không được phép gọi {call.service.spoken} ({call.method} {call.path or '/'}). "
            f"Đề nghị cấp quyền với cơ quan cung cấp: {offer.owner}{asked}",
            f"Request is not allowed: {call.service.spoken} ({call.method} {call.path or '/'}). "
            f"Ask its owner for the right: {offer.owner}{asked}",
        ),
    )


async def _asked(call: Call, offer: Offer, held: Held) -> Answer:
    """What the provider answers; Fault when it cannot."""
    assert call.client is not None and call.body is not None
    headers: Headers = tuple(call.passed)
    if not any(name == "accept" for name, _ in headers):
        headers = (*headers, ("accept", "application/json"))
    exchange = Exchange(
        client=call.client.text, service=call.service.text, method=call.method, path=call.path,
        query=call.query, headers=headers, body=call.body, user=call.headers.get("x-road-userid", ""),
        moment=call.at, id=call.id, request=call.request, issue=call.headers.get("x-road-issue", ""),
        represented=call.represented, purpose=held.purpose, basis=held.basis, right=held.id,
    )  # fmt: skip
    try:
        provider = provider_of(offer.name.text, offer.provider)
        async with asyncio.timeout(offer.timeout):
            if inspect.iscoroutinefunction(provider.answer):
                answer = await provider.answer(exchange)
            else:
                work = _lanes.submit(offer.name.text, _in_thread, provider.answer, exchange)
                answer = await asyncio.wrap_future(work)
    except (Unreachable, TimeoutError) as error:
        words = (
            error.detail()
            if isinstance(error, Unreachable)
            else Text(
                f"Dịch vụ không trả lời trong {offer.timeout} giây",
                f"The service did not answer in {offer.timeout} seconds",
            )
        )
        raise Fault(faults.NETWORK_ERROR, words) from error
    except LaneFull as error:
        said = Text(
            "Quá nhiều lượt gọi đang chờ dịch vụ này; gọi lại sau",
            "Too many calls wait for this service; call again later",
        )
        raise Fault(faults.NETWORK_ERROR, said) from error
    except ProviderMissing as error:
        raise Fault(faults.SERVICE_FAILED, error.detail()) from error
    except Exception as error:
        log.exception("axis.provider.failed", service=offer.name.text, request=call.request)
        said = Text("Dịch vụ gặp lỗi, không trả lời được", "The service failed and gave no answer")
        raise Fault(faults.SERVICE_FAILED, said) from error
    if not isinstance(answer, Answer) or not 200 <= answer.status <= 599:
        said = Text("Dịch vụ trả lời không đúng dạng", "The service gave no proper answer")
        raise Fault(faults.SERVICE_FAILED, said)
    return answer


def _in_thread(work: Callable[..., Any], *args: Any) -> Any:
    try:
        return work(*args)
    finally:
        with suppress(Exception):
            connections.close_all()


def _gathered(pieces: Iterable[bytes]) -> Body:
    body = Body()
    for piece in pieces:
        body.add(piece)
    return body


# ── answering ───────────────────────────────────────────────────────────────────────


def _answered(given: Any) -> list[tuple[str, str]]:
    pairs = given.items() if hasattr(given, "items") else given
    return [
        (name.lower(), value)
        for name, value in pairs
        if (known := name.lower()) not in wire.SKIPPED and known not in wire.ANSWERED and known != "date"
    ]


async def _send(
    send: Send, status: int, headers: list[tuple[str, str]], body: Iterable[bytes], method: str,
    size: int | None = None,
) -> None:  # fmt: skip
    lines = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers]
    if size is not None and status not in (204, 304):
        lines.append((b"content-length", str(size).encode()))
    await send({"type": "http.response.start", "status": status, "headers": lines})
    if method != "HEAD" and status not in (204, 304):
        for piece in body:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _say_fault(send: Send, call: Call | None, scope: Scope, fault: Fault, request: str) -> None:
    headers = dict(headers_of(scope))
    kind, data = faults.answer(fault, request, headers.get("accept", ""), headers.get("accept-language", ""))
    log.info("axis.refused", type=fault.type, request=request, address=address_of(scope))
    lines = [("content-type", kind.decode()), ("x-road-error", fault.type)]
    if call is not None and call.id:
        lines.append(("x-road-id", call.id))
    await _send(send, fault.status, lines, [data], scope["method"], len(data))
