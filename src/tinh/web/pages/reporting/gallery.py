"""A case's photos for staff: which of them everybody may see, blurring, photos after handling; and whether
the report itself is shown. Nothing of a report is shown before somebody of the desk has said so."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from tinh.cases import api as cases
from tinh.desks.api import papers, photos, reports
from tinh.kit.errors import TinhError
from tinh.kit.ids import fresh
from tinh.people import api as people
from tinh.web.pages.cases.papers import given, lines, sent
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words


@require_http_methods(["GET", "POST"])
@signed_in
def gallery(request: HttpRequest, code: str) -> HttpResponse:
    language = language_of(request)
    say = words(language)
    who = people.require_anywhere(people.actor_of(request), "read cases")
    case = cases.one_case(code, who)
    triages = people.may(who, "triage cases", agency=case.agency)
    handles = people.may(who, "handle cases", agency=case.agency)
    fault = ""
    status = 200
    if request.method == "POST":
        try:
            _do(request, case, who)
            return redirect(f"/vu-viec/{case.code}/anh?xong=1")
        except (people.NotAllowed, people.SignInNeeded):
            raise
        except TinhError as error:
            fault = error.told().in_(language)
            status = error.status
    own = photos.of_case(case.code, public=False)
    listed = [
        {
            "view": view,
            "fault": view.fault.in_(language) if view.fault else "",
            "alike": [one.case for one in photos.alike(photos.photo(view.name))] if triages else [],
        }
        for view in own
    ]
    return page(
        request,
        "reporting/gallery.html",
        "cases",
        say("photos.of_case", code=case.code),
        status=status,
        code=case.code,
        listed=listed,
        papers=lines([one for one in papers.of_case(case.code) if one.stage == "answer"], language),
        triages=triages,
        handles=handles,
        shown=case.public == "shown",
        is_report=case.kind == "report",
        fault=fault,
        done="xong" in request.GET,
        simulated=case.simulated,
        subject=case.subject,
    )


def _do(request: HttpRequest, case: cases.Case, who: people.Actor) -> None:
    act = request.POST.get("act", "")
    if act == "add":
        people.require(who, "handle cases", agency=case.agency)
        given(case.code, who, sent(request))
        secret = fresh(26)
        for file in request.FILES.getlist("photos"):
            if file.size:
                photos.store(secret, file.read(), file=file.name or "")
        photos.claim(secret, case.code, role="answer", blur="blur" in request.POST)
        return
    people.require(who, "triage cases", agency=case.agency)
    if act == "show":
        reports.show(case.code, who)
    elif act == "hide":
        reports.hide(case.code, who, request.POST.get("reason", ""))
    elif act in ("open", "close"):
        photos.show(case.code, act == "open", [request.POST.get("name", "")])
    elif act in ("open-paper", "close-paper"):
        papers.show(case.code, act == "open-paper", who, [request.POST.get("name", "")])
    elif act == "open-all":
        photos.show(case.code, True)
