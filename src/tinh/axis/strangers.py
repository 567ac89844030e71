"""Calls of those who prove nothing: in the log like every other, but never so many that they fill it.

So many a minute are logged one by one (`axis.strangers` of province.yaml), a few from any one network; what
comes beyond is counted, and stands in the log as one row a minute of each process. Whom such a caller claims
to be is in the head of the message only: no agency is named as a party to what it did not send.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections import Counter
from datetime import UTC, datetime

import structlog

from tinh.axis import faults, wire
from tinh.axis.chain import moment
from tinh.axis.faults import Fault
from tinh.axis.ground import ground
from tinh.axis.reading import Call
from tinh.axis.running import writer
from tinh.axis.writer import Draft
from tinh.people import api as people

log = structlog.get_logger()
KINDS = frozenset((faults.NOT_PROVEN, faults.UNKNOWN_MEMBER))
SHARE = 6  # of what is logged one by one, a sixth may come from one network
MINUTE = 60.0
_NAMED = 5  # networks that a row of many names
_LONGEST = 300  # characters of a header that are kept


class Strangers:
    """The budget of this process and what went beyond it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._began = 0.0
        self._one_by_one: Counter[str] = Counter()
        self._beyond: Counter[str] = Counter()
        self._since = datetime.now(UTC)
        self._timer: threading.Timer | None = None

    def take(self, address: str) -> bool:
        """Whether a call from this address is logged by itself; it is counted otherwise."""
        network, most = people.network_of(address), ground().place.strangers
        with self._lock:
            if time.monotonic() - self._began >= MINUTE:
                self._began = time.monotonic()
                self._one_by_one.clear()
            if self._one_by_one.total() < most and self._one_by_one[network] < max(1, most // SHARE):
                self._one_by_one[network] += 1
                return True
            if not self._beyond:
                self._since = datetime.now(UTC)
                self._timer = threading.Timer(MINUTE, self.tell)
                self._timer.daemon = True
                self._timer.start()
            self._beyond[network] += 1
            return False

    def tell(self) -> None:
        """Write down what was counted."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            self._timer, beyond, since = None, Counter(self._beyond), self._since
            self._beyond.clear()
        if not beyond:
            return
        try:
            writer().write(_many(beyond, since))
        except Exception:
            log.exception("axis.strangers.not_logged", calls=beyond.total())


HERE = Strangers()  # of this process


def drafts(call: Call, fault: Fault, status: int) -> list[Draft]:
    """The two messages of a call that proved nothing, without its body and with its first lines only."""
    asked = f"{call.method}\r\n{call.target[:2000]}\r\n" + "".join(
        f"{name}:{value[:_LONGEST]}\r\n" for name, value in call.passed if name.startswith("x-road-")
    )
    said = wire.response_head(status, [("x-road-error", fault.type)])
    service, member = call.service.text, call.service.member
    id = call.headers.get("x-road-id", "").strip()[:255]
    took = int((time.perf_counter() - call.begun) * 1_000_000)
    return [
        _draft(call.request, "request", call.at, service, member, id, call.method, call.path[:2000], asked),
        _draft(
            call.request, "response", datetime.now(UTC), service, member, id, call.method, call.path[:2000],
            said, status, fault.type, took,
        ),
    ]  # fmt: skip


def _many(beyond: Counter[str], since: datetime) -> list[Draft]:
    now, request = datetime.now(UTC), str(uuid.uuid4())
    lines = [
        f"{beyond.total()} calls of strangers, not logged one by one",
        f"from {moment(since)} to {moment(now)}",
    ]
    lines += [f"{network}: {count}" for network, count in beyond.most_common(_NAMED)]
    if len(beyond) > _NAMED:
        lines.append(f"{len(beyond) - _NAMED} other networks")
    text = "\r\n".join(lines) + "\r\n"
    said = wire.response_head(500, [("x-road-error", faults.NOT_PROVEN)])
    path = f"× {beyond.total()}"
    return [
        _draft(request, "request", since, "", "", "", "", path, text),
        _draft(request, "response", now, "", "", "", "", path, said, 500, faults.NOT_PROVEN),
    ]


def _draft(
    exchange: str, kind: str, at: datetime, service: str, member: str, id: str, method: str, path: str,
    head: str, status: int = 0, error: str = "", took: int = 0,
) -> Draft:  # fmt: skip
    kept = wire.discreet(head)
    return Draft(
        {
            "at": moment(at), "exchange": exchange, "direction": "in", "kind": kind, "client": "",
            "service": service, "client_member": "", "service_member": member, "message_id": id, "user": "",
            "issue": "", "represented": "", "method": method, "path": path, "query": "", "status": status,
            "error": error, "took": took, "right": 0, "head_digest": wire.digest(kept),
            "body_digest": wire.EMPTY, "body_size": 0, "message_hash": wire.hash_of(head, None),
            "kept_until": "",
        },
        kept,
    )  # fmt: skip
