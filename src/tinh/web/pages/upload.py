"""Sending a file by hand: a form that works alone, with progress where scripts run."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from tinh.flow.api import WasRecalled
from tinh.jobs import api as jobs
from tinh.people import api as people
from tinh.web.shell import language_of, page, refused, signed_in
from tinh.web.words import words


@require_http_methods(["GET", "POST"])
@signed_in
def upload(request: HttpRequest) -> HttpResponse:
    language = language_of(request)
    say = words(language)
    corridor = jobs.corridor()
    who = people.actor_of(request)
    open_to = [d for d in corridor.catalogue.datasets.values() if people.may(who, "push", d)]
    chosen = (
        request.POST.get("dataset")
        or request.GET.get("dataset")
        or (open_to[0].id if len(open_to) == 1 else "")
    )
    fault = ""
    if not open_to:
        try:
            people.require(who, "push", None)
        except people.NotAllowed as error:
            detail = say("upload.not_yours", name=who.name if who else "")
            return refused(request, error, detail, say("faults.whom"))
    if request.method == "POST":
        found = corridor.catalogue.datasets.get(chosen)
        sent = request.FILES.get("file")
        if found is None:
            fault = say("upload.choose_dataset")
        elif sent is None:
            fault = say("upload.choose_file")
        else:
            actor = people.require(who, "push", found)
            people.note(actor.name, "push", found.id, allowed=True, address=people.address_of(request))
            try:
                outcome = corridor.load(
                    sent.chunks(),
                    found.id,
                    sender=actor.agency or found.owner,
                    channel="web",
                    filename=sent.name or "",
                )
            except WasRecalled as error:  # the page of the recall says by whom and why, and offers to undo it
                return redirect(f"/du-lieu/nhan/{error.facts['receipt']}/thu-hoi?lai=1")
            again = "?lai=1" if outcome.repeated else ""
            return redirect(f"/du-lieu/nhan/{outcome.receipt.id}{again}")
    return page(
        request, "upload.html", "data", say("upload.title"), status=400 if fault else 200,
        datasets=[(d.id, d.name.in_(language)) for d in open_to], chosen=chosen, fault=fault,
        may_layout=any(people.may(who, "write layouts", d) for d in corridor.catalogue.datasets.values()),
    )  # fmt: skip
