"""Subscriptions made on the web or the command line, and what people do with their outboxes."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from django.db.models import Count, QuerySet
from django.utils import timezone

from tinh.axis.ground import ground
from tinh.axis.shares.ground import Desk
from tinh.axis.telling.delivering import origin
from tinh.axis.telling.errors import (
    NoSuchSubscription,
    NoSuchTelling,
    SubscriptionDeclared,
    SubscriptionFaulty,
    SubscriptionTaken,
)
from tinh.axis.telling.gathering import following
from tinh.axis.telling.keeping import Following, Telling
from tinh.axis.telling.posting import greet
from tinh.kit import durable
from tinh.packs.api import Subscription, Subscriptions
from tinh.people import api as people

_VERSIONS = ".versions"


@dataclass
class Ask:
    """What a form says of a subscription; empty means: left out."""

    id: str = ""
    name: str = ""
    name_en: str = ""
    agency: str = ""
    receipts: list[str] = field(default_factory=list)
    indicators: list[str] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    change: float = 0.0
    url: str = ""
    allow_private: bool = False
    mode: str = "structured"
    batch: int = 1
    secret: str = ""  # the secret's name
    token: str = ""
    purpose: str = ""
    legal_basis: str = ""
    until: str = ""

    def text(self, by: str, at: datetime) -> str:
        """The subscription as its YAML."""
        events: dict[str, Any] = {
            "receipts": self.receipts, "indicators": self.indicators, "alerts": self.alerts,
            "places": self.places, "change": self.change,
        }  # fmt: skip
        target: dict[str, Any] = {
            "url": self.url, "allow_private": self.allow_private, "mode": self.mode, "batch": self.batch,
            "secret": self.secret, "token": self.token,
        }  # fmt: skip
        if self.mode == "structured":
            del target["mode"]
        if self.batch == 1:
            del target["batch"]
        body: dict[str, Any] = {
            "format": 1, "id": self.id, "name": {"vi": self.name, "en": self.name_en or self.name},
            "agency": self.agency, "events": {k: v for k, v in events.items() if v},
            "target": {k: v for k, v in target.items() if v}, "purpose": self.purpose,
            "legal_basis": self.legal_basis, "until": self.until, "made_by": by, "made_at": at.isoformat(),
        }  # fmt: skip
        kept = {k: v for k, v in body.items() if v not in ("", [])}
        return yaml.safe_dump(kept, allow_unicode=True, sort_keys=False, width=110)


@dataclass(frozen=True, slots=True)
class Health:
    """How a subscription fares. `state` is None while nothing of it has been looked at."""

    state: str | None
    reason: str = ""
    failures: int = 0
    due_at: datetime | None = None
    told_at: datetime | None = None
    waiting: int = 0
    sent: int = 0
    dead: int = 0


def subscriptions(at: Desk) -> Subscriptions:
    """All subscriptions, read anew whenever the catalogue or the folder changes."""
    corridor = at.corridor()
    return Subscriptions(corridor.catalogue, corridor.home.root, at.agencies())


def subscription(at: Desk, id: str) -> Subscription:
    found = subscriptions(at).one(id)
    if found is None:
        raise NoSuchSubscription(id=id[:80])
    return found


def check(at: Desk, text: str) -> Subscription:
    """The subscription a text says; SubscriptionFaulty with every finding otherwise."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "subscription.yaml"
        path.write_text(text, encoding="utf-8")
        found, findings = subscriptions(at).try_(path)
    if found is None:
        wrong = [f for f in findings if f.level == "error"]
        raise SubscriptionFaulty(
            reason_vi="; ".join(f"{f.says.vi} → {f.cure.vi}" for f in wrong),
            reason_en="; ".join(f"{f.says.en} → {f.cure.en}" for f in wrong),
        )
    return found


def subscribe(at: Desk, text: str) -> Subscription:
    """Keep a subscription, and begin with what comes from now on; SubscriptionTaken when the id is of
    others."""
    one = check(at, text)
    book = subscriptions(at)
    before = book.own(one.id)
    if before is not None and set(before.owners) != set(one.owners):
        raise SubscriptionTaken(id=one.id)
    path = book.root / f"{one.id}.yaml"
    _set_aside(path, at)
    durable.write(path, text.encode())
    following(one, at.corridor().clock.now())
    return subscription(at, one.id)


def unsubscribe(at: Desk, id: str) -> None:
    """Send nothing more; what waits is dropped, the file stays among the versions."""
    book = subscriptions(at)
    if book.one(id) is None:
        raise NoSuchSubscription(id=id[:80])
    found = book.own(id)
    if found is None:
        raise SubscriptionDeclared(id=id)
    _set_aside(found.file, at)
    durable.remove(found.file)
    Telling.objects.filter(following__subscription=id, state=Telling.WAITING).update(state=Telling.DROPPED)
    Following.objects.filter(subscription=id).delete()


def knock(one: Subscription) -> int:
    """Try the handshake now: requests a minute the receiver allows, 0 for any; raises what is wrong."""
    return greet(one.target, ground().home, origin())


def health(ids: list[str]) -> dict[str, Health]:
    """How subscriptions fare, by id."""
    counts: dict[str, dict[str, int]] = {}
    rows = Telling.objects.filter(following__subscription__in=ids)
    for id, state, number in rows.values_list("following__subscription", "state").annotate(Count("pk")):
        counts.setdefault(id, {})[state] = number
    out = {id: Health(None) for id in ids}
    for known in Following.objects.filter(subscription__in=ids):
        mine = counts.get(known.subscription, {})
        out[known.subscription] = Health(
            known.state, known.reason, known.failures, known.due_at, known.told_at,
            *(mine.get(state, 0) for state in (Telling.WAITING, Telling.SENT, Telling.DEAD)),
        )  # fmt: skip
    return out


def tellings(id: str, state: str = "") -> QuerySet[Telling]:
    """The outbox of a subscription, the newest first."""
    found = Telling.objects.filter(following__subscription=id).order_by("-pk")
    return found.filter(state=state) if state else found


def tell_again(id: str, number: int | None = None, now: datetime | None = None) -> int:
    """Put one event that was not taken back into the queue, or every dead one; it keeps its id. The number
    put back; NoSuchTelling when the one named is not the subscription's."""
    found = Telling.objects.filter(following__subscription=id)
    if number is not None and not (found := found.filter(pk=number)).exists():
        raise NoSuchTelling(number=number)
    now = now or timezone.now()
    back = found.filter(state=Telling.DEAD).update(
        state=Telling.WAITING, attempts=0, created_at=now, answer=""
    )
    if back:
        Following.objects.filter(subscription=id).update(due_at=now, failures=0)
    return back


def set_state(id: str, paused: bool, now: datetime | None = None) -> None:
    """Pause a subscription (events go on gathering), or go on, also after the receiver said 410."""
    changes: dict[str, Any] = {"state": Following.PAUSED, "reason": ""}
    if not paused:
        now = now or timezone.now()
        changes = {"state": Following.ACTIVE, "reason": "", "failures": 0, "due_at": now, "greeted_at": None}
    if not Following.objects.filter(subscription=id).update(**changes):
        raise NoSuchSubscription(id=id[:80])


def _set_aside(path: Path, at: Desk) -> None:
    if path.is_file():
        moment = at.corridor().clock.now()
        aside = path.parent / _VERSIONS / f"{path.stem}-{moment:%Y%m%dT%H%M%S%f}.yaml"
        durable.write(aside, path.read_bytes())


def may_change(actor: people.Actor | None, one: Subscription) -> bool:
    """Whether somebody may make, pause or end a subscription: who may publish services of every agency whose
    data it tells of, or manages the axis."""
    if people.may(actor, "manage axis"):
        return True
    return bool(one.owners) and all(people.may(actor, "publish services", agency=o) for o in one.owners)


def may_see(actor: people.Actor | None, one: Subscription) -> bool:
    """Besides: the agency that is sent the events."""
    return may_change(actor, one) or people.may(actor, "publish services", agency=one.agency)
