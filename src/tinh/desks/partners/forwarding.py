"""Cases handed to other Open311 systems, and what those tell of them.

A case of the partner's agency in one of its categories is written down once, then sent until it is taken or
refused. What the partner says comes back as notes of the case and as its state there; whether the matter is
closed here is decided by a person: a partner's "closed" is not "fixed".
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from tinh.cases import api as cases
from tinh.desks.partners.errors import PartnerError, PartnerLost, PartnerRefuses, PartnerUnclear
from tinh.desks.partners.finding import look, reference
from tinh.desks.partners.georeport import GeoReport, Update
from tinh.desks.partners.models import Handed, Partner, Passed
from tinh.desks.photos import door as photos
from tinh.desks.reports.ground import ground
from tinh.desks.reports.models import Report
from tinh.people import api as people

if TYPE_CHECKING:
    from tinh.sources.api import Vault

log = structlog.get_logger()
EVERY = timedelta(minutes=5)  # between looks at what a partner tells
LEASE = timedelta(minutes=10)
OVERLAP = timedelta(hours=1)  # looked at again, for clocks that differ
FARTHEST = timedelta(days=89)
AT_ONCE = 50
_WAITS = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 480, 960))
_OPEN = ("assigned", "working")


def round_of_partners(
    vault: Vault, stopping: threading.Event | None = None, now: datetime | None = None
) -> int:
    """Hand on and listen, with every partner that is due; how many were spoken to. Of several processes each
    takes others; one partner's silence holds up no other."""
    moment, spoken = now or ground().now(), 0
    while not (stopping is not None and stopping.is_set()) and (partner := _take(moment)) is not None:
        spoken += 1
        fault = ""
        try:
            _serve(partner, vault, moment)
        except PartnerError as error:
            fault = error.detail().vi
        except Exception as error:
            log.exception("partner.failed", partner=partner.slug)
            fault = f"{type(error).__name__}"
        _settle(partner, fault, moment)
    return spoken


def wire(partner: Partner, vault: Vault) -> GeoReport:
    """The partner as it is spoken to."""
    key = vault.get(partner.secret) if partner.secret else ""
    host = GeoReport(partner.url).host
    return GeoReport(partner.url, partner.jurisdiction, key or "", (host,) if partner.private else ())


def _take(now: datetime) -> Partner | None:
    with people.through("case"), transaction.atomic():
        free = Q(leased_until=None) | Q(leased_until__lt=now)
        found = Partner.objects.select_for_update(skip_locked=True).filter(free, active=True, due_at__lte=now)
        one = found.order_by("due_at").first()
        if one is not None:
            one.leased_until = now + LEASE
            one.save(update_fields=["leased_until"])
        return one


def _settle(partner: Partner, fault: str, now: datetime) -> None:
    failures = partner.failures + 1 if fault else 0
    wait = max(EVERY, _WAITS[min(failures, len(_WAITS)) - 1]) if fault else EVERY
    with people.through("case"):
        Partner.objects.filter(pk=partner.pk).update(
            leased_until=None, failures=failures, said=fault[:500], due_at=now + wait
        )


def _serve(partner: Partner, vault: Vault, now: datetime) -> None:
    there = wire(partner, vault)
    _write_down(partner, now)
    with people.through("case"):
        waiting = list(
            Handed.objects.filter(partner=partner, state=Handed.WAITING, due_at__lte=now)
            .select_related("case").order_by("due_at")[:AT_ONCE]
        )  # fmt: skip
    until = monotonic() + LEASE.total_seconds() / 2  # a slow partner is not taken up by another process too
    for one in waiting:
        if monotonic() > until:
            break
        _send(one, partner, there, now)
    _listen(partner, there, now)


def _write_down(partner: Partner, now: datetime) -> None:
    """Note every case that is the partner's and was not handed on yet."""
    own = people.own_agencies(partner.agency) or frozenset({partner.agency})
    with people.through("case"):
        there = Handed.objects.filter(partner=partner, case=OuterRef("pk"))
        found = cases.Case.objects.filter(
            ~Exists(there), kind="report", agency__in=own, state__in=_OPEN,
            category__in=list(partner.services),
            simulated=False, opened_at__gte=partner.made_at - timedelta(days=30),
        )  # fmt: skip
        rows = [
            Handed(partner=partner, case=case, at=now, due_at=now) for case in found.order_by("pk")[:AT_ONCE]
        ]
        Handed.objects.bulk_create(rows, ignore_conflicts=True)


def _send(one: Handed, partner: Partner, there: GeoReport, now: datetime) -> None:
    """Send one case; what was answered is kept at once. One that may be there already is looked for first."""
    looking = one.tried_at is not None and not one.token
    try:
        if one.token:
            one.remote = there.request_id(one.token)
            if not one.remote:
                raise PartnerRefuses(host=there.host, said="token", status=0)
        elif not looking or not _found(one, partner, there, now):
            looking = False
            sent = arguments(one, partner) | answers(one, partner, there)
            one.tried_at = now  # before it goes: this process may end on the way
            _keep(one)
            made = there.send(sent, once=f"{partner.slug}/{one.case.code}")
            one.remote, one.token, one.tried_at = made.id[:100], made.token[:200], None
        if one.state == Handed.UNSURE:
            _keep(one)
            return
        one.attempts = 0
        if one.remote:
            taken(one, partner, now)
        else:
            one.due_at = now + _WAITS[0]
    except PartnerError as error:
        one.attempts += 1
        waits = isinstance(error, PartnerRefuses) and bool(one.token)  # its token is no id yet
        final = isinstance(error, PartnerRefuses | PartnerUnclear) and not waits
        if not isinstance(error, PartnerLost | PartnerUnclear) and not looking:
            one.tried_at = None
        one.said = error.detail().vi[:500]
        over = final or one.attempts > len(_WAITS)
        ends = Handed.UNSURE if one.tried_at is not None else Handed.FAILED
        one.state = ends if over else Handed.WAITING
        one.due_at = now + _WAITS[min(one.attempts, len(_WAITS)) - 1]
        if not final and not waits:
            _keep(one)
            raise
    _keep(one)


def _found(one: Handed, partner: Partner, there: GeoReport, now: datetime) -> bool:
    """Whether it is not to be sent: it is there, or nobody can tell and a person must look."""
    sight = look(one, partner, there, now)
    if sight.id:
        one.remote, one.tried_at = sight.id[:100], None
    elif not sight.absent:
        one.state = Handed.UNSURE
        one.said = f"Không rõ {there.host} đã nhận chưa; danh sách bên đó không cho biết."
    return bool(sight.id) or not sight.absent


def taken(one: Handed, partner: Partner, now: datetime) -> None:
    """Note that the partner has it, on the row (to be kept) and on the case."""
    one.state, one.sent_at, one.status, one.said, one.tried_at = Handed.SENT, now, "open", "", None
    _tell(one.case, partner, f"Đã chuyển sang {partner.name}, mã {one.remote or 'chưa rõ'}.", now)


def _keep(one: Handed) -> None:
    with people.through("case"):
        one.save()


def arguments(one: Handed, partner: Partner) -> dict[str, str | Sequence[str]]:
    """A case in the fields of POST Service Request. Who reported it goes along only where the partner was
    declared to need it."""
    case = one.case
    sent: dict[str, str | Sequence[str]] = {
        "service_code": str(partner.services[case.category]),
        "description": f"{case.subject}\n\n{case.body}"[:3900] + f"\n\n{reference(case.code)}",
        "account_id": case.code,
    }  # fmt: skip
    if case.latitude is not None:
        sent |= {"lat": f"{case.latitude:.6f}", "long": f"{case.longitude:.6f}"}
    if case.address or case.latitude is None:
        sent["address_string"] = case.address or case.place
    pictures = [settings.PUBLIC_URL + v.address("page") for v in photos.of_case(case.code) if v.shown]
    if pictures and settings.PUBLIC_URL:
        sent["media_url"] = pictures[:3]
    if partner.identity:
        sent |= _identity(case)
    return {name: value for name, value in sent.items() if value}


def answers(one: Handed, partner: Partner, there: GeoReport) -> dict[str, str | Sequence[str]]:
    """The reporter's answers to those questions that the partner's service asks too, by their codes."""
    with people.through("case"):
        row = Report.objects.filter(case_id=one.case_id).first()
    known = {code: value for code, value in (row.answers if row is not None else {}).items() if value}
    if not known:
        return {}
    try:
        asked = there.asked(str(partner.services[one.case.category]))
    except PartnerError:  # it is sent without them; what is missing is then said by the partner
        return {}
    return {
        f"attribute[{code}][]" if isinstance(value, list) else f"attribute[{code}]":
            [str(part) for part in value] if isinstance(value, list) else str(value)
        for code, value in known.items() if code in asked
    }  # fmt: skip


def _identity(case: Any) -> dict[str, str]:
    from tinh.desks.partners.names import parted

    with people.through("case"):
        party = case.parties.filter(role="reporter", erased_at=None).first()
    if party is None:
        return {}
    first, last = parted(party.name)
    return {"first_name": first, "last_name": last, "email": party.email, "phone": party.phone}


def _listen(partner: Partner, there: GeoReport, now: datetime) -> None:
    """What happened at the partner since the last look: by its updates, or by how its requests stand."""
    with people.through("case"):
        handed = {one.remote: one for one in Handed.objects.filter(partner=partner, state=Handed.SENT)
                  .exclude(remote="")
                  .filter(Q(seen_at=None) | ~Q(status="closed") | Q(seen_at__gte=now - timedelta(days=30)))
                  .select_related("case").order_by("-pk")[:1000]}  # fmt: skip
    if not handed:
        return
    start = max((partner.pulled_until or partner.made_at) - OVERLAP, now - FARTHEST)
    updates = there.updates(start, now + timedelta(minutes=5))
    if updates is not None:
        for one in updates:
            if one.request in handed:
                _take_in(one, handed[one.request], partner, now)
        with people.through("case"):
            Partner.objects.filter(pk=partner.pk).update(pulled_until=now)
        return
    ids = list(handed)
    for at in range(0, len(ids), AT_ONCE):
        for state in there.states(ids[at : at + AT_ONCE]):
            known = handed.get(state.id)
            if known is not None and (state.status, state.notes[:500]) != (known.status, known.notes):
                said = f"{state.id}|{known.status}|{state.status}|{state.notes}|{state.updated}"
                mark = hashlib.sha256(said.encode()).hexdigest()[:32]
                _take_in(Update(mark, state.id, state.status, state.notes, None), known, partner, now)


def _take_in(update: Update, one: Handed, partner: Partner, now: datetime) -> None:
    """Keep one update of the partner's, once, as a note of the case."""
    with people.through("case"), transaction.atomic():
        _, new = Passed.objects.get_or_create(
            side=f"partner:{partner.pk}", mark=f"{update.request}/{update.id}"[:200],
            defaults={"case_id": one.case_id, "at": now},
        )  # fmt: skip
        if not new:
            return
        said, at = update.status[:40] or one.status, update.at or now
        if one.seen_at is None or at >= one.seen_at:  # an older one that comes late changes no state
            one.status, one.notes, one.seen_at = said, update.text[:500], at
            state = {"status": one.status, "notes": one.notes, "seen_at": at}
            Handed.objects.filter(pk=one.pk).update(**state)
    words = f"{partner.name} ({one.remote}): {said}. {update.text}".strip()
    _tell(one.case, partner, f"{words} {update.media}".strip(), now)


def _tell(case: Any, partner: Partner, words: str, now: datetime) -> None:
    actor = people.Actor(name=f"{partner.name} (Open311)"[:200], role="desk_officer")
    with people.through("case"):
        cases.note(case.code, words[:5000], actor, at=now)


def send_again(number: int, actor: people.Actor) -> None:
    """Put a case that a partner refused, or surely has not, back into the queue. Asks `manage desks`."""
    people.require(actor, "manage desks")
    now = ground().now()
    with people.through("case"):
        Handed.objects.filter(pk=number, state__in=(Handed.FAILED, Handed.UNSURE)).update(
            state=Handed.WAITING, attempts=0, due_at=now, said="", tried_at=None
        )
        Partner.objects.filter(handed=number).update(due_at=now, failures=F("failures"))


def is_there(number: int, remote: str, actor: people.Actor) -> None:
    """A person has seen it at the partner, under the id `remote` ("" where they know none): it is not sent
    again. Asks `manage desks`."""
    people.require(actor, "manage desks")
    with people.through("case"), transaction.atomic():
        found = Handed.objects.select_for_update(of=("self",)).filter(pk=number, state=Handed.UNSURE)
        one = found.select_related("case", "partner").first()
        if one is not None:
            one.remote = remote.replace("\0", "").strip()[:100]
            taken(one, one.partner, ground().now())
            one.save()
