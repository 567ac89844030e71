"""The round of steps: what has fallen due is taken up, once, by whichever process comes first.

Nothing is scanned: one index holds what waits, in the order of its moments. Each step is taken up in a
transaction of its own that locks its case first, passes over a case somebody else holds, and looks again
whether the step still waits.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction

from tinh.cases import notices
from tinh.cases.case_errors import NoSuchDead, ReasonMissing, ServiceDeclined
from tinh.cases.ground import ground
from tinh.cases.kinds import service_of
from tinh.cases.models import Case, Dead, Step
from tinh.cases.reading import one_case
from tinh.cases.running import WAITS, complete, facts_of, fail, fire, told
from tinh.cases.running import apply as apply_facts
from tinh.cases.turn import HOUSE, Turn, next_mark, set_mark, turn
from tinh.people import api as people

log = structlog.get_logger()
LEASE = timedelta(minutes=10)
_TELLS = {
    "soon": ("person", "agency"),
    "late": ("person", "agency", "supervisors"),
    "very_late": ("supervisors",),
}


def round_of_steps(moment: datetime | None = None, limit: int = 200) -> int:
    """Take up what is due at `moment`, at most `limit` steps; how many were. One look at an index when
    nothing is."""
    now = moment or ground().now()
    done = 0
    with people.through("case"):
        for pk, case in due(now, limit):
            try:
                done += _take_up(pk, case, now)
            except Exception as fault:
                log.exception("case.step_failed", step=pk, case=case)
                _later(pk, case, now, told(fault))
    return done


def due(now: datetime, limit: int) -> list[tuple[int, int]]:
    """Numbers of the steps that are due, and of their cases, the longest due first."""
    with people.through("case"):
        waiting = Step.objects.filter(due_at__lte=now, dead=False).exclude(kind="user")
        return list(waiting.order_by("due_at").values_list("pk", "case_id")[:limit])


def _take_up(pk: int, case: int, now: datetime) -> int:
    with transaction.atomic():
        held = _hold(pk, case, now)
        if held is None:
            return 0
        found, step = held
        if step.kind != "service":
            _clock(found) if step.kind == "clock" else _timer(found, step)
            found.save()
            return 1
        offered = service_of(step.name)
        step.attempts += 1
        step.due_at = now + LEASE  # who dies at it leaves it to the next
        step.save(update_fields=["attempts", "due_at"])
        if offered.quick:
            try:
                with transaction.atomic():
                    given = offered.run(found.case, step.arguments, now)
                    _served(found, step, given)
                found.save()
            except Exception as fault:
                _stumbled(pk, case, now, fault, offered.attempts)
            return 1
        case_, name, arguments = found.case, step.name, step.arguments
    try:
        given = offered.run(case_, arguments, now)
    except Exception as fault:
        _stumbled(pk, case, now, fault, offered.attempts)
        return 1
    log.info("case.served", case=case_.code, service=name)
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case)
        again = Step.objects.filter(pk=pk).first()
        if again is not None:
            found = Turn(locked, HOUSE, now)
            found.waited = next_mark(locked, now)
            _served(found, again, given)
            found.save()
    return 1


def _hold(pk: int, case: int, now: datetime) -> tuple[Turn, Step] | None:
    row = Case.objects.select_for_update(skip_locked=True).filter(pk=case).first()
    if row is None:
        return None
    step = Step.objects.filter(pk=pk, due_at__lte=now, dead=False).first()
    if step is None:
        return None
    found = Turn(row, HOUSE, now)
    found.waited = next_mark(row, now)
    return found, step


def _timer(found: Turn, step: Step) -> None:
    found.event(
        "timer", facts={"step": step.task, "due_at": step.due_at.isoformat() if step.due_at else None}
    )
    fire(found, step.step)


def _clock(found: Turn) -> None:
    """The limit reached a mark: say so, tell who must know, wait for the next."""
    case = found.case
    owed = next_mark(case, found.moment)
    if owed is None or owed[1] > found.moment:  # it moved meanwhile
        set_mark(case, found.moment)
        return
    name = owed[0]
    found.event(name, facts={"due_at": case.due_at.isoformat() if case.due_at else None})
    case.mark = name
    for audience in _TELLS[name]:
        if audience != "agency" or case.person_id is None:
            notices.tell(case, name, audience, found.moment)
    found.waited = None
    set_mark(case, found.moment)


def _served(found: Turn, step: Step, given: Mapping[str, Any] | None) -> None:
    found.event("service", facts={"service": step.name, "step": step.task})
    apply_facts(found, given or {})
    complete(found, step.step, "", {**(given or {}), **facts_of(found.case)})


def _stumbled(pk: int, case: int, now: datetime, fault: Exception, most: int) -> None:
    """A service failed: again later; for good, on by the error event attached to it, else a dead letter."""
    with transaction.atomic():
        row = Case.objects.select_for_update().get(pk=case)
        step = Step.objects.filter(pk=pk).first()
        if step is None:
            return
        declined = isinstance(fault, ServiceDeclined)
        if declined or step.attempts >= most:
            found = Turn(row, HOUSE, now)
            found.waited = next_mark(row, now)
            try:
                with transaction.atomic():
                    if fail(found, step, fault):
                        found.save()
                        return
            except Exception as second:  # what the event leads to failed itself: the dead letter says so
                log.exception("case.error_event_failed", case=row.code, service=step.name)
                fault = second
                row.refresh_from_db()
        _failed(row, step, now, told(fault), 0 if declined else most)


def _failed(case: Case, step: Step, now: datetime, why: str, most: int) -> None:
    """Try again later; after the last time, into the dead letters."""
    step.error = why
    if step.attempts < most:
        step.due_at = now + WAITS[min(step.attempts, len(WAITS)) - 1]
        step.save(update_fields=["error", "due_at", "attempts"])
        return
    step.dead = True
    step.save(update_fields=["error", "dead", "attempts"])
    Dead.objects.create(
        case=case, step=step.step, task=step.task, name=step.name or step.kind, arguments=step.arguments,
        error=why, attempts=step.attempts, at=now,
    )  # fmt: skip
    log.error("case.dead", case=case.code, service=step.name, fault=why)


def _later(pk: int, case: int, now: datetime, why: str) -> None:
    """A step whose taking up failed altogether waits like a service that failed."""
    with transaction.atomic():
        row = Case.objects.select_for_update(skip_locked=True).filter(pk=case).first()
        step = Step.objects.filter(pk=pk).first()
        if row is None or step is None:
            return
        step.attempts += 1
        _failed(row, step, now, why, len(WAITS))


def dead_letters(actor: people.Actor, *, freed: bool = False, most: int = 200) -> list[Dead]:
    """Services that failed for good, the newest first. Asks `supervise cases` or `manage desks`."""
    if not people.may_anywhere(actor, "supervise cases"):
        people.require(actor, "manage desks")
    with people.through("case"):
        found = Dead.objects.select_related("case").filter(freed_at__isnull=not freed)
        return list(found.order_by("-at")[:most])


def retry_dead(number: int, actor: people.Actor, reason: str, *, at: datetime | None = None) -> Dead:
    """Free a dead letter by hand: its service is tried again from now, as often as at first."""
    return _free(number, actor, reason, "retried", at)


def skip_dead(number: int, actor: people.Actor, reason: str, *, at: datetime | None = None) -> Dead:
    """Let the process go on as if the service had given nothing."""
    return _free(number, actor, reason, "skipped", at)


def _free(number: int, actor: people.Actor, reason: str, how: str, at: datetime | None) -> Dead:
    if not people.may_anywhere(actor, "supervise cases"):
        people.require(actor, "manage desks")
    why = " ".join(reason.split())
    if not why:
        raise ReasonMissing(action="gỡ việc kẹt")
    with people.through("case"):
        one = Dead.objects.select_related("case").filter(pk=number, freed_at=None).first()
    if one is None:
        raise NoSuchDead(number=number)
    one_case(one.case.code, actor)
    with turn(one.case.code, actor, at, open_only=False) as found:
        one = Dead.objects.filter(pk=number, freed_at=None).first()
        if one is None:
            raise NoSuchDead(number=number)
        one.freed_at, one.freed_by, one.how, one.reason = found.moment, actor.name[:200], how, why
        one.save()
        found.event(f"dead {how}", why, {"service": one.name, "step": one.task})
        step = Step.objects.filter(case=found.case, step=one.step).first()
        if step is not None and how == "retried":
            step.dead, step.attempts, step.error, step.due_at = False, 0, "", found.moment
            step.save()
        elif step is not None and step.kind == "service":
            complete(found, step.step, "", facts_of(found.case))
        return one
