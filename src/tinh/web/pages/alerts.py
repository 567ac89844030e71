"""Alert rules and where each of them stands."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from tinh.flow.api import explained
from tinh.jobs import api as jobs
from tinh.packs.api import Catalogue
from tinh.people import api as people
from tinh.watch.api import Alert
from tinh.web import formats
from tinh.web.pages.cases.raising import alert_id
from tinh.web.pages.naming import place_name
from tinh.web.pages.values import stopped_words
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

SHAPES = {"critical": "bad", "serious": "bad", "watch": "watch", "info": "none"}
FIRING = {"critical": "bad", "serious": "bad", "watch": "watch", "info": "watch"}  # as the room colours them
TONES = {"silent": "watch", "pending": "watch", "ok": "good"}


@signed_in
def alerts(request: HttpRequest) -> HttpResponse:
    language = language_of(request)
    say = words(language)
    corridor = jobs.corridor()
    catalogue = corridor.catalogue
    raised, found = corridor.alerts(), corridor.status().outages
    why = explained(raised, found)
    may_raise = people.may(people.actor_of(request), "triage cases")
    listed = [
        {
            "name": a.name.in_(language),
            "sentence": a.sentence.in_(language),
            "tone": FIRING[a.severity] if a.status == "firing" else TONES[a.status],
            "status": say(f"standing.{a.status}"),
            "severity": say(f"severity.{a.severity}"),
            "shape": SHAPES[a.severity],
            "place": catalogue.name.in_(language)
            if a.place == catalogue.place
            else place_name(a.place, a.period or ""),
            "since": formats.period_words(a.since, language) if a.since else "",
            "tell": ", ".join(_told(catalogue, a, t, language) for t in a.tell),
            "link": f"/chi-so/{a.indicator}/?noi={a.place}",
            "simulated": a.simulated,
            "raise": alert_id(a) if may_raise and a.status == "firing" else "",
        }
        for a in raised
        if a not in why
    ]  # fmt: skip
    stopped = [
        {
            "name": outage.name.in_(language),
            "since": stopped_words(outage, catalogue.timezone, language),
            "agency": catalogue.agencies[outage.owner].name.in_(language)
            if outage.owner in catalogue.agencies
            else outage.owner,
            "by": say("outage.late", by=formats.overdue(outage.days, outage.working_days, language))
            if outage.working_days or outage.days
            else "",
            "hangs": say("outage.hangs", count=len(outage.indicators)),
            "alerts": [(a.sentence.in_(language), a.indicator, a.place) for a in raised
                       if a in why and why[a].dataset == outage.dataset],
            "link": f"/du-lieu/lich?bo-du-lieu={outage.dataset}",
            "simulated": outage.simulated,
        }
        for outage in found
    ]  # fmt: skip
    resting = [
        (rule.name.in_(language), catalogue.indicators[rule.indicator].name.in_(language), rule.indicator)
        for rule in catalogue.alerts.values()
        if rule.id not in {a.rule for a in raised}
    ]
    return page(request, "alerts.html", "alerts", say("alert.title"), alerts=listed, stopped=stopped,
                resting=resting)  # fmt: skip


def _told(catalogue: Catalogue, alert: Alert, who: str, language: str) -> str:
    """The agency's name; `owner` is the agency that answers for the indicator's sector."""
    id = catalogue.packs[catalogue.indicators[alert.indicator].pack].owner if who == "owner" else who
    agency = catalogue.agencies.get(id)
    return agency.name.in_(language) if agency else id
