"""Staff write down what citizens tell by telephone, mail or at the desk; where it came from is recorded."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from tinh.desks.api import photos, reports
from tinh.kit.errors import Text, TinhError
from tinh.kit.ids import fresh
from tinh.people import api as people
from tinh.web.pages.reporting import counter, ground
from tinh.web.pages.reporting.draft import Draft, first_faults, read
from tinh.web.pages.reporting.form import keep_photos, pictures, placed, second
from tinh.web.pages.reporting.tiles import laid
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

SOURCES = ("hotline", "email", "walk-in", "staff")


@require_http_methods(["GET", "POST"])
@signed_in
def intake(request: HttpRequest) -> HttpResponse:
    """Like the public form, without the public's brakes, with the source and the sender's own words."""
    who = people.require_anywhere(people.actor_of(request), "send reports")
    language = language_of(request)
    say = words(language)
    sent = request.POST.get("draft", "")
    secret = sent if 20 <= len(sent) <= 64 else fresh(26)
    draft = placed(read(request, secret))
    source = request.POST.get("source", "hotline")
    source = source if source in SOURCES else "hotline"
    wrong: dict[str, Text] = {}
    cure = ""
    ready = False
    made: reports.Receipt | None = None
    if request.method == "POST":
        wrong = first_faults(draft) | keep_photos(request, secret)
        ready = not first_faults(draft)
        if ready and request.FILES and request.POST.get("step") != "send":
            photos.settle(secret)
        if not wrong and request.POST.get("step") == "send":
            try:
                made = _sent(request, draft, source, language, who)
            except counter.Refused as refusal:
                wrong = dict(refusal.faults)
            except TinhError as error:
                wrong, cure = {"form": error.detail()}, error.remedy().in_(language)
    if made is not None:
        if people.may_anywhere(who, "read cases"):
            return redirect(f"/vu-viec/{made.code}/?moi=1")
        return redirect(f"/vu-viec/moi?da-gui={made.code}")
    listed = [(field, text.in_(language)) for field, text in wrong.items()]
    own = photos.of_draft(secret) if request.method == "POST" else []
    return page(
        request,
        "reporting/intake.html",
        "cases",
        say("reporting.intake_title"),
        status=422 if wrong else 200,
        ready=ready,
        listed=listed,
        cure=cure,
        communes=ground.communes(),
        place=draft.place,
        base_map=laid(language),
        place_name=ground.name_of(draft.place),
        source=source,
        pictures=pictures(own, language),
        sources=[(id, say(f"reporting.source.{id}")) for id in SOURCES],
        sent=request.GET.get("da-gui", "")[:20],
        staff=True,
        most=photos.LIMITS.per_draft,
        **second(request, replace(draft, secret=secret), wrong, language, challenged=False),
    )


def _sent(
    request: HttpRequest, draft: Draft, source: str, language: str, who: people.Actor
) -> reports.Receipt:
    caller = reports.Caller(address=people.address_of(request) or "", actor=who)
    count = photos.held(draft.secret)
    return counter.submitted(draft, language, count, caller, source)
