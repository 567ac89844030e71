"""Running a case through its process: the definition it keeps, what it waits for, the services it calls."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import structlog
from django.db import transaction

from tinh.cases import clock
from tinh.cases.case_errors import Restless, ServiceDeclined
from tinh.cases.errors import NothingCatches
from tinh.cases.ground import ground
from tinh.cases.kinds import service_of
from tinh.cases.models import Case, Definition, Instance, Step
from tinh.cases.shapes import AT_WORK, ENDED, OUTCOMES, SEVERITIES, STATES
from tinh.cases.turn import CLOCK, Turn
from tinh.cases.writing import Together, plain, read
from tinh.kit.errors import TinhError
from tinh.packs.api import pack_process, unpack_process

log = structlog.get_logger()
_MOST = 200  # services one change may run through
WAITS = tuple(timedelta(seconds=s) for s in (15, 60, 300, 1200, 3600, 4 * 3600))
_MOMENTS = ("opened_at", "accept_by", "finish_by", "due_at")
_WORDS = ("kind", "category", "severity", "source", "place", "agency", "state", "outcome")


def engine() -> Any:
    """The runner of processes: pure functions over a JSON state."""
    from tinh.cases import process

    return process


def facts_of(case: Case) -> dict[str, Any]:
    """What a process may ask of its case."""
    found: dict[str, Any] = {name: getattr(case, name) for name in _WORDS}
    for name in _MOMENTS:
        at = getattr(case, name)
        found[name] = at.isoformat() if at is not None else None
    return {**found, "person": case.person_id, "code": case.code}


def keep_definition(process: str, moment: datetime) -> Any:
    """The definition declared now, its texts kept under their digest."""
    found = ground().process(process)
    keep(found, moment)
    return found


def keep(definition: Any, moment: datetime) -> None:
    """Keep the texts of a definition under their digest."""
    _keep(definition.digest, definition.id, dict(definition.texts), moment)


_kept: set[str] = set()


def _keep(digest: str, process: str, texts: dict[str, str], moment: datetime) -> None:
    if digest in _kept:
        return
    if not Definition.objects.filter(pk=digest).exists():
        Definition.objects.get_or_create(
            digest=digest, defaults={"process": process, "texts": texts, "at": moment}
        )
    transaction.on_commit(lambda: _kept.add(digest))


@lru_cache(maxsize=64)
def definition_of(process: str, digest: str) -> Any:
    """The definition a running case keeps, also once the pack has a newer one."""
    kept = Definition.objects.get(pk=digest)
    return unpack_process(pack_process(process, kept.texts))


def start(found: Turn, facts: Mapping[str, Any]) -> Any:
    """The process of a case from its start to where it first waits; the row takes what it says."""
    case = found.case
    found.definition = keep_definition(case.process, found.moment)
    case.digest = found.definition.digest
    outcome = engine().start(found.definition, {**facts, **facts_of(case)}, found.moment, ground().clock())
    _take(found, outcome, {})
    return outcome


def begin(found: Turn, facts: Mapping[str, Any]) -> None:
    """Start the process of a case anew."""
    found.steps = None
    advance(found, start(found, facts))


def state_of(found: Turn) -> dict[str, Any]:
    found.definition = definition_of(found.case.process, found.case.digest)
    kept: dict[str, Any] = Instance.objects.values_list("state", flat=True).get(case=found.case)
    return kept


def complete(found: Turn, step: str, action: str, data: Mapping[str, Any]) -> None:
    state = state_of(found)
    clock_, facts = ground().clock(), facts_of(found.case)
    advance(
        found,
        engine().complete(found.definition, state, step, action, data, found.moment, clock_, facts),
    )


def fire(found: Turn, step: str) -> None:
    """A timer has come."""
    state = state_of(found)
    facts = facts_of(found.case)
    advance(found, engine().fire(found.definition, state, step, found.moment, ground().clock(), facts))


def message(found: Turn, name: str, payload: Mapping[str, Any]) -> None:
    """Tell the process something it may wait for; what it does not wait for changes nothing."""
    state = state_of(found)
    clock_, facts = ground().clock(), facts_of(found.case)
    advance(found, engine().message(found.definition, state, name, payload, found.moment, clock_, facts))


def refresh(found: Turn) -> None:
    """The case's moments have moved: timers that lean on them are told again."""
    if found.case.closed_at is None and any(s.kind == "timer" for s in steps_of(found).values()):
        state = state_of(found)
        facts = facts_of(found.case)
        advance(found, engine().refresh(found.definition, state, facts, found.moment, ground().clock()))


def fail(found: Turn, step: Step, fault: BaseException) -> bool:
    """A service has failed for good: on by the event attached for its error; whether there is one."""
    state = state_of(found)
    outcome = _caught(found, state, step.step, fault)
    if outcome is None:
        return False
    found.event(FAILED, facts={"service": step.name, "step": step.task, "error": error_of(fault)})
    advance(found, outcome)
    return True


FAILED = "service failed"


def error_of(fault: BaseException) -> str:
    """The error code a diagram catches a failure by: the declared one, one of Tỉnh's, else `failed`."""
    if isinstance(fault, ServiceDeclined):
        return str(fault.facts["error"])[:100]
    return fault.code if isinstance(fault, TinhError) else "failed"


def _caught(found: Turn, state: Mapping[str, Any], step: str, fault: BaseException) -> Any:
    """Where the process stands once it has caught the failure; None when nothing of the diagram does."""
    clock_, facts = ground().clock(), facts_of(found.case)
    try:
        return engine().fail(found.definition, state, step, error_of(fault), found.moment, clock_, facts)
    except NothingCatches:
        return None


def advance(found: Turn, outcome: Any, *, new: bool = False) -> None:
    """Take what the process says, run its quick services, and leave the rest waiting as rows."""
    case = found.case
    standing = {} if new else steps_of(found)
    failed: dict[str, str] = {}
    for _ in range(_MOST):
        _take(found, outcome, standing)
        call = next((c for c in outcome.services if _now(c, standing, failed)), None)
        if call is None:
            break
        service = service_of(call.name)
        before = {} if service.house else plain(case)
        try:
            with nullcontext() if service.house else transaction.atomic():
                given = service.run(case, call.arguments, found.moment) or {}
        except Exception as fault:  # a desk's service may fail in any way; the case does not
            if service.house:
                raise
            for name, value in before.items():
                setattr(case, name, value)
            if isinstance(fault, ServiceDeclined) or service.attempts < 2:
                caught = _caught(found, outcome.state, call.step, fault)
                if caught is not None:
                    said = {"service": call.name, "step": call.node, "error": error_of(fault)}
                    found.event(FAILED, facts=said)
                    outcome = caught
                    continue
            failed[call.step] = told(fault)
            log.warning("case.service_failed", case=case.code, service=call.name, fault=told(fault))
            continue
        apply(found, given)
        clock_, facts = ground().clock(), facts_of(case)
        outcome = engine().complete(
            found.definition, outcome.state, call.step, "", given, found.moment, clock_, facts
        )
    else:
        raise Restless(case=case.code)
    found.outcome = outcome
    _settle(found, outcome, standing, failed)


def steps_of(found: Turn) -> dict[str, Step]:
    """What the process of a locked case waits for, read once a turn."""
    if found.steps is None:
        rows = read(Step, "where case_id = %s and step <> %s order by id", [found.case.pk, CLOCK])
        found.steps = {s.step: s for s in rows}
    return found.steps


def _now(call: Any, standing: Mapping[str, Step], failed: Mapping[str, str]) -> bool:
    """Whether a service runs within this very step: a quick one that has not failed here or before."""
    return call.step not in failed and call.step not in standing and service_of(call.name).quick


def told(fault: Exception) -> str:
    if isinstance(fault, TinhError):
        return f"{fault.code} {fault.detail().vi}"[:1000]
    return f"{type(fault).__name__}: {fault}"[:1000]


def _take(found: Turn, outcome: Any, standing: Mapping[str, Step]) -> None:
    """State, pause and end of the case as the process has them now."""
    case = found.case
    facts = outcome.facts or {}
    apply(found, {name: facts[name] for name in ("outcome", "public") if facts.get(name)})
    if outcome.ended:
        if case.closed_at is None:
            state = _end_state(found, outcome)
            found.end(state, case.outcome or ("refused" if state == "refused" else ""))
        return
    state = next((s.state for s in outcome.waiting if s.state), "")
    if state in STATES:
        case.state = state
    if case.answered_at is not None and state in AT_WORK:  # sent back: finishing is owed again
        found.put(clock.unanswered(found.times))
    elif state == "published" and case.publish_by is not None:
        found.put(clock.published(found.times))
    pauses = any(s.pauses for s in outcome.waiting)
    if pauses and case.paused_at is None:
        found.put(clock.paused(found.times, found.moment))
    elif not pauses and case.paused_at is not None and any(s.pauses for s in standing.values()):
        found.put(clock.resumed(found.times, ground().clock(), found.moment))


def _end_state(found: Turn, outcome: Any) -> str:
    """What a case is called that has ended: the state of the end it came to, else a fact of that name."""
    for id in reversed(outcome.passed):
        node = found.definition.node(id)
        if node is not None and node.kind == "end":
            if node.state in ENDED:
                return str(node.state)
            break
    said = (outcome.facts or {}).get("state")
    return said if said in ENDED else "closed"


def apply(found: Turn, facts: Mapping[str, Any]) -> None:
    """Well-known facts a service or the process gave, written to the row."""
    case = found.case
    if facts.get("agency"):
        case.agency = str(facts["agency"])[:64]
    if "person" in facts and facts["person"] != case.person_id:
        case.person_id = int(facts["person"]) if facts["person"] else None
    if facts.get("severity") in SEVERITIES:
        case.severity = facts["severity"]
    if facts.get("category"):
        case.category = str(facts["category"])[:64]
    if facts.get("public") in ("hidden", "shown"):
        case.public = facts["public"]
    if facts.get("outcome") in OUTCOMES:
        case.outcome = facts["outcome"]


def _settle(found: Turn, outcome: Any, standing: Mapping[str, Step], failed: Mapping[str, str]) -> None:
    """One row for each thing the process waits for, and where it stands: in one statement."""
    case, moment = found.case, found.moment
    calls = {c.step: c for c in outcome.services}
    wanted = {} if outcome.ended else {s.id: s for s in outcome.waiting}
    gone = [s.pk for id, s in standing.items() if id not in wanted]
    made = []
    for id, step in wanted.items():
        there = standing.get(id)
        due = _due(found, step)
        if there is None:
            made.append(step_row(case, step, calls.get(id), moment, failed.get(id, "")))
            made[-1].due_at = due if step.kind != "service" else made[-1].due_at
        elif there.kind != "service" and there.due_at != due:
            Step.objects.filter(pk=there.pk).update(due_at=due)
    together = Together(case.pk)
    found.flush(together)
    if gone:
        together.also("delete from cases_step where id = any(%s)", [gone])
    for row in made:
        together.of_case(row)
    _stands(together, outcome)
    together.write()
    found.steps = None


def _due(found: Turn, step: Any) -> datetime | None:
    """When a step falls due. A timer of the case's own promise waits as long as the case's clock stands."""
    if step.kind == "timer" and found.case.paused_at is not None:
        node = found.definition.node(step.node)
        timer = node.event.timer if node is not None else None
        if timer is not None and timer.fact in _MOMENTS:
            return None
    due: datetime | None = step.due_at
    return due


def stand(together: Together, case: Case, outcome: Any, moment: datetime) -> None:
    """Where the process of a new case stands and what it waits for, written with the case itself."""
    if not outcome.ended:
        for step in outcome.waiting:
            together.of_case(step_row(case, step, None, moment, ""))
    _stands(together, outcome)


def _stands(together: Together, outcome: Any) -> None:
    again = "on conflict (case_id) do update set state = excluded.state"
    together.row("cases_instance", "state", "%s::jsonb", [json.dumps(outcome.state)], after=again)


def step_row(case: Case, step: Any, call: Any, moment: datetime, error: str) -> Step:
    said = Step(
        case=case, step=step.id, task=step.node[:100], kind=step.kind, vi=step.name.vi[:200],
        en=step.name.en[:200], role=step.role[:32], state=step.state[:12], pauses=step.pauses,
        name=step.message[:100], at=moment, due_at=step.due_at, actions=[_action(a) for a in step.actions],
    )  # fmt: skip
    if call is not None:
        said.name, said.arguments, said.error = call.name, dict(call.arguments), error
        said.due_at = moment + WAITS[0] if error else moment
        said.attempts = 1 if error else 0
    return said


def _action(one: Any) -> dict[str, Any]:
    return {
        "id": one.id, "vi": one.vi, "en": one.en, "needs_reason": one.needs_reason, "role": one.role,
        "fields": [
            {
                "id": f.id, "vi": f.vi, "en": f.en, "kind": f.kind, "required": f.required,
                "options": [{"id": o.id, "vi": o.vi, "en": o.en} for o in f.options],
            }
            for f in one.fields
        ],
    }  # fmt: skip
