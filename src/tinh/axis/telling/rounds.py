"""A round: what is new is gathered for every subscription, and what waits is sent, receivers side by side."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import connections
from django.utils import timezone

from tinh.axis.shares.ground import Desk
from tinh.axis.telling.delivering import deliver
from tinh.axis.telling.desk import subscriptions
from tinh.axis.telling.gathering import gather
from tinh.axis.telling.keeping import Telling
from tinh.packs.api import Subscription
from tinh.people import api as people

log = structlog.get_logger()
KEPT = timedelta(days=30)  # of what was sent or dropped
DEAD_KEPT = timedelta(days=180)
_AT_ONCE = 6  # receivers served side by side: a slow one stops no other


@dataclass(frozen=True, slots=True)
class Told:
    """What a round did."""

    gathered: int = 0
    sent: int = 0


def tell(at: Desk, stopping: threading.Event | None = None, now: datetime | None = None) -> Told:
    """Gather and send. May run in several processes: an event is written down once, a receiver served by
    one of them at a time."""
    moment = now or at.corridor().clock.now()
    every = list(subscriptions(at).all().values())
    if not every:
        return Told()
    alerts = at.corridor().alerts() if any(one.wanted.alerts for one in every) else None
    gathered = 0
    for one in every:
        try:
            gathered += gather(one, at, alerts, moment)
        except Exception:  # one that cannot be gathered stops no other
            log.exception("telling.not_gathered", subscription=one.id)
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="tell") as hands:
        sent = sum(hands.map(lambda one: _deliver(one, now, stopping), every))
    return Told(gathered, sent)


def _deliver(one: Subscription, now: datetime | None, stopping: threading.Event | None) -> int:
    try:
        with people.through("work"):
            return deliver(one, now or timezone.now(), stopping)
    except Exception:
        log.exception("telling.not_sent", subscription=one.id)
        return 0
    finally:
        connections.close_all()


def forget_told(now: datetime | None = None) -> int:
    """Drop what was sent long ago; the number dropped."""
    now = now or timezone.now()
    done = Telling.objects.filter(
        state__in=(Telling.SENT, Telling.DROPPED), created_at__lt=now - KEPT
    ).delete()[0]
    return done + Telling.objects.filter(state=Telling.DEAD, created_at__lt=now - DEAD_KEPT).delete()[0]
