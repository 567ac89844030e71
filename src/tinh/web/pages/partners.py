"""Links to other Open311 systems: what is handed to them, how they fare, and making or changing one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from tinh.desks.api import partners
from tinh.jobs import api as jobs
from tinh.kit.errors import TinhError
from tinh.packs.api import slug as slugged
from tinh.people import api as people
from tinh.web import formats
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

ADDRESS = "/quan-tri/open311/"
TONES = {"waiting": "watch", "sent": "good", "failed": "bad", "unsure": "watch"}


@signed_in
def listing(request: HttpRequest) -> HttpResponseBase:
    language = language_of(request)
    who = people.require(people.actor_of(request), "manage desks")
    lines = [_line(one, language) for one in partners.partners(who)]
    return page(
        request, "partners.html", "admin", words(language)("partners.title"), lines=lines,
        endpoint=request.build_absolute_uri("/open311/v2"),
        discovery=request.build_absolute_uri("/open311/discovery.xml"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@signed_in
def new(request: HttpRequest) -> HttpResponseBase:
    language = language_of(request)
    who = people.require(people.actor_of(request), "manage desks")
    say = words(language)
    asked = _asked(request.POST)
    if request.method == "POST":
        try:
            made = partners.keep_partner(
                who, jobs.vault(), slug=slugged(asked["name"])[:40].strip("-"), **asked
            )
            return redirect(f"{ADDRESS}{made.slug}/")
        except partners.PartnerUnfit as fault:
            return _form(request, say("partners.new"), asked, status=400, fault=fault)
    return _form(request, say("partners.new"), asked)


@require_http_methods(["GET", "POST"])
@signed_in
def one(request: HttpRequest, slug: str) -> HttpResponseBase:
    language = language_of(request)
    say = words(language)
    who = people.require(people.actor_of(request), "manage desks")
    found = partners.partner(slug, who)
    view: dict[str, Any] = {}
    match request.POST.get("viec", ""):
        case "luu":
            asked = _asked(request.POST)
            try:
                partners.keep_partner(who, jobs.vault(), slug=slug, **asked)
                return redirect(f"{ADDRESS}{slug}/")
            except partners.PartnerUnfit as fault:
                return _form(request, found.name, asked, status=400, fault=fault, kept=found)
        case "hoi":
            try:
                view["services"] = partners.services_of(slug, who, jobs.vault())
            except TinhError as fault:
                view["fault"] = fault.detail().in_(language)
        case "gui-lai":
            number = request.POST.get("so", "")
            if number.isascii() and number.isdigit() and len(number) < 18:
                partners.send_again(int(number), who)
            return redirect(f"{ADDRESS}{slug}/")
        case "da-co":
            number = request.POST.get("so", "")
            if number.isascii() and number.isdigit() and len(number) < 18:
                partners.is_there(int(number), request.POST.get("ma", ""), who)
            return redirect(f"{ADDRESS}{slug}/")
    listed = [_handed(h, language) for h in partners.handed(slug, who)]
    asked = {
        "name": found.name, "url": found.url, "agency": found.agency, "services": found.services,
        "jurisdiction": found.jurisdiction, "identity": found.identity, "private": found.private,
        "active": found.active,
    }  # fmt: skip
    lines = {p.slug: p for p in partners.partners(who)}
    return page(
        request, "partner.html", "admin", found.name, line=_line(lines[slug], language), listed=listed,
        **_choices(asked, language), **view, say_new=say("partners.change"), kept=bool(found.secret),
    )  # fmt: skip


def _form(
    request: HttpRequest, title: str, asked: Mapping[str, Any], status: int = 200,
    fault: TinhError | None = None, kept: Any = None,
) -> HttpResponseBase:  # fmt: skip
    language = language_of(request)
    return page(
        request, "partner_form.html", "admin", title, status=status, **_choices(asked, language),
        fault=fault.detail().in_(language) if fault else "",
        cure=fault.remedy().in_(language) if fault else "",
        action=f"{ADDRESS}{kept.slug}/" if kept else f"{ADDRESS}moi", kept=bool(kept and kept.secret),
    )  # fmt: skip


def _asked(sent: Any) -> dict[str, Any]:
    """The fields of the form, as somebody wrote them."""
    services = {
        name.removeprefix("ma-"): sent[name].strip()[:100]
        for name in sent
        if name.startswith("ma-") and sent[name].strip()
    }
    return {
        "name": sent.get("ten", "").strip(), "url": sent.get("dia-chi", "").strip(), "services": services,
        "agency": sent.get("co-quan", ""), "jurisdiction": sent.get("pham-vi", "").strip(),
        "key": sent.get("khoa", ""), "identity": sent.get("nguoi-gui") == "1",
        "private": sent.get("noi-bo") == "1", "active": not sent or sent.get("dang-dung") == "1",
    }  # fmt: skip


def _choices(asked: Mapping[str, Any], language: str) -> dict[str, Any]:
    catalogue = jobs.catalogue()
    groups: dict[str, list[tuple[str, str, str]]] = {}
    for one in catalogue.report_categories.values():
        name = catalogue.report_groups[one.group].name.in_(language)
        groups.setdefault(name, []).append(
            (one.id, one.name.in_(language), asked["services"].get(one.id, ""))
        )
    return {
        "ask": asked,
        "groups": [(name, lines, any(code for *_, code in lines)) for name, lines in groups.items()],
        "agencies": [(a.id, a.name.in_(language)) for a in catalogue.agencies.values()],
    }  # fmt: skip


def _line(one: Any, language: str) -> dict[str, Any]:
    say = words(language)
    catalogue = jobs.catalogue()
    agency = catalogue.agencies.get(one.agency)
    state = "paused" if not one.active else "silent" if one.failures else "well"
    return {
        "slug": one.slug, "name": one.name, "host": partners.GeoReport(one.url).host, "said": one.said,
        "agency": agency.name.in_(language) if agency else one.agency,
        "state": say(f"partners.state_{state}"),
        "tone": {"paused": "none", "silent": "bad", "well": "good"}[state], "sent": one.sent,
        "waiting": one.waiting, "failed": one.failed, "unsure": one.unsure,
        "looked": formats.minute(one.pulled_until, language, catalogue.timezone) if one.pulled_until else "–",
        "next": formats.minute(one.due_at, language, catalogue.timezone),
    }  # fmt: skip


def _handed(one: Any, language: str) -> dict[str, Any]:
    zone = jobs.catalogue().timezone
    return {
        "number": one.pk, "code": one.case.code, "subject": one.case.subject, "remote": one.remote,
        "state": words(language)(f"partners.handed_{one.state}"), "tone": TONES[one.state],
        "there": one.status, "notes": one.notes, "said": one.said,
        "failed": one.state == partners.Handed.FAILED, "unsure": one.state == partners.Handed.UNSURE,
        "when": formats.minute(one.sent_at or one.at, language, zone),
    }  # fmt: skip
