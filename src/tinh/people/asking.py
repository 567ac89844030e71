"""Requests of data subjects: taken in, acknowledged, checked, decided with a reason, done; in lawful time."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from tinh.kit.calendar import WorkingCalendar
from tinh.packs.api import PersonalRegister, plain_of
from tinh.people.access import Reading, note
from tinh.people.clocks import Pace, day_of, pace
from tinh.people.keys import fingerprint
from tinh.people.models import User
from tinh.people.privacy_errors import (
    ExtendedOnce,
    IdentityFirst,
    NoIdentifier,
    NoSuchKind,
    NoSuchRequest,
    WrongStep,
)
from tinh.people.subjects import Restriction, Subject, SubjectEvent, SubjectRequest
from tinh.people.unmasking import reasoned

OPEN = ("received", "acknowledged", "granted")


def subject_of(kind: str, value: str, name: str = "", account: User | None = None) -> Subject:
    """The record of a person by one identifier, made on first need."""
    value = " ".join(value.split())
    if len(plain_of(value)) < 4:
        raise NoIdentifier
    found, made = Subject.objects.get_or_create(
        mark=fingerprint(value),
        defaults={"kind": kind[:60], "value": value[:200], "name": name[:200], "account": account},
    )
    if not made and (not found.value or (account and not found.account_id) or (name and not found.name)):
        found.value, found.kind = found.value or value[:200], found.kind or kind[:60]
        found.name = found.name or name[:200]
        found.account_id = found.account_id or (account.pk if account else None)
        found.save()
    return found


def subject_of_account(user: User) -> Subject:
    """The record of whoever owns an account. Anybody may write any address as their own, so a record that
    others made of it is not theirs by that; then it is one of the user name alone."""
    for kind, value in (("e-mail", user.email), ("identifier", user.username)):
        known = Subject.objects.filter(mark=fingerprint(value)).first() if value else None
        if value and (known is None or known.account_id == user.pk):
            return subject_of(kind, value, user.full_name, user)
    raise NoIdentifier


def open_request(
    subject: Subject,
    kind: str,
    register: PersonalRegister,
    calendar: WorkingCalendar,
    now: datetime,
    *,
    channel: str,
    by: str,
    details: str = "",
    purpose: str = "",
    processor: bool = False,
    account: User | None = None,
    identity: str = "",
) -> SubjectRequest:
    """Take a request in; its clocks start today. `identity` says how it is known who asks, if it is."""
    asked = register.requests.get(kind)
    if asked is None:
        raise NoSuchKind(kind=kind, known=", ".join(register.requests))
    today = now.date()
    with transaction.atomic():
        request = SubjectRequest.objects.create(
            subject=subject,
            kind=kind,
            channel=channel,
            details=details[:5000],
            purpose=purpose,
            processor=processor,
            received_at=now,
            received_by=by[:200],
            account=account,
            acknowledge_by=day_of(register.acknowledge, today, calendar),
            due=day_of(asked.done, today, calendar, processor),
            identity=identity[:300],
            identity_by=by[:200] if identity else "",
            identity_at=now if identity else None,
        )
        _step(request, now, by, "received")
    note(by, "take in a request", f"{kind} {request.pk}", allowed=True, reading=_about(subject))
    return request


def request_of(id: int) -> SubjectRequest:
    found = SubjectRequest.objects.select_related("subject").filter(pk=id).first()
    if found is None:
        raise NoSuchRequest(id=id)
    return found


def acknowledge(request: SubjectRequest, now: datetime, by: str) -> None:
    """Tell the person that it came, and how it goes on."""
    with _at(request, "received") as one:
        one.state, one.acknowledged_at = "acknowledged", now
        one.save()
        _step(one, now, by, "acknowledged")


def identify(request: SubjectRequest, how: str, now: datetime, by: str) -> None:
    """Record how it was checked that the person is who they say."""
    told = reasoned(how, 5)
    with _at(request, *OPEN) as one:
        one.identity, one.identity_by, one.identity_at = told[:300], by[:200], now
        one.save()
        _step(one, now, by, "identified", told)


def extend(
    request: SubjectRequest,
    reason: str,
    register: PersonalRegister,
    calendar: WorkingCalendar,
    now: datetime,
    by: str,
) -> None:
    """Give the request its one longer time, with a reason the person can read."""
    told = reasoned(reason)
    with _at(request, "received", "acknowledged") as one:
        if one.extended_from is not None:
            raise ExtendedOnce(id=one.pk)
        one.extended_from, one.due = one.due, day_of(register.extension, one.due, calendar)
        one.extension_reason = told
        one.save()
        _step(one, now, by, "extended", told)


def decide(request: SubjectRequest, granted: bool, reason: str, answer: str, now: datetime, by: str) -> None:
    """Grant or refuse, with a reason; `answer` is the text of the document the person gets."""
    told = reasoned(reason)
    with _at(request, "received", "acknowledged") as one:
        if not one.identity:
            raise IdentityFirst
        one.state = one.decision = "granted" if granted else "refused"
        one.acknowledged_at = one.acknowledged_at or now
        one.reason, one.answer, one.decided_at, one.decided_by = told[:2000], answer[:20_000], now, by[:200]
        one.save()
        _step(one, now, by, one.decision, told)
    note(by, f"{one.decision} a request", f"{one.kind} {one.pk}", allowed=True, reading=_about(one.subject))


def finish(request: SubjectRequest, done: dict[str, Any], now: datetime, by: str) -> None:
    """Close a granted request with what was done."""
    with _at(request, "granted") as one:
        one.state, one.done = "done", done
        one.save()
        _step(one, now, by, "done")
        if one.kind == "restrict" and not one.restrictions.exists():
            Restriction.objects.create(subject=one.subject, request=one, since=now)


def lift(request: SubjectRequest, reason: str, now: datetime, by: str) -> None:
    """End the restriction that a request brought about, with a reason the person can read."""
    told = reasoned(reason)
    with _at(request, "done") as one:
        if not one.restrictions.filter(until=None).update(until=now):
            raise WrongStep(id=one.pk, state=one.state)
        _step(one, now, by, "lifted", told)
    note(by, "lift restriction", f"{one.kind} {one.pk}", allowed=True, reading=_about(one.subject))


def blank(subject: Subject, now: datetime) -> None:
    """Forget who a person was; the keyed digest stays, so that a return is noticed."""
    subject.value, subject.name, subject.erased_at = "", "", now
    subject.save()
    subject.requests.update(details="")


def pace_of(request: SubjectRequest, today: date, calendar: WorkingCalendar) -> Pace:
    """How a request stands to the day it must be done by."""
    ended = request.state in ("done", "refused")
    last = request.events.order_by("-id").first() if ended else None
    return pace(request.due, last.at.date() if last else None, today, calendar)


def listed(state: str = "") -> list[SubjectRequest]:
    """Requests, those with the nearest day first; of the open ones, or of one state."""
    found = SubjectRequest.objects.select_related("subject")
    found = found.filter(state=state) if state else found.filter(state__in=OPEN)
    return list(found.order_by(F("due"), "id")[:500])


def _about(subject: Subject) -> Reading:
    return Reading((), "subject-requests", about=(subject.value,))


def _step(request: SubjectRequest, now: datetime, by: str, what: str, told: str = "") -> None:
    SubjectEvent.objects.create(request=request, at=now, by=by[:200], what=what, note=told[:2000])


class _at:
    """The request under a lock, if it is at one of these steps."""

    def __init__(self, request: SubjectRequest, *states: str) -> None:
        self._id, self._states = request.pk, states
        self._block = transaction.atomic()
        self._given = request

    def __enter__(self) -> SubjectRequest:
        self._block.__enter__()
        one = SubjectRequest.objects.select_for_update().get(pk=self._id)
        if one.state not in self._states:
            fault = WrongStep(id=one.pk, state=one.state)
            self._block.__exit__(type(fault), fault, None)
            raise fault
        return one

    def __exit__(self, *fault: Any) -> None:
        self._block.__exit__(*fault)
        if not fault[0]:
            self._given.refresh_from_db()
