"""One case: what must be done now, what was reported, where, who has it, and everything that was done."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from tinh.cases import api as cases
from tinh.people import api as people
from tinh.web.pages.cases import choices, drawing, position, sequence, showing, timeline
from tinh.web.pages.cases.lines import Teller, agency_name, category_name, teller
from tinh.web.pages.directives import related
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

HOME = "/vu-viec/"
_CLERKS = ("assign", "extend", "pause", "resume", "merge", "split", "withdraw", "reopen")
_TONES = {"refuse": "bad", "withdraw": "bad"}
AGENCIES = ("handler", "agency")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why what was sent did not go through, and what was typed, so that nothing is lost."""

    act: str
    says: str
    cure: str
    typed: dict[str, Any]
    moved: list[timeline.Event] = field(default_factory=list)


@signed_in
def one(request: HttpRequest, code: str) -> HttpResponseBase:
    plain = cases.read_code(code)
    if plain and plain != code:
        return redirect(f"{HOME}{plain}/")
    return shown(request, code)


@signed_in
def printed(request: HttpRequest, code: str) -> HttpResponseBase:
    """The same case for a sheet of paper: everything open, nothing to press."""
    return shown(request, code, template="case_print.html")


def shown(
    request: HttpRequest, code: str, fault: Fault | None = None, status: int = 200,
    template: str = "case.html", seen: list[dict[str, str]] | None = None,
) -> HttpResponseBase:  # fmt: skip
    language = language_of(request)
    say = words(language)
    who = people.require_anywhere(people.actor_of(request), "read cases")
    view = cases.case(code, who)
    case = view.case
    others = [link.to for link in view.links if link.to] + [link.case for link in view.linked]
    tell = teller(language, [case, *others])
    history = timeline.events(cases.told_of(case, who), tell, cases.deeds_of(case))
    typed = fault.typed if fault else {}
    tied = related.of_case(case, who, tell)
    section = "directives" if "directive" in tied else "cases"
    if "directive" in tied and template == "case.html":
        template = "directive.html"
    return page(
        request, template, section, f"{case.subject} · {case.code}", status=status, home=HOME,
        case=case, **{"line": tell.line(case), **tied}, facts=_facts(case, tell), fault=fault, typed=typed,
        written=_written(fault) if fault else [], key=uuid4().hex,
        offers=[_offer(o, case, who, language, fault) for o in view.offers if o.id not in _CLERKS],
        clerk=[_offer(o, case, who, language, fault) for o in view.offers if o.id in _CLERKS],
        waits=[s.in_(language) for s in showing.waits(view.steps)],
        nobody=showing.nobody(view.steps, tell), desk_alone=showing.desk_alone(view.steps),
        photos=showing.photos(view, tell), answers=showing.answers(view, who, tell),
        ratings=showing.ratings(view, who, tell),
        judged=showing.judged(view, history),
        notes=showing.notes(view, tell), history=history,
        checked=showing.checked(cases.verify_history(case.code), say),
        links=showing.links(view, tell), watching=view.watching, watchers=view.watchers,
        parties=view.parties, sees_parties=view.sees_parties, seen=seen or [],
        drawn=position.of(case), diagram=drawing.diagram(case, language),
        apology=words("vi")("cases.apology_words", code=case.code), now=tell.at(tell.now),
        may_note=any(
            people.may(who, action, agency=case.agency)
            for action in ("handle cases", *cases.TELLS)
        ),
        may_tell=case.kind != "directive"
        and any(people.may(who, action, agency=case.agency) for action in cases.TELLS),
        colleagues=choices.colleagues(who, case.agency),
        may_block=case.kind == "report" and people.may_anywhere(who, "manage desks"),
        place=sequence.place_of(request.POST or request.GET, case, who),
    )  # fmt: skip


def _facts(case: Any, tell: Teller) -> list[tuple[str, str]]:
    say = tell.say
    found = [
        ("cases.category", category_name(case.category, tell.language)),
        ("cases.severity", say(f"caseseverity.{case.severity}")),
        ("cases.agency", agency_name(case.agency, tell.language, short=False)),
        ("cases.person", tell.people.get(case.person_id or 0, "")),
        ("cases.place", tell.place(case.place)),
        ("cases.address", case.address),
        ("cases.source", say(f"casesource.{case.source.replace('-', '_')}")),
        ("cases.opened", tell.at(case.opened_at)),
        ("cases.accept_by", tell.at(case.accept_by) if case.accept_by and not case.accepted_at else ""),
        ("cases.accepted", tell.at(case.accepted_at) if case.accepted_at else ""),
        ("cases.finish_by", tell.at(case.finish_by) if case.finish_by else ""),
        ("cases.more_time", say("cases.once") if case.extended else ""),
        ("cases.closed", tell.at(case.closed_at) if case.closed_at else ""),
        ("cases.outcome", say(f"caseoutcome.{case.outcome}") if case.outcome else ""),
        ("cases.reopened", say("cases.times", count=case.reopened) if case.reopened else ""),
    ]  # fmt: skip
    return [(say(key), value) for key, value in found if value]


def _written(fault: Fault) -> list[str]:
    """The words of the form that did not go: its field may not be offered any more."""
    said = {name: str(text).strip() for name, text in fault.typed.items()}
    own = [said.get(name, "") for name in ("reason", "apology", "subjects")]
    filled = [text for name, text in said.items() if name.startswith("f-") and " " in text]  # no choices
    return [text for text in (*filled, *own) if text]


def _offer(
    offer: cases.Offer, case: Any, who: people.Actor, language: str, fault: Fault | None
) -> dict[str, Any]:
    mine = fault is not None and fault.act == offer.id
    typed = fault.typed if fault is not None and mine else {}
    fields = [_field(f, case, who, typed, language) for f in offer.fields]
    text = next((f["id"] for f in fields if f["kind"] == "text"), "")
    refuses = offer.id.startswith("refuse") and not any(f["id"] == "refusal" for f in fields)
    return {
        "id": offer.id, "says": offer.says.in_(language), "needs_reason": offer.needs_reason,
        "fields": fields, "tone": _TONES.get(offer.id, ""), "open": mine, "typed": typed, "text": text,
        "asks_reason": offer.needs_reason or not fields,
        "plain": not (offer.needs_reason or fields or offer.id in ("assign", "extend", "merge", "split")),
        "refusals": choices.refusals(language) if refuses else [],
        "refuses": offer.id.startswith("refuse"),
        "canned": choices.canned(case, offer.id, who, language)
        if offer.step and (offer.needs_reason or text) and not offer.id.startswith("refuse") else [],
        "takers": choices.takers(who, case.agency, language, case.person_id)
        if offer.id == "assign" else None,
        "near": choices.near(case, who, language) if offer.id == "merge" else [],
        "until": choices.until(case) if offer.id == "extend" else "",
        "photos": offer.id.startswith(("answer", "finish", "done", "fix", "handle")),
    }  # fmt: skip


def _field(
    one: cases.Field, case: Any, who: people.Actor, typed: dict[str, Any], language: str
) -> dict[str, Any]:
    """A field as the form draws it. An agency is chosen, not typed; a reason of refusal brings its words."""
    kind, options = one.kind, [(id, text.in_(language), "") for id, text in one.options]
    if one.kind == "text" and one.id in AGENCIES:
        kind = "choice"
        options = [(id, name, "") for id, name in choices.takers(who, case.agency, language)["agencies"]]
    if one.id == "refusal":
        told = {id: text for id, _, text in choices.refusals(language)}
        options = [(id, name, told.get(id, "")) for id, name, _ in options]
    return {
        "id": one.id, "says": one.says.in_(language), "kind": kind, "required": one.required,
        "options": options, "value": typed.get(f"f-{one.id}", ""), "fills": one.id == "refusal",
    }  # fmt: skip


def what_moved(code: str, who: people.Actor, seen: int, language: str) -> list[timeline.Event]:
    """What was done to a case since its history had `seen` events."""
    view = cases.case(code, who)
    tell = teller(language, [view.case])
    told = timeline.events(cases.told_of(view.case, who), tell, cases.deeds_of(view.case))
    return [e for e in told if e.seq > seen]
