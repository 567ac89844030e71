"""Written down first, sent by whoever gets to it, once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import CharField, Count, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.utils import timezone

from tinh.channels.errors import NoSuchNotice, NotAnAddress
from tinh.channels.models import Outgoing, Pause, Reminded, Round, State
from tinh.channels.notice import Notice
from tinh.channels.senders import Senders, ways_open
from tinh.channels.sms import telephone
from tinh.people import api as people

log = structlog.get_logger()
LEASE = timedelta(minutes=10)
KEPT = timedelta(days=180)
REMEMBERED = timedelta(days=400)
_AT_ONCE = 50
_WAITS = tuple(
    timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 480, 960)
)  # after each failure; then no more


@dataclass(frozen=True, slots=True)
class Counts:
    waiting: int
    sent: int
    failed: int


def send(notice: Notice, now: datetime | None = None) -> bool:
    """Write a notice down, in the caller's transaction; False when its key has been before."""
    now = now or timezone.now()
    address = _address(notice)
    fields = {
        "name": _line(notice.name)[:200], "language": notice.language, "about": notice.about[:200],
        "subject": _line(notice.subject)[:300], "body": notice.body.replace("\0", ""),
        "secret": notice.secret, "citizen": notice.citizen, "link": notice.link[:300], "created_at": now,
        "due_at": notice.after or now,
    }  # fmt: skip
    with people.through("work"):
        _, new = Outgoing.objects.get_or_create(
            channel=notice.channel, key=notice.key[:200], address=address, defaults=fields
        )
    return new


def deliver(now: datetime | None = None, most: int = 1000, quiet: str = "") -> Counts:
    """Send what is due, but nothing `about` what is `quiet` now. Of several processes each takes others;
    one that dies leaves its notices to be taken up again when its lease is over."""
    ways = ways_open()
    if not ways:
        return counts()
    at = now or timezone.now()
    left = most
    with people.through("work"), Senders() as senders:
        while left > 0 and (taken := _take(at, min(left, _AT_ONCE), quiet, ways)):
            left -= len(taken)
            for one in taken:
                fault = senders.send(one)
                if fault is None:
                    one.state, one.sent_at, one.answer = State.SENT, now or timezone.now(), ""
                    one.body = "" if one.secret else one.body
                else:
                    over = fault.final or one.attempts > len(_WAITS)
                    one.state = State.FAILED if over else State.WAITING
                    one.answer = fault.said
                    one.due_at = at if over else at + _WAITS[one.attempts - 1]
                one.leased_until = None
                one.save(update_fields=["state", "sent_at", "answer", "body", "due_at", "leased_until"])
                log.info("notice", number=one.pk, key=one.key, state=one.state, answer=one.answer)
    return counts()


def _take(now: datetime, most: int, quiet: str, ways: Collection[str]) -> list[Outgoing]:
    with transaction.atomic():
        free = Q(leased_until=None) | Q(leased_until__lt=now)
        due = Outgoing.objects.select_for_update(skip_locked=True).filter(
            free, state=State.WAITING, due_at__lte=now, channel__in=ways
        )
        if quiet:
            due = due.exclude(about=quiet)
        taken = list(due.order_by("due_at", "pk")[:most])
        for one in taken:
            one.attempts += 1
            one.leased_until = now + LEASE
        Outgoing.objects.bulk_update(taken, ["attempts", "leased_until"])
    return taken


def outbox(state: str = "", search: str = "") -> QuerySet[Outgoing]:
    """Notices, the newest first, as far as whoever asks may see them. Those to citizens are not found by
    address: that would tell who sent a report."""
    found = Outgoing.objects.order_by("-created_at", "-pk")
    if state:
        found = found.filter(state=state)
    if search:
        found = found.filter(
            Q(address__icontains=search, citizen=False)
            | Q(subject__icontains=search)
            | Q(about__icontains=search)
        )
    return found


def outgoing(number: int) -> Outgoing:
    one = Outgoing.objects.filter(pk=number).first()
    if one is None:
        raise NoSuchNotice(number=number)
    return one


def send_again(number: int, now: datetime | None = None) -> Outgoing:
    """Put a notice that failed back into the queue."""
    one = outgoing(number)
    if one.state == State.FAILED:
        one.state, one.attempts, one.due_at, one.answer = State.WAITING, 0, now or timezone.now(), ""
        one.save(update_fields=["state", "attempts", "due_at", "answer"])
    return one


def counts() -> Counts:
    with people.through("work"):
        found = dict(Outgoing.objects.values_list("state").annotate(Count("pk")))
    return Counts(*(found.get(state, 0) for state in (State.WAITING, State.SENT, State.FAILED)))


def overtaken(about: str, address: str) -> int:
    """Drop what still waits on this subject for somebody, because a newer notice says it all."""
    with people.through("work"):
        waiting = Outgoing.objects.filter(
            state=State.WAITING, about=about, address__iexact=address, leased_until=None
        )
        return waiting.update(state=State.DROPPED)


def forget(now: datetime | None = None) -> int:
    """Drop notices kept long enough; the number dropped."""
    with people.through("work"):
        told = (now or timezone.now()) - REMEMBERED
        Reminded.objects.filter(at__lt=told).delete()
        Round.objects.filter(at__lt=told).delete()
        Pause.objects.filter(until__lt=told.date()).delete()
        return (
            Outgoing.objects.filter(created_at__lt=(now or timezone.now()) - KEPT)
            .exclude(state=State.WAITING)
            .delete()[0]
        )


def of_person(identifiers: Iterable[str]) -> QuerySet[Outgoing]:
    """What was sent, or waits to be, to these addresses and telephone numbers, however those are written."""
    wanted = Q(pk=None)
    for one in identifiers:
        digits = "".join(c for c in one if c.isdigit())
        if "@" in one:
            wanted |= Q(address__iexact=one.strip())
        elif len(digits) >= 9 and not one.strip().strip("+0123456789 .-()"):
            wanted |= Q(channel="sms", address__endswith=digits[-9:])
    return Outgoing.objects.filter(wanted)


def erase_person(identifiers: Iterable[str]) -> int:
    """Empty these rows, what still waits is not sent any more; how many."""
    found = of_person(identifiers)
    found.filter(state=State.WAITING).update(state=State.DROPPED)
    return found.update(
        address=Concat(Value("erased "), "pk", output_field=CharField()), name="", subject="", body="",
        link="", leased_until=None,
    )  # fmt: skip


def is_address(text: str) -> bool:
    """Whether mail can be sent there at all."""
    try:
        validate_email(text.strip())
    except ValidationError:
        return False
    return True


def _address(notice: Notice) -> str:
    """Where a notice goes, in one form, so that the same place is not told twice."""
    match notice.channel:
        case "sms":
            return telephone(notice.to)
        case "push":
            return notice.to.strip()
    address = notice.to.strip()
    if not is_address(address):
        raise NotAnAddress(address=address[:80])
    return address


def _line(text: str) -> str:
    return " ".join(text.replace("\0", "").split())
