"""Seeing personal values as they are: with the right, a purpose and a reason, for a while, in one session."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta

from django.http import HttpRequest
from django.utils import timezone

from tinh.packs.api import Dataset, PersonalRegister, plain_of
from tinh.people.access import Reading, note
from tinh.people.addresses import address_of
from tinh.people.context import through
from tinh.people.lines import Unmasking
from tinh.people.privacy_errors import NoSuchPurpose, NothingPersonal, ReasonTooShort
from tinh.people.rights import Actor, may, require
from tinh.people.subjects import Restriction

LASTS = timedelta(minutes=15)
LEAST = 10  # characters of a reason


def session_of(request: HttpRequest) -> str:
    """A name for the session or the token that speaks, from which neither can be had."""
    shown = request.headers.get("Authorization", "")
    if not shown:
        session = getattr(request, "session", None)
        shown = session.session_key or "" if session is not None else ""
    return hashlib.sha256(f"tinh session {shown}".encode()).hexdigest() if shown else ""


def reasoned(reason: str, least: int = LEAST) -> str:
    """A reason without its outer spaces, or ReasonTooShort."""
    text = " ".join(reason.split())
    if len(text) < least:
        raise ReasonTooShort(reason=text[:40], least=least)
    return text[:1000]


def purposes_of(dataset: Dataset, register: PersonalRegister) -> tuple[str, ...]:
    """The purposes for which personal values of a dataset may be looked at."""
    own = [p for c in dataset.columns if c.privacy for p in c.privacy.purposes if p in register.purposes]
    return tuple(dict.fromkeys([*own, "mending-data"] if "mending-data" in register.purposes else own))


def unmask(
    request: HttpRequest,
    actor: Actor | None,
    dataset: Dataset,
    register: PersonalRegister,
    purpose: str,
    reason: str,
) -> Unmasking:
    """Give leave to see the personal columns of a dataset for 15 minutes; logged with its reason."""
    who = require(actor, "unmask", dataset)
    fields = [c.name for c in dataset.columns if c.privacy]
    if not fields:
        raise NothingPersonal(dataset=dataset.id)
    known = purposes_of(dataset, register)
    if purpose not in known:
        raise NoSuchPurpose(purpose=purpose, known=", ".join(known))
    told, now = reasoned(reason), timezone.now()
    basis = register.basis_of((purpose,))
    with through("record"):
        made = Unmasking.objects.create(
            who=who.name[:200], session=session_of(request), dataset=dataset.id, fields=fields,
            purpose=purpose, basis=basis, reason=told, since=now, until=now + LASTS,
        )  # fmt: skip
    note(
        who.name, "unmask", dataset.id, allowed=True, address=address_of(request),
        reading=Reading(tuple(fields), purpose, basis, told),
    )  # fmt: skip
    return made


def leave(request: HttpRequest, actor: Actor | None, dataset: Dataset | None) -> Unmasking | None:
    """The leave in force in this session for a dataset, if any."""
    session = session_of(request)
    if actor is None or dataset is None or not session:
        return None
    mine = Unmasking.objects.filter(session=session, dataset=dataset.id, who=actor.name[:200])
    with through("record"):
        found = mine.filter(until__gt=timezone.now()).order_by("-until").first()
    return found if found is not None and may(actor, "unmask", dataset) else None


def leaves(request: HttpRequest) -> tuple[str, ...]:
    """The leaves in force in this session, and how many people's data is restricted, as one mark."""
    session = session_of(request)
    if not session:
        return ()
    live = Unmasking.objects.filter(session=session, until__gt=timezone.now())
    with through("record"):
        found = sorted(live.values_list("dataset", flat=True))
    return (*found, str(len(restricted()))) if found else ()


def mask_again(request: HttpRequest, dataset: Dataset) -> None:
    """End the leave before its time."""
    now = timezone.now()
    with through("record"):
        Unmasking.objects.filter(session=session_of(request), dataset=dataset.id, until__gt=now).update(
            until=now
        )


def looked(
    request: HttpRequest, given: Unmasking, subject: str, fields: Sequence[str], identifiers: Sequence[str]
) -> None:
    """Record a look at clear values: which fields, whose, and under which leave."""
    note(
        given.who, "see personal data", subject, allowed=True, address=address_of(request),
        reading=Reading(tuple(fields), given.purpose, given.basis, given.reason, tuple(identifiers)),
    )  # fmt: skip


def restricted() -> frozenset[str]:
    """Identifiers of the people whose data nobody may process, as they are compared."""
    live = Restriction.objects.filter(until=None).select_related("subject")
    with through("subject"):
        return frozenset(plain_of(r.subject.value) for r in live if r.subject.value)
