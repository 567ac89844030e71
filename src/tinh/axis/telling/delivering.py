"""Sending what waits in an outbox: at least once, in order, at the receiver's pace.

A receiver that fails is left alone for longer and longer; what it refuses for good, or what could not be sent
for as long as the subscription keeps trying, is a dead letter that a person may send again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import structlog
from django.db import transaction
from django.db.models import Q, QuerySet

from tinh.axis.ground import ground
from tinh.axis.seals import Seals
from tinh.axis.telling import cloudevent
from tinh.axis.telling.errors import ReceiverFails, ReceiverGone, ReceiverRefuses, SecretUnset, TellingError
from tinh.axis.telling.keeping import Following, Telling
from tinh.axis.telling.posting import Said, greet, host_of, post
from tinh.packs.api import Subscription
from tinh.sources.api import SourceError

log = structlog.get_logger()
WAITS = tuple(timedelta(minutes=m) for m in (1, 2, 5, 15, 30, 60, 120, 240))  # the last one again and again
GREETED = timedelta(hours=24)  # how long a handshake holds
LEASE = timedelta(minutes=5)
ROUND = 60.0  # seconds one subscription is served at a stretch
_FINAL = frozenset((400, 405, 406, 409, 411, 412, 413, 414, 415, 416, 417, 422, 431, 451, 501, 505))


@dataclass(slots=True)
class _Turn:
    """One subscription while it is served."""

    one: Subscription
    known: Following
    now: datetime
    stopping: threading.Event
    sent: int = 0

    @property
    def host(self) -> str:
        return host_of(self.one.target)


def deliver(one: Subscription, now: datetime, stopping: threading.Event | None = None) -> int:
    """Send what waits for a subscription, if it is its turn; how many events were taken by the receiver."""
    known = _lease(one, now)
    if known is None:
        return 0
    turn = _Turn(one, known, now, stopping or threading.Event())
    begun = time.monotonic()
    try:
        _greet(turn)
        while time.monotonic() - begun < ROUND and not turn.stopping.is_set():
            rows = _next(turn)
            if not rows or not _may_send(turn):
                break
            _send(turn, rows)
            known.failures, known.reason = 0, ""
    except (TellingError, SourceError) as fault:
        _failed(turn, fault, None)
    except _Busy as busy:
        _failed(turn, busy.fault, busy.wait)
    except _Over:
        pass
    finally:
        _note(known)
    return turn.sent


def _note(known: Following) -> None:
    """Let go, and keep what sending has changed: meanwhile others may gather, pause or end it."""
    own = ("reason", "failures", "due_at", "greeted_url", "greeted_at", "rate", "minute", "spent", "told_at")
    kept = {name: getattr(known, name) for name in own}
    Following.objects.filter(pk=known.pk).update(leased_until=None, **kept)


class _Busy(Exception):
    """The receiver cannot now; `wait` is what it asked for."""

    def __init__(self, fault: TellingError, wait: timedelta | None) -> None:
        super().__init__(fault.code)
        self.fault, self.wait = fault, wait


class _Over(Exception):
    """The receiver wants nothing more."""


def _waiting(known: Following) -> QuerySet[Telling]:
    return Telling.objects.filter(following=known, state=Telling.WAITING)


def _lease(one: Subscription, now: datetime) -> Following | None:
    with transaction.atomic():
        free = Q(leased_until=None) | Q(leased_until__lt=now)
        found = (
            Following.objects.select_for_update(skip_locked=True)
            .filter(free, subscription=one.id, state=Following.ACTIVE, due_at__lte=now)
            .first()
        )
        if found is None or not _waiting(found).exists():
            return None
        found.leased_until = now + LEASE
        found.save(update_fields=["leased_until"])
    return found


def both(fault: TellingError | SourceError) -> str:
    """Why, in Vietnamese and on a second line in English, as it is kept."""
    said = fault.detail()
    return f"{said.vi[:240]}\n{said.en[:240]}"


def origin() -> str:
    """Who says he sends: the instance of the axis as a DNS-like name."""
    return ground().origin or ground().instance.lower()


def _greet(turn: _Turn) -> None:
    known, target = turn.known, turn.one.target
    held = known.greeted_url == target.url and known.greeted_at is not None
    if held and known.greeted_at is not None and turn.now - known.greeted_at < GREETED:
        return
    known.rate = greet(target, ground().home, origin(), turn.stopping)
    known.greeted_url, known.greeted_at = target.url, turn.now


def _may_send(turn: _Turn) -> bool:
    """Whether the rate the receiver allows leaves room for one more request this minute."""
    known, minute = turn.known, turn.now.replace(second=0, microsecond=0)
    if known.minute != minute:
        known.minute, known.spent = minute, 0
    if known.rate and known.spent >= known.rate:
        known.due_at = minute + timedelta(minutes=1)
        return False
    known.spent += 1
    return True


def _next(turn: _Turn) -> list[Telling]:
    return list(_waiting(turn.known).order_by("pk")[: max(1, turn.one.target.batch)])


def _send(turn: _Turn, rows: Sequence[Telling]) -> None:
    """One request; a batch refused for good is halved until the event that is to blame stands alone."""
    for row in rows:
        row.attempts, row.tried_at = row.attempts + 1, turn.now
    Telling.objects.bulk_update(rows, ["attempts", "tried_at"])
    said = _asked(turn, rows)
    if 200 <= said.status < 300:
        for row in rows:
            row.state, row.sent_at, row.answer = Telling.SENT, turn.now, f"HTTP {said.status}"
        Telling.objects.bulk_update(rows, ["state", "sent_at", "answer"])
        turn.sent += len(rows)
        turn.known.told_at = turn.now
        log.info("telling.sent", subscription=turn.one.id, events=len(rows), status=said.status)
    elif said.status == 410:
        _gone(turn)
        raise _Over
    elif said.status in _FINAL:
        if len(rows) > 1:
            half = len(rows) // 2
            for part in (rows[:half], rows[half:]):
                if not _may_send(turn):
                    raise _Over
                _send(turn, part)
            return
        fault = ReceiverRefuses(host=turn.host, code=said.status)
        rows[0].state, rows[0].answer = Telling.DEAD, both(fault)
        rows[0].save(update_fields=["state", "answer"])
        log.info("telling.refused", subscription=turn.one.id, key=rows[0].key, status=said.status)
    else:
        known = {301, 302, 303, 307, 308}
        more = " (redirects are not followed)" if said.status in known else ""
        vi = " (không đi theo chuyển hướng)" if said.status in known else ""
        fault_ = ReceiverFails(
            host=turn.host, why_vi=f"HTTP {said.status}{vi}", why_en=f"HTTP {said.status}{more}"
        )
        raise _Busy(fault_, said.wait(turn.now))


def _asked(turn: _Turn, rows: Sequence[Telling]) -> Said:
    target = turn.one.target
    headers, body = cloudevent.request([row.event for row in rows], target.mode, target.batch > 1)
    secret = _secret(target.secret) if target.secret else None
    seal = Seals(ground().keys, ground().instance).current()
    proof = cloudevent.signature(secret, seal, int(turn.now.timestamp()), headers, body)
    own = {"webhook-request-origin": origin(), **proof}
    if target.token:
        own["authorization"] = f"Bearer {_secret(target.token)}"
    return post(target, ground().home, "POST", {**headers, **own}, body, turn.stopping)


def _secret(name: str) -> str:
    try:
        found = ground().secret(name)
    except SourceError as error:
        raise SecretUnset(name=name) from error
    if not found:
        raise SecretUnset(name=name)
    return found


def _failed(turn: _Turn, fault: TellingError | SourceError, wait: timedelta | None) -> None:
    """Leave the receiver alone for a while; what was tried for too long is a dead letter."""
    known = turn.known
    known.failures += 1
    known.reason = both(fault)
    known.due_at = turn.now + (wait if wait is not None else WAITS[min(known.failures, len(WAITS)) - 1])
    known.greeted_at = known.greeted_at if fault.code != "AXS085" else None
    old = turn.now - timedelta(seconds=turn.one.target.keep_trying)
    waiting = _waiting(known)
    waiting.filter(attempts__gt=0).update(answer=both(fault))
    dead = waiting.filter(created_at__lt=old).update(state=Telling.DEAD, answer=both(fault))
    log.info("telling.failed", subscription=turn.one.id, code=fault.code, failures=known.failures, dead=dead)


def _gone(turn: _Turn) -> None:
    known = turn.known
    fault = both(ReceiverGone(host=turn.host))
    known.reason = fault
    Following.objects.filter(pk=known.pk).update(state=Following.GONE)
    _waiting(known).update(state=Telling.DEAD, answer=fault)
    log.warning("telling.gone", subscription=turn.one.id, host=urlsplit(turn.one.target.url).hostname)
