"""What is to be told: one row for each event, recipient and channel, in the transaction of the change itself.

A channel takes what is due with `claim` and says with `settle` what became of it. The address is looked up at
that moment, so an erased party is told nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from tinh.cases.ground import ground
from tinh.cases.models import Case, Notice, Party, Watch
from tinh.people import api as people

CHANNELS = ("mail", "sms", "push")
AUDIENCES = ("reporter", "supporters", "person", "agency", "supervisors", "watchers")
LEASE = timedelta(minutes=10)
_WAITS = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 480, 960))
_MOST = 30  # officers of an agency told of one event


@dataclass(frozen=True, slots=True)
class Claimed:
    """A notice somebody has taken to send. `recipient` is `party:<id>` or `account:<id>`; `address` the mail
    address, phone number or, of a citizen's browser, its number; `path` the page it leads to. `key` never
    changes."""

    id: int
    key: str
    code: str
    channel: str
    recipient: str
    name: str
    address: str
    language: str
    template: str
    subject: str
    body: str
    path: str
    attempts: int


def tell(
    case: Case, template: str, audience: str, moment: datetime, channels: Sequence[str] = (),
    data: Mapping[str, Any] | None = None,
) -> int:  # fmt: skip
    """Write down that an audience is to be told of the case's newest event; how many notices are new. Nobody
    is told of simulated cases."""
    if case.simulated:
        return 0
    rows = [
        Notice(
            case=case, seq=case.seq, audience=audience.partition(":")[0], recipient=recipient,
            channel=channel,
            template=template[:64], data=dict(data or {}), created_at=moment, due_at=moment,
        )
        for recipient, wishes in _recipients(case, audience)
        for channel in _wanted(wishes, channels)
    ]  # fmt: skip
    if rows:
        Notice.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def tell_account(case: Case, template: str, account: int, moment: datetime) -> None:
    """Tell one colleague of the case's newest event."""
    for channel in ("mail", "push") if not case.simulated else ():
        Notice.objects.get_or_create(
            case=case, seq=case.seq, recipient=f"account:{account}", channel=channel, template=template,
            defaults={"audience": "person", "created_at": moment, "due_at": moment},
        )  # fmt: skip


def tell_watchers(case: Case, moment: datetime, since: int, but: int | None) -> None:
    """Tell whoever watches of what happened after event `since`; not who did it, nor who is told already."""
    watching = set(Watch.objects.filter(case=case).values_list("account_id", flat=True)) - {but}
    if not watching or case.simulated:
        return
    told = Notice.objects.filter(case=case, seq__gt=since, recipient__startswith="account:")
    heard = set(told.values_list("recipient", flat=True))
    rows = [
        Notice(
            case=case, seq=case.seq, audience="watchers", recipient=f"account:{one}", channel=channel,
            template="changed", created_at=moment, due_at=moment,
        )
        for one in sorted(watching)
        if f"account:{one}" not in heard
        for channel in ("mail", "push")
    ]  # fmt: skip
    Notice.objects.bulk_create(rows, ignore_conflicts=True)


def _wanted(wishes: Iterable[str], channels: Sequence[str]) -> list[str]:
    found = list(dict.fromkeys(w for one in wishes if (w := one.partition(":")[0]) in CHANNELS))
    return [one for one in found if one in channels] if channels else found


def _recipients(case: Case, audience: str) -> list[tuple[str, tuple[str, ...]]]:
    if audience in ("reporter", "supporters"):
        role = "reporter" if audience == "reporter" else "supporter"
        found = Party.objects.filter(case=case, role=role, erased_at=None)
        return [(f"party:{one.pk}", _wishes(one)) for one in found]
    if audience == "person":
        return [(f"account:{case.person_id}", ("mail", "push"))] if case.person_id else []
    if audience == "watchers":
        watching = Watch.objects.filter(case=case).values_list("account_id", flat=True)
        return [(f"account:{one}", ("mail", "push")) for one in watching]
    other = audience.partition(":")[2]  # `agency:<id>`: another than the one that has the case
    with people.through("work"):
        numbers = _officers(other or case.agency) if audience[:6] == "agency" else _supervisors(case.agency)
    return [(f"account:{one}", ("mail", "push")) for one in numbers]


def _wishes(party: Party) -> tuple[str, ...]:
    if party.wishes:
        fit = {"mail": bool(party.email), "sms": bool(party.phone)}
        return tuple(one for one in party.wishes if one.startswith("push:") or fit.get(one))
    return ("mail",) if party.email else ()


def _officers(agency: str) -> list[int]:
    own = people.own_agencies(agency) or frozenset({agency})
    found = people.User.objects.filter(
        is_active=True, agency__in=own, role__in=("case_officer", "commune_officer", "desk_officer")
    )
    return list(found.order_by("pk").values_list("pk", flat=True)[:_MOST]) if agency else []


def _supervisors(agency: str) -> list[int]:
    """The heads of the agency; where it has none, the leaders of the province."""
    leaders = people.User.objects.filter(is_active=True, role="leader").order_by("pk")
    own = people.own_agencies(agency)
    found = list(leaders.filter(agency__in=own).values_list("pk", flat=True)[:_MOST]) if own else []
    return found or list(leaders.filter(agency="").values_list("pk", flat=True)[:_MOST])


def claim(channel: str, limit: int = 50, moment: datetime | None = None) -> list[Claimed]:
    """Take what is due on a channel, for ten minutes. Of several processes each takes others. What can reach
    nobody any more (an erased party, an account closed or without an address, a watcher who may no longer
    read the case) is dropped on the way."""
    now = moment or ground().now()
    with people.through("case"), transaction.atomic():
        free = Q(leased_until=None) | Q(leased_until__lt=now)
        rows = list(
            Notice.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(free, channel=channel, state="waiting", due_at__lte=now)
            .select_related("case")
            .order_by("due_at", "pk")[:limit]
        )
        taken = []
        for one in rows:
            who = _reached(one)
            one.attempts += 1
            if who is None:
                one.state, one.settled_at = "dropped", now
                continue
            one.leased_until = now + LEASE
            taken.append(_claimed(one, *who))
        Notice.objects.bulk_update(rows, ["attempts", "leased_until", "state", "settled_at"])
        return taken


def settle(
    id: int, ok: bool, answer: str = "", *, final: bool = False, receipt: Mapping[str, Any] | None = None,
    moment: datetime | None = None,
) -> None:  # fmt: skip
    """Say what became of a claimed notice. Not `ok`, it is tried again later, unless `final` or too often."""
    now = moment or ground().now()
    with people.through("case"), transaction.atomic():
        one = Notice.objects.select_for_update().filter(pk=id).first()
        if one is None or one.state != "waiting":
            return
        one.leased_until, one.answer = None, answer[:2000]
        one.receipt = {**one.receipt, **dict(receipt or {})}
        over = final or one.attempts > len(_WAITS)
        if ok or over:
            one.state, one.settled_at = ("sent" if ok else "failed"), now
        else:
            one.due_at = now + _WAITS[max(0, one.attempts - 1)]
        one.save()


def _reached(one: Notice) -> tuple[str, str, str] | None:
    """Name, address and language of a recipient, None when there is none any more."""
    kind, _, number = one.recipient.partition(":")
    if kind == "party":
        party = Party.objects.filter(pk=int(number), erased_at=None).first()
        if party is None:
            return None
        device = next((w[5:] for w in party.wishes if w.startswith("push:")), "")
        address = {"mail": party.email, "sms": party.phone, "push": device}.get(one.channel, "")
        return (party.name, address, party.language) if address else None
    with people.through("work"):
        user = people.User.objects.filter(pk=int(number), is_active=True).first()
        if user is not None and one.audience == "watchers" and not _may_read(user, one.case):
            return None
    if user is None or (one.channel == "mail" and not user.email) or one.channel == "sms":
        return None
    return user.full_name or user.username, user.email if one.channel == "mail" else "", "vi"


def _may_read(user: people.User, case: Case) -> bool:
    """Who watches may have lost the case since: it went to another agency, or they did."""
    return people.may(people.actor_named(user), "read cases", agency=case.agency)


def _claimed(one: Notice, name: str, address: str, language: str) -> Claimed:
    from tinh.cases.letters import written

    kind = one.recipient.partition(":")[0]
    subject, body, path = written(one, name, language, citizen=kind == "party")
    return Claimed(
        one.pk, f"case-notice/{one.pk}", one.case.code, one.channel, one.recipient, name, address, language,
        one.template, subject, body, path, one.attempts,
    )  # fmt: skip


def notices_of(case: Case) -> list[Notice]:
    """What was and is to be told of a case, the newest first; recipients as numbers."""
    with people.through("case"):
        return list(Notice.objects.filter(case=case).order_by("-pk")[:500])
