"""Running cases of an older definition, moved to a newer one in bulk: each by itself, told in its history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from tinh.cases import clock
from tinh.cases.case_errors import ReasonMissing
from tinh.cases.errors import CannotMove
from tinh.cases.ground import ground
from tinh.cases.models import Case, Dead, Definition, Instance, Step
from tinh.cases.running import advance, definition_of, engine, facts_of, keep, steps_of
from tinh.cases.turn import CLOCK, HOUSE, Turn, Who, turn
from tinh.kit.errors import Text, TinhError
from tinh.people import api as people

_BATCH = 200


@dataclass(frozen=True, slots=True)
class Kept:
    """A definition cases have: its process, when it was first used, how many open cases run by it."""

    digest: str
    process: str
    at: datetime
    open: int


@dataclass(frozen=True, slots=True)
class Moved:
    """A case, the steps it waits at, and why it cannot move, None when it can (or did)."""

    code: str
    before: str
    steps: tuple[str, ...]
    problem: Text | None = None


def kept_definitions(said: str = "") -> list[Kept]:
    """Definitions kept for cases, the oldest first; with `said` those of that process, or the one whose
    digest begins so."""
    found = Definition.objects.order_by("at", "digest")
    if said:
        found = found.filter(Q(process=said) | Q(digest__startswith=said.lower()))
    with people.through("case"):
        of = Case.objects.filter(closed_at__isnull=True, digest__in=[one.digest for one in found])
        counts = dict(of.values_list("digest").annotate(all=Count("pk")))
    return [Kept(one.digest, one.process, one.at, counts.get(one.digest, 0)) for one in found]


def move_cases(
    old: str, new: Any, steps: Mapping[str, str], reason: str, *, dry: bool = False,
    who: Who = HOUSE, at: datetime | None = None,
) -> Iterator[Moved]:  # fmt: skip
    """Move every open case of the definition `old` (a whole digest) to the definition `new`; `steps` says
    which waiting step becomes which, others keep their id. Each case is a change of its own, with an event;
    one that cannot move stays as it is and says why. `dry` tries all and changes nothing. May be stopped and
    begun again: what has moved is not found any more."""
    told = " ".join(reason.split())
    if not told and not dry:
        raise ReasonMissing(action="chuyển quy trình")
    after = 0
    while True:
        with people.through("case"):
            waiting = Case.objects.filter(pk__gt=after, digest=old, closed_at__isnull=True).order_by("pk")
            rows = list(waiting.values_list("pk", "code")[:_BATCH])
        for pk, code in rows:
            after = pk
            found = _try(code, old, new, steps, at) if dry else _move(code, old, new, steps, told, who, at)
            if found is not None:
                yield found
        if len(rows) < _BATCH:
            return


def _try(code: str, old: str, new: Any, steps: Mapping[str, str], at: datetime | None) -> Moved | None:
    with people.through("case"):
        case = Case.objects.filter(code=code, digest=old, closed_at__isnull=True).first()
        if case is None:
            return None
        waits = _waits(case)
        problem = _stuck(case)
        state = Instance.objects.values_list("state", flat=True).get(case=case)
    try:
        if problem is None:
            _shift(case, old, new, state, steps, at or ground().now())
    except TinhError as error:
        problem = _why(error)
    return Moved(code, old, waits, problem)


def _move(
    code: str, old: str, new: Any, steps: Mapping[str, str], reason: str, who: Who, at: datetime | None
) -> Moved | None:
    waits: tuple[str, ...] = ()
    try:
        with turn(code, None, at, who=who, open_only=False) as found:
            case = found.case
            if case.digest != old or case.closed_at is not None:  # meanwhile
                return None
            waits = _waits(case)
            problem = _stuck(case)
            if problem is not None:
                return Moved(code, old, waits, problem)
            state = Instance.objects.values_list("state", flat=True).get(case=case)
            outcome = _shift(case, old, new, state, steps, found.moment)
            _take(found, new, outcome, reason)
    except TinhError as error:
        return Moved(code, old, waits, _why(error))
    return Moved(code, old, waits)


def _shift(
    case: Case, old: str, new: Any, state: Mapping[str, Any], steps: Mapping[str, str], moment: datetime
) -> Any:
    """Where the case stands in the new definition, its facts being those of now. CannotMove."""
    now = {**state, "facts": {**state["facts"], **facts_of(case)}}
    try:
        return engine().move(definition_of(case.process, old), new, now, steps, moment, ground().clock())
    except TinhError:
        raise
    except Exception as fault:  # a state no test has foreseen: this case stays, the others go on
        raise CannotMove(step="?", why=f"{type(fault).__name__}: {fault}") from fault


def _take(found: Turn, new: Any, outcome: Any, reason: str) -> None:
    """Rows of what it waits for are written anew, for names, actions and roles are those of the new one."""
    case, before = found.case, found.case.digest
    paused = any(one.pauses for one in steps_of(found).values())
    Step.objects.filter(case=case).exclude(step=CLOCK).delete()
    found.steps, found.definition = {}, new
    keep(new, found.moment)
    case.process, case.digest = new.id, new.digest
    found.event("move process", reason, {"process": new.id, "from": before[:12], "to": new.digest[:12]})
    if paused and not any(one.pauses for one in outcome.waiting) and case.paused_at is not None:
        found.put(clock.resumed(found.times, ground().clock(), found.moment))
    advance(found, outcome)


def _waits(case: Case) -> tuple[str, ...]:
    rows = Step.objects.filter(case=case).exclude(step=CLOCK).order_by("pk")
    return tuple(dict.fromkeys(rows.values_list("task", flat=True)))


def _stuck(case: Case) -> Text | None:
    """A service that failed for good is freed before the case moves: its dead letter names the old step."""
    if Dead.objects.filter(case=case, freed_at__isnull=True).exists():
        return Text("còn việc tự động bị kẹt, hãy gỡ trước", "a dead letter waits, free it first")
    return None


def _why(error: TinhError) -> Text:
    told = error.detail()
    return Text(f"{error.code} {told.vi}", f"{error.code} {told.en}")
