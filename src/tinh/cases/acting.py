"""Doing what a case waits for, and saying what that is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from tinh.cases import clock, rights
from tinh.cases.case_errors import CaseError, NotOffered, ReasonMissing
from tinh.cases.fields import judged
from tinh.cases.ground import ground
from tinh.cases.models import Case, Step
from tinh.cases.running import complete, message, steps_of
from tinh.cases.shapes import Done, Field, Offer
from tinh.cases.turn import Turn, limits_of, turn
from tinh.kit.errors import Text, TinhError
from tinh.people import api as people


def act(
    code: str,
    action: str,
    actor: people.Actor | None,
    reason: str = "",
    data: Mapping[str, Any] | None = None,
    at: datetime | None = None,
    *,
    version: int | None = None,
) -> Case:
    """Do `action`, which a waiting step of the case offers; run on to where it waits next. `actor` None is a
    citizen at a public door, whom the desk has judged, and may do what the process offers to `citizen`.
    Raises NoSuchCase, NotOffered, NotAllowed, ReasonMissing, FieldMissing, StaleCase, CaseClosed."""
    with turn(code, actor, at, version=version) as found:
        step, offered = _offered(found, action)
        told = " ".join(reason.replace("\0", "").split())
        if offered.get("needs_reason") and not told:
            raise ReasonMissing(action=offered.get("vi") or action)
        plain, personal = judged(offered.get("fields", ()), data or {})
        found.later.append(found.chained(action, told, plain, personal))
        given = {
            **plain, **personal, "action": action, "reason": told,
            "actor_role": found.who.role, "actor": found.who.account,
        }  # fmt: skip
        complete(found, step.step, action, given)
        return found.case


def act_all(
    codes: Iterable[str], action: str, actor: people.Actor, reason: str = "",
    data: Mapping[str, Any] | None = None,
) -> list[Done]:  # fmt: skip
    """The same to many cases, each by itself: one result a case."""
    return each(codes, lambda code: act(code, action, actor, reason, data))


def each(codes: Iterable[str], do: Any) -> list[Done]:
    done = []
    for code in dict.fromkeys(codes):
        try:
            done.append(Done(code, do(code)))
        except TinhError as refused:
            done.append(Done(code, None, refused))
    return done


def tell_process(code: str, name: str, payload: Mapping[str, Any], actor: people.Actor | None = None) -> Case:
    """Hand a message to the process of a case, if it waits for it."""
    with turn(code, actor) as found:
        if not Step.objects.filter(case=found.case, kind="message", name=name).exists():
            return found.case
        found.event(f"message {name}"[:64])
        message(found, name, payload)
        return found.case


def _offered(found: Turn, action: str) -> tuple[Step, Mapping[str, Any]]:
    case = found.case
    known: list[str] = []
    refused: CaseError | Exception | None = None
    for step in steps_of(found).values():
        for one in step.actions if step.kind == "user" else ():
            known.append(one["id"])
            if one["id"] != action:
                continue
            role = one.get("role") or step.role
            if rights.permits(found.actor, role, case):
                return step, one
            refused = rights.refuse(found.actor, role, case)
    raise refused or NotOffered(case=case.code, action=action[:64], known=", ".join(known) or "–")


def actions_of(case: Case, actor: people.Actor | None) -> tuple[Offer, ...]:
    """What this person may do to the case now: what its process offers them, then the engine's own acts."""
    with people.through("case"):
        steps = list(Step.objects.filter(case=case, kind="user").order_by("pk"))
    found = [
        offer_of(one, step.step)
        for step in steps
        for one in step.actions
        if rights.permits(actor, one.get("role") or step.role, case)
    ]
    return (*found, *_own(case, actor))


def offer_of(one: Mapping[str, Any], step: str = "") -> Offer:
    fields = tuple(
        Field(
            f["id"], Text(f.get("vi") or f["id"], f.get("en") or f["id"]), f.get("kind", "text"),
            bool(f.get("required")), tuple((o["id"], Text(o["vi"], o["en"])) for o in f.get("options", ())),
        )
        for f in one.get("fields", ())
    )  # fmt: skip
    says = Text(one.get("vi") or one["id"], one.get("en") or one["id"])
    return Offer(one["id"], says, bool(one.get("needs_reason")), fields, step)


_OWN: tuple[tuple[str, Text, bool], ...] = (
    ("assign", Text("Giao xử lý", "Assign"), False),
    ("extend", Text("Gia hạn", "Extend"), True),
    ("pause", Text("Tạm dừng tính hạn", "Pause the clock"), True),
    ("resume", Text("Tính hạn tiếp", "Resume the clock"), False),
    ("merge", Text("Gộp vào vụ việc khác", "Merge into another"), True),
    ("split", Text("Tách vụ việc", "Split"), True),
    ("withdraw", Text("Rút vụ việc", "Withdraw"), True),
    ("reopen", Text("Mở lại", "Reopen"), True),
)


def _own(case: Case, actor: people.Actor | None) -> tuple[Offer, ...]:
    if actor is None:
        return ()
    closed, paused = case.closed_at is not None, case.paused_at is not None
    fits = {
        "reopen": closed and case.state != "merged", "pause": not closed and not paused,
        "resume": not closed and paused,
        "extend": not closed and case.finish_by is not None and not case.extended,
    }  # fmt: skip
    return tuple(
        Offer(id, says, needs_reason)
        for id, says, needs_reason in _OWN
        if fits.get(id, not closed)
        and any(people.may(actor, action, agency=case.agency) for action in rights.own_acts(case, id))
    )


def accept(found: Turn) -> None:
    """The case is taken on: from now on finishing is what is owed."""
    case = found.case
    found.put(clock.accepted(found.times, ground().clock(), limits_of(case), found.moment, case.severity))
