"""Writing a directive: about cases, a hot spot, a late agency, an indicator, an anomaly, or on its own."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from tinh.cases import api as cases
from tinh.desks.api import directives
from tinh.jobs import api as jobs
from tinh.people import api as people
from tinh.web.pages.cases.lines import agency_name, teller
from tinh.web.pages.directives.causes import Start, start_of
from tinh.web.pages.directives.listing import HOME
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

MOST = 200
_DAYS = 5  # working days a deadline begins with
_FIELDS = ("subject", "content", "agency", "until", "severity", "number", "signed_on", "more")


@require_http_methods(["GET", "POST"])
@signed_in
def write(request: HttpRequest) -> HttpResponseBase:
    language = language_of(request)
    say = words(language)
    who = people.require_anywhere(people.actor_of(request), "issue directives")
    sent = request.POST if request.method == "POST" else request.GET
    wanted = sent.get("nguon", "")
    start = start_of(wanted)
    codes = _codes(sent, start if request.method == "GET" else None)
    faults: dict[str, str] = {}
    if request.method == "POST":
        try:
            made = directives.issue(_draft(sent, codes, start), who)
            return redirect(f"{HOME}{made.code}/")
        except directives.DirectiveUnfit as error:
            faults = {field: text.in_(language) for field, text in error.faults.items()}
    held = [one for one in (_held(code, who) for code in codes) if one is not None]
    tell = teller(language, held)
    typed = {name: sent.get(name, "") for name in _FIELDS}
    if request.method == "GET":
        typed |= _begun(held, start)
    return page(
        request, "directive_form.html", "directives", say("directives.write"), home=HOME,
        status=422 if faults else 200, faults=faults, typed=typed, source=wanted if start else "",
        cause=start.cause.says.in_(language) if start else "", key=sent.get("key", "") or uuid4().hex,
        chosen=[tell.line(one) for one in held], helpers=set(sent.getlist("cooperating")),
        simulated=any(one.simulated for one in held) or bool(start and start.cause.simulated),
        agencies=sorted(
            ((id, agency_name(id, language, short=False)) for id in jobs.agencies()), key=lambda p: p[1]
        ),
        severities=[(id, say(f"directiveseverity.{id}")) for id in ("normal", "urgent")],
        today=_today().isoformat(),
    )  # fmt: skip


def _codes(sent: QueryDict, start: Start | None) -> list[str]:
    """The cases named: ticked, typed, and those of the hot spot it starts from."""
    typed = sent.get("more", "").replace(",", " ").split()
    found = [cases.read_code(one) or one[:40] for one in (*sent.getlist("ma"), *typed) if one.strip()]
    return list(dict.fromkeys((*found, *(start.cases if start else ()))))[:MOST]


def _held(code: str, who: people.Actor) -> Any:
    try:
        return cases.one_case(code, who)
    except cases.NoSuchCase:
        return None


def _begun(held: list[Any], start: Start | None) -> dict[str, str]:
    """What a fresh form says already: the agency that has the cases, and a deadline within reach."""
    agency = start.agency if start and start.agency else (held[0].agency if held else "")
    clock = cases.clock_of(jobs.catalogue())
    until = clock.add_working(jobs.now(), days=_DAYS).astimezone(clock.zone).date()
    return {
        "subject": start.subject if start else "", "agency": agency, "until": until.isoformat(),
        "severity": "normal", "more": "",
    }  # fmt: skip


def _draft(sent: QueryDict, codes: list[str], start: Start | None) -> directives.Draft:
    return directives.Draft(
        key=sent.get("key", "")[:60] or uuid4().hex, subject=sent.get("subject", ""),
        content=sent.get("content", ""), agency=sent.get("agency", ""), until=_day(sent.get("until", "")),
        cooperating=tuple(sent.getlist("cooperating")), severity=sent.get("severity", "normal"),
        number=sent.get("number", ""), signed_on=_day(sent.get("signed_on", "")), cases=tuple(codes),
        causes=(start.cause,) if start else (),
    )  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _today() -> date:
    clock = cases.clock_of(jobs.catalogue())
    return jobs.now().astimezone(clock.zone).date()
