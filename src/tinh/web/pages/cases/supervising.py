"""Supervision: what each agency and person carries, the oldest overdue first, and a word to hurry them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods

from tinh.cases import api as cases
from tinh.people import api as people
from tinh.web import formats
from tinh.web.pages.cases.bulk import results_of
from tinh.web.pages.cases.lines import Teller, agency_name, names_of, teller
from tinh.web.pages.cases.one import HOME
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

SHOWN = 50


@require_http_methods(["GET", "POST"])
@signed_in
def supervision(request: HttpRequest) -> HttpResponseBase:
    language = language_of(request)
    say = words(language)
    who = people.require_anywhere(people.actor_of(request), "supervise cases")
    sent = request.POST if request.method == "POST" else request.GET
    agency = sent.get("co-quan", "")[:64]
    results: list[dict[str, Any]] = []
    fault = ""
    if request.method == "POST":
        try:
            done = cases.urge(sent.getlist("ma")[:200], who, sent.get("reason", ""))
            results = results_of(done, language)
        except cases.CaseError as error:
            fault = error.told().in_(language)
    late = _overdue(who, agency)
    tell = teller(language, late)
    carried = cases.loads(who, agency)
    named = names_of(one.person for one in carried if one.person)
    most = max([one.open for one in carried] or [1])
    return page(
        request, "cases_supervision.html", "cases", say("cases.supervision"), status=422 if fault else 200,
        fault=fault, results=results, went=sum(r["ok"] for r in results), home=HOME, agency=agency,
        agency_named=agency_name(agency, language, short=False) if agency else "",
        loads=[_load(one, named, most, tell, bool(agency)) for one in carried],
        lines=[tell.line(case) for case in late], typed=sent.get("reason", ""),
        total=formats.number(sum(one.open for one in carried), 0, language),
    )  # fmt: skip


def _overdue(who: people.Actor, agency: str) -> list[Any]:
    """The most overdue first: what is seriously late lies before what is late, each by its due moment."""
    found: list[Any] = []
    for band in ("very_late", "late"):
        wanted = cases.Filter(state="open", band=band, agency=agency)
        found += cases.queue(who, wanted, limit=SHOWN).items
    return sorted(found, key=lambda case: (case.due_at, case.pk))[:SHOWN]


def _load(one: cases.Load, named: dict[int, str], most: int, tell: Teller, within: bool) -> dict[str, Any]:
    say, language = tell.say, tell.language
    if within:
        name = named.get(one.person or 0, "") or say("cases.nobody_yet")
        link = ""
    else:
        name, link = agency_name(one.agency, language, short=False) or say("cases.no_agency"), one.agency
    return {
        "name": name, "link": link, "open": one.open, "soon": one.soon, "late": one.late,
        "grave": one.very_late, "paused": one.paused, "oldest": tell.at(one.oldest) if one.oldest else "–",
        "bar": _bar(one, most),
    }  # fmt: skip


def _bar(one: cases.Load, most: int) -> list[tuple[str, str, str]]:
    """The share of each band, as parts of a strip a hundred wide: class, from, width."""
    out, at = [], 0.0
    calm = one.open - one.late - one.very_late - one.soon
    for tone, count in (("bad", one.very_late + one.late), ("watch", one.soon), ("good", calm)):
        width = 100 * max(count, 0) / most
        if width:
            out.append((tone, f"{at:.2f}", f"{width:.2f}"))
        at += width
    return out
