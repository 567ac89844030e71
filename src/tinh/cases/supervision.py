"""Who carries what, and a word to those who are late."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Min, Q

from tinh.cases import notices
from tinh.cases.acting import each
from tinh.cases.case_errors import ReasonMissing
from tinh.cases.ground import ground
from tinh.cases.lists import seen_at
from tinh.cases.models import Case, Notice
from tinh.cases.rights import require_one
from tinh.cases.shapes import Done
from tinh.cases.turn import turn
from tinh.people import api as people


@dataclass(frozen=True, slots=True)
class Load:
    """Open cases of an agency, or of one person of it (`person` None: nobody's yet). `oldest` is the earliest
    moment owed, of those whose clock runs."""

    agency: str
    person: int | None
    open: int
    soon: int
    late: int
    very_late: int
    paused: int
    oldest: datetime | None


def loads(actor: people.Actor, agency: str = "") -> list[Load]:
    """What each agency carries, or with `agency` each of its people; the most pressed first. Asks
    `supervise cases`; counts what this person may see."""
    people.require_anywhere(actor, "supervise cases")
    now = ground().now()
    by = ("agency", "person") if agency else ("agency",)
    with people.as_person(actor):
        found = Case.objects.filter(closed_at__isnull=True)
        if agency:
            found = found.filter(agency__in=people.own_agencies(agency) | {agency})
        seen = seen_at(now)
        rows = list(
            found.annotate(seen=seen)
            .values(*by)
            .annotate(
                all=Count("pk"), oldest=Min("due_at", filter=Q(paused_at__isnull=True)),
                held=Count("pk", filter=Q(paused_at__isnull=False)),
                soon=Count("pk", filter=Q(seen__gte=F("soon_at"), seen__lte=F("due_at"))),
                late=Count("pk", filter=Q(seen__gt=F("due_at"), seen__lte=F("grave_at"))),
                grave=Count("pk", filter=Q(seen__gt=F("grave_at"))),
            )
            .order_by("-grave", "-late", "-soon", "-all", *by)
        )  # fmt: skip
    return [
        Load(r["agency"], r.get("person"), r["all"], r["soon"], r["late"], r["grave"], r["held"], r["oldest"])
        for r in rows
    ]


def urge(codes: Iterable[str], actor: people.Actor, reason: str, *, at: datetime | None = None) -> list[Done]:
    """Press for cases: in their history with the reason, and told to whoever has them, else to their agency.
    Asks `supervise cases`; one result a case."""
    told = " ".join(reason.replace("\0", "").split())
    if not told:
        raise ReasonMissing(action="đôn đốc")
    return each(codes, lambda code: _urge(code, actor, told, at))


def _urge(code: str, actor: people.Actor, reason: str, at: datetime | None) -> Case:
    with turn(code, actor, at) as found:
        case = found.case
        require_one(actor, case, "supervise cases")
        found.event("urge", reason, {"agency": case.agency, "person": case.person_id})
        notices.tell(case, "urged", "person" if case.person_id else "agency", found.moment)
        return case


def recent_notices(actor: people.Actor, most: int = 60) -> list[Notice]:
    """What was and is to be told of any case, newest first; recipients as numbers. Asks `manage desks`."""
    people.require_anywhere(actor, "manage desks")
    with people.through("case"):
        return list(Notice.objects.select_related("case").order_by("-pk")[:most])
