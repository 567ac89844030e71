"""What cooperating agencies write on a directive: for the lead agency and the leader, who alone close it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tinh.cases import api as cases
from tinh.desks.directives.listing import Seen, one
from tinh.desks.directives.models import Directive
from tinh.desks.papers import door as papers
from tinh.people import api as people


@dataclass(frozen=True, slots=True)
class Contribution:
    """What an agency wrote and sent along."""

    agency: str
    author: str
    at: datetime
    text: str
    files: tuple[papers.Paper, ...]


def agency_of(case: Any, actor: people.Actor) -> str:
    """The cooperating agency this person writes for; "" for none."""
    own = people.among_agencies(actor, "handle cases")
    row = Directive.objects.filter(pk=case.pk).first()
    if row is None or not own:
        return ""
    return next((agency for agency in row.cooperating if agency in own), "")


def may_contribute(seen: Seen, actor: people.Actor) -> bool:
    with people.through("case"):
        return seen.case.closed_at is None and agency_of(seen.case, actor) != ""


def contribute(
    code: str, text: str, actor: people.Actor, files: Iterable[papers.Sent] = (), *, key: str
) -> None:
    """Write on a directive that one's agency helps with. Raises NoSuchDirective, NoSuchCase (does not help),
    CaseClosed, ReasonMissing, PaperError; the same `key` again writes nothing new."""
    seen = one(code, actor)
    people.require_anywhere(actor, "handle cases")
    sent = papers.judged(files)

    def keep(note: Any) -> list[cases.File]:
        return [papers.file_of(papers.store(seen.case.code, f, actor, "note", note.pk)) for f in sent]

    cases.contribute(seen.case.code, text, actor, keep, key=key)


def contributions(seen: Seen) -> list[Contribution]:
    """What the cooperating agencies wrote, for whoever may see the directive."""
    own = papers.of_case(seen.case.code)
    return [
        Contribution(
            agency, note.author, note.at, note.text, tuple(p for p in own if p.note == note.pk)
        )
        for agency, note in cases.contributions(seen.case)
        if note.erased_at is None
    ]  # fmt: skip
