"""The work queue: cases by their due moment, in tabs with counts, narrowed by filters, page by page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import urlencode

from tinh.cases import api as cases
from tinh.jobs import api as jobs
from tinh.people import api as people
from tinh.web import formats
from tinh.web.administration import stands
from tinh.web.pages.cases import choices
from tinh.web.pages.cases.lines import agency_name, teller
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

HOME = "/vu-viec/"
SHOWN = 40
TABS = ("mine", "agency", "unassigned", "soon", "late", "very_late", "all", "watched")
_KEYS = ("loai", "nguoi", "chuyen-muc", "dia-ban", "muc-do", "nguon", "trang-thai", "co-quan")


@dataclass(frozen=True, slots=True)
class Tab:
    id: str
    name: str
    count: str
    link: str
    tone: str
    on: bool


@signed_in
def queue(request: HttpRequest) -> HttpResponseBase:
    language = language_of(request)
    say = words(language)
    who = people.require_anywhere(people.actor_of(request), "read cases")
    sent = request.GET
    text = sent.get("tim", "").strip()[:200]
    code = cases.read_code(text)
    if code:  # a code typed or read out in any spelling goes to its case
        return redirect(f"{HOME}{code}/")
    tab = tab_of(sent, who)
    narrowed = narrowed_by(sent)
    wanted = wanted_of(text, narrowed)
    fault = ""
    found = cases.Page((), "")
    try:
        found = cases.queue(who, tabbed(wanted, tab, who), after=sent.get("sau", "")[:300], limit=SHOWN)
    except cases.CaseError as error:
        fault = error.told().in_(language)
    tell = teller(language, found.items)
    asked = {"muc": tab, "tim": text, **narrowed}
    return page(
        request, "cases.html", "cases", say("cases.title"), status=422 if fault else 200, fault=fault,
        tabs=_tabs(who, tab, language), tab=tab, text=text, asked=narrowed,
        narrowed=any(narrowed.values()), filtered=bool(text or any(narrowed.values())),
        lines=[tell.line(case) for case in found.items],
        older=query(asked, sau=found.next) if found.next else "",
        first=query(asked) if sent.get("sau") else "",
        choices=_choices(who, language), may=_may(who), home=HOME, back=query(asked),
        over=sent.get("het") == "1", unchosen=sent.get("chua-chon") == "1",
    )  # fmt: skip


def narrowed_by(sent: QueryDict) -> dict[str, str]:
    return {key: sent.get(key, "").strip()[:80] for key in _KEYS}


def wanted_of(text: str, narrowed: dict[str, str]) -> cases.Filter:
    person = narrowed["nguoi"]
    return cases.Filter(
        text=text, category=narrowed["chuyen-muc"], place=narrowed["dia-ban"], severity=narrowed["muc-do"],
        source=narrowed["nguon"], state=narrowed["trang-thai"], agency=narrowed["co-quan"],
        kind=narrowed["loai"],
        person=int(person) if person.isascii() and person.isdigit() and len(person) < 18 else None,
    )  # fmt: skip


def tabbed(wanted: cases.Filter, tab: str, who: people.Actor) -> cases.Filter:
    """A filter narrowed to what a tab holds. What a state is asked of may be closed too."""
    wanted = wanted if wanted.state or tab == "watched" else replace(wanted, state="open")
    match tab:
        case "mine":
            return replace(wanted, mine=True)
        case "agency":
            return replace(wanted, agency=wanted.agency or who.agency)
        case "unassigned":
            return replace(wanted, unassigned=True)
        case "soon" | "late" | "very_late":
            return replace(wanted, band=tab)
        case "watched":
            return replace(wanted, watched=True)
    return wanted


def tab_of(sent: QueryDict, who: people.Actor) -> str:
    return sent.get("muc", "") if sent.get("muc", "") in TABS else _first(who)


def _first(who: people.Actor) -> str:
    """Where somebody begins: what is nobody's yet for those who sort, else what the agency owes."""
    if people.may(who, "triage cases"):
        return "all"
    return "agency" if who.agency else "all"


def _tabs(who: people.Actor, on: str, language: str) -> list[Tab]:
    say = words(language)
    counted = _counted(who)
    tones = {"soon": "watch", "late": "bad", "very_late": "bad"}
    return [
        Tab(
            id, say(f"cases.tab_{id}"), formats.compact(counted.get(id, 0), language), f"?muc={id}",
            tones.get(id, "") if counted.get(id) else "", id == on,
        )
        for id in TABS
        if id != "agency" or who.agency
    ]  # fmt: skip


def _counted(who: people.Actor) -> dict[str, int]:
    """How many open cases each tab holds."""
    everything = cases.counts(who)
    out = {band: everything[band] for band in ("soon", "late", "very_late")}
    out["all"] = sum(everything.values())
    own = people.among_agencies(who, "read cases")
    for tab in ("mine", "agency", "unassigned", "watched"):
        if tab == "agency" and (
            not who.agency or (own is not None and own <= people.own_agencies(who.agency))
        ):
            out[tab] = out["all"] if who.agency else 0  # all one may see is the own agency's
            continue
        out[tab] = sum(cases.counts(who, tabbed(cases.Filter(), tab, who)).values())
    return out


def _choices(who: people.Actor, language: str) -> dict[str, Any]:
    """What the filters offer, each with its words."""
    say = words(language)
    catalogue = jobs.catalogue()
    own = people.among_agencies(who, "read cases")
    agencies = [id for id in jobs.agencies() if own is None or id in own]
    today = jobs.now().astimezone(ZoneInfo(catalogue.timezone)).date()
    communes = jobs.gazetteer().communes(catalogue.place, today)
    return {
        "kinds": [(id, kind.name.in_(language)) for id, kind in cases.kinds().items()],
        "people": choices.handlers(set(agencies)),
        "categories": sorted(
            ((c.id, c.name.in_(language)) for c in catalogue.report_categories.values()), key=lambda p: p[1]
        ),
        "places": sorted(((u.code, u.name) for u in communes), key=lambda p: p[1]),
        "severities": [(id, say(f"caseseverity.{id}")) for id in cases.SEVERITIES],
        "sources": [(id, say(f"casesource.{id.replace('-', '_')}")) for id in cases.SOURCES],
        "states": [(id, say(f"casestate.{id}")) for id in ("open", "closed", *cases.STATES)],
        "agencies": sorted(((id, agency_name(id, language)) for id in agencies), key=lambda p: p[1])
        if len(agencies) > 1 else [],
    }  # fmt: skip


def _may(who: people.Actor) -> dict[str, bool]:
    return {
        "triage": people.may(who, "triage cases"),
        "handle": people.may_anywhere(who, "handle cases"),
        "tick": people.may_anywhere(who, "handle cases") or people.may_anywhere(who, "issue directives"),
        "spots": people.may(who, "read cases"),
        "supervise": people.may_anywhere(who, "supervise cases"),
        "take_in": people.may_anywhere(who, "send reports") and stands(f"{HOME}moi"),
        "manage": people.may_anywhere(who, "manage desks"),
    }


def query(asked: dict[str, str], **more: str) -> str:
    return urlencode({k: v for k, v in {**asked, **more}.items() if v})
