"""Directives as people may read them: who sees all cases sees all, an agency those it leads or helps with.

A cooperating agency has no right to the case itself: the desk judges it by the row, and lets it read the
directive, not its history.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import Q, QuerySet

from tinh.cases import api as cases
from tinh.desks.directives.errors import NoSuchDirective
from tinh.desks.directives.issuing import KIND
from tinh.desks.directives.models import Directive
from tinh.people import api as people

Tab = Literal["open", "soon", "late", "decide", "mine", "closed"]
TABS: tuple[Tab, ...] = ("open", "soon", "late", "decide", "mine", "closed")
MOST_OPEN = 5000
_LATE = ("late", "very_late")


@dataclass(frozen=True, slots=True)
class Seen:
    """A directive one person may see. `whole`: its case, with history and acts; else they cooperate."""

    case: Any
    row: Directive
    band: cases.Band | None
    whole: bool

    @property
    def decide(self) -> bool:
        """Whether it waits for a leader: a result to confirm, or more time asked for."""
        return self.case.closed_at is None and (
            self.case.state == "answered" or self.row.asked_until is not None
        )


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of directives, how many each tab holds (`closed` apart), and whether there are more."""

    items: tuple[Seen, ...]
    counts: dict[str, int]
    more: bool


def listed(
    actor: people.Actor, tab: Tab = "open", *, agency: str = "", text: str = "", after: int = 0,
    limit: int = 40,
) -> Listed:  # fmt: skip
    """Open ones by their deadline, closed ones the newest first; those of `agency` as lead, whose subject,
    number or code has `text`. `after`: how many pages come before."""
    people.require_anywhere(actor, "read cases")
    found = _theirs(actor)
    if agency:
        found = found.filter(agency__in=people.own_agencies(agency) | {agency})
    if said := " ".join(text.replace("\0", "").split())[:100]:
        code = cases.read_code(said) or said
        found = found.filter(Q(subject__icontains=said) | Q(directive__number__icontains=said) | Q(code=code))
    with people.through("case"):
        still = found.filter(closed_at__isnull=True).order_by("due_at", "pk")
        standing = [_seen(one, actor) for one in still[:MOST_OPEN]]
        tabs: dict[str, list[Seen]] = {
            "open": standing, "soon": [s for s in standing if s.band == "soon"],
            "late": [s for s in standing if s.band in _LATE], "decide": [s for s in standing if s.decide],
            "mine": [s for s in standing if s.row.issuer_id == (actor.account or -1)],
        }  # fmt: skip
        start = max(after, 0) * limit
        if tab == "closed":
            over = found.filter(closed_at__isnull=False).order_by("-closed_at", "-pk")
            page = [_seen(one, actor) for one in over[start : start + limit + 1]]
        else:
            page = tabs[tab][start : start + limit + 1]
    return Listed(tuple(page[:limit]), {id: len(own) for id, own in tabs.items()}, len(page) > limit)


def one(code: str, actor: people.Actor) -> Seen:
    """Raises NoSuchDirective, also for one the person may not see."""
    people.require_anywhere(actor, "read cases")
    with people.through("case"):
        found = _theirs(actor).filter(code=cases.read_code(code)).first()
        if found is None:
            raise NoSuchDirective(directive=code[:40])
        return _seen(found, actor)


def of_cases(codes: Iterable[str], actor: people.Actor) -> dict[str, list[Seen]]:
    """Code of a case → the directives it caused, as far as this person may see them, the newest first."""
    wanted = list(dict.fromkeys(codes))
    out: dict[str, list[Seen]] = {}
    with people.through("case"):
        ties = cases.Link.objects.filter(to__code__in=wanted, case__kind=KIND)
        pairs = list(ties.order_by("-pk").values_list("to__code", "case_id"))
        if not pairs:
            return out
        seen = {row.pk: _seen(row, actor) for row in _theirs(actor).filter(pk__in={pk for _, pk in pairs})}
    for code, pk in pairs:
        if pk in seen:
            out.setdefault(code, []).append(seen[pk])
    return out


def tied_to(found: Seen, actor: people.Actor) -> list[Any]:
    """The cases a directive is about that this person may read, and which of them are still open."""
    with people.through("case"):
        ties = cases.Link.objects.filter(case=found.case, kind="caused_by", to__isnull=False)
        rows = [tie.to for tie in ties.select_related("to").order_by("pk")]
    return [row for row in rows if people.may(actor, "read cases", agency=row.agency)]


def _theirs(actor: people.Actor) -> QuerySet[Any]:
    found = cases.Case.objects.filter(kind=KIND, directive__isnull=False).select_related("directive")
    own = people.among_agencies(actor, "read cases")
    if own is None:
        return found
    helps = Q(agency__in=own)
    for agency in own:
        helps |= Q(directive__cooperating__contains=[agency])
    return found.filter(helps)


def _seen(case: Any, actor: people.Actor) -> Seen:
    return Seen(
        case, case.directive, cases.band_of(case), people.may(actor, "read cases", agency=case.agency)
    )
