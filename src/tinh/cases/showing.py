"""Whether everybody may see a case: a desk asks, the history says who and why."""

from __future__ import annotations

from datetime import datetime

from tinh.cases.case_errors import NotOffered
from tinh.cases.kinds import kinds
from tinh.cases.models import Case
from tinh.cases.rights import require_one
from tinh.cases.turn import turn
from tinh.people import api as people


def set_public(
    code: str, shown: bool, actor: people.Actor, reason: str = "", *, at: datetime | None = None
) -> Case:
    """Show a case to everybody, or hide it, closed ones too. Asks `triage cases`; no change, no event."""
    with turn(code, actor, at, open_only=False) as found:
        require_one(actor, found.case, "triage cases")
        if shown and (kind := kinds().get(found.case.kind)) is not None and not kind.shown:
            raise NotOffered(case=found.case.code, action="show", known="–")
        wanted = "shown" if shown else "hidden"
        if found.case.public != wanted:
            found.case.public = wanted
            found.event("show" if shown else "hide", " ".join(reason.split()), {"public": wanted})
        return found.case
