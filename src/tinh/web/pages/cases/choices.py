"""What the forms of a case offer: takers, prepared answers, reasons of refusal, like cases, a later day."""

from __future__ import annotations

from typing import Any

from tinh.cases import api as cases
from tinh.jobs import api as jobs
from tinh.packs.api import RefusalReason
from tinh.people import api as people
from tinh.web import formats
from tinh.web.pages.cases.lines import agency_name, category_name, teller

_HANDLERS = ("case_officer", "commune_officer", "desk_officer", "administrator")
_LIKE = 5
_METRES = 500.0


def colleagues(who: people.Actor, agency: str) -> list[tuple[int, str, str]]:
    """Number, user name and name of those one may mention: of the case's agency and of one's own."""
    wanted = people.own_agencies(agency) | people.own_agencies(who.agency) | {agency, who.agency} - {""}
    with people.through("grant"):
        found = people.staff(wanted, active=True)
    return [(u.pk, u.username, u.full_name or u.username) for u in found if u.pk != who.account]


def handlers(agencies: frozenset[str] | set[str]) -> list[tuple[int, str]]:
    """Who of some agencies can take a case."""
    with people.through("grant"):
        found = people.staff(agencies, active=True)
    return [(u.pk, u.full_name or u.username) for u in found if u.role in _HANDLERS]


def takers(who: people.Actor, agency: str, language: str, person: int | None = None) -> dict[str, Any]:
    """To whom a case can go: one's colleagues, and for those who sort, any agency. `person` has it now."""
    own = people.own_agencies(agency) | ({agency} if agency else set())
    may_sort = people.may(who, "triage cases")
    return {
        "people": handlers(own) if own else [],
        "agencies": sorted(
            ((id, agency_name(id, language, short=False)) for id in jobs.agencies()), key=lambda p: p[1]
        ) if may_sort else [],
        "agency": agency, "mine": who.account, "has": bool(person),
    }  # fmt: skip


def refusals(language: str) -> list[tuple[str, str, str]]:
    """Declared reasons of refusal: name, and the words that say where to go."""
    return [(r.id, r.name.in_(language), refused_with(r)) for r in jobs.catalogue().refusals.values()]


def refused_with(reason: RefusalReason) -> str:
    """The words a citizen reads: why, and where to go instead."""
    phone = f" ({reason.phone})" if reason.phone and reason.phone not in reason.go.vi else ""
    return f"{reason.says.vi} {reason.go.vi}{phone}"


def canned(
    case: Any, action: str, who: people.Actor, language: str, *, fill: bool = True
) -> list[tuple[str, str, str]]:
    """Prepared answers that fit, the desk's own and those of the packs: number, title, and text, filled in
    for the case; for many cases at once left with its places, for `filled`."""
    own = cases.canned(who, case, action) if people.may_anywhere(who, "handle cases") else []
    said = [(str(one.pk), one.title, one.text) for one in own]
    if case.kind == "report":
        said += _declared(case, language)
    return [(id, title, filled(text, case)) for id, title, text in said] if fill else said


def filled(text: str, case: Any) -> str:
    """Prepared words with the facts of one case in their places; `{day}` is the day they are written."""
    tell = teller("vi", [case])
    facts = {
        "place": tell.place(case.place), "category": category_name(case.category, "vi"),
        "day": formats.day(tell.now.astimezone(tell.clock.zone).date(), "vi"),
    }  # fmt: skip
    for name, value in facts.items():
        text = text.replace(f"{{{name}}}", value)
    return cases.fill(text, case)


def _declared(case: Any, language: str) -> list[tuple[str, str, str]]:
    """Those the packs declare."""
    catalogue = jobs.catalogue()
    category = catalogue.report_categories.get(case.category)
    return [
        (one.id, one.name.in_(language), one.text.vi)
        for one in catalogue.canned_answers.values()
        if not one.groups or (category is not None and category.group in one.groups)
    ]


def near(case: Any, who: people.Actor, language: str) -> list[tuple[str, str]]:
    """Cases of the category close by, of which this one may be the same matter."""
    if case.latitude is None:
        return []
    found = cases.near(case.kind, case.category, case.latitude, case.longitude, _METRES, _LIKE + 1)
    like = [n for n in found if n.case.pk != case.pk and people.may(who, "read cases", agency=n.case.agency)]
    tell = teller(language, [n.case for n in like])
    return [
        (n.case.code, f"{n.case.code} · {n.case.subject} · {n.metres:.0f} m · {tell.at(n.case.opened_at)}")
        for n in like[:_LIKE]
    ]


def until(case: Any) -> str:
    """The day after the present deadline, from which more time can be given."""
    if case.finish_by is None:
        return ""
    clock = cases.clock_of(jobs.catalogue())
    return clock.add_working(case.finish_by, days=1).astimezone(clock.zone).date().isoformat()
