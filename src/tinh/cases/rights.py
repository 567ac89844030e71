"""Who may do what to a case: the words of a process, asked of the table of rights."""

from __future__ import annotations

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
