"""A case opened from an alert: its words, its place and its agency are those of the alert."""

from __future__ import annotations

from django.http import Http404, HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from tinh.cases import api as cases
from tinh.jobs import api as jobs
from tinh.people import api as people
from tinh.watch.api import Alert
from tinh.web.pages.cases import choices
from tinh.web.pages.cases.one import HOME
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words


def alert_id(alert: Alert) -> str:
    """One firing of a rule at a place: the same firing is answered by the same case."""
    return f"{alert.rule}/{alert.place}/{alert.since or alert.period or ''}"


@require_http_methods(["GET", "POST"])
@signed_in
def raise_case(request: HttpRequest) -> HttpResponseBase:
    language = language_of(request)
    who = people.require(people.actor_of(request), "triage cases")
    sent = request.POST if request.method == "POST" else request.GET
    wanted = sent.get("canh-bao", "")[:200]
    alert = next((a for a in jobs.corridor().alerts() if alert_id(a) == wanted), None)
    if alert is None:
        raise Http404("no such alert")
    owner = _owner(alert)
    fault = ""
    if request.method == "POST":
        agency = sent.get("agency", "")
        try:
            given = agency if agency in jobs.agencies() else owner
            made = cases.open_from_alert(wanted, _opening(alert, sent, given), who)
            return redirect(f"{HOME}{made.code}/")
        except cases.CaseError as error:
            fault = error.told().in_(language)
    say = words(language)
    return page(
        request, "case_raise.html", "cases", say("cases.raise_title"), status=422 if fault else 200,
        fault=fault, wanted=wanted, name=alert.name.in_(language), sentence=alert.sentence.in_(language),
        subject=sent.get("subject", alert.name.vi), body=sent.get("body", alert.sentence.vi), owner=owner,
        agencies=choices.takers(who, owner, language)["agencies"], simulated=alert.simulated,
        severities=[(id, say(f"caseseverity.{id}")) for id in cases.SEVERITIES],
        severity="urgent" if alert.severity == "critical" else "normal",
    )  # fmt: skip


def _owner(alert: Alert) -> str:
    catalogue = jobs.catalogue()
    return catalogue.packs[catalogue.indicators[alert.indicator].pack].owner


def _opening(alert: Alert, sent: QueryDict, agency: str) -> cases.Opening:
    return cases.Opening(
        "incident", sent.get("subject", ""), "", body=sent.get("body", ""),
        severity=sent.get("severity", "normal"), source="alert",
        place=alert.place if alert.place != jobs.catalogue().place else "", agency=agency,
        simulated=alert.simulated, facts={"indicator": alert.indicator, "rule": alert.rule},
    )  # fmt: skip
