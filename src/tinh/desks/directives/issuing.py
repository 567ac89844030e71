"""Issuing a directive: a case with the leader's deadline, tied to what caused it, told to the agencies."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tinh.cases import api as cases
from tinh.desks.directives.drafts import Draft, cases_of, faults_of
from tinh.desks.directives.errors import DirectiveUnfit
from tinh.desks.directives.models import Directive
from tinh.people import api as people

KIND, PROCESS = "directive", "directive"
ACKNOWLEDGE, ACKNOWLEDGE_URGENT = 8.0, 4.0
"""Working hours to acknowledge; no legal text sets them, they follow the intake of reports
(QĐ 1207/QĐ-UBND Hà Nội 28/02/2025: 8 hours, urgent 4)."""
_LONGEST = 400  # working days a deadline is looked for in


def issue(draft: Draft, actor: people.Actor, *, at: datetime | None = None) -> cases.Case:
    """The case of this draft, issued once for its key. Asks `issue directives`. Raises DirectiveUnfit,
    NotAllowed. One caused by something simulated is simulated, and nobody is told of it."""
    people.require_anywhere(actor, "issue directives")
    now = at or cases.ground().now()
    faults = faults_of(draft, actor, now)
    if faults or draft.until is None:
        raise DirectiveUnfit(faults)
    tied = cases_of(draft, actor)
    until = cases.ground().clock().day_end(draft.until)
    simulated = any(one.simulated for one in (*tied, *draft.causes))
    with people.through("case"), transaction.atomic():
        made = cases.open_case(
            cases.Opening(
                KIND, draft.subject, f"directive/{draft.key}"[:120], body=draft.content.strip(),
                severity=draft.severity, source="staff", place=draft.place, agency=draft.agency,
                limits=limits(now, until), process=PROCESS, at=now, simulated=simulated, finish_by=until,
            ),
            actor,
        )  # fmt: skip
        others = [one for one in dict.fromkeys(draft.cooperating) if one != draft.agency]
        _row, new = Directive.objects.get_or_create(
            case=made,
            defaults={
                "issuer_id": actor.account, "issued_by": actor.name[:200], "cooperating": others,
                "number": " ".join(draft.number.split()), "signed_on": draft.signed_on,
                "causes": [one.as_json() for one in draft.causes],
            },
        )  # fmt: skip
        if new:
            for one in tied:
                cases.link(made.code, "caused_by", one.code, actor, at=now)
            cases.watch(made.code, actor, now)
            made.refresh_from_db()
            cases.tell(made, "directive-issued", "agency", now)
            for agency in others:
                cases.tell(made, "directive-cooperate", f"agency:{agency}", now)
        return made


def limits(at: datetime, until: datetime) -> cases.Limits:
    """What the engine counts by: hours to acknowledge, and as many working days to carry out as there are
    from `at` to the deadline (a directive opened again gets as many anew)."""
    clock = cases.ground().clock()
    days = next((n for n in range(_LONGEST) if clock.due(at, cases.Limit(days=n)) >= until), _LONGEST)
    return cases.Limits(
        accept_hours=ACKNOWLEDGE, urgent_accept_hours=ACKNOWLEDGE_URGENT, finish_days=days,
        refuse_days=None, supplement_days=None, publish_days=None,
    )  # fmt: skip
