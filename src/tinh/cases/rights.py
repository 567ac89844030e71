"""Who may do what to a case: the words of a process, asked of the table of rights."""

from __future__ import annotations

from tinh.cases.case_errors import NotOffered
from tinh.cases.kinds import kinds
from tinh.cases.models import Case
from tinh.people import api as people

_ACTIONS: dict[str, people.Action] = {
    "": "handle cases", "handle": "handle cases", "triage": "triage cases", "supervise": "supervise cases",
    "desk": "manage desks",
}  # fmt: skip
CITIZEN = "citizen"


def asks(role: str) -> people.Action:
    """The action of the table a role of a process stands for."""
    return _ACTIONS.get(role, "handle cases")


def permits(actor: people.Actor | None, role: str, case: Case) -> bool:
    """Whether somebody may take a step of this role: `triage`, `handle` (the default), `supervise`, `desk`,
    `citizen` (nobody signed in, by way of a public door), or a role of the table."""
    if actor is None:
        return role == CITIZEN
    if role == CITIZEN:
        return False
    action = _ACTIONS.get(role)
    if action is not None:
        return people.may(actor, action, agency=case.agency)
    holds = any(post.role in (role, "administrator") for post in actor.posts)
    return holds and people.may(actor, "handle cases", agency=case.agency)


def refuse(actor: people.Actor | None, role: str, case: Case) -> Exception:
    if actor is None:
        return people.SignInNeeded()
    return people.not_allowed(actor, asks(role), case.code)


def require_one(actor: people.Actor | None, case: Case, *actions: people.Action) -> people.Actor:
    """The actor, who may do one of these to the case; else the refusal of the first."""
    if actor is not None and any(people.may(actor, action, agency=case.agency) for action in actions):
        return actor
    return people.require(actor, actions[0], agency=case.agency)


_OWN: dict[str, tuple[people.Action, ...]] = {
    "assign": ("handle cases", "triage cases"), "move": ("triage cases",),
    "extend": ("handle cases", "supervise cases"), "pause": ("triage cases", "handle cases"),
    "resume": ("triage cases", "handle cases"), "merge": ("triage cases",), "split": ("triage cases",),
    "withdraw": ("triage cases",), "reopen": ("supervise cases", "triage cases"),
}  # fmt: skip


def own_acts(case: Case, act: str) -> tuple[people.Action, ...]:
    """The actions of the table of which one is needed for an act of the engine; none: nobody may."""
    kind = kinds().get(case.kind)
    return _OWN[act] if kind is None or kind.acts is None else kind.acts.get(act, ())


def require_own(actor: people.Actor | None, case: Case, act: str) -> people.Actor:
    """The actor, who may take this act of the engine. Raises NotOffered where the kind of the case has no
    such act, NotAllowed, SignInNeeded."""
    actions = own_acts(case, act)
    if not actions:
        raise NotOffered(case=case.code, action=act, known="–")
    return require_one(actor, case, *actions)
