"""Asking for access: an agency says what it needs and why; the owner grants or refuses with a reason."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from tinh.axis.registry import service
from tinh.axis.rights import grant
from tinh.axis.shares.errors import DemandTwice, NoDemand, NoSubsystem, ReasonMissing
from tinh.axis.shares.keeping import GRANTED, OPEN, REFUSED, Demand
from tinh.axis.shares.offering import identifier, systems_of
from tinh.packs.api import Share


def ask(share: Share, agency: str, by: str, purpose: str, basis: str) -> Demand:
    """Leave a request with the owner."""
    if not agency:
        raise NoSubsystem
    _stated(purpose, "mục đích", "the purpose")
    _stated(basis, "căn cứ pháp lý", "the legal basis")
    try:
        with transaction.atomic():
            return Demand.objects.create(
                share=share.id, owner=share.owner, agency=agency, asked_by=by,
                purpose=purpose.strip()[:300], basis=basis.strip()[:300],
            )  # fmt: skip
    except IntegrityError:
        raise DemandTwice from None


def waiting(owner: str | None = None) -> list[Demand]:
    """Requests nobody has answered, the oldest first; of one owner or of all."""
    found = Demand.objects.filter(state=OPEN)
    return list((found if owner is None else found.filter(owner=owner)).order_by("asked_at", "pk"))


def last_of(share: str, agency: str) -> Demand | None:
    return Demand.objects.filter(share=share, agency=agency).order_by("-pk").first() if agency else None


def allow(demand: Demand, share: Share, by: str, reason: str, until: date | None) -> Demand:
    """Give the agency's systems the right, on the ground it named."""
    _stated(reason, "lý do", "the reason")
    given = 0
    with transaction.atomic():
        _close(demand, GRANTED, by, reason)
        offered = service(identifier(share))
        for system in systems_of(demand.agency):
            right = grant(offered, system, purpose=demand.purpose, basis=demand.basis, by=by, until=until,
                          reason=f"demand {demand.pk}: {reason}")  # fmt: skip
            given = given or right.pk
        if not given:
            raise NoSubsystem
        Demand.objects.filter(pk=demand.pk).update(right=given)
    demand.refresh_from_db()
    return demand


def refuse(demand: Demand, by: str, reason: str) -> Demand:
    _stated(reason, "lý do", "the reason")
    _close(demand, REFUSED, by, reason)
    demand.refresh_from_db()
    return demand


def _close(demand: Demand, state: str, by: str, reason: str) -> None:
    changed = Demand.objects.filter(pk=demand.pk, state=OPEN).update(
        state=state, answered_by=by, answered_at=timezone.now(), answer=reason.strip()[:300]
    )
    if not changed:
        raise NoDemand(id=demand.pk)


def _stated(text: str, vi: str, en: str) -> None:
    if not text.strip():
        raise ReasonMissing(what_vi=vi, what_en=en)
